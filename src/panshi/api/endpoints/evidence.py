"""The evidence log: observations, their proofs, as a file, and erasing personal bodies."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from panshi.api.asked import Moment, body_of, given, moment, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.shapes import EvidencePage, ShownObservation
from panshi.errors import ForbiddenError, MissingError
from panshi.evidence.log import Filter
from panshi.model.bodies import KINDS
from panshi.model.observation import ObservationId, Outcome, Sealed
from panshi.node.node import Node, Verification
from panshi.report.answers import observation_answer

MAX_PAGE = 500
MAX_FILE = 50_000
MAX_POSITION = 2**40
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"A cell that begins so would run in a spreadsheet."

type Word = Annotated[str, Meta(max_length=200)]


class FileFormat(StrEnum):
    """As which file observations are given."""

    NDJSON = "ndjson"
    "One observation a line, as `GET /evidence` shows it."
    CSV = "csv"
    "Without bodies that hold more than plain values; for spreadsheets."


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFilter:
    """Which observations are asked for; what is left out does not narrow."""

    kind: Word = ""
    "Exactly this kind, for example `host.users/1`."
    subject: Word = ""
    "Exactly this subject."
    outcome: Outcome | None = None
    collector: Word = ""
    "A part of the collector's name."
    text: Word = ""
    "A part of the subject, of the kind or of a kind's title."
    since: Moment = ""
    "Observed at or after."
    until: Moment = ""
    "Observed before."
    before: Annotated[int, Meta(ge=0, le=MAX_POSITION)] | None = None
    "Position in the log below which to go on: the last answer's `next_before`."


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceQuery(EvidenceFilter):
    """Which page of observations."""

    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFileQuery(EvidenceFilter):
    """Which observations, as which file."""

    format: FileFormat = FileFormat.NDJSON
    limit: Annotated[int, Meta(ge=1, le=MAX_FILE)] = 10_000
    "Where there are more, the header `X-Next-Before` says where to go on."


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """Which bodies are to be erased, and why."""

    ids: Annotated[tuple[ObservationId, ...], Meta(min_length=1, max_length=1000)]
    why: Annotated[str, Meta(min_length=1, max_length=2000)]
    "Reason, sealed with the erasure."


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """What was erased; digests and proofs stay."""

    ids: tuple[ObservationId, ...]


def evidence(node: Node, asked: Asked) -> Answered:
    """Answer a page of observations and where the next one begins."""
    query = queried(asked, EvidenceQuery)
    page = node.log.page(_filter(query), before=query.before, limit=query.limit)
    return answered(
        {
            "observations": [_shown(sealed, asked) for sealed in page],
            "next_before": _following(page, query.limit),
        }
    )


def file(node: Node, asked: Asked) -> Answered:
    """Answer observations as a file; what the token may not read is withheld in it too."""
    query = queried(asked, EvidenceFileQuery)
    page = node.log.page(_filter(query), before=query.before, limit=query.limit)
    shown = [_shown(sealed, asked) for sealed in page]
    following = _following(page, query.limit)
    headers = ((b"x-next-before", str(following).encode()),) if following is not None else ()
    if query.format is FileFormat.CSV:
        return Answered(body=_csv(shown), media_type="text/csv; charset=utf-8", headers=headers)
    lines = b"".join(msgspec.json.encode(each) + b"\n" for each in shown)
    return Answered(body=lines, media_type="application/x-ndjson", headers=headers)


def observation(node: Node, asked: Asked) -> Answered:
    """Answer one observation."""
    return answered(_shown(_sealed(node, asked), asked))


def inclusion(node: Node, asked: Asked) -> Answered:
    """Answer a self-contained proof."""
    sealed = _sealed(node, asked)
    if not _may_read(sealed, asked):
        raise ForbiddenError(
            "the proof carries personal data", remedy=f"role {asked.role} may not read it"
        )
    return Answered(body=node.prove(sealed.id))


def verify(node: Node, asked: Asked) -> Answered:
    """Answer whether a proof holds."""
    return answered(node.verify(body_of(asked).read_bytes()))


def redact(node: Node, asked: Asked) -> Answered:
    """Erase bodies; all named exist, or none is erased."""
    wanted = given(asked, Redaction)
    known = node.log.get_many(wanted.ids)
    unknown = [each for each in wanted.ids if each not in known]
    if unknown:
        raise MissingError(f"no observation {unknown[0][:40]}", remedy="GET /api/v1/evidence")
    node.redact(wanted.ids, why=wanted.why, actor=asked.actor)
    return answered({"ids": wanted.ids})


def _filter(query: EvidenceFilter) -> Filter:
    return Filter(
        kind=query.kind,
        subject=query.subject,
        outcome=query.outcome,
        collector=query.collector,
        text=query.text,
        since=moment(query.since),
        until=moment(query.until),
    )


def _following(page: tuple[Sealed, ...], limit: int) -> int | None:
    return page[-1].position if len(page) == limit else None


def _sealed(node: Node, asked: Asked) -> Sealed:
    sealed = node.log.get(ObservationId(asked.names["id"]))
    if sealed is None:
        raise MissingError(f"no observation {asked.names['id']}", remedy="GET /api/v1/evidence")
    return sealed


def _may_read(sealed: Sealed, asked: Asked) -> bool:
    spec = KINDS.get(sealed.observation.kind)
    personal = spec is None or spec.personal
    return not personal or asked.may("evidence.personal")


def _shown(sealed: Sealed, asked: Asked) -> ShownObservation:
    """Give an observation as the token may see it; a withheld body is said to be."""
    whole = observation_answer(sealed)
    withheld = not _may_read(sealed, asked)
    if withheld:
        whole["body"] = None
    return ShownObservation(**whole, withheld=withheld)


def _csv(shown: list[ShownObservation]) -> bytes:
    """Give a table with a byte-order mark, by which spreadsheets know the encoding."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(ShownObservation.__annotations__)
    for each in shown:
        row: dict[str, object] = dict(each)
        row["body"] = msgspec.json.encode(row["body"]).decode() if row["body"] is not None else ""
        plain = msgspec.to_builtins(row)
        writer.writerow([_cell(plain[name]) for name in ShownObservation.__annotations__])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value


ROUTES = (
    Route(
        method="GET",
        path="/evidence",
        action="evidence.view",
        handler=evidence,
        query=EvidenceQuery,
        summary="Observations, newest first",
        answers=EvidencePage,
    ),
    Route(
        method="GET",
        path="/evidence/file",
        action="evidence.view",
        handler=file,
        query=EvidenceFileQuery,
        summary="Observations as NDJSON or CSV, newest first",
        media_type="*/*",
    ),
    Route(
        method="GET",
        path="/evidence/{id}",
        action="evidence.view",
        handler=observation,
        summary="One observation",
        answers=ShownObservation,
    ),
    Route(
        method="GET",
        path="/evidence/{id}/proof",
        action="evidence.view",
        handler=inclusion,
        summary="Self-contained proof of one observation",
        answers=dict[str, Any],
    ),
    Route(
        method="POST",
        path="/evidence/verify",
        action="evidence.view",
        handler=verify,
        takes_body=True,
        summary="Verify a proof file",
        answers=Verification,
    ),
    Route(
        method="POST",
        path="/evidence/redactions",
        action="evidence.redact",
        handler=redact,
        body=Redaction,
        example={"ids": ["0123456789abcdef0123456789abcdef"], "why": "the person asked for it"},
        summary="Erase bodies that hold personal data; digests and proofs stay",
        answers=Redacted,
    ),
)
