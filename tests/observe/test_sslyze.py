"""sslyze JSON: what is offered, and when that is not known."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.model.observation import Outcome
from panshi.observe.port import Look
from panshi.observe.sources import SOURCES
from panshi.observe.sslyze import OBSERVER

GOLDEN = Path(__file__).parents[1] / "golden" / "sslyze" / "6.3.1.json"
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def observe(path, subject=""):
    warnings = []
    look = Look(path=path, now=NOW, subject=subject, warn=warnings.append)
    return list(OBSERVER.observe(look)), warnings


@pytest.fixture
def changed(tmp_path):
    """The real file with one server, changed."""

    def change(edit):
        document = json.loads(GOLDEN.read_text())
        document["server_scan_results"] = document["server_scan_results"][2:]
        edit(document, document["server_scan_results"][0])
        path = tmp_path / "scan.json"
        path.write_text(json.dumps(document))
        (seen,), _ = observe(path)
        return seen

    return change


def test_a_real_scan_gives_each_server():
    seen, warnings = observe(GOLDEN)

    assert SOURCES["sslyze"] is OBSERVER
    assert warnings == []
    dead, newest, oldest = seen
    assert dead.subject == "endpoint:127.0.0.1:18449"
    assert dead.outcome is Outcome.UNREACHABLE
    assert "rejected the connection" in dead.reason
    assert newest.body.protocols == ("TLSv1.3",)
    assert newest.body.forward_secrecy
    body = oldest.body
    assert body.lowest_protocol == 1.0
    assert body.weak_ciphers > 0
    assert not body.forward_secrecy
    assert "x25519" in body.groups
    assert body.hybrid_key_exchange is None
    assert body.certificate_expires == date(2027, 11, 21)
    assert body.certificate_trusted is False
    assert (body.key_algorithm, body.key_bits) == ("RSA", 2048)
    assert body.vulnerabilities == ()
    assert oldest.collector == "sslyze 6.3.1"
    assert oldest.observed_at.date() == date(2026, 11, 21)


def test_a_version_that_ended_in_an_error_makes_the_look_fail(changed):
    def edit(_document, server):
        attempt = server["scan_result"]["tls_1_0_cipher_suites"]
        attempt.update(status="ERROR", error_reason="CONNECTIVITY_ISSUE", result=None)

    seen = changed(edit)

    assert seen.outcome is Outcome.FAILED
    assert seen.reason == "whether TLSv1.0 is offered is not known: CONNECTIVITY_ISSUE"


def test_a_version_that_was_not_asked_for_is_not_taken_for_not_offered(changed):
    def edit(_document, server):
        server["scan_result"]["ssl_3_0_cipher_suites"].update(status="NOT_SCHEDULED", result=None)

    assert "did not ask" in changed(edit).reason


def test_a_hybrid_group_is_recognised_and_one_asked_for_in_vain_is_absent(changed):
    def offers(_document, server):
        curves = server["scan_result"]["elliptic_curves"]["result"]
        curves["supported_curves"].append({"name": "X25519MLKEM768", "openssl_nid": 0})

    def refuses(_document, server):
        curves = server["scan_result"]["elliptic_curves"]["result"]
        curves["rejected_curves"].append({"name": "X25519MLKEM768", "openssl_nid": 0})

    assert changed(offers).body.hybrid_key_exchange is True
    assert changed(refuses).body.hybrid_key_exchange is False


def test_confirmed_weaknesses_have_our_names(changed):
    def edit(_document, server):
        results = server["scan_result"]
        results["heartbleed"]["result"]["is_vulnerable_to_heartbleed"] = True
        results["robot"]["result"]["robot_result"] = "VULNERABLE_WEAK_ORACLE"
        results["session_renegotiation"]["result"] = {
            "supports_secure_renegotiation": False,
            "is_vulnerable_to_client_renegotiation_dos": True,
        }

    assert changed(edit).body.vulnerabilities == (
        "client-renegotiation-dos",
        "heartbleed",
        "insecure-renegotiation",
        "robot",
    )


def test_a_chain_one_store_accepts_is_trusted(changed):
    def edit(_document, server):
        deployment = server["scan_result"]["certificate_info"]["result"]["certificate_deployments"][
            0
        ]
        deployment["path_validation_results"][0]["was_validation_successful"] = True

    assert changed(edit).body.certificate_trusted is True


def test_a_given_subject_is_used():
    seen, _ = observe(GOLDEN, subject="endpoint:core.demo.example:443")

    assert {each.subject for each in seen} == {"endpoint:core.demo.example:443"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("[]", "expected an object"),
        ("{}", "no server_scan_results"),
        ('{"server_scan_results": [1]}', "expected an object for each server"),
        ('{"server_scan_results": [{}]}', "without host name and port"),
        ('{"server_scan_results": [', "ends in the middle"),
        ('{"server_scan_results": ' + "[" * 100, "levels deep"),
    ],
)
def test_what_cannot_be_trusted_is_refused_with_its_place(tmp_path, text, said):
    path = tmp_path / "scan.json"
    path.write_text(text)

    with pytest.raises(BadInputError, match=said) as caught:
        observe(path)
    assert "scan.json" in caught.value.place


@given(
    st.integers(min_value=0, max_value=30_000),
    st.integers(min_value=0, max_value=60),
    st.one_of(st.binary(max_size=20), st.sampled_from([b"null", b"[]", b"{}", b"1e999", b'""'])),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_files_give_observations_or_a_clear_refusal(tmp_path, at, cut, put):
    raw = GOLDEN.read_bytes()
    path = tmp_path / "scan.json"
    path.write_bytes(raw[:at] + put + raw[at + cut :])

    try:
        seen, _ = observe(path)
    except BadInputError:
        return
    assert all(each.observed_at <= NOW for each in seen)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(JSON, st.sampled_from(["elliptic_curves", "certificate_info", "robot", "heartbleed"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_result_of_a_command_is_read_or_passed_over(tmp_path, value, command):
    document = json.loads(GOLDEN.read_text())
    for server in document["server_scan_results"][1:]:
        server["scan_result"][command]["result"] = value
    path = tmp_path / "scan.json"
    path.write_text(json.dumps(document))

    seen, _ = observe(path)

    assert [each.outcome for each in seen[1:]] == [Outcome.SEEN, Outcome.SEEN]
