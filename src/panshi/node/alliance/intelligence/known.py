"""What is known, weighed now: voices of all sources on each value, and what is looked for.

for each in watched(node): each.worth.score
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import groupby

from panshi.alliance.intelligence.allow_list import AllowList, Ground
from panshi.alliance.intelligence.worth import Said, Voice, Worth, worth
from panshi.errors import MissingError
from panshi.model.alliance.marking import Marking
from panshi.model.alliance.pulled import Heard, Kept, Piece
from panshi.model.alliance.ticket import Observable
from panshi.node.alliance.hub import is_hub
from panshi.node.alliance.intelligence.allowing import allowed_now
from panshi.node.alliance.intelligence.at_hub import OURSELVES, catch_up
from panshi.node.alliance.intelligence.content import worths
from panshi.node.alliance.intelligence.sources import pulled
from panshi.node.alliance.members import members
from panshi.node.node import Node
from panshi.store.pulled_intelligence import PulledIntelligence

OURS = "us"
"Voice of our own sightings; as reliable as can be."


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One value, or a set of them that belong together, with all that is said of it."""

    number: int
    values: tuple[Observable, ...]
    worth: Worth
    about: tuple[str, ...]
    "Ids of the objects that ask for it."
    sources: tuple[str, ...]
    marking: Marking
    "The narrowest of those objects."
    allowed: Ground | None
    "Why it binds nothing; None where it binds."
    voices: tuple[Voice, ...]

    @property
    def kind(self) -> str:
        """The kind by which it is weighed: of its rarest value, which comes last."""
        return self.values[-1].kind

    @property
    def looked_for(self) -> bool:
        """Whether it is still looked for."""
        return self.allowed is None and self.worth.score >= worths().looked_for


def known(
    node: Node, numbers: Sequence[int] = (), *, store: PulledIntelligence | None = None
) -> Iterator[Known]:
    """Yield everything that is known and valid now, or alternatives by number."""
    if store is None:
        with pulled(node) as opened:
            catch_up(node, opened)
            yield from known(node, numbers, store=opened)
        return
    now = node.clock()
    letters = _letters(node, store)
    allow = allowed_now(node)
    ours = _ours(store)
    heard = store.heard(now, numbers=numbers)
    for number, group in groupby(heard, key=lambda each: each.alternative):
        yield _known(number, tuple(group), letters, allow, ours, now)


def watched(node: Node) -> Iterator[Known]:
    """Yield what is looked for now."""
    return (each for each in known(node) if each.looked_for)


def known_values(node: Node, kind: str, value: str) -> tuple[Known, ...]:
    """Give what is known of one value."""
    with pulled(node) as store:
        catch_up(node, store)
        numbers = store.alternatives_of(kind, value)
        return tuple(known(node, numbers, store=store)) if numbers else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One object with what it asks for, weighed."""

    kept: tuple[Kept, ...]
    "By source."
    known: tuple[Known, ...]
    bodies: tuple[tuple[str, bytes], ...]
    "By source, as they came."


def shown(node: Node, object_id: str) -> Shown:
    """Give one object."""
    with pulled(node) as store:
        kept = store.pieces(about=object_id)
        if not kept:
            raise MissingError(
                f"nothing of the id {object_id[:80]!r} was pulled",
                remedy="`panshi intel list` shows ids",
            )
        numbers = store.alternatives_asked(object_id)
        found = tuple(known(node, numbers, store=store)) if numbers else ()
        return Shown(kept=kept, known=found, bodies=store.bodies(object_id))


def curve_over(one: Known, days: Iterable[datetime]) -> tuple[int, ...]:
    """Give the score at moments to come or past, with the voices there are now."""
    content = worths()
    return tuple(
        worth(one.kind, (each for each in one.voices if each.at <= at), content, at).score
        for at in days
    )


def _letters(node: Node, store: PulledIntelligence) -> Mapping[str, str]:
    """Give the letter of each source; at a hub its members', by content."""
    given = {each.name: each.reliability for each in store.sources()}
    if is_hub(node):
        given |= {each.id: worths().member for each in members(node)} | {OURSELVES: "B"}
    return given


def _ours(store: PulledIntelligence) -> Mapping[str, datetime]:
    """Give the sightings we told ourselves, which come back from the hub."""
    return {each.id: each.at for _number, each in store.reported(limit=10_000)}


def _known(
    number: int,
    heard: tuple[Heard, ...],
    letters: Mapping[str, str],
    allow: AllowList,
    ours: Mapping[str, datetime],
    now: datetime,
) -> Known:
    values = heard[0].values
    kind = values[-1].kind
    voices = tuple(
        voice for each in heard if (voice := _voice(each.by, each.piece, letters, ours)) is not None
    )
    pieces = {(each.piece.source, each.piece.id): each.piece for each in heard}
    grounds = (allow.ground(each) for each in values)
    return Known(
        number=number,
        values=values,
        worth=worth(kind, voices, worths(), now),
        about=tuple(sorted({each.id for each in pieces.values()})),
        sources=tuple(sorted({each.source for each in pieces.values()})),
        marking=reduce(Marking.narrowed, (each.marking for each in pieces.values())),
        allowed=next((each for each in grounds if each is not None), None),
        voices=voices,
    )


def _voice(
    by: Piece, about: Piece, letters: Mapping[str, str], ours: Mapping[str, datetime]
) -> Voice | None:
    if by.id == about.id:
        return Voice(
            source=by.source,
            at=by.at,
            origin=by.origin,
            confidence=by.confidence,
            reliability=letters.get(by.source, "F"),
        )
    said = Said.DENIAL if by.denies else Said.SIGHTING
    if by.id in ours:
        return Voice(source=OURS, at=by.at, said=said, reliability="A")
    return Voice(
        source=by.source,
        at=by.at,
        said=said,
        origin=by.origin,
        reliability=letters.get(by.source, "F"),
    )
