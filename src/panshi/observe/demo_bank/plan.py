"""Read the demo bank's plan (`content/demo/*.yaml`): what there is and how it behaves.

The plan is our own content, yet it is read as strictly as any: an unknown word is an error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec
import yaml

from panshi.errors import ContentError


class Site(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A data centre, branch site or cloud region; `share` of the hosts stand there."""

    id: str
    zh: str
    en: str
    city: str
    country: str
    share: float
    cloud: bool = False
    recovery: dict[str, str | int | float | tuple[str, ...]] = {}
    "What it shares with other sites: seismic zone, power feed, role in recovery."


class Named(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Something with a name in both languages."""

    id: str
    zh: str
    en: str


class Service(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A business service and the groups of systems it depends on."""

    id: str
    zh: str
    en: str
    groups: tuple[str, ...]


class SystemGroup(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Systems with the same defaults; each system is one line of five columns."""

    zone: str
    fields: tuple[str, ...]
    criticality: str
    rto_minutes: int
    rpo_minutes: int
    systems: tuple[str, ...]
    core: bool = False


class Suppliers(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How supplier names are put together."""

    cloud: tuple[str, ...]
    everyone_depends_on: str
    words_zh: tuple[str, ...]
    kinds_zh: tuple[str, ...]
    count: int


class Channel(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A mobile app or API: who it is for and the system it belongs to."""

    id: str
    zh: str
    audience: str
    system: str


class Account(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An official account on a social platform."""

    id: str
    zh: str


class BankPlan(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """`content/demo/bank.yaml`."""

    id: str
    name_zh: str
    name_en: str
    seed: str
    institution: dict[str, str]
    sites: tuple[Site, ...]
    zones: tuple[Named, ...]
    services: tuple[Service, ...]
    products: dict[str, tuple[str, ...]]
    "By service, what it is made of; each product is one line of four columns."
    groups: dict[str, SystemGroup]
    suppliers: Suppliers
    accounts: dict[str, int]
    devices: dict[str, int]
    people: int
    iot: dict[str, int]
    endpoints: int
    sboms: int
    shares: dict[str, float]
    "How often something is so, 0 to 1; the generator asks for each by name."
    training_groups: dict[str, float]
    mobile_apps: tuple[Channel, ...]
    social_accounts: tuple[Account, ...]
    apis: tuple[Channel, ...]
    leans_on: dict[str, tuple[str, ...]]
    "Systems that stand on systems of another group."


class Trouble(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Some assets are not as they should be."""

    body: dict[str, Any]
    share: float = 0.0
    "Of the assets the stream looks at."
    only: tuple[str, ...] = ()
    "Or these asset ids, always."
    where: dict[str, Any] = {}
    "Only among assets with these attributes."


class Stream(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One collector looking at one kind of asset, quarter after quarter."""

    name: str
    kind: str
    of: str
    collector: str
    body: dict[str, Any]
    "How a body looks when all is well; `$id`, `$name`, `$days:N` are replaced."
    where: dict[str, Any] = {}
    facet: str = ""
    coverage: float = 1.0
    "Share of the assets looked at in a round."
    ages: tuple[int, int] = (1, 20)
    "Days before today at which the newest round was seen."
    stale: float = 0.0
    "Share last seen a round too early: their newest look is 200 to 400 days old."
    unreachable: float = 0.0
    reason: str = "示範：逾時未回應"
    rounds: int = 1
    "Quarters of history, the newest included."
    began: float = 0.6
    "In the oldest round, so much of the final good share was good already."
    trouble: tuple[Trouble, ...] = ()
    unseen: tuple[str, ...] = ()
    "Assets this collector never sees."


class StreamsPlan(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """`content/demo/observations.yaml`."""

    streams: tuple[Stream, ...]
    records: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPlan:
    """The whole plan."""

    bank: BankPlan
    streams: tuple[Stream, ...]
    records: tuple[dict[str, Any], ...] = field(default=())


def read_plan(bank: bytes, observations: bytes) -> DemoPlan:
    """Parse both files; raise `ContentError` naming the file and what is wrong."""
    streams = _parsed(observations, StreamsPlan, "demo/observations.yaml")
    return DemoPlan(
        bank=_parsed(bank, BankPlan, "demo/bank.yaml"),
        streams=streams.streams,
        records=streams.records,
    )


def _parsed[T](raw: bytes, shape: type[T], source: str) -> T:
    try:
        return msgspec.convert(yaml.load(raw, Loader=yaml.CSafeLoader), shape)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise ContentError(str(error), place=source, remedy="correct the demo plan") from error
