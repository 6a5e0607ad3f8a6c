"""Advisories made ready for matching: package keys, and bounds as bytes that compare.

Compiled once when an advisory arrives, kept in the snapshot, read by whoever matches. A place is
what `versions.sortable` gives; an interval holds its lower and not its upper end.
"""

from __future__ import annotations

from typing import NamedTuple

from panshi.model.supply_chain.bom import Defect


class PackageKey(NamedTuple):
    """A package as advisories and components both name it."""

    ecosystem: str
    "OSV's name, with the release of a distribution: `PyPI`, `Debian:12`."
    name: str
    "In the form its ecosystem holds to be equal."


class Told(NamedTuple):
    """What an entry says in words; read only when something matched."""

    advisory: str
    "Id of the record."
    vulnerability: str
    "The CVE of its group of aliases, or else its own id."
    aliases: tuple[str, ...] = ()
    "The group's other names, sorted."
    source: str = ""
    "Name of the feed."
    ranges: tuple[tuple[str, str, str, bool], ...] = ()
    "Per interval: type of range, lower bound, upper bound (empty: none), whether that is inside."
    fixed: tuple[str, ...] = ()
    "Versions named as repaired, ascending; those without a place last."
    fixed_at: tuple[bytes, ...] = ()
    "Places of those that have one, in the same order."
    unplaced: tuple[str, ...] = ()
    "Bounds that have no place in the ecosystem's order."
    commits: tuple[tuple[str, str], ...] = ()
    "Events of ranges of commits: event and commit."


class Entry(NamedTuple):
    """What one advisory says of one package."""

    starts: tuple[bytes, ...]
    "Lower ends of the intervals, ascending; they do not overlap."
    ends: tuple[bytes, ...]
    "Their upper ends."
    exact: tuple[bytes, ...]
    "Places of versions named one by one outside the intervals, ascending."
    literal: tuple[str, ...]
    "Versions named one by one that have no place."
    open: bool
    "Whether something it says could not be placed, so that outside means unknown."
    local: bool
    "Whether a bound carries a local version (`+cpu`), so that builds differ."
    unsure: bool
    "Whether inside, too, means unknown: another release's bounds, since none was said."
    told: Told


class Compiled(NamedTuple):
    """One advisory, per package it speaks of."""

    id: str
    entries: tuple[tuple[PackageKey, Entry], ...]
    defects: tuple[Defect, ...] = ()
