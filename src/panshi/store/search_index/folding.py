"""Folding of text: what is typed and what is indexed meet in one form (UAX #15)."""

from __future__ import annotations

from unicodedata import normalize

LONGEST_TEXT = 4_000
LONGEST_QUERY = 100
MOST_WORDS = 6
TRIGRAM = 3


def folded(text: str) -> str:
    """Give text without differences of case, nor of width where it is a letter or a digit."""
    return "".join(map(_letter, normalize("NFC", text))).casefold()


def _letter(letter: str) -> str:
    plain = normalize("NFKC", letter)
    return plain if plain.isalnum() else letter


def words_of(query: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part a query into words long enough for trigrams and shorter ones."""
    words = folded(query)[:LONGEST_QUERY].split()[:MOST_WORDS]
    long = tuple(dict.fromkeys(word for word in words if len(word) >= TRIGRAM))
    short = tuple(dict.fromkeys(word for word in words if len(word) < TRIGRAM))
    return long, short


def phrase(words: tuple[str, ...]) -> str:
    """Give the words as an FTS5 query in which each must occur as it is."""
    return " AND ".join('"' + word.replace('"', '""') + '"' for word in words)
