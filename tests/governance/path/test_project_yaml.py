"""Projects from YAML: what is written is what is read, and every problem names its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import ContentError
from panshi.governance.path.project_yaml import projects_of_yaml
from panshi.model.bodies.projects import Lift, Project, ProjectStatus, RoleHours
from panshi.report.project_files import projects_yaml

WORDS = st.text(min_size=1, max_size=30).map(str.strip).filter(bool)
IDS = st.from_regex(r"[A-Z]{1,3}-[0-9]{1,3}", fullmatch=True)
LIFTS = st.builds(
    Lift,
    control=st.just("zt36/1-2"),
    fixes=st.integers(1, 100),
    sees=st.integers(1, 100),
    passing=st.integers(0, 100),
    retests=st.lists(st.just("backup.restore_drill/1"), max_size=1).map(tuple),
    attests=st.booleans(),
)
PROJECTS = st.builds(
    Project,
    id=IDS,
    title_zh=WORDS,
    title_en=WORDS,
    lifts=st.lists(LIFTS, min_size=1, max_size=3).map(tuple),
    cost_low=st.integers(0, 10**9),
    cost_likely=st.integers(0, 10**9),
    cost_high=st.integers(0, 10**9),
    quarters=st.integers(1, 40),
    owner=WORDS,
    asserted_by=WORDS,
    status=st.sampled_from(ProjectStatus),
    hours=st.lists(
        st.builds(RoleHours, role=st.just("PD-WRL-001"), hours=st.integers(1, 10**6)), max_size=1
    ).map(tuple),
    requires=st.lists(IDS, max_size=2).map(tuple),
    excludes=st.lists(IDS, max_size=2).map(tuple),
    note=st.just("") | WORDS,
)


@given(st.lists(PROJECTS, min_size=1, max_size=3, unique_by=lambda each: each.id))
def test_what_is_written_is_read_again(projects):
    read = projects_of_yaml(projects_yaml(projects), source="p.yaml")
    assert [each.project for each in read] == projects


@given(st.binary(max_size=300))
def test_nothing_but_a_refusal_comes_of_rubbish(raw):
    with pytest.raises(ContentError):
        projects_of_yaml(b"panshi_projects: 1\n" + raw, source="p.yaml")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("panshi_projects: 2\nprojects:\n  - {id: a}\n", "p.yaml:1"),
        ("panshi_projects: 1\nprojects:\n  - {id: a}\n", "p.yaml:3"),
        ("panshi_projects: 1\nprojects:\n  - id: a\n    surprise: 1\n", "p.yaml:4"),
    ],
)
def test_a_problem_names_its_line(text, place):
    with pytest.raises(ContentError) as refused:
        projects_of_yaml(text.encode(), source="p.yaml")
    assert refused.value.place == place


def test_an_id_given_twice_is_refused():
    one = (
        "  - {id: A, title_zh: 甲, title_en: a, owner: Chen, quarters: 1, "
        "cost: {low: 1, likely: 2, high: 3}, lifts: [{control: zt36/1-2, fixes: 5}]}\n"
    )
    with pytest.raises(ContentError, match="there twice"):
        projects_of_yaml(f"panshi_projects: 1\nprojects:\n{one}{one}".encode(), source="p.yaml")
