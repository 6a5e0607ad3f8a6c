"""What of the log can be found or followed: records people made, and who did what.

Bodies that may hold personal data are found only by those who may read them. A kind of record
with a page of its own names it in `RECORDS`; all others lead to their observation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from panshi.model.bodies import KINDS, attestations
from panshi.model.bodies.comments import Comment
from panshi.model.bodies.records import AuditEvent
from panshi.model.observation import Sealed
from panshi.node.objects import ObjectKind, reference
from panshi.store.search_index import Entry, Trace

AUDIT = "audit.event/1"
ERASING = "evidence.redact"
PERSONS = (
    "author",
    "assigned_by",
    "changed_by",
    "requested_by",
    "decided_by",
    "recorded_by",
    "proposed_by",
    "confirmed_by",
    "reviewed_by",
    "withdrawn_by",
    "closed_by",
    "appointed_by",
    "by",
    "owner",
    "asserted_by",
    "attested_by",
    "countersigned_by",
    "adopted_by",
    "drafted_by",
    "person",
)
"Fields of bodies that say who made the record, the likeliest first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """Where a kind of record leads, and who may find it."""

    kind: ObjectKind
    action: str


_EXCEPTION = Leads(kind=ObjectKind.EXCEPTION, action="exception.view")
_ATTESTATION = Leads(kind=ObjectKind.ATTESTATION, action="attestation.view")
_STATEMENT = Leads(kind=ObjectKind.STATEMENT, action="statement.view")

RECORDS: dict[str, Leads] = {
    "record.exception_request/1": _EXCEPTION,
    "record.exception_review/1": _EXCEPTION,
    "record.exception_decision/1": _EXCEPTION,
    "record.exception_withdrawal/1": _EXCEPTION,
    "record.exception_closure/1": _EXCEPTION,
    attestations.MADE: _ATTESTATION,
    attestations.COUNTERSIGNATURE: _ATTESTATION,
    attestations.WITHDRAWAL: _ATTESTATION,
    attestations.REEXAMINATION: _ATTESTATION,
    "record.project/1": Leads(kind=ObjectKind.PROJECT, action="plan.view"),
    "record.indicator_definition/1": Leads(kind=ObjectKind.INDICATOR, action="indicator.view"),
    "record.review/1": Leads(kind=ObjectKind.REVIEW, action="review.view"),
    "record.action/1": Leads(kind=ObjectKind.ACTION, action="review.view"),
    "record.statement/1": _STATEMENT,
    "record.statement_signature/1": _STATEMENT,
    "record.ciso_report/1": Leads(kind=ObjectKind.REPORT, action="statement.view"),
}
"Kinds of record whose facet is the id of an object with a page of its own."


def entry_of(sealed: Sealed) -> Entry | None:
    """Give the entry of a record that people made; None for what machines saw."""
    seen = sealed.observation
    spec = KINDS.get(seen.kind)
    if spec is None or seen.body is None or not seen.kind.startswith("record."):
        return None
    if isinstance(seen.body, Comment):
        return _comment_entry(sealed, seen.body)
    leads = RECORDS.get(seen.kind)
    text = " ".join(_texts(seen.body))
    named = text[:60]
    return Entry(
        source=sealed.id,
        about=reference(leads.kind, seen.facet.partition("#")[0])
        if leads
        else reference(ObjectKind.OBSERVATION, sealed.id),
        estate="",
        action=leads.action
        if leads
        else ("evidence.personal" if spec.personal else "evidence.view"),
        name=f"{seen.facet} {spec.title_zh} {spec.title_en}",
        text=text,
        title_zh=f"{spec.title_zh} {seen.facet or named}".strip(),
        title_en=f"{spec.title_en} {seen.facet or named}".strip(),
        position=sealed.position,
    )


def _comment_entry(sealed: Sealed, body: Comment) -> Entry:
    return Entry(
        source=sealed.id,
        about=reference(ObjectKind.COMMENT, body.about),
        action="comment.view",
        name=body.author,
        text=body.text,
        title_zh=f"{body.author}：{body.about}",
        title_en=f"{body.author}: {body.about}",
        position=sealed.position,
        mentions=body.mentions,
    )


def trace_of(sealed: Sealed) -> Trace | None:
    """Give what somebody did; None for what machines saw."""
    seen = sealed.observation
    body = seen.body
    if isinstance(body, AuditEvent):
        return Trace(
            position=sealed.position,
            at=seen.observed_at,
            actor=body.actor,
            action=body.action,
            target=body.target,
            allowed=body.allowed,
            about="",
            kind=seen.kind,
            observation=sealed.id,
        )
    if body is None or not seen.kind.startswith("record."):
        return None
    return Trace(
        position=sealed.position,
        at=seen.observed_at,
        actor=_person(body),
        action=seen.kind,
        target=seen.facet,
        allowed=True,
        about=_about(sealed),
        kind=seen.kind,
        observation=sealed.id,
    )


def erased_by(sealed: Sealed) -> str:
    """Id of the observation that an audit event erases; empty for everything else."""
    body = sealed.observation.body
    return body.target if isinstance(body, AuditEvent) and body.action == ERASING else ""


def _about(sealed: Sealed) -> str:
    """Give the reference of what a record is about."""
    body = sealed.observation.body
    leads = RECORDS.get(sealed.observation.kind)
    if leads is not None:
        return reference(leads.kind, sealed.observation.facet.partition("#")[0])
    about = getattr(body, "about", "")
    if about:
        return str(about)
    framework, control = getattr(body, "framework", ""), getattr(body, "control", "")
    return reference(ObjectKind.CONTROL, f"{framework}/{control}") if framework and control else ""


def _person(body: object) -> str:
    for name in PERSONS:
        found = getattr(body, name, "")
        if isinstance(found, str) and found:
            return found
    return ""


def _texts(body: object) -> Iterator[str]:
    for field in fields(body):  # type: ignore[arg-type]
        value = "" if field.name in PERSONS else getattr(body, field.name)
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from (each for each in value if isinstance(each, str))
