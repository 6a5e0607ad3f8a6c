"""Looking for many values in many lines: a block at a time, each distinct word once.

    for hit in Scan(watchlist).block(first_line, raw): …

Two regular expressions take all words and all dotted names out of a block. Words meet the values as
sets; dotted names that were found harmless before are taken away as a set, and only what is left
is looked up (as it is, the domains above it, the networks around it). Lines are looked at singly
only where a word of the block is wanted, and there the whole value must stand. Values that must be
seen together must stand in one line. Case means nothing except where the kind says so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from panshi.model.alliance.ticket import Observable

_WORD = re.compile(rb"[^\s\"'`,;|<>()\[\]{}=]+")
_CASED = frozenset({"bitcoin"})
_DOTTED = re.compile(rb"(?<![a-z0-9_-])[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,30}")
"Bounded and begun only where a word begins, so that a run without end costs its length once."
MOST_REMEMBERED = 400_000
"Dotted names remembered; when there are more, all are forgotten."
MOST_SOUGHT = 64
"Words of one block that are sought singly; beyond, every line is looked at."
_DOTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Values of which a line holds all, and what they are a sign of."""

    values: tuple[Observable, ...]
    about: tuple[str, ...]
    "What asks for them: ids of objects."


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One line that holds what is watched."""

    watched: Watched
    line: int
    "From 1."
    words: tuple[str, ...]
    "What stands in the line, each for one value: `mail.evil.example` for `evil.example`."
    raw: bytes


@dataclass(frozen=True, slots=True)
class Watchlist:
    """Everything to look for, compiled."""

    watched: tuple[Watched, ...]
    values: tuple[Observable, ...]
    words: Mapping[bytes, tuple[int, ...]]
    "First word of each value, folded, to places in `values`."
    domains: Mapping[bytes, int]
    networks: Mapping[int, Mapping[int, Mapping[int, int]]]
    "By IP version, prefix length, and network as a number."
    needed_by: Mapping[int, tuple[int, ...]]
    "Place of a value to places in `watched`."

    @classmethod
    def compiled(cls, watched: Iterable[Watched]) -> Watchlist:
        """Compile."""
        kept = tuple(watched)
        values = tuple(dict.fromkeys(value for each in kept for value in each.values))
        places = {value: place for place, value in enumerate(values)}
        words: dict[bytes, list[int]] = defaultdict(list)
        domains: dict[bytes, int] = {}
        networks: dict[int, dict[int, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
        for value, place in places.items():
            if value.kind == "domain":
                domains[value.value.lower().encode()] = place
            elif value.kind.endswith("-cidr"):
                network = ip_network(value.value, strict=False)
                number = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
                networks[network.version][network.prefixlen][number] = place
            else:
                first = _WORD.search(value.value.lower().encode())
                if first:
                    words[_key(value, first.group())].append(place)
        needed: dict[int, list[int]] = defaultdict(list)
        for at, each in enumerate(kept):
            for value in each.values:
                needed[places[value]].append(at)
        return cls(
            kept,
            values,
            {word: tuple(found) for word, found in words.items()},
            domains,
            networks,
            {place: tuple(found) for place, found in needed.items()},
        )

    def around(self, name: bytes) -> tuple[int, ...]:
        """Give places of values a dotted name may be a sign of."""
        found = list(self.words.get(name, ()))
        if name[-1:].isdigit():
            if name.count(b".") == _DOTS and self.networks:
                found += self._networks(name)
            return tuple(found)
        name = name.strip(b".")
        while b"." in name:
            place = self.domains.get(name)
            if place is not None:
                found.append(place)
            name = name.partition(b".")[2]
        return tuple(found)

    def _networks(self, host: bytes) -> Iterator[int]:
        try:
            address = ip_address(host.decode("ascii"))
        except ValueError:
            return
        number = int(address)
        for length, known in self.networks.get(address.version, {}).items():
            place = known.get(number >> (address.max_prefixlen - length))
            if place is not None:
                yield place

    def signs_in(self, line: bytes) -> dict[int, bytes]:
        """Give the values a folded line may hold, each with the word that is its sign."""
        found: dict[int, bytes] = {}
        for word in _WORD.findall(line):
            for place in self.words.get(word, ()):
                found.setdefault(place, word)
            if b":" in word and 6 in self.networks:  # noqa: PLR2004 -- version of IP
                for place in self._networks(word.partition(b"/")[0]):
                    found.setdefault(place, word)
        for name in _DOTTED.findall(line):
            for place in self.around(name):
                found.setdefault(place, name)
        return found


@dataclass(slots=True)
class Scan:
    """One pass over one file."""

    watchlist: Watchlist
    harmless: set[bytes] = field(default_factory=set)
    signs: set[bytes] = field(default_factory=set)

    def block(self, first_line: int, raw: bytes) -> Iterator[Hit]:
        """Yield the hits of a block of whole lines, in their order."""
        if b"\\/" in raw:
            raw = raw.replace(b"\\/", b"/")
        folded = raw.lower()
        hot = self._hot(folded)
        if not hot:
            return
        last = -1
        for start in _lines_with(hot, folded):
            if start > last:
                end = raw.find(b"\n", start)
                end = len(raw) if end < 0 else end
                number = first_line + raw.count(b"\n", 0, start)
                yield from self._hits(number, raw[start:end], folded[start:end])
                last = start

    def _hot(self, folded: bytes) -> set[bytes]:
        """Give the words of a block that may be signs."""
        words = set(_WORD.findall(folded))
        hot = words & self.watchlist.words.keys()
        if 6 in self.watchlist.networks:  # noqa: PLR2004 -- version of IP
            hot |= {each for each in words if b":" in each and self.watchlist.signs_in(each)}
        names = set(_DOTTED.findall(folded)) - self.harmless
        hot |= names & self.signs
        for name in names - self.signs:
            if self.watchlist.around(name):
                self.signs.add(name)
                hot.add(name)
            else:
                self.harmless.add(name)
        if len(self.harmless) + len(self.signs) > MOST_REMEMBERED:
            self.harmless.clear()
            self.signs.clear()
        return hot

    def _hits(self, number: int, line: bytes, folded: bytes) -> Iterator[Hit]:
        whole = {
            place: word
            for place, word in self.watchlist.signs_in(folded).items()
            if _stands(self.watchlist.values[place], word, line, folded)
        }
        asked = dict.fromkeys(at for place in whole for at in self.watchlist.needed_by[place])
        for at in asked:
            watched = self.watchlist.watched[at]
            words = [
                word.decode("utf-8", "replace")[:500]
                for place, word in whole.items()
                if self.watchlist.values[place] in watched.values
            ]
            if len(words) == len(watched.values):
                yield Hit(watched=watched, line=number, words=tuple(words), raw=line)


def _lines_with(hot: set[bytes], folded: bytes) -> Iterator[int]:
    """Yield where lines begin that may hold one of the words, in order."""
    if len(hot) > MOST_SOUGHT:
        yield 0
        yield from (match.end() for match in re.finditer(rb"\n", folded))
        return
    starts = set()
    for word in hot:
        at = folded.find(word)
        while at >= 0:
            starts.add(folded.rfind(b"\n", 0, at) + 1)
            at = folded.find(b"\n", at)
            at = folded.find(word, at) if at >= 0 else -1
    yield from sorted(starts)


def _stands(value: Observable, word: bytes, plain: bytes, folded: bytes) -> bool:
    """Whether the whole value is in the line of which its first word is."""
    raw = value.value.encode()
    match value.kind:
        case "domain" | "ipv4" | "ipv6" | "ipv4-cidr" | "ipv6-cidr" | "cve":
            return True
        case "url":
            host, _, path = raw.partition(b"://")[2].partition(b"/")
            if raw.lower() in folded:
                return True
            return len(path) > 1 and host.lower() in folded and b"/" + path.lower() in folded
        case kind if kind in _CASED:
            return raw in plain
        case _:
            return raw.lower() in folded and (word in raw.lower() or raw.lower() in word)


def _key(value: Observable, first: bytes) -> bytes:
    """Give the word under which a value is looked up: the host of a locator, else its first."""
    return _host(first) if value.kind == "url" else first


def _host(word: bytes) -> bytes:
    """Give the host of a locator, mail address or address with port; else the word."""
    if b"://" in word:
        word = word.partition(b"://")[2].partition(b"/")[0].partition(b"?")[0]
    elif b"/" in word:
        word = word.partition(b"/")[0]
    if b"@" in word:
        word = word.rpartition(b"@")[2]
    head, mark, tail = word.rpartition(b":")
    if mark and tail.isdigit() and (b":" not in head):
        return head
    return word
