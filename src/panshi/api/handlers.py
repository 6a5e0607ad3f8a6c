"""Handlers of the API: take values from the request, call the node, answer its values."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

from panshi import __version__
from panshi.api.exchange import Answered, Asked, answered
from panshi.errors import BadInputError, ForbiddenError, UsageError
from panshi.evidence.log import Filter
from panshi.governance.frameworks.coverage import coverage
from panshi.model.bodies import KINDS
from panshi.model.control import Basis
from panshi.model.observation import ObservationId, Outcome, Sealed
from panshi.model.verdict import Proof
from panshi.model.zone import INSTITUTION_ZONE
from panshi.node.authority import permitted
from panshi.node.node import Node
from panshi.report.answers import assessment_answer, estate_answer, observation_answer

MAX_PAGE = 500
MAX_POSITION = 2**40
YEARS = (1970, 9000)
_PERSONS = ("claimed_by", "owner", "countersigned_by", "requested_by", "approved_by")
"Parameters of proofs that name people."


def health(node: Node, _asked: Asked) -> Answered:
    """Answer that the node lives."""
    return answered({"status": "ok", "version": __version__, "log_size": node.log.size()})


def checkpoint(node: Node, _asked: Asked) -> Answered:
    """Answer a signed note, as text (C2SP tlog-checkpoint)."""
    return Answered(body=node.checkpoint().encode(), media_type="text/plain; charset=utf-8")


def frameworks(node: Node, _asked: Asked) -> Answered:
    """Answer the list of frameworks."""
    rows = [
        {
            "id": each.id,
            "title_zh": each.title_zh,
            "title_en": each.title_en,
            "version": each.version,
            "controls": len(each.controls),
            "basis": {basis: sum(c.basis is basis for c in each.controls) for basis in Basis},
        }
        for each in node.library.frameworks.values()
    ]
    return answered(rows)


def framework(node: Node, asked: Asked) -> Answered:
    """Answer one framework."""
    return answered(node.library.framework(asked.names["framework"]))


def coverage_of(node: Node, asked: Asked) -> Answered:
    """Answer how each control of a framework is judged."""
    return answered(coverage(node.library.framework(asked.names["framework"])))


def estates(node: Node, _asked: Asked) -> Answered:
    """Answer the list of estates."""
    return answered([estate_answer(node.estate(each)) for each in node.estate_ids()])


def estate(node: Node, asked: Asked) -> Answered:
    """Answer one estate, whole."""
    return answered(node.estate(asked.names["estate"]))


def assess(node: Node, asked: Asked) -> Answered:
    """Answer an assessment in the same form as the command line."""
    without = asked.query.get("without", "")
    assessment = node.assess(
        asked.query.get("framework", "zt36"),
        asked.query.get("estate") or None,
        in_field=asked.query.get("field", ""),
        as_of=_moment(asked.query.get("as_of", "")),
        without=tuple(ObservationId(each) for each in without.split(",") if each),
    )
    return answered(assessment_answer(assessment))


def verdict(node: Node, asked: Asked) -> Answered:
    """Answer one verdict."""
    found = node.verdict(
        asked.names["control"],
        asked.query.get("estate") or None,
        asked.query.get("field", ""),
    )
    return answered(found)


def proof(node: Node, asked: Asked) -> Answered:
    """Answer one proof tree."""
    found = node.proof(
        asked.names["control"],
        asked.query.get("estate") or None,
        asked.query.get("field", ""),
    )
    if not permitted(asked.role, "evidence.personal"):
        found = _without_persons(found)
    return answered(found)


def _without_persons(proof: Proof) -> Proof:
    """Give a proof tree that names nobody."""
    return replace(
        proof,
        parameters={k: v for k, v in proof.parameters.items() if k not in _PERSONS},
        children=tuple(map(_without_persons, proof.children)),
    )


def evidence(node: Node, asked: Asked) -> Answered:
    """Answer a page of observations and where the next one begins."""
    query = asked.query
    limit = _whole(query.get("limit", "50"), "limit", MAX_PAGE)
    before = _whole(query["before"], "before", MAX_POSITION) if query.get("before") else None
    wanted = Filter(
        kind=query.get("kind", ""),
        subject=query.get("subject", ""),
        outcome=_outcome(query.get("outcome", "")),
        collector=query.get("collector", ""),
        text=query.get("text", ""),
        since=_moment(query.get("since", "")),
        until=_moment(query.get("until", "")),
    )
    page = node.log.page(wanted, before=before, limit=limit)
    return answered(
        {
            "observations": [_shown(sealed, asked.role) for sealed in page],
            "next_before": page[-1].position if len(page) == limit else None,
        }
    )


def observation(node: Node, asked: Asked) -> Answered:
    """Answer one observation."""
    sealed = node.log.get(ObservationId(asked.names["id"]))
    if sealed is None:
        raise UsageError(f"no observation {asked.names['id']}", remedy="GET /api/v1/evidence")
    return answered(_shown(sealed, asked.role))


def inclusion(node: Node, asked: Asked) -> Answered:
    """Answer a self-contained proof."""
    sealed = node.log.get(ObservationId(asked.names["id"]))
    if sealed is not None and not _may_read(sealed, asked.role):
        raise ForbiddenError(
            "the proof carries personal data", remedy=f"role {asked.role} may not read it"
        )
    return Answered(body=node.prove(asked.names["id"]))


def verify(node: Node, asked: Asked) -> Answered:
    """Answer whether a proof holds."""
    return answered(node.verify(_body(asked).read_bytes()))


def observers(node: Node, _asked: Asked) -> Answered:
    """Answer the kinds of source."""
    rows = [
        {
            "name": each.name,
            "title_zh": each.title_zh,
            "title_en": each.title_en,
            "needs_path": each.needs_path,
            "kinds": each.kinds,
        }
        for each in node.observers()
    ]
    return answered(rows)


def observe(node: Node, asked: Asked) -> Answered:
    """Observe the uploaded file and answer the report."""
    options = {"kind": asked.query["kind"]} if asked.query.get("kind") else {}
    report = node.observe(
        asked.names["source"],
        asked.body,
        subject=asked.query.get("subject", ""),
        options=options,
        actor=asked.actor,
    )
    return answered(replace(report, path=""), status=201 if report.new else 200)


def parameters(node: Node, asked: Asked) -> Answered:
    """Answer the governed thresholds."""
    shown = node.parameters()
    if not permitted(asked.role, "evidence.personal"):
        shown = tuple(
            (replace(now, changed_by=""), tuple(replace(each, changed_by="") for each in past))
            for now, past in shown
        )
    return answered([{"in_force": now, "history": past} for now, past in shown])


def _may_read(sealed: Sealed, role: str) -> bool:
    spec = KINDS.get(sealed.observation.kind)
    personal = spec is None or spec.personal
    return not personal or permitted(role, "evidence.personal")


def _shown(sealed: Sealed, role: str) -> dict[str, object]:
    """Give an observation as the role may see it; a personal body is withheld, and that is said."""
    shown = observation_answer(sealed)
    withheld = not _may_read(sealed, role)
    return shown | {"withheld": withheld, **({"body": None} if withheld else {})}


def _body(asked: Asked) -> Path:
    if asked.body is None:
        raise BadInputError("the request has no body", remedy="send the file as the body")
    return asked.body


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInputError(f"{text[:40]!r} is not a date or time", remedy="ISO 8601") from error
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise BadInputError(f"the year {found.year} is out of range", remedy="1970 to 9000")
    if len(text) == len("2026-09-30"):
        return datetime.combine(found.date(), time.max, tzinfo=INSTITUTION_ZONE)
    if found.tzinfo is None:
        raise BadInputError(f"{text!r} has no time zone", remedy=f"write {text}+08:00")
    return found


def _whole(text: str, name: str, most: int) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:19]) <= most:
        raise BadInputError(f"{name} is not a whole number from 1 to {most:,}: {text[:40]!r}")
    return int(text)


def _outcome(text: str) -> Outcome | None:
    if not text:
        return None
    try:
        return Outcome(text)
    except ValueError as error:
        known = ", ".join(Outcome)
        raise BadInputError(f"no outcome {text!r}", remedy=f"one of {known}") from error
