"""Open a foreign file safely: a regular file, of bounded size, in a known encoding.

The file is opened without blocking and looked at afterwards, so that a FIFO or a device cannot
hold the process and cannot be swapped in between. The size is checked before reading and again
while reading, since a file may grow or, below /proc, claim a size of zero.
"""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from panshi.errors import BadInputError, UsageError
from panshi.observe.reading.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from panshi.observe.port import Look

CHUNK = 64 * 1024
_PACKED = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "ZIP"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
)
# UTF-32 first: its little-endian mark begins with the one of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Source:
    """One opened foreign file; `read` counts and refuses past the limit."""

    __slots__ = ("_held", "_stream", "limits", "offset", "path")

    def __init__(self, path: Path, limits: Limits, stream: BinaryIO) -> None:
        """Read from a stream that errors call by its path."""
        self.path, self.limits, self._stream = path, limits, stream
        self.offset = 0
        "Bytes read so far."
        self._held = b""

    @property
    def name(self) -> str:
        """What errors call the file."""
        return str(self.path)

    def read(self, size: int = CHUNK) -> bytes:
        """Give at most `size` bytes, empty at the end."""
        if size < 0:
            size = CHUNK
        if self._held:
            chunk, self._held = self._held[:size], self._held[size:]
        else:
            try:
                chunk = self._stream.read(size)
            except OSError as error:
                raise _unreadable(self.name, error) from error
        self.offset += len(chunk)
        if self.offset > self.limits.max_bytes:
            raise _too_large(self.name, self.limits)
        return chunk

    def peek(self, size: int) -> bytes:
        """Give the first bytes without consuming them."""
        while len(self._held) < size:
            try:
                more = self._stream.read(size - len(self._held))
            except OSError as error:
                raise _unreadable(self.name, error) from error
            if not more:
                break
            self._held += more
        return self._held[:size]


@contextmanager
def open_source(
    path: Path, limits: Limits = DEFAULT, *, through: Callable[[BinaryIO], BinaryIO] | None = None
) -> Iterator[Source]:
    """Open `path` for bounded reading; `BadInputError` for all that is no plain, small file.

    With `through`, what that makes of the stream is read, for example its expansion.
    """
    name = str(path)
    if "\0" in name:
        raise BadInputError("a file name with a NUL character", place=repr(name))
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(name, error) from error
    try:
        about = os.fstat(descriptor)
        _refuse_unless_plain(name, about.st_mode)
        if about.st_size > limits.max_bytes:
            raise _too_large(name, limits)
        with os.fdopen(descriptor, "rb", buffering=0, closefd=False) as stream:
            source = Source(path, limits, through(stream) if through else stream)
            _refuse_packed(name, source.peek(8))
            yield source
    finally:
        os.close(descriptor)


def utf8_chunks(source: Source) -> Iterator[bytes]:
    """Give the file as UTF-8 without byte order mark, whatever Unicode encoding it is in."""
    encoding, mark = _encoding_of(source.peek(4))
    if mark:
        source.read(mark)
    if encoding == "utf-8":
        while chunk := source.read():
            yield chunk
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    while True:
        start = source.offset
        chunk = source.read()
        try:
            text = decoder.decode(chunk, final=not chunk)
            piece = text.encode()
        except UnicodeError as error:
            raise BadInputError(
                f"is not valid {encoding.upper()}",
                place=f"{source.name}, from byte {start}",
                remedy="save the file as UTF-8",
            ) from error
        if piece:
            yield piece
        if not chunk:
            return


def text_lines(source: Source, *, forgiving: bool = False) -> Iterator[tuple[int, str]]:
    """Give the lines with their numbers from 1, without line ends.

    With `forgiving`, bytes that are not UTF-8 become U+FFFD, as in logs that mix encodings.
    """
    limit = source.limits
    number = 0
    rest = b""
    for chunk in _terminated(utf8_chunks(source)):
        *whole, rest = (rest + chunk).split(b"\n")
        if max(len(rest), max(map(len, whole), default=0)) > limit.max_text:
            raise BadInputError(
                f"a line of more than {limit.max_text:,} bytes",
                place=f"{source.name}:{number + 1}",
                remedy="check that this is the kind of file the observer reads",
            )
        for raw in whole:
            number += 1
            if number > limit.max_items:
                raise BadInputError(
                    f"more than {limit.max_items:,} lines", place=f"{source.name}:{number}"
                )
            yield number, _decoded(raw, f"{source.name}:{number}", forgiving=forgiving)


def _terminated(chunks: Iterator[bytes]) -> Iterator[bytes]:
    last = b"\n"
    for chunk in chunks:
        last = chunk[-1:]
        yield chunk
    if last != b"\n":
        yield b"\n"


def _decoded(raw: bytes, place: str, *, forgiving: bool) -> str:
    try:
        text = raw.decode("utf-8", "replace" if forgiving else "strict")
    except UnicodeError as error:
        raise BadInputError(
            "is not valid UTF-8", place=place, remedy="save the file as UTF-8"
        ) from error
    return text.removesuffix("\r")


def _encoding_of(head: bytes) -> tuple[str, int]:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    match [byte == 0 for byte in head]:  # JSON without a mark, RFC 4627 section 3
        case [True, True, True, False]:
            return "utf-32-be", 0
        case [False, True, True, True]:
            return "utf-32-le", 0
        case [True, False, True, False]:
            return "utf-16-be", 0
        case [False, True, False, True]:
            return "utf-16-le", 0
        case _:
            return "utf-8", 0


def _refuse_unless_plain(name: str, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise BadInputError("is a folder, not a file", place=name, remedy="name one file in it")
    raise BadInputError(
        "is a device, pipe or socket, not a plain file",
        place=name,
        remedy="save the content to a file first",
    )


def _refuse_packed(name: str, head: bytes) -> None:
    for magic, packing in _PACKED:
        if head.startswith(magic):
            raise BadInputError(
                f"is compressed ({packing})", place=name, remedy="unpack it and name what is in it"
            )


def _too_large(name: str, limits: Limits) -> BadInputError:
    return BadInputError(
        f"is larger than {limits.max_bytes:,} bytes",
        place=name,
        remedy="split it, or export a smaller part",
    )


def _unreadable(name: str, error: OSError) -> BadInputError:
    return BadInputError(
        f"cannot be read: {error.strerror or error}",
        place=name,
        remedy="check the path and its permissions",
    )


def begins_with_markup(source: Source) -> bool:
    """Tell XML from JSON and text by the first character; nothing is consumed."""
    head = source.peek(256)
    encoding, mark = _encoding_of(head[:4])
    return head[mark:].decode(encoding, "replace").lstrip().startswith("<")


def path_of(look: Look) -> Path:
    """Give the file of a look that needs one."""
    if look.path is None:
        raise UsageError("this observer reads a file", remedy="name the file")
    return look.path
