"""Official catalogues as they are published: the JSON of ASVS 5.0, the YAML files of SAMM 2.

Only ids and texts are taken. The texts are under CC-BY-SA 4.0; they stay where the institution
loaded them and are not part of anything that ships.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import cast

import msgspec
import yaml

from panshi.errors import BadInputError

MOST = 5_000
LONGEST = 4_000
_REQUIREMENT = re.compile(r"V\d{1,2}\.\d{1,2}\.\d{1,2}")
_ACTIVITY = re.compile(r"[A-Z]-[A-Z]{2}-[123]-[AB]")
_REMEDY = "name the official JSON of ASVS 5.0, or the archive of SAMM 2"


class Official(msgspec.Struct, frozen=True):
    """Texts by id."""

    framework: str
    version: str
    texts: dict[str, str]


def read_asvs(raw: bytes, *, source: str) -> Official:
    """Read ASVS in its nested or flat JSON."""
    try:
        document = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise BadInputError(f"is not valid JSON: {error}", place=source, remedy=_REMEDY) from error
    texts = dict(_asvs(document))
    if not texts:
        raise BadInputError("holds no requirement of ASVS", place=source, remedy=_REMEDY)
    version = document.get("Version", "") if isinstance(document, dict) else ""
    return Official(framework="asvs", version=str(version)[:20], texts=texts)


def read_samm(files: Mapping[str, bytes], *, source: str) -> Official:
    """Read the activities of SAMM, one YAML file each."""
    texts: dict[str, str] = {}
    for name, raw in sorted(files.items()):
        found = _ACTIVITY.search(name)
        if found is None or len(texts) >= MOST:
            continue
        place = f"{source}: {name}"
        try:
            if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(raw, _loader())):
                raise BadInputError("a YAML alias", place=place, remedy=_REMEDY)
            document = yaml.load(raw, Loader=yaml.CSafeLoader)
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            raise BadInputError("is not valid YAML", place=place, remedy=_REMEDY) from error
        title = document.get("title", "") if isinstance(document, dict) else ""
        texts[found[0]] = str(title)[:LONGEST]
    if not texts:
        raise BadInputError("holds no activity of SAMM", place=source, remedy=_REMEDY)
    return Official(framework="samm", version="2", texts=texts)


def _loader() -> type[yaml.SafeLoader]:
    return cast("type[yaml.SafeLoader]", yaml.CSafeLoader)


def _asvs(document: object) -> Iterator[tuple[str, str]]:
    """Walk chapters, sections and requirements, or the flat list."""
    waiting = [document]
    taken = 0
    while waiting:
        here = waiting.pop()
        if isinstance(here, list):
            waiting.extend(here)
            continue
        if not isinstance(here, dict):
            continue
        identifier = here.get("req_id") or here.get("Shortcode")
        text = here.get("req_description") or here.get("Description")
        if isinstance(identifier, str) and isinstance(text, str):
            if _REQUIREMENT.fullmatch(identifier) and taken < MOST:
                taken += 1
                yield identifier, text[:LONGEST]
            continue
        waiting.extend(here.get(each) for each in ("Requirements", "Items", "requirements"))
