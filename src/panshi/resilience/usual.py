"""Usual figures for what an estate does not state, from `content/resilience/graph.yaml`.

They are assumptions and are shown as such; an institution's own figures and drills replace them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import yaml

from panshi.errors import BadInputError, ContentError
from panshi.model.resilience.graph import Delay, Exposure, NodeId, NodeKind

type Triangle = tuple[float, float, float]


class _Kind(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    failure: float
    repair: Triangle


class _Exposed(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    probability: float
    outage: Triangle


class _Generator(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    failure: float
    switch: Triangle


class _File(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    version: str
    kinds: dict[NodeKind, _Kind]
    exposures: dict[str, _Exposed]
    generator: _Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What counts where nothing is stated."""

    failure: Mapping[NodeKind, float]
    "Probability of failing by itself within a year."
    repair: Mapping[NodeKind, Delay]
    site_to_zone: Exposure
    host_to_platform: Exposure
    generator_failure: float
    generator_switch: Delay


def usual_of(raw: bytes, *, source: str) -> Usual:
    """Read the file; every kind must be there."""
    try:
        file = msgspec.convert(yaml.load(raw, Loader=yaml.CSafeLoader), _File)
        absent = [kind for kind in NodeKind if kind not in file.kinds]
        if absent:
            raise ContentError(f"no figures for {', '.join(absent)}", place=source)
        return Usual(
            failure={kind: each.failure for kind, each in file.kinds.items()},
            repair={kind: _delay(each.repair) for kind, each in file.kinds.items()},
            site_to_zone=_exposure(file.exposures["site_to_zone"]),
            host_to_platform=_exposure(file.exposures["host_to_platform"]),
            generator_failure=file.generator.failure,
            generator_switch=_delay(file.generator.switch),
        )
    except (yaml.YAMLError, msgspec.ValidationError, KeyError, BadInputError) as error:
        raise ContentError(str(error), place=source, remedy="correct the file") from error


def _delay(triangle: Triangle) -> Delay:
    low, likely, high = triangle
    return Delay(low=low, likely=likely, high=high)


def _exposure(each: _Exposed) -> Exposure:
    return Exposure(cause=NodeId(""), probability=each.probability, outage=_delay(each.outage))
