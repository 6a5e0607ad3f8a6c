"""Numbers that norms lay down: periods, lengths, key sizes, shares, counts, protocol versions.

`quantities` reads them out of a Chinese or English text with the bound the words around them set
(至少 12 碼, within 72 hours, 每年一次, AES-128 or stronger). `compared` sets those of two clauses
side by side: which is stricter, or whether nobody can keep both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from panshi.governance.norms.clauses import Clause, Threshold
from panshi.governance.norms.words import folded


class Bound(StrEnum):
    """What a number limits."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EVERY = "every"
    "A period within which something is repeated."
    EXACT = "exact"


class Standing(StrEnum):
    """How two numbers for the same thing stand to each other."""

    SAME = "same"
    FIRST_STRICTER = "first_stricter"
    SECOND_STRICTER = "second_stricter"
    DIFFERENT = "different"
    "Other numbers, and the texts do not say which way they bind."
    CONFLICT = "conflict"
    "Nobody can keep both."
    ONLY_FIRST = "only_first"
    ONLY_SECOND = "only_second"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One number with what it measures."""

    dimension: str
    "`duration`, `length`, `percent`, `count`, `tls`, an algorithm such as `AES`, or a field."
    bound: Bound
    value: float
    "Days for periods, bits for algorithms, characters for lengths."
    text: str
    "As written."


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One dimension of two clauses side by side."""

    dimension: str
    standing: Standing
    first: Quantity | None = None
    second: Quantity | None = None


_HAN_DIGITS = {each: value for value, each in enumerate("零一二三四五六七八九")} | {
    "兩": 2,
    "半": 0.5,
}
_NUMBER = r"\d+(?:\.\d+)?|[一二三四五六七八九十百兩半]+"
_UNITS: dict[str, tuple[str, float]] = {
    "分鐘": ("duration", 1 / 1440),
    "小時": ("duration", 1 / 24),
    "工作日": ("duration", 1),
    "營業日": ("duration", 1),
    "日曆日": ("duration", 1),
    "個月": ("duration", 30),
    "天": ("duration", 1),
    "日": ("duration", 1),
    "週": ("duration", 7),
    "周": ("duration", 7),
    "月": ("duration", 30),
    "季": ("duration", 91),
    "年": ("duration", 365),
    "碼": ("length", 1),
    "位數": ("length", 1),
    "個字元": ("length", 1),
    "字元": ("length", 1),
    "次": ("count", 1),
    "%": ("percent", 1),
    "minutes": ("duration", 1 / 1440),
    "minute": ("duration", 1 / 1440),
    "hours": ("duration", 1 / 24),
    "hour": ("duration", 1 / 24),
    "business days": ("duration", 1),
    "working days": ("duration", 1),
    "calendar days": ("duration", 1),
    "days": ("duration", 1),
    "day": ("duration", 1),
    "weeks": ("duration", 7),
    "week": ("duration", 7),
    "months": ("duration", 30),
    "month": ("duration", 30),
    "quarters": ("duration", 91),
    "quarter": ("duration", 91),
    "years": ("duration", 365),
    "year": ("duration", 365),
    "characters": ("length", 1),
    "character": ("length", 1),
    "digits": ("length", 1),
    "times": ("count", 1),
    "attempts": ("count", 1),
    "failures": ("count", 1),
    "percent": ("percent", 1),
}
_WORDS_EN = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60,
    "ninety": 90, "half a": 0.5, "a": 1, "an": 1,
}  # fmt: skip
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_MEASURED = re.compile(
    rf"(?P<every>每|every\s+|each\s+|per\s+)?"
    rf"(?P<number>{_NUMBER}|(?<![a-z])(?:{'|'.join(_WORDS_EN)})(?=[\s-]))?[\s-]*"
    rf"(?P<unit>{_UNIT})(?![a-z])"
)
_FREQUENCIES = {
    "annually": 365, "yearly": 365, "once a year": 365, "quarterly": 91, "monthly": 30,
    "weekly": 7, "daily": 1, "half-yearly": 182.5, "semi-annually": 182.5, "biannually": 182.5,
}  # fmt: skip
_FREQUENT = re.compile("|".join(sorted(map(re.escape, _FREQUENCIES), key=len, reverse=True)))
_ALGORITHM = re.compile(r"(?<![a-z])(aes|rsa|ecc|sha|dh|ecdsa)[\s-]?(\d{3,5})(?!\d)")
_TLS = re.compile(r"(?<![a-z])tls\s*v?(\d(?:\.\d)?)")
_LEAST = re.compile(
    r"至少|以上|不少於|不得少於|不得低於|不低於|最短|更強"
    r"|at least|no less than|not less than|no fewer than|minimum|greater than"
    r"|or more|or longer|or stronger|or higher|or later|or above|and above"
)
_MOST = re.compile(
    r"以內|之內|內|至多|最多|不得超過|不超過|不逾|以下|最長"
    r"|at most|within|no more than|not more than|maximum|up to|no later than|not exceed"
    r"|not longer than|or less|or fewer|after"
)
_AROUND = 16
"How far a bound may stand from its number."
_TOLERANCE = 1e-9


def quantities(text: str) -> tuple[Quantity, ...]:
    """Give the numbers of a text in the order they stand."""
    plain = folded(text)
    found = [*_measured(plain), *_frequencies(plain), *_strengths(plain)]
    return tuple(each for _, each in sorted(found, key=lambda item: item[0]))


def of_clause(clause: Clause) -> tuple[Quantity, ...]:
    """Give the numbers of a clause: of its text, and of the check that judges it."""
    told: dict[tuple[str, Bound, float], Quantity] = {}
    for language in (0, 1):
        for each in quantities(clause.words(language)):
            told.setdefault((each.dimension, each.bound, each.value), each)
    for limit in clause.thresholds:
        each = _threshold(limit)
        told.setdefault((each.dimension, each.bound, each.value), each)
    bound = {
        (each.dimension, each.value) for each in told.values() if each.bound is not Bound.EXACT
    }
    return tuple(
        each
        for each in told.values()
        if each.bound is not Bound.EXACT or (each.dimension, each.value) not in bound
    )


def compared(first: Sequence[Quantity], second: Sequence[Quantity]) -> tuple[Contrast, ...]:
    """Set the numbers of two clauses side by side, by what they measure."""
    found: list[Contrast] = []
    for dimension in dict.fromkeys(each.dimension for each in (*first, *second)):
        ours = [each for each in first if each.dimension == dimension]
        theirs = [each for each in second if each.dimension == dimension]
        if not ours or not theirs:
            standing = Standing.ONLY_FIRST if ours else Standing.ONLY_SECOND
            one = ours[0] if ours else None
            two = theirs[0] if theirs else None
            found.append(Contrast(dimension=dimension, standing=standing, first=one, second=two))
        else:
            found.extend(_contrasts(dimension, ours, theirs))
    return tuple(found)


def _contrasts(
    dimension: str, ours: Sequence[Quantity], theirs: Sequence[Quantity]
) -> Iterator[Contrast]:
    """Compare what limits the same way; a floor above a ceiling is a conflict."""
    for bound in Bound:
        one, two = _tightest(ours, bound), _tightest(theirs, bound)
        if one is not None and two is not None:
            yield Contrast(dimension=dimension, standing=_stricter(one, two), first=one, second=two)
    for low, high, swapped in ((ours, theirs, False), (theirs, ours, True)):
        least, most = _tightest(low, Bound.AT_LEAST), _tightest(high, Bound.AT_MOST)
        if least is not None and most is not None and least.value > most.value + _TOLERANCE:
            yield Contrast(
                dimension=dimension,
                standing=Standing.CONFLICT,
                first=most if swapped else least,
                second=least if swapped else most,
            )


def _tightest(told: Sequence[Quantity], bound: Bound) -> Quantity | None:
    fitting = [each for each in told if each.bound is bound]
    if not fitting:
        return None
    if bound is Bound.AT_LEAST:
        return max(fitting, key=lambda each: each.value)
    return min(fitting, key=lambda each: each.value)


def _stricter(one: Quantity, two: Quantity) -> Standing:
    if abs(one.value - two.value) <= _TOLERANCE:
        return Standing.SAME
    match one.bound:
        case Bound.EXACT:
            return Standing.DIFFERENT
        case Bound.AT_LEAST:
            first = one.value > two.value
        case _:
            first = one.value < two.value
    return Standing.FIRST_STRICTER if first else Standing.SECOND_STRICTER


def _measured(plain: str) -> Iterator[tuple[int, Quantity]]:
    for match in _MEASURED.finditer(plain):
        dimension, factor = _UNITS[match["unit"]]
        every = match["every"] is not None
        value = _value(match["number"])
        if value is None:
            if not every or dimension != "duration":
                continue
            value = 1.0
        if dimension == "duration" and not every and _names_a_day(plain, match):
            continue
        if dimension == "count" and value == 1:  # 一次性密碼 is no limit
            continue
        bound = Bound.EVERY if every and dimension == "duration" else _bound(plain, match)
        yield (
            match.start(),
            Quantity(
                dimension=dimension,
                bound=bound,
                value=round(value * factor, 6),
                text=match.group().strip(),
            ),
        )


def _names_a_day(plain: str, match: re.Match[str]) -> bool:
    """Whether the number belongs to a date such as 113 年 12 月 or a year such as 2024."""
    number = match["number"] or ""
    before = plain[max(0, match.start() - 2) : match.start()].strip()
    after = plain[match.end() : match.end() + 3].lstrip()
    dated = match["unit"] in {"年", "月", "日"} and (
        after[:1].isdigit() or before.endswith(("年", "月"))
    )
    return dated or (match["unit"] == "年" and number.isdigit() and int(number) > 99)  # noqa: PLR2004 -- no norm asks for a century


def _frequencies(plain: str) -> Iterator[tuple[int, Quantity]]:
    for match in _FREQUENT.finditer(plain):
        yield (
            match.start(),
            Quantity(
                dimension="duration",
                bound=Bound.EVERY,
                value=float(_FREQUENCIES[match.group()]),
                text=match.group(),
            ),
        )


def _strengths(plain: str) -> Iterator[tuple[int, Quantity]]:
    for match in _ALGORITHM.finditer(plain):
        yield (
            match.start(),
            Quantity(
                dimension=match[1].upper(),
                bound=Bound.AT_LEAST,
                value=float(match[2]),
                text=match.group().upper(),
            ),
        )
    for match in _TLS.finditer(plain):
        yield (
            match.start(),
            Quantity(
                dimension="TLS",
                bound=Bound.AT_LEAST,
                value=float(match[1]),
                text=match.group().upper(),
            ),
        )


def _bound(plain: str, match: re.Match[str]) -> Bound:
    """Read the words beside a number; those nearest to it decide."""
    before = plain[max(0, match.start() - _AROUND) : match.start()]
    after = plain[match.end() : match.end() + _AROUND]
    nearest: list[tuple[int, Bound]] = []
    for pattern, bound in ((_LEAST, Bound.AT_LEAST), (_MOST, Bound.AT_MOST)):
        behind = list(pattern.finditer(before))
        if behind:
            nearest.append((len(before) - behind[-1].end(), bound))
        ahead = pattern.search(after)
        if ahead:
            nearest.append((ahead.start(), bound))
    return min(nearest, key=lambda each: each[0])[1] if nearest else Bound.EXACT


def _value(number: str | None) -> float | None:
    if not number:
        return None
    if number in _WORDS_EN:
        return float(_WORDS_EN[number])
    if number[0].isdigit():
        return float(number)
    return _han_value(number)


def _han_value(number: str) -> float | None:
    """Read 一 to 九十九 and 半."""
    if number == "半":
        return 0.5
    tens, sign, ones = number.partition("十")
    digits = {tens, ones} - {""}
    if any(each not in _HAN_DIGITS for each in digits):
        return None
    if not sign:
        return float(_HAN_DIGITS[tens]) if tens else None
    return float((_HAN_DIGITS[tens] if tens else 1) * 10 + (_HAN_DIGITS[ones] if ones else 0))


def _threshold(limit: Threshold) -> Quantity:
    return Quantity(
        dimension=limit.field,
        bound=Bound.AT_LEAST if limit.at_least else Bound.AT_MOST,
        value=limit.value,
        text=f"{'≥' if limit.at_least else '≤'} {limit.value:g}",
    )
