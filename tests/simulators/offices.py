"""People who hold offices: appointed by two others, as the rules ask."""

from __future__ import annotations

from datetime import date

from panshi.model.bodies.offices import Appointment
from panshi.node.accountability import confirm, propose
from panshi.node.node import Node

SECRETARY, AUDITOR = "he.peishan", "xu.wenbin"


def appoint(
    node: Node, person: str, office: str, *, since: date, until: date | None = None
) -> None:
    terms = Appointment(
        person=person, office=office, since=since, until=until, appointed_by="", seconded_by=""
    )
    proposal = propose(node, terms, actor=SECRETARY)
    confirm(node, proposal, actor=AUDITOR)
