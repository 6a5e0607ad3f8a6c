"""Read the YAML form of an estate event by event (YAML 1.1 as libyaml speaks it).

No value is typed by how it looks: events carry plain texts, and the schema of the asset types
them. Anchors, aliases and tags are refused on sight, so that nothing expands; depth is bounded by
what the layout needs; a key given twice is an error with its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from panshi.errors import BadInputError
from panshi.model.estate_layout import ESTATE_LABELS, FORMAT_VERSION, RELATION_LABELS
from panshi.observe.estate_files.draft import Draft, Written, WrittenAsset
from panshi.observe.reading.files import open_source
from panshi.observe.reading.limits import MIB, Limits

LIMITS = Limits(max_bytes=256 * MIB)
MAX_DEPTH = 16
_ASSET_KEYS = ("id", "name", "identifiers", "inventories", "attributes")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path, draft: Draft) -> None:
    """Read a YAML file into the draft."""
    with open_source(path, LIMITS) as source:
        raw = b"".join(iter(source.read, b""))
        cursor = _Cursor(raw, source.name, draft)
    cursor.document()


class _Cursor:
    """Stands before one node of the document; moves only forward."""

    def __init__(self, raw: bytes, source: str, draft: Draft) -> None:
        self._events = self._told(yaml.parse(raw, Loader=_LOADER))
        self._source, self._draft = source, draft
        self._depth = 0
        self._event: yaml.Event = next(self._events)
        self._version: str | None = None

    @property
    def place(self) -> str:
        """Line of the node the cursor stands before."""
        mark = self._event.start_mark
        return "line 1" if mark is None else f"line {mark.line + 1}"

    def document(self) -> None:
        """Read the one document there is."""
        self._advance()  # stream start
        if not isinstance(self._event, yaml.DocumentStartEvent):
            raise BadInputError("is empty", place=self._source, remedy="see the guide for a form")
        self._advance()
        for key in self._members(("panshi_estate", *ESTATE_LABELS, "assets", "relations")):
            self._part(key)
        self._advance()  # document end
        if isinstance(self._event, yaml.DocumentStartEvent):
            self._draft.refuse(self.place, "a second document", "one file holds one estate")
        if self._version != str(FORMAT_VERSION):
            self._draft.refuse(
                "line 1",
                f"panshi_estate is {self._version or 'missing'}",
                f"this Panshi reads version {FORMAT_VERSION}: panshi_estate: {FORMAT_VERSION}",
            )

    def _part(self, key: str) -> None:
        place = self.place
        match key:
            case "panshi_estate":
                self._version = self._text(key)
            case "assets":
                for _ in self._elements(key):
                    self._asset()
            case "relations":
                for _ in self._elements(key):
                    self._relation()
            case "demo":
                text = self._text(key)
                if text in {"true", "false"}:
                    self._draft.name(place, key, text == "true")
                elif text is not None:
                    self._draft.refuse(place, f"demo: {text[:40]!r} is neither true nor false")
            case _:
                text = self._text(key)
                if text is not None:
                    self._draft.name(place, key, text)

    def _asset(self) -> None:
        place, before = self.place, self._draft.faults
        texts: dict[str, str] = {}
        several: dict[str, tuple[str, ...]] = {}
        attributes: dict[str, Written] = {}
        places: dict[str, str] = {}
        for key in self._members(_ASSET_KEYS):
            places[key] = self.place
            match key:
                case "id" | "name":
                    texts[key] = self._text(key) or ""
                case "attributes":
                    for name in self._members():
                        places[name] = self.place
                        value = self._value(name)
                        if value is not None:
                            attributes[name] = value
                case _:
                    several[key] = self._texts(key)
        if not texts.get("id") or "name" not in texts:
            if self._draft.faults == before:
                self._draft.refuse(place, "an asset needs id and name")
            return
        self._draft.asset(
            WrittenAsset(
                place=place,
                id=texts["id"],
                name=texts["name"],
                identifiers=several.get("identifiers", ()),
                inventories=several.get("inventories", ()),
                attributes=attributes,
                place_of=lambda part: places.get(part, place),
            )
        )

    def _relation(self) -> None:
        place = self.place
        found = {key: self._text(key) or "" for key in self._members(tuple(RELATION_LABELS))}
        if set(found) == set(RELATION_LABELS):
            self._draft.relation(place, found["kind"], found["source"], found["target"])
        else:
            self._draft.refuse(place, "a relation needs kind, source and target")

    def _value(self, name: str) -> Written | None:
        """Take an attribute's value: one text, or several."""
        if isinstance(self._event, yaml.SequenceStartEvent):
            return self._texts(name)
        return self._text(name)

    def _texts(self, name: str) -> tuple[str, ...]:
        found = [self._text(name) for _ in self._elements(name)]
        return tuple(text for text in found if text is not None)

    def _text(self, name: str) -> str | None:
        """Take one text; None, with an error noted, where there is none."""
        event = self._event
        if not isinstance(event, yaml.ScalarEvent):
            self._draft.refuse(self.place, f"{name[:80]}: one value belongs here")
            self._skip()
            return None
        text: str = event.value
        if event.style in {None, ""} and text in _NULLS:
            self._draft.refuse(self.place, f"{name[:80]} has no value", "leave the key out")
            self._advance()
            return None
        self._advance()
        return text

    def _members(self, known: tuple[str, ...] = ()) -> Iterator[str]:
        """Walk a mapping; yields each key, standing at its value."""
        if not isinstance(self._event, yaml.MappingStartEvent):
            self._draft.refuse(self.place, "keys with values belong here, `key: value`")
            self._skip()
            return
        self._advance()
        seen: set[str] = set()
        while not isinstance(self._event, yaml.MappingEndEvent):
            place = self.place
            key = self._text("a key") or ""
            if key in seen:
                self._draft.refuse(place, f"the key {key[:80]!r} is there twice")
                self._skip()
            elif known and key not in known:
                names = ", ".join(known)
                self._draft.refuse(place, f"no key is called {key[:80]!r}", f"known: {names}")
                self._skip()
            else:
                seen.add(key)
                yield key
        self._advance()

    def _elements(self, name: str) -> Iterator[int]:
        """Walk a sequence; yields each index, standing at the element."""
        if not isinstance(self._event, yaml.SequenceStartEvent):
            self._draft.refuse(self.place, f"{name[:80]}: a list belongs here", "write [a, b]")
            self._skip()
            return
        self._advance()
        index = 0
        while not isinstance(self._event, yaml.SequenceEndEvent):
            yield index
            index += 1
        self._advance()

    def _skip(self) -> None:
        """Pass over the node the cursor stands before."""
        depth = self._depth
        self._advance()
        while self._depth > depth:
            self._advance()

    def _advance(self) -> None:
        if isinstance(self._event, yaml.CollectionStartEvent):
            self._depth += 1
        elif isinstance(self._event, yaml.CollectionEndEvent):
            self._depth -= 1
        self._event = next(self._events, self._event)
        event = self._event
        if self._depth > MAX_DEPTH:
            self._hostile(f"nested more than {MAX_DEPTH} levels deep")
        if isinstance(event, yaml.NodeEvent):
            if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
                self._hostile("an anchor or alias; write the value out")
            if getattr(event, "tag", None) is not None:
                self._hostile("a tag; values are typed by their attribute")

    def _hostile(self, problem: str) -> None:
        raise BadInputError(problem, place=f"{self._source}, {self.place}")

    def _told(self, events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
        """Give the events, and errors of the parser with their line."""
        try:
            yield from events
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
            raise BadInputError(
                f"is not valid YAML: {error.problem or error.context}",
                place=self._source + place,
                remedy="check indentation and quotes there",
            ) from error
        except (yaml.YAMLError, UnicodeError) as error:
            told = str(error).splitlines()[0]
            raise BadInputError(
                f"is not valid YAML: {told[:200]}",
                place=self._source,
                remedy="save the file as UTF-8",
            ) from error
