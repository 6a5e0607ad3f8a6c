"""Which attestations are looked at again this quarter: a draw nobody can choose.

The draw follows from the root of the log as it was when the quarter began, and from nothing else:
whoever attests cannot know it, whoever examines cannot pick, and everybody can draw again and see
the same. Each attestation's rank is the SHA-256 of that root and of its evidence id; the lowest
ranks are drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from panshi.model.observation import ObservationId

MONTHS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What was drawn for a quarter."""

    quarter: str
    begins: date
    log_size: int
    "How much of the log there was when the quarter began."
    drawn_from: str
    "Its root."
    wanted: int
    among: int
    "How many attestations stood then."
    drawn: tuple[ObservationId, ...]


def quarter_name(day: date) -> str:
    """Name the quarter a day is in, for example `2026Q4`."""
    return f"{day.year}Q{(day.month - 1) // MONTHS + 1}"


def quarter_begins(day: date) -> date:
    """Give the first day of the quarter a day is in."""
    return day.replace(month=(day.month - 1) // MONTHS * MONTHS + 1, day=1)


def draw(
    among: Iterable[ObservationId], *, day: date, wanted: int, log_size: int, drawn_from: str
) -> Sample:
    """Draw attestations for the quarter a day is in."""
    known = tuple(dict.fromkeys(among))
    ranked = sorted(known, key=lambda each: (_rank(drawn_from, each), each))
    return Sample(
        quarter=quarter_name(day),
        begins=quarter_begins(day),
        log_size=log_size,
        drawn_from=drawn_from,
        wanted=wanted,
        among=len(known),
        drawn=tuple(ranked[:wanted]),
    )


def _rank(root: str, attestation: ObservationId) -> bytes:
    return sha256(f"{root} {attestation}".encode()).digest()
