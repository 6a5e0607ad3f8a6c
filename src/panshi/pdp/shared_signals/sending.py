"""Sending what we decide to others: signed once per stream, queued on disk, pushed or polled.

An event is queued in the same moment it is decided; from there it goes out in order, one after the
other per stream, and leaves the queue only when the receiver acknowledged it. A receiver that fails
is asked again later and later; one that refuses a token is not asked about that token again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from joserfc.jwk import RSAKey

from panshi.errors import PanshiError
from panshi.node.zero_trust.receivers import ADDRESS, ISSUER
from panshi.node.zero_trust.ssf_client import Peer, Reply, call
from panshi.protection.zero_trust.signals import keys, subjects, tokens
from panshi.protection.zero_trust.signals.events import Event, EventType
from panshi.protection.zero_trust.signals.metadata import BASE
from panshi.protection.zero_trust.signals.polling import Ask
from panshi.protection.zero_trust.signals.refusal import RefusedError, SetError
from panshi.protection.zero_trust.signals.streams import (
    PUSH,
    Delivery,
    SendingStream,
    StreamStatus,
    Terms,
    wants,
)
from panshi.protection.zero_trust.signals.strict_json import Json, Limits, read_object
from panshi.protection.zero_trust.signals.subjects import Subject, simple
from panshi.store import signal_keys
from panshi.store.signal_rows import ReceiverRow, StreamRow

if TYPE_CHECKING:
    from panshi.store.signal_streams import SignalStreams

ALGORITHM = "RS256"
MOST_QUEUED = 10_000
BATCH = 20
FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 900.0
GIVE_UP = 100
"Failed attempts in a row after which a stream is paused, and says so."
VERIFICATION_S = 30
INACTIVE_S = 0
_ACCEPTED = frozenset({200, 202, 204})
_REFUSED = 400
_CODES = {each.value for each in SetError}
_ANSWER = Limits(bytes=64 * 1024, depth=4, values=100)


class Sender:
    """Everything that goes out."""

    def __init__(self, *, home: Path, store: SignalStreams, clock: Callable[[], float]) -> None:
        """Know where the keys and the queues are."""
        self.home = home
        self.store = store
        self.clock = clock
        self.named = ""
        "Our name as it was when last read: asked for every session, so not read every time."
        self._keys: tuple[RSAKey, ...] = ()
        self._stamp: tuple[str, ...] = ()
        self.arrived: set[str] = set()
        "Streams that got something since somebody last looked; polls wait for it."

    # ---- who we are -------------------------------------------------------------------------

    @property
    def issuer(self) -> str:
        """Give our name as a transmitter; empty: we send nothing."""
        return self.store.setting(ISSUER)

    @property
    def address(self) -> str:
        """Give the address others reach us at, without a slash at its end."""
        return self.store.setting(ADDRESS) or self.issuer.rstrip("/")

    def terms(self, receiver: ReceiverRow) -> Terms:
        """Give what a receiver is offered."""
        return Terms(
            issuer=self.issuer,
            audience=receiver.audience,
            poll_url=f"{self.address}{BASE}/poll",
            push_hosts=frozenset(receiver.push_hosts),
            plain_http=receiver.plain_http,
            min_verification_interval=VERIFICATION_S,
            inactivity_timeout=INACTIVE_S,
        )

    def reload(self) -> None:
        """Load the keys where there are others."""
        self.named = self.issuer
        if not self.named:
            return
        stamp = signal_keys.stamp(self.home)
        if stamp and stamp == self._stamp:
            return
        self._keys = tuple(
            RSAKey.import_key(pem, {"kid": name, "use": "sig", "alg": ALGORITHM})
            for name, pem in signal_keys.signing_pems(self.home)
        )
        self._stamp = signal_keys.stamp(self.home)

    def key_set(self) -> dict[str, Json]:
        """Give the public keys: the one that signs first, then those not yet retired."""
        self.reload()
        return keys.published(self._keys[::-1])

    # ---- queueing ---------------------------------------------------------------------------

    def offer(self, event: Event, subject: Subject, *, txn: str = "") -> int:
        """Queue an event on every stream that wants it; count the streams."""
        if not self.issuer:
            return 0
        count = 0
        for row in self.store.streams():
            stream = as_stream(row)
            if stream.status is StreamStatus.DISABLED:
                continue
            added = tuple(map(read_subject, self.store.subjects(row.id, wanted=True)))
            removed = tuple(map(read_subject, self.store.subjects(row.id, wanted=False)))
            if wants(stream, event.type, subject, added, removed):
                self._queue(row, event, subject, txn)
                count += 1
        return count

    def verify(self, row: StreamRow, state: str | None) -> None:
        """Queue a verification event (SSF 8.1.4.1)."""
        claims = {} if state is None else {"state": state}
        event = Event(type=EventType.VERIFICATION, claims=claims)
        self._queue(row, event, simple("opaque", row.id), "")

    def tell_status(self, row: StreamRow, status: str, reason: str) -> None:
        """Queue that we changed a stream's status by ourselves (SSF 8.1.5)."""
        claims = {"status": status, **({"reason": reason} if reason else {})}
        event = Event(type=EventType.STREAM_UPDATED, claims=claims)
        self._queue(row, event, simple("opaque", row.id), "")

    def _queue(self, row: StreamRow, event: Event, subject: Subject, txn: str) -> None:
        self.reload()
        now, jti = self.clock(), secrets.token_hex(16)
        token = tokens.Token(
            iss=self.issuer,
            jti=jti,
            aud=row.audience,
            iat=now,
            subject=subject,
            event=event,
            txn=txn,
        )
        raw = tokens.write(tokens.claims_of(token), self._keys[-1], ALGORITHM)
        self.store.enqueue(row.id, [(jti, raw)], now)
        self.arrived.add(row.id)

    # ---- push (RFC 8935) --------------------------------------------------------------------

    def due(self, now: float) -> tuple[str, ...]:
        """Give the streams that have something to push, and may try again."""
        return tuple(
            row.id
            for row in self.store.streams()
            if row.method == PUSH
            and row.status == StreamStatus.ENABLED.value
            and self.store.waits(row.id)
            and self.store.stream_fare(row.id).next_try <= now
        )

    async def push(self, stream_id: str) -> None:
        """Push what waits on a stream, in order, until it is empty or the receiver fails."""
        row = self.store.stream(stream_id)
        receiver = self.store.receiver(row.receiver) if row is not None else None
        if row is None or receiver is None:
            return
        peer = Peer(
            plain_http=receiver.plain_http, authorization=self.store.stream_secret(stream_id)
        )
        for jti, raw in self.store.waiting(stream_id, BATCH):
            try:
                reply = await call(
                    "POST",
                    row.endpoint_url,
                    peer,
                    body=raw.encode(),
                    headers={"Content-Type": f"application/{tokens.TYPE}", "Accept-Language": "en"},
                )
            except PanshiError as error:
                self._failed(row, str(error))
                return
            if not self._answered(row, jti, reply):
                return

    def _answered(self, row: StreamRow, jti: str, reply: Reply) -> bool:
        fare, now = self.store.stream_fare(row.id), self.clock()
        if reply.status in _ACCEPTED:
            self.store.delivered(row.id, (jti,))
            fare = replace(fare, sent=fare.sent + 1, acknowledged=fare.acknowledged + 1)
            self.store.keep_stream_fare(row.id, replace(fare, failures=0, next_try=0.0))
            return True
        code = _code(reply)
        if reply.status == _REFUSED and code:
            # RFC 8935 section 2.3: it was understood and refused; sending it again changes nothing
            self.store.delivered(row.id, (jti,))
            self.store.keep_stream_fare(
                row.id,
                replace(
                    fare,
                    sent=fare.sent + 1,
                    refused=fare.refused + 1,
                    failures=0,
                    error=code,
                    error_at=now,
                ),
            )
            return True
        self._failed(row, f"the receiver answered with status {reply.status}")
        return False

    def _failed(self, row: StreamRow, why: str) -> None:
        fare, now = self.store.stream_fare(row.id), self.clock()
        failures = fare.failures + 1
        pause = min(FIRST_PAUSE_S * 2 ** min(failures - 1, 20), LONGEST_PAUSE_S)
        self.store.keep_stream_fare(
            row.id,
            replace(fare, failures=failures, next_try=now + pause, error=why[:300], error_at=now),
        )
        if failures >= GIVE_UP:
            paused = replace(row, status=StreamStatus.PAUSED.value, reason="delivery failed")
            self.store.keep_stream(paused, self.store.stream_secret(row.id))
            self.tell_status(paused, "paused", "delivery failed")

    # ---- poll (RFC 8936) --------------------------------------------------------------------

    def answer_poll(self, row: StreamRow, ask: Ask) -> tuple[tuple[tuple[str, str], ...], bool]:
        """Note what was taken and refused, and give what waits: tokens, and whether more do."""
        fare, now = self.store.stream_fare(row.id), self.clock()
        taken = self.store.delivered(row.id, ask.ack) if ask.ack else 0
        refused = self.store.delivered(row.id, ask.errors) if ask.errors else 0
        fare = replace(
            fare,
            active_at=now,
            acknowledged=fare.acknowledged + max(taken, 0),
            refused=fare.refused + max(refused, 0),
        )
        if ask.errors:
            code, said = next(iter(ask.errors.values()))
            fare = replace(fare, error=f"{code}: {said}"[:300], error_at=now)
        waiting: tuple[tuple[str, str], ...] = ()
        if row.status == StreamStatus.ENABLED.value and ask.most:
            waiting = self.store.waiting(row.id, ask.most)
        self.store.keep_stream_fare(row.id, replace(fare, sent=fare.sent + len(waiting)))
        self.arrived.discard(row.id)
        more = len(waiting) == ask.most and self.store.waits(row.id) > len(waiting)
        return waiting, more

    def tidy(self, now: float) -> None:
        """Keep queues within bounds and forget access tokens that ended."""
        for row in self.store.streams():
            if row.status == StreamStatus.DISABLED.value:
                self.store.shorten(row.id, 0)
            elif self.store.waits(row.id) > MOST_QUEUED:
                self.store.shorten(row.id, MOST_QUEUED)
        self.store.drop_grants(now)


def as_stream(row: StreamRow) -> SendingStream:
    """Give a stream as the rules of streams see it; its secret stays where it is."""
    return SendingStream(
        id=row.id,
        receiver=row.receiver,
        audience=row.audience,
        delivery=Delivery(method=row.method, endpoint_url=row.endpoint_url),
        requested=row.requested,
        description=row.description,
        status=StreamStatus(row.status),
        reason=row.reason,
        created_at=row.created_at,
        all_subjects=row.all_subjects,
    )


def as_row(stream: SendingStream) -> StreamRow:
    """Give a stream as it is kept; its secret is kept beside it."""
    return StreamRow(
        id=stream.id,
        receiver=stream.receiver,
        audience=stream.audience,
        method=stream.delivery.method,
        endpoint_url=stream.delivery.endpoint_url,
        requested=stream.requested,
        description=stream.description,
        status=stream.status.value,
        reason=stream.reason,
        created_at=stream.created_at,
        all_subjects=stream.all_subjects,
    )


def read_subject(text: str) -> Subject:
    """Read a subject as it is kept."""
    return subjects.read(read_object(text, _ANSWER))


def _code(reply: Reply) -> str:
    """Give the code of a refusal, where the answer is one of RFC 8935."""
    try:
        found = read_object(bytes(reply.body), _ANSWER)
    except RefusedError:
        return ""
    code = found.get("err")
    if not isinstance(code, str) or code not in _CODES:
        return ""
    said = found.get("description", "")
    return f"{code}: {said}"[:300] if isinstance(said, str) else code
