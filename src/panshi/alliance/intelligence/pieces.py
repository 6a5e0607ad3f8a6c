"""A STIX object as it came, read for what an institution needs of it; the bytes stay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from panshi.alliance.intelligence.features import spoken
from panshi.errors import BadInputError
from panshi.model.alliance.marking import Marking
from panshi.model.alliance.pulled import Incoming, Piece

LONGEST = 4 * 1024 * 1024
"Bytes of one object."
_ID = re.compile(
    r"([a-z0-9-]{2,250})--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
_DENIED = frozenset({"strongly-disagree", "disagree"})


def incoming(
    thing: Mapping[str, object], body: bytes, marking: Marking, *, source: str, now: datetime
) -> Incoming:
    """Read one object; raises where it is none."""
    kind, object_id = thing.get("type"), thing.get("id")
    named = _ID.fullmatch(object_id) if isinstance(object_id, str) else None
    if not isinstance(kind, str) or named is None or named[1] != kind:
        raise BadInputError("an object without type and id that fit", place=source)
    if len(body) > LONGEST:
        raise BadInputError(f"an object of more than {LONGEST:,} bytes", place=source)
    says = spoken(thing)
    piece = Piece(
        source=source,
        id=str(object_id),
        type=kind,
        name=_name(thing),
        version=_moment(thing.get("modified")) or _moment(thing.get("created")),
        at=_true_at(thing, now),
        confidence=_confidence(thing.get("confidence")),
        origin=_text(thing.get("created_by_ref")),
        valid_until=_moment(thing.get("valid_until")),
        revoked=thing.get("revoked") is True,
        marking=marking,
        about=_about(thing),
        denies=thing.get("opinion") in _DENIED or (kind == "sighting" and thing.get("count") == 0),
        techniques=tuple(
            sorted({each[1].upper() for each in says.features if each[0] == "technique"})
        ),
        left_out=says.wanted.left_out,
    )
    return Incoming(piece=piece, alternatives=says.wanted.alternatives, body=body)


def _about(thing: Mapping[str, object]) -> str:
    if thing.get("type") == "sighting":
        return _text(thing.get("sighting_of_ref"))
    refs = thing.get("object_refs")
    if thing.get("type") == "opinion" and isinstance(refs, list) and refs:
        return _text(refs[0]) if thing.get("opinion") != "neutral" else ""
    return ""


def _true_at(thing: Mapping[str, object], now: datetime) -> datetime:
    """Give when it was true; nothing is true later than now."""
    for name in ("last_seen", "modified", "valid_from", "first_seen", "created"):
        found = _moment(thing.get(name))
        if found is not None:
            return min(found, now)
    return now


def _name(thing: Mapping[str, object]) -> str:
    for key in ("name", "value", "pattern", "description", "number", "relationship_type"):
        found = thing.get(key)
        if isinstance(found, str | int) and str(found).strip():
            return " ".join(str(found)[:400].split())[:200]
    return ""


def _confidence(found: object) -> int | None:
    fits = isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= 100  # noqa: PLR2004 -- percent
    return found if fits and isinstance(found, int) else None


def _text(found: object) -> str:
    return found if isinstance(found, str) and _ID.fullmatch(found) else ""


def _moment(found: object) -> datetime | None:
    if not isinstance(found, str) or len(found) > 40:  # noqa: PLR2004 -- no time is that long
        return None
    try:
        moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", found))
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
