"""Stream XML with flat memory: lxml's pull parser behind our own bounds.

No DTD is loaded, no entity is expanded, nothing is fetched; a document type that declares an
entity is refused (a bare `<!DOCTYPE nmaprun>` is not). `walk` yields two kinds of element,
named by their local name, so that the version of a namespace does not matter:

* one in `enter` when it begins (its attributes are there, its content is not) and when it ends;
* one in `keep` when it ends, complete with all below it, which is forgotten right after.

Everything else is forgotten as it ends. Malformed, truncated, too deep or too large documents
raise `BadInputError` with the line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol, cast

from lxml import etree

from panshi.errors import BadInputError
from panshi.observe.reading.files import Source, open_source
from panshi.observe.reading.limits import DEFAULT, Limits

_WHOLE_DOCUMENT = "check that the file is complete and of the kind the observer reads"
_FLATTER = "files beyond this bound are not read; write it as several smaller parts"


class _Doctype(Protocol):
    """What the stubs of lxml do not tell of a document type."""

    def iterentities(self) -> Iterator[object]: ...


class At(StrEnum):
    """Where in an element a step is."""

    ENTER = "enter"
    LEAVE = "leave"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One element the caller asked for."""

    at: At
    name: str
    "Local name."
    element: etree._Element
    "Valid until the next step; only its attributes are there on entering and leaving."
    place: str
    "File and line."


@contextmanager
def open_xml(path: Path, limits: Limits = DEFAULT) -> Iterator[XmlDocument]:
    """Open an XML file for one walk."""
    with open_source(path, limits) as source:
        yield XmlDocument(source)


@dataclass(slots=True)
class XmlDocument:
    """An opened document; it can be walked once."""

    source: Source
    _line: int = 1
    _depth: int = 0
    _kept: int = field(default=0)
    "Depth of the element being kept whole, 0 where none is."
    _held: int = 0
    "Elements within it so far."
    _taken: int = 0

    def walk(
        self, *, enter: Collection[str] = (), keep: Collection[str] = (), roots: Collection[str]
    ) -> Iterator[Step]:
        """Yield the elements asked for; refuse a document whose root is none of `roots`."""
        parser = etree.XMLPullParser(
            events=("start", "end"),
            attribute_defaults=False,
            dtd_validation=False,
            huge_tree=False,
            load_dtd=False,
            no_network=True,
            recover=False,
            remove_comments=True,
            remove_pis=True,
            resolve_entities=False,
        )
        wanted = frozenset(enter), frozenset(keep)
        while True:
            chunk = self.source.read()
            failure = self._fed(parser, chunk)
            for event, element in parser.read_events():
                yield from self._step(event, element, wanted, roots)  # type: ignore[arg-type]
            if failure is not None:
                raise failure
            if not chunk:
                return

    def _fed(self, parser: etree.XMLPullParser, chunk: bytes) -> BadInputError | None:
        """Push a chunk; the events before an error come before the error."""
        try:
            if chunk:
                parser.feed(chunk)
            else:
                parser.close()
        except etree.XMLSyntaxError as error:
            return self._explained(error, ended=not chunk)
        except ValueError as error:  # for example an encoding lxml does not know
            return BadInputError(
                f"is not valid XML: {error}", place=self._place, remedy=_WHOLE_DOCUMENT
            )
        return None

    def _step(
        self,
        event: str,
        element: etree._Element,
        wanted: tuple[frozenset[str], frozenset[str]],
        roots: Collection[str],
    ) -> Iterator[Step]:
        enter, keep = wanted
        self._line = cast("int | None", element.sourceline) or self._line
        name = local_name(element)
        if event == "start":
            self._began(element, name, roots)
            if self._kept:
                self._hold()
            elif name in keep:
                self._kept, self._held = self._depth, 0
            elif name in enter:
                yield self._asked(At.ENTER, name, element)
            return
        if self._kept:
            self._refuse_long(element)
        if self._kept == self._depth:
            self._kept = 0
            yield self._asked(At.WHOLE, name, element)
            _forget(element)
        elif not self._kept:
            if name in enter:
                yield self._asked(At.LEAVE, name, element)
            _forget(element)
        self._depth -= 1

    def _began(self, element: etree._Element, name: str, roots: Collection[str]) -> None:
        self._depth += 1
        if self._depth == 1:
            self._refuse_entities(element)
            if name not in roots:
                raise BadInputError(
                    f"its root element is <{name[:80]}>, expected <{'> or <'.join(roots)}>",
                    place=self._place,
                    remedy="name another observer for this file",
                )
        limit = self.source.limits.max_depth
        if self._depth > limit:
            raise BadInputError(
                f"nested more than {limit} levels deep", place=self._place, remedy=_FLATTER
            )

    def _refuse_entities(self, root: etree._Element) -> None:
        dtd: _Doctype | None = root.getroottree().docinfo.internalDTD  # type: ignore[assignment]
        if dtd is not None and next(dtd.iterentities(), None) is not None:
            raise BadInputError(
                "declares entities in its document type",
                place=self._place,
                remedy="such a file is not read; remove the <!DOCTYPE ...> if you trust its origin",
            )

    def _hold(self) -> None:
        self._held += 1
        if self._held > self.source.limits.max_entry:
            raise BadInputError(
                f"an entry of more than {self.source.limits.max_entry:,} elements",
                place=self._place,
                remedy=_FLATTER,
            )

    def _refuse_long(self, element: etree._Element) -> None:
        limit = self.source.limits.max_text
        longest = max(len(element.text or ""), *map(len, map(str, element.attrib.values())), 0)
        if longest > limit:
            raise BadInputError(
                f"a text of more than {limit:,} characters", place=self._place, remedy=_FLATTER
            )

    def _asked(self, at: At, name: str, element: etree._Element) -> Step:
        if at is not At.LEAVE:
            self._taken += 1
            if self._taken > self.source.limits.max_items:
                raise BadInputError(
                    f"more than {self.source.limits.max_items:,} entries",
                    place=self._place,
                    remedy=_FLATTER,
                )
        return Step(at=at, name=name, element=element, place=self._place)

    @property
    def _place(self) -> str:
        return f"{self.source.name}:{self._line}"

    def _explained(self, error: etree.XMLSyntaxError, *, ended: bool) -> BadInputError:
        line, column = error.position if error.lineno else (self._line, 0)
        problem = str(error.msg or "no document").split(", line ")[0].strip()[:200]
        if ended and not self.source.offset:
            return BadInputError("is empty", place=self.source.name, remedy=_WHOLE_DOCUMENT)
        start = "the XML ends in the middle" if ended else "is not valid XML"
        return BadInputError(
            f"{start}: {problem}",
            place=f"{self.source.name}:{line}, column {column}",
            remedy=_WHOLE_DOCUMENT,
        )


def local_name(element: etree._Element) -> str:
    """Give the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Give the children of that local name."""
    return (child for child in element if local_name(child) == name)


def child(element: etree._Element, name: str) -> etree._Element | None:
    """Give the first child of that local name."""
    return next(children(element, name), None)


def content(element: etree._Element | None) -> str:
    """Give the text of an element without markup and outer space; empty where there is none."""
    if element is None:
        return ""
    return "".join(text for text in element.itertext() if isinstance(text, str)).strip()


def child_text(element: etree._Element, name: str) -> str:
    """Give the text of the first child of that local name, empty where there is none."""
    return content(child(element, name))


def _forget(element: etree._Element) -> None:
    """Drop an element's content and its elder siblings, so that memory stays flat."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
