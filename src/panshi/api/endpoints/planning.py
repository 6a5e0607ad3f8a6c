"""The cheapest path to a target, the one adopted, and the projects paths are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import given, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.shapes import Recorded
from panshi.api.texts import EstateQuery
from panshi.errors import MissingError
from panshi.governance.path.adoption import Progress
from panshi.governance.path.plan import Plan
from panshi.governance.path.wishes import wishes_of
from panshi.model.bodies.projects import Lift, Project, ProjectStatus, RoleHours
from panshi.node.node import Node
from panshi.node.planning import adopt, how_far, plan, withdraw
from panshi.node.projects import projects, put

type Estate = Annotated[str, Meta(max_length=200)]
type Name = Annotated[str, Meta(max_length=100)]
type List = Annotated[str, Meta(max_length=2000)]
type Quarters = Annotated[int, Meta(ge=1, le=40)]
type QuarterName = Annotated[str, Meta(pattern="^((19|20|21)[0-9]{2}Q[1-4])?$")]
type Money = Annotated[str, Meta(max_length=600, pattern="^[0-9_, ]*$")]
type Share = Annotated[int, Meta(ge=0, le=100)]
type Cost = Annotated[int, Meta(ge=0, le=10**12)]
type Title = Annotated[str, Meta(min_length=1, max_length=200)]
type Person = Annotated[str, Meta(max_length=200)]
type Note = Annotated[str, Meta(max_length=2000)]
type Hours = Annotated[dict[str, Annotated[int, Meta(ge=1, le=10**6)]], Meta(max_length=41)]
type Word = Annotated[str, Meta(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanQuery:
    """Target, limits and what-if."""

    framework: Name = "zt36"
    target: Name = ""
    "I to IV; `baseline` or `all` of frameworks without stages."
    estate: Estate = ""
    "The first estate without it."
    group: Name = ""
    "One pillar or chapter only."
    fields: List = ""
    "Fields in which it must hold, parted by commas; the whole estate without it."
    quarters: Quarters = 8
    begins: QuarterName = ""
    "First quarter; the next one without it."
    budget: Money = ""
    "TWD per quarter; one figure, or one for each parted by commas."
    total: Money = ""
    "TWD over all quarters."
    hours: List = ""
    "Hours per quarter of NICE work roles: `PD-WRL-001=480;IO-WRL-005=300`."
    without: List = ""
    "Projects that may not be chosen, parted by commas."
    force: List = ""
    "Projects that must be chosen, parted by commas."
    alternatives: Annotated[int, Meta(ge=0, le=20)] = 3
    curve: bool = True
    "Whether to tell what each amount of money buys."


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionAsked(PlanQuery):
    """Which path is adopted: the one these limits give now."""

    note: Note = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedQuery:
    """Of which framework."""

    framework: Name = "zt36"
    estate: Estate = ""
    "The first estate without it."
    group: Name = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftAsked:
    """What the project does to the evidence of one control."""

    control: Word
    "`<framework>/<control>`."
    fixes: Share = 0
    "Per cent of the failing items that pass afterwards."
    sees: Share = 0
    "Per cent of the unseen items that are seen afterwards."
    passing: Share = 100
    "Per cent of the newly seen items expected to pass."
    retests: Annotated[tuple[Word, ...], Meta(max_length=20)] = ()
    "Kinds of test repeated until passed."
    attests: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectAsked:
    """A project as it stands from now on."""

    title_zh: Title
    title_en: Title
    lifts: Annotated[tuple[LiftAsked, ...], Meta(min_length=1, max_length=200)]
    cost_low: Cost
    cost_likely: Cost
    cost_high: Cost
    quarters: Quarters
    owner: Annotated[str, Meta(min_length=1, max_length=200)]
    status: ProjectStatus = ProjectStatus.PROPOSED
    hours: (
        Annotated[dict[str, Annotated[int, Meta(ge=1, le=10**6)]], Meta(max_length=41)] | None
    ) = None
    "Hours by NICE work role."
    requires: Annotated[tuple[Word, ...], Meta(max_length=200)] = ()
    excludes: Annotated[tuple[Word, ...], Meta(max_length=200)] = ()
    note: Note = ""
    estate: Estate = ""
    "The first estate without it."


def path(node: Node, asked: Asked) -> Answered:
    """Answer the cheapest path in the same form as the command line."""
    return answered(_plan(node, queried(asked, PlanQuery)))


def adopted(node: Node, asked: Asked) -> Answered:
    """Answer how far the adopted path has come."""
    wanted = queried(asked, FollowedQuery)
    found = how_far(node, wanted.framework, wanted.estate or None, group=wanted.group)
    if found is None:
        raise MissingError(
            f"no path is adopted for {wanted.framework}", remedy="POST /api/v1/plan/adopted"
        )
    if not asked.may("evidence.personal"):
        found = replace(found, plan=replace(found.plan, adopted_by="", withdrawn_by=""))
    return answered(found)


def adopting(node: Node, asked: Asked) -> Answered:
    """Find the path anew and seal it as the one followed."""
    wanted = given(asked, AdoptionAsked)
    made = adopt(node, _plan(node, wanted), actor=asked.actor, note=wanted.note)
    return answered({"id": made}, status=201)


def withdrawing(node: Node, asked: Asked) -> Answered:
    """End the adopted path."""
    wanted = given(asked, FollowedQuery)
    made = withdraw(
        node, wanted.framework, wanted.estate or None, group=wanted.group, actor=asked.actor
    )
    return answered({"id": made}, status=201)


def listed(node: Node, asked: Asked) -> Answered:
    """Answer every project."""
    found = projects(node, queried(asked, EstateQuery).estate or None)
    return answered([_shown(each, asked) for each in found.values()])


def project(node: Node, asked: Asked) -> Answered:
    """Answer one project."""
    name = asked.names["project"]
    found = projects(node, queried(asked, EstateQuery).estate or None).get(name)
    if found is None:
        raise MissingError(f"there is no project {name!r}", remedy="GET /api/v1/projects")
    return answered(_shown(found, asked))


def putting(node: Node, asked: Asked) -> Answered:
    """Record a project anew."""
    wanted = given(asked, ProjectAsked)
    made = put(
        node,
        Project(
            id=asked.names["project"],
            title_zh=wanted.title_zh,
            title_en=wanted.title_en,
            lifts=tuple(_lift(each) for each in wanted.lifts),
            cost_low=wanted.cost_low,
            cost_likely=wanted.cost_likely,
            cost_high=wanted.cost_high,
            quarters=wanted.quarters,
            owner=wanted.owner,
            asserted_by=asked.actor,
            status=wanted.status,
            hours=tuple(
                RoleHours(role=role, hours=each) for role, each in (wanted.hours or {}).items()
            ),
            requires=wanted.requires,
            excludes=wanted.excludes,
            note=wanted.note,
        ),
        actor=asked.actor,
        estate_id=wanted.estate or None,
    )
    return answered({"id": made}, status=201)


def _lift(asked: LiftAsked) -> Lift:
    return Lift(
        control=asked.control,
        fixes=asked.fixes,
        sees=asked.sees,
        passing=asked.passing,
        retests=asked.retests,
        attests=asked.attests,
    )


def _plan(node: Node, wanted: PlanQuery) -> Plan:
    return plan(
        node,
        wanted.framework,
        wanted.target,
        wanted.estate or None,
        group=wanted.group,
        fields=tuple(wanted.fields.split(",")) if wanted.fields else ("",),
        wishes=wishes_of(
            quarters=wanted.quarters,
            begins=wanted.begins,
            budget=wanted.budget,
            total=wanted.total,
            hours=filter(None, wanted.hours.split(";")),
            without=wanted.without.split(","),
            force=wanted.force.split(","),
            alternatives=wanted.alternatives,
            curve=wanted.curve,
        ),
    )


def _shown(found: Project, asked: Asked) -> Project:
    """Give a project; who owns it is told to those who may see people."""
    if asked.may("evidence.personal"):
        return found
    return replace(found, owner="", asserted_by="")


ROUTES = (
    Route(
        method="GET",
        path="/plan",
        action="plan.view",
        handler=path,
        query=PlanQuery,
        answers=Plan,
        summary="The cheapest path to a target, or why there is none",
    ),
    Route(
        method="GET",
        path="/plan/adopted",
        action="plan.view",
        handler=adopted,
        query=FollowedQuery,
        answers=Progress,
        summary="How far the adopted path has come",
    ),
    Route(
        method="POST",
        path="/plan/adopted",
        action="plan.adopt",
        handler=adopting,
        body=AdoptionAsked,
        example={"target": "III", "note": "resolved for 2027"},
        answers=Recorded,
        statuses=(201,),
        summary="Adopt the path that these limits give now",
    ),
    Route(
        method="POST",
        path="/plan/withdrawn",
        action="plan.adopt",
        handler=withdrawing,
        body=FollowedQuery,
        example={"framework": "zt36"},
        answers=Recorded,
        statuses=(201,),
        summary="End the adopted path; its record stays",
    ),
    Route(
        method="GET",
        path="/projects",
        action="plan.view",
        handler=listed,
        query=EstateQuery,
        answers=tuple[Project, ...],
        summary="Projects that raise controls",
    ),
    Route(
        method="GET",
        path="/projects/{project}",
        action="plan.view",
        handler=project,
        query=EstateQuery,
        answers=Project,
        summary="One project",
    ),
    Route(
        method="PUT",
        path="/projects/{project}",
        action="project.change",
        handler=putting,
        body=ProjectAsked,
        example={
            "title_zh": "還原重做演練",
            "title_en": "Repeat the restore drill",
            "lifts": [{"control": "zt36/5-4", "fixes": 100, "retests": ["backup.restore_drill/1"]}],
            "cost_low": 500000,
            "cost_likely": 750000,
            "cost_high": 1400000,
            "quarters": 1,
            "owner": "deng.haoyu",
        },
        answers=Recorded,
        statuses=(201,),
        summary="Record a project anew",
    ),
)
