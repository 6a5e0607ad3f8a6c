"""Reading vers: as written by anybody, or only in canonical form."""

from __future__ import annotations

import re
from urllib.parse import unquote

from panshi.errors import BadInputError
from panshi.protection.supply_chain.vers.version_range import (
    Comparator,
    Constraint,
    VersionRange,
    place,
)

LONGEST = 1 << 20
"""Characters of a range; advisories list thousands of versions."""
HEAD = re.compile(r"vers:([a-z][a-z0-9.-]*)/(.*)", re.DOTALL)
CONSTRAINT = re.compile(r"(<=|>=|!=|<|>|=)?(.+)", re.DOTALL)
WHITESPACE = re.compile(r"\s")
ESCAPE = re.compile(r"%(..)?", re.DOTALL)
HEX = re.compile(r"[0-9A-Fa-f]{2}")
REMEDY = "write it as vers:scheme/constraint|constraint"


def parse(text: str) -> VersionRange:
    """Read a range; blanks and empty constraints do not matter, order is restored."""
    scheme, body = _head(WHITESPACE.sub("", text) if len(text) <= LONGEST else text)
    if body == "*":
        return VersionRange(scheme=scheme, everything=True)
    return VersionRange.build(scheme, [_constraint(each) for each in body.split("|") if each])


def parse_canonical(text: str) -> VersionRange:
    """Read a range and refuse what is not in canonical form, saying in which way."""
    if WHITESPACE.search(text):
        raise _not_canonical("whitespace is not permitted")
    scheme, body = _head(text)
    if body == "*":
        return VersionRange(scheme=scheme, everything=True)
    for found, problem in (
        (body.startswith("|"), "leading pipe is not permitted"),
        (body.endswith("|"), "trailing pipe is not permitted"),
        ("||" in body, "consecutive pipes are not permitted"),
    ):
        if found:
            raise _not_canonical(problem)
    constraints = tuple(_canonical(scheme, each) for each in body.split("|"))
    ordered = VersionRange.build(scheme, constraints)
    if ordered.constraints != constraints:
        raise _not_canonical("constraints are not sorted by version")
    return ordered


def _head(text: str) -> tuple[str, str]:
    if len(text) > LONGEST:
        raise _bad(f"longer than {LONGEST:,} characters")
    found = HEAD.fullmatch(text)
    if found is None:
        raise _bad(f"{text[:80]!r} is no version range")
    return found[1], found[2]


def _constraint(text: str) -> Constraint:
    found = CONSTRAINT.fullmatch(text)
    if found is None:
        raise _bad(f"{text[:80]!r} is no constraint")
    sign = found[1] or ("" if found[2][0] in "<>!=" else "=")
    version = unquote(found[2], errors="replace")
    if not sign or not version or (version[0] in "<>!=" and found[2][0] != "%"):
        raise _bad(f"{text[:80]!r} has no version")
    return Constraint(Comparator(sign), version)


def _canonical(scheme: str, text: str) -> Constraint:
    for escape in ESCAPE.finditer(text):
        digits = escape[1]
        if not digits or not HEX.fullmatch(digits):
            raise _not_canonical("invalid percent-encoding in version")
        if digits != digits.upper():
            raise _not_canonical("percent-encoding in version is not canonical")
    constraint = _constraint(text)
    if scheme == "datetime" and place(scheme, constraint.version) is not None:
        if "%3A" in text:
            raise _not_canonical("datetime time colons must be unencoded")
        if constraint.version != constraint.version.upper():
            raise _not_canonical("datetime must use uppercase T and Z")
    if str(constraint) != text:
        raise _not_canonical("percent-encoding in version is not canonical")
    return constraint


def _not_canonical(problem: str) -> BadInputError:
    return _bad(f"non-canonical VERS: {problem}")


def _bad(problem: str) -> BadInputError:
    return BadInputError(problem, place="version range", remedy=REMEDY)
