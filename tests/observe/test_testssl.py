"""testssl.sh JSON, flat and pretty, of 3.0 and 3.2."""

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
from panshi.observe.testssl import OBSERVER

GOLDEN = Path(__file__).parents[1] / "golden" / "testssl"
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def observe(path, subject="", **options):
    warnings = []
    look = Look(path=path, now=NOW, subject=subject, options=options, warn=warnings.append)
    return list(OBSERVER.observe(look)), warnings


@pytest.fixture
def flat(tmp_path):
    """The list of 3.2 with changed findings; None removes one."""

    def change(**findings):
        entries = json.loads((GOLDEN / "flat-3.2.json").read_text())[:-1]
        for entry in entries:
            entry["finding"] = findings.get(entry["id"], entry["finding"])
        path = tmp_path / "list.json"
        path.write_text(json.dumps([each for each in entries if each["finding"] is not None]))
        (seen,), _ = observe(path)
        return seen

    return change


def test_a_real_flat_list_of_an_old_server_is_read():
    (seen,), warnings = observe(GOLDEN / "flat-3.0.8.json")

    assert SOURCES["testssl"] is OBSERVER
    assert seen.subject == "endpoint:127.0.0.1:18443"
    body = seen.body
    assert body.protocols == ("TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
    assert body.weak_ciphers == 12
    assert not body.forward_secrecy
    assert body.groups[:2] == ("secp256r1", "secp384r1")
    assert body.hybrid_key_exchange is None
    assert body.certificate_expires == date(2027, 11, 21)
    assert body.certificate_trusted is False
    assert (body.key_algorithm, body.key_bits) == ("RSA", 2048)
    assert body.vulnerabilities == ("beast",)
    assert seen.observed_at == NOW
    assert "states no time" in warnings[0]


def test_the_time_of_a_flat_list_may_be_stated():
    (seen,), warnings = observe(GOLDEN / "flat-3.0.8.json", observed_at="2026-11-21T12:00:00+08:00")

    assert seen.observed_at == datetime(2026, 11, 21, 4, tzinfo=UTC)
    assert warnings == []


def test_the_pretty_form_says_the_same_and_its_time():
    (flat,), _ = observe(GOLDEN / "flat-3.0.8.json")
    (pretty,), warnings = observe(GOLDEN / "pretty-3.0.8.json")

    assert pretty.body == flat.body
    assert pretty.collector == "testssl.sh 3.0.8"
    assert pretty.observed_at == datetime(2026, 11, 21, 4, 34, 48, tzinfo=UTC)
    assert warnings == []


def test_a_server_of_tls13_alone_is_forward_secret():
    (seen,), _ = observe(GOLDEN / "flat-tls13-3.0.8.json")

    assert seen.body.protocols == ("TLSv1.3",)
    assert seen.body.forward_secrecy
    assert len(seen.body.ciphers) == 3


@pytest.mark.parametrize("name", ["unreachable-3.0.8.json", "unreachable-pretty-3.0.8.json"])
def test_a_target_without_a_connection_is_unreachable(name):
    (seen,), _ = observe(GOLDEN / name)

    assert seen.subject == "endpoint:127.0.0.1:18449"
    assert seen.outcome is Outcome.UNREACHABLE
    assert "Can't connect" in seen.reason


def test_the_ids_of_3_2_are_read_with_hybrid_groups_and_several_certificates():
    first, second = observe(GOLDEN / "flat-3.2.json")[0]

    assert first.subject == "endpoint:pay.demo.example:443"
    body = first.body
    assert body.hybrid_key_exchange is True
    assert body.groups == ("X25519MLKEM768", "secp256r1", "x25519")
    assert body.ciphers == ("ECDHE-RSA-AES256-GCM-SHA384", "TLS_AES_256_GCM_SHA384")
    assert body.forward_secrecy
    assert body.certificate_expires == date(2026, 12, 24)
    assert body.certificate_trusted is True
    assert (body.key_algorithm, body.key_bits) == ("EC", 256)
    assert body.vulnerabilities == ("ccs-injection",)
    assert (second.facet, second.outcome) == ("192.0.2.11", Outcome.FAILED)


def test_protocols_that_were_not_tested_make_the_look_fail(flat):
    assert flat(TLS1=None).reason == "whether TLSv1.0 is offered was not tested"
    assert flat(SSLv2="not tested due to lack of local support").outcome is Outcome.FAILED


def test_suites_that_were_not_tested_make_the_look_fail(flat):
    seen = flat(
        **{
            "cipherlist_LOW": None,
            "cipher-tls1_2_xc030": None,
            "cipher-tls1_3_x1302": None,
        }
    )

    assert seen.reason == "which cipher suites are offered was not tested"


def test_a_weak_list_that_is_offered_counts_without_its_suites(flat):
    assert flat(cipherlist_EXPORT="offered").body.weak_ciphers == 1


def test_no_hybrid_group_is_told_from_none_asked_for(flat):
    assert flat(FS_KEMs="No KEMs offered").body.hybrid_key_exchange is False
    assert flat(FS_KEMs=None).body.hybrid_key_exchange is None


def test_an_interrupted_scan_is_a_failed_look(flat):
    assert flat(service="Scan interrupted").outcome is Outcome.FAILED


def test_a_given_subject_is_used_also_where_the_scan_never_began(tmp_path):
    path = tmp_path / "list.json"
    path.write_text(
        '[{"id": "scanProblem", "ip": "/", "port": "443", "severity": "FATAL",'
        ' "finding": "neither dig nor host is present"}]'
    )

    (seen,), _ = observe(path, subject="endpoint:core.demo.example:443")
    assert (seen.subject, seen.outcome) == ("endpoint:core.demo.example:443", Outcome.FAILED)

    seen, warnings = observe(path)
    assert seen == []
    assert "neither dig" in warnings[-1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("17", "neither a list nor an object"),
        ("{}", "no scanResult"),
        ("[1]", "without id, ip, port and finding"),
        ('[{"id": 1, "ip": "a/b", "port": "443", "finding": ""}]', "without an id"),
        ('{"scanResult": [7]}', "no object"),
        ('{"scanResult": [{"ciphers": [7]}]}', "without an id"),
        ('[{"id": "SSLv2", "ip"', "ends in the middle"),
        ("[" * 100, "levels deep"),
    ],
)
def test_what_cannot_be_trusted_is_refused_with_its_place(tmp_path, text, said):
    path = tmp_path / "list.json"
    path.write_text(text)

    with pytest.raises(BadInputError, match=said) as caught:
        observe(path)
    assert "list.json" in caught.value.place


@given(
    st.sampled_from(sorted(GOLDEN.iterdir())),
    st.integers(min_value=0, max_value=24_000),
    st.integers(min_value=0, max_value=60),
    st.one_of(st.binary(max_size=20), st.sampled_from([b"null", b"[]", b"{}", b"1e999", b'""'])),
)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_files_give_observations_or_a_clear_refusal(tmp_path, golden, at, cut, put):
    raw = golden.read_bytes()
    path = tmp_path / "list.json"
    path.write_bytes(raw[:at] + put + raw[at + cut :])

    try:
        seen, _ = observe(path)
    except BadInputError:
        return
    assert all(each.observed_at <= NOW for each in seen)
