"""Just-in-time grants of privileged access: the register, and the steps people take.

    desk = GrantDesk(node, actor="lin.kaiwen")
    number = desk.ask(Asking(…));  GrantDesk(node, actor="chen.yiru").decide(number, approved=True)
    granted(node, person="lin.kaiwen", system="system:core", way="shell")

Every step is put to the rules before it is sealed; who acts is the person signed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.governance.persons import acting_person, pair_defect, same_person
from panshi.model.asset import AssetKind
from panshi.model.bodies.privileged import (
    DECISION,
    END,
    RECORDING,
    REQUEST,
    BastionRecording,
    PrivilegedDecision,
    PrivilegedEnd,
    PrivilegedRequest,
)
from panshi.model.observation import Body, Observation, ObservationId
from panshi.node.desk import Desk
from panshi.node.node import Node
from panshi.node.records import institution_of
from panshi.protection.zero_trust.privileged.grants import (
    WAYS,
    GrantState,
    PrivilegedGrant,
    fold,
    in_force,
    newest_first,
    request_defect,
    step_defect,
)

COLLECTOR = "panshi zt grant"
_KINDS = (REQUEST, DECISION, END)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What somebody asks for."""

    system: str
    for_person: str = ""
    "Empty: for whoever asks."
    ways: tuple[str, ...] = WAYS[:2]
    begins: datetime | None = None
    lasts: timedelta = timedelta(hours=1)
    ticket: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantAnswer:
    """One grant as CLI and API answer it."""

    number: str
    state: GrantState
    requested_by: str
    "Names of people are empty where the reader may not know them."
    for_person: str
    system: str
    ways: tuple[str, ...]
    begins: datetime
    ends: datetime
    ticket: str
    why: str
    approved_by: str
    refused_by: str
    decided_at: datetime | None
    ended_by: str
    ended_at: datetime | None
    ended_why: str
    flaws: tuple[str, ...]
    evidence: str
    "Id of the sealed request."


def grants(node: Node) -> tuple[PrivilegedGrant, ...]:
    """Give every grant, oldest first."""
    steps = [each for kind in _KINDS for each in node.log.records(kind)]
    steps.sort(key=lambda each: each.position)
    return fold(steps, two_people=pair_defect)


def grants_in(node: Node, estate_id: str | None) -> tuple[PrivilegedGrant, ...]:
    """Give the grants asked for in one institution, newest first."""
    institution = institution_of(node.estate(estate_id))
    return tuple(
        each
        for each in newest_first(grants(node))
        if each.sealed.observation.subject == institution
    )


def grant_in(node: Node, number: str, estate_id: str | None) -> PrivilegedGrant:
    """Give one grant of an institution, or say that it has none of this number."""
    found = next((each for each in grants_in(node, estate_id) if each.number == number), None)
    if found is None:
        raise MissingError(f"there is no grant {number[:40]!r}", remedy="panshi zt grant list")
    return found


def recordings_of(node: Node, number: str) -> tuple[tuple[ObservationId, BastionRecording], ...]:
    """Give what the bastion sealed under a grant, oldest first."""
    return tuple(
        (each.id, each.observation.body)
        for each in node.log.records(RECORDING)
        if isinstance(each.observation.body, BastionRecording)
        and each.observation.body.grant == number
    )


def may_take_back(grant: PrivilegedGrant, person: str, *, by_duty: bool) -> bool:
    """Whether a person may end it: by duty, or because they asked for it or would use it."""
    asked = grant.asked
    return by_duty or any(
        person and same_person(person, each) for each in (asked.requested_by, asked.for_person)
    )


def granted(node: Node, *, person: str, system: str, way: str) -> PrivilegedGrant | None:
    """Give the grant that lets a person in now."""
    return in_force(grants(node), person=person, system=system, way=way, at=node.clock())


def grant_named(node: Node, number: str) -> PrivilegedGrant:
    """Give one grant, or say that there is none."""
    found = next((each for each in grants(node) if each.number == number), None)
    if found is None:
        raise MissingError(f"there is no grant {number[:40]!r}", remedy="panshi zt grant list")
    return found


def grants_answer(node: Node, state: GrantState | None = None) -> list[GrantAnswer]:
    """Give grants as CLI and API answer them, newest first."""
    now = node.clock()
    found = newest_first(grants(node))
    return [grant_answer(each, now) for each in found if state is None or each.state(now) is state]


def grant_answer(grant: PrivilegedGrant, at: datetime, *, people: bool = True) -> GrantAnswer:
    """Give one grant as CLI and API answer it; without `people` nobody is named."""

    def who(name: str) -> str:
        return name if people else ""

    asked = grant.asked
    return GrantAnswer(
        number=grant.number,
        state=grant.state(at),
        requested_by=who(asked.requested_by),
        for_person=who(asked.for_person),
        system=asked.system,
        ways=asked.ways,
        begins=asked.begins,
        ends=asked.ends,
        ticket=asked.ticket,
        why=asked.why,
        approved_by=who(grant.approved_by),
        refused_by=who(grant.refused_by),
        decided_at=grant.decided_at,
        ended_by=who(grant.ended_by),
        ended_at=grant.ended_at,
        ended_why=grant.ended_why,
        flaws=grant.flaws,
        evidence=grant.sealed.id,
    )


def seal_recording(
    node: Node, body: BastionRecording, *, estate_id: str | None = None
) -> ObservationId:
    """Seal what a recording came to; the facet is its name."""
    made = Observation(
        kind=RECORDING,
        subject=body.system or institution_of(node.estate(estate_id)),
        facet=body.recording,
        observed_at=body.ended,
        collector="panshi bastion",
        body=body,
    )
    sealed = node.log.append((made,), node.clock()).ids[-1]
    node.checkpoint()
    return sealed


class GrantDesk(Desk):
    """Where one person takes steps."""

    def ask(self, asked: Asking) -> str:
        """Ask for a grant; gives its number."""
        person, at = acting_person(self.actor), self.moment
        system = self.estate.resolve(asked.system)
        if system is None or self.estate.by_id[system].kind is not AssetKind.SYSTEM:
            raise UsageError(
                f"the estate knows no system {asked.system!r}", remedy="panshi estate show"
            )
        begins = max(asked.begins or at, at)
        body = PrivilegedRequest(
            requested_by=person,
            for_person=(asked.for_person or person).strip(),
            system=system,
            ways=tuple(dict.fromkeys(asked.ways)),
            begins=begins,
            ends=begins + asked.lasts,
            ticket=asked.ticket.strip(),
            why=asked.why.strip(),
        )
        if defect := request_defect(body, at):
            raise UsageError(defect, remedy="panshi zt grant request --help")
        number = self.next_number("PG", (each.number for each in grants(self.node)))
        self._seal(number, REQUEST, body, at)
        return number

    def decide(self, number: str, *, approved: bool, note: str = "") -> ObservationId:
        """Approve or refuse what another person asked for."""
        grant = grant_named(self.node, number)
        body = PrivilegedDecision(
            request=grant.sealed.id,
            decided_by=acting_person(self.actor),
            approved=approved,
            note=note.strip(),
        )
        return self._step(grant, DECISION, body)

    def revoke(self, number: str, *, why: str) -> ObservationId:
        """Take a grant back at once; anybody who may decide, or whoever asked."""
        grant = grant_named(self.node, number)
        if not why.strip():
            raise UsageError("say why it is taken back", remedy="--why …")
        body = PrivilegedEnd(
            request=grant.sealed.id, ended_by=acting_person(self.actor), why=why.strip()
        )
        return self._step(grant, END, body)

    def _step(
        self, grant: PrivilegedGrant, kind: str, body: PrivilegedDecision | PrivilegedEnd
    ) -> ObservationId:
        at = self.moment
        if defect := step_defect(grant, body, at, pair_defect):
            self.node.audit(self.actor, kind, grant.number, allowed=False, detail=defect)
            refusal = ForbiddenError if "does not approve" in defect else UsageError
            raise refusal(defect, place=grant.number, remedy="nothing was sealed")
        return self._seal(grant.number, kind, body, at)

    def _seal(self, number: str, kind: str, body: Body, at: datetime) -> ObservationId:
        made = Observation(
            kind=kind,
            subject=institution_of(self.estate),
            facet=number,
            observed_at=at,
            collector=COLLECTOR,
            body=body,
        )
        sealed = self.node.log.append((made,), at).ids[-1]
        self.node.checkpoint()
        self.node.audit(self.actor, kind, number)
        return sealed
