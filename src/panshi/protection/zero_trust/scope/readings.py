"""The readings chosen where the source is silent or contradicts itself: governed parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from panshi.errors import ContentError

PREFIX = "zt_"
MILLION = 1_000_000


class Method(IntEnum):
    """Which of the source's two methods decides the steps of the funnel."""

    QUICK_TESTS = 0
    "The yes/no tests; the factor tables only rank."
    FACTOR_TABLES = 1
    "The sums of the factor tables against cut-offs."
    BOTH = 2
    "High risk and low impact only where both say so."


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """One value per gap of the source; the defaults stand in `content/parameters.yaml`."""

    method: Method = Method.QUICK_TESTS
    risk_cutoff: int = 13
    "Sum of risk factors from which a field of a system counts as high risk."
    impact_cutoff: int = 9
    "Sum of impact factors up to which a system counts as low impact."
    rto_hours: float = 8.0
    "An RTO over so many hours makes a system low impact; exactly so many does not."
    spending_high: float = 25.0
    "NT$ million over budget from which spending scores 3."
    spending_medium: float = 5.0
    spending_exact: int = 3
    "Score of exactly the upper limit, which the source puts into 2 and into 3."
    device_inside: int = 3
    "Score of a device that is not issued but inside, which the source leaves out."
    device_fixed_outside: int = 2
    "Score of a device that is issued, not portable, and outside."
    business_update: int = 2
    "Score of an ordinary user who changes business records and does no operation."
    critical_and_personal: bool = False
    "Data score 3 only where critical and personal; by default either suffices."
    vpn_exempts: bool = True
    "Outsiders who come over VPN or dedicated lines only make no cross-institution field."
    operation_needs_importance: bool = False
    "Accounts of unimportant hosts make no field of system operation."
    bulk_records: int = 1
    "From how many persons on personal data counts as a large amount."
    cloud_stage_iv: bool = False
    "Count the five controls the cloud table does not list as applicable; else undecided."


def readings_of(parameters: Mapping[str, float]) -> Readings:
    """Give the readings in force; what a node does not know keeps its default."""
    values: dict[str, Any] = {
        name: kind(parameters[PREFIX + name])
        for name, kind in _KINDS.items()
        if PREFIX + name in parameters
    }
    made = Readings(**values)
    if made.spending_medium > made.spending_high:
        raise ContentError(
            "the lower limit of spending lies above the upper one",
            place="zt_spending_medium",
            remedy="`panshi parameter set` one of the two",
        )
    return made


def values_of(readings: Readings) -> dict[str, float]:
    """Give the readings as the parameters they come from."""
    return {PREFIX + name: float(getattr(readings, name)) for name in _KINDS}


def _method(value: float) -> Method:
    return Method(int(value))


def _yes(value: float) -> bool:
    return value >= 1


_KINDS: dict[str, Callable[[float], object]] = {
    "method": _method,
    "risk_cutoff": int,
    "impact_cutoff": int,
    "rto_hours": float,
    "spending_high": float,
    "spending_medium": float,
    "spending_exact": int,
    "device_inside": int,
    "device_fixed_outside": int,
    "business_update": int,
    "critical_and_personal": _yes,
    "vpn_exempts": _yes,
    "operation_needs_importance": _yes,
    "bulk_records": int,
    "cloud_stage_iv": _yes,
}
