"""Erasing bodies (personal data) while every proof stays as it was.

The body and its nonce go; the envelope, which holds only a salted digest of the body, stays and
still hashes to the leaf. The keyed digest moves to the table `erased`, by which the same
observation given again is known and not restored. Who erased what and why is sealed in the same
transaction as observations of kind `audit.event/1`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from panshi import __version__
from panshi.errors import UsageError
from panshi.evidence.log import Appended
from panshi.evidence.seal import unseal
from panshi.model.bodies.records import AuditEvent
from panshi.model.observation import Observation, ObservationId, Sealed
from panshi.store.evidence_log.append import append
from panshi.store.evidence_log.database import Connection, Database
from panshi.store.evidence_log.query import id_bytes

ACTION = "evidence.redact"
STEERING_PREFIX = "record."
SPOKEN = ("record.comment/1",)
"Records in which people only talk: no grade rests on them, so they may be erased."
STEERING = ("incident.finding/1", "assessor.finding/1", "estate.snapshot/1")
"Kinds that, beside all records, steer judgement: without their bodies no grade can be retraced."


def redact(
    database: Database,
    connection: Connection,
    ids: Collection[ObservationId],
    *,
    why: str,
    by: str,
    at: datetime,
    secret: bytes,
) -> Appended:
    """Erase the bodies that are not erased yet; refuse ids the log does not hold."""
    if not why or not by:
        raise UsageError("a redaction needs a reason and somebody who answers for it")
    events: list[Observation] = []
    positions: list[int] = []
    for each in dict.fromkeys(ids):
        row = connection.one(
            "SELECT position, id, envelope, body FROM leaf WHERE id = ?", (id_bytes(each),)
        )
        if row is None:
            raise UsageError(
                f"no observation {each} in this log", remedy="nothing was erased; check the ids"
            )
        sealed = unseal(row[0], each, row[2], row[3])
        _refuse_unerasable(sealed)
        if sealed.erased:
            continue
        positions.append(sealed.position)
        events.append(_event(sealed.observation.subject, each, why, by, at))
    done = append(database, connection, events, at, secret)
    erased = [(position,) for position in positions]
    connection.run_each(
        "INSERT INTO erased (position, digest)"
        " SELECT position, dedupe FROM observation WHERE position = ? AND dedupe IS NOT NULL",
        erased,
    )
    connection.run_each("UPDATE leaf SET body = NULL, nonce = NULL WHERE position = ?", erased)
    connection.run_each("UPDATE observation SET dedupe = NULL WHERE position = ?", erased)
    connection.insert(
        "redaction",
        "position:i audit:b",
        [
            (position, bytes.fromhex(audit))
            for position, audit in zip(positions, done.ids, strict=True)
        ],
    )
    return done


def _refuse_unerasable(sealed: Sealed) -> None:
    """Refuse where there is nothing to erase, and what must stay to retrace grades and erasing."""
    seen = sealed.observation
    recorded = seen.kind.startswith(STEERING_PREFIX) and seen.kind not in SPOKEN
    if recorded or seen.kind in STEERING:
        raise UsageError(
            f"a {seen.kind} steers judgement and cannot be erased: grades that rested on it"
            " could not be retraced",
            place=sealed.id,
            remedy="record a superseding one, with names of roles or pseudonyms in place of"
            " persons; nothing was erased",
        )
    if sealed.erased:
        return
    if seen.body is None:
        raise UsageError(
            f"the look was {seen.outcome}: there is no body to erase",
            place=sealed.id,
            remedy="leave this id out; nothing was erased",
        )
    if isinstance(seen.body, AuditEvent) and seen.body.action == ACTION:
        raise UsageError(f"{sealed.id} is the record of a redaction; those stay")


def _event(subject: str, erased: ObservationId, why: str, by: str, at: datetime) -> Observation:
    return Observation(
        kind="audit.event/1",
        subject=subject,
        facet=f"{ACTION} {erased}",
        observed_at=at,
        collector=f"panshi {__version__}",
        body=AuditEvent(actor=by, action=ACTION, target=erased, allowed=True, detail=why),
    )
