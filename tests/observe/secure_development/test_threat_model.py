"""Threat models: JSON and YAML alike, a threat is treated only where its model says so."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError
from panshi.evidence.codec import encode_body
from panshi.observe.secure_development.threat_model import OBSERVER
from tests.observe.hostile import mutations, observe, shapes, survives

GOLDEN = Path(__file__).parents[2] / "golden" / "threat-model"
WORDS = (
    "otmVersion project name components dataflows threats threat state mitigations mitigated "
    "implemented actors assets boundaries flows findings response severity High risk likelihood"
)


@pytest.mark.parametrize("name", ["deposit.otm.json", "deposit.otm.yaml"])
def test_threats_are_counted_where_they_are(name):
    (seen,), _ = observe(OBSERVER, GOLDEN / name)

    body = seen.body
    assert (body.format, body.spec_version, body.components, body.trust_zones) == (
        "OTM", "0.2.0", 2, 2,
    )  # fmt: skip
    assert (body.threats, body.treated, body.planned, body.untreated) == (5, 2, 2, 1)
    assert body.high_untreated == 2
    assert body.treated_share == 0.4
    assert seen.observed_at.isoformat() == "2026-09-01T00:00:00+00:00"


def test_the_weaknesses_a_model_describes_are_not_kept():
    (seen,), _ = observe(OBSERVER, GOLDEN / "deposit.otm.json")

    assert b"Replay" not in encode_body(seen.body)


def test_pytm_findings_are_treated_by_their_response():
    (seen,), _ = observe(OBSERVER, GOLDEN / "comments.pytm.json")

    body = seen.body
    assert (body.format, body.components, body.data_flows) == ("pytm", 3, 1)
    assert (body.threats, body.treated, body.planned, body.untreated) == (3, 1, 1, 1)
    assert body.high_untreated == 1


@pytest.mark.parametrize(
    "text",
    [
        "otmVersion: 0.2.0\nproject: &a {name: x, id: y}\nassets: [*a]\n",
        "otmVersion: 0.2.0\nproject: " + "[" * 100 + "]" * 100,
        "otmVersion: [\n",
        "- otmVersion\n",
        "1: 2\n",
        "otmVersion: 0.2.0\n",
        "project: {name: x}\n",
    ],
)
def test_what_is_no_model_is_refused_with_its_place(text, tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text(text)

    with pytest.raises(BadInputError) as refused:
        observe(OBSERVER, path)

    assert str(path) in refused.value.place


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=mutations([path.read_bytes() for path in sorted(GOLDEN.iterdir())]))
def test_mutations_end_in_an_observation_or_a_place(raw, tmp_path):
    survives(OBSERVER, tmp_path / "f.yaml", raw)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=shapes(WORDS))
def test_any_shape_of_the_words_ends_so(document, tmp_path):
    survives(OBSERVER, tmp_path / "f.json", json.dumps({"otmVersion": "1"} | document).encode())
