"""Terms all forms of SPDX share: what a document describes, parties, licences, versions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from panshi.errors import BadInputError
from panshi.observe.bill import Bill, Values

_DOCUMENT = "SPDXRef-DOCUMENT"
_UNSAID = frozenset({"", "NOASSERTION", "NONE"})
_VERSION = re.compile(r"SPDX-2\.[0-9]")
_PARTY = re.compile(r"^(?:Organization|Person|Tool):\s*|\s*\([^()]*\)\s*$")
_KEPT = 200_000


@dataclass(slots=True)
class Described:
    """Ids of the elements a document says it describes."""

    ids: set[str] = field(default_factory=set)

    def add(self, identifier: str) -> None:
        """Note one element."""
        if identifier and len(self.ids) < _KEPT:
            self.ids.add(identifier)

    def relation(self, here: str, kind: str, there: str) -> None:
        """Note the element of a relationship that says so, in either direction."""
        if kind == "DESCRIBES" and here == _DOCUMENT:
            self.add(there)
        elif kind == "DESCRIBED_BY" and there == _DOCUMENT:
            self.add(here)


@dataclass(slots=True)
class Roots:
    """Sorts packages into the described one and its parts."""

    bill: Bill
    described: Described
    _roots: list[tuple[Values, str]] = field(default_factory=list)

    def take(self, identifier: str, values: Values, place: str) -> None:
        """Count a package, or set it aside where the document describes it."""
        if identifier in self.described.ids:
            self._roots.append((values, place))
        else:
            self.bill.add(values, place)

    def close(self) -> None:
        """Let one described package give the subject; several are parts like the others."""
        match self._roots:
            case [(values, _)]:
                self.bill.subject_name = str(values.get("name") or "")
                self.bill.subject_version = str(values.get("version") or "")
                self.bill.supplier = str(values.get("supplier") or "")
            case several:
                for values, place in several:
                    self.bill.add(values, place)


def known_version(version: str, place: str) -> None:
    """Refuse what does not say that it is SPDX 2."""
    if not _VERSION.fullmatch(version):
        raise BadInputError(
            f"is not an SPDX 2 document (SPDX version {version[:20]!r})",
            place=place,
            remedy="export the document as SPDX 2.2, 2.3 or 3.0",
        )


def party(text: str) -> str:
    """Give the name of `Organization: Name (mail)`, empty where nothing is said."""
    return "" if text in _UNSAID else _PARTY.sub("", _PARTY.sub("", text))


def licence_of(concluded: str, declared: str) -> str:
    """Give the licence concluded, else the one declared, else nothing."""
    return next((each for each in (concluded, declared) if each not in _UNSAID), "")
