"""An attestation, the register of all and the draw, as they are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from panshi.governance.attestations.sampling import Sample
from panshi.governance.attestations.story import AttestationFlaw, AttestationState
from panshi.model.observation import ObservationId

_WORTH_A_LOOK = frozenset({AttestationState.STANDING, AttestationState.INCOMPLETE})


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationStepView:
    """One event after the attestation."""

    evidence_id: ObservationId
    kind: str
    at: datetime
    by: str
    said: str = ""
    upheld: bool | None = None
    flaw: AttestationFlaw | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationView:
    """One attestation on a day."""

    id: ObservationId
    number: str
    control: str
    "`<framework>/<control>`."
    framework: str
    state: AttestationState
    flaw: AttestationFlaw | None
    detail: str
    counts: bool
    "Whether the control is attested by it today."
    attested_by: str
    countersigned_by: str
    needs_second: bool
    scope: str
    period_start: date | None
    period_end: date | None
    made_on: date
    due: date
    "First day on which it stands no longer."
    days_left: int | None
    statement: str
    fulfilled: bool
    attachment: str
    attachment_sha256: str
    attachment_bytes: int
    drawn: bool
    "Drawn for a second look this quarter."
    reexamined: bool | None
    "Whether it was upheld; None where nobody looked again this quarter."
    legacy: bool
    "One record of an earlier version with both names in it."
    steps: tuple[AttestationStepView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationRegister:
    """Every attestation that speaks for a control or waits to, and the draw of the quarter."""

    estate: str
    day: date
    attestations: tuple[AttestationView, ...]
    "Newest first."
    attested_controls: int
    "Controls that are judged by attestation at all."
    sample: Sample

    @property
    def counting(self) -> tuple[AttestationView, ...]:
        """Those that attest a control today."""
        return tuple(each for each in self.attestations if each.counts)

    @property
    def waiting(self) -> tuple[AttestationView, ...]:
        """Those that await a second person."""
        found = AttestationState.PENDING
        return tuple(each for each in self.attestations if each.state is found)

    @property
    def drawn(self) -> tuple[AttestationView, ...]:
        """Those drawn for a second look, in the order of the draw."""
        known = {each.id: each for each in self.attestations}
        return tuple(known[each] for each in self.sample.drawn if each in known)

    @property
    def unexamined(self) -> tuple[AttestationView, ...]:
        """Those drawn that nobody has looked at again."""
        return tuple(
            each for each in self.drawn if each.reexamined is None and each.state in _WORTH_A_LOOK
        )

    def find(self, number: str) -> AttestationView | None:
        """Give one by its number."""
        return next((each for each in self.attestations if each.number == number), None)
