"""What words of security mean, in two languages: the bridge between texts that share no word.

A glossary is a list of concepts, each with the terms that stand for it. `Glossary.concepts` finds
the concepts a text speaks of: Chinese terms wherever they stand, longer ones before shorter ones
that they contain; English terms as runs of stems, so that `restored` finds `restore`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from panshi.errors import ContentError
from panshi.governance.frameworks.reading import parsed
from panshi.governance.norms.words import folded, latin_words, stem


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One thing that norms speak of."""

    id: str
    topic: str
    zh: tuple[str, ...]
    en: tuple[str, ...]


@dataclass(frozen=True)
class Glossary:
    """Concepts, ready to be found in texts."""

    entries: tuple[Concept, ...] = field(default=())

    @cached_property
    def by_id(self) -> dict[str, Concept]:
        """Concepts by id."""
        return {entry.id: entry for entry in self.entries}

    @cached_property
    def _han(self) -> tuple[re.Pattern[str], dict[str, list[str]]]:
        named: dict[str, list[str]] = {}
        for entry in self.entries:
            for term in entry.zh:
                named.setdefault(folded(term), []).append(entry.id)
        longest_first = sorted(named, key=lambda term: (-len(term), term))
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)"), named

    @cached_property
    def _latin(self) -> tuple[int, dict[tuple[str, ...], list[str]]]:
        named: dict[tuple[str, ...], list[str]] = {}
        for entry in self.entries:
            for term in entry.en:
                ids = named.setdefault(_stems(term), [])
                if entry.id not in ids:
                    ids.append(entry.id)
        named.pop((), None)
        return max(map(len, named), default=0), named

    def concepts(self, text: str) -> Counter[str]:
        """Count the concepts a text speaks of, in whichever language."""
        found: Counter[str] = Counter()
        pattern, han = self._han
        for match in pattern.finditer(folded(text)):
            found.update(han[match.group()])
        longest, latin = self._latin
        stems = _stems(text)
        place = 0
        while place < len(stems):
            for length in range(min(longest, len(stems) - place), 0, -1):
                ids = latin.get(stems[place : place + length])
                if ids:
                    found.update(ids)
                    place += length - 1
                    break
            place += 1
        return found

    def features(self, text: str) -> list[str]:
        """Give the concepts of a text, each once, and their topics."""
        found = sorted(self.concepts(text))
        return [*found, *sorted({f"#{self.by_id[name].topic}" for name in found})]


def load_glossary(raw: bytes, *, source: str) -> Glossary:
    """Read `glossary.yaml`."""
    entries: dict[str, Concept] = {}
    for part in parsed(raw, source=source).keys(required="concepts")["concepts"].items():
        keys = part.keys(required="id topic zh en")
        entry = Concept(
            id=keys["id"].text(),
            topic=keys["topic"].text(),
            zh=keys["zh"].texts(),
            en=keys["en"].texts(),
        )
        if entry.id in entries:
            raise part.refuse(f"concept {entry.id} occurs twice", "keep one")
        entries[entry.id] = entry
    if not entries:
        raise ContentError("no concepts", place=source)
    return Glossary(tuple(entries.values()))


def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in latin_words(folded(text)))
