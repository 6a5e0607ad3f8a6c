"""Attestations: three carriers read alike, kept as signed, and nothing verified by reading."""

import json
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError, UsageError
from panshi.observe.secure_development.attestation import MOST_PAYLOAD, OBSERVER
from tests.observe.hostile import mutations, observe, shapes, survives
from tests.simulators import builds

GOLDEN = Path(__file__).parents[2] / "golden" / "attestation"
LINES = GOLDEN / "dsse.intoto.jsonl"
WORDS = (
    "payload payloadType signatures sig keyid dsseEnvelope verificationMaterial _type subject "
    "predicate predicateType digest sha256 name https://in-toto.io/Statement/v1"
)


def written(tmp_path, document):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document))
    return path


def test_one_envelope_a_line_each_with_its_signatures():
    (first, second), warnings = observe(OBSERVER, LINES)

    assert warnings == []
    body = first.body
    assert (body.carrier, len(body.signatures)) == ("dsse", 2)
    assert body.builder == builds.BUILDER
    assert body.source_digest == "gitCommit:" + "1f0e" * 10
    assert [each.name for each in body.artifacts] == ["deposit-2.4.1.tar.gz"]
    assert body.invocation == "run-17"
    assert first.observed_at.isoformat() == "2026-11-01T03:12:00+00:00"
    assert second.body.predicate_type == "https://slsa.dev/provenance/v0.2"
    assert second.body.source_digest == "sha1:" + "ab" * 20
    assert first.facet != second.facet


def test_the_payload_is_kept_as_it_was_signed():
    envelope = json.loads(LINES.read_text().splitlines()[0])

    seen = observe(OBSERVER, LINES)[0][0].body

    assert b64decode(seen.payload) == b64decode(envelope["payload"])


def test_a_sigstore_bundle_is_read_and_says_what_nobody_verified():
    (seen,), _ = observe(OBSERVER, GOLDEN / "bundle.sigstore.json")

    assert (seen.body.carrier, seen.body.log_entries) == ("sigstore", 1)
    assert seen.body.certificate_identity == ""


def test_a_bare_statement_carries_no_signature():
    (seen,), _ = observe(OBSERVER, GOLDEN / "statement.json")

    assert (seen.body.carrier, seen.body.signatures) == ("statement", ())


def test_url_safe_base64_is_taken_too(tmp_path):
    envelope = builds.envelope(builds.slsa_1(("a?>", "00" * 32)), builds.ed25519())
    envelope["payload"] = envelope["payload"].replace("+", "-").replace("/", "_")

    assert observe(OBSERVER, written(tmp_path, envelope))[0]


def test_a_digest_that_is_none_is_left_out(tmp_path):
    path = written(tmp_path, builds.slsa_1(("a", "zz"), ("b", "AB" * 32)))

    (seen,), _ = observe(OBSERVER, path)

    assert [each.sha256 for each in seen.body.artifacts] == ["", "ab" * 32]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"payload": "%%%"}, "not Base64"),
        ({"payload": None}, "missing or larger"),
        ({"payload": "A" * (2 * MOST_PAYLOAD + 4)}, "missing or larger"),
        ({"payloadType": "text/plain"}, "no in-toto statement"),
        ({"payload": "e30="}, "no in-toto statement"),
        ({"payload": "/w=="}, "not valid UTF-8"),
        ({"signatures": [{"keyid": "x"}]}, "without `sig`"),
        ({"signatures": [{"sig": "AA=="}] * 33}, "more than 32"),
    ],
)
def test_what_is_no_envelope_is_refused_with_its_place(tmp_path, change, problem):
    envelope = builds.envelope(builds.slsa_1(("a", "00" * 32)), builds.ed25519()) | change
    path = written(tmp_path, envelope)

    with pytest.raises(BadInputError, match=problem) as refused:
        observe(OBSERVER, path)

    assert refused.value.place


def test_one_bad_line_refuses_the_file(tmp_path):
    path = tmp_path / "a.intoto.jsonl"
    path.write_text(LINES.read_text() + '{"payload":\n')

    with pytest.raises(BadInputError) as refused:
        observe(OBSERVER, path)

    assert refused.value.place.endswith(":3")


def test_the_system_must_be_named():
    with pytest.raises(UsageError, match="which system"):
        observe(OBSERVER, LINES, subject="")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=mutations([path.read_bytes() for path in sorted(GOLDEN.iterdir())]))
def test_mutations_end_in_an_observation_or_a_place(raw, tmp_path):
    survives(OBSERVER, tmp_path / "f.json", raw)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=shapes(WORDS))
def test_any_shape_of_the_words_ends_so(document, tmp_path):
    survives(OBSERVER, tmp_path / "f.json", json.dumps(document).encode())
