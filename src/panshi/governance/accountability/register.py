"""The register of offices on a day: who holds what, what is vacant, what breaks a rule.

Blueprint measure 2 asks for responsibility, authority and resources of the CISO together, and for
independence; each office's rules stand in `offices.yaml` with their reference. A finding is a fact
for people to act on; it never voids an appointment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from panshi.governance.accountability.office import Office, Offices
from panshi.governance.appointments import Appointments, Made
from panshi.governance.persons import same_person
from panshi.model.zone import day_of


class FindingCode(StrEnum):
    """What is not as it should be with an office."""

    VACANT = "vacant"
    TOO_MANY = "too_many"
    "Several people hold an office that one person holds."
    RANK_TOO_LOW = "rank_too_low"
    RANK_UNKNOWN = "rank_unknown"
    REPORTS_ELSEWHERE = "reports_elsewhere"
    CONFLICTING_OFFICE = "conflicting_office"
    CONFLICTING_POST = "conflicting_post"
    NO_BACKGROUND = "no_background"
    TRAINING_SHORT = "training_short"
    NO_AUTHORITY = "no_authority"
    "Where its authority is written is not stated."
    NO_RESOURCES = "no_resources"
    "Neither budget nor staff is stated."


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeFinding:
    """One finding about an office and, where there is one, its holder."""

    code: FindingCode
    office: str
    person: str = ""
    detail: str = ""
    "What was found: the rank, the post, the office reported to."
    expected: str = ""
    references: tuple[str, ...] = ()
    evidence_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeStanding:
    """One office on a day."""

    office: Office
    holders: tuple[Made, ...]
    coming: tuple[Made, ...]
    "Appointments that begin later."
    ended: tuple[Made, ...]
    findings: tuple[OfficeFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Every office on a day."""

    day: date
    offices: tuple[OfficeStanding, ...]
    waiting: tuple[Made, ...]
    "Proposals that wait for a second person."
    void: tuple[Made, ...]
    "Appointments that count for nothing, with the reason."

    @property
    def findings(self) -> tuple[OfficeFinding, ...]:
        """Every finding, office by office."""
        return tuple(finding for each in self.offices for finding in each.findings)

    def standing(self, office: str) -> OfficeStanding | None:
        """Give one office."""
        return next((each for each in self.offices if each.office.id == office), None)

    def holders(self, office: str) -> tuple[str, ...]:
        """Give who holds an office."""
        found = self.standing(office)
        return tuple(each.terms.person for each in found.holders) if found else ()

    def offices_of(self, person: str) -> tuple[str, ...]:
        """Give the offices someone holds."""
        return tuple(
            each.office.id
            for each in self.offices
            if any(same_person(person, made.terms.person) for made in each.holders)
        )


def register(appointments: Appointments, offices: Offices, moment: datetime) -> Register:
    """Derive the register at a moment."""
    known = appointments.in_force(moment)
    held = appointments.held(moment)
    standings = tuple(
        _standing(office, known, held, offices, day_of(moment))
        for office in offices.offices.values()
    )
    return Register(
        day=day_of(moment),
        offices=standings,
        waiting=appointments.waiting(moment),
        void=tuple(each for each in appointments.made if each.void and each.at <= moment),
    )


def _standing(
    office: Office, known: tuple[Made, ...], held: tuple[Made, ...], offices: Offices, day: date
) -> OfficeStanding:
    own = tuple(each for each in known if each.terms.office == office.id)
    holders = tuple(each for each in held if each.terms.office == office.id)
    findings = [*_of_office(office, holders)]
    for each in holders:
        findings += [*_of_person(office, each, offices), *_of_others(office, each, held)]
    return OfficeStanding(
        office=office,
        holders=holders,
        coming=tuple(each for each in own if each.terms.since > day),
        ended=tuple(each for each in own if not each.held_on(day) and each.terms.since <= day),
        findings=tuple(findings),
    )


def _of_office(office: Office, holders: tuple[Made, ...]) -> Iterator[OfficeFinding]:
    if office.required and not holders:
        yield OfficeFinding(code=FindingCode.VACANT, office=office.id, references=office.references)
    if not office.several and len(holders) > 1:
        yield OfficeFinding(
            code=FindingCode.TOO_MANY,
            office=office.id,
            detail=", ".join(each.terms.person for each in holders),
            expected="1",
            references=office.references,
        )
    backgrounds = [each.terms.security_background for each in holders]
    if office.background and holders and office.several and not any(backgrounds):
        yield OfficeFinding(
            code=FindingCode.NO_BACKGROUND, office=office.id, references=office.references
        )


def _of_person(office: Office, made: Made, offices: Offices) -> Iterator[OfficeFinding]:
    terms = made.terms
    height, least = offices.height(terms.rank), offices.height(office.rank_at_least)
    if least is not None and height is None:
        yield _found(FindingCode.RANK_UNKNOWN, office, made, terms.rank, office.rank_at_least)
    elif least is not None and height is not None and height < least:
        yield _found(FindingCode.RANK_TOO_LOW, office, made, terms.rank, office.rank_at_least)
    if office.reports_to and terms.reports_to not in office.reports_to:
        expected = ", ".join(office.reports_to)
        yield _found(FindingCode.REPORTS_ELSEWHERE, office, made, terms.reports_to, expected)
    for post in terms.concurrent_posts:
        folded = post.casefold()
        if any(word.casefold() in folded for word in office.not_concurrent):
            yield _found(FindingCode.CONFLICTING_POST, office, made, post)
    if office.background and not office.several and not terms.security_background:
        yield _found(FindingCode.NO_BACKGROUND, office, made, terms.background)
    if terms.training_hours < office.training_hours:
        hours, least_hours = str(terms.training_hours), str(office.training_hours)
        yield _found(FindingCode.TRAINING_SHORT, office, made, hours, least_hours)
    if office.mandate and not terms.authority.strip():
        yield _found(FindingCode.NO_AUTHORITY, office, made)
    if office.mandate and not (terms.budget_twd > 0 and terms.staff > 0):
        yield _found(FindingCode.NO_RESOURCES, office, made)


def _of_others(office: Office, made: Made, held: tuple[Made, ...]) -> Iterator[OfficeFinding]:
    for other in held:
        conflicts = other.terms.office in office.not_with
        if conflicts and same_person(other.terms.person, made.terms.person):
            yield _found(FindingCode.CONFLICTING_OFFICE, office, made, other.terms.office)


def _found(
    code: FindingCode, office: Office, made: Made, detail: str = "", expected: str = ""
) -> OfficeFinding:
    return OfficeFinding(
        code=code,
        office=office.id,
        person=made.terms.person,
        detail=detail,
        expected=expected,
        references=office.references,
        evidence_id=made.id,
    )
