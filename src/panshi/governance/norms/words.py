"""Texts to features: stems and pairs of stems for English, runs of characters for Chinese.

Nothing is downloaded and nothing is learnt beforehand. English words are folded to a stem by
taking off common endings; Chinese is not segmented but read as overlapping runs of two and three
characters, which needs no dictionary and matches how terms are compounded.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

_LATIN = re.compile(r"[a-z][a-z0-9]*(?:[.'-][a-z0-9]+)*|\d+(?:\.\d+)*")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_SHORTEST_STEM = 3
_STOP_WORDS = """
a about above across after against all also an and any are as at be because been before being below
between both but by can could did do does doing done during each either for from had has have having
he her here how i if in into is it its may might more most must no nor not of on once only or other
our out over own per same shall should so some such than that the their them then there these they
this those through to too under until up upon use used using very via was we were what when where
whether which while who whom whose why will with within without would you your e.g i.e etc
"""
STOP = frozenset(_STOP_WORDS.split())
STOP_HAN = frozenset("之的與及或等其所以並且而於在為是有者該此各於則將應宜得不可須")
"Particles and modal verbs; a run that begins or ends with one says little."
_ENDINGS: tuple[tuple[str, str], ...] = (
    ("izations", "iz"), ("isations", "iz"), ("ization", "iz"), ("isation", "iz"),
    ("ational", "at"), ("fulness", "ful"), ("ousness", "ous"), ("iveness", "iv"),
    ("ations", "at"), ("ation", "at"), ("ators", "at"), ("ator", "at"), ("ating", "at"),
    ("ated", "at"), ("ates", "at"), ("ate", "at"), ("alities", "al"), ("ality", "al"),
    ("ically", "ic"), ("icals", "ic"), ("ical", "ic"), ("ments", "ment"), ("ings", ""),
    ("ions", ""), ("ion", ""), ("ing", ""), ("edly", ""), ("ed", ""), ("ities", "iti"),
    ("ity", "iti"), ("izes", "iz"), ("ized", "iz"), ("ize", "iz"), ("ises", "iz"),
    ("ised", "iz"), ("ise", "iz"), ("ies", "i"), ("ness", ""), ("ance", "anc"),
    ("ences", "enc"), ("ence", "enc"), ("able", "abl"), ("ible", "ibl"), ("ally", "al"),
    ("ers", ""), ("er", ""), ("ors", "or"), ("ly", ""), ("es", ""), ("s", ""), ("e", ""),
    ("y", "i"),
)  # fmt: skip


def folded(text: str) -> str:
    """Fold width and case: full-width and half-width forms are one."""
    return unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Take a common ending off an English word, as long as enough of it is left."""
    plain = word.removesuffix("'s")
    if not plain.isalpha():
        return plain
    for ending, rest in _ENDINGS:
        if plain.endswith(ending) and len(plain) - len(ending) + len(rest) >= _SHORTEST_STEM:
            short = plain[: len(plain) - len(ending)] + rest
            return short[:-1] if short[-1:] == short[-2:-1] and short[-1] not in "lsz" else short
    return plain


def latin_words(text: str) -> list[str]:
    """Give the words of a folded text that carry meaning, hyphenated ones also in parts."""
    found: list[str] = []
    for word in _LATIN.findall(text):
        if word in STOP:
            continue
        parts = [part for part in re.split(r"[-']", word) if part and part not in STOP]
        found.extend(parts if len(parts) > 1 else [word])
    return found


def word_features(text: str) -> list[str]:
    """Give stems and pairs of neighbouring stems."""
    stems = [stem(word) for word in latin_words(folded(text))]
    pairs = [f"{one} {two}" for one, two in pairwise(stems)]
    return stems + pairs


def letter_features(text: str, lengths: tuple[int, ...] = (4, 5)) -> list[str]:
    """Give runs of letters inside words, which survive endings, compounds and misspellings."""
    found: list[str] = []
    for word in latin_words(folded(text)):
        framed = f" {word} "
        for length in lengths:
            found.extend(
                framed[start : start + length] for start in range(max(1, len(framed) - length + 1))
            )
    return found


def han_features(text: str) -> list[str]:
    """Give runs of two and three Chinese characters, and the Latin stems among them."""
    plain = folded(text)
    found = [stem(word) for word in latin_words(plain)]
    for run in _HAN.findall(plain):
        for length in (2, 3):
            for start in range(len(run) - length + 1):
                piece = run[start : start + length]
                if piece[0] not in STOP_HAN and piece[-1] not in STOP_HAN:
                    found.append(piece)
    return found
