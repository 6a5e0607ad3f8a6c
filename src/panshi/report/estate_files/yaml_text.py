"""An estate as YAML 1.2 text that a person can edit and a diff can show.

Texts are quoted unless they are plain words, so that no other reader takes `NO` for false or
`1.10` for a number; our own reader goes by the schema anyway.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from panshi.model.asset import Asset, AttributeValue
from panshi.model.attributes import ATTRIBUTES, written
from panshi.model.changes import ordered
from panshi.model.estate import Estate
from panshi.model.estate_layout import FORMAT_VERSION

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./@-]*(:[A-Za-z0-9_./@-]+)*")
_NOT_TEXT = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
"Words that YAML 1.1 readers take for something else than text."


def estate_yaml(estate: Estate) -> bytes:
    """Write the estate as YAML."""
    return "".join(_lines(ordered(estate))).encode()


def _lines(estate: Estate) -> Iterator[str]:
    yield f"# 磐石資產清冊／Panshi estate: {yaml_scalar(estate.id)}, version {estate.version}, "
    yield f"as of {estate.as_of.isoformat()}\n"
    yield f"panshi_estate: {FORMAT_VERSION}\n"
    yield f"name_zh: {yaml_scalar(estate.name_zh)}\n"
    yield f"name_en: {yaml_scalar(estate.name_en)}\n"
    yield f"demo: {written(estate.demo)}\n"
    yield "assets:\n" if estate.assets else "assets: []\n"
    for asset in estate.assets:
        yield from _asset(asset)
    yield "relations:\n" if estate.relations else "relations: []\n"
    for relation in estate.relations:
        source, target = yaml_scalar(relation.source), yaml_scalar(relation.target)
        yield f"  - {{kind: {relation.kind}, source: {source}, target: {target}}}\n"


def _asset(asset: Asset) -> Iterator[str]:
    yield f"  - id: {yaml_scalar(asset.id)}\n    name: {yaml_scalar(asset.name)}\n"
    if asset.identifiers:
        yield f"    identifiers: {_value(asset.identifiers)}\n"
    if asset.inventories:
        yield f"    inventories: {_value(asset.inventories)}\n"
    if asset.attributes:
        yield "    attributes:\n"
    for name in ATTRIBUTES[asset.kind]:
        if name in asset.attributes:
            yield f"      {name}: {_value(asset.attributes[name])}\n"


def _value(value: AttributeValue) -> str:
    match value:
        case tuple():
            return f"[{', '.join(map(yaml_scalar, value))}]"
        case str():
            return yaml_scalar(value)
        case _:
            return written(value)


def yaml_scalar(text: str) -> str:
    """Write a text so that every YAML reader takes it for the same text."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _NOT_TEXT:
        return text
    # A YAML double-quoted text takes every JSON escape; format characters (byte order marks,
    # joiners) are escaped too, since YAML counts some of them as not printable.
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escaped(c) for c in quoted)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 (end of the BMP)
