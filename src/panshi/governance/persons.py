"""Whether two names are one person's, for every record that takes two people.

Whoever requests an exception cannot approve it, whoever owns an attestation cannot countersign it.
Names are compared folded (Unicode NFKC and case folding, UAX #15 and UTS #39), without spaces,
punctuation and characters that cannot be seen. A name that mixes alphabets, such as a Cyrillic
letter in a Latin name, or two names in different alphabets, cannot be told apart by the people who
read the record; such names are refused. Chinese, Japanese and Korean writing stands beside any
alphabet, as it does in the names of people in Taiwan.
"""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category, name, normalize

from panshi.errors import ForbiddenError

_KEPT = frozenset("LMN")
"Letters, marks and numbers tell people apart; spaces, punctuation and format characters do not."
_INVISIBLE = frozenset(
    (
        *map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0)),
        *map(chr, range(0x180B, 0x1810)),
        *map(chr, range(0xFE00, 0xFE10)),
        *map(chr, range(0xE0100, 0xE01F0)),
    )
)
"Letters and marks that show nothing: fillers, joiners and variation selectors."
_NEUTRAL = frozenset(
    {
        "BOPOMOFO",
        "CJK",
        "FEMININE",
        "HANGUL",
        "HIRAGANA",
        "IDEOGRAPHIC",
        "KATAKANA",
        "KATAKANA-HIRAGANA",
        "MASCULINE",
        "MODIFIER",
        "VERTICAL",
    }
)
"First words of the names of letters that stand beside any alphabet."
_REMEMBERED = 4_096
"Names whose folding is remembered; the same few people stand in thousands of records."


@lru_cache(maxsize=_REMEMBERED)
def folded(person: str) -> str:
    """Give what is left of a name when only what tells people apart is kept."""
    seen = normalize("NFKC", "".join(filter(_shows, normalize("NFKC", person)))).casefold()
    return "".join(filter(_shows, normalize("NFKC", seen)))


def same_person(first: str, second: str) -> bool:
    """Whether two names are, for all a reader can tell, one person's; nobody is everybody."""
    one, other = folded(first), folded(second)
    return not one or not other or one == other


def name_defect(person: str) -> str:
    """Say why a name cannot stand for a person; empty where it can."""
    if not folded(person):
        return "nobody is named"
    scripts = _alphabets(person)
    return f"a name mixes the alphabets {' and '.join(scripts)}" if len(scripts) > 1 else ""


def pair_defect(first: str, second: str) -> str:
    """Say why two names do not surely stand for two people; empty where they do."""
    for person in (first, second):
        defect = name_defect(person)
        if defect:
            return defect
    if same_person(first, second):
        return "both are the same person"
    one, other = _alphabets(first), _alphabets(second)
    if one and other and one != other:
        return f"the names are in different alphabets, {one[0]} and {other[0]}"
    return ""


def _shows(letter: str) -> bool:
    return category(letter)[0] in _KEPT and letter not in _INVISIBLE


@lru_cache(maxsize=_REMEMBERED)
def _alphabets(person: str) -> tuple[str, ...]:
    """Name the alphabets a name is written in, East Asian writing left out."""
    letters = (
        letter
        for letter in normalize("NFKC", person)
        if category(letter)[0] == "L" and letter not in _INVISIBLE
    )
    words = {name(letter, "UNNAMED").partition(" ")[0] for letter in letters}
    return tuple(sorted(word.title() for word in words - _NEUTRAL))


def acting_person(actor: str) -> str:
    """Give the person behind an actor's name; refuse a token, which stands for nobody.

    Who signs in at the console and who works at a terminal under the same name are one person, so
    that nobody seconds themselves through another door.
    """
    person = actor.removeprefix("cli:")
    if person.startswith("token:") or name_defect(person):
        raise ForbiddenError(
            f"{actor or 'nobody'} stands for no person",
            remedy="sign in as yourself; only a person can propose, confirm, decide or sign",
        )
    return person
