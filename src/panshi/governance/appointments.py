"""Appointments: proposed by one person, confirmed by another, neither being the appointed.

    appointments = Appointments.of(appointment_records, proposal_records)
    appointments.holds("chen.yiru", "ciso", moment)
    appointments.holders("ciso", moment)

An appointment counts from when it was received, not from the day it claims, so that nobody is given
authority afterwards for what was decided before. One that breaks a rule counts for nothing, by
whatever way it came into the log, and leaves what stood before it standing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from panshi.governance.persons import name_defect, pair_defect, same_person
from panshi.model.bodies.offices import Appointment, AppointmentProposal
from panshi.model.observation import ObservationId, Sealed
from panshi.model.zone import day_of

PROPOSAL_KIND = "record.appointment_proposal/1"
APPOINTMENT_KIND = "record.appointment/1"
OPEN_DAYS = 30
"A proposal nobody confirmed within so many days is over."


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An appointment, or what was proposed as one, with its place in the log."""

    id: ObservationId
    at: datetime
    "When it was both made and received."
    terms: Appointment
    void: str = ""
    "Why it counts for nothing; empty where it counts."

    def held_on(self, day: date) -> bool:
        """Whether the office is held on a day by this record alone."""
        ends = self.terms.until
        return self.terms.since <= day and (ends is None or day < ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointments:
    """Every appointment and proposal of an institution, oldest first."""

    made: tuple[Made, ...]
    proposed: tuple[Made, ...]

    @classmethod
    def of(cls, appointments: Iterable[Sealed], proposals: Iterable[Sealed]) -> Appointments:
        """Read the records; each is judged by the rules once."""
        proposed = tuple(sorted(_proposals(proposals), key=lambda each: each.at))
        known = {each.id: each for each in proposed}
        made = (replace(each, void=defect(each, known)) for each in _made(appointments))
        return cls(made=tuple(sorted(made, key=lambda each: each.at)), proposed=proposed)

    def in_force(self, moment: datetime) -> tuple[Made, ...]:
        """Give the newest valid appointment of each person and office known at a moment."""
        newest: dict[tuple[str, str], Made] = {}
        for each in self.made:
            if each.at <= moment and not each.void:
                newest[each.terms.office, each.terms.person] = each
        return tuple(newest.values())

    def held(self, moment: datetime) -> tuple[Made, ...]:
        """Give the appointments by which offices are held at a moment."""
        day = day_of(moment)
        return tuple(each for each in self.in_force(moment) if each.held_on(day))

    def holders(self, office: str, moment: datetime) -> tuple[str, ...]:
        """Give who holds an office at a moment."""
        return tuple(each.terms.person for each in self.held(moment) if each.terms.office == office)

    def offices_of(self, person: str, moment: datetime) -> frozenset[str]:
        """Give the offices someone holds at a moment."""
        return frozenset(
            each.terms.office
            for each in self.held(moment)
            if same_person(each.terms.person, person) and not name_defect(person)
        )

    def holds(self, person: str, office: str, moment: datetime) -> bool:
        """Whether someone holds an office at a moment."""
        return office in self.offices_of(person, moment)

    def waiting(self, moment: datetime) -> tuple[Made, ...]:
        """Give the proposals that may still be confirmed at a moment."""
        confirmed = {each.terms.proposal for each in self.made if each.at <= moment}
        return tuple(
            each
            for each in self.proposed
            if each.at <= moment < each.at + timedelta(days=OPEN_DAYS)
            and not each.void
            and each.id not in confirmed
        )


def defect(made: Made, proposals: dict[ObservationId, Made]) -> str:
    """Say why an appointment counts for nothing; empty where it counts."""
    terms = made.terms
    persons = pair_defect(terms.appointed_by, terms.seconded_by)
    if persons:
        return f"who appoints and who seconds: {persons}"
    own = proposal_defect(terms)
    if own:
        return own
    if same_person(terms.person, terms.seconded_by):
        return "the appointed seconds the appointment"
    proposal = proposals.get(ObservationId(terms.proposal))
    if proposal is None or proposal.at > made.at or proposal.void:
        return "nobody proposed it before"
    if made.at >= proposal.at + timedelta(days=OPEN_DAYS):
        return f"it was confirmed more than {OPEN_DAYS} days after it was proposed"
    if _terms(terms) != _terms(proposal.terms):
        return "it says something else than what was proposed"
    return ""


def proposal_defect(terms: Appointment) -> str:
    """Say why terms cannot be proposed; empty where they can."""
    persons = pair_defect(terms.person, terms.appointed_by)
    if persons:
        return f"the appointed and who appoints: {persons}"
    if terms.until is not None and terms.until < terms.since:
        return "it ends before it begins"
    return "" if terms.office.strip() else "no office is named"


def _terms(body: Appointment) -> dict[str, object]:
    """Give what a proposal and its appointment must have in common: all but who seconds."""
    names = (name for name in Appointment.__dataclass_fields__ if name not in _SECOND)
    return {name: getattr(body, name) for name in names}


_SECOND = frozenset({"seconded_by", "proposal"})


def _proposals(records: Iterable[Sealed]) -> Iterator[Made]:
    for sealed in records:
        body = sealed.observation.body
        if isinstance(body, AppointmentProposal):
            yield Made(id=sealed.id, at=_at(sealed), terms=body, void=proposal_defect(body))


def _made(records: Iterable[Sealed]) -> Iterator[Made]:
    for sealed in records:
        body = sealed.observation.body
        if isinstance(body, Appointment) and not isinstance(body, AppointmentProposal):
            yield Made(id=sealed.id, at=_at(sealed), terms=body)


def _at(sealed: Sealed) -> datetime:
    return max(sealed.observation.observed_at, sealed.received_at)
