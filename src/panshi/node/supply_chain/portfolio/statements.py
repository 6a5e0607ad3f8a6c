"""What statements on exploitability make of findings: their status on a day.

Only vulnerabilities somebody speaks of are asked about; all other rows stay as matching left them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from panshi.errors import UsageError
from panshi.node.supply_chain.vex import effective
from panshi.protection.supply_chain.findings.finding import STATUSES, Status
from panshi.protection.supply_chain.findings.rows import EVER
from panshi.protection.supply_chain.vex import Asked, Statements

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from panshi.node.node import Node
    from panshi.protection.supply_chain.findings.rows import Rows


def statements_of(node: Node, on: date) -> Statements:
    """Give every statement that may count; a node without an institution has none."""
    try:
        return effective(node, on)
    except UsageError:
        return Statements()


def overlaid(
    rows: Rows,
    statements: Statements,
    names: Sequence[tuple[str, ...]],
    asking: Callable[[int, int], Asked],
    on: date,
) -> Rows:
    """Give rows with the status statements give them.

    `names` are all names of each vulnerability; `asking` asks about the package and the
    system of two numbers.
    """
    if not len(statements):
        return rows
    spoken = np.zeros(len(names), dtype=bool)
    present = np.bincount(rows.vulnerability, minlength=len(names))
    for each in np.flatnonzero(present).tolist():
        spoken[each] = any(one in statements for one in names[each])
    if not spoken.any():
        return rows
    asked = np.flatnonzero(spoken[rows.vulnerability] & (rows.until == EVER))
    status = rows.status.copy()
    for at, vulnerability, package, system in zip(
        asked.tolist(),
        rows.vulnerability[asked].tolist(),
        rows.package[asked].tolist(),
        rows.system[asked].tolist(),
        strict=True,
    ):
        found = statements.rule(names[vulnerability], asking(package, system), on)
        if found:
            status[at] = STATUSES.index(Status(found.status))
    return replace(rows, status=status)
