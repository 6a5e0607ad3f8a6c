"""Records that people make, sealed as observations: attest, claim, except, set a parameter.

Each is about the institution asset of an estate and carries who did it; the domain rules
(requester is not approver, limits of a parameter) are checked before anything is sealed.
"""

from __future__ import annotations

from datetime import datetime

from panshi.errors import UsageError
from panshi.governance.attestations.folding import WRITTEN as ATTESTATION_STEPS
from panshi.governance.exceptions.folding import STEPS as EXCEPTION_STEPS
from panshi.model.asset import AssetKind
from panshi.model.bodies.continuity import DECISION as IMPACT_DECISION
from panshi.model.bodies.continuity import PROPOSAL as IMPACT_PROPOSAL
from panshi.model.bodies.privileged import DECISION, END, REQUEST
from panshi.model.bodies.records import AuditEvent
from panshi.model.bodies.vex import DECISION as VEX_DECISION
from panshi.model.bodies.vex import TRUST as VEX_TRUST
from panshi.model.estate import Estate
from panshi.model.observation import Body, Observation

STEPS = frozenset(
    {
        *EXCEPTION_STEPS,
        *ATTESTATION_STEPS,
        REQUEST,
        DECISION,
        END,
        VEX_DECISION,
        VEX_TRUST,
        IMPACT_PROPOSAL,
        IMPACT_DECISION,
        "record.attestation/1",
        "record.exception/1",
    }
)
"Kinds that only the desks of their life cycles seal, and those that nobody seals any more."


def institution_of(estate: Estate) -> str:
    """Give the id of the estate's institution asset, on which its records are kept."""
    found = estate.by_kind.get(AssetKind.INSTITUTION, ())
    if len(found) != 1:
        raise UsageError(
            f"estate {estate.id} has {len(found)} institution assets",
            remedy="an estate has exactly one asset of kind institution",
        )
    return found[0].id


def refuse_steps(kind: str) -> None:
    """Refuse the steps of what has a life of its own: they are sealed where their rules are."""
    if kind in STEPS:
        raise UsageError(
            f"a {kind} is a step, which is not recorded by itself",
            remedy="`panshi exception --help`, `panshi attest --help`, `panshi vex --help`",
        )


def record(kind: str, body: Body, *, subject: str, facet: str, at: datetime) -> Observation:
    """Put a person's record into the form the log takes."""
    return Observation(
        kind=kind,
        subject=subject,
        facet=facet,
        observed_at=at,
        collector="panshi record",
        body=body,
    )


def audit_event(
    *, actor: str, action: str, target: str, allowed: bool, detail: str, at: datetime
) -> Observation:
    """Put an action of a person or token into the form the log takes."""
    body = AuditEvent(actor=actor, action=action, target=target, allowed=allowed, detail=detail)
    return Observation(
        kind="audit.event/1",
        subject=f"actor:{actor or 'unknown'}",
        facet=action,
        observed_at=at,
        collector="panshi",
        body=body,
    )
