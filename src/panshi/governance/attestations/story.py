"""What is derived of one attestation: who signed, who countersigned, and how it ended.

    awaits a countersignature ── stands ── expired
                │                  ├── withdrawn
                └──────────────────┴── refuted (re-examined and not upheld)

An acknowledgement of non-compliance needs no second person: it only ever lowers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from panshi.model.bodies.attestations import AttestationMade
from panshi.model.bodies.records import Attestation
from panshi.model.observation import ObservationId, Sealed


class AttestationState(StrEnum):
    """What an attestation is on a day."""

    PENDING = "pending"
    "Awaits a countersignature."
    STANDING = "standing"
    ACKNOWLEDGED = "acknowledged"
    "Says that the control is not fulfilled."
    INCOMPLETE = "incomplete"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REFUTED = "refuted"
    "Examined again and not upheld."
    REPLACED = "replaced"
    "A newer one of the same control counts."
    VOID = "void"


class AttestationFlaw(StrEnum):
    """Why an attestation, or a step of one, counts for nothing."""

    NOBODY = "nobody"
    DATED_APART = "dated_apart"
    UNKNOWN_CONTROL = "unknown_control"
    NOT_ATTESTED = "not_attested"
    "The control is judged from evidence; nobody answers for it by a signature."
    NO_SCOPE = "no_scope"
    NO_STATEMENT = "no_statement"
    NO_ATTACHMENT = "no_attachment"
    BACKWARDS = "backwards"
    TOO_LONG = "too_long"
    NUMBER_TAKEN = "number_taken"
    NOTHING = "nothing"
    "It is about no attestation that was sealed before."
    SAME_PERSON = "same_person"
    COUNTERSIGNED_ALREADY = "countersigned_already"
    ENDED = "ended"
    EXPIRED = "expired"
    NOT_THE_OWNER = "not_the_owner"
    NO_WHY = "no_why"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationStep:
    """One event after the attestation itself."""

    sealed: Sealed
    by: str
    flaw: AttestationFlaw | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationStory:
    """One attestation with its steps, on whatever day one looks."""

    number: str
    control: str
    sealed: Sealed
    terms: Attestation
    "Both versions in the form the judgement reads."
    made: AttestationMade | None = None
    "None for one of an earlier database."
    steps: tuple[AttestationStep, ...] = ()
    flaw: AttestationFlaw | None = None
    detail: str = ""
    countersigned: ObservationId | None = None
    "The event by which the second person signed."
    since: datetime
    "When it took effect: when it was made, or countersigned where that is needed."
    needs_second: bool = False
    ended: AttestationState | None = None
    grounds: tuple[ObservationId, ...] = field(default=())
    "Every event it rests on."

    @property
    def pending(self) -> bool:
        """Whether it waits for a second person."""
        return (
            self.flaw is None
            and self.ended is None
            and self.needs_second
            and self.terms.fulfilled
            and self.countersigned is None
        )

    @property
    def counts(self) -> bool:
        """Whether it is the word of its owner: complete, whatever became of it since."""
        waited = self.needs_second and self.terms.fulfilled and self.countersigned is None
        return self.flaw is None and not waited
