"""Systems as judged here, in the forms that command line and API share."""

from __future__ import annotations

from panshi.node.node import Node
from panshi.node.secure_development.catalogue import official, shipped
from panshi.node.secure_development.judging import Overview, Subject
from panshi.report.secure_development_answers import (
    OverviewAnswer,
    SystemAnswer,
    SystemRow,
    row_answer,
    system_answer,
)


def overview_answer(
    found: Overview, *, supplier: str = "", unknown_too: bool = False
) -> OverviewAnswer:
    """Lay out the list; without `unknown_too` only what some record speaks of."""
    chosen = [
        each
        for each in found.subjects
        if (unknown_too or each.known)
        and (not supplier or any(supplier in {one.id, one.name} for one in each.suppliers))
    ]
    return OverviewAnswer(
        estate=found.estate,
        at=found.at,
        systems=found.systems,
        known=len(found.known),
        proven=len(found.proven),
        refused=len(found.refused),
        rows=tuple(map(_row, chosen)),
    )


def shown_answer(node: Node, subject: Subject) -> SystemAnswer:
    """Lay out one system, with official texts where they were loaded."""
    return system_answer(
        shipped(),
        subject.found,
        name=subject.asset.name,
        suppliers=tuple(each.id for each in subject.suppliers),
        records=subject.records,
        official=official(node, "samm"),
    )


def _row(subject: Subject) -> SystemRow:
    return row_answer(
        subject.found,
        name=subject.asset.name,
        suppliers=tuple(each.id for each in subject.suppliers),
        records=subject.records,
    )
