"""Services that share too much to follow every choice: propose, tell, learn, propose again.

The programme (`relaxed`) proposes the choice that would be best if everybody recovered as well as
he can at best. It is told in full. If what it misses and costs is what the programme said, no
choice is better, and that is the proof. Else somebody waited for somebody; the programme takes it
that these layers do not help that service, and proposes again. The first proposal remains the
bound for every choice, so that an answer without proof says how far it may be from the best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from panshi.model.resilience.graph import Graph, NodeId
from panshi.resilience.remedy.bounds import Turn
from panshi.resilience.remedy.relaxed import COUNT, Programme, Proposal
from panshi.resilience.remedy.terms import Choice, Found

ROUNDS = 12
"Proposals that are told before one gives up."
SHARES = (8, 4, 2)
"What a part of the best choice's cost buys is looked for as well: one part in so many."


@dataclass(frozen=True, slots=True)
class Proposed:
    """What was found."""

    found: tuple[Found, ...]
    least: int
    "Weight of what every choice misses at least."
    cost: int
    "Cost at least of a choice that misses no more."
    proven: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """What is asked: who recovers, what can be added, and how a choice is told."""

    graph: Graph
    turns: Sequence[Turn]
    costs: Mapping[NodeId, int]
    told: Callable[[Choice], Found]


def propose(offer: Offer, budget: int | None) -> Proposed:
    """Find the best choice, proven where it comes out as proposed."""
    nothing = offer.told(frozenset())
    first: Proposal | None = None
    found = [nothing]
    proven = False
    for proposal, told in _rounds(offer, budget):
        first = first or proposal
        found.append(told)
        if (told.weight, _price(told)) == (first.least, first.price):
            proven = True
            break
    if first is None:
        return Proposed(tuple(found), 0, 0, proven=False)
    best = min(found, key=_rank)
    for share in SHARES:
        found += (told for _proposal, told in _rounds(offer, best.cost // share, rounds=1))
    return Proposed(tuple(found), first.least, first.price // COUNT, proven=proven)


def _rounds(
    offer: Offer, budget: int | None, rounds: int = ROUNDS
) -> Iterator[tuple[Proposal, Found]]:
    """Propose and tell, until a proposal comes again."""
    programme = Programme(offer.graph, offer.turns, offer.costs, budget)
    own: dict[NodeId, list[NodeId]] = {}
    for layer in offer.graph.layers:
        if layer.id in offer.costs:
            own.setdefault(layer.serves, []).append(layer.id)
    seen: set[Choice] = set()
    for _round in range(rounds):
        proposal = programme.solve()
        if proposal is None or proposal.chosen in seen:
            return
        seen.add(proposal.chosen)
        told = offer.told(proposal.chosen)
        yield proposal, told
        for goal in sorted(told.missed):
            programme.hopeless(goal, own.get(goal.service, ()), proposal.chosen)


def _price(found: Found) -> int:
    return found.cost * COUNT + len(found.chosen)


def _rank(found: Found) -> tuple[int, int]:
    return found.weight, _price(found)
