"""Which controls a cloud resource takes part in: 31, 29 and 27 of 36 for IaaS, PaaS and SaaS.

The source's table does not list the five controls of stage IV; not listed is undecided, and a
governed reading may count them as applicable. A resource outside the cloud takes part in all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from panshi.model.control import Control


class CloudModel(StrEnum):
    """How a cloud service is bought."""

    IAAS = "IaaS"
    PAAS = "PaaS"
    SAAS = "SaaS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicability:
    """Controls for one cloud model, by their ids within the framework."""

    model: CloudModel
    applicable: tuple[str, ...]
    not_applicable: tuple[str, ...]
    undecided: tuple[str, ...]


def applicability(
    controls: Iterable[Control], model: CloudModel, *, unlisted_apply: bool
) -> Applicability:
    """Part the controls of a framework for one cloud model."""
    applicable: list[str] = []
    without: list[str] = []
    undecided: list[str] = []
    for control in controls:
        if control.cloud is None:
            (applicable if unlisted_apply else undecided).append(control.id)
        else:
            (applicable if model in control.cloud else without).append(control.id)
    return Applicability(
        model=model,
        applicable=tuple(applicable),
        not_applicable=tuple(without),
        undecided=tuple(undecided),
    )
