"""Which MISP attribute types say what in STIX: the table both directions read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

HASHES: Mapping[str, str] = {
    "md5": "MD5",
    "sha1": "SHA-1",
    "sha256": "SHA-256",
    "sha512": "SHA-512",
    "sha3-256": "SHA3-256",
    "sha3-512": "SHA3-512",
    "ssdeep": "SSDEEP",
    "tlsh": "TLSH",
}


@dataclass(frozen=True, slots=True)
class Carried:
    """How one attribute type is carried."""

    path: str
    "What a pattern compares."
    category: str
    "Where MISP files it by default."


PATHS: Mapping[str, Carried] = {
    "ip-dst": Carried("ip", "Network activity"),
    "ip-src": Carried("ip", "Network activity"),
    "domain": Carried("domain-name:value", "Network activity"),
    "hostname": Carried("domain-name:value", "Network activity"),
    "url": Carried("url:value", "Network activity"),
    "uri": Carried("url:value", "Network activity"),
    "email": Carried("email-addr:value", "Payload delivery"),
    "email-src": Carried("email-addr:value", "Payload delivery"),
    "email-dst": Carried("email-addr:value", "Payload delivery"),
    "mac-address": Carried("mac-addr:value", "Network activity"),
    "mutex": Carried("mutex:name", "Artifacts dropped"),
    "regkey": Carried("windows-registry-key:key", "Persistence mechanism"),
    "AS": Carried("autonomous-system:number", "Network activity"),
    "filename": Carried("file:name", "Payload delivery"),
    **{
        name: Carried(f"file:hashes.'{label}'", "Payload delivery")
        for name, label in HASHES.items()
    },
}
"""By attribute type; `ip` becomes ipv4-addr or ipv6-addr by the value."""
COMPOSITE: Mapping[str, tuple[str, str]] = {
    "domain|ip": ("domain", "ip-dst"),
    "ip-dst|port": ("ip-dst", ""),
    "ip-src|port": ("ip-src", ""),
    "hostname|port": ("hostname", ""),
    **{f"filename|{name}": ("filename", name) for name in HASHES},
}
"Two values in one; a part without a type (a port) says nothing by itself."
BACK: Mapping[str, str] = {
    "ipv4-addr:value": "ip-dst",
    "ipv6-addr:value": "ip-dst",
    **{each.path: name for name, each in reversed(list(PATHS.items())) if each.path != "ip"},
}
"The attribute type a path is written as."


def path_of(kind: str, value: str) -> str:
    """Give what a pattern compares for a value of an attribute type; empty: not carried."""
    carried = PATHS.get(kind)
    if carried is None:
        return ""
    if carried.path.endswith(":number"):
        return carried.path if value.removeprefix("AS").isdecimal() else ""
    if carried.path != "ip":
        return carried.path if value else ""
    try:
        address = ip_address(value.partition("/")[0])
    except ValueError:
        return ""
    return f"ipv{address.version}-addr:value"


def parts_of(kind: str, value: str) -> tuple[tuple[str, str], ...]:
    """Give the values within an attribute, each with its own type."""
    if kind not in COMPOSITE:
        return ((kind, value),)
    first, _bar, second = value.partition("|")
    pairs = zip(COMPOSITE[kind], (first, second), strict=True)
    return tuple((name, text) for name, text in pairs if name and text)
