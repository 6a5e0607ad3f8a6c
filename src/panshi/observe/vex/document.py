"""A document with statements, and what is told of it while it is being read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from panshi.model.supply_chain.advisory import Advisory
from panshi.model.supply_chain.bom import Defect
from panshi.model.supply_chain.vex import VexStatement
from panshi.observe.reading.texts import clean

DEFECTS_KEPT = 200
"Defects told one by one; the rest is counted."
STATEMENTS_KEPT = 200_000
PRODUCTS_KEPT = 100_000
"Products of one statement."
LONGEST = 4_000
"Characters of a reason or an advice."

type Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An opened envelope."""

    payload_type: str
    payload: bytes
    signatures: tuple[tuple[str, bytes], ...]
    "Pairs of key id and signature."


@dataclass(frozen=True, slots=True, kw_only=True)
class VexDocument:
    """What one document says, in the form all formats share."""

    format: str
    "`CSAF`, `CycloneDX` or `OpenVEX`."
    spec_version: str
    digest: str
    "SHA-256 of the bytes as received."
    id: str = ""
    author: str = ""
    title: str = ""
    issued: str = ""
    "As written, RFC 3339."
    statements: tuple[VexStatement, ...] = ()
    defects: tuple[Defect, ...] = ()
    refused: str = ""
    "Why not one of its statements counts; empty where they do."
    advisories: tuple[Advisory, ...] = ()
    "What a CSAF advisory says is reached, as other feeds would say it."
    envelope: Envelope | None = None
    "What it came in; its signatures are not checked here."


@dataclass(slots=True)
class Reading:
    """Where defects gather while a document is read."""

    defects: list[Defect] = field(default_factory=list)
    untold: int = 0

    def tell(self, place: str, problem: str) -> None:
        """Note what could not be taken, and where."""
        if len(self.defects) < DEFECTS_KEPT:
            self.defects.append(Defect(place=place, problem=problem))
        else:
            self.untold += 1

    def told(self) -> tuple[Defect, ...]:
        """Give the defects, with the number of those not listed."""
        if self.untold:
            rest = Defect(place="", problem=f"{self.untold:,} more like these")
            return (*self.defects, rest)
        return tuple(self.defects)


def text(value: object, limit: int = 500) -> str:
    """Give a clean text; empty for what is none."""
    return clean(value, limit)


def mapping(value: object) -> Json:
    """Give an object; an empty one for what is none."""
    return value if isinstance(value, dict) else {}


def items(value: object, place: str) -> Iterator[tuple[object, str]]:
    """Give the entries of a list, each with its place (RFC 6901)."""
    for number, each in enumerate(value if isinstance(value, list) else ()):
        yield each, f"{place}/{number}"


def objects(value: object, place: str) -> Iterator[tuple[Json, str]]:
    """Give the objects of a list, each with its place."""
    for each, where in items(value, place):
        if isinstance(each, dict):
            yield each, where


def texts(value: object, limit: int = 500) -> tuple[str, ...]:
    """Give the texts of a list, in order, each once."""
    found = (text(each, limit) for each in value) if isinstance(value, list) else ()
    return tuple(dict.fromkeys(filter(None, found)))
