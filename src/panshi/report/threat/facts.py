"""All a threat report says, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import assert_never

from panshi.alliance.sector.picture import ThreatPicture
from panshi.errors import BadInputError
from panshi.governance.indicators.quarter import Quarter
from panshi.model.alliance.marking import Tlp
from panshi.model.zone import INSTITUTION_ZONE, day_of
from panshi.report.paper.document import Source


class ThreatReport(StrEnum):
    """The reports there are."""

    WEEKLY = "weekly"
    QUARTERLY = "quarterly"
    BULLETIN = "bulletin"
    "Early warning for partners abroad."


CEILINGS: dict[ThreatReport, Tlp] = {
    ThreatReport.WEEKLY: Tlp.AMBER,
    ThreatReport.QUARTERLY: Tlp.GREEN,
    ThreatReport.BULLETIN: Tlp.GREEN,
}
"The most confidential marking each may carry: members read the first, the community the others."


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A week, a quarter, or the last days of a bulletin."""

    name: str
    "`2026W47`, `2026Q4`, or the day of a bulletin."
    words_zh: str
    begins: datetime
    ends: datetime
    "Excluded."


BULLETIN_SPAN = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatFacts:
    """A report before it is laid out."""

    report: ThreatReport
    period: Period
    made_at: datetime
    hub_zh: str
    hub_en: str
    hub_id: str
    "Stable name of the hub, from which ids of STIX objects follow."
    demo: bool
    tlp: Tlp
    picture: ThreatPicture
    techniques: Mapping[str, tuple[str, str]]
    "Names of ATT&CK techniques in zh-TW and English, as far as a bundle was imported."
    source: Source


def period_of(report: ThreatReport, text: str, now: datetime) -> Period:
    """Read the period of a report; without a text, the one that runs."""
    match report:
        case ThreatReport.WEEKLY:
            return _week(text, now)
        case ThreatReport.QUARTERLY:
            quarter = Quarter.read(text) if text else Quarter.of(now)
            return Period(
                name=str(quarter),
                words_zh=quarter.words_zh,
                begins=quarter.begins,
                ends=quarter.after(1).begins,
            )
        case ThreatReport.BULLETIN:
            return _days(text, now)
        case _:
            assert_never(report)


def _week(text: str, now: datetime) -> Period:
    """Read `2026W47`, a week as ISO 8601 counts it."""
    year, week, _day = now.astimezone(INSTITUTION_ZONE).isocalendar()
    wanted = text or f"{year}W{week:02}"
    try:
        begins = datetime.strptime(f"{wanted}-1", "%GW%V-%u").replace(tzinfo=INSTITUTION_ZONE)
    except ValueError as error:
        raise BadInputError(f"{text[:20]!r} is not a week", remedy="write 2026W47") from error
    return Period(
        name=wanted,
        words_zh=f"{begins:%G} 年第 {int(wanted[-2:])} 週",
        begins=begins,
        ends=begins + timedelta(days=7),
    )


def _days(text: str, now: datetime) -> Period:
    """Read the day up to which a bulletin speaks."""
    try:
        day = date.fromisoformat(text) if text else day_of(now)
    except ValueError as error:
        raise BadInputError(f"{text[:20]!r} is not a day", remedy="write 2026-11-21") from error
    first = datetime.combine(day, time.min, tzinfo=INSTITUTION_ZONE)
    ends = first + timedelta(days=1)
    return Period(
        name=f"{first:%Y-%m-%d}",
        words_zh=f"{first:%Y-%m-%d} 前 {BULLETIN_SPAN.days} 日",
        begins=ends - BULLETIN_SPAN,
        ends=ends,
    )
