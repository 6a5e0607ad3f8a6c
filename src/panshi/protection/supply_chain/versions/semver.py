"""Semantic versions: npm, crates.io, Go, Hex, Swift and everything that names no order of its own.

SemVer 2.0.0 §11, read as tolerantly as the registries do: a leading `v`, fewer than three numbers,
and more than three, whose rest counts as build. Build metadata does not order (§10), except for
Dart's pub, whose own rule orders it.
"""

from __future__ import annotations

import re

from panshi.protection.supply_chain.versions.keys import Key, identifiers

VERSION = re.compile(
    r"[vV=]{0,2}(?P<numbers>[0-9]+(?:\.[0-9]+){0,2})(?P<rest>(?:\.[0-9]+)*)"
    r"(?:-(?P<pre>[0-9A-Za-z.-]+))?(?:\+(?P<build>[0-9A-Za-z.-]*))?"
)
RELEASE = (1,)


def key(version: str) -> Key | None:
    """Numbers, then a pre-release below its release."""
    found = VERSION.fullmatch(version)
    return None if found is None else _precedence(found)


def pub(version: str) -> Key | None:
    """As SemVer, and builds of the same version follow it in order of their identifiers."""
    found = VERSION.fullmatch(version)
    if found is None:
        return None
    build = found["build"]
    return (*_precedence(found), () if build is None else identifiers(build))


def _precedence(found: re.Match[str]) -> Key:
    numbers = [int(part) for part in found["numbers"].split(".")]
    numbers += [0] * (3 - len(numbers))
    pre = found["pre"]
    return (*numbers, RELEASE if pre is None else (0, identifiers(pre)))
