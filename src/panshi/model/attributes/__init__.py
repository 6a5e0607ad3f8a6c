"""Attribute schemas per kind of asset, checked where an estate enters (design, section 3).

A population query names attributes; a misspelt or mistyped one would quietly shrink the
population. So names and types are closed: what is not in the schema is refused, with the
names that are.
"""

from __future__ import annotations

from difflib import get_close_matches

from panshi.model.asset import Asset, AssetKind
from panshi.model.attributes.business import BUSINESS
from panshi.model.attributes.machines import MACHINES
from panshi.model.attributes.parties import PARTIES
from panshi.model.attributes.schema import (
    Attribute,
    AttributeType,
    Choice,
    Problem,
    parse,
    problem_of,
    text_problem,
    written,
)
from panshi.model.attributes.words import COMMON, FIELDS

__all__ = [
    "ATTRIBUTES",
    "COMMON",
    "FIELDS",
    "Attribute",
    "AttributeType",
    "Choice",
    "Problem",
    "check_attributes",
    "missing",
    "parse",
    "problem_of",
    "text_problem",
    "unknown_attribute",
    "written",
]

_OWN = BUSINESS | MACHINES | PARTIES

ATTRIBUTES: dict[AssetKind, dict[str, Attribute]] = {
    kind: {attribute.name: attribute for attribute in (*_OWN[kind], *COMMON)} for kind in AssetKind
}
"Every attribute of every kind, by name, in the order forms show them."


def check_attributes(asset: Asset) -> tuple[Problem, ...]:
    """Everything wrong with one asset's own values; empty when it may enter an estate."""
    schema = ATTRIBUTES[asset.kind]
    problems = [
        Problem(name=name, problem=wrong)
        for name, value in (("id", asset.id), ("name", asset.name))
        if (wrong := text_problem(value))
    ]
    problems += [
        Problem(name=name, problem=wrong)
        for name, values in (
            ("identifiers", asset.identifiers),
            ("inventories", asset.inventories),
        )
        for value in values
        if (wrong := text_problem(value))
    ]
    for name, value in asset.attributes.items():
        found = (
            problem_of(schema[name], value)
            if name in schema
            else unknown_attribute(asset.kind, name)
        )
        if found is not None:
            problems.append(found)
    problems += missing(asset)
    return tuple(problems)


def missing(asset: Asset) -> tuple[Problem, ...]:
    """Give required attributes the asset does not have."""
    return tuple(
        Problem(
            name=attribute.name,
            problem=f"missing; an asset of kind {asset.kind} needs it",
            remedy=f"{attribute.zh}／{attribute.en}",
        )
        for attribute in ATTRIBUTES[asset.kind].values()
        if attribute.required and attribute.name not in asset.attributes
    )


def unknown_attribute(kind: AssetKind, name: str) -> Problem:
    """Say that a kind has no such attribute, and which ones it has."""
    allowed = list(ATTRIBUTES[kind])
    close = get_close_matches(name, allowed, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    return Problem(
        name=name,
        problem=f"assets of kind {kind} have no attribute {name[:80]!r}",
        remedy=f"{hint}allowed: {', '.join(allowed)}",
    )
