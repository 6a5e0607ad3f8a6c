"""What a board pack is composed from; gathered elsewhere, judged elsewhere, only laid out here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from panshi.governance.accountability.register import Register
from panshi.governance.exceptions.views import ExceptionRegister
from panshi.governance.indicators.definition import Indicator
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.indicators.trend import Standing
from panshi.governance.path.plan import Plan
from panshi.governance.reviews.actions import Action
from panshi.governance.unseen import Unseen
from panshi.model.control import Control, Framework
from panshi.model.observation import ObservationId, Sealed
from panshi.model.verdict import Assessment, Verdict
from panshi.report.paper.document import Say, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One framework with its assessment."""

    framework: Framework
    assessment: Assessment

    def control(self, verdict: Verdict) -> Control:
        """Give the control a verdict is about."""
        return self.framework.by_id[verdict.control.partition("/")[2]]

    def titled(self, verdict: Verdict, say: Say) -> str:
        """Give the title of the control a verdict is about."""
        control = self.control(verdict)
        return control.title_zh if say.chinese else control.title_en


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """How the framework stood at the end of an earlier quarter."""

    quarter: Quarter
    assessment: Assessment

    @property
    def day(self) -> date:
        """Last day of the quarter."""
        return self.quarter.last_day


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorLine:
    """One indicator now, with its frozen quarters."""

    indicator: Indicator
    value: float | None
    target: float | None
    standing: Standing
    grade: str
    coverage: float | None
    history: tuple[float | None, ...]
    "Frozen quarters of the measure in force, oldest first."
    next_quarter: float | None
    "Inferred; None where too few quarters are frozen."


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """One matter that awaits the board."""

    about: str
    title_zh: str
    title_en: str
    why_zh: str
    why_en: str
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftwareStanding:
    """What known vulnerabilities do to critical services, in one sentence of each language."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisasterLine:
    """One critical service in a compound disaster."""

    name_zh: str
    name_en: str
    late: bool
    promised_zh: str
    promised_en: str
    back_zh: str
    back_en: str
    then_zh: str
    then_en: str
    "With the remedy; empty where none was found."
    why_zh: str
    why_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisasterStanding:
    """What one compound disaster does to critical services, and the cheapest remedy."""

    zh: str
    en: str
    "One sentence."
    lines: tuple[DisasterLine, ...]
    remedy: tuple[tuple[str, str, int], ...]
    "Layers that would be added: names in both languages and cost a year."


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFacts:
    """All a board pack says, as values."""

    institution_zh: str
    institution_en: str
    demo: bool
    source: Source
    main: Judged
    "The framework the pack is about."
    others: tuple[Judged, ...]
    "The other frameworks; the one with the four axes among them."
    past: tuple[Past, ...]
    "Ends of earlier quarters, oldest first; empty for a young log."
    exceptions: ExceptionRegister
    plan: Plan | None
    "The cheapest path to the usual target; None for a past day."
    indicators: tuple[IndicatorLine, ...]
    offices: Register
    pending: tuple[Pending, ...] | None
    "What awaits the board; None for a past day."
    actions: tuple[Action, ...]
    unseen: Unseen
    software: SoftwareStanding | None
    "What known vulnerabilities do to critical services; None for a past day or without bills."
    disaster: DisasterStanding | None
    "What a compound disaster does; None for a past day or where no scenario can be told."
    tests: Mapping[ObservationId, Sealed]
    "Failed tests, drills and incidents that contradict a verdict."

    def office(self, office: str, say: Say) -> str:
        """Give an office's title; what is unknown as it is."""
        known = self.offices.standing(office)
        return office if known is None else say(known.office.title_zh, known.office.title_en)
