"""JUnit: requirements by property and by name, skipped is not run, nothing said is kept."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.evidence.codec import encode_body
from panshi.observe.secure_development.test_results import OBSERVER, requirement_ids
from tests.observe.hostile import mutations, observe, survives

GOLDEN = Path(__file__).parents[2] / "golden" / "junit" / "pytest.xml"


def test_tests_and_the_requirements_they_name():
    (seen,), _ = observe(OBSERVER, GOLDEN)

    body = seen.body
    assert (body.suite, body.tests, body.failed, body.skipped) == ("deposit", 6, 2, 1)
    assert body.passed_share == 0.6
    assert body.security_tests == 3
    assert [(each.id, each.passed, each.failed, each.skipped) for each in body.requirements] == [
        ("V6.2.1", 1, 0, 0),
        ("V6.2.2", 0, 1, 0),
        ("V6.2.3", 0, 0, 1),
        ("V7.3.1", 1, 0, 0),
        ("V7.3.2", 1, 0, 0),
    ]
    assert seen.observed_at.isoformat() == "2026-10-30T00:00:00+00:00"
    assert b"secret" not in encode_body(body)


def test_a_property_of_the_suite_speaks_for_its_tests_alone(tmp_path):
    path = tmp_path / "r.xml"
    path.write_text(
        "<testsuites><testsuite name='a'><properties><property name='asvs' value='V1.2.5'/>"
        "</properties><testcase name='x'/></testsuite>"
        "<testsuite name='b'><testcase name='y'><failure/></testcase></testsuite></testsuites>"
    )

    (seen,), _ = observe(OBSERVER, path)

    assert [(each.id, each.passed, each.failed) for each in seen.body.requirements] == [
        ("V1.2.5", 1, 0)
    ]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("test_v6_2_1", ["V6.2.1"]),
        ("V10.4.16 and V1.1.1", ["V10.4.16", "V1.1.1"]),
        ("v1.2", []),
        ("dev6.2.1", []),
        ("V6.2.123", []),
        ("1.2.3", []),
    ],
)
def test_ids_are_read_in_both_spellings(text, ids):
    assert list(requirement_ids(text)) == ids


@given(*(st.integers(1, 17) for _ in range(3)))
def test_every_id_is_found_however_it_is_written(one, two, three):
    for text in (f"V{one}.{two}.{three}", f"test_v{one}_{two}_{three}_x"):
        assert list(requirement_ids(text)) == [f"V{one}.{two}.{three}"]


def test_an_empty_record_says_nothing(tmp_path):
    path = tmp_path / "r.xml"
    path.write_text("<testsuites/>")

    with pytest.raises(BadInputError, match="holds no test"):
        observe(OBSERVER, path)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=mutations([GOLDEN.read_bytes()]))
def test_mutations_end_in_an_observation_or_a_place(raw, tmp_path):
    survives(OBSERVER, tmp_path / "f.xml", raw)
