"""Chinese security prose said in English words, so that a model of English examples can read it.

The longest term at each place wins; Latin words stay as they are; what no term covers is left out.
The words that deny and those that advise are content too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

_LATIN = re.compile(r"[A-Za-z0-9_.%$+-][A-Za-z0-9_.\\/:%$+-]*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_CHINESE = 6
"One character in so many makes a sentence Chinese."


@dataclass(frozen=True)
class Lexicon:
    """Terms and the words that take back what a clause says."""

    terms: Mapping[str, str] = field(default_factory=dict)
    "Chinese term, English words."
    denied: Sequence[str] = ()
    advised: Sequence[str] = ()

    @cached_property
    def _by_first(self) -> dict[str, list[str]]:
        ordered = sorted(self.terms, key=lambda term: (term[0].lower(), -len(term), term))
        return {first: list(each) for first, each in groupby(ordered, key=lambda t: t[0].lower())}

    def english(self, text: str) -> str:
        """Say a Chinese sentence in English words; an English one stays as it is."""
        if not is_chinese(text):
            return text
        told: list[str] = []
        at = 0
        while at < len(text):
            term = self._term(text, at)
            if term:
                told.append(self.terms[term])
                at += len(term)
            elif latin := _LATIN.match(text, at):
                told.append(latin.group())
                at = latin.end()
            else:
                at += 1
        return " ".join(told)

    def _term(self, text: str, at: int) -> str:
        for term in self._by_first.get(text[at].lower(), ()):
            if text.startswith(term, at):
                return term
        return ""

    def advises(self, text: str) -> bool:
        """Whether a sentence says what ought to be done."""
        return _says(text.lower(), self.advised)

    def denies(self, clause: str) -> bool:
        """Whether a clause says that something did not happen."""
        return _says(clause.lower(), self.denied)


def lexicon(terms: Mapping[str, str], denied: Sequence[str], advised: Sequence[str]) -> Lexicon:
    """Put a lexicon together; a key names several ways of saying it, parted by strokes."""
    apart = {
        way.strip(): english
        for ways, english in terms.items()
        for way in ways.split("/")
        if way.strip()
    }
    return Lexicon(terms=apart, denied=tuple(denied), advised=tuple(advised))


def is_chinese(text: str) -> bool:
    """Whether a sentence is in Chinese, technical words apart."""
    return len(_HAN.findall(text)) * _CHINESE > len(text)


def _says(low: str, words: Sequence[str]) -> bool:
    for word in words:
        at = low.find(word)
        if at < 0:
            continue
        end = at + len(word)
        latin = word[0].isascii()
        if not latin or not (
            (at and low[at - 1].isalnum()) or (end < len(low) and low[end].isalnum())
        ):
            return True
    return False
