"""Random small banks with evidence and projects, and the evidence that projects would bring."""

from __future__ import annotations

import random
from dataclasses import dataclass

from panshi.governance.path.forecast import base_of, effect_of, lifted
from panshi.governance.path.plan import Plan, Wishes
from panshi.governance.path.planning import foretell, lifted_by, survey
from panshi.governance.path.searching import search
from panshi.governance.path.targets import target_of
from panshi.model.bodies.data import DataStore
from panshi.model.bodies.devices import DevicePosture, IotDevice
from panshi.model.bodies.hosts import SshServer
from panshi.model.bodies.identity import AccountAuthenticators
from panshi.model.bodies.projects import Lift, Project
from panshi.model.control import Check, Contradiction
from panshi.model.predicate import Comparison, Condition
from tests.governance.assessment.worlds import (
    DRILL,
    River,
    assessor,
    attested,
    clause,
    control,
    estate,
    framework,
    host,
    overlap,
)

LOOKS = {
    "data.store/1": ("classified", DataStore),
    "device.posture/1": ("managed", DevicePosture),
    "iot.device/1": ("inventoried", IotDevice),
    "host.sshd/1": ("installed", SshServer),
    "account.authenticators/1": ("enabled", AccountAuthenticators),
}


def check_of(kind: str, target: int) -> Check:
    field = LOOKS[kind][0]
    passes = Condition(field=field, comparison=Comparison.IS, value=True)
    return Check(observation=kind, passes=passes, fresh_days=90, target_permille=target)


def body_of(kind: str, *, passes: bool):
    field, made = LOOKS[kind]
    return made(**{field: passes})


@dataclass
class World:
    """A bank with four staged controls, a clause of the gate and an attested one."""

    seed: int

    def __post_init__(self):
        self.chance = random.Random(self.seed)
        self.hosts = self.chance.randint(8, 60)
        kinds = list(LOOKS)
        self.kind = {f"f/{n}": kinds[n - 1] for n in range(1, 5)} | {"law/1": kinds[4]}
        targets = {key: self.chance.choice((800, 900, 950, 1000)) for key in self.kind}
        drilled = {"contradicted_by": (Contradiction(observation=DRILL),)}
        self.ladder = framework(
            *(
                control(
                    str(n),
                    stage=1 + (n - 1) // 2,
                    check=check_of(self.kind[f"f/{n}"], targets[f"f/{n}"]),
                    **(drilled if n == 2 else {}),
                )
                for n in range(1, 5)
            ),
            staged=True,
        )
        self.law = framework(
            clause("1", check=check_of(self.kind["law/1"], targets["law/1"])),
            attested("2", framework="law", strength=clause().strength),
            name="law",
        )
        self.mappings = (overlap("f/1", "law/1"), overlap("f/3", "law/2"))
        self.where = estate(self.hosts)
        self.states = {key: self.drawn() for key in self.kind}
        self.river = River()
        for key, states in self.states.items():
            for number, state in enumerate(states):
                if state != "unseen":
                    self.look(self.river, key, number, passes=state == "passing")
        if self.chance.random() < 0.5:
            self.river.drill(host(0), passed=False)

    def drawn(self) -> list[str]:
        weights = self.chance.choice(((20, 1, 0), (8, 3, 1), (6, 2, 4), (1, 0, 0)))
        return self.chance.choices(("passing", "failing", "unseen"), weights, k=self.hosts)

    def look(self, river: River, key: str, number: int, *, passes: bool) -> None:
        river.add(self.kind[key], body_of(self.kind[key], passes=passes), host(number))

    def assessor(self, river: River | None = None):
        return assessor(
            self.where, river or self.river, self.ladder, self.law, mappings=self.mappings
        )

    def projects(self) -> dict[str, Project]:
        found = {}
        for number in range(12):
            keys = self.chance.sample(sorted(self.kind), self.chance.choice((1, 1, 2)))
            lifts = tuple(
                Lift(
                    control=key,
                    fixes=self.chance.choice((40, 60, 100, 100)),
                    sees=self.chance.choice((0, 50, 100)),
                    passing=self.chance.choice((90, 100)),
                    retests=(DRILL,) if key == "f/2" else (),
                )
                for key in keys
            )
            found[f"P{number}"] = self.project(f"P{number}", lifts)
        found["A"] = self.project("A", (Lift(control="law/2", attests=True),))
        return found

    def project(self, name: str, lifts: tuple[Lift, ...]) -> Project:
        cost = self.chance.randint(10, 99) * 100_000
        return Project(
            id=name,
            title_zh=name,
            title_en=name,
            lifts=lifts,
            cost_low=cost // 2,
            cost_likely=cost,
            cost_high=cost * 2,
            quarters=self.chance.choice((1, 2)),
            owner="Chen",
            asserted_by="Chen",
        )

    def plan(self, projects: dict[str, Project], wishes: Wishes | None = None) -> Plan:
        judge, wishes = self.assessor(), wishes or Wishes(alternatives=1)
        seen = survey(judge, self.ladder, target_of(self.ladder, "II"), lifted_by(projects))
        found = search(seen.asked, projects, wishes)
        told = foretell(judge, self.mappings, seen, found, projects, wishes)
        assert told is not None
        return told

    def done(self, lifts: list[Lift]) -> River:
        """The evidence these lifts would bring: looks that pass, drills repeated, attestations."""
        river = River(sealed=list(self.river.sealed))
        judge = self.assessor().judge
        controls = judge.grounds.controls
        for key, states in self.states.items():
            mine = [lift for lift in lifts if lift.control == key]
            if not mine:
                continue
            base = base_of(judge.weighed(controls[key]))
            after = lifted(base, [effect_of(lift) for lift in mine])
            unseen = [at for at, state in enumerate(states) if state == "unseen"]
            failing = [at for at, state in enumerate(states) if state == "failing"]
            seen_now = unseen[: len(unseen) - after.unseen]
            order = [*failing, *seen_now]
            still_failing = set(order[: after.failing])
            for at in order:
                self.look(river, key, at, passes=at not in still_failing)
        if any(DRILL in lift.retests for lift in lifts):
            river.drill(host(0), passed=True, days_ago=0.5)
        if any(lift.attests for lift in lifts):
            river.add(**self.attestation())
        return river

    def attestation(self) -> dict[str, object]:
        made = River().attestation("2", framework="law").observation
        return {"kind": made.kind, "body": made.body, "facet": "law/2"}
