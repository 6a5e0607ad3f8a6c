"""The small bank's software: one system repaired, one vulnerable, one of which no bill came.

A part of the vulnerable one has a version that cannot be placed. The advisory is made up.
"""

from datetime import timedelta

from panshi.model.supply_chain.advisory import Advisory, Affected, AffectedRange
from panshi.node.supply_chain.feeds import advisories
from panshi.node.supply_chain.portfolio import ingest
from tests.simulators.bills import bill
from tests.web.small_bank import SYSTEMS

LOG_LIBRARY = "DEMO-2026-0900"
OLD, NEW = "pkg:maven/org.example/log-core@2.1.0", "pkg:maven/org.example/log-core@2.4.0"
FRAME, DIRTY = "pkg:maven/org.example/frame@1.0.0", "pkg:maven/org.example/log-extra@NA"


def supply(node):
    """Apply the advisory and take the bills in."""
    now = node.clock()
    span = (AffectedRange("ECOSYSTEM", (("introduced", "0"), ("fixed", "2.3.0"))),)
    record = Advisory(
        id=LOG_LIBRARY,
        summary="made up for a test <b>",
        published="2026-06-01T00:00:00Z",
        affected=tuple(
            Affected(ecosystem="Maven", name=f"org.example:{name}", ranges=span)
            for name in ("log-core", "log-extra")
        ),
    )
    with advisories(node) as store:
        store.apply([record], feed="test", at=now - timedelta(days=9))
    for system, parts, days, part in (
        (SYSTEMS[0], (FRAME, OLD), 8, ""),
        (SYSTEMS[0], (FRAME, NEW), 1, ""),
        (SYSTEMS[1], (FRAME, DIRTY), 6, "image"),
        (SYSTEMS[1], (FRAME, OLD), 5, ""),
    ):
        made = bill(*parts, brought_by={parts[1]: FRAME})
        ingest(node, made, system=system, part=part, at=now - timedelta(days=days))
