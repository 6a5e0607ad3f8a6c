"""Upstream projects and orders without an ecosystem: Conan, OpenSSL, timestamps, plain text."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from panshi.protection.supply_chain.versions.keys import Key, identifiers

CONAN = re.compile(
    r"(?P<items>[0-9A-Za-z_*]+(?:\.[0-9A-Za-z_*]*)*)(?:-(?P<pre>[0-9A-Za-z_.-]*))?"
    r"(?:\+(?P<build>[0-9A-Za-z_.-]*))?"
)
ITEM = re.compile(r"([0-9]+)(.*)")
OPENSSL = re.compile(
    r"(?P<numbers>[0-9]+(?:\.[0-9]+)*)(?P<letters>[a-z]*)"
    r"(?:-(?P<pre>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]*)?"
)
INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def conan(version: str) -> Key | None:
    """Items without closing zeros, a pre-release below its release, builds after it."""
    found = CONAN.fullmatch(version)
    if found is None:
        return None
    pre, build = found["pre"], found["build"]
    return (
        _row(found["items"]),
        (1,) if pre is None else (0, _row(pre)),
        () if build is None else (_row(build),),
    )


def _row(text: str) -> Key:
    """Give identifiers without the zeros that close them."""
    items = text.lower().split(".")
    while items and not items[-1].strip("0"):
        items.pop()
    return tuple(
        (0, int(found[1]), found[2]) if (found := ITEM.fullmatch(item)) else (1, 0, item)
        for item in items
    )


def openssl(version: str) -> Key | None:
    """Numbers, letters in dictionary order, a pre-release below its release."""
    found = OPENSSL.fullmatch(version)
    if found is None:
        return None
    pre = found["pre"]
    numbers = tuple(map(int, found["numbers"].split(".")))
    return (numbers, found["letters"], (1,) if pre is None else (0, identifiers(pre)))


def instant(version: str) -> Key | None:
    """Instants of RFC 3339, whatever their offset; fractions as exact as they are written."""
    found = INSTANT.fullmatch(version)
    if found is None:
        return None
    day, hour, fraction, offset = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{hour}{offset.upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (moment, (fraction or "").rstrip("0"))


def text(version: str) -> Key | None:
    """Bytes of UTF-8."""
    return (version.encode("utf-8", "surrogatepass"),) if version else None
