"""How feeds and streams stand, as one value for terminal, API and console alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from panshi.node.zero_trust.receivers import identity
from panshi.node.zero_trust.trust_content import trust_model
from panshi.protection.zero_trust.signals import health
from panshi.protection.zero_trust.signals.health import Health
from panshi.protection.zero_trust.signals.streams import PUSH, short_names
from panshi.store.signal_rows import Arrival, FeedRow, StreamRow
from panshi.store.signal_streams import SignalStreams

HEALTH_ZH = {"new": "新設", "alive": "正常", "late": "延遲", "blind": "失聯", "paused": "暫停"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAnswer:
    """A feed we listen to."""

    name: str
    issuer: str
    method: str
    stream_id: str
    audience: tuple[str, ...]
    health: Health
    status: str
    reason: str
    paused_by: str
    interval_s: float
    families: tuple[str, ...]
    "Kinds of evidence that are unavailable while it is blind."
    heard_at: datetime | None
    verified_at: datetime | None
    event: str
    event_at: datetime | None
    delay_s: float | None
    taken: int
    again: int
    refused: int
    unmatched: int
    error: str
    error_at: datetime | None
    polled_at: datetime | None
    algorithms: tuple[str, ...]
    may_raise: bool
    keys_at: datetime | None
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAnswer:
    """A stream we send on."""

    id: str
    receiver: str
    method: str
    endpoint: str
    audience: tuple[str, ...]
    events: tuple[str, ...]
    description: str
    status: str
    reason: str
    waiting: int
    sent: int
    acknowledged: int
    refused: int
    failures: int
    error: str
    error_at: datetime | None
    active_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamsAnswer:
    """All of it."""

    at: datetime
    issuer: str
    address: str
    feeds: tuple[FeedAnswer, ...]
    receivers: tuple[str, ...]
    streams: tuple[SentAnswer, ...]

    @property
    def blind(self) -> tuple[FeedAnswer, ...]:
        """Give the feeds whose word, and whose silence, is not to be relied on."""
        return tuple(each for each in self.feeds if not health.usable(each.health))

    @property
    def failing(self) -> tuple[SentAnswer, ...]:
        """Give the streams whose receiver does not answer."""
        return tuple(each for each in self.streams if each.failures)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalAnswer:
    """One token that came."""

    place: int
    "For the next page."
    at: datetime
    event: str
    subject: str
    outcome: str
    done: tuple[str, ...]
    reason: str
    delay_s: float | None
    sessions: tuple[str, ...]
    jti: str


def streams_answer(store: SignalStreams, now: float) -> StreamsAnswer:
    """Say how everything stands."""
    issuer, address = identity(store)
    return StreamsAnswer(
        at=_time(now),
        issuer=issuer,
        address=address,
        feeds=tuple(feed_answer(store, row, now) for row in store.feeds()),
        receivers=tuple(each.name for each in store.receivers()),
        streams=tuple(_sent(store, row) for row in store.streams()),
    )


def sentence(found: StreamsAnswer) -> tuple[str, str]:
    """Say in one sentence, Chinese and English, whether signals arrive and go out."""
    if not found.feeds and not found.streams:
        return (
            "尚未設定共享訊號：不聽取任何來源，也不對外傳送",
            "No shared signals are set up: nobody is heard, and nothing is sent",
        )
    blind, failing = found.blind, found.failing
    names = "、".join(each.name for each in blind), ", ".join(each.name for each in blind)
    zh = f"聽取 {len(found.feeds)} 個來源"
    en = f"{len(found.feeds)} feeds are heard"
    if blind:
        kinds = sorted({kind for each in blind for kind in each.families})
        zh += f"，其中 {len(blind)} 個失聯或暫停（{names[0]}），{len(kinds)} 類訊號視為不可用"
        en += f", {len(blind)} of them blind ({names[1]}): {len(kinds)} kinds of signal unavailable"
    else:
        zh, en = f"{zh}，全部正常", f"{en}, all of them alive"
    if found.streams:
        zh += f"；對外 {len(found.streams)} 條串流"
        en += f"; {len(found.streams)} streams are sent"
        zh += f"，{len(failing)} 條送不出去" if failing else "，都送得到"
        en += f", {len(failing)} of them failing" if failing else ", none of them failing"
    return zh, en


def feed_answer(store: SignalStreams, row: FeedRow, now: float) -> FeedAnswer:
    """Say how one feed stands."""
    fare = store.fare(row.name)
    feed = health.Feed(
        set_up_at=row.created_at,
        heard_at=fare.heard_at,
        interval_s=row.interval_s,
        status=row.status,
    )
    return FeedAnswer(
        name=row.name,
        issuer=row.issuer,
        method=row.method,
        stream_id=row.stream_id,
        audience=row.audience,
        health=health.judged(feed, now, trust_model().missed_beats),
        status=row.status,
        reason=row.reason,
        paused_by=row.paused_by,
        interval_s=row.interval_s,
        families=row.families,
        heard_at=_maybe(fare.heard_at),
        verified_at=_maybe(fare.verified_at),
        event=fare.event,
        event_at=_maybe(fare.event_at),
        delay_s=fare.delay_s,
        taken=fare.taken,
        again=fare.again,
        refused=fare.refused,
        unmatched=fare.unmatched,
        error=fare.error,
        error_at=_maybe(fare.error_at),
        polled_at=_maybe(fare.polled_at),
        algorithms=row.algorithms,
        may_raise=row.may_raise,
        keys_at=_maybe(row.jwks_at or None),
        created_at=_time(row.created_at),
        created_by=row.created_by,
    )


def arrivals_answer(
    store: SignalStreams, feed: str, *, most: int = 50, before: int | None = None
) -> tuple[ArrivalAnswer, ...]:
    """Give what came over a feed, newest first."""
    return tuple(
        _arrival(place, each) for place, each in store.arrivals(feed, most=most, before=before)
    )


def _arrival(place: int, each: Arrival) -> ArrivalAnswer:
    return ArrivalAnswer(
        place=place,
        at=_time(each.at),
        event=each.event,
        subject=each.subject,
        outcome=each.outcome,
        done=each.done,
        reason=each.reason,
        delay_s=each.delay_s,
        sessions=each.sessions,
        jti=each.jti,
    )


def _sent(store: SignalStreams, row: StreamRow) -> SentAnswer:
    fare = store.stream_fare(row.id)
    return SentAnswer(
        id=row.id,
        receiver=row.receiver,
        method="push" if row.method == PUSH else "poll",
        endpoint=row.endpoint_url,
        audience=row.audience,
        events=short_names(row.requested or ()),
        description=row.description,
        status=row.status,
        reason=row.reason,
        waiting=store.waits(row.id),
        sent=fare.sent,
        acknowledged=fare.acknowledged,
        refused=fare.refused,
        failures=fare.failures,
        error=fare.error,
        error_at=_maybe(fare.error_at),
        active_at=_maybe(fare.active_at),
        created_at=_time(row.created_at),
    )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _maybe(seconds: float | None) -> datetime | None:
    return None if seconds is None else _time(seconds)
