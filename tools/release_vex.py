"""Write what is known of vulnerabilities in a release: OpenVEX 0.2.0 beside the wheel.

    release_vex.py dist/panshi-0.1.0-py3-none-any.whl

The statements stand in `tools/release_vex.toml`, one for each vulnerability of a locked dependency
that somebody analysed, with the reason. A statement about a version that is not locked any more is
refused: it would speak of a release that is not this one. A document without statements is written
too: it says that nothing was found that needs one.
"""

import json
import sys
import tomllib
import uuid
from pathlib import Path

from release_sbom import LOCK, ROOT, digest, locked, moment, version

STATEMENTS = ROOT / "tools" / "release_vex.toml"
STATUSES = frozenset({"not_affected", "affected", "fixed", "under_investigation"})


class StatementError(Exception):
    """A statement does not fit the release."""


def document(text: str, lock: str, wheel: str) -> dict[str, object]:
    """Give the document."""
    found = tomllib.loads(text).get("statement", [])
    purls = {each.purl for each in locked(lock)}
    product = f"pkg:pypi/panshi@{version()}"
    stated = [_statement(each, purls, product, wheel) for each in found]
    content = json.dumps([product, stated])
    return {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}",
        "author": "The Panshi authors",
        "timestamp": moment().isoformat(),
        "version": 1,
        "statements": stated,
    }


def _statement(
    given: dict[str, str], purls: set[str], product: str, wheel: str
) -> dict[str, object]:
    component, status = given["component"], given["status"]
    if component not in purls:
        raise StatementError(f"{component} is not in the lock; take its statement out")
    if status not in STATUSES or (status == "not_affected") != ("justification" in given):
        raise StatementError(f"{given['vulnerability']}: status and justification do not fit")
    told: dict[str, object] = {
        "vulnerability": {"name": given["vulnerability"]},
        "products": [
            {
                "@id": product,
                "hashes": {"sha-256": wheel},
                "subcomponents": [{"@id": component}],
            }
        ],
        "status": status,
    }
    names = {"justification": "justification", "impact": "impact_statement"}
    return told | {names[key]: given[key] for key in names if key in given}


def main(arguments: list[str]) -> None:
    """Write the document beside the wheel."""
    wheel = Path(arguments[0])
    found = document(STATEMENTS.read_text(), LOCK.read_text(), digest(wheel))
    path = wheel.with_name(f"panshi-{version()}.openvex.json")
    path.write_text(json.dumps(found, indent=1) + "\n")
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
