"""Exceptions as an OSCAL plan of action and milestones: each a risk with its deviation status.

A deviation is approved only while the exception counts; one that leans on nothing, is void or has
lapsed leaves the risk open as long as the control is not met without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from panshi.errors import UsageError
from panshi.governance.exceptions.story import ExceptionState
from panshi.governance.exceptions.views import ExceptionDetail, ExceptionView
from panshi.model.estate import Estate
from panshi.model.zone import INSTITUTION_ZONE
from panshi.report.exception_words import state_word
from panshi.report.oscal.checks import checked
from panshi.report.oscal.identity import (
    NAMESPACE,
    Node,
    derived_uuid,
    encoded,
    metadata,
    prop,
    token,
)


def deviations(exceptions: tuple[ExceptionDetail, ...], estate: Estate, at: datetime) -> bytes:
    """Write the exceptions of an estate, oldest request first."""
    if not exceptions:
        raise UsageError(
            f"estate {estate.id} has no exception to write", remedy="`panshi exception list`"
        )
    told = sorted(exceptions, key=lambda each: (each.view.requested_on, each.view.number))
    moment = at.isoformat(timespec="seconds")
    document: Node = {
        "plan-of-action-and-milestones": {
            "uuid": derived_uuid("poam", estate.id, moment),
            "metadata": metadata(f"{estate.name_zh}：例外", moment, at),
            "system-id": {"identifier-type": NAMESPACE, "id": estate.id},
            "risks": [_risk(each, estate) for each in told],
            "poam-items": [_item(each.view, estate) for each in told],
        }
    }
    return encoded(checked(document))


def status_of(view: ExceptionView) -> str:
    """Give the status of the risk an exception is about."""
    if view.state.open:
        return "deviation-requested"
    if view.counts or view.state is ExceptionState.APPROVED:
        return "deviation-approved"
    return "closed" if view.met_without_exceptions else "open"


def _risk(detail: ExceptionDetail, estate: Estate) -> Node:
    view = detail.view
    risk: Node = {
        "uuid": _risk_uuid(view, estate),
        "title": f"{view.number} {view.control}",
        "description": view.reason or view.number,
        "statement": view.residual_risk or view.number,
        "props": list(_props(view)),
        "status": status_of(view),
        "deadline": _beginning(view),
    }
    factors = [_factor(view, each.control, estate, met=each.met) for each in view.compensating]
    if factors:
        risk["mitigating-factors"] = factors
    entries = [
        {
            "uuid": derived_uuid("log", estate.id, step.evidence_id),
            "title": step.kind,
            "description": step.said or step.kind,
            "start": step.at.isoformat(),
            "props": [prop("observation", step.evidence_id)],
        }
        for step in detail.steps
        if step.flaw is None
    ]
    if entries:
        risk["risk-log"] = {"entries": entries}
    return risk


def _props(view: ExceptionView) -> Iterator[Node]:
    framework, _, control = view.control.partition("/")
    yield prop("number", view.number)
    yield prop("control-id", token(framework, control))
    yield prop("state", view.state.value)
    yield prop("state-in-words", state_word(view.state, chinese=True))
    yield prop("counts", "true" if view.counts else "false")
    yield prop("effective", view.effective.isoformat())
    yield prop("renewals", str(view.renewals))
    yield prop("scope-permille", str(view.scope_permille))
    yield prop("level", view.level.id if view.level is not None else "none")
    yield prop("met", "true" if view.met else "false")
    yield prop("met-without-exceptions", "true" if view.met_without_exceptions else "false")


def _factor(view: ExceptionView, control: str, estate: Estate, *, met: bool) -> Node:
    return {
        "uuid": derived_uuid("factor", estate.id, view.number, control),
        "description": f"{control} is {'met' if met else 'not met'} by evidence",
        "props": [prop("compensating", control), prop("met", "true" if met else "false")],
    }


def _item(view: ExceptionView, estate: Estate) -> Node:
    return {
        "uuid": derived_uuid("poam-item", estate.id, view.number),
        "title": f"{view.number} {view.control}",
        "description": view.reason or view.number,
        "related-risks": [{"risk-uuid": _risk_uuid(view, estate)}],
    }


def _risk_uuid(view: ExceptionView, estate: Estate) -> str:
    return derived_uuid("risk", estate.id, view.number, view.control)


def _beginning(view: ExceptionView) -> str:
    return datetime.combine(view.expires, time.min, tzinfo=INSTITUTION_ZONE).isoformat()
