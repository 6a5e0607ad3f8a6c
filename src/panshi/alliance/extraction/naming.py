"""Groups, campaigns and software that ATT&CK knows, by name or alias, where a text names them.

Names that are common words count only where they are written as names are: with a capital within
an English sentence, and never a short word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from panshi.alliance.extraction.techniques.examples import Named

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.&+#'-]*")
_PLAIN = re.compile(r"[A-Z][a-z]{1,5}")
"Short names that may be common words: they do not count."
_COMMON = frozenset(
    [
        "Empire",
        "Page",
        "Carbon",
        "Reaver",
        "Winner",
        "Remote",
        "Desktop",
        "Dust",
        "Crimson",
        "Machete",
        "Chaos",
        "Prestige",
        "Industroyer",
        "Bandook",
        "Expand",
        "Schtasks",
        "Route",
        "Netsh",
        "Systeminfo",
        "Tasklist",
        "Reg",
        "Ping",
        "Net",
        "At",
        "Ftp",
        "Cmd",
        "Arp",
        "Nbtstat",
        "Netstat",
        "Ipconfig",
        "Certutil",
        "Esentutl",
        "Bitsadmin",
        "Attrib",
        "Dsquery",
        "Forfiles",
        "Vssadmin",
        "Wevtutil",
        "Rclone",
        "Indrik",
        "Tropic",
        "Trooper",
        "Windows",
        "Linux",
        "Microsoft",
        "Google",
        "Chrome",
        "Adobe",
        "Server",
        "Office",
        "Proxy",
        "Patchwork",
        "Responder",
        "Spark",
        "Kevin",
        "Nightmare",
        "Mongall",
        "Hydraq",
        "Magnet",
        "Magic",
        "Hound",
        "Royal",
        "Conti",
        "Cuba",
        "Play",
        "Clop",
        "Lizar",
        "Thanos",
        "Avaddon",
        "Prestige",
        "Orz",
        "Matrix",
        "Mail",
        "Metamorfo",
        "Spectrum",
    ]
) - frozenset("Conti Clop Thanos Avaddon Metamorfo Industroyer Rclone Hydraq Lizar Bandook".split())  # noqa: SIM905 -- a table


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Mention:
    """One name and where it stands."""

    start: int
    end: int
    id: str
    kind: str
    name: str
    "The name ATT&CK prefers."
    text: str


@dataclass(frozen=True)
class Names:
    """Every name, ready to be looked for."""

    all: tuple[Named, ...] = field(default=())

    @cached_property
    def _by_words(self) -> dict[tuple[str, ...], Named]:
        found: dict[tuple[str, ...], Named] = {}
        for each in self.all:
            for alias in each.aliases:
                words = tuple(_WORD.findall(alias))
                if words and _counts(alias):
                    found.setdefault(words, each)
        return found

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._by_words), default=0)

    def mentioned(self, text: str) -> Iterable[Mention]:
        """Give every mention in the order of the text; the longer of two names wins."""
        places = [(found.group().rstrip(".'-"), found.start()) for found in _WORD.finditer(text)]
        at = 0
        while at < len(places):
            for size in range(min(self._longest, len(places) - at), 0, -1):
                words = tuple(word for word, _ in places[at : at + size])
                named = self._by_words.get(words)
                if named is not None:
                    last, start = places[at + size - 1]
                    end = start + len(last)
                    begun = places[at][1]
                    yield Mention(
                        start=begun,
                        end=end,
                        id=named.id,
                        kind=named.kind,
                        name=named.name,
                        text=text[begun:end],
                    )
                    at += size
                    break
            else:
                at += 1


def _counts(alias: str) -> bool:
    if len(alias) <= 3 or alias in _COMMON:  # noqa: PLR2004 -- a short word stands everywhere
        return False
    return not _PLAIN.fullmatch(alias) and not alias.islower()
