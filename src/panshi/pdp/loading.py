"""Policies, schema and entities read from files; whatever is wrong is named with file and line.

DIR     every *.cedar, in the order of their names; one *.cedarschema unless --schema names one
FILE    Cedar entities in JSON
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from panshi.errors import BadInputError, ContentError
from panshi.node.home import VARIABLE, Home
from panshi.node.node import Node
from panshi.node.zero_trust.serving import published
from panshi.protection.cedar import (
    CompiledPolicies,
    Entity,
    EntityStore,
    Schema,
    compile_policies,
)
from panshi.protection.zero_trust.policies.policy_set import PolicySet
from panshi.protection.zero_trust.policies.ruling import enforced

MOST_BYTES = 256 * 1024 * 1024
"Entities of a hundred thousand systems and persons fit."


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Everything a decision point decides by."""

    policies: CompiledPolicies
    entities: EntityStore
    version: str
    """Digest of policies and schema."""
    fail_secure: bool | None = None
    """Whether the set denies on every error, where it says so; None: it does not say."""


def load(policies: Path, entities: Path | None, schema: Path | None = None) -> Loaded:
    """Read it all, or raise; nothing of it is half read."""
    texts = _texts(policies)
    declared = _schema(policies, schema)
    found = PolicySet.of(texts, _text(declared) if declared else "")
    parsed = Schema.parse(found.schema, source=str(declared)) if declared else None
    return Loaded(
        policies=compiled(enforced(found), parsed, folder=str(policies), written=texts),
        entities=_entities(entities, parsed),
        version=found.version,
    )


def load_published(home: Path) -> Loaded:
    """Read what a home has in force: the published set, and the newest estate's entities."""
    with Node.open(Home.locate(os.environ | {VARIABLE: str(home)})) as node:
        found = published(node)
    schema = Schema.parse(found.schema, source="published schema")
    return Loaded(
        policies=compiled(found.files, schema, folder="published"),
        entities=found.entities,
        version=found.version,
        fail_secure=found.fail_secure,
    )


def compiled(
    texts: Mapping[str, str],
    schema: Schema | None,
    *,
    folder: str,
    written: Mapping[str, str] | None = None,
) -> CompiledPolicies:
    """Compile texts by file name as one set; an error names the file as it is written."""
    try:
        return compile_policies("\n".join(texts.values()), source=folder, schema=schema)
    except ContentError:
        for name, text in (written or texts).items():
            compile_policies(text, source=f"{folder}/{name}", schema=schema)
        raise


def _texts(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise BadInputError(
            "no such folder", place=str(folder), remedy="--policies names a folder of *.cedar"
        )
    found = {each.name: _text(each) for each in sorted(folder.glob("*.cedar"))}
    if not found:
        raise BadInputError(
            "holds no *.cedar file", place=str(folder), remedy="write at least one policy"
        )
    return found


def _schema(folder: Path, named: Path | None) -> Path | None:
    if named is not None:
        return named
    found = sorted(folder.glob("*.cedarschema"))
    if len(found) > 1:
        raise BadInputError(
            f"{len(found)} schemas: {', '.join(each.name for each in found)}",
            place=str(folder),
            remedy="keep one, or name one by --schema",
        )
    return found[0] if found else None


def _entities(file: Path | None, schema: Schema | None) -> EntityStore:
    if file is None:
        return EntityStore.from_json([], schema)
    text = _text(file)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        place = f"{file}:{line}" if line else str(file)
        raise BadInputError(f"not JSON: {error}", place=place) from error
    if not isinstance(document, list):
        raise BadInputError(
            "not a list of entities", place=str(file), remedy='write [{"uid": …}, …]'
        )
    found = EntityStore.from_json(text, schema, source=str(file))
    return EntityStore(sorted(found, key=_order(document)))


def _order(document: list[object]) -> Callable[[Entity], int]:
    """Give the order of the file, in which searches list what they find."""
    places: dict[tuple[str, str], int] = {}
    for place, each in enumerate(document):
        match each:
            case {"uid": {"type": str(kind), "id": str(name)}} | {
                "uid": {"__entity": {"type": str(kind), "id": str(name)}}
            }:
                places[kind, name] = place
    return lambda entity: places.get(entity.uid, len(places))


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise BadInputError(f"larger than {MOST_BYTES >> 20} MiB", place=str(file))
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInputError(
            f"cannot be read: {error.strerror}", place=str(file), remedy="check the path"
        ) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadInputError(
            "not UTF-8", place=f"{file}:{line}", remedy="save the file as UTF-8"
        ) from error
