"""The story of a disaster in the JSON form command line and console share."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.node.resilience.board_story import sentence
from panshi.node.resilience.story import Story
from panshi.report.disaster_words import layer_words, name_of, service_words
from panshi.resilience.story.tale import Course, Fate, ServiceTale


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerTold:
    """One layer of one service."""

    layer: str
    kind: str
    fate: Fate
    ready_minutes: float | None
    chosen: bool
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTold:
    """One service."""

    service: str
    name: str
    critical: bool
    rto_minutes: float | None
    lost_at_minutes: float | None
    "Null: it was never lost."
    outage_minutes: float | None
    "Null: it is not back within the horizon."
    data_lost_minutes: float
    late: bool
    down: tuple[tuple[float, float], ...]
    layers: tuple[LayerTold, ...]
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyTold:
    """The cheapest remedy as it was sealed."""

    layers: tuple[str, ...]
    cost: int
    proven: bool
    services: tuple[ServiceTold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryAnswer:
    """One disaster on one estate."""

    estate: str
    demo: bool
    scenario: str
    zh: str
    en: str
    services: tuple[ServiceTold, ...]
    remedy: RemedyTold | None
    evidence: str
    "Id of what was sealed; empty where nothing was."
    current: bool


def story_answer(found: Story) -> StoryAnswer:
    """Give the story as values."""
    remedy = found.remedy
    return StoryAnswer(
        estate=found.estate,
        demo=found.demo,
        scenario=found.scenario.id,
        zh=sentence(found, chinese=True),
        en=sentence(found, chinese=False),
        services=_services(found, found.course),
        remedy=RemedyTold(
            layers=tuple(each.id for each in remedy.added),
            cost=remedy.cost,
            proven=remedy.proven and found.current,
            services=_services(found, remedy.course),
        )
        if remedy is not None
        else None,
        evidence=found.sealed.id if found.sealed is not None else "",
        current=found.current,
    )


def _services(found: Story, course: Course) -> tuple[ServiceTold, ...]:
    return tuple(_service(found, each) for each in course.services)


def _service(found: Story, tale: ServiceTale) -> ServiceTold:
    graph = found.graph if found.remedy is None else found.remedy.graph
    return ServiceTold(
        service=tale.node.id,
        name=name_of(graph, tale.node.id, chinese=True),
        critical=tale.node.critical,
        rto_minutes=tale.node.rto,
        lost_at_minutes=tale.lost_at,
        outage_minutes=tale.outage if tale.lost else 0.0,
        data_lost_minutes=tale.loss,
        late=tale.late,
        down=tale.down,
        layers=tuple(
            LayerTold(
                layer=each.layer.id,
                kind=each.layer.kind,
                fate=each.fate,
                ready_minutes=each.ready,
                chosen=each.chosen,
                zh=layer_words(graph, each, chinese=True),
                en=layer_words(graph, each, chinese=False),
            )
            for each in tale.layers
        ),
        zh=service_words(graph, tale, chinese=True),
        en=service_words(graph, tale, chinese=False),
    )
