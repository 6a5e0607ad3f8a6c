"""Correlate a file of tickets, of this product or of others, without keeping anything.

    answer = correlate_file(Path("tickets.jsonl"))

Tickets are taken in the order of time; of two with the same id the later stands. When all are
there, every campaign is reviewed once more. Each ticket of a campaign but its first is joined
by one edge to the ticket it shares most with.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from panshi.alliance.correlation.campaign import Campaign
from panshi.alliance.correlation.changes import NONE
from panshi.alliance.correlation.correlator import Correlator
from panshi.alliance.correlation.foreign import in_order, sketch_of_record
from panshi.alliance.correlation.method import Method, load_method
from panshi.alliance.correlation.traits import Sketch, trait_key
from panshi.node.alliance.intelligence.content import allow_list
from panshi.observe.reading.records import records
from panshi.store import library

SCHEMA = "panshi.campaigns/1"
TOLD = 1_000
"After so many tickets progress is told."


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyAnswer:
    """One part of what joins two tickets."""

    kind: str
    "Kind of the value, `time`, or `differs:` with the family that speaks against it."
    value: str
    weight: float
    "Natural logarithm of odds."


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeAnswer:
    """Why a ticket belongs to the campaign, told by the ticket it shares most with."""

    a: str
    b: str
    score: float
    "Logarithm of the odds that `a` belongs to the campaign, all parts and `prior` together."
    probability: float
    prior: float
    why: tuple[WhyAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignAnswer:
    """One campaign."""

    id: str
    tickets: tuple[str, ...]
    "In the order of time."
    members: tuple[str, ...]
    score: float
    "Mean chance that a ticket of it belongs to it, 0 to 1."
    edges: tuple[EdgeAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAnswer:
    """What was found in a file."""

    schema: str
    tickets: int
    joined: int
    "Tickets that belong to a campaign."
    without_traits: int
    "Tickets that tell nothing to compare."
    campaigns: tuple[CampaignAnswer, ...]
    "The largest first."


@cache
def shipped_method() -> Method:
    """Read the method that ships."""
    return load_method(library.alliance("correlation.yaml"))


def correlate_file(
    path: Path, *, least: int = 2, progress: Callable[[int], None] = lambda _: None
) -> FileAnswer:
    """Find the campaigns in a file of JSON lines."""
    method = shipped_method()
    with _collector_resting():
        sketches = tuple(in_order(list(_sketches(path, method, progress))))
        correlator = Correlator(method)
        newest: dict[str, int] = {}
        for done, each in enumerate(sketches, 1):
            older = newest.get(each.id)
            if older is not None:
                correlator.supersede(older)
            newest[each.id] = done - 1
            correlator.take(each)
            if not done % TOLD:
                progress(done)
        for _change in correlator.settle():
            pass
        return _answer(correlator, sketches, max(least, 2))


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Let the collector rest: what is made here stays until the answer, and holds no cycles."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _sketches(path: Path, method: Method, progress: Callable[[int], None]) -> Iterator[Sketch]:
    allowed = allow_list()
    for number, (place, record) in enumerate(records(path), 1):
        if not number % TOLD:
            progress(number)
        yield sketch_of_record(
            record,
            place=place,
            fallback=f"line-{number}",
            allowed=allowed,
            most=method.limits.values,
        )


def _answer(correlator: Correlator, sketches: tuple[Sketch, ...], least: int) -> FileAnswer:
    found = [
        _told(correlator, each, sketches)
        for each in correlator.campaigns.values()
        if each.size >= least
    ]
    return FileAnswer(
        schema=SCHEMA,
        tickets=len(sketches),
        joined=sum(len(each.tickets) for each in found),
        without_traits=sum(not each.groups for each in sketches),
        campaigns=tuple(sorted(found, key=lambda each: (-len(each.tickets), each.id))),
    )


def _told(
    correlator: Correlator, campaign: Campaign, sketches: tuple[Sketch, ...]
) -> CampaignAnswer:
    places = sorted(campaign.places)
    edges = [_edge(correlator, campaign, place, sketches) for place in places[1:]]
    chances = [each.probability for each in edges]
    return CampaignAnswer(
        id=f"C-{campaign.number:04d}",
        tickets=tuple(sketches[each].id for each in places),
        members=tuple(sorted({sketches[each].member for each in places} - {""})),
        score=round(sum(chances) / len(chances), 4),
        edges=tuple(edges),
    )


def _edge(
    correlator: Correlator, campaign: Campaign, place: int, sketches: tuple[Sketch, ...]
) -> EdgeAnswer:
    reason = correlator.reason(correlator.reading(place), campaign, own=True, earlier=True)
    values = words_of(sketches[place], correlator.method)
    return EdgeAnswer(
        a=sketches[place].id,
        b=sketches[reason.partner].id if reason.partner != NONE else sketches[place].id,
        score=round(reason.total, 3),
        probability=round(reason.probability, 4),
        prior=round(reason.prior, 3),
        why=tuple(
            WhyAnswer(
                kind=each.kind, value=values.get(each.trait, ""), weight=round(each.weight, 3)
            )
            for each in sorted(reason.parts, key=lambda part: -abs(part.weight))
        ),
    )


def words_of(sketch: Sketch, method: Method) -> Mapping[int, str]:
    """Give a ticket's traits in words, by their packed form."""
    known, other = method.by_name, method.by_name["other"].code
    found: dict[int, str] = {}
    for group in sketch.groups:
        for each in group:
            kind = known.get(each.kind)
            value = each.value if kind else f"{each.kind}={each.value}"
            found[trait_key(kind.code if kind else other, value)] = value
    return found
