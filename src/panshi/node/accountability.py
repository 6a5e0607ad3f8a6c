"""Accountability: the register of offices, and appointing people by two others.

propose(node, terms, actor=…)      one person proposes, nothing changes yet
confirm(node, proposal, actor=…)   another confirms: now the office is held
register(node)                     who holds what, vacancies and findings on a day

Whoever decides something under an office is checked against `appointments(node)` at that moment.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import msgspec

from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.governance.accountability.register import Register
from panshi.governance.accountability.register import register as derive
from panshi.governance.appointments import (
    APPOINTMENT_KIND,
    OPEN_DAYS,
    PROPOSAL_KIND,
    Appointments,
    Made,
    defect,
    proposal_defect,
)
from panshi.governance.persons import acting_person, same_person
from panshi.model.bodies.offices import Appointment, AppointmentProposal
from panshi.model.observation import ObservationId
from panshi.node.node import Node
from panshi.node.own_records import own_records


def appointments(
    node: Node, estate_id: str | None = None, as_of: datetime | None = None
) -> Appointments:
    """Give every appointment and proposal of an institution."""
    made = own_records(node, APPOINTMENT_KIND, estate_id, as_of)
    proposed = own_records(node, PROPOSAL_KIND, estate_id, as_of)
    return Appointments.of(made, proposed)


def register(node: Node, estate_id: str | None = None, as_of: datetime | None = None) -> Register:
    """Give the register of offices, now or as it was known at another moment."""
    known = appointments(node, estate_id, as_of)
    return derive(known, node.library.offices, as_of or node.clock())


def propose(
    node: Node, terms: Appointment, *, actor: str, estate_id: str | None = None
) -> ObservationId:
    """Propose that someone holds an office; nothing changes until another person confirms."""
    node.library.offices.office(terms.office)
    if terms.rank and node.library.offices.height(terms.rank) is None:
        known = ", ".join(each.id for each in node.library.offices.ranks)
        raise UsageError(f"there is no rank {terms.rank!r}", remedy=f"ranks: {known}")
    person = acting_person(actor)
    body = msgspec.convert(
        replace(terms, appointed_by=person, seconded_by="", proposal=""),
        AppointmentProposal,
        from_attributes=True,
    )
    problem = proposal_defect(body)
    if problem:
        raise UsageError(f"this cannot be proposed: {problem}", remedy="correct the proposal")
    facet = f"{body.office}:{body.person}"
    return node.record(PROPOSAL_KIND, body, facet=facet, actor=actor, estate_id=estate_id)


def confirm(
    node: Node, proposal: str, *, actor: str, estate_id: str | None = None
) -> ObservationId:
    """Confirm another person's proposal; from now on the appointment stands."""
    known = appointments(node, estate_id)
    now = node.clock()
    found = next((each for each in known.waiting(now) if each.id == proposal), None)
    if found is None:
        raise MissingError(
            f"no proposal {proposal} waits to be confirmed",
            remedy=f"`panshi office list` shows what waits; a proposal waits {OPEN_DAYS} days",
        )
    body = appointment_of(found, acting_person(actor))
    made = Made(id=ObservationId(""), at=now, terms=body)
    problem = defect(made, {each.id: each for each in known.proposed})
    if problem:
        raise ForbiddenError(
            f"{actor} cannot confirm this: {problem}",
            remedy="someone other than the proposer and the appointed confirms it",
        )
    facet = f"{body.office}:{body.person}"
    return node.record(APPOINTMENT_KIND, body, facet=facet, actor=actor, estate_id=estate_id)


def appointment_of(proposal: Made, seconded_by: str) -> Appointment:
    """Give the appointment that confirming a proposal makes."""
    body: Appointment = msgspec.convert(proposal.terms, Appointment, from_attributes=True)
    return replace(body, seconded_by=seconded_by, proposal=proposal.id)


def propose_end(
    node: Node,
    office: str,
    person: str,
    until: date,
    *,
    actor: str,
    decided_by: str = "",
    estate_id: str | None = None,
) -> ObservationId:
    """Propose that someone holds an office no longer from a day on."""
    held = appointments(node, estate_id).in_force(node.clock())
    found = next(
        (
            each.terms
            for each in held
            if each.terms.office == office and same_person(each.terms.person, person)
        ),
        None,
    )
    if found is None:
        raise MissingError(f"{person} does not hold {office}", remedy="panshi office list")
    ended = replace(found, until=until, decided_by=decided_by or found.decided_by)
    return propose(node, ended, actor=actor, estate_id=estate_id)
