"""The lists by which others find our advisories (CSAF 2.1, section 7.1).

`provider-metadata.json` (7.1.7), a ROLIE feed (7.1.15, RFC 8322) and a directory with `index.txt`
and `changes.csv` (7.1.11 to 7.1.13), a SHA-256 and a SHA-512 beside each document (7.1.18).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256, sha512
from typing import Any

from panshi.alliance.disclosure.advisory import SCHEMA as CSAF_SCHEMA
from panshi.alliance.disclosure.advisory import publisher_of
from panshi.model.bodies.disclosure import DisclosureChannel

SCHEMA = "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/provider.json"
WELL_KNOWN = "/.well-known/csaf/provider-metadata.json"
FEED = "csaf/clear/csaf-feed-tlp-clear.json"
DIRECTORY = "csaf/clear/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One advisory as it is served."""

    path: str
    "Below the directory: `2026/example-vd-2026-001.json`."
    id: str
    title: str
    summary: str
    first: datetime
    updated: datetime
    content: bytes


def provider_metadata(
    channel: DisclosureChannel,
    updated: datetime,
    *,
    fingerprint: str = "",
    key_url: str = "",
) -> bytes:
    """Write `provider-metadata.json`."""
    base = channel.base_url.rstrip("/")
    found: dict[str, Any] = {
        "$schema": SCHEMA,
        "canonical_url": f"{base}{WELL_KNOWN}",
        "distributions": [
            {
                "rolie": {
                    "feeds": [
                        {
                            "last_updated": _time(updated),
                            "summary": "TLP:CLEAR advisories",
                            "tlp_label": "CLEAR",
                            "url": f"{base}/{FEED}",
                        }
                    ]
                }
            },
            {"directory": {"tlp_label": "CLEAR", "url": f"{base}/{DIRECTORY}"}},
        ],
        "last_updated": _time(updated),
        "list_on_CSAF_aggregators": True,
        "metadata_version": "2.1",
        "mirror_on_CSAF_aggregators": True,
        "public_openpgp_keys": [],
        "publisher": publisher_of(channel),
        "role": "csaf_provider",
    }
    if fingerprint:
        found["public_openpgp_keys"] = [{"fingerprint": fingerprint, "url": key_url}]
    return _json(found)


def rolie(channel: DisclosureChannel, documents: tuple[Document, ...], updated: datetime) -> bytes:
    """Write the ROLIE feed of the open advisories, newest change first."""
    base = channel.base_url.rstrip("/")
    entries = []
    for each in _newest_first(documents):
        url = f"{base}/{DIRECTORY}{each.path}"
        entries.append(
            {
                "id": each.id,
                "title": each.title,
                "link": [
                    {"rel": "self", "href": url},
                    {"rel": "hash", "href": f"{url}.sha256"},
                    {"rel": "hash", "href": f"{url}.sha512"},
                ],
                "published": _time(each.first),
                "updated": _time(each.updated),
                "summary": {"content": each.summary},
                "content": {"type": "application/json", "src": url},
                "format": {"schema": CSAF_SCHEMA, "version": "2.1"},
            }
        )
    return _json(
        {
            "feed": {
                "id": "csaf-feed-tlp-clear",
                "title": f"{channel.name}: TLP:CLEAR",
                "link": [{"rel": "self", "href": f"{base}/{FEED}"}],
                "category": [
                    {"scheme": "urn:ietf:params:rolie:category:information-type", "term": "csaf"}
                ],
                "updated": _time(updated),
                "entry": entries,
            }
        }
    )


def changes(documents: tuple[Document, ...]) -> bytes:
    """Write `changes.csv`: path and time of the last change, newest first."""
    lines = (f'"{each.path}","{_time(each.updated)}"\r\n' for each in _newest_first(documents))
    return "".join(lines).encode()


def index(documents: tuple[Document, ...]) -> bytes:
    """Write `index.txt`: every path."""
    return "".join(f"{each.path}\n" for each in sorted(documents, key=_path)).encode()


def digests(document: Document) -> dict[str, bytes]:
    """Give the files beside a document, by their ending."""
    name = document.path.rpartition("/")[2]
    return {
        ".sha256": f"{sha256(document.content).hexdigest()}  {name}\n".encode(),
        ".sha512": f"{sha512(document.content).hexdigest()}  {name}\n".encode(),
    }


def _newest_first(documents: tuple[Document, ...]) -> list[Document]:
    return sorted(documents, key=lambda each: (each.updated, each.path), reverse=True)


def _path(document: Document) -> str:
    return document.path


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
