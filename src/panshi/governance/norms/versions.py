"""What changed between two versions of a norm, clause by clause.

Clauses are paired so that the likeness of texts, of numbers and of places is largest in all; what
is too unlike stays without a partner, as added or removed. A pair that is not word for word the
same may be several things at once: re-numbered, moved under another heading, strengthened or
weakened (by its modal verb or by a number), or only reworded.
"""

from __future__ import annotations

from difflib import SequenceMatcher

import numpy as np

from panshi.governance.norms import quantities
from panshi.governance.norms.assignment import cheapest_pairs
from panshi.governance.norms.changes import Change, Difference, Kind
from panshi.governance.norms.clauses import Clause, Norm
from panshi.governance.norms.quantities import Bound, Contrast, Standing
from panshi.governance.norms.strengths import RANK, Force, force
from panshi.governance.norms.words import folded

SAME_CLAUSE = 0.42
"Below this likeness two clauses are not versions of one."
SAME_ID = 0.18
"What the same number adds: it decides between equals, and cannot marry strangers."
SAME_PLACE = 0.04
SAME_HEADING = 0.6
FEWEST_PAIRS = 0.15
"Texts that share a smaller part of their pairs of letters are not compared further."


def difference(old: Norm, new: Norm) -> Difference:
    """Compare two versions of a norm."""
    pairs = _paired(old, new)
    changes = [_change(one, other, alike) for one, other, alike in pairs]
    kept_old = {id(one) for one, _, _ in pairs}
    kept_new = {id(other) for _, other, _ in pairs}
    removed = [
        Change(kinds=(Kind.REMOVED,), old=clause)
        for clause in old.clauses
        if id(clause) not in kept_old
    ]
    added = [
        Change(kinds=(Kind.ADDED,), new=clause)
        for clause in new.clauses
        if id(clause) not in kept_new
    ]
    told = [*(change for change in changes if change.kinds), *removed, *added]
    place = {id(clause): number for number, clause in enumerate(new.clauses)}
    former = {id(clause): number for number, clause in enumerate(old.clauses)}
    return Difference(
        old=old,
        new=new,
        changes=tuple(
            sorted(
                told,
                key=lambda change: (
                    (place[id(change.new)], 0) if change.new else (former[id(change.old)], 1)
                ),
            )
        ),
        unchanged=len(changes) - sum(bool(change.kinds) for change in changes),
    )


def _paired(old: Norm, new: Norm) -> list[tuple[Clause, Clause, float]]:
    """Pair what is word for word the same under the same number first, then the rest at best."""
    fixed: list[tuple[Clause, Clause, float]] = []
    for clause in old.clauses:
        partner = new.by_id.get(clause.id)
        if partner is not None and _said(clause) == _said(partner):
            fixed.append((clause, partner, 1.0))
    gone_old = {id(one) for one, _, _ in fixed}
    gone_new = {id(other) for _, other, _ in fixed}
    rest_old = [clause for clause in old.clauses if id(clause) not in gone_old]
    rest_new = [clause for clause in new.clauses if id(clause) not in gone_new]
    alike = np.array(
        [[likeness(one, other) for other in rest_new] for one in rest_old], dtype=np.float64
    ).reshape(len(rest_old), len(rest_new))
    bonus = np.array(
        [
            [
                SAME_ID * (one.id == other.id) + SAME_PLACE * (one.context == other.context)
                for other in rest_new
            ]
            for one in rest_old
        ],
        dtype=np.float64,
    ).reshape(alike.shape)
    worth = np.where(alike + bonus >= SAME_CLAUSE, alike + bonus, 0.0)
    for row, column in cheapest_pairs(-worth):
        if worth[row, column] > 0:
            fixed.append((rest_old[row], rest_new[column], float(alike[row, column])))
    return fixed


def likeness(one: Clause, other: Clause) -> float:
    """Give how alike two clauses are in the words they use, from 0 to 1."""
    found = []
    for language in (0, 1):
        if one.speaks(language) and other.speaks(language):
            first, second = _plain(one, language), _plain(other, language)
            found.append(_overlap(first, second))
    return sum(found) / len(found) if found else 0.0


def _overlap(first: str, second: str) -> float:
    """Take the share of letters in common runs; strangers are told by their pairs of letters."""
    if first == second:
        return 1.0
    one, other = _letter_pairs(first), _letter_pairs(second)
    if 2 * len(one & other) < FEWEST_PAIRS * (len(one) + len(other)):
        return 0.0
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _letter_pairs(text: str) -> set[str]:
    return {text[start : start + 2] for start in range(len(text) - 1)}


def _plain(clause: Clause, language: int) -> str:
    return " ".join(folded(clause.words(language)).split())


def _said(clause: Clause) -> tuple[str, ...]:
    return tuple(_plain(clause, language) for language in (0, 1))


def _change(old: Clause, new: Clause, alike: float) -> Change:
    numbers = tuple(
        each
        for each in quantities.compared(quantities.of_clause(old), quantities.of_clause(new))
        if each.standing is not Standing.SAME
    )
    strength = force(old, new)
    return Change(
        kinds=_kinds(old, new, strength, numbers),
        old=old,
        new=new,
        likeness=round(alike, 3),
        force=strength,
        numbers=numbers,
    )


def _kinds(
    old: Clause, new: Clause, strength: Force, numbers: tuple[Contrast, ...]
) -> tuple[Kind, ...]:
    found: list[Kind] = []
    if old.id != new.id:
        found.append(Kind.RENUMBERED)
    if _moved(old, new):
        found.append(Kind.MOVED)
    weight: list[Kind] = []
    if strength is Force.OPPOSED:
        weight.append(Kind.REVERSED)
    rise = RANK[new.strength] - RANK[old.strength]
    up = rise > 0 or any(_stricter(each, new=True) for each in numbers)
    down = rise < 0 or any(_stricter(each, new=False) for each in numbers)
    if up:
        weight.append(Kind.STRENGTHENED)
    if down:
        weight.append(Kind.WEAKENED)
    if _said(old) != _said(new) and not weight:
        weight.append(Kind.REWORDED)
    return tuple(found + weight)


def _moved(old: Clause, new: Clause) -> bool:
    """Whether a clause stands elsewhere; a heading that was only reworded is the same place."""
    for one, other in zip(old.context, new.context, strict=True):
        ours, theirs = one.split("\n"), other.split("\n")
        if len(ours) != len(theirs):
            return True
        if any(
            _overlap(folded(a), folded(b)) < SAME_HEADING for a, b in zip(ours, theirs, strict=True)
        ):
            return True
    return False


def _stricter(contrast: Contrast, *, new: bool) -> bool:
    """Whether a number makes the new (or the old) version the stricter one.

    A limit that only one version sets makes that version stricter; a number that sets none
    (EXACT) says nothing of the kind.
    """
    match contrast.standing:
        case Standing.FIRST_STRICTER:
            return not new
        case Standing.SECOND_STRICTER:
            return new
        case Standing.ONLY_FIRST:
            limits = contrast.first is not None and contrast.first.bound is not Bound.EXACT
            return limits and not new
        case Standing.ONLY_SECOND:
            limits = contrast.second is not None and contrast.second.bound is not Bound.EXACT
            return limits and new
        case _:
            return False
