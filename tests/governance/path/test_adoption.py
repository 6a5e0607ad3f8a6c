"""An adopted path: sealed with what it was found on; progress comes from register and verdicts."""

from dataclasses import replace

import pytest

from panshi.errors import UsageError
from panshi.governance.path.adoption import KIND, body_of, in_force, progress, series
from panshi.governance.path.plan import Wishes
from panshi.model.bodies.projects import ProjectStatus
from tests.governance.assessment.worlds import BANK, TODAY, River
from tests.governance.path.worlds import World


@pytest.fixture(scope="module")
def planned():
    for seed in range(99):
        world = World(seed)
        projects = world.projects()
        plan = world.plan(projects)
        if plan.reachable and len(plan.projects) > 1:
            return plan, projects
    raise AssertionError


def sealed(*bodies):
    river = River()
    for days, body in enumerate(reversed(bodies), start=1):
        river.add(KIND, body, facet=series(body.framework, body.group), days_ago=days)
    return river.sealed


def test_the_newest_path_of_a_framework_is_followed(planned):
    body = body_of(planned[0], by="Lin", day=TODAY, note="first")
    later = replace(body, note="second")
    found = in_force(sealed(body, later), {BANK})
    assert [each.plan.note for each in found.values()] == ["second"]


def test_a_withdrawn_path_is_followed_no_more(planned):
    body = body_of(planned[0], by="Lin", day=TODAY)
    assert in_force(sealed(body, replace(body, withdrawn_by="Lin")), {BANK}) == {}


def test_progress_is_computed_and_late_is_late(planned):
    plan, projects = planned
    body = body_of(plan, by="Lin", day=TODAY)
    (adopted,) = in_force(sealed(body), {BANK}).values()
    first = plan.projects[0].id
    known = projects | {first: replace(projects[first], status=ProjectStatus.DONE)}
    # Given one project done and one control holding, on the day of adopting
    now = progress(adopted, known, {body.controls[0]}, TODAY)
    assert (now.done, now.late) == ((first,), ())
    assert now.holding == body.controls[:1]
    assert not now.hollow
    # When years go by, what is not done is late
    later = progress(adopted, known, set(), TODAY.replace(year=TODAY.year + 5))
    assert set(later.late) == {each.id for each in plan.projects} - {first}
    # And where every project is done and controls do not hold, that is said
    every = {name: replace(each, status=ProjectStatus.DONE) for name, each in projects.items()}
    assert progress(adopted, every, set(), TODAY).hollow == body.controls


def test_a_path_that_leads_nowhere_cannot_be_adopted(planned):
    world = World(1)
    nowhere = world.plan({}, Wishes())
    with pytest.raises(UsageError):
        body_of(nowhere, by="Lin", day=TODAY)
    with pytest.raises(UsageError):
        body_of(replace(planned[0], projects=()), by="Lin", day=TODAY)
