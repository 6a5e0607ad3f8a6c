"""Where a component is: in the newest bills of which systems, with which suppliers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from panshi.model.asset import Asset
from panshi.node.node import Node
from panshi.node.supply_chain.portfolio import portfolio
from panshi.node.supply_chain.portfolio.memory import memory_of
from panshi.node.supply_chain.systems import SystemStanding

SHORTEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """One package in one version, and the systems whose newest bill lists it."""

    purl: str
    systems: tuple[SystemStanding, ...]

    @property
    def name(self) -> str:
        """Name it without its version."""
        return name_of(self.purl)

    @property
    def version(self) -> str:
        """Give its version; empty where the bill does not say."""
        _, at, version = self.purl.partition("?")[0].rpartition("@")
        return unquote(version) if at and "/" not in version else ""

    @property
    def suppliers(self) -> tuple[Asset, ...]:
        """Give who supplies the systems, the most frequent first."""
        by_id = {each.id: each for system in self.systems for each in system.suppliers}
        count = Counter(each.id for system in self.systems for each in system.suppliers)
        return tuple(by_id[name] for name, _ in sorted(count.items(), key=lambda x: (-x[1], x[0])))


def name_of(purl: str) -> str:
    """Give type, group and name of a package URL: `maven/org.apache.logging.log4j/log4j-core`."""
    name = purl.partition("?")[0].partition("#")[0].removeprefix("pkg:")
    head, at, version = name.rpartition("@")
    return unquote(head if at and "/" not in version else name)


def where(node: Node, systems: Sequence[SystemStanding], text: str) -> tuple[Whereabouts, ...]:
    """Find packages whose purl has this text; those in most systems first."""
    wanted = text.strip().lower()
    if len(wanted) < SHORTEST:
        return ()
    view, purls = portfolio(node), memory_of(node).packages.purls
    numbers = [number for number, purl in enumerate(purls) if wanted in unquote(purl).lower()]
    held: dict[int, list[SystemStanding]] = {}
    by_id = {str(each.system.id): each for each in systems}
    for system, packages in sorted(view.systems_with(numbers).items()):
        for each in packages if system in by_id else ():
            held.setdefault(each, []).append(by_id[system])
    made = [Whereabouts(purl=purls[each], systems=tuple(found)) for each, found in held.items()]
    return tuple(sorted(made, key=lambda each: (-len(each.systems), each.purl)))


def names(found: Iterable[Whereabouts]) -> Counter[str]:
    """Count systems by name of package, whatever the version."""
    systems: dict[str, set[str]] = {}
    for each in found:
        systems.setdefault(each.name, set()).update(one.system.id for one in each.systems)
    return Counter({name: len(those) for name, those in systems.items()})
