"""What is judged by: the catalogue that ships, and the official texts an institution loads.

ASVS comes as one JSON file (nested or flat) or as the archive of its release; SAMM as the archive
of its model. Only ids, levels and texts are kept, below the home; they are shown beside our words
and judge nothing, so that whoever has not loaded them sees the same figures.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import msgspec

from panshi.errors import BadInputError
from panshi.node.node import Node
from panshi.protection.secure_development.catalogue import Catalogue, load
from panshi.protection.secure_development.official import Official, read_asvs, read_samm
from panshi.store import library, official_catalogues

MOST_BYTES = 32 * 1024 * 1024
MOST_ENTRIES = 5_000
MOST_MEMBER = 4 * 1024 * 1024
_ASVS = ("_en.json", "_en.flat.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What was read of an official file."""

    framework: str
    version: str
    texts: int
    unknown: tuple[str, ...]
    "Ids in the file that the shipped catalogue does not know."
    missing: tuple[str, ...]
    "Ids of the shipped catalogue that the file does not have."
    sha256: str


@lru_cache(maxsize=1)
def shipped() -> Catalogue:
    """Give the catalogue that ships, checked against itself."""
    facts, ssdf, samm, asvs = (
        library.secure_development(f"{name}.yaml")[1] for name in ("facts", "ssdf", "samm", "asvs")
    )
    return load(facts, ssdf, samm, asvs)


def official(node: Node, framework: str) -> Mapping[str, str]:
    """Give the official texts by id; empty where none were loaded."""
    raw = official_catalogues.kept(node.home.path, framework)
    if raw is None:
        return {}
    try:
        return msgspec.json.decode(raw, type=Official).texts
    except msgspec.DecodeError as error:
        raise BadInputError(
            "the loaded catalogue is damaged", place=framework, remedy="load it again"
        ) from error


def load_catalogue(node: Node, path: Path, *, actor: str) -> Loaded:
    """Read an official file and keep its texts; nothing is kept of a file that is none."""
    raw = _bytes(path)
    found = _read(raw, path)
    ours = set(
        shipped().requirements
        if found.framework == "asvs"
        else (each.id for each in shipped().samm.practices)
    )
    official_catalogues.keep(node.home.path, found.framework, msgspec.json.encode(found))
    digest = sha256(raw).hexdigest()
    node.audit(actor, "secure_development.catalogue", found.framework, detail=digest)
    return Loaded(
        framework=found.framework,
        version=found.version,
        texts=len(found.texts),
        unknown=tuple(sorted(set(found.texts) - ours)),
        missing=tuple(sorted(ours - set(found.texts))),
        sha256=digest,
    )


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            raise BadInputError(
                f"is no plain file of at most {MOST_BYTES:,} bytes",
                place=str(path),
                remedy="name the official JSON file or archive",
            )
        return path.read_bytes()
    except OSError as error:
        raise BadInputError(
            f"cannot be read: {error.strerror}", place=str(path), remedy="check the path"
        ) from error


def _read(raw: bytes, path: Path) -> Official:
    if not raw.startswith(b"PK\x03\x04"):
        return read_asvs(raw, source=str(path))
    members = dict(_members(path))
    texts = [raw for name, raw in members.items() if name.endswith(_ASVS)]
    if texts:
        return read_asvs(texts[0], source=str(path))
    activities = {name: raw for name, raw in members.items() if "/activities/" in f"/{name}"}
    return read_samm(activities, source=str(path))


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Give what is read of an archive; declared sizes are not believed."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise BadInputError(f"more than {MOST_ENTRIES:,} files", place=str(path))
            total = 0
            for each in entries:
                if not each.filename.endswith((*_ASVS, ".yml", ".yaml")):
                    continue
                with archive.open(each) as member:
                    raw = member.read(MOST_MEMBER + 1)
                total += len(raw)
                if len(raw) > MOST_MEMBER or total > MOST_BYTES:
                    raise BadInputError(
                        "unpacks to more than is read", place=f"{path}: {each.filename}"
                    )
                yield each.filename, raw
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise BadInputError(f"is no archive that can be read: {error}", place=str(path)) from error
