"""Language packages that a distribution's package installed, and so the distribution answers for.

Debian's `python3-requests` 2.28.1+dfsg-1 puts a `requests` 2.28.1 on the disk, and a scanner lists
both. The distribution repairs it without changing the upstream version, so upstream's advisories no
longer say whether it is affected; the distribution's do. A language package is owned where, in the
same bill, a distribution package by its naming policy carries that very package at that very
upstream version.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from panshi.model.supply_chain.compiled import PackageKey
from panshi.protection.supply_chain.matching.distributions import NAMESPACES
from panshi.protection.supply_chain.matching.package_keys import Subject, named, placed_in

POLICIES = MappingProxyType(
    {
        "PyPI": r"(?:python[0-9.]*|pypy3|py3)-(.+)",
        "npm": r"(?:node|nodejs)-(.+)",
        "RubyGems": r"(?:ruby|rubygem)-(.+)",
        "Maven": r"lib(.+)-java",
        "crates.io": r"(?:librust-(.+)-dev|rust-(.+))",
        "Packagist": r"php-(.+)",
    }
)
"""Ecosystem → how distributions name its packages."""
DISTRIBUTIONS = tuple(f"pkg:{kind}/" for kind in NAMESPACES)
REVISION = r"-[^-]*$"
REPACKED = r"[+~.](?:dfsg|ds|repack|really|git|debian|ubuntu|deb).*$"
"""Patterns are compiled when a distribution's package is met: many bills have none."""


class Owners:
    """The distribution packages of one bill that carry language packages."""

    def __init__(self) -> None:
        """Begin with none."""
        self._carried: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def add(self, purl: str, name: str, version: str) -> None:
        """Note a component; others than a distribution's are passed over."""
        if not purl.startswith(DISTRIBUTIONS):
            return
        upstream = re.sub(REPACKED, "", re.sub(REVISION, "", version.rpartition(":")[2]))
        for ecosystem, policy in POLICIES.items():
            found = re.fullmatch(policy, name)
            if found is not None:
                carried = next(filter(None, found.groups()))
                key = named(ecosystem, carried)
                self._carried.setdefault(_plain(key), []).append((upstream, purl))

    def of(self, found: Subject) -> str:
        """Give the purl of the package that owns a component; empty where none does."""
        key = found.keys[0]
        for upstream, purl in self._carried.get(_plain(key), ()):
            there = placed_in(key.ecosystem, upstream)
            if upstream == found.version or (there is not None and there == found.place):
                return purl
        return ""

    def __bool__(self) -> bool:
        """Whether any component could own another."""
        return bool(self._carried)


def _plain(key: PackageKey) -> tuple[str, str]:
    """Leave out what distributions' names leave out: group, scope and signs."""
    name = re.split(r"[:/]", key.name)[-1]
    return key.ecosystem, re.sub(r"[-_.]", "", name).lower()
