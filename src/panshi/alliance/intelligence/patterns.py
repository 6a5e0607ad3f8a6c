"""Which values a STIX pattern asks for, as alternatives of values that must be seen together.

    [domain-name:value = 'evil.example' OR ipv4-addr:value = '203.0.113.7']  two alternatives
    [ipv4-addr:value = '203.0.113.7' AND network-traffic:dst_port = 8443]     none: says why

STIX 2.1, part 9. Equality, IN and ISSUBSET on values a log can hold are read; whatever else a
pattern asks for (regular expressions, sequences, qualifiers, negation) is not looked for half: the
alternative that holds it is left out and the reason is told. Time is linear in a bounded length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from itertools import product

from panshi.model.alliance.ticket import Observable

LONGEST = 64 * 1024
DEEPEST = 16
MOST_ALTERNATIVES = 512
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^'\\]|\\.)*')
      | (?P<sign>[\[\]()]|,|!=|<=|>=|=|<|>)
      | (?P<path>[A-Za-z0-9-]+:[^\s=!<>()\[\],']+(?:'[^']*'[^\s=!<>()\[\],']*)*
                 (?:\[[^\]]*\][^\s=!<>()\[\],']*)*)
      | (?P<word>[^\s\[\](),'=<>!]+))""",
    re.VERBOSE,
)
_DIGESTS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
_KINDS = {
    "ipv4-addr:value": "ipv4",
    "ipv6-addr:value": "ipv6",
    "domain-name:value": "domain",
    "url:value": "url",
    "email-addr:value": "email",
    "email-message:from_ref.value": "email",
    "email-message:sender_ref.value": "email",
    "autonomous-system:number": "asn",
    "file:name": "file",
    "windows-registry-key:key": "registry-key",
    "software:name": "product",
    "vulnerability:name": "cve",
    "network-traffic:dst_ref.value": "host",
    "network-traffic:src_ref.value": "host",
}
_HASH = re.compile(r"(?:file|artifact):(?:content_ref\.)?hashes\.'?([A-Za-z0-9-]+)'?")
_VULNERABILITY = re.compile(r"[A-Z]{3,10}-\d{4}-\d{4,10}")

type Alternatives = tuple[tuple[Observable, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a pattern asks for."""

    alternatives: Alternatives = ()
    "Each holds the values that must be seen in the same event."
    left_out: tuple[str, ...] = ()
    "Why parts of it are not looked for."


class _UnreadableError(Exception):
    """The pattern is none, or beyond what is read."""


def wanted(pattern: str, kind: str = "stix") -> Wanted:
    """Read a pattern; what cannot be looked for is told, never passed over."""
    if kind != "stix":
        return Wanted(left_out=(f"pattern of type {kind[:40]}",))
    if len(pattern) > LONGEST:
        return Wanted(left_out=(f"pattern longer than {LONGEST:,} characters",))
    try:
        reader = _Reader(list(_tokens(pattern)))
        found = reader.whole()
    except _UnreadableError as error:
        return Wanted(left_out=(str(error),))
    return Wanted(
        alternatives=tuple(dict.fromkeys(map(_ordered, found))),
        left_out=tuple(dict.fromkeys(reader.left_out)),
    )


def observable(path: str, value: str) -> Observable | None:
    """Give the value a path names in normal form; None where logs hold no such thing."""
    kind = _KINDS.get(path, "")
    digest = _HASH.fullmatch(path)
    if digest:
        kind = digest[1].lower().replace("-", "")
        value = value.lower()
        if len(value) != _DIGESTS.get(kind, -1) or not re.fullmatch("[0-9a-f]+", value):
            return None
    value = value.strip()
    if not kind or not 0 < len(value) <= 4_000 or any(map(_unseen, value)):  # noqa: PLR2004 -- of a value
        return None
    return _normal(kind, value)


def _normal(kind: str, value: str) -> Observable | None:
    match kind:
        case "ipv4" | "ipv6" | "host":
            return _address(value, kind)
        case "domain":
            return Observable(kind=kind, value=value.lower().rstrip(".")) if value != "." else None
        case "email":
            name, _, host = value.rpartition("@")
            return Observable(kind=kind, value=f"{name}@{host.lower()}") if name else None
        case "url":
            scheme, mark, rest = value.partition("://")
            host, slash, path = rest.partition("/")
            plain = f"{scheme.lower()}{mark}{host.lower()}{slash}{path}"
            return Observable(kind=kind, value=plain) if mark else None
        case "asn":
            return Observable(kind=kind, value=f"AS{value}") if value.isdecimal() else None
        case "cve":
            found = _VULNERABILITY.fullmatch(value.upper())
            return Observable(kind=kind, value=found[0]) if found else None
        case _:
            return Observable(kind=kind, value=value)


def _address(value: str, kind: str) -> Observable | None:
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        return None if kind != "host" else _normal("domain", value)
    if network.prefixlen == network.max_prefixlen:
        return Observable(kind=f"ipv{network.version}", value=str(network.network_address))
    return Observable(kind=f"ipv{network.version}-cidr", value=str(network))


def _unseen(character: str) -> bool:
    return character < " " or character == "\x7f" or "\ud800" <= character <= "\udfff"


def _ordered(values: tuple[Observable, ...]) -> tuple[Observable, ...]:
    return tuple(sorted(set(values)))


def _tokens(pattern: str) -> Iterator[tuple[str, str]]:
    place, end = 0, len(pattern.rstrip())
    while place < end:
        match = _TOKEN.match(pattern, place)
        if match is None or match.lastgroup is None:
            raise _UnreadableError(f"not a pattern from character {place + 1}")
        yield match.lastgroup, match.group(match.lastgroup)
        place = match.end()


class _Reader:
    """Recursive descent over the tokens; each part gives its alternatives."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0
        self.left_out: list[str] = []

    def whole(self) -> Alternatives:
        """Read observation expressions joined by OR."""
        found = self._observations(0)
        if self._at < len(self._tokens):
            raise _UnreadableError("not a pattern: something follows its end")
        return found

    def _observations(self, depth: int) -> Alternatives:
        self._deep(depth)
        parts = [self._observation(depth)]
        joints = set()
        while self._upper() in {"OR", "AND", "FOLLOWEDBY"}:
            joints.add(self._next()[1].upper())
            parts.append(self._observation(depth))
        for joint in sorted(joints - {"OR"}):
            self.left_out.append(f"{joint} of several observations")
        if joints - {"OR"}:
            return ()
        return self._bounded(sum(parts, ()))

    def _observation(self, depth: int) -> Alternatives:
        sign = self._next()[1]
        if sign == "(":
            found = self._observations(depth + 1)
            self._expect(")")
        elif sign == "[":
            found = self._comparisons(depth + 1)
            self._expect("]")
        else:
            raise _UnreadableError("not a pattern: an observation begins with [")
        while self._upper() in {"WITHIN", "REPEATS", "START", "STOP"}:
            self.left_out.append(f"qualifier {self._upper()}")
            self._qualifier()
            found = ()
        return found

    def _qualifier(self) -> None:
        self._next()
        while self._at < len(self._tokens) and self._upper() not in {
            *("WITHIN", "REPEATS", "START", "STOP", "OR", "AND", "FOLLOWEDBY", ")")
        }:
            self._at += 1

    def _comparisons(self, depth: int) -> Alternatives:
        """Read comparisons joined by OR, which binds less than AND."""
        self._deep(depth)
        parts = [self._conjunction(depth)]
        while self._upper() == "OR":
            self._at += 1
            parts.append(self._conjunction(depth))
        return self._bounded(sum(parts, ()))

    def _conjunction(self, depth: int) -> Alternatives:
        parts = [self._comparison(depth)]
        while self._upper() == "AND":
            self._at += 1
            parts.append(self._comparison(depth))
        count = 1
        for part in parts:
            count *= len(part)
        if count > MOST_ALTERNATIVES:
            self.left_out.append(f"more than {MOST_ALTERNATIVES} alternatives")
            return ()
        return tuple(sum(each, ()) for each in product(*parts))

    def _comparison(self, depth: int) -> Alternatives:
        kind, path = self._next()
        if path == "(":
            found = self._comparisons(depth + 1)
            self._expect(")")
            return found
        if kind == "word" and path.upper() == "EXISTS":
            self._next()
            self.left_out.append("EXISTS")
            return ()
        if kind != "path":
            raise _UnreadableError("not a pattern: a comparison begins with an object path")
        negated = self._upper() == "NOT"
        self._at += negated
        operator = self._next()[1].upper()
        values = self._values()
        if negated or operator not in {"=", "IN", "ISSUBSET"}:
            self.left_out.append(f"{'NOT ' if negated else ''}{operator} on {path[:80]}")
            return ()
        found = tuple((each,) for value in values if (each := observable(path, value)))
        if len(found) < len(values):
            self.left_out.append(f"values of {path[:80]}")
        return found

    def _values(self) -> list[str]:
        if self._upper() != "(":
            return [self._value()]
        self._at += 1
        values = [self._value()]
        while self._upper() == ",":
            self._at += 1
            values.append(self._value())
        self._expect(")")
        return values

    def _value(self) -> str:
        kind, text = self._next()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", text[1:-1])
        if kind == "word":
            if self._at < len(self._tokens) and self._tokens[self._at][0] == "text":
                return re.sub(r"\\(.)", r"\1", self._next()[1][1:-1])  # t'…', h'…', b'…'
            return text
        raise _UnreadableError("not a pattern: a value is missing")

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise _UnreadableError("not a pattern: it ends early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _upper(self) -> str:
        return self._tokens[self._at][1].upper() if self._at < len(self._tokens) else ""

    def _expect(self, sign: str) -> None:
        if self._next()[1] != sign:
            raise _UnreadableError(f"not a pattern: {sign} is missing")

    def _bounded(self, found: Alternatives) -> Alternatives:
        if len(found) > MOST_ALTERNATIVES:
            self.left_out.append(f"more than {MOST_ALTERNATIVES} alternatives")
        return found[:MOST_ALTERNATIVES]

    def _deep(self, depth: int) -> None:
        if depth > DEEPEST:
            raise _UnreadableError(f"nested deeper than {DEEPEST} levels")
