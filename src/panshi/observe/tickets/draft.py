"""Drafts: fields of a ticket gathered from a foreign document, cut to what a ticket may hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from ipaddress import ip_address, ip_network
from typing import Any

from panshi.model.alliance.ticket import MAX_ITEMS, MAX_NAME, MAX_NUMBER, MAX_TEXT, MAX_TITLE
from panshi.observe.reading.texts import clean, instant

type Draft = dict[str, Any]
"Fields of the ticket's schema, as JSON would hold them; what is not known is not there."

TECHNIQUE = re.compile(r"(?<![A-Za-z0-9])T\d{4}(?:\.\d{3})?(?![A-Za-z0-9])")
CVE = re.compile(r"(?<![A-Za-z0-9-])CVE-\d{4}-\d{4,10}(?![0-9])", re.IGNORECASE)
_HASHES = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_HEX = re.compile(r"[0-9A-Fa-f]+")
_DOMAIN = re.compile(
    r"(?=.{4,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}"
)
_URL = re.compile(r"[a-z][a-z0-9+.-]{1,20}://\S{1,3900}")
_MAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{3,253}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_REFANGED = (("[.]", "."), ("(.)", "."), ("[:]", ":"), ("hxxp", "http"), ("[@]", "@"))


def put(draft: Draft, name: str, value: object) -> None:
    """Set a field where there is something to set."""
    if value not in ("", None, (), [], {}):
        draft[name] = value


def number(value: object) -> str:
    """Give a text as a ticket's number."""
    return clean(value, MAX_NUMBER)


def title(value: object) -> str:
    """Give a text as a ticket's title."""
    return clean(value, MAX_TITLE)


def name(value: object) -> str:
    """Give a text as a short name."""
    return clean(value, MAX_NAME)


def long_text(value: object) -> str:
    """Give a text of several lines."""
    if not isinstance(value, str):
        return ""
    text = _UNSEEN.sub(" ", value[: 2 * MAX_TEXT].replace("\r\n", "\n")).strip()
    return text[:MAX_TEXT]


def names(values: Iterable[object]) -> list[str]:
    """Give short names, each once, in order."""
    return list(dict.fromkeys(filter(None, map(name, values))))[:MAX_ITEMS]


def when(value: object, zone: tzinfo = UTC) -> str:
    """Give a time as ISO 8601 with zone; empty where there is none."""
    moment = value if isinstance(value, datetime) else instant(value, zone)
    if moment is None:
        return ""
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()


def reported(draft: Draft, now: datetime) -> Draft:
    """Give the draft with the time it was told: its own where it has one.

    A time of reading would make the same document another content each time it comes.
    """
    own = draft.get("detected_at") or draft.get("occurred_at") or now.isoformat()
    return {"reported_at": own} | draft


def techniques(*texts: str) -> list[str]:
    """Give the ATT&CK ids that stand in texts."""
    return list(dict.fromkeys(each for text in texts for each in TECHNIQUE.findall(text)))


def cves(*texts: str) -> list[str]:
    """Give the CVE ids that stand in texts."""
    return list(dict.fromkeys(each.upper() for text in texts for each in CVE.findall(text)))


def observable(value: object, kind: str = "") -> dict[str, str] | None:
    """Give an indicator; its kind by its form where none is told, None where it is none.

    Addresses of this very machine and of no machine say nothing.
    """
    text = name(value)
    for defanged, plain in _REFANGED:
        text = text.replace(defanged, plain)
    if not text:
        return None
    kind = kind or kind_of(text)
    if not kind or (kind in {"ipv4", "ipv6"} and _says_nothing(text)):
        return None
    folded = text.lower() if kind in {"domain", "email", *_HASHES.values()} else text
    return {"kind": kind, "value": folded}


def observables(values: Iterable[tuple[object, str]]) -> list[dict[str, str]]:
    """Give indicators, each once, in order."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for value, kind in values:
        made = observable(value, kind)
        if made is not None:
            found.setdefault((made["kind"], made["value"]), made)
    return list(found.values())[:MAX_ITEMS]


def kind_of(text: str) -> str:
    """Tell what a value is by its form; empty where it has none of these."""
    lowered = text.lower()
    if _HEX.fullmatch(text) and len(text) in _HASHES:
        return _HASHES[len(text)]
    if _URL.fullmatch(lowered):
        return "url"
    found = _address_kind(text)
    if found:
        return found
    if CVE.fullmatch(text):
        return "cve"
    if _MAIL.fullmatch(text):
        return "email"
    return "domain" if _DOMAIN.fullmatch(lowered) else ""


def _address_kind(text: str) -> str:
    try:
        if "/" in text:
            return "ipv4-cidr" if ip_network(text, strict=False).version == 4 else ""  # noqa: PLR2004 -- IPv4
        return f"ipv{ip_address(text).version}"
    except ValueError:
        return ""


def _says_nothing(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return True
    return address.is_loopback or address.is_unspecified
