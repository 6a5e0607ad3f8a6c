"""What is due when in a case: governed periods, each with its reason, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from panshi.alliance.disclosure.case import Case, CaseState, embargo_ends
from panshi.model.zone import INSTITUTION_ZONE

EMBARGO = "disclosure_embargo_days"
DEFAULTS: dict[str, float] = {
    "disclosure_answer_days": 3,
    "disclosure_validate_days": 7,
    "disclosure_forward_days": 2,
    "disclosure_acknowledge_days": 5,
    EMBARGO: 90,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One period of a case."""

    zh: str
    en: str
    due: datetime
    done: datetime | None

    def overdue(self, now: datetime) -> bool:
        """Whether it passed undone, or was done late."""
        return (self.done or now) > self.due

    def running(self) -> bool:
        """Whether it still waits."""
        return self.done is None


def clocks_of(case: Case, parameters: Mapping[str, float]) -> tuple[Clock, ...]:
    """Give the clocks of a case, in the order in which they fall due."""
    days = {name: timedelta(days=parameters.get(name, least)) for name, least in DEFAULTS.items()}
    ended = case.ended_at
    found = [
        Clock(
            zh="首次回覆通報人",
            en="first answer to the reporter",
            due=case.received_at + days["disclosure_answer_days"],
            done=case.answered_at or ended,
        ),
        Clock(
            zh="初判",
            en="triage",
            due=case.received_at + days["disclosure_validate_days"],
            done=case.validated_at or ended,
        ),
    ]
    if case.validated_at is not None:
        found.append(
            Clock(
                zh="轉介機構",
                en="forward to the institution",
                due=case.validated_at + days["disclosure_forward_days"],
                done=case.forwarded_at or ended,
            )
        )
    if case.forwarded_at is not None:
        found.append(
            Clock(
                zh="機構受理",
                en="taken up by the institution",
                due=case.forwarded_at + days["disclosure_acknowledge_days"],
                done=case.acknowledged_at or _fixed(case) or ended,
            )
        )
    if case.state is not CaseState.REJECTED:
        embargo = embargo_ends(case, round(days[EMBARGO].days))
        found.append(
            Clock(
                zh="修補與公布",
                en="fix and publication",
                due=datetime.combine(embargo, time.max, tzinfo=INSTITUTION_ZONE),
                done=case.published_at or ended,
            )
        )
    return tuple(found)


def next_due(case: Case, parameters: Mapping[str, float]) -> Clock | None:
    """Give what is due next; None where nothing is."""
    waiting = [each for each in clocks_of(case, parameters) if each.running()]
    return min(waiting, key=lambda each: each.due) if waiting and case.state.open else None


def _fixed(case: Case) -> datetime | None:
    if case.fixed_on is None:
        return None
    return datetime.combine(case.fixed_on, time.min, tzinfo=INSTITUTION_ZONE)
