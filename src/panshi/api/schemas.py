"""JSON Schema (2020-12) of the types that routes take and answer, made by msgspec.

What msgspec leaves out is added: descriptions of fields, and that requests are closed, because
unknown fields of a body are refused.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable
from typing import Any

import msgspec
from msgspec import inspect

from panshi.api.field_notes import notes

REF = "#/components/schemas/{name}"
type Schema = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Schemas:
    """The schema of each type asked for, and the components they refer to."""

    of: dict[Any, Schema]
    components: dict[str, Schema]


def schemas(answers: Iterable[Any], requests: Iterable[Any]) -> Schemas:
    """Describe what is answered and what is asked."""
    asked = list(dict.fromkeys(requests))
    kinds = list(dict.fromkeys([*answers, *asked]))
    described, components = msgspec.json.schema_components(kinds, ref_template=REF)
    for kind in _classes(inspect.multi_type_info(kinds)):
        _describe(components[name_of(kind, components)], notes(kind))
    for kind in _classes(inspect.multi_type_info(asked)):
        components[name_of(kind, components)]["additionalProperties"] = False
    return Schemas(
        of=dict(zip(kinds, described, strict=True)), components=dict(sorted(components.items()))
    )


def name_of(kind: type, components: Collection[str]) -> str:
    """Give the name of a type's component: with its module where two types share a name."""
    if kind.__name__ in components:
        return kind.__name__
    return re.sub(r"[^\w.-]", "_", f"{kind.__module__}.{kind.__qualname__}")


def parameters(kind: type, components: dict[str, Schema]) -> list[Schema]:
    """Give the query parameters a dataclass stands for."""
    schema = components[name_of(kind, components)]
    required = set(schema.get("required", ()))
    return [_parameter(name, dict(each), name in required) for name, each in _parts(schema)]


def _parts(schema: Schema) -> Iterable[tuple[str, Schema]]:
    parts: dict[str, Schema] = schema["properties"]
    return parts.items()


def _parameter(name: str, schema: Schema, required: bool) -> Schema:  # noqa: FBT001 -- one field
    description = schema.pop("description", "")
    if schema.get("default") is None:
        schema.pop("default", None)
    choices = [each for each in schema.pop("anyOf", ()) if each != {"type": "null"}]
    schema |= choices[0] if len(choices) == 1 else {"anyOf": choices} if choices else {}
    made: Schema = {"name": name, "in": "query", "required": required, "schema": schema}
    return made | ({"description": description} if description else {})


def _describe(component: Schema, found: dict[str, str]) -> None:
    for name, schema in component.get("properties", {}).items():
        if name in found and "description" not in schema:
            schema["description"] = found[name]


def _classes(kinds: Iterable[inspect.Type]) -> set[type]:
    """Give every dataclass and typed dict the types are made of."""
    found: dict[int, type] = {}
    waiting = list(kinds)
    seen: set[int] = set()
    while waiting:
        kind = waiting.pop()
        if id(kind) in seen:
            continue
        seen.add(id(kind))
        match kind:
            case inspect.DataclassType() | inspect.TypedDictType():
                found[id(kind.cls)] = kind.cls
                waiting += [each.type for each in kind.fields]
            case inspect.UnionType():
                waiting += kind.types
            case inspect.TupleType():
                waiting += kind.item_types
            case inspect.VarTupleType() | inspect.ListType():
                waiting.append(kind.item_type)
            case inspect.DictType():
                waiting.append(kind.value_type)
            case inspect.Metadata():
                waiting.append(kind.type)
            case _:
                pass
    return set(found.values())
