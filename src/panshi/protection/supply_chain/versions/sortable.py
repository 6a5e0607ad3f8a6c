"""Places of versions as bytes: bytes compare as the versions' keys do.

A snapshot keeps bounds in this form, so that a fresh process compares without parsing one of them.
Every part is written so that none is the beginning of another (numbers by length and big-endian
value, text and rows closed by a zero), hence what follows a place never changes its order and
`after(place)` is the very next place: that turns "up to and including" into "below".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from panshi.protection.supply_chain.versions.ecosystems import family, key
from panshi.protection.supply_chain.versions.keys import Key

if TYPE_CHECKING:
    from packaging.version import Version

LOWEST = b""
"""Below every version."""
HIGHEST = b"\xff\xff"
"""Above every version: no number is long enough to begin so."""
END = b"\0"
TEXT, ROW = b"\x03", b"\x04"
ZERO, FEW, MOST_FEW = 0x80, 0x60, 0x40
LONG, LONGER, SHORT, SHORTER = 0xE0, 0xFF, 0x40, 0x20
LENGTHS = 0x1E
PLAIN = re.compile(r"v?[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}", re.ASCII)
"""A SemVer release as nearly all are written."""
PLAIN_PYPI = re.compile(
    r"([0-9]{1,4}(?:\.[0-9]{1,8}){0,5})(?:(a|b|rc)([0-9]{1,4}))?"
    r"(?:\.post([0-9]{1,4}))?(?:\.dev([0-9]{1,8}))?"
)
"""A PEP 440 version as nearly all are written."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
BEFORE_ALL, AFTER_ALL = (-1,), (1,)


@lru_cache(maxsize=1 << 17)
def sortable(ecosystem: str, version: str) -> bytes | None:
    """Give a version's place in its ecosystem's order; None where it has none."""
    name = family(ecosystem)
    if name == "semver" and PLAIN.fullmatch(version):
        return _numbers(version.removeprefix("v").split(".")) + RELEASED
    if name == "pypi" and (found := PLAIN_PYPI.fullmatch(version)):
        return _plain_pep_440(*found.groups())
    if name is None:
        return None
    place = key(name, version)
    return None if place is None else packed(place)


def after(place: bytes) -> bytes:
    """Give the very next place."""
    return place + END


def packed(place: Key) -> bytes:
    """Write a key."""
    return b"".join(map(_part, place)) + END


def _part(part: object) -> bytes:
    match part:
        case int():
            return _number(part)
        case str():
            return TEXT + _text(part.encode("utf-8", "surrogatepass"))
        case tuple():
            return ROW + packed(part)
        case bytes():
            return TEXT + _text(part)
        case datetime():
            return _number(int((part - BEGINNING).total_seconds()))
    if type(part).__name__ == "Version":  # not imported: it loads slowly
        return ROW + packed(_pep_440(cast("Version", part)))
    raise TypeError(part)


def _number(number: int) -> bytes:
    """Write small ones in one byte, others behind their length; negative ones mirrored."""
    if -MOST_FEW < number < FEW:
        return bytes((ZERO + number,))
    size = (abs(number).bit_length() + 7) // 8
    value = abs(number).to_bytes(size)
    if number > 0:
        head = bytes((LONG + size,)) if size <= LENGTHS else bytes((LONGER,)) + size.to_bytes(2)
        return head + value
    mirrored = bytes(255 - each for each in value)
    if size <= LENGTHS:
        return bytes((SHORT - size,)) + mirrored
    return bytes((SHORTER,)) + (0xFFFF - size).to_bytes(2) + mirrored


def _numbers(written: list[str]) -> bytes:
    return b"".join([_number(int(each)) for each in written])


def _plain_pep_440(
    numbers: str, letter: str | None, pre: str | None, post: str | None, dev: str | None
) -> bytes:
    written = numbers.split(".")
    while written and not written[-1].strip("0"):
        written.pop()
    if letter is None and post is None and dev is None:
        return RELEASE_BEGINS + _numbers(written) + RELEASE_ENDS
    rest = (
        _pre(None if letter is None or pre is None else (letter, int(pre)), post, dev),
        BEFORE_ALL if post is None else (0, int(post)),
        AFTER_ALL if dev is None else (0, int(dev)),
        (),
    )
    return RELEASE_BEGINS + _numbers(written) + END + packed(rest) + END


def _pre(pre: tuple[str, int] | None, post: object, dev: object) -> Key:
    if pre is not None:
        return (0, *pre)
    return BEFORE_ALL if post is None and dev is not None else AFTER_ALL


def _text(text: bytes) -> bytes:
    return text.replace(b"\x01", b"\x01\x02").replace(b"\0", b"\x01\x01") + END


def _pep_440(version: Version) -> Key:
    """PEP 440's order: dev releases, pre-releases, the release, post-releases, local builds."""
    numbers = list(version.release)
    while numbers and not numbers[-1]:
        numbers.pop()
    return (
        version.epoch,
        tuple(numbers),
        _pre(version.pre, version.post, version.dev),
        BEFORE_ALL if version.post is None else (0, version.post),
        AFTER_ALL if version.dev is None else (0, version.dev),
        () if version.local is None else tuple(map(_local, version.local.split("."))),
    )


def _local(segment: str) -> Key:
    """Numbers above words (PEP 440, local version identifiers)."""
    return (1, int(segment)) if segment.isdigit() else (0, segment)


RELEASED = packed(((1,),))
RELEASE_BEGINS = _number(1) + ROW + _number(0) + ROW
RELEASE_ENDS = END + packed((AFTER_ALL, BEFORE_ALL, AFTER_ALL, ())) + END
"""What stands before and behind the numbers of a PEP 440 version that is a release."""
