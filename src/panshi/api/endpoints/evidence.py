"""The evidence log: observations and their proofs."""

from __future__ import annotations

from panshi.api.asked import body_of, moment, whole_number
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.errors import BadInputError, ForbiddenError, UsageError
from panshi.evidence.log import Filter
from panshi.model.bodies import KINDS
from panshi.model.observation import ObservationId, Outcome, Sealed
from panshi.node.authority import permitted
from panshi.node.node import Node
from panshi.report.answers import observation_answer

MAX_PAGE = 500
MAX_POSITION = 2**40


def evidence(node: Node, asked: Asked) -> Answered:
    """Answer a page of observations and where the next one begins."""
    query = asked.query
    limit = whole_number(query.get("limit", "50"), "limit", MAX_PAGE)
    before = whole_number(query["before"], "before", MAX_POSITION) if query.get("before") else None
    wanted = Filter(
        kind=query.get("kind", ""),
        subject=query.get("subject", ""),
        outcome=_outcome(query.get("outcome", "")),
        collector=query.get("collector", ""),
        text=query.get("text", ""),
        since=moment(query.get("since", "")),
        until=moment(query.get("until", "")),
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
    return answered(node.verify(body_of(asked).read_bytes()))


def _may_read(sealed: Sealed, role: str) -> bool:
    spec = KINDS.get(sealed.observation.kind)
    personal = spec is None or spec.personal
    return not personal or permitted(role, "evidence.personal")


def _shown(sealed: Sealed, role: str) -> dict[str, object]:
    """Give an observation as the role may see it; a personal body is withheld, and that is said."""
    shown = observation_answer(sealed)
    withheld = not _may_read(sealed, role)
    return shown | {"withheld": withheld, **({"body": None} if withheld else {})}


def _outcome(text: str) -> Outcome | None:
    if not text:
        return None
    try:
        return Outcome(text)
    except ValueError as error:
        known = ", ".join(Outcome)
        raise BadInputError(f"no outcome {text!r}", remedy=f"one of {known}") from error


ROUTES = (
    Route(
        method="GET",
        path="/evidence",
        action="evidence.view",
        handler=evidence,
        query=(
            "kind",
            "subject",
            "outcome",
            "collector",
            "text",
            "since",
            "until",
            "before",
            "limit",
        ),
        summary="Observations, newest first",
    ),
    Route(
        method="GET",
        path="/evidence/{id}",
        action="evidence.view",
        handler=observation,
        summary="One observation",
    ),
    Route(
        method="GET",
        path="/evidence/{id}/proof",
        action="evidence.view",
        handler=inclusion,
        summary="Self-contained proof of one observation",
    ),
    Route(
        method="POST",
        path="/evidence/verify",
        action="evidence.view",
        handler=verify,
        takes_body=True,
        summary="Verify a proof file",
    ),
)
