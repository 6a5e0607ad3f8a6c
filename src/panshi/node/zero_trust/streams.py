"""Feeds of shared signals this node listens to: set up, pause, ask for a sign of life, take out.

Nothing outside is asked unless somebody set a feed up for it; a feed whose keys were given by hand
(`jwks`) and that has no addresses is never asked anything. What is set up rests in
`zero_trust/streams.sqlite`, from where a running decision point takes it up within a second.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import msgspec

from panshi.errors import BadInputError, MissingError, PanshiError, StoreError, UsageError
from panshi.node.zero_trust.signal_actions import signal_actions
from panshi.node.zero_trust.ssf_client import Peer, Reply, call
from panshi.protection.zero_trust.signals import keys, metadata
from panshi.protection.zero_trust.signals.actions import Actions, Do
from panshi.protection.zero_trust.signals.events import EventType
from panshi.protection.zero_trust.signals.refusal import RefusedError
from panshi.protection.zero_trust.signals.streams import POLL, PUSH
from panshi.protection.zero_trust.signals.strict_json import Json, Limits, read_object
from panshi.store.signal_rows import FeedRow
from panshi.store.signal_streams import SignalStreams

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
LEAST_INTERVAL_S, MOST_INTERVAL_S = 10.0, 86_400.0
METHODS = {"push": PUSH, "poll": POLL}
ANSWER = Limits(bytes=1 << 20, depth=12, values=20_000)
_OK, _CREATED, _NO_CONTENT, _NOT_FOUND = 200, 201, 204, 404
MOST_ASKED = 4
"States of verification events that may be under way at once."
_EARLY_S = 60.0
"How long before its end an access token is renewed."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeed:
    """What is asked for when a feed is set up."""

    name: str
    issuer: str
    method: str = "push"
    audience: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    "Short names or addresses of event types; none: all that do something here."
    algorithms: tuple[str, ...] = keys.DEFAULT_ALGORITHMS
    interval_s: float = 300.0
    endpoint: str = ""
    "Our address for pushes, as the transmitter reaches it."
    jwks: str = ""
    "The issuer's JWK Set, given by hand: then nothing outside is asked."
    domains: tuple[str, ...] = ()
    subject_issuers: tuple[str, ...] = ()
    tenant: str = ""
    may_raise: bool = False
    ca_file: str = ""
    plain_http: bool = False
    bearer: str = ""
    client_id: str = ""
    client_secret: str = ""
    token_endpoint: str = ""

    def __repr__(self) -> str:
        """Say its name, never its secrets."""
        return f"NewFeed({self.name})"


async def add_feed(store: SignalStreams, new: NewFeed, *, actor: str, now: float) -> FeedRow:
    """Set a feed up; where the transmitter has a management API, create the stream there."""
    row = _checked(store, new, actor=actor, now=now)
    if new.jwks:
        _keys_of(new.jwks)
        secret = _push_secret(new)
        row = replace(row, push_digest=_digest(secret) if secret else "")
        store.keep_feed(row, json.dumps({"bearer": new.bearer}) if new.bearer else "")
        return row
    peer = Peer(ca_file=new.ca_file, plain_http=new.plain_http)
    found = await fetched_metadata(new.issuer, peer)
    row = replace(
        row,
        endpoints=_endpoints(found),
        critical=found.critical,
        jwks=await fetched_keys(found.jwks_uri, peer),
        jwks_at=now,
    )
    secret = await _secret(new, peer)
    pushed = f"Bearer {secrets.token_urlsafe(32)}" if new.method == "push" else ""
    store.keep_feed(replace(row, push_digest=_digest(pushed) if pushed else ""), secret)
    try:
        row = await _with_stream(store, row, new, pushed, now=now)
    except BaseException:
        store.drop_feed(row.name)
        raise
    store.keep_feed(row)
    return row


def feed_named(store: SignalStreams, name: str) -> FeedRow:
    """Give a feed, or say which there are."""
    row = store.feed(name)
    if row is None:
        known = ", ".join(each.name for each in store.feeds()) or "none"
        raise MissingError(f"there is no feed {name!r}", remedy=f"feeds: {known}")
    return row


def pause_feed(store: SignalStreams, name: str, reason: str) -> FeedRow:
    """Listen no more until resumed; live sessions are judged without it from now on."""
    row = replace(feed_named(store, name), status="paused", reason=reason, paused_by="operator")
    store.keep_feed(row)
    return row


def resume_feed(store: SignalStreams, name: str) -> FeedRow:
    """Listen again."""
    row = replace(feed_named(store, name), status="enabled", reason="", paused_by="")
    store.keep_feed(row)
    return row


async def set_stream_status(
    store: SignalStreams, row: FeedRow, status: str, reason: str, *, now: float
) -> bool:
    """Tell the transmitter to hold events, or to send again; False where it cannot be told."""
    address = row.endpoints.get("status_endpoint", "")
    if not address or not row.stream_id:
        return False
    body: dict[str, Json] = {"stream_id": row.stream_id, "status": status}
    if reason:
        body["reason"] = reason
    await _managed(store, row, "POST", address, body, now=now, good=(_OK, 202))
    return True


async def remove_feed(store: SignalStreams, name: str, *, now: float) -> bool:
    """Take a feed out, at the transmitter too; gives whether it was told."""
    row, told = feed_named(store, name), False
    address = row.endpoints.get("configuration_endpoint", "")
    if address and row.stream_id:
        try:
            url = f"{address}?{urlencode({'stream_id': row.stream_id})}"
            await _managed(store, row, "DELETE", url, None, now=now, good=(_NO_CONTENT, _NOT_FOUND))
            told = True
        except PanshiError:
            told = False  # a transmitter that is gone must not keep its feed alive here
    store.drop_feed(name)
    return told


async def ask_verification(store: SignalStreams, row: FeedRow, *, now: float) -> str:
    """Ask for a verification event with a fresh state; gives the state."""
    address = row.endpoints.get("verification_endpoint", "")
    if not address or not row.stream_id:
        raise UsageError(
            f"the transmitter of {row.name} has no verification endpoint",
            remedy="it must send verification events by itself",
        )
    state = secrets.token_urlsafe(16)
    before = store.fare(row.name)
    # Kept before it is sent, since the event may overtake the answer; a few may be under way.
    asked = (*before.asked_states, state)[-MOST_ASKED:]
    store.keep_fare(row.name, replace(before, asked_states=asked, asked_at=now))
    body: dict[str, Json] = {"stream_id": row.stream_id, "state": state}
    await _managed(store, row, "POST", address, body, now=now, good=(_NO_CONTENT, _OK))
    return state


async def change_subject(
    store: SignalStreams, row: FeedRow, subject: Json, *, wanted: bool, now: float
) -> None:
    """Ask for events about a subject, or ask to be spared them."""
    name = "add_subject_endpoint" if wanted else "remove_subject_endpoint"
    address = row.endpoints.get(name, "")
    if not address:
        raise UsageError(f"the transmitter of {row.name} has no {name}")
    body: dict[str, Json] = {"stream_id": row.stream_id, "subject": subject}
    await _managed(store, row, "POST", address, body, now=now, good=(_OK, _NO_CONTENT))


async def stream_as_it_is(store: SignalStreams, row: FeedRow, *, now: float) -> str:
    """Give the stream's status at the transmitter, which must still be this issuer's."""
    address = row.endpoints.get("configuration_endpoint", "")
    query = urlencode({"stream_id": row.stream_id})
    found = await _managed(store, row, "GET", f"{address}?{query}", None, now=now, good=(_OK,))
    if found.get("iss") != row.issuer or found.get("stream_id") != row.stream_id:
        raise BadInputError("the stream is not this issuer's", place=row.issuer)
    status = row.endpoints.get("status_endpoint", "")
    if not status:
        return "configured"
    told = await _managed(store, row, "GET", f"{status}?{query}", None, now=now, good=(_OK,))
    return str(told.get("status", ""))


async def authorization(store: SignalStreams, row: FeedRow, *, now: float) -> str:
    """Give what is sent to the transmitter; an access token is renewed before it ends."""
    kept = store.feed_secret(row.name)
    found = msgspec.json.decode(kept, type=dict[str, str]) if kept else {}
    if "client_id" not in found:
        return f"Bearer {found['bearer']}" if found.get("bearer") else ""
    if float(found.get("until", "0")) - _EARLY_S > now:
        return f"Bearer {found['token']}"
    peer = Peer(ca_file=row.ca_file, plain_http=row.plain_http)
    token, lasts = await _access_token(found, peer)
    kept = json.dumps({**found, "token": token, "until": str(now + lasts)})
    store.keep_feed(row, kept)
    return f"Bearer {token}"


def families_of(actions: Actions, events: tuple[str, ...]) -> tuple[str, ...]:
    """Give the kinds of evidence that these events tell of."""
    uris = {each.uri: each for each in EventType}
    wanted = {uris[each] for each in events if each in uris} or set(EventType)
    found = {
        step.kind
        for rule in actions.rules
        if rule.event in wanted
        for step in rule.steps
        if step.do is Do.SIGNAL
    }
    return tuple(sorted(found))


def event_uris(names: tuple[str, ...]) -> tuple[str, ...]:
    """Give addresses of event types by short name or address."""
    by_name = {each.value: each.uri for each in EventType}
    by_name |= {each.value.partition("/")[2]: each.uri for each in EventType}
    known = set(by_name.values())
    found = []
    for name in names:
        uri = by_name.get(name, name)
        if uri not in known:
            raise UsageError(
                f"there is no event {name!r}", remedy="events: " + ", ".join(sorted(EventType))
            )
        found.append(uri)
    return tuple(dict.fromkeys(found))


def _checked(store: SignalStreams, new: NewFeed, *, actor: str, now: float) -> FeedRow:
    if not NAME.fullmatch(new.name):
        raise UsageError(
            f"{new.name!r} is no name of a feed", remedy="small letters, digits, `.`, `_` and `-`"
        )
    if store.feed(new.name) is not None:
        raise UsageError(f"there is a feed {new.name!r} already", remedy="remove it first")
    metadata.checked_address(new.issuer, plain_http=new.plain_http)
    algorithms = keys.allowed(new.algorithms)
    if not algorithms or len(algorithms) != len(set(new.algorithms)):
        raise UsageError(
            f"{', '.join(new.algorithms) or 'no'} algorithm cannot be allowed",
            remedy="one or more of " + ", ".join(keys.ALGORITHMS),
        )
    if not LEAST_INTERVAL_S <= new.interval_s <= MOST_INTERVAL_S:
        raise UsageError(
            f"an interval of {new.interval_s:g} seconds",
            remedy=f"{LEAST_INTERVAL_S:g} to {MOST_INTERVAL_S:g}",
        )
    if new.method == "push" and not new.jwks and not new.endpoint:
        raise UsageError(
            "it is not known where the transmitter reaches us",
            remedy="name it with --endpoint, or once for all with `panshi zt stream address`",
        )
    if new.jwks and not new.audience:
        raise UsageError("it is not known how the transmitter calls us", remedy="--audience")
    events = event_uris(new.events)
    return FeedRow(
        name=new.name,
        issuer=new.issuer,
        audience=new.audience,
        method=new.method,
        algorithms=algorithms,
        interval_s=new.interval_s,
        created_at=now,
        created_by=actor,
        families=families_of(signal_actions(), events),
        domains=new.domains,
        subject_issuers=new.subject_issuers,
        tenant=new.tenant,
        may_raise=new.may_raise,
        jwks=new.jwks,
        ca_file=new.ca_file,
        plain_http=new.plain_http,
    )


async def _with_stream(
    store: SignalStreams, row: FeedRow, new: NewFeed, pushed: str, *, now: float
) -> FeedRow:
    """Create the stream at the transmitter and hold its answer against what was agreed."""
    delivery: dict[str, Json] = {"method": METHODS[new.method]}
    if new.method == "push":
        delivery |= {"endpoint_url": new.endpoint, "authorization_header": pushed}
    wanted = event_uris(new.events) or tuple(each.uri for each in EventType)
    body: dict[str, Json] = {
        "delivery": delivery,
        "events_requested": list(wanted),
        "description": f"panshi {row.name}",
    }
    address = row.endpoints.get("configuration_endpoint", "")
    if not address:
        raise UsageError(
            "the transmitter has no API to create a stream with",
            remedy="agree on one by hand and set the feed up with --jwks and --audience",
        )
    made = await _managed(store, row, "POST", address, body, now=now, good=(_CREATED, _OK))
    stream_id, audience = made.get("stream_id"), _texts(made.get("aud"))
    if made.get("iss") != row.issuer or not isinstance(stream_id, str) or not audience:
        raise BadInputError("the stream is not this issuer's", place=row.issuer)
    if new.audience and not set(new.audience) & set(audience):
        raise BadInputError(
            f"the transmitter calls us {', '.join(audience)}",
            place=row.issuer,
            remedy=f"agree on the audience; {', '.join(new.audience)} was expected",
        )
    endpoints = dict(row.endpoints)
    if new.method == "poll":
        given = made.get("delivery")
        url = given.get("endpoint_url") if isinstance(given, dict) else None
        if not isinstance(url, str):
            raise BadInputError("the stream has no address to poll", place=row.issuer)
        endpoints["poll"] = metadata.checked_address(url, plain_http=row.plain_http)
    delivered = _texts(made.get("events_delivered")) or wanted
    least = made.get("min_verification_interval")
    if isinstance(least, bool) or not isinstance(least, int | float):
        least = 0
    return replace(
        row,
        # A sign of life is asked for at half the interval, and not more often than the sender wants
        interval_s=min(max(row.interval_s, 2.0 * least + 2.0), MOST_INTERVAL_S),
        stream_id=stream_id,
        audience=audience,
        endpoints=endpoints,
        families=families_of(signal_actions(), delivered),
        push_digest=_digest(pushed) if pushed else "",
    )


async def _managed(
    store: SignalStreams,
    row: FeedRow,
    method: str,
    url: str,
    body: Mapping[str, Json] | None,
    *,
    now: float,
    good: tuple[int, ...],
) -> dict[str, Json]:
    peer = Peer(
        ca_file=row.ca_file,
        plain_http=row.plain_http,
        authorization=await authorization(store, row, now=now),
    )
    raw = b"" if body is None else msgspec.json.encode(body)
    reply = await call(method, url, peer, body=raw, headers={"Content-Type": "application/json"})
    if reply.status not in good:
        raise StoreError(_said(reply), place=url.partition("?")[0], remedy=_remedy(reply.status))
    return _document(reply, url) if reply.body.strip() else {}


async def fetched_metadata(issuer: str, peer: Peer) -> metadata.Metadata:
    """Give what a transmitter says about itself."""
    url = metadata.configuration_url(issuer)
    reply = await call("GET", url, peer)
    if reply.status != _OK:
        raise StoreError(
            f"the transmitter's metadata was answered with status {reply.status}",
            place=url,
            remedy="see whether the issuer is spelt as it spells itself",
        )
    return metadata.read(_document(reply, url), issuer, plain_http=peer.plain_http)


async def fetched_keys(url: str, peer: Peer) -> str:
    """Give a transmitter's JWK Set as text, where a key of it can be used."""
    reply = await call("GET", url, peer)
    if reply.status != _OK:
        raise StoreError(f"the keys were answered with status {reply.status}", place=url)
    text = reply.body.decode("utf-8", "replace")
    _keys_of(text)
    return text


def _keys_of(text: str) -> keys.KeyRing:
    try:
        ring = keys.ring(read_object(text, ANSWER))
    except RefusedError as error:
        raise BadInputError(f"the JWK Set: {error.refusal.english}") from error
    if not ring.keys:
        aside = "; ".join(ring.left_aside) or "it is empty"
        raise BadInputError("the JWK Set holds no key that can be used", remedy=aside)
    return ring


async def _secret(new: NewFeed, peer: Peer) -> str:
    if new.bearer:
        return json.dumps({"bearer": new.bearer})
    if not new.client_id:
        return ""
    endpoint = new.token_endpoint
    if not endpoint:
        url = metadata.configuration_url(new.issuer).replace(
            metadata.WELL_KNOWN, "/.well-known/oauth-authorization-server"
        )
        found = _document(await call("GET", url, peer), url).get("token_endpoint")
        endpoint = found if isinstance(found, str) else ""
    metadata.checked_address(endpoint, plain_http=new.plain_http)
    return json.dumps(
        {
            "client_id": new.client_id,
            "client_secret": new.client_secret,
            "token_endpoint": endpoint,
        }
    )


async def _access_token(found: Mapping[str, str], peer: Peer) -> tuple[str, float]:
    form = urlencode(
        {
            "grant_type": "client_credentials",
            "client_id": found["client_id"],
            "client_secret": found["client_secret"],
            "scope": " ".join(metadata.SCOPES),
        }
    )
    url = found["token_endpoint"]
    reply = await call(
        "POST",
        url,
        peer,
        body=form.encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    document = _document(reply, url) if reply.status == _OK else {}
    token, lasts = document.get("access_token"), document.get("expires_in", 300)
    if not isinstance(token, str) or isinstance(lasts, bool) or not isinstance(lasts, int | float):
        raise StoreError(
            f"no access token was given (status {reply.status})",
            place=url,
            remedy="check client id and secret with the transmitter",
        )
    return token, float(lasts)


def _endpoints(found: metadata.Metadata) -> dict[str, str]:
    named = {
        "jwks_uri": found.jwks_uri,
        "configuration_endpoint": found.configuration_endpoint,
        "status_endpoint": found.status_endpoint,
        "add_subject_endpoint": found.add_subject_endpoint,
        "remove_subject_endpoint": found.remove_subject_endpoint,
        "verification_endpoint": found.verification_endpoint,
    }
    return {name: url for name, url in named.items() if url}


def _document(reply: Reply, url: str) -> dict[str, Json]:
    try:
        return read_object(bytes(reply.body), ANSWER)
    except RefusedError as error:
        raise BadInputError(error.refusal.english, place=url.partition("?")[0]) from error


def _said(reply: Reply) -> str:
    try:
        found = read_object(bytes(reply.body), ANSWER).get("error", "")
    except RefusedError:
        found = ""
    more = f": {found[:200]}" if isinstance(found, str) and found else ""
    return f"the transmitter answered with status {reply.status}{more}"


def _remedy(status: int) -> str:
    return {
        401: "check the credentials with which the transmitter is asked",
        403: "ask the transmitter's operator to allow this",
        409: "the transmitter allows no further stream; remove the old one there",
        429: "ask again later",
    }.get(status, "")


def _texts(value: Json) -> tuple[str, ...]:
    found = value if isinstance(value, list) else [value]
    return tuple(each for each in found if isinstance(each, str) and each)


def _push_secret(new: NewFeed) -> str:
    return f"Bearer {new.bearer}" if new.method == "push" and new.bearer else ""


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
