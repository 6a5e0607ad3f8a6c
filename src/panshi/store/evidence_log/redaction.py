"""Erasing bodies (personal data) while every proof stays as it was.

The body, its nonce and its deduplication digest go; the envelope, which holds only a salted
digest of the body, stays and still hashes to the leaf. Who erased what and why is sealed in the
same transaction as observations of kind `audit.event/1`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from panshi import __version__
from panshi.errors import UsageError
from panshi.evidence.log import Appended
from panshi.evidence.seal import unseal
from panshi.model.bodies.records import AuditEvent
from panshi.model.observation import Observation, ObservationId
from panshi.store.evidence_log.append import append
from panshi.store.evidence_log.database import Connection, Database
from panshi.store.evidence_log.query import id_bytes

ACTION = "evidence.redact"


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
        body = sealed.observation.body
        if body is None:
            continue
        if isinstance(body, AuditEvent) and body.action == ACTION:
            raise UsageError(f"{each} is the record of a redaction; those stay")
        positions.append(sealed.position)
        events.append(_event(sealed.observation.subject, each, why, by, at))
    done = append(database, connection, events, at, secret)
    erased = [(position,) for position in positions]
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


def _event(subject: str, erased: ObservationId, why: str, by: str, at: datetime) -> Observation:
    return Observation(
        kind="audit.event/1",
        subject=subject,
        facet=f"{ACTION} {erased}",
        observed_at=at,
        collector=f"panshi {__version__}",
        body=AuditEvent(actor=by, action=ACTION, target=erased, allowed=True, detail=why),
    )
