"""What a value stands for, so that a trivial change of an indicator is no news.

`https://WWW.evil.example/a/?x=1` and `http://evil.example/a` stand for one thing; a page below a
host that is known, or a name below a known domain, is derived from it and worth a tenth.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

DOMAIN, URL, MAIL = "domain-name", "url", "email-addr"
_LABELS = 2
"A domain has at least so many labels."
_PREFIXES = ("www.", "m.", "mail.", "ww1.", "www1.", "www2.")
_LONGEST = 2_000

type Key = tuple[str, str]
"""Kind and value as points are computed."""


def key_of(kind: str, value: str) -> Key:
    """Give what a value stands for."""
    kind, plain = kind.strip().lower(), value.strip()[:_LONGEST]
    match kind:
        case "url":
            return URL, _url(plain)
        case "domain-name" | "domain" | "hostname":
            return DOMAIN, _host(plain)
        case "email-addr" | "email":
            local, _, host = plain.lower().rpartition("@")
            return MAIL, f"{local.partition('+')[0]}@{_host(host)}"
        case "ipv4-addr" | "ipv6-addr" | "ipv4" | "ipv6" | "ip":
            return "ip", plain.lower().removesuffix("/32").removesuffix("/128")
        case _:
            return kind, plain.lower()


def parents(key: Key) -> Iterator[Key]:
    """Give what a value is derived from: the host of a page, the domains above a name."""
    kind, value = key
    match kind:
        case "url":
            host = value.partition("/")[0].partition(":")[0]
            yield DOMAIN, host
            yield "ip", host
            yield from parents((DOMAIN, host))
        case "email-addr":
            host = value.rpartition("@")[2]
            yield DOMAIN, host
            yield from parents((DOMAIN, host))
        case "domain-name":
            labels = value.split(".")
            for start in range(1, len(labels) - _LABELS + 1):
                yield DOMAIN, ".".join(labels[start:])
        case _:
            return


def _host(text: str) -> str:
    host = text.lower().strip(".")
    for prefix in _PREFIXES:
        if host.startswith(prefix) and host.count(".") >= _LABELS:
            return host.removeprefix(prefix)
    return host


def _url(text: str) -> str:
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return text.lower()
    plain = "" if port in {None, 80, 443} else f":{port}"
    path = unquote(parts.path).lower().strip("/")
    return f"{_host(host)}{plain}/{path}"
