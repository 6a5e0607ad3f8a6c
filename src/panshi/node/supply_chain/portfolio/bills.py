"""A bill of materials as the portfolio takes it in: its packages, and what it says of itself."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from panshi.errors import BadInputError
from panshi.model.supply_chain.vex import bom_link
from panshi.observe.bill import UNVERSIONED_TYPES
from panshi.observe.bom import open_bom

if TYPE_CHECKING:
    from pathlib import Path

    from panshi.model.supply_chain.bom import BomComponent, BomHead, Defect

NO_PURL = "no_purl"
DEFECTS_TOLD = 100


class Bill(NamedTuple):
    """One document, read to its end."""

    head: BomHead
    purls: tuple[str, ...]
    "Each once, in the order of the document."
    components: int
    unreadable: int
    unjudged: dict[str, int]
    "Components nobody can judge, by reason."
    defects: tuple[Defect, ...]
    "At most 100."
    versioned_share: float
    identified_share: float
    about: tuple[str, str, str, str] | None
    "Purl, BOM-Link, version and CPE of what it describes; None where it does not say."
    states: bool
    "Whether it carries statements on exploitability."


def read_bill(source: Path | bytes, *, name: str = "") -> Bill:
    """Read a document; one that is none raises, one bad component is a defect."""
    stream = open_bom(source, source=name)
    purls: dict[str, None] = {}
    counts: Counter[str] = Counter()
    for component in stream:
        purl = component.purl
        if purl:
            purls[purl] = None
        else:
            counts[NO_PURL] += 1
        if component.type not in UNVERSIONED_TYPES:
            _count(component, counts)
    head = stream.head
    if not head.lists_components and not head.components:
        raise BadInputError(
            f"the document lists no components, only {head.instead or 'what it is about'}",
            place=name,
            remedy="deliver a bill of materials; statements on exploitability go to `panshi vex`",
        )
    software = counts["software"]
    return Bill(
        head=head,
        purls=tuple(purls),
        components=head.components,
        unreadable=stream.unreadable,
        unjudged={NO_PURL: counts[NO_PURL]} if counts[NO_PURL] else {},
        defects=tuple(stream.defects[:DEFECTS_TOLD]),
        versioned_share=counts["versioned"] / software if software else 0.0,
        identified_share=counts["identified"] / software if software else 0.0,
        about=_about(head),
        states=bool(stream.vex),
    )


def _about(head: BomHead) -> tuple[str, str, str, str] | None:
    about = head.subject
    if about is None:
        return None
    ref = bom_link(about.ref, serial=head.serial, version=head.version, digest=head.digest)
    return about.purl, ref, about.version, about.cpe


def _count(component: BomComponent, counts: Counter[str]) -> None:
    counts["software"] += 1
    counts["versioned"] += bool(component.version)
    counts["identified"] += bool(component.purl or component.cpe or component.swid)
