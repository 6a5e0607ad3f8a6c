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
from panshi.resilience.remedy.effort import Effort
from panshi.resilience.remedy.relaxed import COUNT, Programme, Proposal
from panshi.resilience.remedy.terms import Choice, Found, weight

ROUNDS = 12
"Proposals that are told before one gives up."
LOOKS = 40
"Layers tried by themselves where nothing is proven."
PARTS = 6
"What a part of the best choice buys is told as well: so many parts."


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
    effort: Effort


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
    if not proven:
        found.append(_repaired(offer, min(found, key=_rank), budget))
    found += _parts(offer, nothing, min(found, key=_rank))
    return Proposed(tuple(found), first.least, first.price // COUNT, proven=proven)


def _rounds(offer: Offer, budget: int | None) -> Iterator[tuple[Proposal, Found]]:
    """Propose and tell, until a proposal comes again."""
    programme = Programme(offer.graph, offer.turns, offer.costs, budget, offer.effort)
    own = _own(offer)
    seen: set[Choice] = set()
    for _round in range(ROUNDS):
        proposal = None if offer.effort.spent else programme.solve()
        if proposal is None or proposal.chosen in seen:
            return
        seen.add(proposal.chosen)
        told = offer.told(proposal.chosen)
        yield proposal, told
        for goal in sorted(told.missed):
            programme.hopeless(goal, own.get(goal.service, ()), proposal.chosen)


def _own(offer: Offer) -> dict[NodeId, list[NodeId]]:
    """Give what is offered to whom, cheapest first."""
    own: dict[NodeId, list[NodeId]] = {}
    layers = [each for each in offer.graph.layers if each.id in offer.costs]
    for layer in sorted(layers, key=lambda each: (each.cost, each.id)):
        own.setdefault(layer.serves, []).append(layer.id)
    return own


def _repaired(offer: Offer, best: Found, budget: int | None) -> Found:
    """Add to a choice what lets it miss less, critical services first, cheapest layer first."""
    own, looks = _own(offer), LOOKS
    needy = {goal.service for goal in best.missed}
    for name in sorted(needy, key=lambda each: (not offer.graph.by_id[each].critical, each)):
        for layer in own.get(name, ()):
            cost = best.cost + offer.costs[layer]
            if layer in best.chosen or looks == 0 or (budget is not None and cost > budget):
                continue
            looks -= 1
            told = offer.told(best.chosen | {layer})
            best = told if told.weight < best.weight else best
    return best


def _parts(offer: Offer, nothing: Found, best: Found) -> Iterator[Found]:
    """Tell parts of a choice, what gains most for its cost first."""
    taken: dict[NodeId, set[NodeId]] = {}
    for layer in offer.graph.layers:
        if layer.id in best.chosen:
            taken.setdefault(layer.serves, set()).add(layer.id)
    gained = nothing.missed - best.missed

    def worth(name: NodeId) -> tuple[float, NodeId]:
        goals = frozenset(each for each in gained if each.service == name)
        cost = sum(offer.costs[each] for each in taken[name])
        return -weight(offer.graph, goals) / max(cost, 1), name

    order = sorted(taken, key=worth)
    for part in range(1, PARTS):
        kept = order[: len(order) * part // PARTS]
        yield offer.told(frozenset(layer for name in kept for layer in taken[name]))


def _price(found: Found) -> int:
    return found.cost * COUNT + len(found.chosen)


def _rank(found: Found) -> tuple[int, int]:
    return found.weight, _price(found)
