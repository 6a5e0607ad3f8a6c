"""A package URL and how it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

from panshi.errors import BadInputError
from panshi.protection.supply_chain.purl.types import Presence, name_of, rule

LONGEST = 8192
"""Characters of a purl."""
TYPE = re.compile(r"[a-z.-][a-z0-9.-]*")
QUALIFIER = re.compile(r"[a-z][a-z0-9._-]*")
SURROGATE = re.compile("[\ud800-\udfff]")
REMEDY = "write it as pkg:type/namespace/name@version?qualifiers#subpath"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageUrl:
    """A package, its parts in the form its type prescribes; equal packages are equal."""

    type: str
    namespace: str = ""
    name: str
    version: str = ""
    qualifiers: tuple[tuple[str, str], ...] = ()
    "sorted by name"
    subpath: str = ""

    @classmethod
    def build(
        cls,
        *,
        type: str,  # noqa: A002 -- the standard's word
        name: str,
        namespace: str = "",
        version: str = "",
        qualifiers: Mapping[str, str] | None = None,
        subpath: str = "",
    ) -> Self:
        """Make one from parts; refuse what its type does not allow."""
        kind = type.lower()
        if not TYPE.fullmatch(kind):
            raise bad(f"{type!r} is no type of package")
        kept = _qualifiers(qualifiers or {})
        parts = {"namespace": namespace, "name": name.strip("/"), "version": version}
        prescribed = rule(kind)
        if any(not _speakable(part) for part in (*parts.values(), *kept.values(), subpath)):
            raise bad("holds what is no text")
        for part in prescribed.lower:
            parts[part] = parts[part].lower()
        parts["name"] = name_of(kind, parts["name"], kept)
        _check(kind, parts, kept)
        return cls(
            type=kind,
            namespace="/".join(filter(None, parts["namespace"].split("/"))),
            name=parts["name"],
            version=parts["version"],
            qualifiers=tuple(sorted(kept.items())),
            subpath="/".join(part for part in subpath.split("/") if part not in {"", ".", ".."}),
        )

    def __str__(self) -> str:
        """Write it in canonical form."""
        text = f"pkg:{self.type}/"
        if self.namespace:
            text += f"{_encoded(self.namespace, '/')}/"
        text += _encoded(self.name, "/" if rule(self.type).open_name else "")
        if self.version:
            text += f"@{_encoded(self.version)}"
        if self.qualifiers:
            text += "?" + "&".join(f"{key}={_encoded(value)}" for key, value in self.qualifiers)
        if self.subpath:
            text += f"#{_encoded(self.subpath, '/')}"
        return text


def bad(problem: str) -> BadInputError:
    """Say what is wrong with a purl."""
    return BadInputError(problem, place="purl", remedy=REMEDY)


def _encoded(text: str, also: str = "") -> str:
    return quote(text, safe=":" + also)


def _speakable(text: str) -> bool:
    return not SURROGATE.search(text)


def _qualifiers(given: Mapping[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for key, value in given.items():
        name = key.lower()
        if not QUALIFIER.fullmatch(name):
            raise bad(f"{key!r} is no name of a qualifier")
        if name in kept:
            raise bad(f"qualifier {name!r} stands twice")
        if value:
            kept[name] = value
    return kept


def _check(kind: str, parts: Mapping[str, str], qualifiers: Mapping[str, str]) -> None:
    prescribed = rule(kind)
    if not parts["name"]:
        raise bad("has no name")
    match prescribed.namespace, bool(parts["namespace"]):
        case Presence.REQUIRED, False:
            raise bad(f"{kind} packages have a namespace")
        case Presence.PROHIBITED, True:
            raise bad(f"{kind} packages have no namespace")
    for key in prescribed.qualifiers:
        if key not in qualifiers:
            raise bad(f"{kind} packages have a qualifier {key}")
    for part, pattern in (("name", prescribed.name), ("version", prescribed.version)):
        if pattern is not None and parts[part] and not pattern.fullmatch(parts[part]):
            raise bad(f"{parts[part]!r} is no {part} of a {kind} package")
