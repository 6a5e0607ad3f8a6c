"""Tell two bills of materials apart: added, removed, up, down, changed, another licence.

A package is known by its purl without version and qualifiers, else by type, group and name. Of the
versions both hold nothing is said; of the others, lowest is paired with lowest where a package has
as many before as after, and what remains was added or removed. A pair no order can place is
`changed`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cmp_to_key

from panshi.errors import PanshiError
from panshi.model.supply_chain.bom import BomComponent
from panshi.protection.supply_chain.purl import parse
from panshi.protection.supply_chain.versions import compare


class Kind(StrEnum):
    """What happened to a package."""

    ADDED = "added"
    REMOVED = "removed"
    UP = "up"
    DOWN = "down"
    CHANGED = "changed"
    LICENCE = "licence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change between two bills."""

    kind: Kind
    package: str
    before: str
    "Version, or licence where that changed; empty for what was added."
    after: str
    purl: str
    "Of the newer bill, else of the older."


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What two bills do not have in common."""

    changes: tuple[Change, ...]
    unchanged: int
    "Packages in one version each that both hold alike."


type Held = dict[str, dict[str, BomComponent]]


def difference(before: Iterable[BomComponent], after: Iterable[BomComponent]) -> Difference:
    """Compare two bills, the older first."""
    older, newer = _held(before), _held(after)
    changes: list[Change] = []
    unchanged = 0
    for package in sorted(older.keys() | newer.keys()):
        was, now = older.get(package, {}), newer.get(package, {})
        for version in sorted(was.keys() & now.keys()):
            one, other = was[version], now[version]
            if one.licence != other.licence:
                changes.append(
                    Change(
                        kind=Kind.LICENCE,
                        package=package,
                        before=one.licence,
                        after=other.licence,
                        purl=other.purl,
                    )
                )
            else:
                unchanged += 1
        changes += _moved(
            package,
            [each for version, each in was.items() if version not in now],
            [each for version, each in now.items() if version not in was],
        )
    return Difference(changes=tuple(changes), unchanged=unchanged)


def _moved(package: str, gone: list[BomComponent], come: list[BomComponent]) -> list[Change]:
    gone, come = _sorted(gone), _sorted(come)
    if len(gone) == len(come):
        made = []
        for one, other in zip(gone, come, strict=True):
            order = _order(one, other)
            kind = {"<": Kind.UP, ">": Kind.DOWN}.get(order, Kind.CHANGED)
            made.append(_change(kind, package, one, other))
            if one.licence != other.licence and one.licence and other.licence:
                made.append(
                    Change(
                        kind=Kind.LICENCE,
                        package=package,
                        before=one.licence,
                        after=other.licence,
                        purl=other.purl,
                    )
                )
        return made
    return [
        *(_change(Kind.REMOVED, package, each, None) for each in gone),
        *(_change(Kind.ADDED, package, None, each) for each in come),
    ]


def _change(
    kind: Kind, package: str, before: BomComponent | None, after: BomComponent | None
) -> Change:
    shown = after or before
    return Change(
        kind=kind,
        package=package,
        before=before.version if before else "",
        after=after.version if after else "",
        purl=shown.purl if shown else "",
    )


def _held(components: Iterable[BomComponent]) -> Held:
    held: Held = {}
    for each in components:
        held.setdefault(package_of(each), {}).setdefault(each.version, each)
    return held


def package_of(each: BomComponent) -> str:
    """Give the name under which a component is the same package in two bills."""
    if each.purl:
        try:
            parsed = parse(each.purl)
        except PanshiError:
            return each.purl.partition("@")[0]
        return "/".join(filter(None, (f"pkg:{parsed.type}", parsed.namespace, parsed.name)))
    return "/".join(filter(None, (each.type, each.group, each.name)))


def _sorted(components: list[BomComponent]) -> list[BomComponent]:
    signs = {"<": -1, "=": 0, ">": 1}

    def ordered(one: BomComponent, other: BomComponent) -> int:
        sign = signs.get(_order(one, other))
        return (
            (one.version > other.version) - (one.version < other.version)
            if (sign is None)
            else sign
        )

    return sorted(components, key=cmp_to_key(ordered))


def _order(one: BomComponent, other: BomComponent) -> str:
    kind = next(
        (each.purl[4:].partition("/")[0] for each in (one, other) if each.purl.startswith("pkg:")),
        "semver",
    )
    try:
        return compare(kind, one.version, other.version)
    except PanshiError:
        return "?"


def counts(changes: Iterable[Change]) -> dict[Kind, int]:
    """Count the changes of each kind, none left out."""
    made = Counter(each.kind for each in changes)
    return {kind: made[kind] for kind in Kind}
