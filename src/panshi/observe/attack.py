"""An ATT&CK bundle (STIX 2.x JSON, alone or in a ZIP) as plain objects.

What `panshi soc learn` learns techniques from; everything is bounded, nothing is fetched.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from panshi.errors import BadInputError

LARGEST = 256 << 20
"Bytes of a bundle; ATT&CK 18 has 34 million."
MOST_OBJECTS = 500_000
_ZIP = b"PK\x03\x04"
_REMEDY = "name enterprise-attack.json of MITRE's attack-stix-data, or a ZIP that holds it"
_HEAD = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The objects of one bundle."""

    objects: tuple[dict[str, Any], ...]
    sha256: str


class _Document(msgspec.Struct):
    type: str = ""
    objects: list[msgspec.Raw] = []


def read_bundle(path: Path) -> Bundle:
    """Read a bundle whole."""
    raw = _bytes(path)
    try:
        document = msgspec.json.decode(raw, type=_Document)
        if document.type != "bundle" or len(document.objects) > MOST_OBJECTS:
            raise BadInputError("is no STIX bundle", place=str(path), remedy=_REMEDY)
        objects = [msgspec.json.decode(each, type=dict[str, Any]) for each in document.objects]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInputError(
            f"cannot be read as a STIX bundle: {error}", place=str(path), remedy=_REMEDY
        ) from error
    if not any(each.get("type") == "attack-pattern" for each in objects):
        raise BadInputError("names no technique", place=str(path), remedy=_REMEDY)
    return Bundle(objects=tuple(objects), sha256=sha256(raw).hexdigest())


def digest_of(path: Path) -> str:
    """Give the digest by which a bundle is known, without reading its objects."""
    return sha256(_bytes(path)).hexdigest()


def is_bundle(path: Path) -> bool:
    """Whether a file looks like an ATT&CK bundle, from its name and its beginning."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if head.startswith(_ZIP):
            with zipfile.ZipFile(path) as archive:
                members = archive.infolist()
                if len(members) != 1 or not members[0].filename.endswith(".json"):
                    return False
                with archive.open(members[0]) as file:
                    head = file.read(_HEAD)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        return False
    return b'"bundle"' in head and b"mitre" in head.lower() and b"attack" in head.lower()


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            packed = file.read(len(_ZIP)) == _ZIP
            if not packed:
                file.seek(0)
                return _bounded(file.read(LARGEST + 1), path)
        with zipfile.ZipFile(path) as archive:
            names = [each for each in archive.infolist() if each.filename.endswith(".json")]
            wanted = next(
                (each for each in names if "enterprise" in each.filename),
                names[0] if names else None,
            )
            if wanted is None or wanted.file_size > LARGEST:
                raise BadInputError("holds no bundle", place=str(path), remedy=_REMEDY)
            with archive.open(wanted) as member:
                return _bounded(member.read(LARGEST + 1), path)
    except OSError as error:
        raise BadInputError(
            f"cannot be read: {error.strerror or error}", place=str(path), remedy=_REMEDY
        ) from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise BadInputError(f"is no whole ZIP: {error}", place=str(path)) from error


def _bounded(raw: bytes, path: Path) -> bytes:
    if len(raw) > LARGEST:
        raise BadInputError(f"is larger than {LARGEST >> 20} MiB", place=str(path))
    return raw
