"""Use cases: assert a share of a control, or sign that a control has no population here.

Whoever acts is the owner; nobody signs for somebody else. A signature that needs two people is
sealed again, word for word, by the second one; the judgement asks whether they are two.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from panshi.errors import BadInputError, IntegrityError, MissingError
from panshi.governance.assessment.records import LONGEST_DAYS
from panshi.governance.persons import name_defect, pair_defect
from panshi.model.bodies.records import Claim, NotApplicable
from panshi.model.observation import ObservationId
from panshi.model.zone import INSTITUTION_ZONE
from panshi.node.node import Node

CLAIM = "record.claim/1"
NOT_APPLICABLE = "record.not_applicable/1"


def claim(
    node: Node, control_key: str, share: float, *, actor: str, estate_id: str | None = None
) -> ObservationId:
    """Seal what share of a control's population somebody asserts to fulfil it."""
    control = node.library.control(control_key)
    if not 0 <= share <= 1:
        raise BadInputError("a share lies between 0 and 1", place="share", remedy="0.95")
    body = Claim(framework=control.framework, control=control.id, owner=actor, share=share)
    return node.record(CLAIM, body, facet=control.key, actor=actor, estate_id=estate_id)


def sign_not_applicable(
    node: Node,
    control_key: str,
    *,
    reason: str,
    expires: date,
    actor: str,
    estate_id: str | None = None,
) -> ObservationId:
    """Seal somebody's signature that a control has no population here."""
    control = node.library.control(control_key)
    defect = name_defect(actor)
    if defect:
        raise BadInputError(f"who signs: {defect}", place=actor[:64])
    if not reason.strip():
        raise BadInputError("no reason is given", place="reason")
    today = node.clock().astimezone(INSTITUTION_ZONE).date()
    if not today < expires <= today + timedelta(days=LONGEST_DAYS):
        raise BadInputError(
            f"it ends within a year from tomorrow on, not on {expires}", place="expires"
        )
    body = NotApplicable(
        framework=control.framework,
        control=control.id,
        owner=actor,
        reason=reason,
        expires=expires,
    )
    return node.record(NOT_APPLICABLE, body, facet=control.key, actor=actor, estate_id=estate_id)


def countersign_not_applicable(
    node: Node, observation_id: str, *, actor: str, estate_id: str | None = None
) -> ObservationId:
    """Seal a second person's signature under the first; the newest of the control only."""
    sealed = node.log.get(ObservationId(observation_id))
    body = sealed.observation.body if sealed is not None else None
    if sealed is None or not isinstance(body, NotApplicable):
        raise MissingError(
            f"{observation_id[:40]} is no such signature",
            remedy=f"GET /api/v1/evidence?kind={NOT_APPLICABLE}",
        )
    facet = sealed.observation.facet
    newer = [
        each
        for each in node.log.records(NOT_APPLICABLE)
        if each.observation.facet == facet and each.position > sealed.position
    ]
    if newer or body.countersigned_by:
        raise IntegrityError("it was signed anew or countersigned since", place=observation_id)
    defect = pair_defect(body.owner, actor)
    if defect:
        raise BadInputError(f"owner and second person: {defect}", place=actor[:64])
    signed = replace(body, countersigned_by=actor)
    return node.record(NOT_APPLICABLE, signed, facet=facet, actor=actor, estate_id=estate_id)
