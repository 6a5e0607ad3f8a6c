"""The routes of live sessions: for enforcement points, identity fronts, sources and our own node.

    POST   /zt/v1/sessions            somebody signed in, or signed in again
    GET    /zt/v1/sessions            what is live; ?user= &pep= &after= &limit=
    GET    /zt/v1/sessions/{id}       one session, with the explanation of its trust
    DELETE /zt/v1/sessions/{id}       ?cause=signed_out | session_revoked | manual
    POST   /zt/v1/accesses            something is about to open
    DELETE /zt/v1/accesses/{id}       it is open no more
    POST   /zt/v1/signals             {"signals": […]}
    POST   /zt/v1/feeds               a feed is alive;  DELETE /zt/v1/feeds/{source}
    POST   /zt/v1/leavers             somebody left
    GET    /zt/v1/orders              ?pep= &after= &fresh=1: orders as JSON lines, for ever
    POST   /zt/v1/orders/confirm      everything up to an epoch was carried out
    POST   /zt/v1/break-glass[/{id}]  asking, approving, ending, reviewing; control socket only

An answer to a change is given once the change rests on disk.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

import msgspec

from panshi.errors import BadInputError, ForbiddenError, MissingError, UsageError
from panshi.pdp.http import HttpAnswer, HttpRequest, PdpRoute, Stream, json_answer
from panshi.pdp.live import emergency, wire
from panshi.pdp.live.registry import Live
from panshi.pdp.live.snapshot import explained, snapshot
from panshi.protection.zero_trust.sessions.break_glass import Grant
from panshi.protection.zero_trust.sessions.nouns import Cause, Order
from panshi.protection.zero_trust.sessions.views import GrantStep, Ordered

if TYPE_CHECKING:
    from panshi.pdp.point import DecisionPoint

SCOPE = "zt.sessions"
BASE = "/zt/v1/"
_ENDS = (Cause.SIGNED_OUT, Cause.SESSION_REVOKED, Cause.MANUAL)
_encode = msgspec.json.encode


def live_of(point: DecisionPoint) -> Live:
    """Give the live sessions of a decision point."""
    if not isinstance(point.live, Live):
        raise MissingError("this decision point keeps no live sessions")
    return point.live


async def establish(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Somebody signed in."""
    live = live_of(point)
    body = wire.read(request.body, wire.SessionBody, "session")
    orders = live.establish(body.session(live.clock()))
    await live.journal.durable()
    level = live.held[body.id].standing.level(live.clock()) if body.id in live.held else 0
    return json_answer({"session": body.id, "level": level, "orders": len(orders)})


def look(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Tell what is live."""
    asked = _query(request, "user", "pep", "after", "limit")
    limit = asked.get("limit", "100")
    if not limit.isdecimal() or not 1 <= int(limit[:6]) <= 1_000:  # noqa: PLR2004 -- a page
        raise BadInputError("limit is 1 to 1000", place="limit")
    found = snapshot(
        live_of(point),
        user=asked.get("user", ""),
        pep=asked.get("pep", ""),
        after=asked.get("after", ""),
        limit=int(limit),
    )
    return json_answer(found)


def look_closely(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Tell one session with the explanation of its trust."""
    return json_answer(explained(live_of(point), _name(request, "sessions")))


async def end(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """End a session."""
    live, asked = live_of(point), _query(request, "cause", "source")
    cause = asked.get("cause", Cause.SIGNED_OUT)
    if cause not in _ENDS:
        raise BadInputError(f"cause {cause!r}", place="cause", remedy=f"one of: {', '.join(_ENDS)}")
    source = asked.get("source") or request.caller
    orders = live.end(_name(request, "sessions"), Cause(cause), source=source)
    return await _ordered(live, orders)


async def open_access(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Decide and register an access."""
    live = live_of(point)
    body = wire.read(request.body, wire.AccessBody, "access")
    ruling = live.open(body.access(live.clock()))
    await live.journal.durable()
    return json_answer(
        {"access": body.id, "epoch": live.orders.epoch, **msgspec.to_builtins(ruling)}
    )


async def close_access(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Note that an access is closed; saying so twice does no harm."""
    live = live_of(point)
    known = live.closed(_name(request, "accesses"))
    await live.journal.durable()
    return json_answer({"closed": known})


async def take_signals(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Take words of sources; all of them are checked before the first one counts."""
    live = live_of(point)
    body = wire.read(request.body, wire.SignalsBody, "signals")
    signals = [each.signal(live.clock()) for each in body.signals]
    for signal in signals:
        live.ledger.check(signal)
    orders = [order for signal in signals for order in await live.signal_in_turns(signal)]
    return await _ordered(live, tuple(orders))


async def take_feed(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Hear from a feed."""
    live = live_of(point)
    body = wire.read(request.body, wire.FeedBody, "feed")
    return await _ordered(live, live.heartbeat(body.source, body.families, body.interval_s))


async def retire_feed(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Take a feed out of use."""
    live = live_of(point)
    return await _ordered(live, live.retire_feed(_name(request, "feeds")))


async def take_leaver(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Somebody left."""
    live = live_of(point)
    body = wire.read(request.body, wire.LeaverBody, "leaver")
    return await _ordered(live, live.leaver(body.user, source=body.source or request.caller))


def orders(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Stream orders to an enforcement point; whoever comes back says what it saw last."""
    live, asked = live_of(point), _query(request, "pep", "after", "fresh")
    pep, after = asked.get("pep", ""), asked.get("after", "0")
    if not 1 <= len(pep) <= 256:  # noqa: PLR2004 -- a name
        raise BadInputError("name the enforcement point", place="pep")
    if not after.isdecimal() or len(after) > 18:  # noqa: PLR2004 -- below 2^63
        raise BadInputError("an epoch is a number", place="after")
    if asked.get("fresh") == "1":
        live.forget_open(pep)
    live.confirm(pep, int(after))
    return Stream(content_type="application/jsonl", pieces=_lines(live, pep, int(after)))


async def confirm(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Take a confirmation."""
    live = live_of(point)
    body = wire.read(request.body, wire.ConfirmBody, "confirmation")
    done = live.confirm(body.pep, body.epoch)
    await live.journal.durable()
    return json_answer({"confirmed": done})


async def ask_grant(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Ask for break-glass."""
    live = _at_home(point, request)
    body = wire.read(request.body, wire.GrantBody, "break-glass")
    grant = Grant(
        id=body.id,
        user=body.user.uid(),
        requester=body.requester,
        reason=body.reason,
        lasts_s=body.lasts_s,
        requested_at=live.clock(),
        actions=body.actions,
        resources=body.resources,
    )
    return await _granted(live, emergency.ask(live, grant))


async def step_grant(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Approve, end or review break-glass."""
    live = _at_home(point, request)
    body = wire.read(request.body, wire.StepBody, "break-glass")
    name = _name(request, "break-glass")
    match body.step:
        case "approve":
            grant = emergency.approve(live, name, body.person)
        case "end":
            grant = emergency.end(live, name, body.person)
        case _:
            grant = emergency.review(live, name, body.person, body.finding)
    return await _granted(live, grant)


async def _granted(live: Live, grant: Grant) -> HttpAnswer:
    await live.journal.durable()
    return json_answer(GrantStep(grant=grant, state=grant.state(live.clock())))


async def _ordered(live: Live, issued: tuple[Order, ...]) -> HttpAnswer:
    """Answer a change once it rests: what was ordered is on its way already."""
    await live.journal.durable()
    kinds: dict[str, int] = {}
    for order in issued:
        kinds[order.kind] = kinds.get(order.kind, 0) + 1
    sessions = list(dict.fromkeys(order.session for order in issued))
    return json_answer(
        Ordered(
            orders=len(issued),
            kinds=kinds,
            sessions=tuple(sessions[:100]),
            sessions_ordered=len(sessions),
            epoch=live.orders.epoch,
        )
    )


async def _lines(live: Live, pep: str, after: int) -> AsyncIterator[bytes]:
    async for batch in live.subscribe(pep, after):
        if batch:
            yield b"".join(_encode(order) + b"\n" for order in batch)
        else:
            yield b'{"kind":"heartbeat","epoch":%d}\n' % live.orders.epoch


def _at_home(point: DecisionPoint, request: HttpRequest) -> Live:
    """Let in the control socket only: who takes the step is told by the node, not by a token."""
    if request.peer:
        raise ForbiddenError(
            "break-glass is decided at the node",
            remedy="use `panshi zt break-glass` or the console",
        )
    return live_of(point)


def _name(request: HttpRequest, kind: str) -> str:
    name = unquote(request.path.removeprefix(f"{BASE}{kind}/"))
    if not name or len(name) > 256:  # noqa: PLR2004 -- a name
        raise UsageError(f"no {kind} of this name", place=request.path[:300])
    return name


def _query(request: HttpRequest, *known: str) -> dict[str, str]:
    pairs = parse_qsl(request.query, keep_blank_values=True, max_num_fields=16)
    found = dict(pairs)
    if len(found) != len(pairs) or not found.keys() <= set(known):
        raise BadInputError("unknown or repeated parameter", remedy=f"known: {', '.join(known)}")
    return found


ROUTES = tuple(
    PdpRoute(method=method, path=BASE + path, handler=handler, scope=SCOPE)
    for method, path, handler in (
        ("POST", "sessions", establish),
        ("GET", "sessions", look),
        ("GET", "sessions/", look_closely),
        ("DELETE", "sessions/", end),
        ("POST", "accesses", open_access),
        ("DELETE", "accesses/", close_access),
        ("POST", "signals", take_signals),
        ("POST", "feeds", take_feed),
        ("DELETE", "feeds/", retire_feed),
        ("POST", "leavers", take_leaver),
        ("GET", "orders", orders),
        ("POST", "orders/confirm", confirm),
        ("POST", "break-glass", ask_grant),
        ("POST", "break-glass/", step_grant),
    )
)
