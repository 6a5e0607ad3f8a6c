"""What an item says, the clause above it says too.

A main control with its enhancements, an article with its items: the clause above often holds a
general sentence only, and its items hold the words. People who pair a clause that stands alone
with such a text mostly name the clause above. So a clause is as alike to another as the best of
itself and its items, and where both are equally alike the one above ranks first.

This holds between clauses of one height. An item is compared with an item, and a clause above with
a clause above, as they are; or else every item would be like the clause that holds its counterpart.
No weight is involved, and exchanging the norms transposes the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from panshi.governance.norms.clauses import Clause

type Matrix = npt.NDArray[np.float64]
type Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Every clause of one norm against every clause of another, items speaking for those above."""

    score: Matrix
    rows: Places
    "Whose words of the first norm the score comes from: the clause itself, or its item."
    columns: Places
    "The same of the second norm."


def spoken_for(own: Matrix, ours: Sequence[Clause], theirs: Sequence[Clause]) -> Spoken:
    """Let the items of a clause speak for it."""
    plain = itself(own.shape)
    rows, columns, score = plain[0].copy(), plain[1].copy(), own.copy()
    for above, items in _above(theirs).items():
        best = np.array(items)[own[:, items].argmax(axis=1)]
        found = np.take_along_axis(own, best[:, None], axis=1)[:, 0]
        better = found > score[:, above]
        score[better, above] = found[better]
        columns[better, above] = best[better]
    across, of = score.copy(), columns.copy()
    for above, items in _above(ours).items():
        best = np.array(items)[across[items].argmax(axis=0)]
        found = np.take_along_axis(across, best[None], axis=0)[0]
        better = found > score[above]
        score[above, better] = found[better]
        rows[above, better] = best[better]
        columns[above, better] = of[best[better], better]
    apart = below(ours)[:, None] != below(theirs)[None, :]
    return Spoken(
        score=np.where(apart, own, score),
        rows=np.where(apart, plain[0], rows),
        columns=np.where(apart, plain[1], columns),
    )


def itself(shape: tuple[int, ...]) -> tuple[Places, Places]:
    """Give the places at which every clause speaks for itself."""
    rows, columns = np.arange(shape[0])[:, None], np.arange(shape[1])[None, :]
    return np.broadcast_to(rows, shape), np.broadcast_to(columns, shape)


def _above(clauses: Sequence[Clause]) -> dict[int, list[int]]:
    """Give the items of every clause that has some, by place."""
    places = {clause.id: place for place, clause in enumerate(clauses)}
    found: dict[int, list[int]] = {}
    for place, clause in enumerate(clauses):
        above = places.get(clause.parent)
        if above is not None and above != place:
            found.setdefault(above, []).append(place)
    return found


def below(clauses: Sequence[Clause]) -> npt.NDArray[np.bool_]:
    """Tell which clauses stand below another that is compared too."""
    names = {clause.id for clause in clauses}
    return np.array([clause.parent in names for clause in clauses], dtype=bool)
