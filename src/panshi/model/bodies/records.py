"""Bodies of records that people make and of what the node does itself; all are sealed too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("record.attestation/1", "聲明紀錄", "Attestation", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation(Body):
    """Someone answers for a control that no tool can see; shown as attested, never as evidenced."""

    framework: str
    control: str
    owner: str
    scope: str
    expires: date
    attachment: str = ""
    "File name of what was attested on."
    attachment_sha256: str = ""
    countersigned_by: str = ""
    statement: str = ""
    fulfilled: bool = True
    "False for an honest acknowledgement of non-compliance."


@observation_kind("record.claim/1", "自評主張", "Claim", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Body):
    """What a control's owner asserts, to be set beside what is evidenced."""

    framework: str
    control: str
    owner: str
    share: float
    "Claimed share of the population, 0 to 1."


@observation_kind("record.exception/1", "例外核准", "Exception", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionGrant(Body):
    """An approved exception of a control for a scope until a day; after it, no exception."""

    framework: str
    control: str
    scope: tuple[str, ...]
    "Asset ids; empty means the whole population."
    reason: str
    residual_risk: str
    requested_by: str
    approved_by: str
    effective: date
    expires: date
    compensating: tuple[str, ...] = ()
    "`<framework>/<control>` ids that must be met while the exception lives."
    revoked: bool = False


@observation_kind("record.not_applicable/1", "不適用聲明", "Not applicable", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable(Body):
    """Someone signs that a control has no population here."""

    framework: str
    control: str
    owner: str
    reason: str
    expires: date
    countersigned_by: str = ""
    "A second person; without one it has no effect on a binding clause."


@observation_kind("record.parameter/1", "參數變更", "Parameter change", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterChange(Body):
    """A governed threshold changes: who, from when, why."""

    name: str
    value: float
    previous: float
    changed_by: str
    why: str


@observation_kind("estate.snapshot/1", "資產快照", "Estate snapshot")
@dataclass(frozen=True, slots=True, kw_only=True)
class EstateSnapshot(Body):
    """A version of an estate was committed."""

    estate: str
    version: int
    sha256: str
    assets: int
    relations: int
    changed_by: str = ""


@observation_kind("observer.run/1", "觀測執行", "Observer run")
@dataclass(frozen=True, slots=True, kw_only=True)
class ObserverRun(Body):
    """One run of an observer over one source."""

    source: str
    path: str
    observations: int
    already_known: int
    inconclusive: int
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0


@observation_kind("audit.event/1", "操作軌跡", "Audit event", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent(Body):
    """Someone did something in the console, API or command line."""

    actor: str
    action: str
    target: str
    allowed: bool
    detail: str = ""
