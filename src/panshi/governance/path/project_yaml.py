"""Projects from YAML, strictly: every problem names its line, nothing is ignored."""

from __future__ import annotations

import yaml

from panshi.governance.frameworks.reading import Part, parsed
from panshi.governance.path.register import MOST_COST, MOST_HOURS, MOST_QUARTERS, PER_CENT
from panshi.model.bodies.projects import Lift, Project, ProjectStatus, RoleHours
from panshi.model.project_layout import FORMAT_VERSION, Placed


def projects_of_yaml(raw: bytes, *, source: str) -> tuple[Placed, ...]:
    """Read a file of projects."""
    keys = parsed(raw, source=source).keys(required="panshi_projects projects")
    version = keys["panshi_projects"].whole()
    if version != FORMAT_VERSION:
        raise keys["panshi_projects"].refuse(
            f"version {version} is not known", f"write panshi_projects: {FORMAT_VERSION}"
        )
    found = [Placed(place=part.place, project=_project(part)) for part in keys["projects"].items()]
    first: dict[str, str] = {}
    for part, each in zip(keys["projects"].items(), found, strict=True):
        if each.project.id in first:
            raise part.refuse(
                f"project {each.project.id} is there twice", f"see {first[each.project.id]}"
            )
        first[each.project.id] = each.place
    return tuple(found)


def _project(part: Part) -> Project:
    keys = part.keys(
        required="id title_zh title_en owner cost quarters lifts",
        optional="asserted_by status hours requires excludes note",
    )
    cost = keys["cost"].keys(required="low likely high")
    figures = {name: cost[name].whole(low=0, high=MOST_COST) for name in cost}
    return Project(
        id=keys["id"].text(),
        title_zh=keys["title_zh"].text(),
        title_en=keys["title_en"].text(),
        owner=keys["owner"].text(),
        asserted_by=keys["asserted_by"].text() if "asserted_by" in keys else "",
        status=keys["status"].word(ProjectStatus) if "status" in keys else ProjectStatus.PROPOSED,
        cost_low=figures["low"],
        cost_likely=figures["likely"],
        cost_high=figures["high"],
        quarters=keys["quarters"].whole(low=1, high=MOST_QUARTERS),
        hours=_hours(keys["hours"]) if "hours" in keys else (),
        requires=_texts(keys.get("requires")),
        excludes=_texts(keys.get("excludes")),
        lifts=tuple(_lift(each) for each in keys["lifts"].items()),
        note=keys["note"].text() if "note" in keys else "",
    )


def _hours(part: Part) -> tuple[RoleHours, ...]:
    if not isinstance(part.node, yaml.MappingNode):
        raise part.refuse("hours by role are expected here", "write {PD-WRL-001: 120}")
    return tuple(
        RoleHours(
            role=Part(node=role, source=part.source).text(),
            hours=Part(node=hours, source=part.source).whole(low=1, high=MOST_HOURS),
        )
        for role, hours in part.node.value
    )


def _texts(part: Part | None) -> tuple[str, ...]:
    return part.texts() if part is not None else ()


def _lift(part: Part) -> Lift:
    keys = part.keys(required="control", optional="fixes sees passing retests attests")

    def share(name: str, otherwise: int) -> int:
        return keys[name].whole(low=0, high=PER_CENT) if name in keys else otherwise

    return Lift(
        control=keys["control"].text(),
        fixes=share("fixes", 0),
        sees=share("sees", 0),
        passing=share("passing", PER_CENT),
        retests=_texts(keys.get("retests")),
        attests=keys["attests"].flag() if "attests" in keys else False,
    )
