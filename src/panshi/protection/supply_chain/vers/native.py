"""Ranges as ecosystems write them, turned into vers.

npm (node-semver), Conan, RubyGems, NuGet, PyPI (PEP 440), nginx' and OpenSSL's advisories. A
partial npm version is completed with zeros, as the vers suite has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from types import MappingProxyType

from panshi.errors import BadInputError, UsageError
from panshi.protection.supply_chain.vers.version_range import (
    Comparator,
    Constraint,
    VersionRange,
)

LONGEST = 1 << 16
TERM = re.compile(r"(>=|<=|==|!=|~=|~>|>|<|=|~|\^)?\s*([^\s<>=~^,|]+)")
HYPHEN = re.compile(r"(\S+)\s+-\s+(\S+)")
X_RANGE = re.compile(r"(?:[0-9]+\.){0,2}[xX*](?:\.[xX*])*")
NPM_VERSION = re.compile(r"v?([0-9]+(?:\.[0-9]+){0,2})(.*)")
HUGE = re.compile(r"[0-9]{200}")
INTERVAL = re.compile(r"([\[(])\s*([^,\s\])]*)\s*(,?)\s*([^,\s\])]*)\s*([\])])")
NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)*")
SIGNS = {"": "=", "==": "="}

type Constraints = Iterable[Constraint]


def from_native(scheme: str, text: str) -> VersionRange:
    """Turn an ecosystem's own notation into a range."""
    reader = READERS.get(scheme)
    if reader is None:
        raise UsageError(
            f"the own notation of {scheme!r} is not known", remedy=f"one of {', '.join(READERS)}"
        )
    if len(text) > LONGEST or HUGE.search(text):
        raise _bad(text)
    if scheme == "npm" and text.strip() in {"*", "", "x", "latest"}:
        return VersionRange(scheme=scheme, everything=True)
    return VersionRange.build(scheme, reader(text))


def _npm(text: str) -> Constraints:
    for alternative in text.split("||"):
        spread = HYPHEN.sub(r">=\1 <=\2", alternative)
        for sign, version in _terms(spread):
            yield from _npm_term(sign, version)


def _npm_term(sign: str, version: str) -> Constraints:
    if X_RANGE.fullmatch(version):
        numbers = [int(each) for each in version.split(".") if each not in {"x", "X", "*"}]
        low = ".".join(map(str, [*numbers, 0, 0, 0][:3]))
        yield _one(">=" if sign in {"", "=", "~", "^"} else sign, low)
        if numbers and sign in {"", "=", "~", "^"}:
            yield _one("<", ".".join(map(str, [*_next(numbers, len(numbers) - 1), 0, 0][:3])))
        return
    found = NPM_VERSION.fullmatch(version)
    if found is None:
        raise _bad(version)
    given = [int(each) for each in found[1].split(".")]
    numbers = [*given, 0, 0][:3]
    whole = ".".join(map(str, numbers)) + found[2]
    if sign not in {"~", "~>", "^"}:
        yield _one(sign, whole)
        return
    changed = next((at for at, each in enumerate(numbers) if each), 2) if sign == "^" else 1
    changed = min(changed, len(given) - 1)
    yield _one(">=", whole)
    yield _one("<", ".".join(map(str, [*_next(numbers, changed), 0, 0][:3])))


def _conan(text: str) -> Constraints:
    for alternative in text.partition(",")[0].split("||"):
        for sign, version in _terms(alternative):
            bare = version.removesuffix("-")
            if bare in {"*", ""}:
                yield _one(">=", "0.0.0")
            elif sign not in {"~", "^"}:
                yield _one(sign, bare)
            else:
                yield from _conan_step(sign, bare)


def _conan_step(sign: str, version: str) -> Constraints:
    found = NUMBERS.match(version)
    if found is None:
        raise _bad(version)
    numbers = [int(each) for each in found[0].split(".")]
    first = next((at for at, each in enumerate(numbers) if each), len(numbers) - 1)
    changed = min(1, len(numbers) - 1) if sign == "~" else first
    yield _one(">=", version)
    yield _one("<", ".".join(map(str, _next(numbers, changed))) + "-")


def _gem(text: str) -> Constraints:
    for sign, version in _terms(text):
        if sign != "~>":
            yield _one(sign, version)
            continue
        found = NUMBERS.match(version)
        if found is None:
            raise _bad(version)
        numbers = [int(each) for each in found[0].split(".")]
        yield _one(">=", version)
        yield _one("<", ".".join(map(str, _next(numbers, max(0, len(numbers) - 2)))))


def _nuget(text: str) -> Constraints:
    if INTERVAL.search(text) is None:
        return [_one(">=", version) for _, version in _terms(text)]
    constraints: list[Constraint] = []
    for opening, low, comma, high, closing in INTERVAL.findall(text):
        if not comma:
            constraints.append(_one("=", low))
            continue
        if low:
            constraints.append(_one(">=" if opening == "[" else ">", low))
        if high:
            constraints.append(_one("<=" if closing == "]" else "<", high))
    return constraints


def _pypi(text: str) -> Constraints:
    for sign, version in _terms(text):
        numbers = [int(each) for each in (NUMBERS.match(version) or [""])[0].split(".") if each]
        if sign == "~=" and len(numbers) > 1:
            yield _one(">=", version)
            yield _one("<", ".".join(map(str, _next(numbers, len(numbers) - 2))))
        elif version.endswith(".*") and sign in {"==", "="} and numbers:
            yield _one(">=", version.removesuffix(".*"))
            yield _one("<", ".".join(map(str, _next(numbers, len(numbers) - 1))))
        elif sign == "~=" or "*" in version:
            raise _bad(version)
        else:
            yield _one(sign, version)


def _nginx(text: str) -> Constraints:
    """`1.4.1+` goes to the end of a stable (even) line, `1.5.0+` of the main line for ever."""
    for part in (each.strip() for each in text.split(",")):
        low, dash, high = part.partition("-")
        if dash:
            yield _one(">=", low)
            yield _one("<=", high)
        elif not part.endswith("+"):
            yield _one("=", part)
        else:
            low = part.removesuffix("+")
            found = NUMBERS.fullmatch(low)
            if found is None:
                raise _bad(part)
            numbers = [int(each) for each in low.split(".")]
            yield _one(">=", low)
            if len(numbers) > 1 and not numbers[1] % 2:
                yield _one("<", ".".join(map(str, [*_next(numbers, 1), 0])))


def _listed(text: str) -> Constraints:
    return [_one("=", each.strip()) for each in text.split(",")]


def _terms(text: str) -> Iterable[tuple[str, str]]:
    rest = TERM.sub("", text)
    if rest.strip(" ,\t|"):
        raise _bad(text)
    return [(found[1] or "", found[2]) for found in TERM.finditer(text)]


def _next(numbers: list[int], at: int) -> list[int]:
    return [*numbers[:at], numbers[at] + 1]


def _one(sign: str, version: str) -> Constraint:
    sign = SIGNS.get(sign, sign)
    if not version or sign not in set(Comparator):
        raise _bad(sign + version)
    return Constraint(Comparator(sign), version)


def _bad(text: str) -> BadInputError:
    return BadInputError(
        f"{text[:80]!r} is no range", place="version range", remedy="write it as the ecosystem does"
    )


READERS: MappingProxyType[str, Callable[[str], Constraints]] = MappingProxyType(
    {
        "conan": _conan,
        "gem": _gem,
        "nginx": _nginx,
        "npm": _npm,
        "nuget": _nuget,
        "openssl": _listed,
        "pypi": _pypi,
    }
)
