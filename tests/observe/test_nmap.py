"""Nmap XML: what a scan saw, and what it did not."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError, UsageError
from panshi.model.bodies.network import ScannedHost, TlsEndpoint
from panshi.model.observation import Outcome
from panshi.observe.nmap import OBSERVER
from panshi.observe.port import Look
from panshi.observe.sources import SOURCES

GOLDEN = Path(__file__).parents[1] / "golden" / "nmap"
NOW = datetime(2026, 12, 1, tzinfo=UTC)

HEAD = '<nmaprun scanner="nmap" version="7.95" start="1795235610" args="nmap -p 80">'
ASKED = '<scaninfo type="syn" protocol="tcp" numservices="1" services="80"/>'
END = '<runstats><finished time="1795235611" exit="success"/></runstats></nmaprun>'


def observe(path, **options):
    warnings = []
    subject = options.pop("of", "")
    look = Look(path=path, now=NOW, subject=subject, options=options, warn=warnings.append)
    return list(OBSERVER.observe(look)), warnings


def scan(tmp_path, hosts, *, head=HEAD, asked=ASKED, end=END):
    path = tmp_path / "scan.xml"
    path.write_text(head + asked + hosts + end)
    return path


def host(
    inner="",
    state="up",
    ports='<ports><port protocol="tcp" portid="80">'
    '<state state="open"/><service name="http"/></port></ports>',
    attributes="",
):
    return (
        f'<host {attributes}><status state="{state}" reason="reset"/>'
        f'<address addr="192.0.2.1" addrtype="ipv4"/>{inner}{ports}</host>'
    )


def test_a_real_scan_of_services_gives_host_and_tls_endpoints():
    seen, warnings = observe(GOLDEN / "services-7.93.xml")

    assert [each.subject for each in seen] == [
        "host:127.0.0.1",
        "endpoint:127.0.0.1:18443",
        "endpoint:127.0.0.1:18444",
    ]
    assert warnings == []
    assert SOURCES["nmap"] is OBSERVER
    found = seen[0].body
    assert isinstance(found, ScannedHost)
    assert found.names == ("localhost",)
    assert [(port.number, port.encrypted) for port in found.open_ports] == [
        (2024, False),
        (18443, True),
        (18444, True),
    ]
    assert (found.ports_scanned, found.cleartext_services) == (8, 0)
    assert seen[0].observed_at == datetime(2026, 11, 21, 4, 33, 30, tzinfo=UTC)
    assert seen[0].collector == "nmap 7.93"
    endpoint = seen[1].body
    assert isinstance(endpoint, TlsEndpoint)
    assert endpoint.lowest_protocol == 1.0
    assert endpoint.weak_ciphers == 5
    assert endpoint.hybrid_key_exchange is None
    assert endpoint.certificate_expires == date(2027, 11, 21)
    assert (endpoint.key_algorithm, endpoint.key_bits) == ("RSA", 2048)
    newest = seen[2].body
    assert newest.protocols == ("TLSv1.3",)
    assert "TLS_AES_256_GCM_SHA384" in newest.ciphers
    assert newest.groups == ("x25519",)


def test_the_profile_is_the_facet_so_that_scans_of_other_ports_stand_beside_each_other():
    services, _ = observe(GOLDEN / "services-7.93.xml")
    ports, _ = observe(GOLDEN / "ports-7.93.xml")

    assert services[0].facet == "tcp 2024,18440-18446 -sV"
    assert ports[0].facet == "tcp 18440-18450"
    assert services[1].facet == "nmap"


def test_a_long_list_of_ports_is_named_by_number_and_digest(tmp_path):
    asked = ASKED.replace('services="80"', f'services="{",".join(map(str, range(1, 99)))}"')

    (seen,), _ = observe(scan(tmp_path, host(), asked=asked))

    assert seen.facet.startswith("tcp 1 ports ")
    assert len(seen.facet) < 40


def test_a_ping_scan_looked_at_no_port_and_says_so():
    (seen,), _ = observe(GOLDEN / "ping-7.93.xml")

    assert (seen.outcome, seen.reason) == (Outcome.FAILED, "the scan looked at no port")


@pytest.mark.parametrize(
    ("hosts", "outcome", "reason"),
    [
        (host(state="down"), Outcome.UNREACHABLE, "the host is down (reset)"),
        (host(attributes='timedout="true"'), Outcome.FAILED, "timed out"),
        (host(ports=""), Outcome.FAILED, "tells nothing"),
        (
            host(ports='<ports><extraports state="filtered" count="1"/></ports>'),
            Outcome.UNREACHABLE,
            "every port is filtered",
        ),
    ],
)
def test_a_host_that_was_not_seen_is_no_host_without_open_ports(tmp_path, hosts, outcome, reason):
    (seen,), _ = observe(scan(tmp_path, hosts))

    assert seen.outcome is outcome
    assert reason in seen.reason


def test_cleartext_services_are_counted(tmp_path):
    (seen,), _ = observe(scan(tmp_path, host()))

    assert seen.body.cleartext_services == 1


def test_an_endpoint_without_its_certificate_is_no_endpoint_and_is_told(tmp_path):
    script = (
        '<script id="ssl-enum-ciphers"><table key="TLSv1.2"><table key="ciphers"><table>'
        '<elem key="name">TLS_RSA_WITH_NULL_SHA</elem></table></table></table></script>'
    )
    ports = f'<ports><port protocol="tcp" portid="80"><state state="open"/>{script}</port></ports>'

    seen, warnings = observe(scan(tmp_path, host(ports=ports)))

    assert [each.kind for each in seen] == ["network.host/1"]
    assert "ssl-cert" in warnings[0]


def test_the_host_may_be_named_by_its_name(tmp_path):
    names = '<hostnames><hostname name="ptr.example" type="PTR"/>'
    names += '<hostname name="core.example" type="user"/></hostnames>'

    (seen,), _ = observe(scan(tmp_path, host(inner=names)), subject="name")

    assert seen.subject == "host:core.example"


def test_a_given_subject_fits_a_scan_of_one_host(tmp_path):
    (seen,), _ = observe(scan(tmp_path, host()), of="host:dc1-core-01")
    assert seen.subject == "host:dc1-core-01"

    with pytest.raises(UsageError, match="several hosts"):
        observe(scan(tmp_path, host() + host()), of="host:dc1-core-01")


def test_an_interrupted_scan_keeps_its_hosts_and_warns(tmp_path):
    seen, warnings = observe(scan(tmp_path, host(), end="</nmaprun>"))

    assert seen[0].outcome is Outcome.SEEN
    assert "did not finish" in warnings[0]


def test_a_time_in_the_future_is_not_believed(tmp_path):
    (seen,), warnings = observe(scan(tmp_path, host(attributes='endtime="4102444800"')))

    assert seen.observed_at == NOW
    assert "future" in warnings[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("<other/>", "expected <nmaprun>"),
        (HEAD + ASKED + host(), "ends in the middle"),
        (HEAD + ASKED + host(attributes='endtime="soon"') + END, "not a time"),
        ('<!DOCTYPE nmaprun [<!ENTITY a "b">]><nmaprun>&a;</nmaprun>', "entities"),
        (HEAD + "<a>" * 100 + "</a>" * 100 + END, "levels deep"),
    ],
)
def test_what_cannot_be_trusted_is_refused_with_its_place(tmp_path, text, said):
    path = tmp_path / "scan.xml"
    path.write_text(text)

    with pytest.raises(BadInputError, match=said) as caught:
        observe(path)
    assert "scan.xml" in caught.value.place


def test_an_option_that_means_nothing_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError):
        observe(scan(tmp_path, host()), subject="mac")


@given(
    st.sampled_from(sorted(GOLDEN.iterdir())),
    st.integers(min_value=0, max_value=9000),
    st.integers(min_value=0, max_value=60),
    st.binary(max_size=30),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_files_give_observations_or_a_clear_refusal(tmp_path, golden, at, cut, put):
    raw = golden.read_bytes()
    path = tmp_path / "scan.xml"
    path.write_bytes(raw[:at] + put + raw[at + cut :])

    try:
        seen, _ = observe(path)
    except BadInputError:
        return
    assert all(each.observed_at <= NOW for each in seen)
