"""Made-up STIX 2.1 objects for bench/taxii.py: seeded, of several types, marked and not."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from uuid import UUID

GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
CLEAR = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
MOMENT = "2026-01-01T00:00:00.000Z"
RARE = 1_000
"One object in so many is a tool."


def made(many: int, seed: int = 1) -> Iterator[dict[str, object]]:
    """Make indicators mostly, some malware and observables, and a tool now and then."""
    chance = random.Random(seed)
    for number in range(many):
        known = UUID(int=chance.getrandbits(128), version=4)
        marks = {"object_marking_refs": [chance.choice((GREEN, GREEN, AMBER, CLEAR))]}
        if number % RARE == 0:
            yield {**_domain("tool", known), "name": f"tool {number}", **marks}
        elif number % 10 == 1:
            yield {**_domain("malware", known), "name": f"m{number}", "is_family": False, **marks}
        elif number % 10 == 2:
            value = ".".join(str(chance.randrange(256)) for _ in range(4))
            yield {
                "type": "ipv4-addr",
                "spec_version": "2.1",
                "id": f"ipv4-addr--{known}",
                "value": value,
                **marks,
            }
        else:
            digest = f"{chance.getrandbits(256):064x}"
            yield {
                **_domain("indicator", known),
                "name": f"made-up indicator {number}",
                "description": "synthetic " * 10,
                "indicator_types": ["malicious-activity"],
                "pattern": f"[file:hashes.'SHA-256' = '{digest}' OR ipv4-addr:value = '192.0.2.1']",
                "pattern_type": "stix",
                "valid_from": MOMENT,
                "confidence": chance.randrange(101),
                **marks,
            }


def envelopes(many: int, each: int = 1_000, seed: int = 1) -> Iterator[bytes]:
    """Make envelopes of so many objects each."""
    objects = made(many, seed)
    while part := [one for one, _ in zip(objects, range(each), strict=False)]:
        yield json.dumps({"objects": part}, separators=(",", ":")).encode()


def _domain(kind: str, known: UUID) -> dict[str, object]:
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{known}",
        "created": MOMENT,
        "modified": MOMENT,
    }
