"""Paths and projects through the node: recorded, found, adopted, followed; the demo bank's too."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from panshi.errors import BadInputError, UsageError
from panshi.governance.path.plan import Wishes
from panshi.model.bodies.hosts import KernelParameters
from panshi.model.bodies.projects import Lift, Project, ProjectStatus
from panshi.model.observation import Observation
from panshi.node.demo import DEMO_BANK
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.planning import adopt, adopted, how_far, plan, withdraw
from panshi.node.projects import import_file, projects, put, registered
from panshi.report.project_files import projects_xlsx, projects_yaml
from tests.simulators.small_estate import NOW, small_estate

CONTROL = "machine/M-5"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with Node.open(Home(path=tmp_path / "home"), clock=lambda: NOW) as opened:
        opened.commit_estate(small_estate(), by="tester")
        yield opened


def project(name: str = "P-1", **changes: object) -> Project:
    values: dict[str, object] = {
        "id": name,
        "title_zh": "核心參數",
        "title_en": "Kernel parameters",
        "lifts": (Lift(control=CONTROL, fixes=100, sees=100),),
        "cost_low": 100,
        "cost_likely": 200,
        "cost_high": 400,
        "quarters": 1,
        "owner": "Chen",
        "asserted_by": "Lin",
    }
    return Project(**(values | changes))  # type: ignore[arg-type]


def test_a_project_is_recorded_sealed_and_read_back(node: Node) -> None:
    made = put(node, project(), actor="tester")
    assert registered(node)["P-1"].sealed.id == made
    put(node, project(status=ProjectStatus.RUNNING), actor="tester")
    assert projects(node)["P-1"].status is ProjectStatus.RUNNING


def test_a_senseless_project_leaves_nothing_behind(node: Node) -> None:
    before = node.log.size()
    for wrong in (
        project(lifts=(Lift(control="machine/M-99", fixes=1),)),
        project(requires=("P-2",)),
        project(cost_low=999),
    ):
        with pytest.raises(BadInputError):
            put(node, wrong, actor="tester")
    assert node.log.size() == before


def test_projects_that_require_each_other_are_refused(node: Node) -> None:
    put(node, project(), actor="tester")
    put(node, project("P-2", requires=("P-1",)), actor="tester")
    with pytest.raises(BadInputError, match="circle"):
        put(node, project(requires=("P-2",)), actor="tester")


@pytest.mark.parametrize("ending", ["yaml", "xlsx"])
def test_a_file_is_previewed_then_recorded_whole(node: Node, tmp_path: Path, ending: str) -> None:
    # Given one project recorded, and a file with it, a change of it and a new one
    put(node, project(), actor="tester")
    wanted = (project(cost_high=500), project("P-2"))
    path = tmp_path / f"p.{ending}"
    path.write_bytes(projects_yaml(wanted) if ending == "yaml" else projects_xlsx(wanted))
    # When it is previewed, nothing is recorded
    size = node.log.size()
    seen = import_file(node, path, actor="tester", commit=False)
    assert (seen.added, seen.changed, seen.unchanged) == (("P-2",), ("P-1",), 0)
    assert node.log.size() == size
    # When it is recorded twice, the second time changes nothing
    import_file(node, path, actor="tester")
    again = import_file(node, path, actor="tester")
    assert (again.added, again.changed, again.unchanged) == ((), (), 2)
    assert tuple(projects(node).values()) == wanted


def test_a_file_with_one_fault_records_nothing_and_names_the_place(
    node: Node, tmp_path: Path
) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(projects_yaml((project(), project("P-2", requires=("P-9",)))))
    with pytest.raises(BadInputError, match=r"p\.yaml:\d+: P-2: requires"):
        import_file(node, path, actor="tester")
    assert not projects(node)


def test_where_nothing_helps_the_controls_are_named(node: Node) -> None:
    found = plan(node, "machine")
    assert not found.reachable
    assert {each.control for each in found.obstacles} >= {CONTROL}
    with pytest.raises(UsageError):
        adopt(node, found, actor="tester")


def everything(node: Node) -> tuple[Project, ...]:
    """Projects, one for each control of the machine framework that misses."""
    keys = [each.control for each in plan(node, "machine").missing]
    return tuple(
        project(f"P-{at}", lifts=(Lift(control=key, fixes=100, sees=100),))
        for at, key in enumerate(keys)
    )


def test_a_path_is_found_adopted_followed_and_withdrawn(node: Node) -> None:
    # Given a project for each control that has a population
    for each in everything(node):
        put(node, each, actor="tester")
    group = node.library.control(CONTROL).group
    found = plan(node, "machine", group=group)
    blocked = {each.control for each in found.obstacles}
    if blocked:
        pytest.fail(f"the small estate has no population for {sorted(blocked)}")
    assert found.optimal
    assert found.after.reached
    # When it is adopted
    adopt(node, found, actor="lin", note="resolved")
    now = how_far(node, "machine", group=group)
    assert now is not None
    assert (now.plan.adopted_by, now.done, now.holding) == ("lin", (), ())
    # Then evidence, and nothing else, makes its controls hold
    hosts = [each.id for each in node.estate().by_kind["host"]]  # type: ignore[index]
    node.log.append(
        (
            Observation(
                kind="host.kernel/1",
                subject=each,
                observed_at=NOW - timedelta(hours=1),
                collector="test 1",
                body=KernelParameters(release="6.1", randomize_va_space=2),
            )
            for each in hosts
        ),
        NOW,
    )
    after = how_far(node, "machine", group=group)
    assert after is not None
    assert CONTROL in after.holding
    # And withdrawing ends it while its records stay
    withdraw(node, "machine", group=group, actor="lin")
    assert adopted(node) == {}
    with pytest.raises(UsageError):
        withdraw(node, "machine", group=group, actor="lin")


def test_a_path_is_kept_until_something_it_depends_on_changes(node: Node) -> None:
    for each in everything(node):
        put(node, each, actor="tester")
    first = plan(node, "machine")
    node.audit("somebody", "test", "nothing")
    again = plan(node, "machine")
    # Given an entry that no verdict depends on, the path is the same, told of the newer log
    assert again.projects == first.projects
    assert again.log_size > first.log_size
    # When a project gets dearer, it is another path
    dearer = replace(projects(node)["P-0"], cost_likely=300)
    put(node, dearer, actor="tester")
    assert plan(node, "machine", wishes=Wishes()).cost in {first.cost, first.cost + 100}


def test_what_does_not_exist_is_said(node: Node) -> None:
    for wishes in (
        Wishes(without=("P-9",)),
        Wishes(force=("P-9",)),
        Wishes(quarters=0),
        Wishes(budget=(1, 2, 3)),
        Wishes(hours=(("CEO", (1,)),)),
    ):
        with pytest.raises(UsageError):
            plan(node, "machine", wishes=wishes)
    with pytest.raises(UsageError):
        plan(node, "machine", "III")


@pytest.mark.slow
def test_the_demo_bank_reaches_every_target_by_a_proved_path(
    demo_home: Path, tmp_path: Path
) -> None:
    # Given the demo bank with at least sixty projects
    shutil.copytree(demo_home, tmp_path / "demo")
    with Node.open(Home(path=tmp_path / "demo")) as node:
        assert len(projects(node, DEMO_BANK)) >= 60
        # When paths to each stage and to the binding clauses are sought
        costs = []
        stages = [("zt36", stage) for stage in ("I", "II", "III", "IV")]
        for framework, target in (*stages, ("emerging", "baseline")):
            found = plan(node, framework, target, DEMO_BANK)
            # Then each is proved, re-assessed reaches its target, and beats the simpler rules
            assert found.optimal, (target, found.obstacles)
            assert found.after.reached
            assert found.after.stage == found.target.stage
            assert all(each.saved is None or each.saved >= 0 for each in found.comparisons)
            costs.append(found.cost)
        assert costs[:4] == sorted(costs[:4])
        assert any(
            each.saved for each in plan(node, "zt36", "IV", DEMO_BANK).comparisons if each.saved
        )
