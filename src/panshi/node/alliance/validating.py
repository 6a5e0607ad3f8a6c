"""Judging STIX 2.1: one validator for the whole process, and files of objects judged by it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from panshi.alliance.stix.envelope import MAX_OBJECT, Opened, opened
from panshi.alliance.stix.schemas import Schemas
from panshi.alliance.stix.validation import Flaw, Validator
from panshi.errors import BadInputError
from panshi.store.stix_schemas import stix_schemas

MAX_FILE = 256 * 1024 * 1024
MAX_OBJECTS = 1_000_000
MOST_FLAWS = 1_000
"Flaws told of one file."


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectFlaw:
    """One thing that is wrong with one object."""

    id: str
    place: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVerdict:
    """How the objects of a file were judged."""

    file: str
    objects: int
    flawed: int
    "Objects that break a MUST of the standard."
    valid: bool
    flaws: tuple[ObjectFlaw, ...] = ()


@cache
def validator() -> Validator:
    """Give the validator, made when first asked for."""
    name, raw = stix_schemas()
    return Validator(Schemas(raw, source=name))


def judged_file(path: Path) -> FileVerdict:
    """Judge a bundle, a TAXII envelope, a list of objects or a single object."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise BadInputError(f"larger than {MAX_FILE:,} bytes", place=str(path))
        raw = path.read_bytes()
    except OSError as error:
        raise BadInputError(f"cannot be read: {error.strerror}", place=str(path)) from error
    found = _objects(raw, str(path))
    flaws = [
        ObjectFlaw(id=each.id, place=flaw.place, problem=flaw.problem)
        for each in found
        for flaw in each.flaws
    ]
    flawed = sum(1 for each in found if each.flaws)
    return FileVerdict(
        file=str(path),
        objects=len(found),
        flawed=flawed,
        valid=not flawed,
        flaws=tuple(flaws[:MOST_FLAWS]),
    )


def _objects(raw: bytes, place: str) -> tuple[Opened, ...]:
    try:
        shape = msgspec.json.decode(raw, type=dict[str, msgspec.Raw] | list[msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise BadInputError(f"no JSON: {error}", place=place) from error
    if isinstance(shape, list):
        raw = b'{"objects":' + raw + b"}"
    elif "objects" not in shape or _type(shape) == "observed-data":
        raw = b'{"objects":[' + raw + b"]}"
    elif _type(shape) == "bundle":
        return (*_bundle_flaws(shape), *opened(raw, validator(), most=MAX_OBJECTS))
    return opened(raw, validator(), most=MAX_OBJECTS)


def _bundle_flaws(shape: dict[str, msgspec.Raw]) -> tuple[Opened, ...]:
    """Judge the bundle itself; its objects are judged one by one."""
    hollow = {
        name: msgspec.json.decode(value) if len(bytes(value)) <= MAX_OBJECT else ""
        for name, value in shape.items()
        if name != "objects"
    }
    flaws: tuple[Flaw, ...] = validator().flaws(hollow)
    named = hollow.get("id")
    known = named if isinstance(named, str) else ""
    return (Opened(body=b"", value=hollow, id=known, flaws=flaws),) if flaws else ()


def _type(shape: dict[str, msgspec.Raw]) -> str:
    return bytes(shape.get("type", b'""')).decode("utf-8", "replace").strip().strip('"')
