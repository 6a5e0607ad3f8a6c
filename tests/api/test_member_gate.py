"""A hub is known by the name it was given, whichever way the port is told."""

import pytest

from panshi.api.member_gate import hosts_of, signed_request


def scope(host, *, raw_path=None, query=b""):
    return {
        "method": "GET",
        "path": "/taxii2/collections/甲/",
        "raw_path": raw_path,
        "query_string": query,
        "headers": [(b"Host", host.encode()), (b"X-Two", b"a"), (b"X-Two", b"b")],
        "server": ("127.0.0.1", 8430),
    }


@pytest.mark.parametrize(
    ("url", "host", "known", "begins"),
    [
        ("", "localhost:8430", True, "http://localhost:8430/"),
        ("", "127.0.0.1:8430", True, "http://127.0.0.1:8430/"),
        ("", "hub.example", False, "http://hub.example/"),
        ("", "localhost:9999", False, "http://"),
        ("https://hub.example", "hub.example", True, "https://hub.example/"),
        ("https://hub.example", "Hub.Example:443", True, "https://"),
        ("https://hub.example:443/", "hub.example", True, "https://"),
        ("https://hub.example:8443", "hub.example", False, "http://"),
        ("https://hub.example", "evil.example", False, "http://evil.example/"),
        ("https://hub.example", "localhost:8430", True, "http://localhost:8430/"),
    ],
)
def test_a_hub_is_known_by_its_names(monkeypatch, url, host, known, begins):
    monkeypatch.setenv("PANSHI_URL", url)
    assert (host.lower() in hosts_of(scope(host))) is known
    assert signed_request(scope(host)).url.startswith(begins)


def test_the_address_is_what_the_sender_saw(monkeypatch):
    monkeypatch.delenv("PANSHI_URL", raising=False)
    raw = b"/taxii2/collections/%E7%94%B2/"
    told = signed_request(scope("localhost:8430", raw_path=raw, query=b"limit=1&match%5Bid%5D=x"))
    address = "http://localhost:8430/taxii2/collections/%E7%94%B2/"
    assert told.url == f"{address}?limit=1&match%5Bid%5D=x"
    assert signed_request(scope("localhost:8430")).url == address
    assert told.field("x-two") == "a, b"
