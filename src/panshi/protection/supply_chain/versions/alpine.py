"""Alpine (apk) and Gentoo: numbers, a letter, suffixes, a revision.

apk-tools orders what may follow at each place: a pre-release suffix, text that belongs to no
version, the end, a revision, a suffix's number, a hash, another suffix, a letter, a number.
Text that belongs to no version still has a place, because apk gives it one. Gentoo: PMS 3.3.
"""

from __future__ import annotations

import re

from panshi.protection.supply_chain.versions.keys import Key

ALPINE = re.compile(
    r"(?P<numbers>[0-9]+(?:\.[0-9]+)*)(?P<letter>[a-z]?)"
    r"(?P<suffixes>(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*)*)"
    r"(?:~(?P<hash>[0-9a-f]+))?(?P<dash>--?r(?P<revision>[0-9]*))?(?P<rest>.*)"
)
GENTOO = re.compile(
    r"(?P<numbers>[0-9]+(?:\.[0-9]+)*)(?P<letter>[a-z]?)"
    r"(?P<suffixes>(?:_(?:alpha|beta|pre|rc|p)[0-9]*)*)(?:-r(?P<revision>[0-9]+))?"
)
SUFFIX = re.compile(r"_([a-z]+)([0-9]*)")
PRINTABLE = re.compile(r"[!-~]+")
BEFORE = ("alpha", "beta", "pre", "rc")
AFTER = ("cvs", "svn", "git", "hg", "p")
PRE, FOREIGN, END, REVISION, HASH, SUFFIX_NUMBER, POST, LETTER, NUMBER = range(9)


def alpine(version: str) -> Key | None:
    """Every part in turn; the first that differs decides."""
    if not PRINTABLE.fullmatch(version):
        return None
    found = ALPINE.fullmatch(version)
    if found is None:
        return ((-1, version),)
    key = [*_numbers(found["numbers"]), *_letter(found["letter"])]
    for name, digits in SUFFIX.findall(found["suffixes"]):
        key.append((PRE, BEFORE.index(name)) if name in BEFORE else (POST, AFTER.index(name)))
        if digits:
            key.append((SUFFIX_NUMBER, int(digits)))
    if found["hash"]:
        key.append((HASH, found["hash"]))
    revision = int(found["revision"] or 0)
    if revision or (found["dash"] and not found["rest"]):
        key.append((REVISION, revision))
    key.append((FOREIGN, "" if found["dash"] else found["rest"]) if found["rest"] else (END,))
    return tuple(key)


def gentoo(version: str) -> Key | None:
    """Numbers, letter, suffixes, revision, each with a place for "none"."""
    found = GENTOO.fullmatch(version)
    if found is None:
        return None
    numbers = tuple(
        (0, part.rstrip("0")) if part.startswith("0") and place else (1, int(part))
        for place, part in enumerate(found["numbers"].split("."))
    )
    suffixes = tuple(
        ((*BEFORE, "", "p").index(name), int(digits or 0))
        for name, digits in SUFFIX.findall(found["suffixes"])
    )
    none = ((*BEFORE, "").index(""), 0)
    return (numbers, found["letter"], (*suffixes, none), int(found["revision"] or 0))


def _numbers(text: str) -> Key:
    """Take the first as a number; a later one that begins in 0 as decimals, below all others."""
    first, *others = text.split(".")
    return (
        (NUMBER, 1, int(first), ""),
        *(
            (NUMBER, 0, 0, part) if part.startswith("0") else (NUMBER, 1, int(part), "")
            for part in others
        ),
    )


def _letter(letter: str) -> Key:
    return ((LETTER, letter),) if letter else ()
