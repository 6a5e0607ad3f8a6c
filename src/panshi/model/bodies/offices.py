"""Who holds which office: the register behind every authority to decide (Blueprint measure 1).

One series (facet) per person and office; the newest record of a series counts, `until` ends it.
An appointment needs two people: who makes it and who seconds it, neither being the appointed. One
proposes (`record.appointment_proposal/1`), another confirms; only then is there an appointment, and
it names the proposal, so that an appointment nobody proposed counts for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("record.appointment/1", "任命紀錄", "Appointment", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment(Body):
    """A person holds an office of the institution from a day on."""

    person: str
    "Account name of console and API; decisions are matched against it."
    office: str
    "`board_chair`, `board_member`, `risk_committee`, `general_manager`, `ciso`, `chief_auditor` …"
    since: date
    appointed_by: str
    seconded_by: str
    until: date | None = None
    "First day on which the office is no longer held."
    title: str = ""
    rank: str = ""
    reports_to: str = ""
    "Office reported to."
    concurrent_posts: tuple[str, ...] = ()
    background: str = ""
    certificates: tuple[str, ...] = ()
    budget_twd: int = 0
    "Yearly resources this office disposes of."
    staff: int = 0
    decided_by: str = ""
    "Resolution the appointment rests on, e.g. a board minute."
    authority: str = ""
    "What the office may decide alone, in words, or where that is written."
    security_background: bool = False
    "Education or practice in information security, for those who oversee it."
    independent: bool = False
    "An independent director."
    training_hours: int = 0
    "Hours of security training in the year before."
    proposal: str = ""
    "Evidence id of the proposal that was confirmed."


@observation_kind(
    "record.appointment_proposal/1", "任命提案", "Proposed appointment", personal=True
)
@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentProposal(Appointment):
    """What one person proposes: good for nothing until another person confirms it."""
