"""Names in OSCAL: tokens for control ids, derived UUIDs, and the metadata of a document."""

from __future__ import annotations

import re
import uuid
from datetime import datetime

import msgspec

from panshi import __version__

OSCAL_VERSION = "1.2.1"
NAMESPACE = "https://panshi.example/ns/oscal"
"Namespace of our own properties; an identifier, not an address."
_ROOT = uuid.UUID("6b1f1c1e-6f0a-5c7e-9a55-0f6a1d2c3b4a")

type Node = dict[str, object]


def token(framework: str, control: str) -> str:
    """Give a control id that OSCAL accepts: `8.1(1)` of `emerging` becomes `emerging-8.1-1`."""
    plain = re.sub(r"[^A-Za-z0-9.]+", "-", control).strip("-")
    return f"{framework}-{plain}"


def derived_uuid(*names: str) -> str:
    """Give the same UUID for the same names, always."""
    return str(uuid.uuid5(_ROOT, "\x1f".join(names)))


def prop(name: str, value: str) -> Node:
    """Give one of our own properties."""
    return {"name": name, "ns": NAMESPACE, "value": value}


def metadata(title: str, version: str, modified: datetime, *, note: str = "") -> Node:
    """Give the metadata of a document."""
    found: Node = {
        "title": title,
        "last-modified": modified.isoformat(timespec="seconds"),
        "version": version,
        "oscal-version": OSCAL_VERSION,
        "props": [prop("generator", f"panshi {__version__}")],
    }
    if note:
        found["remarks"] = note
    return found


def encoded(document: Node) -> bytes:
    """Write a document, readable and stable."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
