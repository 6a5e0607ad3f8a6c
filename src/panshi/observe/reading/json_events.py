"""Stream JSON with flat memory: a cursor over the document instead of the document.

The bytes are pushed chunk by chunk into ijson (yajl in C; its Python backend where that cannot
be loaded), which gives events (RFC 8259 values as they begin and end). `JsonCursor` walks them:

    for key in cursor.members():              # the object the cursor stands on
        match key:
            case "components":
                for _ in cursor.elements():   # one element at a time
                    component = cursor.value()
            case "metadata":
                metadata = cursor.value()     # what is not consumed is skipped

Everything malformed, truncated, too deep or too long becomes `BadInputError` with the line and,
where it can be told, the byte. Depth is counted on events, so nesting costs neither stack nor
memory; a text that is too long shows as bytes going in while no event comes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Literal, NoReturn, Protocol, cast

import ijson

from panshi.errors import BadInputError
from panshi.observe.reading.files import Source, open_source, utf8_chunks
from panshi.observe.reading.limits import DEFAULT, Limits

type Json = str | int | float | bool | list[Json] | dict[str, Json] | None
type Event = tuple[str, str | int | float | bool | Decimal | None]
type Shape = Literal["object", "array", "text", "number", "boolean", "null"]

_SHAPES: dict[str, Shape] = {
    "start_map": "object",
    "start_array": "array",
    "string": "text",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}
_STARTS = frozenset({"start_map", "start_array"})
_ENDS = frozenset({"end_map", "end_array"})
_PARSER_ERRORS = (ijson.JSONError, ArithmeticError, ValueError, SystemError)
_MAX_DIGITS = 4_300
# CPython refuses longer integers; ijson's C backend then emits an event that crashes its reader
# (seen with 3.6.0), so that such a run of digits must not get as far as the parser.
_DIGITS_AS_ZERO = bytes.maketrans(b"123456789", b"000000000")
_TOO_MANY_DIGITS = b"0" * (_MAX_DIGITS + 1)


class _Parser(Protocol):
    def send(self, data: bytes) -> None: ...
    def close(self) -> None: ...


def _backend() -> tuple[str, object]:
    for name in ("yajl2_c", "python"):
        try:
            return name, ijson.get_backend(name)
        except ImportError:
            continue
    raise RuntimeError("ijson has no usable backend")


_BACKEND_NAME, _BACKEND = _backend()


@contextmanager
def open_json(path: Path, limits: Limits = DEFAULT) -> Iterator[JsonCursor]:
    """Open a JSON file; the cursor stands on its one value."""
    with open_source(path, limits) as source:
        yield JsonCursor(source)


class JsonCursor:
    """Stands before one value of the document; moves only forward."""

    def __init__(self, source: Source) -> None:
        """Read up to the first event, so that an empty file is refused at once."""
        self._name = source.name
        self._limits = source.limits
        self._feed = _Feed(source)
        self._batch: list[Event] = []
        self._next = 0
        self._depth = 0
        self._path: list[str | int] = []
        self._taken = 0
        "Number of events taken so far: tells whether a value has been consumed."
        self._event, self._scalar = "", cast("Event", ("", None))[1]
        self._advance()

    @property
    def shape(self) -> Shape:
        """Shape of the value the cursor stands before."""
        return _SHAPES[self._event]

    def at(self, shape: Shape) -> bool:
        """Tell whether the cursor stands before a value of that shape."""
        return self.shape == shape

    @property
    def place(self) -> str:
        """File and JSON pointer (RFC 6901) of the value the cursor stands before."""
        pointer = "".join(
            f"/{str(part).replace('~', '~0').replace('/', '~1')[:80]}" for part in self._path
        )
        return f"{self._name}: {pointer}" if pointer else self._name

    def refuse(self, problem: str, remedy: str = "") -> NoReturn:
        """Raise `BadInputError` that names the value the cursor stands before."""
        raise BadInputError(problem, place=self.place, remedy=remedy)

    def members(self) -> Iterator[str]:
        """Walk the object the cursor stands before; yields each name, standing at its value."""
        if self._event != "start_map":
            self.refuse(f"expected an object, found {self.shape}")
        self._advance()
        while self._event != "end_map":
            name = cast("str", self._scalar)
            self._path.append(name)
            self._advance()
            before = self._taken
            yield name
            if self._taken == before:
                self.skip()
            self._path.pop()
        self._advance()

    def elements(self) -> Iterator[int]:
        """Walk the array the cursor stands before; yields each index, standing at the element."""
        if self._event != "start_array":
            self.refuse(f"expected an array, found {self.shape}")
        self._advance()
        index = 0
        while self._event != "end_array":
            if index >= self._limits.max_items:
                self.refuse(f"more than {self._limits.max_items:,} entries")
            self._path.append(index)
            before = self._taken
            yield index
            if self._taken == before:
                self.skip()
            self._path.pop()
            index += 1
        self._advance()

    def skip(self) -> None:
        """Pass over the value the cursor stands before."""
        depth = self._depth
        if self._event not in _STARTS:
            self._advance()
            return
        while True:
            self._advance()
            if self._event in _ENDS and self._depth == depth - 1:
                self._advance()
                return

    def value(self) -> Json:
        """Take the whole value the cursor stands before; bounded by `max_entry`."""
        if self._event not in _STARTS:
            value = self._plain()
            self._advance()
            return value
        root: list[Json] | dict[str, Json] = {} if self._event == "start_map" else []
        stack, keys, name, left = [root], [""], "", self._limits.max_entry
        while stack:
            self._advance()
            holder, event = stack[-1], self._event
            if event in _ENDS:
                stack.pop()
                name = keys.pop()
                continue
            if event == "map_key":
                name = cast("str", self._scalar)
                continue
            left -= 1
            if left < 0:
                self.refuse(f"an entry of more than {self._limits.max_entry:,} values")
            item: Json = self._plain()
            if isinstance(holder, dict):
                holder[name] = item
            else:
                holder.append(item)
            if isinstance(item, list | dict):
                stack.append(item)
                keys.append(name)
        self._advance()
        return root

    def finish(self) -> None:
        """Read to the end, so that a truncated or trailing part does not go unnoticed."""
        while self._event:
            self._advance()

    def _plain(self) -> Json:
        match self._event:
            case "start_map":
                return {}
            case "start_array":
                return []
            case _:
                scalar = self._scalar
                return float(scalar) if isinstance(scalar, Decimal) else scalar

    def _advance(self) -> None:
        self._taken += 1
        while self._next >= len(self._batch):
            batch = self._feed.more()
            if batch is None:
                self._event, self._scalar = "", None
                return
            self._batch, self._next = batch, 0
        event, scalar = self._batch[self._next]
        self._next += 1
        if event in _STARTS:
            self._depth += 1
            if self._depth > self._limits.max_depth:
                self.refuse(
                    f"nested more than {self._limits.max_depth} levels deep",
                    "this is no document of the kind the observer reads",
                )
        elif event in _ENDS:
            self._depth -= 1
        elif type(scalar) is str and len(scalar) > self._limits.max_text:
            self.refuse(f"a text of more than {self._limits.max_text:,} characters")
        self._event, self._scalar = event, scalar


class _Feed:
    """Pushes chunks into the parser and hands out the events of each; knows where it is."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._chunks = utf8_chunks(source)
        self._events = ijson.sendable_list()
        self._parser: _Parser = _BACKEND.basic_parse_coro(self._events)  # type: ignore[attr-defined]
        self._line, self._done = 1, 0
        self._silent = 0
        "Bytes since the last event."
        self._tail = b""
        self._contained = False
        "Whether the document is an object or array."
        self._failure: BadInputError | None = None
        self._ended = False

    def more(self) -> list[Event] | None:
        """Give the next events, None at the end; events before an error come before it."""
        while True:
            if self._failure is not None:
                raise self._failure
            if self._ended:
                return None
            self._push()
            if self._events:
                batch = list(self._events)
                self._contained = self._contained or batch[0][0] in _STARTS
                self._events.clear()
                self._silent = 0
                return batch
            if self._silent > self._source.limits.max_text:
                raise BadInputError(
                    f"more than {self._source.limits.max_text:,} bytes without a complete value",
                    place=f"{self._source.name}:{self._line}",
                    remedy="check that this is the kind of file the observer reads",
                )

    def _push(self) -> None:
        chunk = next(self._chunks, b"")
        try:
            if chunk:
                self._refuse_long_number(chunk)
                self._parser.send(chunk)
            else:
                self._ended = True
                if self._contained and _BACKEND_NAME == "yajl2_c":
                    self._parser.send(b'"')  # yajl overlooks a token left open after the value
                self._parser.close()
        except StopIteration:
            self._ended = True
        except _PARSER_ERRORS as error:
            self._failure = self._explained(error, chunk)
            if not isinstance(error, ijson.JSONError):
                self._events.clear()  # the last one may be half made
            return
        self._line += chunk.count(b"\n")
        self._done += len(chunk)
        self._silent += len(chunk)

    def _refuse_long_number(self, chunk: bytes) -> None:
        window = (self._tail + chunk).translate(_DIGITS_AS_ZERO)
        at = window.find(_TOO_MANY_DIGITS)
        if at >= 0:
            raise BadInputError(
                f"a number of more than {_MAX_DIGITS:,} digits",
                place=f"{self._source.name}, byte {max(self._done - len(self._tail) + at, 0)}",
            )
        self._tail = window[-_MAX_DIGITS:]

    def _explained(self, error: Exception, chunk: bytes) -> BadInputError:
        if not chunk:
            return BadInputError(
                "the JSON ends in the middle" if self._done else "is empty",
                place=f"{self._source.name}:{self._line}, byte {self._done}",
                remedy="the file is truncated; export it again",
            )
        problem, at = _reason(error), _offset(error, chunk)
        if at is None:
            end = self._line + chunk.count(b"\n")
            lines = f"{self._line}" if end == self._line else f"{self._line}-{end}"
            place = f"{self._source.name}:{lines}, byte {self._done} or later"
        else:
            line = self._line + chunk.count(b"\n", 0, at)
            place = f"{self._source.name}:{line}, byte {self._done + at}"
        return BadInputError(
            f"is not valid JSON: {problem}", place=place, remedy="export the file again"
        )


def _message(error: Exception) -> bytes:
    # ijson hands over bytes (or their repr) where the message cannot be decoded.
    text = error.args[0] if error.args else b""
    return text if isinstance(text, bytes) else str(text).encode("utf-8", "surrogateescape")


def _reason(error: Exception) -> str:
    match error:
        case UnicodeError():
            return "a text that is not valid Unicode"
        case ijson.JSONError():
            first = _message(error).split(b"\n", 1)[0].decode("ascii", "replace")
            return first.removeprefix("parse error: ").removeprefix("lexical error: ")[:200]
        case _:
            return "a number too large to read"


def _offset(error: Exception, chunk: bytes) -> int | None:
    """Find the last byte yajl took: the second line of its message quotes 60 bytes around it."""
    if not isinstance(error, ijson.JSONError) or b"\n" not in _message(error):
        return None
    quote = _message(error).split(b"\n")[1]
    flat = chunk.replace(b"\n", b" ").replace(b"\r", b" ")
    arrow, margin = 40, 10
    for before in range(min(arrow - margin, len(flat)) + 1):  # an error near the chunk's begin
        if quote == b" " * (arrow - before) + flat[: before + arrow - margin]:
            return max(before - 1, 0)
    found = flat.find(quote[margin:])
    return None if found < 0 else found + arrow - margin - 1
