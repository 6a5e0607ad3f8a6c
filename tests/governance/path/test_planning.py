"""The path re-assessed: what is promised is what the judge says, and what evidence brings."""

import pytest

from panshi.governance.path.plan import ObstacleKind, RelaxationKind, Wishes
from panshi.governance.path.program import Outcome
from tests.governance.assessment.worlds import River
from tests.governance.path.worlds import World


@pytest.mark.parametrize("seed", range(60))
def test_a_path_re_assessed_reaches_its_target(seed):
    # Given a random bank and random projects
    world = World(seed)
    projects = world.projects()
    # When the cheapest path to stage II is sought
    plan = world.plan(projects)
    if not plan.reachable:
        # Then something is named that no project makes hold
        assert plan.obstacles
        return
    # Then the judge finds the target reached
    assert plan.optimal
    assert plan.after.reached
    assert plan.after.stage == 2
    # And evidence that comes in as forecast brings the stage, by an assessor that knows no plan
    lifts = [lift for step in plan.projects for lift in projects[step.id].lifts]
    found = world.assessor(world.done(lifts)).stage("f")
    assert found.without_exceptions >= 2


@pytest.mark.parametrize("seed", range(60))
def test_nothing_chosen_is_spare(seed):
    world = World(seed)
    plan = world.plan(world.projects())
    for step in plan.projects:
        assert step.because


@pytest.mark.parametrize("seed", range(30))
def test_steps_tell_of_the_verdicts_one_after_the_other(seed):
    world = World(seed)
    plan = world.plan(world.projects())
    # Given the figures of each control through the steps
    last = {each.control: each for each in plan.missing}
    for step in plan.projects:
        for change in step.changes:
            if change.needed:
                assert change.before == last[change.before.control]
                last[change.before.control] = change.after
    # Then in the end every control that was missing holds
    assert all(each.met for each in last.values() if plan.reachable)


@pytest.mark.parametrize("seed", range(30))
def test_the_curve_rises_to_the_path(seed):
    plan = World(seed).plan(World(seed).projects())
    costs = [each.cost for each in plan.curve]
    held = [each.controls for each in plan.curve]
    assert costs == sorted(set(costs))
    assert held == sorted(set(held))
    if plan.reachable and plan.projects:
        assert (costs[-1], held[-1]) == (plan.cost, len(plan.missing))


def test_what_no_project_lifts_is_named():
    # Given a bank whose projects do nothing for the gate's clauses
    world = next(World(seed) for seed in range(99) if not _holds(World(seed), "law/1"))
    projects = {name: each for name, each in world.projects().items() if name == "A"}
    # When a path is sought
    plan = world.plan(projects)
    # Then the clause is named, not a limit
    kinds = {(each.control, each.kind) for each in plan.obstacles}
    assert ("law/1", ObstacleKind.NO_PROJECT) in kinds
    assert not plan.relaxations


def _holds(world, key):
    return world.assessor().judge.verdict(key).met


def test_limits_that_are_too_tight_say_what_would_do():
    # Given a path under no limit
    world = next(w for w in map(World, range(99)) if _worth(w))
    projects = world.projects()
    free = World(world.seed)
    plan = free.plan(free.projects())
    # When there is one dollar less in all
    tight = world.plan(projects, Wishes(total=plan.cost - 1))
    # Then it is out of reach, and one dollar more would do
    assert tight.outcome is Outcome.INFEASIBLE
    assert [each.kind for each in tight.obstacles] == [ObstacleKind.LIMITS]
    by = {each.kind: each.by for each in tight.relaxations}
    assert by[RelaxationKind.TOTAL] == 1


def _worth(world):
    plan = World(world.seed).plan(World(world.seed).projects())
    return plan.reachable and plan.cost > 0


def test_a_path_leans_on_no_exception():
    # Given a control that fails and a live exception over all of it
    world = next(w for w in map(World, range(99)) if _failing(w))
    river = River(sealed=list(world.river.sealed))
    river.exception("1")
    world.river = river
    judge = world.assessor().judge
    assert judge.verdict("f/1").met
    assert not judge.verdict("f/1").met_without_exceptions
    # When a path is sought
    plan = world.plan(world.projects())
    # Then the control is among what is missing, and it is said that an exception holds it up
    assert "f/1" in {each.control for each in plan.missing}
    assert "f/1" in plan.pressed


def _failing(world):
    verdict = world.assessor().judge.verdict("f/1")
    return not verdict.met and verdict.tally.failing and not verdict.tally.unseen


def test_what_may_not_be_chosen_is_not_and_what_must_is():
    world = next(w for w in map(World, range(99)) if _worth(w))
    fresh = World(world.seed)
    plan = fresh.plan(fresh.projects())
    chosen = {each.id for each in plan.projects}
    dropped = min(chosen)
    again = World(world.seed)
    without = again.plan(again.projects(), Wishes(without=(dropped,)))
    assert dropped not in {each.id for each in without.projects}
    spare = min(set(world.projects()) - chosen)
    other = World(world.seed)
    forced = other.plan(other.projects(), Wishes(force=(spare,)))
    assert spare in {each.id for each in forced.projects}
    assert forced.cost >= plan.cost
