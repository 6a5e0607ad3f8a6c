"""Terms all forms of SPDX share: what a document describes, parties, licences, versions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from panshi.errors import BadInputError
from panshi.model.supply_chain.bom import BomComponent
from panshi.observe.bom.stream import Told

DOCUMENT = "SPDXRef-DOCUMENT"
PACKAGE_URLS = frozenset({"purl", "packageUrl"})
CPES = frozenset({"cpe22Type", "cpe23Type", "cpe22", "cpe23"})
_UNSAID = frozenset({"", "NOASSERTION", "NONE"})
_VERSION = re.compile(r"SPDX-2\.[0-9]")
_PARTY = re.compile(r"^(?:Organization|Person|Tool):\s*|\s*\([^()]*\)\s*$")
_KEPT = 200_000
_FORWARD = frozenset({"DEPENDS_ON", "CONTAINS", "DYNAMIC_LINK", "STATIC_LINK", "HAS_PREREQUISITE"})
"Relationships whose element depends on the related one."
_BACKWARD = frozenset({"CONTAINED_BY", "PREREQUISITE_FOR", "PACKAGE_OF"})
"Relationships that say the same the other way round, besides every `…DEPENDENCY_OF`."
PURPOSES = {
    "APPLICATION": "application",
    "FRAMEWORK": "framework",
    "LIBRARY": "library",
    "CONTAINER": "container",
    "OPERATING_SYSTEM": "operating-system",
    "OPERATING-SYSTEM": "operating-system",
    "DEVICE": "device",
    "FIRMWARE": "firmware",
    "FILE": "file",
    "DATA": "data",
    "MODEL": "machine-learning-model",
}
"Purposes of packages as CycloneDX calls them; others are libraries like most."


@dataclass(slots=True)
class Described:
    """What the relationships of a document say: what it describes, what depends on what."""

    told: Told
    ids: set[str] = field(default_factory=set)

    def add(self, identifier: str) -> None:
        """Note one element the document describes."""
        if identifier and len(self.ids) < _KEPT:
            self.ids.add(identifier)

    def relation(self, here: str, kind: str, there: str) -> None:
        """Note one relationship."""
        if kind == "DESCRIBES" and here == DOCUMENT:
            self.add(there)
        elif kind == "DESCRIBED_BY" and there == DOCUMENT:
            self.add(here)
        elif kind in _FORWARD:
            self.told.depends(here, [there])
        elif kind in _BACKWARD or kind.endswith("DEPENDENCY_OF"):
            self.told.depends(there, [here])


@dataclass(slots=True)
class Roots:
    """Sorts packages into the described one and its parts."""

    told: Told
    described: set[str]
    _roots: list[BomComponent] = field(default_factory=list)

    def part(self, component: BomComponent | None) -> bool:
        """Tell whether a package is a part; one the document describes is set aside."""
        if component is None:
            return False
        if component.ref in self.described and len(self._roots) < _KEPT:
            self._roots.append(component)
            return False
        return True

    def close(self) -> Iterator[BomComponent]:
        """Let one described package be the subject; several are parts like the others."""
        match self._roots:
            case [subject]:
                self.told.subject = subject
                self.told.supplier = subject.supplier
            case several:
                yield from several


def known_version(version: str, place: str) -> None:
    """Refuse what does not say that it is SPDX 2."""
    if not _VERSION.fullmatch(version):
        raise BadInputError(
            f"is not an SPDX 2 document (SPDX version {version[:20]!r})",
            place=place,
            remedy="export the document as SPDX 2.2, 2.3 or 3.0",
        )


def refuse_markup(place: str) -> NoReturn:
    """Refuse the one form of SPDX that is not read."""
    raise BadInputError(
        "is XML; the RDF/XML form of SPDX is not read",
        place=place,
        remedy="convert it to SPDX JSON",
    )


def party(text: str) -> str:
    """Give the name of `Organization: Name (mail)`, empty where nothing is said."""
    return "" if text in _UNSAID else _PARTY.sub("", _PARTY.sub("", text))


def licence_of(concluded: str, declared: str) -> str:
    """Give the licence concluded, else the one declared, else nothing."""
    return next((each for each in (concluded, declared) if each not in _UNSAID), "")


def creator(told: Told, text: str) -> None:
    """Note who or what made the document, as SPDX 2 writes it."""
    kind, _, name = text.partition(":")
    if kind.strip() == "Tool":
        told.tools.append(name.strip())
    elif name:
        told.authors.append(party(text))
