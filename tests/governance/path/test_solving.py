"""The planner against the truth by trying everything, and against the rules people use."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.governance.path.comparing import greedy, per_control
from panshi.governance.path.instance import Candidate, Corner, Effect, Instance, Limits, Need, holds
from panshi.governance.path.program import Outcome, Purse
from panshi.governance.path.solving import cheapest, place, smallest_raise
from tests.simulators.paths import cover, partial

NONE = (10**18, 10**6)


def fits(instance, starts):
    """Whether projects in quarters keep every rule; written apart from the engine."""
    return _in_order(instance, starts) and _within_limits(instance, starts)


def _in_order(instance, starts):
    candidates = instance.candidates
    for number, start in starts.items():
        project = candidates[number]
        if start + project.quarters > instance.limits.quarters:
            return False
        if any(other in starts for other in project.excludes):
            return False
        for other in project.requires:
            if other not in starts or starts[other] + candidates[other].quarters > start:
                return False
    return True


def _within_limits(instance, starts):
    limits, candidates = instance.limits, instance.candidates
    spent = [0] * limits.quarters
    worked = {role: [0] * limits.quarters for role, _ in limits.hours}
    for number, start in starts.items():
        project = candidates[number]
        for at in range(project.quarters):
            spent[start + at] += project.spread(project.cost)[at]
            for role, hours in project.hours:
                if role in worked:
                    worked[role][start + at] += project.spread(hours)[at]
    if limits.budget and any(a > b for a, b in zip(spent, limits.budget, strict=True)):
        return False
    if limits.total is not None and sum(spent) > limits.total:
        return False
    return all(
        a <= b for role, each in limits.hours for a, b in zip(worked[role], each, strict=True)
    )


def brute(instance):
    """Try every subset with every schedule; give least cost and, among these, the earliest end."""
    best = NONE
    count = len(instance.candidates)
    for mask in range(1 << count):
        chosen = [number for number in range(count) if mask >> number & 1]
        cost = instance.cost(chosen)
        if cost > best[0] or not all(
            instance.holds(at, chosen) for at in range(len(instance.needs))
        ):
            continue
        ends = earliest_end(instance, chosen, best[1] if cost == best[0] else NONE[1])
        if ends is not None:
            best = min(best, (cost, ends))
    return best


def earliest_end(instance, chosen, below):
    """Search the schedules of chosen projects, one project after the other."""
    candidates, quarters = instance.candidates, instance.limits.quarters
    order = sorted(chosen, key=lambda number: instance.earliest[number])
    best = None

    def search(at, starts):
        nonlocal best
        if at == len(order):
            if fits(instance, starts):
                end = max((s + candidates[n].quarters for n, s in starts.items()), default=0)
                best = end if best is None else min(best, end)
            return
        number = order[at]
        for start in range(quarters - candidates[number].quarters + 1):
            end = start + candidates[number].quarters
            if end >= (below if best is None else min(best, below)) and end > below:
                continue
            required = candidates[number].requires
            if any(r not in starts or starts[r] + candidates[r].quarters > start for r in required):
                continue
            search(at + 1, {**starts, number: start})

    if instance.limits.budget or instance.limits.hours:
        search(0, {})
        return best
    starts = {number: instance.earliest[number] for number in chosen}
    if not fits(instance, starts):
        return None
    return max((s + candidates[n].quarters for n, s in starts.items()), default=0)


def check(instance):
    found, (cost, ends) = cheapest(instance), brute(instance)
    if cost == NONE[0]:
        assert found.outcome is Outcome.INFEASIBLE
        return
    assert found.outcome is Outcome.OPTIMAL
    assert found.cost == cost == found.bound
    assert fits(instance, found.starts)
    assert all(instance.holds(at, found.chosen) for at in range(len(instance.needs)))
    last = max((s + instance.candidates[n].quarters for n, s in found.starts.items()), default=0)
    assert last == ends
    assert found.earliest or not found.starts


@pytest.mark.parametrize("seed", range(100))
def test_the_cheapest_equals_trying_everything(seed):
    # Given 6 to 12 projects over a few quarters, without limits of quarters
    check(partial(seed, needs=2 + seed % 5, projects=6 + seed % 7, quarters=2 + seed % 4))


@pytest.mark.parametrize("seed", range(60))
def test_so_it_does_under_budgets_and_hours(seed):
    # Given few projects, budgets for every second and hours for every third instance
    instance = partial(
        1000 + seed,
        needs=2 + seed % 2,
        projects=4 + seed % 4,
        quarters=2 + seed % 2,
        budgets=seed % 2 == 0,
        hours=seed % 3 == 0,
    )
    check(instance)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_so_it_does_with_fifteen_projects(seed):
    check(partial(2000 + seed, needs=3 + seed % 4, projects=15, quarters=3))


@pytest.mark.parametrize("seed", range(100))
def test_it_is_never_dearer_than_greedy_or_each_control_alone(seed):
    # Given the recipe of the specification: 36 controls, 60 projects, every pillar at III
    instance = cover(seed)
    # When the path is sought and the simpler rules are followed
    found = cheapest(instance)
    simple = (greedy(instance), per_control(instance, Purse()))
    # Then it is proved and costs no more, and the rules do reach the target
    assert found.outcome is Outcome.OPTIMAL
    for chosen in simple:
        assert chosen is not None
        assert all(instance.holds(at, chosen) for at in range(len(instance.needs)))
        assert found.cost <= instance.cost(chosen)


def test_the_same_problem_always_has_the_same_answer():
    instance = partial(7, needs=12, projects=60, quarters=8, budgets=True, hours=True)
    assert cheapest(instance) == cheapest(instance)


def test_what_is_required_is_done_before():
    # Given a project that requires another, both of two quarters
    needs = (Need(key="a", failing=4, corners=(Corner(unseen=0, failing=0),)),)
    candidates = (
        Candidate(id="first", cost=1, quarters=2),
        Candidate(
            id="second", cost=1, quarters=2, requires=(0,), effects=(Effect(need=0, fixes=100),)
        ),
    )
    # When there are four quarters, it fits; with three it does not
    found = cheapest(Instance(needs=needs, candidates=candidates, limits=Limits(quarters=4)))
    assert found.starts == {0: 0, 1: 2}
    short = cheapest(Instance(needs=needs, candidates=candidates, limits=Limits(quarters=3)))
    assert short.outcome is Outcome.INFEASIBLE


def test_parts_add_up_and_only_up():
    # Given two projects of 60 per cent over ten items, of which one may fail
    needs = (Need(key="a", failing=10, corners=(Corner(unseen=0, failing=1),)),)
    both = tuple(
        Candidate(id=name, cost=5, effects=(Effect(need=0, fixes=60),)) for name in ("p", "q")
    )
    # Then neither alone suffices and both together do
    one = Instance(needs=needs, candidates=both[:1], limits=Limits(quarters=1))
    assert not cheapest(one).found
    two = Instance(needs=needs, candidates=both, limits=Limits(quarters=1))
    assert cheapest(two).chosen == {0, 1}


def test_sight_that_finds_failures_is_not_free():
    # Given a control that holds with eight of ten unseen, and one that needs sight
    held = Need(key="held", failing=0, unseen=8, corners=(Corner(unseen=8, failing=0),), holds=True)
    wanted = Need(key="wanted", failing=1, corners=(Corner(unseen=0, failing=0),))
    look = Candidate(
        id="look",
        cost=1,
        effects=(Effect(need=0, sees=100, passing=50), Effect(need=1, fixes=100)),
    )
    plain = Candidate(id="plain", cost=9, effects=(Effect(need=1, fixes=100),))
    # Then the dearer one is taken: the cheaper would bring failures to light
    found = cheapest(
        Instance(needs=(held, wanted), candidates=(look, plain), limits=Limits(quarters=1))
    )
    assert found.chosen == {1}


def test_the_smallest_raise_is_the_smallest():
    # Given a problem whose budget is too small
    instance = partial(0, needs=4, projects=9, quarters=3)
    free = cheapest(instance)
    tight = replace(instance, limits=replace(instance.limits, budget=(free.cost // 9,) * 3))
    assert not cheapest(tight).found
    # When the smallest raise is asked for
    by = smallest_raise(tight, "", Purse())
    # Then it suffices and one dollar less does not
    assert by

    def raised(more):
        budget = tuple(each + more for each in tight.limits.budget)
        return replace(tight, limits=replace(tight.limits, budget=budget))

    assert cheapest(raised(by)).found
    assert not cheapest(raised(by - 1)).found


def test_a_placing_says_when_there_is_none():
    instance = partial(5, needs=3, projects=8, quarters=3, budgets=True)
    nothing = replace(instance, limits=replace(instance.limits, budget=(0, 0, 0)))
    assert place(nothing, frozenset({0}), Purse()).outcome is Outcome.INFEASIBLE


def test_an_empty_purse_finds_nothing_and_claims_nothing():
    found = cheapest(cover(0), purse=Purse(0.0))
    assert found.outcome is Outcome.UNKNOWN
    assert not found.found


@settings(max_examples=60)
@given(
    failing=st.integers(0, 40),
    unseen=st.integers(0, 40),
    shares=st.lists(
        st.tuples(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100)), max_size=4
    ),
    corner=st.tuples(st.integers(0, 20), st.integers(0, 20)),
)
def test_program_and_arithmetic_agree_on_what_holds(failing, unseen, shares, corner):
    # Given one need and projects that are all forced
    need = Need(
        key="a",
        failing=failing,
        unseen=unseen,
        corners=(Corner(unseen=corner[0], failing=corner[1]),),
    )
    effects = [Effect(need=0, fixes=f, sees=s, passing=p) for f, s, p in shares]
    instance = Instance(
        needs=(need,),
        candidates=tuple(
            Candidate(id=str(at), cost=0, effects=(each,)) for at, each in enumerate(effects)
        ),
        limits=Limits(quarters=1),
        forced=frozenset(range(len(effects))),
    )
    # Then the program finds a path exactly where the arithmetic says that the need holds
    assert cheapest(instance).found == holds(need, effects)


@pytest.mark.parametrize(("count", "quarters"), list(product((0, 1, 7), (1, 3))))
def test_spreading_loses_nothing(count, quarters):
    assert sum(Candidate(id="a", cost=0, quarters=quarters).spread(count)) == count
