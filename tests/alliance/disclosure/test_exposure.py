"""Which addresses may be looked at, and what a look says."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.disclosure.exposure import Look, exposures_of, host_defect, is_public

NOW = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "host",
    ["www.bank.example", "bank.com.tw", "xn--fiqs8s.tw", "203.69.1.1", "2001:4860:4860::8888"],
)
def test_public_names_and_addresses_may_be_declared(host):
    assert host_defect(host) == ""


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "fe80::1",
        "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2130706433", "0x7f000001", "127.1", "intranet", "db.internal", "printer.local",
        "10.0.0.0/8", "bank.example/path", "user@bank.example", "bank.example:22", "*.bank.example",
        "", "-bank.example", "bank..example", "bank.example\nx", "1.0.0.127.in-addr.arpa",
    ],
)  # fmt: skip
def test_what_leads_inside_or_is_no_single_host_is_refused(host):
    assert host_defect(host) != ""


@given(st.ip_addresses())
def test_what_is_not_global_is_never_public(address):
    if not address.is_global or address.is_multicast:
        assert not is_public(address)


@given(st.ip_addresses(v=4).filter(lambda each: not each.is_global))
def test_an_inner_address_is_not_public_in_any_dress(address):
    for dressed in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert not is_public(ip_address(dressed))


def look(**more):
    parts = {
        "asked_ip": "203.69.1.1",
        "tls": "TLSv1.3",
        "certificate_expires": NOW + timedelta(days=200),
        "http_status": 200,
        "headers": (
            ("strict-transport-security", "max-age=1"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("x-content-type-options", "nosniff"),
        ),
        "security_text": "Contact: mailto:a@b.c",
    }
    return Look(**(parts | more))


def test_a_sound_address_shows_nothing():
    assert exposures_of(look(), 443, NOW) == ()


@pytest.mark.parametrize(
    ("seen", "port", "found"),
    [
        ({"tls": "", "tls_problem": "refused"}, 443, "tls.none"),
        ({"old_tls": ("TLSv1",)}, 443, "tls.old_version"),
        ({"certificate_expires": NOW - timedelta(days=1)}, 443, "certificate.expired"),
        ({"certificate_expires": NOW + timedelta(days=9)}, 443, "certificate.expires_soon"),
        ({"certificate_problem": "self-signed"}, 443, "certificate.untrusted"),
        ({"headers": (("server", "nginx/1.18.0"),)}, 443, "http.version_told"),
        ({"security_text": None}, 443, "security_txt.none"),
        ({"tls": "", "location": "http://x"}, 80, "http.plain"),
    ],
)
def test_what_is_exposed_is_named(seen, port, found):
    assert found in {each.id for each in exposures_of(look(**seen), port, NOW)}
