"""Write the bill of materials of a release: Panshi and every locked dependency, CycloneDX 1.6.

    release_sbom.py dist/panshi-0.1.0-py3-none-any.whl

Everything comes from the wheel, `pyproject.toml` and `locks/runtime.txt`: versions, the digests the
lock allows for each, and who needs whom. The same commit gives the same bytes; the time is that of
the commit, or SOURCE_DATE_EPOCH.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "locks" / "runtime.txt"
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)")
DIGEST = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """One dependency as the lock has it."""

    name: str
    version: str
    digests: tuple[str, ...]
    needed_by: tuple[str, ...]

    @property
    def purl(self) -> str:
        """Its package URL."""
        return f"pkg:pypi/{self.name}@{self.version}"


def locked(text: str) -> tuple[Locked, ...]:
    """Read a lock with digests and the notes of who needs what."""
    found: list[Locked] = []
    name = version = ""
    digests: list[str] = []
    needed: list[str] = []

    def close() -> None:
        if name:
            found.append(
                Locked(
                    name=name,
                    version=version,
                    digests=tuple(sorted(digests)),
                    needed_by=tuple(sorted(set(needed))),
                )
            )

    for line in text.splitlines():
        pin = PIN.match(line)
        if pin is not None:
            close()
            name, version, digests, needed = pin["name"], pin["version"], [], []
        digests.extend(DIGEST.findall(line))
        note = line.strip().removeprefix("#").strip() if line.lstrip().startswith("#") else ""
        note = note.removeprefix("via").strip()
        if note:
            needed.append("panshi" if note.startswith("panshi ") else note)
    close()
    return tuple(found)


def moment() -> datetime:
    """Give the time of the release: SOURCE_DATE_EPOCH, or that of the commit."""
    told = os.environ.get("SOURCE_DATE_EPOCH") or git("log", "-1", "--format=%ct")
    return datetime.fromtimestamp(int(told or 0), UTC)


def git(*arguments: str) -> str:
    """Ask git; empty where there is no repository, as in a source archive."""
    try:
        asked = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return asked.stdout.strip()


def version() -> str:
    """Give the version released."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def digest(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def bill(wheel: Path, lock: str) -> dict[str, object]:
    """Give the document."""
    parts = locked(lock)
    refs = {each.name: each.purl for each in parts}
    ours = f"pkg:pypi/panshi@{version()}"
    needs: dict[str, list[str]] = {each: [] for each in (ours, *refs.values())}
    for each in parts:
        for by in each.needed_by:
            needs[ours if by == "panshi" else refs[by]].append(each.purl)
    content = json.dumps([wheel.name, digest(wheel), lock])
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}",
        "version": 1,
        "metadata": {
            "timestamp": moment().isoformat(),
            "lifecycles": [{"phase": "build"}],
            "tools": {"components": [{"type": "application", "name": "tools/release_sbom.py"}]},
            "component": {
                "type": "application",
                "bom-ref": ours,
                "name": "panshi",
                "version": version(),
                "purl": ours,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
                "hashes": [{"alg": "SHA-256", "content": digest(wheel)}],
            },
        },
        "components": [
            {
                "type": "library",
                "bom-ref": each.purl,
                "name": each.name,
                "version": each.version,
                "purl": each.purl,
                "scope": "required",
                "hashes": [{"alg": "SHA-256", "content": one} for one in each.digests],
            }
            for each in parts
        ],
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(set(on))} for ref, on in sorted(needs.items())
        ],
        "compositions": [{"aggregate": "complete", "assemblies": [ours]}],
    }


def main(arguments: list[str]) -> None:
    """Write the bill beside the wheel."""
    wheel = Path(arguments[0])
    path = wheel.with_name(f"panshi-{version()}.cdx.json")
    path.write_text(json.dumps(bill(wheel, LOCK.read_text()), indent=1) + "\n")
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
