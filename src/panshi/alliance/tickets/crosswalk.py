"""The ticket beside other standards, from content/alliance/ticket.yaml; and what FIRE still lacks.

FSB FIRE v1.0 asks 19 items of an initial report, 33 of an intermediate and 48 of the final one. A
ticket tells most of them by its own fields; the rest a member adds as report items
(`fire/1.0:<number>`). Incomplete is allowed: what is missing is named, never a reason to refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from panshi.errors import ContentError
from panshi.model.alliance.ticket import Severity, Status, Ticket

FIRE = "fire/1.0"


class Phase(StrEnum):
    """Which report of FIRE."""

    INITIAL = "initial"
    INTERMEDIATE = "intermediate"
    FINAL = "final"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a field stands in other standards; empty where they have no place for it."""

    stix: str
    ocsf: str
    iodef: str
    fire: tuple[int, ...] = ()


class FireItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One essential item of FIRE."""

    item: int
    name: str
    initial: bool
    intermediate: bool
    final: bool
    source: str = msgspec.field(name="from")
    "Field of the ticket, or `member`, `hub`, `report_items`."

    def asked(self, phase: Phase) -> bool:
        """Whether a report of this phase must tell it."""
        return bool(getattr(self, str(phase)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Crosswalk:
    """The whole file."""

    version: int
    fields: Mapping[str, Place]
    fire: tuple[FireItem, ...] = field(default=())


def load_crosswalk(raw: bytes, *, source: str) -> Crosswalk:
    """Read the file; every field of the ticket has its line."""
    try:
        found = msgspec.yaml.decode(raw, type=Crosswalk)
    except msgspec.MsgspecError as error:
        raise ContentError(f"does not fit: {error}", place=source) from error
    for each in found.fire:
        head = each.source.partition(".")[0]
        if head not in found.fields and head not in {"member", "hub"}:
            raise ContentError(f"item {each.item} comes from {head!r}, no field", place=source)
    return found


def phase_of(ticket: Ticket) -> Phase:
    """Tell which report of FIRE a version is: the first, one on the way, or the last."""
    if ticket.status is Status.CLOSED:
        return Phase.FINAL
    return Phase.INITIAL if ticket.version == 1 else Phase.INTERMEDIATE


def lacking(
    ticket: Ticket, crosswalk: Crosswalk, phase: Phase | None = None
) -> tuple[FireItem, ...]:
    """Give the essential items a ticket does not tell."""
    wanted = phase or phase_of(ticket)
    told = {each.item for each in ticket.report_items if each.value}
    return tuple(
        each
        for each in crosswalk.fire
        if each.asked(wanted)
        and f"{FIRE}:{each.item}" not in told
        and not _tells(ticket, each.source)
    )


def _tells(ticket: Ticket, source: str) -> bool:
    if source in {"member", "hub", "version", "status"}:
        return True
    if source == "report_items":
        return False
    head, _dot, inner = source.partition(".")
    value = getattr(ticket, head)
    value = getattr(value, inner) if inner else value
    return value not in ("", (), None, Severity.UNKNOWN)
