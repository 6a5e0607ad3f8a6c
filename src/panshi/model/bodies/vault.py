"""Bodies of the core-data vault: what was sealed, where it lies, what a restore really took.

A restore drill seals two bodies at once: `backup.restore_drill/1`, which controls are judged by,
and `vault.drill/1` with every moment measured. Times are moments of the drilling machine; the loss
of data is measured from the mark (a position in the source's own log), not from file times.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

SNAPSHOT = "vault.snapshot/1"
DRILL = "vault.drill/1"
SWITCH_OVER = "continuity.switch_over/1"
PLACEMENT = "vault.placement/1"
SHARES = "vault.shares/1"


@observation_kind(SNAPSHOT, "保險庫快照", "Vault snapshot")
@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotSealed(Body):
    """One state of one source, consistent for its application, as it went into the vault."""

    vault: str
    source: str
    snapshot: str
    "Identity within the vault."
    method: str
    "`postgresql-base`, `postgresql-logical`, `sqlite`, `files` or `csv`."
    marked_at: datetime
    "Moment of the mark: everything committed before is in it."
    position: str
    "The source's own position: LSN, change counter, digest of the tree."
    mark_sha256: str
    "Digest of the mark with its control totals and row digests, which lies in the snapshot."
    rows: int = 0
    files: int = 0
    octets: int = 0
    totals: tuple[str, ...] = ()
    "Control totals as `table.column = value`."
    quarantined: bool = False
    reasons: tuple[str, ...] = ()
    "Why it is quarantined: codes of the gate."
    entropy_share: float = 0.0
    "Share of the content that looks encrypted or compressed."
    changed_share: float = 0.0
    "Share of files or rows that differ from the snapshot before."
    facts: str = ""
    "What the gate saw, as JSON, for the snapshots after."


@observation_kind(DRILL, "保險庫復原演練量測", "Vault drill, measured")
@dataclass(frozen=True, slots=True, kw_only=True)
class VaultDrill(Body):
    """Everything measured in one restore drill."""

    plan: str
    passed: bool
    vault: str
    source: str
    snapshot: str
    "Empty where none could be chosen."
    position: str
    asked_at: datetime
    granted_at: datetime | None = None
    "The key quorum was there."
    first_byte_at: datetime | None = None
    last_byte_at: datetime | None = None
    verified_at: datetime | None = None
    "The restored system answered, and every check was through."
    lost_at: datetime
    "Moment at which the site is declared lost; data after the mark is gone."
    marked_at: datetime | None = None
    rto_seconds: float
    rpo_seconds: float
    rto_target_seconds: float
    rpo_target_seconds: float
    places_used: tuple[str, ...] = ()
    places_withheld: tuple[str, ...] = ()
    layers_withheld: tuple[str, ...] = ()
    octets: int = 0
    rows_verified: int = 0
    rows_wrong: int = 0
    checks_passed: int = 0
    checks_failed: int = 0
    failures: tuple[str, ...] = ()
    "What did not hold, in words, with the first rows by key."
    isolated: bool = True
    passed_over: tuple[str, ...] = ()
    "Newer snapshots not used, each with the reason."
    scheduled: bool = False


@observation_kind(SWITCH_OVER, "備援層切換演練", "Switch-over drill", tests=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchOverDrill(Body):
    """Service really moved to a layer, and what that took; the facet is the layer."""

    passed: bool
    held: date
    layer: str
    from_layer: str = ""
    switch_minutes: float
    "From the decision to the first real business on the layer."
    target_minutes: float
    return_minutes: float = 0.0
    "Back to the primary; 0 where it was not measured."
    live_business: bool = False
    "Real outside business ran on it, not a test transaction."
    transactions: int = 0
    capacity_share: float = 1.0
    "Share of the normal load it bore."
    people: int = 0
    partners: tuple[str, ...] = ()
    "Suppliers and institutions that took part."
    remarks: str = ""


@observation_kind(PLACEMENT, "分片置放證明", "Placement of shards, proven", tests=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementProven(Body):
    """Where the shards and key shares of a vault lie, and what the proof said on that day."""

    passed: bool
    vault: str
    k: int
    n: int
    enumerated: int
    "Coalitions enumerated."
    minimal_coalitions: int
    broken_rules: tuple[str, ...] = ()
    "Rules that do not hold."
    approved_rules: tuple[str, ...] = ()
    "Rules that hold only because of an approval in force."
    countries: tuple[str, ...] = ()
    placement: str
    "The placement itself, as JSON."


@observation_kind(SHARES, "保險庫金鑰分持", "Key shares of the vault")
@dataclass(frozen=True, slots=True, kw_only=True)
class SharesInForce(Body):
    """Whose key shares open a vault after they were changed, as its chain says."""

    vault: str
    "Its name, or its identity where nobody named it."
    epoch: int
    "Of the newest shares."
    rotated_at: datetime
    opening: int
    "Epochs whose shares open; more than one: the newest are not confirmed yet."
