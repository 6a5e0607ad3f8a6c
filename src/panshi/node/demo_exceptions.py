"""Exceptions of the demo bank, taken step by step through the same desk as everybody's.

What is said to have happened earlier is decided on what was known then, and recorded as received
then, which only the demo bank, whose history is made up, may do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import msgspec
import yaml

from panshi.errors import ContentError, ForbiddenError
from panshi.governance.assessment.assessor import Assessor
from panshi.governance.assessment.weighing import failing_items
from panshi.governance.exceptions.views import quarter_ends
from panshi.model.estate import Estate
from panshi.model.zone import day_of
from panshi.node.demo_accountability import at_the_time
from panshi.node.exception_steps import Asked, ExceptionDesk
from panshi.node.judging import Judging
from panshi.node.node import Node
from panshi.observe.demo_bank import rounds_before
from panshi.store import library

PLACE = "demo/exceptions.yaml"
SHORTEST = timedelta(days=5)


class Case(msgspec.Struct, forbid_unknown_fields=True, frozen=True, rename={"starts": "from"}):
    """What is asked for."""

    name: str
    starts: int
    to: int | str
    reason: str
    control: str = ""
    failing: int = 0
    scope: tuple[str, ...] = ()
    compensating: tuple[str, ...] = ()
    residual_risk: str = ""
    renews: str = ""


class Act(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One step that somebody takes."""

    ago: int
    do: str
    of: str
    by: str
    why: str = ""
    resolution: str = ""
    refused: bool = False


class Plan(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The whole file."""

    exceptions: tuple[Case, ...]
    steps: tuple[Act, ...]


class JudgingThen(Judging):
    """Judgement as it was at the node's moment, kept in step with what is sealed since."""

    def _make(self, estate: Estate) -> Assessor:
        return self._assessor(estate, self._clock(), as_of=self._clock())


@dataclass(slots=True)
class Seeding:
    """The numbers given so far."""

    estate_id: str
    today: Node
    "The node on the day the bank is built."
    numbers: dict[str, str]

    @property
    def day(self) -> date:
        """Day the bank is built on."""
        return day_of(self.today.clock())

    def take(self, node: Node, act: Act, case: Case) -> None:
        """Take one step as it was taken then."""
        moment = node.clock()
        desk = ExceptionDesk(node, actor=act.by, estate_id=self.estate_id, at=moment)
        number = self.numbers.get(act.of, "")
        match act.do:
            case "request":
                self.numbers[act.of] = self._request(desk, case)
            case "review":
                desk.review(number)
            case "approve":
                desk.approve(number, why=act.why, resolution=act.resolution)
            case "reject":
                desk.reject(number, why=act.why)
            case "withdraw":
                desk.withdraw(number, why=act.why)
            case "close":
                desk.close(number, why=act.why)
            case _:
                raise ContentError(f"unknown step {act.do}", place=PLACE)

    def _request(self, desk: ExceptionDesk, case: Case) -> str:
        starts = self.day + timedelta(days=case.starts)
        ends = self._end(case.to)
        if case.renews:
            old = self.numbers[case.renews]
            return desk.renew(old, reason=case.reason, effective=starts, expires=ends)
        asked = Asked(
            control=case.control,
            scope=case.scope or _failing(self.today, self.estate_id, case),
            reason=case.reason,
            residual_risk=case.residual_risk,
            compensating=case.compensating,
            effective=starts,
            expires=ends,
        )
        return desk.request(asked)

    def _end(self, to: int | str) -> date:
        today = self.day
        if isinstance(to, int):
            return today + timedelta(days=to)
        return max(quarter_ends(today) - timedelta(days=1), today + SHORTEST)


def seed_exceptions(node: Node, estate_id: str, now: datetime) -> None:
    """Take every step of the plan, oldest first."""
    _name, raw = library.demo("exceptions.yaml")
    plan = msgspec.convert(yaml.load(raw, Loader=yaml.CSafeLoader), Plan)
    cases = {case.name: case for case in plan.exceptions}
    then = {0: _node_then(node, now)}
    seeding = Seeding(estate_id=estate_id, today=then[0], numbers={})
    for act in sorted(plan.steps, key=lambda each: -each.ago):
        at = then.get(act.ago) or _node_then(node, _after_looks(now, act.ago))
        then[act.ago] = at
        try:
            seeding.take(at, act, cases[act.of])
        except ForbiddenError:
            if not act.refused:
                raise


def _after_looks(now: datetime, ago: int) -> datetime:
    """Give a day when people decided: soon after the collectors' last round by then."""
    by = now - timedelta(days=ago)
    return next(each for each in rounds_before(now) if each <= by) + timedelta(hours=12)


def _node_then(node: Node, moment: datetime) -> Node:
    past = at_the_time(node, moment)
    past.judging = JudgingThen(
        log=node.log, estates=node.estates, library=node.library, clock=past.clock
    )
    return past


def _failing(today: Node, estate_id: str, case: Case) -> tuple[str, ...]:
    """Give the first items that fail a control; none for the whole population."""

    def asked(assessor: Assessor) -> list[str]:
        judge = assessor.judge
        control = judge.grounds.controls[case.control]
        found = failing_items(judge.grounds.ledger(control), judge.contradicted(control), "")
        return [str(asset) for asset in found]

    if not case.failing:
        return ()
    return tuple(today.judging.ask(asked, estate_id)[: case.failing])
