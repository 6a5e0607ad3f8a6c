"""What one node holds of its portfolio while it runs: open stores, and numbers of packages.

Nothing here is kept beside the process. Numbers are only ever added to, so they are read on from
where they were; an index made anew has another birth, and everything is read again.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from panshi.node.supply_chain.advisories import open_advisories
from panshi.protection.supply_chain.findings.rows import Holdings, Rows
from panshi.store.portfolio import Documents, PortfolioIndex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from panshi.node.node import Node
    from panshi.store.portfolio import Reading

BORN, POSITION, ADVISORIES = "born", "position", "advisories"
GENERATION, SYSTEMS, SEQUENCE = "generation", "systems", "sequence"
"""Names of numbers the index keeps: when it was made, how far log and advisories were taken in,
which change was the last, of anything and of any system, and the number last told."""


class Packages:
    """Every package by its number, and the other way round."""

    def __init__(self) -> None:
        """Know none."""
        self.born = -1
        self.purls: list[str] = [""]
        self.unjudged: list[str] = [""]
        self.numbers: dict[str, int] = {}
        self._keys: NDArray[np.uint32] = np.zeros(1 << 10, dtype=np.uint32)

    def catch_up(self, reading: Reading) -> None:
        """Read what was added since."""
        born = reading.meta(BORN)
        if born != self.born:
            self.__init__()  # type: ignore[misc]
            self.born = born
        for number, purl, key, unjudged in reading.packages(len(self.purls)):
            self.add(number, purl, key, unjudged)

    def add(self, number: int, purl: str, key: int, unjudged: str) -> None:
        """Know one more."""
        gap = number - len(self.purls)
        self.purls += [""] * gap
        self.unjudged += [""] * gap
        self.purls.append(purl)
        self.unjudged.append(unjudged)
        if number >= len(self._keys):
            self._keys = np.concatenate((self._keys, np.zeros_like(self._keys)))
        self._keys[number] = key
        self.numbers[purl] = number

    @property
    def key_of(self) -> NDArray[np.uint32]:
        """Give the key of each package by its number; 0 where nobody judges it."""
        return self._keys[: len(self.purls)]

    def rank(self, packages: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Put packages in the order of their purls, which outlasts their numbers."""
        numbers, inverse = np.unique(packages, return_inverse=True)
        order = sorted(range(len(numbers)), key=lambda each: self.purls[numbers[each]])
        ranks = np.empty(len(numbers), dtype=np.int64)
        ranks[order] = np.arange(len(numbers))
        return ranks[inverse]


class Names:
    """Names of systems, keys and vulnerabilities by their numbers, read on from where they were."""

    def __init__(self) -> None:
        """Know none."""
        self.born = -1
        self.systems: list[str] = [""]
        self.keys: list[str] = [""]
        "`ecosystem/name`."
        self.vulnerabilities: list[str] = [""]
        self.numbers: dict[str, int] = {}
        "Of vulnerabilities."

    def catch_up(self, reading: Reading) -> None:
        """Read what was added since."""
        born = reading.meta(BORN)
        if born != self.born:
            self.__init__()  # type: ignore[misc]
            self.born = born
        _extend(self.systems, reading.systems(len(self.systems)))
        _extend(self.keys, reading.package_keys(len(self.keys)))
        first = len(self.vulnerabilities)
        _extend(self.vulnerabilities, reading.vulnerabilities(first))
        for number in range(first, len(self.vulnerabilities)):
            self.numbers[self.vulnerabilities[number]] = number


def _extend(names: list[str], added: Iterable[tuple[int, str]]) -> None:
    for number, name in added:
        names.extend([""] * (number - len(names)))
        names.append(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns of one generation."""

    born: int
    generation: int
    rows: Rows


class PortfolioMemory:
    """The portfolio of one node, open."""

    def __init__(self, node: Node) -> None:
        """Open what rests below the home."""
        self.lock = RLock()
        self.index = PortfolioIndex(node.home.path)
        self.documents = Documents(node.home.path)
        self.advisories = open_advisories(node.home.path)
        self.packages = Packages()
        self.names = Names()
        self.table: Table | None = None
        self.known: dict[str, tuple[object, Any]] = {}
        "What was worked out of one state of advisories, estates and statements."
        self._holdings: tuple[tuple[int, int], Holdings] | None = None

    def forget(self) -> None:
        """Read everything anew when it is needed next."""
        self.packages = Packages()
        self.names = Names()
        self.table = self._holdings = None
        self.known.clear()

    def holdings(self, reading: Reading) -> Holdings:
        """Give the stretches of all systems, kept as long as no system was touched."""
        stamp = (reading.meta(BORN), reading.meta(SYSTEMS))
        if self._holdings is None or self._holdings[0] != stamp:
            self._holdings = (stamp, Holdings.of(*reading.holdings()))
        return self._holdings[1]


_opened: WeakKeyDictionary[Node, PortfolioMemory] = WeakKeyDictionary()
_opening = RLock()


def memory_of(node: Node) -> PortfolioMemory:
    """Give a node's portfolio, opened once."""
    with _opening:
        found = _opened.get(node)
        if found is None:
            found = _opened[node] = PortfolioMemory(node)
        return found
