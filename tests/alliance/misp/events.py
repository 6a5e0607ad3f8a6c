"""A made-up MISP event."""

import json

UUID = "5f2c1a9e-3b7d-4c1e-9a55-0d1c2b3a4f5e"


def attribute(number, kind, value, **parts):
    made = {
        "uuid": f"5f2c1a9e-3b7d-4c1e-9a55-{number:012d}",
        "type": kind,
        "value": value,
        "category": "Network activity",
        "timestamp": "1767225600",
        "to_ids": True,
    }
    return {**made, **parts}


def event(*attributes, tags=("tlp:green",), **parts):
    made = {
        "uuid": UUID,
        "info": "made up",
        "date": "2026-01-01",
        "timestamp": "1767312000",
        "Orgc": {"name": "CERT X", "uuid": "5f2c1a9e-3b7d-4c1e-9a55-ffffffffffff"},
        "Tag": [{"name": each} for each in tags],
        "Attribute": list(attributes),
    }
    return json.dumps({"Event": {**made, **parts}}).encode()


SAMPLE = (
    attribute(1, "ip-dst", "198.51.100.7"),
    attribute(2, "domain", "evil.example", to_ids=False),
    attribute(3, "filename|sha256", "a'b\\c.exe|" + "ab" * 32),
    attribute(4, "text", "what nobody matches"),
    attribute(5, "ip-src|port", "2001:db8::7|443", Tag=[{"name": "tlp:red"}]),
    attribute(6, "AS", "AS64496", to_ids=False),
    attribute(7, "regkey", "HKLM\\Software\\x", to_ids=False),
)
