"""What a ticket is compared by: its values and what they stand for, most telling first.

A locator stands for its name and the registered domain, an address for its network, a
sub-technique for its technique; techniques in the order told make chains of two. What everybody
uses is left out by the allow list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from itertools import pairwise

from publicsuffixlist import PublicSuffixList

from panshi.alliance.extraction import Indicator, Kind, host_of, indicators
from panshi.alliance.intelligence.allow_list import AllowList, host_kind
from panshi.model.alliance.ticket import Observable, Ticket

_TECHNIQUE = re.compile(r"(?<![A-Za-z0-9])T\d{4}(?:\.\d{3})?(?![0-9])")
_DIGITS = re.compile(r"\d+")
LONGEST_WORD = 200
"Characters of a value of a field nobody described; longer ones are prose."


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Trait:
    """One thing a ticket may share with another."""

    kind: str
    "A kind of the method."
    value: str


type Group = tuple[Trait, ...]
"""One observation and what it stands for, the most telling first; at most one of them counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A ticket as correlation sees it."""

    id: str
    member: str
    at: float | None
    "Seconds since 1970 of when it happened, or else was told; None where nobody says."
    groups: tuple[Group, ...]
    left_out: int = 0
    "Values that everybody uses, or beyond the bound."


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What free text tells."""

    observables: tuple[Observable, ...]
    techniques: tuple[str, ...]
    others: tuple[Trait, ...]


def told_in(text: str) -> Told:
    """Find what may be compared in free text."""
    observables, others = [], []
    for each in indicators(text):
        match each.kind:
            case Kind.CVE:
                others.append(Trait(kind="cve", value=each.value))
            case Kind.FILE:
                others.append(Trait(kind="file", value=file_name(each.value)))
            case Kind.REGISTRY:
                others.append(Trait(kind="registry-key", value=each.value.casefold()))
            case _:
                observables.append(Observable(kind=each.kind, value=each.value))
    return Told(
        observables=tuple(observables),
        techniques=tuple(_TECHNIQUE.findall(text)),
        others=tuple(others),
    )


def file_name(path: str) -> str:
    """Give the last part of a path."""
    return (re.split(r"[\\/]", path)[-1] or path).casefold()[:LONGEST_WORD]


def title_trait(title: str) -> Trait:
    """Give a title as it is compared: numbers tell cases apart, not campaigns."""
    return Trait(kind="title", value=_DIGITS.sub("#", title.casefold())[:LONGEST_WORD])


def sketch_of(ticket: Ticket, allowed: AllowList, most: int) -> Sketch:
    """Give what a ticket is compared by."""
    told = told_in(f"{ticket.title}\n{ticket.text}")
    moment = ticket.occurred_at or ticket.detected_at or ticket.reported_at
    return sketch(
        id=ticket.id,
        member=ticket.member,
        at=moment.timestamp(),
        observables=(*ticket.indicators, *told.observables),
        techniques=(*ticket.techniques, *told.techniques),
        others=(
            *(Trait(kind="cve", value=each) for each in ticket.cves),
            *(Trait(kind="supplier", value=each.casefold()) for each in ticket.suppliers),
            *(Trait(kind="product", value=each.casefold()) for each in ticket.assets),
            *told.others,
            title_trait(ticket.title),
        ),
        allowed=allowed,
        most=most,
    )


def sketch(
    *,
    id: str,  # noqa: A002 -- as the field is called
    member: str,
    at: float | None,
    observables: Iterable[Observable],
    techniques: Iterable[str],
    others: Iterable[Trait],
    allowed: AllowList,
    most: int,
) -> Sketch:
    """Join the parts to a sketch, each observation once, within the bound."""
    groups: dict[Trait, Group] = {}
    benign = 0
    for one in observables:
        found = _standing_for(one, allowed)
        if found:
            groups.setdefault(found[0], found)
        else:
            benign += 1
    for other in (*_chained(techniques), *((each,) for each in others)):
        groups.setdefault(other[0], other)
    kept = tuple(groups.values())[:most]
    return Sketch(
        id=id, member=member, at=at, groups=kept, left_out=benign + len(groups) - len(kept)
    )


def _chained(techniques: Iterable[str]) -> Iterator[Group]:
    listed = list(dict.fromkeys(each.strip().upper() for each in techniques))
    for each in listed:
        above = Trait(kind="parent-technique", value=each.partition(".")[0])
        yield (Trait(kind="technique", value=each), above)
    for first, second in pairwise(listed):
        yield (Trait(kind="chain", value=f"{first} {second}"),)


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=65_536)
def _registered(name: str) -> str:
    return _suffixes().privatesuffix(name) or ""


def _standing_for(one: Observable, allowed: AllowList) -> Group:
    """Give the value and what it stands for; nothing where everybody uses it."""
    match one.kind:
        case "url" | "email":
            host = _host(one)
            within = _host_group(host, allowed) if host else ()
            if host and not within and one.kind == "email":
                return (Trait(kind="email", value=one.value.lower()),)
            return (Trait(kind=one.kind, value=one.value), *within)
        case "domain":
            return _host_group(one.value.lower().rstrip("."), allowed)
        case "ipv4" | "ipv6":
            return _host_group(one.value, allowed)
        case "ipv4-cidr" | "ipv6-cidr":
            return () if allowed.ground(one) else (Trait(kind="network", value=one.value),)
        case "bitcoin":
            return (Trait(kind="wallet", value=one.value),)
        case "asn":
            return (Trait(kind="asn", value=one.value.upper()),)
        case _:
            return () if allowed.ground(one) else (Trait(kind=one.kind, value=one.value.lower()),)


def _host(one: Observable) -> str:
    kind = Kind(one.kind)
    shown = Indicator(start=0, end=0, kind=kind, value=one.value, text=one.value, defanged=False)
    return host_of(shown).lower()


def _host_group(host: str, allowed: AllowList) -> Group:
    kind = host_kind(host)
    if allowed.ground(Observable(kind=kind, value=host)):
        return ()
    if kind == "domain":
        owner = _registered(host)
        free = owner and not allowed.ground(Observable(kind="domain", value=owner))
        above = (Trait(kind="registered-domain", value=owner),) if free else ()
        return (Trait(kind="domain", value=host), *above)
    address = ip_address(host)
    network = ip_network((address, 24 if address.version == 4 else 48), strict=False)  # noqa: PLR2004 -- IP versions and the usual size of one holder
    return (Trait(kind=kind, value=str(address)), Trait(kind="network", value=str(network)))


@lru_cache(maxsize=262_144)
def trait_key(code: int, value: str) -> int:
    """Give a trait as a number of 62 bits: its kind's code and a digest of its value."""
    digest = int.from_bytes(blake2b(value.encode(), digest_size=8).digest())
    return (digest >> 10) << 8 | code
