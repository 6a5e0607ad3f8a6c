"""Coverage: counted from the lines, in both forms."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError
from panshi.observe.secure_development.coverage import OBSERVER
from tests.observe.hostile import mutations, observe, survives

GOLDEN = Path(__file__).parents[2] / "golden" / "coverage"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("cobertura.xml", ("Cobertura", 4, 3, 0.75, 2, 1)),
        ("jacoco.xml", ("JaCoCo", 10, 9, 0.9, 4, 3)),
    ],
)
def test_lines_and_branches(name, told):
    (seen,), _ = observe(OBSERVER, GOLDEN / name)

    body = seen.body
    assert told == (
        body.format, body.lines, body.lines_covered, body.line_share,
        body.branches, body.branches_covered,
    )  # fmt: skip


def test_rates_without_lines_are_not_believed(tmp_path):
    path = tmp_path / "c.xml"
    path.write_text('<coverage line-rate="1" lines-valid="9" lines-covered="9"/>')

    with pytest.raises(BadInputError, match="counts no line"):
        observe(OBSERVER, path)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=mutations([path.read_bytes() for path in sorted(GOLDEN.iterdir())]))
def test_mutations_end_in_an_observation_or_a_place(raw, tmp_path):
    for each in survives(OBSERVER, tmp_path / "f.xml", raw) or ():
        assert 0 <= each.body.line_share <= 1
        assert each.body.branches_covered <= each.body.branches
