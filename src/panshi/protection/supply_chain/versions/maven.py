"""Maven: tokens between dots, hyphens and changes from digits to letters (POM reference, 2023).

What means nothing (0, final, ga, release) falls away before a hyphen, a pre-release word and the
end. Known words lie around the release, other words after it, then `-number`, then `.number`;
another word after a dot comes before one after a hyphen. Because what follows a zero that stays is
always later than the end, the end can be a token of its own. Older Maven kept more zeros and went
round in circles (2 < 2-1 < 2.0.rc1 < 2); no order holds those.
"""

from __future__ import annotations

import re

from panshi.protection.supply_chain.versions.keys import Key

TOKEN = re.compile(r"([.\-_]?)([0-9]+|[^0-9.\-_]*)")
NOTHING = frozenset({"", "0", "final", "ga", "release"})
RANKS = {"alpha": 0, "beta": 1, "milestone": 2, "rc": 3, "cr": 3, "snapshot": 4}
BEFORE_A_NUMBER = {"a": "alpha", "b": "beta", "m": "milestone"}
PRINTABLE = re.compile(r"[^\s\x00-\x1f]+")

type Token = tuple[str, str]


def key(version: str) -> Key | None:
    """Tokens without what means nothing, and the end."""
    if not PRINTABLE.fullmatch(version):
        return None
    return (*map(_weight, _trimmed(_tokens(version.lower()))), (1, 0, ""))


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    found = [(sign, word) for sign, word in TOKEN.findall(text) if sign or word]
    for place, (sign, word) in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else ("", "")
        numbered = following[0] == "" and following[1].isdigit()
        meant = BEFORE_A_NUMBER.get(word, word) if numbered else word
        before = ("." if not place else "-") if sign in {"", "_"} else sign
        tokens.append((before, (meant.lstrip("0") or "0") if meant[:1].isdigit() else meant or "0"))
    return tokens


def _trimmed(tokens: list[Token]) -> list[Token]:
    kept: list[Token] = []
    edge = True
    for place in range(len(tokens) - 1, -1, -1):
        sign, word = tokens[place]
        if edge and place and word in NOTHING:
            continue
        kept.append((sign, word))
        edge = sign == "-" or word in RANKS or word in NOTHING - {"0"}
    return kept[::-1]


def _weight(token: Token) -> tuple[int, int, str]:
    sign, word = token
    if word[0].isdigit():
        return (5 if sign == "." else 4, int(word), "")
    if word in RANKS:
        return (0, RANKS[word], "")
    if word in NOTHING:
        return (1, 0, "")
    return (2, 0, "") if word == "sp" else (3, int(sign == "-"), word)
