"""What people decide about points: rulings over contested values, appeals and corrections.

One person proposes, another confirms; a step that breaks that counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from panshi.alliance.reward.events import Echo, EchoKind
from panshi.model.bodies.reward import AppealStep, RewardAppeal, RewardRuling, RulingStep
from panshi.model.observation import Sealed

LARGEST_CORRECTION = 10_000.0

type TwoPeople = Callable[[str, str], str]


class AppealState(StrEnum):
    """How far an appeal has come."""

    RAISED = "raised"
    PROPOSED = "proposed"
    SETTLED = "settled"


APPEAL_WORDS: dict[AppealState, tuple[str, str]] = {
    AppealState.RAISED: ("待處理", "waits for a proposal"),
    AppealState.PROPOSED: ("待他人確認", "waits for another person"),
    AppealState.SETTLED: ("已決定", "settled"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """One appeal as its steps tell it."""

    number: str
    body: RewardAppeal
    at: datetime
    proposal: str = ""
    "Evidence id of the newest proposal."
    proposed: RewardAppeal | None = None
    settled_by: str = ""
    settled_at: datetime | None = None
    flaws: tuple[str, ...] = ()

    @property
    def state(self) -> AppealState:
        """How far it has come."""
        if self.settled_at is not None:
            return AppealState.SETTLED
        return AppealState.RAISED if self.proposed is None else AppealState.PROPOSED

    @property
    def correction(self) -> float:
        """Points it adds or takes; nought until it is settled."""
        return self.proposed.correction if self.proposed and self.settled_at else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One ruling, proposed and perhaps confirmed."""

    proposal: str
    body: RewardRuling
    at: datetime
    confirmed_by: str = ""
    confirmed_at: datetime | None = None

    @property
    def echo(self) -> Echo | None:
        """What the hub says of the value; None until another person confirmed it."""
        if self.confirmed_at is None:
            return None
        return Echo(
            member="",
            kind=EchoKind.UPHELD if self.body.upheld else EchoKind.REFUTED,
            about=self.body.value_kind,
            value=self.body.value,
            at=self.confirmed_at,
        )


def appeals(steps: Iterable[Sealed], *, two_people: TwoPeople) -> dict[str, Appeal]:
    """Derive every appeal from its sealed steps."""
    found: dict[str, Appeal] = {}
    for step in sorted(steps, key=lambda each: each.position):
        number, body = step.observation.facet, step.observation.body
        if not isinstance(body, RewardAppeal):
            continue
        at, held = step.observation.observed_at, found.get(number)
        if held is None:
            if body.step is AppealStep.RAISED:
                found[number] = Appeal(number=number, body=body, at=at)
        elif defect := appeal_defect(held, body, two_people):
            found[number] = replace(held, flaws=(*held.flaws, defect))
        elif body.step is AppealStep.PROPOSED:
            found[number] = replace(held, proposal=step.id, proposed=body)
        else:
            found[number] = replace(held, settled_by=body.by, settled_at=at)
    return found


def appeal_defect(held: Appeal, body: RewardAppeal, two_people: TwoPeople) -> str:
    """Say why a step cannot be taken; empty where it can."""
    if held.settled_at is not None:
        return "the appeal is settled"
    if not body.why.strip():
        return "the reason is missing"
    if body.step is AppealStep.RAISED:
        return "it was raised already"
    if abs(body.correction) > LARGEST_CORRECTION:
        return f"a correction is {LARGEST_CORRECTION:,.0f} points at most"
    if body.step is AppealStep.CONFIRMED:
        if held.proposed is None or body.proposal != held.proposal:
            return "it is about another proposal"
        if defect := two_people(held.proposed.by, body.by):
            return f"whoever proposes a correction does not confirm it: {defect}"
    return ""


def rulings(steps: Iterable[Sealed], *, two_people: TwoPeople) -> dict[str, Ruling]:
    """Derive every ruling, by the evidence id of its proposal."""
    found: dict[str, Ruling] = {}
    for step in sorted(steps, key=lambda each: each.position):
        body, at = step.observation.body, step.observation.observed_at
        if not isinstance(body, RewardRuling):
            continue
        if body.step is RulingStep.PROPOSED:
            found[step.id] = Ruling(proposal=step.id, body=body, at=at)
        else:
            held = found.get(body.proposal)
            if held is not None and not ruling_defect(held, body, two_people):
                found[body.proposal] = replace(held, confirmed_by=body.by, confirmed_at=at)
    return found


def ruling_defect(held: Ruling, body: RewardRuling, two_people: TwoPeople) -> str:
    """Say why a ruling cannot be confirmed; empty where it can."""
    if held.confirmed_at is not None:
        return "it is confirmed already"
    same = (held.body.value_kind, held.body.value, held.body.upheld)
    if (body.value_kind, body.value, body.upheld) != same:
        return "it says something else than the proposal"
    if defect := two_people(held.body.by, body.by):
        return f"whoever proposes a ruling does not confirm it: {defect}"
    return ""
