"""One disaster as a board reads it, its sealing, and what the sector may be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict

from msgspec import Meta

from panshi.api.asked import given, queried
from panshi.api.exchange import Answered, Asked, answered, nothing_more
from panshi.api.route import Route
from panshi.model.alliance.marking import Tlp
from panshi.model.observation import ObservationId
from panshi.model.resilience.dependence import DependenceExtract
from panshi.node.node import Node
from panshi.node.resilience.dependence import extract_of
from panshi.node.resilience.sealing import TRIALS, seal_continuity
from panshi.node.resilience.sealing_order import (
    SealingState,
    order_sealing,
    sealing_of,
    stop_sealing,
)
from panshi.node.resilience.story import story_of
from panshi.node.resilience.story_answers import StoryAnswer, story_answer

MOST_TRIALS = 20_000
"Of each disaster in one request; the command line plays more."
_HERE = "/estates/{estate}/continuity"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryQuery:
    """Which disaster."""

    scenario: Annotated[str, Meta(max_length=80)] = ""
    "Id of a scenario; left out: the first of the institution."


@dataclass(frozen=True, slots=True, kw_only=True)
class SealAsked:
    """Which disasters are played before they are sealed, and how often."""

    scenarios: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=80)], ...], Meta(max_length=50)
    ] = ()
    "Ids of scenarios; left out: every one the institution looks at."
    trials: Annotated[int, Meta(ge=0, le=MOST_TRIALS)] = TRIALS
    "Of each disaster; 0: no simulation, so no probabilities."
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 1


class SealedShape(TypedDict):
    """What was sealed."""

    sealed: tuple[ObservationId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingAnswer:
    """How far an order to seal has come; all empty where nothing is ordered."""

    under_way: bool = False
    done: tuple[str, ...] = ()
    "Scenarios that were sealed since."
    waiting: tuple[str, ...] = ()
    "The first of them is being worked out while the order is under way."
    trials: int = 0
    seed: int = 0
    ordered_by: str = ""
    ordered_at: datetime | None = None
    stopped: str = ""
    "Why it could not go on."


@dataclass(frozen=True, slots=True, kw_only=True)
class DependenceQuery:
    """How it would be marked."""

    tlp: Tlp = Tlp.AMBER


def story(node: Node, asked: Asked) -> Answered:
    """Answer the likely course of a disaster."""
    query = queried(asked, StoryQuery)
    return answered(story_answer(story_of(node, asked.names["estate"], query.scenario)))


def seal(node: Node, asked: Asked) -> Answered:
    """Work out what the plan bears and seal it."""
    wanted = given(asked, SealAsked)
    made = seal_continuity(
        node,
        actor=asked.actor,
        estate_id=asked.names["estate"],
        wanted=wanted.scenarios,
        trials=wanted.trials,
        seed=wanted.seed,
    )
    return answered(SealedShape(sealed=made), status=201)


def order(node: Node, asked: Asked) -> Answered:
    """Have it done by the serving process, one disaster after another."""
    wanted = given(asked, SealAsked)
    made = order_sealing(
        node,
        asked.names["estate"],
        actor=asked.actor,
        wanted=wanted.scenarios,
        trials=wanted.trials,
        seed=wanted.seed,
    )
    return answered(_sealing(made), status=202)


def sealing(node: Node, asked: Asked) -> Answered:
    """Answer how far it has come."""
    return answered(_sealing(sealing_of(node, asked.names["estate"])))


def take_back(node: Node, asked: Asked) -> Answered:
    """End it after the disaster that is being worked out."""
    stop_sealing(node, asked.names["estate"], actor=asked.actor)
    return nothing_more()


def _sealing(state: SealingState | None) -> SealingAnswer:
    if state is None:
        return SealingAnswer()
    ordered = state.order
    return SealingAnswer(
        under_way=not ordered.stopped,
        done=state.done,
        waiting=state.waiting,
        trials=ordered.trials,
        seed=ordered.seed,
        ordered_by=ordered.ordered_by,
        ordered_at=ordered.ordered_at,
        stopped=ordered.stopped,
    )


def dependence(node: Node, asked: Asked) -> Answered:
    """Answer what would be said; nothing leaves."""
    query, estate = queried(asked, DependenceQuery), asked.names["estate"]
    return answered(extract_of(node, member="", tlp=query.tlp, estate_id=estate))


ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=f"{_HERE}/story",
        action="continuity.view",
        handler=story,
        query=StoryQuery,
        answers=StoryAnswer,
        summary="One disaster: which services are late, why, and the cheapest remedy",
    ),
    Route(
        method="POST",
        path=f"{_HERE}/seal",
        action="continuity.seal",
        handler=seal,
        body=SealAsked,
        example={"scenarios": ["cable-cut"], "trials": 1000, "seed": 1},
        answers=SealedShape,
        statuses=(201,),
        summary="Work out what the plan bears, play the disasters, and seal both",
    ),
    Route(
        method="POST",
        path=f"{_HERE}/sealing",
        action="continuity.seal",
        handler=order,
        body=SealAsked,
        example={"trials": 1000, "seed": 1},
        answers=SealingAnswer,
        statuses=(202,),
        summary="Order the same of the serving process, which seals one disaster after another",
    ),
    Route(
        method="GET",
        path=f"{_HERE}/sealing",
        action="continuity.view",
        handler=sealing,
        answers=SealingAnswer,
        summary="How far the order to seal has come",
    ),
    Route(
        method="DELETE",
        path=f"{_HERE}/sealing",
        action="continuity.seal",
        handler=take_back,
        statuses=(204,),
        summary="Take the order to seal back; what was sealed stays",
    ),
    Route(
        method="GET",
        path=f"{_HERE}/dependence",
        action="continuity.view",
        handler=dependence,
        query=DependenceQuery,
        answers=DependenceExtract,
        summary="What each supplier, site, cloud and component takes down, as told to the sector",
    ),
)
