"""What findings must be, computed second by second and pair by pair, without any of the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Delivery(NamedTuple):
    """One bill as it came."""

    system: str
    part: str
    received: int
    order: int
    packages: frozenset[tuple[str, str]]
    digest: str


@dataclass
class Warned:
    """One advisory as it stands."""

    package: str
    spans: list[tuple[int, int]]
    "From and below; versions are whole numbers."
    aliases: frozenset[str]
    reached: int
    withdrawn: bool = False


class Expected(NamedTuple):
    """One finding as it must be."""

    system: str
    package: str
    vulnerability: str
    status: str
    purl: str
    first_seen: int
    fixed_at: int | None


@dataclass
class World:
    """Everything that was done so far."""

    deliveries: list[Delivery] = field(default_factory=list)
    advisories: dict[str, Warned] = field(default_factory=dict)

    def group_of(self, advisory: str) -> tuple[str, set[str]]:
        """Give the name of an advisory's group and its advisories, by walking shared names."""
        names = {advisory} | self.advisories[advisory].aliases
        while True:
            more = set(names)
            for key, each in self.advisories.items():
                own = {key} | each.aliases
                if not each.withdrawn and own & more:
                    more |= own
            if more == names:
                break
            names = more
        members = {
            each
            for each in names
            if each in self.advisories and not self.advisories[each].withdrawn
        }
        cves = sorted(each for each in names if each.startswith("CVE-"))
        return (cves[0] if cves else min(members)), members

    def verdict(self, advisory: str, package: tuple[str, str]) -> str | None:
        """Tell whether one advisory reaches one package."""
        warned = self.advisories[advisory]
        name, version = package
        if warned.withdrawn or warned.package != name:
            return None
        if not version.isdigit():
            return "unknown"
        inside = any(low <= int(version) < high for low, high in warned.spans)
        return "affected" if inside else None

    def held(self, system: str, second: int) -> set[tuple[str, str]]:
        """Give what a system has in one second."""
        standing: dict[str, Delivery] = {}
        for each in sorted(self.deliveries, key=lambda one: (one.received, one.order)):
            if each.system == system and each.received <= second:
                standing[each.part] = each
        return {package for each in standing.values() for package in each.packages}

    def findings(self, first: int, now: int) -> set[Expected]:
        """Give every finding there is or was."""
        found: set[Expected] = set()
        names: dict[str, set[str]] = {}
        for key, each in self.advisories.items():
            if not each.withdrawn:
                name, members = self.group_of(key)
                names[name] = members
        for system in {each.system for each in self.deliveries}:
            for name, members in names.items():
                for package in {self.advisories[each].package for each in members}:
                    found |= self._one(system, package, name, members, (first, now))
        return found

    def _one(
        self, system: str, package: str, name: str, members: set[str], span: tuple[int, int]
    ) -> set[Expected]:
        open_at: dict[int, dict[tuple[str, str], str]] = {}
        for second in range(span[0], span[1] + 1):
            here: dict[tuple[str, str], str] = {}
            for each in self.held(system, second):
                verdicts = {
                    one: verdict
                    for one in members
                    if each[0] == package and (verdict := self.verdict(one, each))
                }
                since = min((self.advisories[one].reached for one in verdicts), default=None)
                if since is not None and since <= second:
                    sure = "affected" in verdicts.values()
                    here[each] = "affected" if sure else "unknown"
            if here:
                open_at[second] = here
        if not open_at:
            return set()
        last = max(open_at)
        begin = last
        while begin - 1 in open_at:
            begin -= 1
        purls = {
            f"pkg:pypi/{n}@{v}" if v else f"pkg:pypi/{n}": s for (n, v), s in open_at[last].items()
        }
        status = "affected" if "affected" in purls.values() else "unknown"
        return {
            Expected(
                system=system,
                package=f"PyPI/{package}",
                vulnerability=name,
                status=status,
                purl=min(purl for purl, said in purls.items() if said == status),
                first_seen=begin,
                fixed_at=None if last == span[1] else last + 1,
            )
        }
