"""The port of this room: components one at a time, then what the whole document says.

`BomStream` is iterated once. While it runs, `defects` grows; once it is exhausted, `head`,
`unreadable` and `vex` are complete. A document that turns out to be none, even late, raises
`BadInputError` from the iteration: whoever stores while reading takes back what it stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from panshi.model.supply_chain.bom import BomComponent, BomHead, Defect
from panshi.observe.bom.document import Document, take_whole

if TYPE_CHECKING:
    from panshi.model.supply_chain.vex import VexStatement

DEFECTS_KEPT = 10_000
EDGES_KEPT = 2_000_000


class Told:
    """What a reader has been told so far, besides components."""

    def __init__(self, name: str) -> None:
        """Be told nothing yet; errors call the document by its name."""
        self.name = name
        self.format = self.spec_version = self.serial = self.created = ""
        self.version = 1
        self.tools: list[str] = []
        self.authors: list[str] = []
        self.subject: BomComponent | None = None
        self.supplier = ""
        self.dependencies: dict[str, list[str]] = {}
        self.edges = 0
        self.lists_components = False
        self.instead = ""
        self.statements = False
        "Whether it carries statements on exploitability."
        self.defects: list[Defect] = []
        self.more_defects = self.unreadable = 0

    def defect(self, place: str, problem: str) -> None:
        """Note what could not be taken as it stands."""
        if len(self.defects) < DEFECTS_KEPT:
            self.defects.append(Defect(place, problem))
        else:
            self.more_defects += 1

    def left_out(self, place: str, problem: str) -> None:
        """Note a component that could not be read at all."""
        self.unreadable += 1
        self.defect(place, f"{problem}; it is left out")

    def depends(self, ref: str, on: list[str]) -> None:
        """Note what one component depends on; several notes of one add up."""
        if not ref:
            return
        self.edges += len(on) + 1
        if self.edges > EDGES_KEPT:
            return
        known = self.dependencies.get(ref)
        if known is None:
            self.dependencies[ref] = on
        else:
            known.extend(on)

    def head(self, components: int, document: Document) -> BomHead:
        """Give what the document says about itself."""
        return BomHead(
            format=self.format,
            spec_version=self.spec_version,
            serial=self.serial,
            version=self.version,
            created=self.created,
            tools=tuple(self.tools),
            subject=self.subject,
            supplier=self.supplier or (self.subject.supplier if self.subject else ""),
            dependencies=tuple(
                (ref, tuple(dict.fromkeys(on))) for ref, on in self.dependencies.items()
            ),
            components=components,
            digest=document.digest,
            size=document.size,
            authors=tuple(self.authors),
            lists_components=self.lists_components,
            instead=self.instead,
        )


type Reading = Iterator[BomComponent]


class BomStream:
    """One bill of materials while it is being read."""

    def __init__(self, document: Document, told: Told, reading: Reading) -> None:
        """Keep the reading; nothing is read yet."""
        self._document, self._told, self._reading = document, told, reading
        self._count = 0
        self._ended = False
        self._head: BomHead | None = None
        self._vex: tuple[VexStatement, ...] | None = None

    def __iter__(self) -> Iterator[BomComponent]:
        """Give the components one at a time; what was given is not given again."""
        count = 0
        try:
            for component in self._reading:
                count += 1
                yield component
        finally:  # also where the caller leaves early
            self._count += count
        if not self._ended:
            self._ended = True
            self._close()

    @property
    def head(self) -> BomHead:
        """What the document says about itself; reads on to its end where that is not reached."""
        if self._head is None:
            for _ in self:
                pass
            self._document.seal()
            self._head = self._told.head(self._count, self._document)
        return self._head

    @property
    def defects(self) -> list[Defect]:
        """What could not be taken as it stands, so far."""
        return self._told.defects

    @property
    def unreadable(self) -> int:
        """Components that could not be read, so far."""
        return self._told.unreadable

    @property
    def vex(self) -> tuple[VexStatement, ...]:
        """Statements on exploitability the document carries itself."""
        if self._vex is None:
            self._vex = self._embedded() if self.head.digest and self._told.statements else ()
        return self._vex

    def _embedded(self) -> tuple[VexStatement, ...]:
        from panshi.observe.vex.reading import read_vex  # noqa: PLC0415 -- few documents have any

        with self._document.open() as source:
            raw = take_whole(source)
        if raw is None:
            self._told.defect("/vulnerabilities", "not read in a document of this size")
            return ()
        read = read_vex(raw, name=self._document.name)
        self._told.defects.extend(read.defects[:DEFECTS_KEPT])
        return read.statements

    def _close(self) -> None:
        told = self._told
        if told.edges > EDGES_KEPT:
            told.defect("/dependencies", f"more than {EDGES_KEPT:,} dependencies; the rest is lost")
        if told.more_defects:
            told.defects.append(Defect("", f"{told.more_defects:,} more defects like these"))
