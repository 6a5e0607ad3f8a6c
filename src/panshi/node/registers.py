"""Figures that indicators take from registers of people's records, as known at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from panshi.governance.indicators.formula import Register
from panshi.node.accountability import register
from panshi.node.node import Node


def figures(
    node: Node, estate_id: str, as_of: datetime | None = None
) -> Mapping[Register, float | None]:
    """Give the figure of every register."""
    offices = register(node, estate_id, as_of)
    return {Register.OFFICE_FINDINGS: float(len(offices.findings))}
