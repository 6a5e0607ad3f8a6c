"""Steps of an attestation: made, countersigned, taken back, examined again; each a sealed event.

The facet is the attestation's number, for example `AT-2026-001`. `record.attestation/1`, one record
with both names in it, is read as before and written no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

LEGACY = "record.attestation/1"
MADE = "record.attestation/2"
COUNTERSIGNATURE = "record.countersignature/1"
WITHDRAWAL = "record.attestation_withdrawal/1"
REEXAMINATION = "record.attestation_reexamination/1"


@observation_kind(MADE, "聲明", "Attestation", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationMade(Body):
    """Someone answers for a control that no tool can see, for a scope and a period."""

    framework: str
    control: str
    attested_by: str
    scope: str
    period_start: date
    period_end: date
    "Last day of the period spoken about."
    expires: date
    "First day on which it stands no longer."
    statement: str
    attachment: str
    "File name of what was attested on."
    attachment_sha256: str
    attachment_bytes: int
    fulfilled: bool = True
    "False for an honest acknowledgement of non-compliance."


@observation_kind(COUNTERSIGNATURE, "會簽", "Countersignature", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Countersignature(Body):
    """A second person looked at what was attested and signs too."""

    attestation: str
    "Evidence id of what is countersigned, by which every word of it is meant."
    countersigned_by: str
    note: str = ""


@observation_kind(WITHDRAWAL, "聲明撤回", "Attestation withdrawn", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationWithdrawal(Body):
    """Whoever attested takes it back."""

    attestation: str
    withdrawn_by: str
    why: str


@observation_kind(REEXAMINATION, "聲明抽查", "Attestation re-examined", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationReexamination(Body):
    """Someone apart from those who signed looked again at one that the draw named."""

    attestation: str
    reexamined_by: str
    quarter: str
    "For example `2026Q4`."
    drawn_from: str
    "Root of the log at the end of the quarter before, from which the draw follows."
    upheld: bool
    "False takes its standing away."
    finding: str
