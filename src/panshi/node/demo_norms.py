"""What the demo bank's people said of candidate pairs, sealed by the same rules as everybody's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import yaml

from panshi.node.demo_accountability import MONTH, at_the_time
from panshi.node.node import Node
from panshi.node.norms import decide
from panshi.store import library


def seed_norms(node: Node, now: datetime) -> None:
    """Confirm, reject and take back some pairs, oldest first."""
    _name, raw = library.demo("norms.yaml")
    plan: dict[str, Any] = yaml.load(raw, Loader=yaml.CSafeLoader)
    for line in sorted(plan["decisions"], key=lambda each: -each["months_ago"]):
        norm_a, _, clause_a = line["a"].partition("/")
        norm_b, _, clause_b = line["b"].partition("/")
        then = at_the_time(node, now - MONTH * line["months_ago"])
        then.library = node.library  # read once, not once for each decision
        decide(
            then,
            (norm_a, clause_a),
            (norm_b, clause_b),
            decision=line["decision"],
            reason=line["reason"],
            actor=line["by"],
            relation=line.get("relation", ""),
        )
