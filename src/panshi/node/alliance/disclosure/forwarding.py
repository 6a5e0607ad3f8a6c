"""A case goes to the institution it concerns: the step is sealed, the report delivered."""

from __future__ import annotations

from panshi.errors import BadInputError
from panshi.model.bodies.disclosure import CaseStep
from panshi.node.alliance.disclosure.cases import DisclosureDesk, case_named
from panshi.node.alliance.disclosure.delivering import Matter, deliver
from panshi.node.alliance.members import member
from panshi.node.node import Node


def forward(node: Node, number: str, to: str, *, actor: str, why: str = "") -> str:
    """Forward a case to a member; gives the id of the STIX report it was delivered as."""
    one, held = member(node, to), case_named(node, number)
    if not one.heard:
        raise BadInputError(f"{to} is not an active member", place=number)
    report = held.report
    text = report.text if report else "(erased)"
    headline = report.headline if report else number
    desk = DisclosureDesk(node, actor=actor)
    desk.take(number, CaseStep.FORWARD, member=one.id, why=why)
    about = f"{report.target}\n\n{text}" if report and report.target else text
    references = (("cvss", held.cvss),) if held.cvss else ()
    return deliver(
        node,
        one.id,
        about=number,
        title=f"{number} {headline}",
        text=text[:8_000],
        matters=(Matter(name=headline, description=about[:8_000], references=references),),
    )
