"""Correlation of accepted tickets as they come: the picture in memory follows the log on disk.

    correlate(node)                      take in what was accepted since, in pieces
    picture_of(node).correlator          campaigns in memory, brought up to the log

One piece is one transaction: the tickets taken in, what they changed, and so how far the register
was followed. Before it, changes that others wrote (a person merging at the command line) are done
again in memory. Should the commit fail, the picture is thrown away and built again from the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from threading import Lock
from weakref import WeakKeyDictionary

import msgspec

from panshi.alliance.correlation.changes import NONE, CampaignChange, ChangeKind, Move
from panshi.alliance.correlation.correlator import Correlator
from panshi.alliance.correlation.packed import pack
from panshi.alliance.correlation.priority import Facts, Scheme, load_scheme, priority
from panshi.alliance.correlation.traits import Sketch, sketch_of
from panshi.errors import StoreError
from panshi.model.alliance.ticket import Severity, Ticket
from panshi.node.alliance.correlating_file import shipped_method, words_of
from panshi.node.alliance.intelligence.content import allow_list
from panshi.node.alliance.tickets import tickets_of, tickets_since
from panshi.node.node import Node
from panshi.store import library
from panshi.store.correlation import Arrival, CorrelationStore, StoredCampaign, Turn

PIECE = 200
"Tickets of one transaction."
SEVERITIES = tuple(Severity)
CERTAIN = 30.0
"Odds of what a person decided."

_change_of = msgspec.json.Decoder(CampaignChange).decode
_json = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Picture:
    """Campaigns in memory and how far of the log they are."""

    correlator: Correlator
    number: int = 0
    "Of the last change done."
    lock: Lock = field(default_factory=Lock)


@dataclass(slots=True)
class Room:
    """What a node needs to correlate."""

    store: CorrelationStore
    picture: Picture | None = None
    lock: Lock = field(default_factory=Lock)


_rooms: WeakKeyDictionary[Node, Room] = WeakKeyDictionary()
_opening = Lock()


@cache
def scheme() -> Scheme:
    """Read the scheme of priorities that ships."""
    return load_scheme(library.alliance("campaign_priority.yaml"))


def room_of(node: Node) -> Room:
    """Give the node's room of correlation, opened on first use."""
    with _opening:
        found = _rooms.get(node)
        if found is None:
            found = _rooms[node] = Room(store=CorrelationStore(node.home.path))
        return found


def campaigns_store(node: Node) -> CorrelationStore:
    """Give where the node's campaigns rest."""
    return room_of(node).store


def picture_of(node: Node) -> Picture:
    """Give the picture in memory, every accepted ticket taken in."""
    correlate(node)
    room = room_of(node)
    with room.lock:
        return _brought_up(room)


@contextmanager
def picture_held(node: Node) -> Iterator[Correlator]:
    """Hold the picture still, as far as the log is; nothing is taken in."""
    room = room_of(node)
    with room.lock:
        yield _brought_up(room).correlator


# -- taking in ---------------------------------------------------------------------------------


def correlate(node: Node, *, most: int | None = None) -> int:
    """Take in what was accepted since the last time; gives how many tickets."""
    room, taken = room_of(node), 0
    with room.lock:
        while most is None or taken < most:
            done = _piece(node, room, PIECE if most is None else min(PIECE, most - taken))
            if not done:
                break
            taken += done
    return taken


def words_at(node: Node, place: int) -> Mapping[int, str]:
    """Give the traits of the ticket at a place in words, by their packed form."""
    ((_position, ticket),) = tickets_since(node, place, 1)
    method = shipped_method()
    return words_of(sketch_of(ticket, allow_list(), method.limits.values), method)


def _piece(node: Node, room: Room, limit: int) -> int:
    """Take in one piece in one transaction."""
    if room.picture is None:
        _brought_up(room)
    if tickets_of(node).chain().position <= len(_picture(room).correlator):
        return 0
    try:
        with room.store.turn() as turn:
            picture = _catch_up(room, turn)
            tickets = tickets_since(node, len(picture.correlator), limit)
            _take(node, picture, turn, tickets)
    except BaseException:
        room.picture = None  # what was not committed is not remembered either
        raise
    return len(tickets)


def _take(node: Node, picture: Picture, turn: Turn, tickets: Sequence[tuple[int, Ticket]]) -> None:
    """Take tickets in, in their order, and write down what came of it."""
    correlator = picture.correlator
    sketches: dict[int, Sketch] = {}

    def words(place: int) -> Mapping[int, str]:
        found = sketches.get(place)
        return words_of(found, correlator.method) if found else words_at(node, place)

    arrivals: list[Arrival] = []
    made: list[tuple[int, CampaignChange]] = []
    known: dict[str, int] = {}
    for position, ticket in tickets:
        place = position - 1
        sketch = sketches[place] = sketch_of(ticket, allow_list(), correlator.limits.values)
        blob = pack(sketch, correlator.method)
        if correlator.hold(sketch.member, sketch.at, blob) != place:
            raise StoreError("the register of tickets has a gap", place=f"position {position}")
        arrivals.append(_arrival(place, ticket, sketch, blob))
        older = known.get(ticket.id, NONE)
        if older == NONE and ticket.version > 1:
            older = turn.older(ticket.id, place)
        if older != NONE:
            made.append((place, correlator.supersede(older)))
        known[ticket.id] = place
        made += ((place, each) for each in correlator.consider(place))
    turn.arrive(arrivals)
    picture.number = record_changes(turn, made, node.clock(), words=words)


def _arrival(place: int, ticket: Ticket, sketch: Sketch, blob: bytes) -> Arrival:
    return Arrival(
        place=place,
        ticket=ticket.id,
        member=ticket.member,
        at=sketch.at,
        traits=blob,
        severity=SEVERITIES.index(ticket.severity),
        category=ticket.category,
        phase=ticket.phase,
        reach=min(ticket.impact.customers or 0, 2**53),
    )


# -- the log -----------------------------------------------------------------------------------


def record_changes(
    turn: Turn,
    changes: Iterable[tuple[int, CampaignChange]],
    now: datetime,
    *,
    words: Callable[[int], Mapping[int, str]] = lambda _place: {},
) -> int:
    """Append changes, each behind a place, and sum up the campaigns they touched."""
    number = turn.reached()[1]
    touched: dict[int, int] = {}
    for place, each in changes:
        told = replace(each, moves=tuple(_worded(move, words) for move in each.moves))
        number = turn.change(
            place=place,
            at=now,
            kind=each.kind,
            campaign=each.campaign,
            other=each.other,
            by=each.by,
            body=_json(told),
            moves=[
                (m.place, m.after, m.reason.total, _json(m.reason))
                if m.reason
                else (m.place, m.after, CERTAIN if each.by else None, None)
                for m in told.moves
            ],
        )
        if each.undoes:
            turn.take_back(each.undoes, number)
        for move in each.moves:
            for one in (move.before, move.after):
                if one != NONE:
                    touched.setdefault(one, NONE)
        if each.kind is ChangeKind.MERGED:
            touched[each.other] = each.campaign
    for campaign, gone_to in touched.items():
        turn.summarise(_summary(turn, campaign, gone_to, now))
    return number


def _worded(move: Move, words: Callable[[int], Mapping[int, str]]) -> Move:
    if move.reason is None:
        return move
    values = words(move.place)
    parts = tuple(
        replace(part, value=values[part.trait]) if part.trait in values else part
        for part in move.reason.parts
    )
    return replace(move, reason=replace(move.reason, parts=parts))


def _summary(turn: Turn, number: int, gone_to: int, now: datetime) -> StoredCampaign:
    rows = turn.facts(number)
    times = [at for _member, at, *_rest in rows if at is not None]
    reach: dict[str, int] = {}
    for member, *_rest, customers in rows:
        reach[member] = max(reach.get(member, 0), customers)
    found = priority(
        Facts(
            severities=tuple(each[3] for each in rows),
            categories=tuple(each[4] for each in rows),
            phases=tuple(each[5] for each in rows),
            members=len(reach),
            reach=sum(reach.values()),
            odds=tuple(each[2] for each in rows if each[2] is not None),
        ),
        scheme(),
    )
    return StoredCampaign(
        number=number,
        gone_to=NONE if rows else gone_to,
        size=len(rows),
        members=len(reach),
        first_at=min(times, default=None),
        last_at=max(times, default=None),
        changed_at=now,
        score=found.score,
        body=_json(found),
    )


def _picture(room: Room) -> Picture:
    if room.picture is None:
        room.picture = Picture(correlator=Correlator(shipped_method()))
    return room.picture


def _brought_up(room: Room) -> Picture:
    """Follow the log to its end."""
    with room.store.reading() as turn:
        return _catch_up(room, turn)


def _catch_up(room: Room, turn: Turn) -> Picture:
    """Do again in memory what the log has and the picture has not, in its order.

    A change belongs behind the ticket that brought it about; what a person decided, behind the
    newest ticket there was.
    """
    picture = _picture(room)
    correlator = picture.correlator
    if turn.reached() == (len(correlator), picture.number):
        return picture
    waiting = _changes(turn, picture.number)
    following = next(waiting, None)
    while True:
        arrivals = turn.arrivals(len(correlator))
        for place, member, at, blob in arrivals:
            while following is not None and following[1] < place:
                picture.number = _done(correlator, following)
                following = next(waiting, None)
            correlator.hold(member, at, blob)
        if not arrivals:
            break
    while following is not None:
        picture.number = _done(correlator, following)
        following = next(waiting, None)
    return picture


def _changes(turn: Turn, after: int) -> Iterator[tuple[int, int, bytes]]:
    while found := turn.changes(after):
        for each in found:
            after = each.number
            yield each.number, each.place, each.body


def _done(correlator: Correlator, change: tuple[int, int, bytes]) -> int:
    number, _place, body = change
    correlator.apply(_change_of(body))
    return number
