"""Reading one bill of materials: ours beside cyclonedx-python-lib, both parsing the same file.

    python bench/bom_reading.py [--json]

A synthetic CycloneDX 1.6 document of 1,000 components, with licences, digests and dependencies, is
read from memory: JSON by both, then held to the official schema by both (the peer's strict
validator on 50 components only, since its time grows faster than the document), and once more in
the forms the peer reads otherwise or not at all. CPU time of the process, median of the rounds.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from panshi.observe.bom import open_bom
from panshi.observe.bom.strict import check_bom
from panshi.observe.bom.writing import Form, write

COMPONENTS = 1_000
SMALL = 50
ROUNDS = 31
PEER_ROUNDS = 3
TARGET_MS = 1.0


def document(count: int, *, bare: bool = False) -> bytes:
    """Make a document; a bare one names and versions its components and nothing else."""
    parts: list[dict[str, Any]] = [
        {
            "type": "library",
            "bom-ref": f"part-{n}",
            "name": f"package-name-{n}",
            "version": f"1.{n}.0",
            "purl": f"pkg:pypi/package-name-{n}@1.{n}.0",
        }
        for n in range(count)
    ]
    if not bare:
        for each in parts:
            each["licenses"] = [{"license": {"id": "MIT"}}]
            each["hashes"] = [{"alg": "SHA-256", "content": "ab" * 32}]
            each["description"] = "some words of description " * 6
    edges = [
        {"ref": f"part-{n}", "dependsOn": [f"part-{n + 1}"]}
        for n in range(0 if bare else count - 1)
    ]
    top = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": parts}
    return json.dumps(top | {"dependencies": edges}).encode()


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """Give the median CPU time of a piece of work."""
    work()
    taken = []
    for _ in range(rounds):
        gc.collect()
        began = time.process_time()
        work()
        taken.append((time.process_time() - began) * 1_000)
    return statistics.median(taken)


def ours(raw: bytes) -> int:
    """Read with our reader; gives the number of components."""
    return sum(1 for _ in open_bom(raw))


def theirs(raw: bytes) -> int:
    """Read with the peer; gives the number of components."""
    bom: Any = Bom.from_json(json.loads(raw))  # type: ignore[attr-defined]
    return len(bom.components)


def main() -> int:
    """Measure, print, and fail where a promise is missed."""
    raw, bare, small = document(COMPONENTS), document(COMPONENTS, bare=True), document(SMALL)
    if ours(raw) != theirs(raw):
        print("the two read different numbers of components", file=sys.stderr)
        return 1
    stream = open_bom(raw)
    parts = tuple(stream)
    xml = write(Form.CYCLONEDX_XML, stream.head, parts)
    spdx = write(Form.SPDX_JSON, stream.head._replace(created="2026-01-01T00:00:00Z"), parts)
    strict = JsonStrictValidator(SchemaVersion.V1_6)
    figures = {
        "components": COMPONENTS,
        "bytes": len(raw),
        "json_ms": milliseconds(lambda: ours(raw), ROUNDS),
        "bare_json_ms": milliseconds(lambda: ours(bare), ROUNDS),
        "peer_json_ms": milliseconds(lambda: theirs(raw), PEER_ROUNDS),
        "xml_ms": milliseconds(lambda: ours(xml), PEER_ROUNDS),
        "spdx_ms": milliseconds(lambda: ours(spdx), ROUNDS),
        "check_small_ms": milliseconds(lambda: check_bom(small), ROUNDS),
        "peer_check_small_ms": milliseconds(
            lambda: strict.validate_str(small.decode()), PEER_ROUNDS
        ),
        "check_ms": milliseconds(lambda: check_bom(raw), PEER_ROUNDS),
    }
    if "--json" in sys.argv:
        print(json.dumps(figures))
    else:
        _tell(figures)
    return 0


def _tell(figures: dict[str, Any]) -> None:
    peer, own = figures["peer_json_ms"], figures["json_ms"]
    print(
        f"CycloneDX 1.6, {figures['components']:,} components, {figures['bytes']:,} bytes; CPU ms"
    )
    print(
        f"read JSON        ours {own:8.2f}   cyclonedx-python-lib {peer:8.1f}   {peer / own:,.0f}x"
    )
    print(f"read bare JSON   ours {figures['bare_json_ms']:8.2f}   wanted {TARGET_MS:.0f}")
    print(f"read XML         ours {figures['xml_ms']:8.2f}")
    print(f"read SPDX 2.3    ours {figures['spdx_ms']:8.2f}")
    own, peer = figures["check_small_ms"], figures["peer_check_small_ms"]
    print(
        f"strict check, {SMALL}  ours {own:8.2f}   cyclonedx-python-lib {peer:8.1f}   "
        f"{peer / own:,.0f}x"
    )
    print(f"strict check, {COMPONENTS:,} ours {figures['check_ms']:8.2f}")


if __name__ == "__main__":
    raise SystemExit(main())
