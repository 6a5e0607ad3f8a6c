"""Estates of the briefing's shape: its six scenarios, and systems as many as its cases A and B.

The cases print only how many systems pass each step of each field. The generator makes one system
per pass, lets fields share systems where the printed figures allow it, and states every fact, so
that nothing is left unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from panshi.model.asset import Asset, AssetId, AssetKind, AttributeValue
from panshi.model.estate import Estate

type Attributes = dict[str, AttributeValue]
type Funnel = dict[str, tuple[int, int, int]]

SCENARIOS: dict[int, Attributes] = {
    1: {"remote_staff_access": True, "vpn_only": True, "connections": ("vpn", "internal")},
    2: {"cloud": True, "cloud_model": "PaaS"},
    3: {"operated_by": ("staff", "cloud_provider")},
    4: {"sensitive": True, "separate_admin_accounts": True},
    5: {"operated_by": ("supplier",)},
    6: {"external_users": True, "vpn_only": True},
}
"What the six slides say and nothing more."

CASE_A: Funnel = {
    "remote_work": (83, 48, 4),
    "cloud_access": (0, 0, 0),
    "system_operation": (9, 9, 1),
    "app_admin": (9, 9, 1),
    "service_provider": (0, 0, 0),
    "cross_institution": (8, 7, 1),
}
CASE_B: Funnel = {
    "remote_work": (93, 55, 10),
    "cloud_access": (1, 1, 1),
    "system_operation": (28, 15, 1),
    "app_admin": (28, 15, 1),
    "service_provider": (0, 0, 0),
    "cross_institution": (6, 3, 0),
}
CHOSEN_A = ("remote_work", "system_operation", "app_admin", "cross_institution")
CHOSEN_B = ("remote_work", "cloud_access", "system_operation", "app_admin")

ENTERING: dict[str, Attributes] = {
    "remote_work": {"remote_staff_access": True},
    "cloud_access": {"cloud": True, "cloud_model": "IaaS"},
    "system_operation": {"privileged_accounts": True, "operated_by": ("staff",)},
    "app_admin": {"separate_admin_accounts": True, "sensitive": True},
    "service_provider": {"operated_by": ("supplier_remote",)},
    "cross_institution": {"external_users": True, "internet_facing": True},
}
"What puts a system into each field."

OUTSIDE: Attributes = {
    "remote_staff_access": False,
    "cloud": False,
    "privileged_accounts": False,
    "operated_by": ("staff",),
    "separate_admin_accounts": False,
    "sensitive": False,
    "external_users": False,
}
"A system in no field at all."


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Systems that pass the same steps."""

    high_risk: bool
    low_impact: bool


def estate_of(*systems: Attributes, estate_id: str = "case") -> Estate:
    """Make an estate of systems with these attributes, and an institution for its records."""
    institution = Asset(
        id=AssetId("institution:case"),
        kind=AssetKind.INSTITUTION,
        name="案例機構",
        attributes={"sector": "bank"},
    )
    return Estate(
        id=estate_id,
        name_zh="案例",
        name_en="case",
        version=1,
        as_of=datetime(2026, 9, 30, tzinfo=UTC),
        assets=(
            institution,
            *(
                Asset(
                    id=AssetId(f"system:s{at:03}"),
                    kind=AssetKind.SYSTEM,
                    name=f"系統 {at}",
                    attributes=attributes,
                )
                for at, attributes in enumerate(systems, start=1)
            ),
        ),
    )


def case(printed: Funnel) -> Estate:
    """Make an estate whose funnel has the printed figures."""
    left = {
        Kind(high_risk=high, low_impact=low): {
            field: _of_kind(steps, high=high, low=low) for field, steps in printed.items()
        }
        for high, low in ((True, True), (True, False), (False, False))
    }
    return estate_of(*(each for kind, counts in left.items() for each in _systems(kind, counts)))


def _of_kind(steps: tuple[int, int, int], *, high: bool, low: bool) -> int:
    applicable, risky, mild = steps
    if high:
        return mild if low else risky - mild
    return applicable - risky


def _systems(kind: Kind, counts: dict[str, int]) -> list[Attributes]:
    """Make systems of one kind; the first ones stand in every field that still wants one."""
    made = []
    for at in range(max(counts.values())):
        fields = [field for field, count in counts.items() if at < count]
        attributes: Attributes = {
            **OUTSIDE,
            "holds_personal_data": False,
            "holds_transaction_data": kind.high_risk,
            "holds_staff_data": False,
            "automated_service": not kind.low_impact,
            "rto_minutes": 240,
            "internet_facing": False,
        }
        for field in fields:
            attributes |= ENTERING[field]
        made.append(attributes)
    return made
