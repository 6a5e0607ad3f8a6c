"""Projects: the newest record counts, and what makes no sense is refused."""

from dataclasses import replace

import pytest

from panshi.governance.path.register import KIND, circle, faults, register
from panshi.model.bodies.projects import Lift, Project, ProjectStatus, RoleHours
from tests.governance.assessment.worlds import (
    BANK,
    DRILL,
    River,
    attested,
    contradicted_by_drills,
    control,
)

CONTROLS = {
    each.key: each
    for each in (contradicted_by_drills(), attested("a"), control("w", made_of=("f/c",)))
}
GOOD = Project(
    id="P-1",
    title_zh="專案",
    title_en="Project",
    lifts=(Lift(control="f/c", fixes=50, retests=(DRILL,)), Lift(control="f/a", attests=True)),
    cost_low=1,
    cost_likely=2,
    cost_high=3,
    quarters=2,
    owner="Chen",
    asserted_by="Lin",
    hours=(RoleHours(role="PD-WRL-001", hours=10),),
    requires=("P-2",),
)


def wrong(project):
    return [
        each.part
        for each in faults(project, known={"P-1", "P-2"}, controls=CONTROLS, roles={"PD-WRL-001"})
    ]


def test_a_sound_project_has_no_fault():
    assert wrong(GOOD) == []


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"id": "a b"}, "id"),
        ({"id": "new"}, "id"),
        ({"title_zh": " "}, "title_zh"),
        ({"owner": ""}, "owner"),
        ({"cost_low": 5}, "cost_likely"),
        ({"cost_low": -1}, "cost_likely"),
        ({"quarters": 0}, "quarters"),
        ({"requires": ("P-1",)}, "requires"),
        ({"requires": ("P-9",)}, "requires"),
        ({"excludes": ("P-9",)}, "excludes"),
        ({"hours": (RoleHours(role="CTO", hours=1),)}, "hours"),
        ({"hours": (RoleHours(role="PD-WRL-001", hours=0),)}, "hours"),
        ({"lifts": ()}, "lifts"),
        ({"lifts": (Lift(control="f/x", fixes=1),)}, "lifts"),
        ({"lifts": (Lift(control="f/c"),)}, "lifts"),
        ({"lifts": (Lift(control="f/c", fixes=101),)}, "lifts"),
        ({"lifts": (Lift(control="f/c", attests=True),)}, "lifts"),
        ({"lifts": (Lift(control="f/a", fixes=10),)}, "lifts"),
        ({"lifts": (Lift(control="f/w", fixes=10),)}, "lifts"),
        ({"lifts": (Lift(control="f/c", retests=("tls.endpoint/1",)),)}, "lifts"),
    ],
)
def test_each_fault_is_found(changes, part):
    assert part in wrong(replace(GOOD, **changes))


def test_the_newest_record_of_a_project_counts():
    river = River()
    river.add(KIND, GOOD, facet="P-1", days_ago=5)
    river.add(KIND, replace(GOOD, status=ProjectStatus.DONE), facet="P-1", days_ago=2)
    river.add(KIND, replace(GOOD, id="P-3"), subject="institution:other", facet="P-3")
    found = register(river.sealed, {BANK})
    assert {name: each.project.status for name, each in found.items()} == {
        "P-1": ProjectStatus.DONE
    }


def test_a_circle_of_requirements_is_found():
    assert circle({"a": ("b",), "b": ("c",), "c": ()}) == ()
    assert set(circle({"a": ("b",), "b": ("a",), "c": ()})) == {"a", "b"}
    assert circle({str(n): (str(n + 1),) for n in range(5000)}) == ()
