"""Taking one token of a feed: verified, acted on, remembered, and only then acknowledged.

In this order, so that a crash between two steps can make an event take effect twice, which changes
nothing, and never not at all: a token is acknowledged once what it brings about rests on disk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from panshi.pdp.shared_signals.acting import MOVED, Done, Word, carry_out
from panshi.pdp.shared_signals.feeds import Listening, with_newer_keys
from panshi.protection.zero_trust.signals import replay, tokens
from panshi.protection.zero_trust.signals.actions import (
    AnswerVerification,
    Change,
    Rule,
    SetFeedStatus,
    Told,
    plan,
)
from panshi.protection.zero_trust.signals.events import EventType
from panshi.protection.zero_trust.signals.matching import Who, who
from panshi.protection.zero_trust.signals.refusal import (
    Refusal,
    RefusedError,
    SetError,
    bad_request,
)
from panshi.protection.zero_trust.signals.tokens import Token
from panshi.store.signal_rows import Arrival, Fare

if TYPE_CHECKING:
    from panshi.pdp.shared_signals.hub import Hub

TRANSMITTER = "transmitter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A token that was taken."""

    jti: str
    outcome: str


async def take(hub: Hub, feed: Listening, raw: str) -> Taken | Refusal:
    """Take a token, or say why not."""
    now = hub.clock()
    try:
        found = tokens.opened(raw, feed.issuer.limits)
        try:
            token = tokens.verified(found, feed.issuer, now)
        except RefusedError as error:
            if error.refusal.code is not SetError.INVALID_KEY or found.kid in feed.issuer.keys.keys:
                raise
            if not await with_newer_keys(feed, hub.store, now):
                raise
            token = tokens.verified(found, feed.issuer, now)
        remembered = hub.store.heard(token.iss, token.jti)
        if replay.judged(token, remembered) is replay.Seen.AGAIN:
            _count(hub, feed, now, again=1)
            return Taken(jti=token.jti, outcome="again")
        return await _act(hub, feed, token, now)
    except RefusedError as error:
        _refused(hub, feed, error.refusal, now)
        return error.refusal


async def _act(hub: Hub, feed: Listening, token: Token, now: float) -> Taken:
    told, rule = _understood(hub, feed, token)
    changes = plan(told, rule, hub.actions) if rule is not None else ()
    _check_about_feed(hub, feed, changes)
    moment = _moment(token, now)
    word = Word(feed=feed, happened_at=moment, received_at=now)
    discarded = _critical(feed, told)
    done = () if discarded else tuple(carry_out(each, word, hub.means()) for each in changes)
    _about_feed(hub, feed, changes)
    if hub.live is not None:
        await hub.live.journal.durable()
    outcome = "discarded" if discarded else _outcome(told)
    arrival = Arrival(
        at=now,
        feed=feed.row.name,
        jti=token.jti,
        event=token.event.type.value,
        subject=str(token.subject)[:300],
        outcome=outcome,
        done=tuple(each.what for each in done if each.what),
        reason=token.event.reason()[:300],
        delay_s=max(0.0, now - moment),
        sessions=_sessions(done),
    )
    verification = token.event.type is EventType.VERIFICATION
    state = token.event.claims.get("state", "") if verification else ""
    with hub.store.together():
        hub.store.hear(token.iss, token.jti, token.digest, now)
        hub.store.arrive(arrival)
        fare = hub.store.fare(feed.row.name)
        hub.store.keep_fare(feed.row.name, _fared(fare, arrival, state, verification=verification))
    hub.heard(feed)
    return Taken(jti=token.jti, outcome=outcome)


def _understood(hub: Hub, feed: Listening, token: Token) -> tuple[Told, Rule | None]:
    rule = hub.actions.rule(token.event)
    live = hub.sessions()
    names = replace(
        hub.names(),
        moved={name: user for _, name, user in hub.store.learned(MOVED, feed.row.name)},
    )
    about = rule.about if rule is not None else ()
    found = who(token.subject, about, feed.naming, names, live) if about else Who()
    told = Told(event=token.event, subject=token.subject, who=found, sessions=hub.fitting(found))
    return told, rule


def _check_about_feed(hub: Hub, feed: Listening, changes: tuple[Change, ...]) -> None:
    """See that what speaks of the stream speaks of this one, with a state that was asked for."""
    for change in changes:
        if not isinstance(change, AnswerVerification | SetFeedStatus):
            continue
        if feed.row.stream_id and change.stream_id != feed.row.stream_id:
            raise bad_request("the subject is not this stream", "主體不是此串流")
        if isinstance(change, AnswerVerification) and change.state is not None:
            asked = hub.store.fare(feed.row.name).asked_states
            if change.state not in asked:  # SSF 8.1.4.1
                raise RefusedError(
                    SetError.INVALID_STATE,
                    "the state is not the one this receiver asked with",
                    "state 不是接收端所要求的值",
                )


def _about_feed(hub: Hub, feed: Listening, changes: tuple[Change, ...]) -> None:
    for change in changes:
        if isinstance(change, SetFeedStatus) and feed.row.paused_by != "operator":
            enabled = change.status == "enabled"
            feed.row = replace(
                feed.row,
                status=change.status,
                reason=change.reason[:300],
                paused_by="" if enabled else TRANSMITTER,
            )
            hub.store.keep_feed(feed.row)


def _critical(feed: Listening, told: Told) -> bool:
    """Whether a member that must be understood was not (SSF 3.6): the event is discarded."""
    return any(name in feed.row.critical for name in told.who.unprocessed)


def _outcome(told: Told) -> str:
    about_feed = told.event.type in {EventType.VERIFICATION, EventType.STREAM_UPDATED}
    return "unmatched" if told.who.nobody and not about_feed else "taken"


def _moment(token: Token, now: float) -> float:
    """When it happened, as far as it is told; never later than now."""
    told = (token.event.happened_at, token.toe, token.iat)
    return min(next(each for each in told if each is not None), now)


def _sessions(done: tuple[Done, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for one in done for each in one.sessions))[:100]


def _fared(fare: Fare, arrival: Arrival, state: str, *, verification: bool) -> Fare:
    fare = replace(
        fare,
        heard_at=arrival.at,
        taken=fare.taken + 1,
        unmatched=fare.unmatched + (arrival.outcome == "unmatched"),
    )
    if verification:
        asked = fare.asked_states
        later = asked[asked.index(state) + 1 :] if state in asked else asked
        return replace(fare, verified_at=arrival.at, asked_states=later)
    return replace(fare, event_at=arrival.at, event=arrival.event, delay_s=arrival.delay_s)


def _count(hub: Hub, feed: Listening, now: float, *, again: int) -> None:
    fare = hub.store.fare(feed.row.name)
    hub.store.keep_fare(feed.row.name, replace(fare, heard_at=now, again=fare.again + again))
    hub.heard(feed)


def _refused(hub: Hub, feed: Listening, refusal: Refusal, now: float) -> None:
    fare = hub.store.fare(feed.row.name)
    hub.store.keep_fare(
        feed.row.name,
        replace(
            fare,
            refused=fare.refused + 1,
            error=f"{refusal.code.value}: {refusal.english}",
            error_at=now,
        ),
    )
