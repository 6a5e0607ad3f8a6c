"""A vers expression as intervals of places (package-url/vers-spec).

Of bounds of one direction in a row the widest counts; single versions are intervals of one place;
versions that are ruled out are cut out of the others.
"""

from __future__ import annotations

from collections.abc import Iterator

from panshi.errors import BadInputError
from panshi.protection.supply_chain.matching.intervals import Interval
from panshi.protection.supply_chain.matching.package_keys import placed_in
from panshi.protection.supply_chain.vers import Comparator, Constraint, parse
from panshi.protection.supply_chain.versions.sortable import HIGHEST, LOWEST, after

KIND = "VERS"
LOWER = frozenset({Comparator.FROM, Comparator.ABOVE})
UPPER = frozenset({Comparator.BELOW, Comparator.UP_TO})

type Bound = tuple[Constraint, bytes]


def intervals_of(order: str, expression: str, unplaced: list[str]) -> list[Interval]:
    """Read an expression; what has no place, or is none, is added to `unplaced`."""
    try:
        found = parse(expression)
    except BadInputError:
        unplaced.append(expression)
        return []
    if found.everything:
        return [Interval(LOWEST, HIGHEST, (KIND, "0", "", False))]
    bounds: list[Bound] = []
    for constraint in found.constraints:
        place = placed_in(order, constraint.version)
        if place is None:
            unplaced.append(constraint.version)
        else:
            bounds.append((constraint, place))
    single = [each for each in bounds if each[0].comparator is Comparator.EXACTLY]
    out = [place for each, place in bounds if each.comparator is Comparator.NOT]
    spans = list(_spans([each for each in bounds if each[0].comparator in LOWER | UPPER]))
    if bounds and len(out) == len(bounds):
        spans = [Interval(LOWEST, HIGHEST, (KIND, "0", "", False))]
    for place in out:
        spans = [piece for span in spans for piece in _cut(span, place)]
    return [
        *spans,
        *(
            Interval(place, after(place), (KIND, each.version, each.version, True))
            for each, place in single
        ),
    ]


def _spans(bounds: list[Bound]) -> Iterator[Interval]:
    low: Bound | None = None
    for at, (constraint, place) in enumerate(bounds):
        if constraint.comparator in LOWER:
            low = low or (constraint, place)
            continue
        following = bounds[at + 1][0].comparator if at + 1 < len(bounds) else None
        if following not in UPPER:
            yield _span(low, (constraint, place))
            low = None
    if low is not None:
        yield _span(low, None)


def _span(low: Bound | None, high: Bound | None) -> Interval:
    start, first = LOWEST, "0"
    if low is not None:
        first = low[0].version
        start = low[1] if low[0].comparator is Comparator.FROM else after(low[1])
    if high is None:
        return Interval(start, HIGHEST, (KIND, first, "", False))
    inside = high[0].comparator is Comparator.UP_TO
    end = after(high[1]) if inside else high[1]
    return Interval(start, end, (KIND, first, high[0].version, inside))


def _cut(span: Interval, place: bytes) -> Iterator[Interval]:
    if not span.low <= place < span.high:
        yield span
        return
    if span.low < place:
        yield span._replace(high=place)
    if after(place) < span.high:
        yield span._replace(low=after(place))
