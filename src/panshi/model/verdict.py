"""Verdicts: a judgement that carries its why, as a value (design, section 3, Verdict)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from panshi.model.asset import AssetId
from panshi.model.control import Basis
from panshi.model.observation import ObservationId


class ItemState(StrEnum):
    """What is known of one item of a population on the day of judgement."""

    PASSING = "passing"
    FAILING = "failing"
    STALE_PASS = "stale_pass"  # noqa: S105 -- a state, no password
    "Passed when last seen, but too long ago: unseen (rule 3)."
    STALE_FAIL = "stale_fail"
    "Failed when last seen and not seen again: keeps failing (rule 3, asymmetry)."
    UNSEEN = "unseen"
    "No conclusive look at all."

    @property
    def counts_as_seen(self) -> bool:
        """Whether the item is in n: seen fresh, or a failure that nobody has looked at since."""
        return self in {ItemState.PASSING, ItemState.FAILING, ItemState.STALE_FAIL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One asset under one control."""

    asset: AssetId
    state: ItemState
    evidence_ids: tuple[ObservationId, ...] = ()
    observed_at: datetime | None = None
    expires_on: date | None = None
    "First day on which the state changes by age alone; None where it does not."
    contradicted_by: tuple[ObservationId, ...] = ()
    "Open contradictions; the item fails whatever else says."
    failed_look: str = ""
    "Reason of a newer look that was not conclusive."
    exception: ObservationId | None = None
    "A live exception that covers a failing item."


class Status(StrEnum):
    """The one-word answer for a control."""

    MET = "met"
    NOT_MET = "not_met"
    "Surely or very likely below the target, or contradicted."
    UNKNOWN = "unknown"
    "Could be met or not: too little was seen."
    ATTESTED = "attested"
    "A valid record stands; no machine has seen it."
    NOT_ATTESTED = "not_attested"
    "No valid record, or an acknowledged non-compliance."
    NO_POPULATION = "no_population"
    "Nothing to judge over; never a pass (rule 1)."
    NOT_APPLICABLE = "not_applicable"
    "Someone signed that there is no population here."
    NOT_JUDGED = "not_judged"


class ReasonCode(StrEnum):
    """Why a verdict is as it is; rendered in words by the surfaces."""

    TARGET_REACHED = "target_reached"
    FAILING_ITEMS = "failing_items"
    UNSEEN_ITEMS = "unseen_items"
    STALE_ITEMS = "stale_items"
    STALE_FAILURES = "stale_failures"
    CONTRADICTED = "contradicted"
    EXCEPTIONS_USED = "exceptions_used"
    EXCEPTION_LAPSED = "exception_lapsed"
    NO_POPULATION = "no_population"
    SIGNED_NOT_APPLICABLE = "signed_not_applicable"
    ATTESTED = "attested"
    ATTESTATION_MISSING = "attestation_missing"
    ATTESTATION_EXPIRED = "attestation_expired"
    ATTESTATION_INCOMPLETE = "attestation_incomplete"
    ATTESTATION_VOIDED = "attestation_voided"
    "Withdrawn, or examined again and not upheld."
    ACKNOWLEDGED = "acknowledged_non_compliance"
    PARTS_UNMET = "parts_unmet"
    INVENTORIES_DIFFER = "inventories_differ"
    NOT_APPLICABLE_VOID = "not_applicable_void"
    "A signature, still in date, that breaks a rule and has no effect."
    POPULATION_SHRANK = "population_shrank"
    "Items that failed were in the population in an earlier version of the estate, and are not."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason with its number (items, days) and the ids it rests on."""

    code: ReasonCode
    count: int = 0
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts over a population."""

    population: int = 0
    seen: int = 0
    "n: seen fresh, plus stale failures."
    passing: int = 0
    failing: int = 0
    stale_pass: int = 0
    stale_fail: int = 0
    unseen: int = 0
    "Never seen conclusively, or stale pass: population - seen."
    excepted: int = 0
    "Failing items under a live exception."


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How one control stands on one day over one population."""

    control: str
    "`<framework>/<control>`."
    basis: Basis
    status: Status
    stage: int
    "Stage of the control, 0 where it has none."
    in_field: str = ""
    "Field (場域) the population was narrowed to; empty: the whole estate."
    tally: Tally = field(default_factory=Tally)
    claimed: float | None = None
    "Share the owner asserts; None where nobody claimed."
    evidenced: float | None = None
    "Largest share q/N with P(passing >= q) >= confidence; None: nothing seen, or not of evidence."
    possible: float | None = None
    "(passing + unseen) / N."
    probability: float | None = None
    "P(share >= target); None: nothing seen."
    target: float = 0.0
    confidence: float = 0.0
    fresh_days: int = 0
    met: bool = False
    "Probability reaches the confidence and nothing contradicts; live exceptions count."
    met_without_exceptions: bool = False
    reasons: tuple[Reason, ...] = ()
    evidence_ids: tuple[ObservationId, ...] = ()
    "Every observation the verdict rests on."
    expires_on: date | None = None
    "First day on which the verdict may change by age alone."


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A node of the proof tree: the rule applied, its parameters, and what it rests on."""

    rule: str
    "For example `population`, `beta_binomial`, `stage`, `gate`, `contradiction`."
    subject: str
    "Control, pillar, field or estate the node speaks of."
    conclusion: str
    "Machine-readable: a status, a stage or a figure."
    parameters: dict[str, str | int | float] = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    evidence_ids: tuple[ObservationId, ...] = ()
    children: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageVerdict:
    """The stage a group reached in a field: by evidence, by claim, and what lifts it."""

    framework: str
    group: str
    in_field: str
    stage: int
    "Highest stage whose controls, and all of lower ones, are met; 0 before stage I."
    claimed_stage: int
    possible_stage: int
    "If all that is unknown passed."
    gate_open: bool
    "False while a binding clause that overlaps this group neither holds nor is excepted."
    gate_blockers: tuple[str, ...] = ()
    to_lift: tuple[str, ...] = ()
    "Minimal set of controls to meet for the next stage."
    without_exceptions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All verdicts of one framework over one estate on one day."""

    framework: str
    framework_version: str
    estate: str
    estate_version: int
    as_of: datetime
    verdicts: tuple[Verdict, ...]
    stages: tuple[StageVerdict, ...] = ()
    parameters: dict[str, float] = field(default_factory=dict)
    log_size: int = 0
    "Size of the evidence log judged; with its root, the judgement can be repeated."
    log_root: str = ""
