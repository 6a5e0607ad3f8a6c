"""Terms both forms of CycloneDX share."""

from __future__ import annotations

from panshi.observe.bill import Bill

KNOWN_TYPES = frozenset(
    {
        "application",
        "framework",
        "library",
        "container",
        "platform",
        "operating-system",
        "device",
        "device-driver",
        "firmware",
        "file",
        "machine-learning-model",
        "data",
        "cryptographic-asset",
    }
)
INSTEAD = frozenset({"vulnerabilities", "services", "declarations", "definitions", "annotations"})
"What a document may carry without being a bill of materials."


def warn_of_type(bill: Bill, kind: object, place: str) -> None:
    """Warn of a component whose type is missing or unknown; it counts all the same."""
    if not isinstance(kind, str) or not kind:
        bill.warnings.tell(place, "a component without a type")
    elif kind not in KNOWN_TYPES:
        bill.warnings.tell(place, f"a component of unknown type {kind[:40]!r}")
