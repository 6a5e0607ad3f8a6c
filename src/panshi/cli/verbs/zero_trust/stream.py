"""`panshi zt stream …`: shared signals (SSF, CAEP, RISC) we hear and send."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, everywhere
from panshi.errors import BadInputError, StoreError
from panshi.node.zero_trust.receivers import (
    add_receiver,
    identity,
    remove_receiver,
    set_identity,
)
from panshi.node.zero_trust.stream_answers import (
    HEALTH_ZH,
    ArrivalAnswer,
    FeedAnswer,
    StreamsAnswer,
    arrivals_answer,
    feed_answer,
    sentence,
    streams_answer,
)
from panshi.node.zero_trust.stream_home import opened
from panshi.node.zero_trust.stream_trial import try_feed, verify_feed
from panshi.node.zero_trust.streams import (
    NewFeed,
    add_feed,
    feed_named,
    pause_feed,
    remove_feed,
    resume_feed,
    set_stream_status,
)
from panshi.protection.zero_trust.signals.keys import ALGORITHMS, DEFAULT_ALGORITHMS
from panshi.store import signal_keys
from panshi.store.signal_rows import FeedRow
from panshi.store.signal_streams import SignalStreams

LARGEST_FILE = 256 * 1024


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = verbs.add_parser("list", help="feeds we hear, streams we send, how each fares")
    listing.add_argument("--gate", action="store_true", help="exit 1 where one is blind or fails")
    _add_arguments(verbs.add_parser("add", help="listen to a transmitter"))
    for name, text in (
        ("show", "one feed with what came over it"),
        ("resume", "listen again"),
        ("remove", "take a feed out, at the transmitter too"),
        ("test", "try metadata, keys and the management API of a feed's transmitter"),
    ):
        verbs.add_parser(name, help=text).add_argument("name")
    pause = verbs.add_parser("pause", help="listen no more; sessions are judged without it")
    pause.add_argument("name")
    pause.add_argument("--why", default="")
    verify = verbs.add_parser("verify", help="ask for a verification event and wait for it")
    verify.add_argument("name")
    verify.add_argument("--wait", type=bounded(0, 600), default=30, metavar="SECONDS")
    issuer = verbs.add_parser("issuer", help="say who this node is when it sends")
    issuer.add_argument("url", nargs="?", default="", help="without it: show")
    issuer.add_argument("--address", default="", help="where the decision point is reached")
    issuer.add_argument("--plain-http", action="store_true", help="loopback only")
    receiver = verbs.add_parser("receiver", help="let somebody have streams from us")
    receiver.add_argument("name")
    receiver.add_argument("--audience", action="append", default=[], required=True)
    receiver.add_argument(
        "--push-host", action="append", default=[], metavar="HOST[:PORT]", help="may be pushed to"
    )
    receiver.add_argument("--plain-http", action="store_true", help="loopback only")
    gone = verbs.add_parser("remove-receiver", help="take a receiver out with its streams")
    gone.add_argument("name")
    verbs.add_parser("rotate", help="sign with a new key from now on")
    retire = verbs.add_parser("retire", help="publish an older key no more")
    retire.add_argument("key")
    everywhere(verbs)


def _add_arguments(add: argparse.ArgumentParser) -> None:
    add.add_argument("name")
    add.add_argument("--issuer", required=True, metavar="URL", help="as it names itself")
    add.add_argument("--method", choices=("push", "poll"), default="push")
    add.add_argument("--audience", action="append", default=[], help="how it is to address us")
    add.add_argument("--event", action="append", default=[], help="event type; without: all")
    add.add_argument(
        "--algorithm", action="append", default=[], choices=ALGORITHMS, help="accepted signature"
    )
    add.add_argument("--interval", type=bounded(10, 86_400), default=300, metavar="SECONDS")
    add.add_argument("--endpoint", default="", metavar="URL", help="where it pushes to")
    add.add_argument("--domain", action="append", default=[], help="mail domain of our users")
    add.add_argument("--subject-issuer", action="append", default=[], metavar="URL")
    add.add_argument("--tenant", default="", help="our tenant there")
    add.add_argument("--may-raise", action="store_true", help="it may raise assurance")
    add.add_argument("--ca", default="", metavar="FILE", help="certificates its TLS chains to")
    add.add_argument("--plain-http", action="store_true", help="loopback only")
    add.add_argument("--jwks", default="", metavar="FILE", help="its keys by hand: ask nothing")
    add.add_argument("--bearer-file", default="", metavar="FILE", help="access token")
    add.add_argument("--client-id", default="")
    add.add_argument("--client-secret-file", default="", metavar="FILE")
    add.add_argument("--token-endpoint", default="", metavar="URL")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the handler of the sub-verb."""
    handlers: dict[str, Callable[[argparse.Namespace, Output], Exit]] = {
        "list": _list,
        "add": _add,
        "show": _show,
        "pause": _pause,
        "resume": _resume,
        "remove": _remove,
        "verify": _verify,
        "test": _test,
        "issuer": _issuer,
        "receiver": _receiver,
        "remove-receiver": _remove_receiver,
        "rotate": _rotate,
        "retire": _retire,
    }
    return handlers[args.action](args, out)


def _list(args: argparse.Namespace, out: Output) -> Exit:
    with opened() as (store, _home):
        found = streams_answer(store, time.time())
    out.answer(found, lambda: _standing(found, out))
    return Exit.NOT_GOOD_ENOUGH if args.gate and (found.blind or found.failing) else Exit.DONE


def _add(args: argparse.Namespace, out: Output) -> Exit:
    with opened() as (store, _home):
        endpoint = args.endpoint
        if args.method == "push" and not endpoint and (address := identity(store)[1]):
            endpoint = f"{address}/ssf/v1/events/{args.name}"
        new = NewFeed(
            name=args.name,
            issuer=args.issuer,
            method=args.method,
            audience=tuple(args.audience),
            events=tuple(args.event),
            algorithms=tuple(args.algorithm) or DEFAULT_ALGORITHMS,
            interval_s=float(args.interval),
            endpoint=endpoint,
            jwks=_file(args.jwks),
            domains=tuple(args.domain),
            subject_issuers=tuple(args.subject_issuer),
            tenant=args.tenant,
            may_raise=args.may_raise,
            ca_file=str(Path(args.ca).absolute()) if args.ca else "",
            plain_http=args.plain_http,
            bearer=_file(args.bearer_file).strip(),
            client_id=args.client_id,
            client_secret=_file(args.client_secret_file).strip(),
            token_endpoint=args.token_endpoint,
        )
        row = _wait(add_feed(store, new, actor=actor(), now=time.time()))
        found = feed_answer(store, row, time.time())
    out.answer(found, lambda: [out.pick(f"已設定來源 {row.name}", f"listening to {row.name}")])
    return Exit.DONE


def _show(args: argparse.Namespace, out: Output) -> Exit:
    with opened() as (store, _home):
        found = feed_answer(store, feed_named(store, args.name), time.time())
        arrivals = arrivals_answer(store, args.name)
    out.answer({"feed": found, "arrivals": arrivals}, lambda: _one(found, arrivals, out))
    return Exit.DONE


def _pause(args: argparse.Namespace, out: Output) -> Exit:
    with opened() as (store, _home):
        row = pause_feed(store, args.name, args.why)
        told = _tell_status(store, row, "paused", args.why)
    return _done(out, {"name": row.name, "status": "paused", "told": told}, "已暫停", "paused")


def _resume(args: argparse.Namespace, out: Output) -> Exit:
    with opened() as (store, _home):
        row = resume_feed(store, args.name)
        told = _tell_status(store, row, "enabled", "")
    return _done(out, {"name": row.name, "status": "enabled", "told": told}, "已恢復", "resumed")


def _remove(args: argparse.Namespace, out: Output) -> Exit:
    with opened() as (store, _home):
        told = _wait(remove_feed(store, args.name, now=time.time()))
    return _done(out, {"name": args.name, "removed": True, "told": told}, "已移除", "removed")


def _verify(args: argparse.Namespace, out: Output) -> Exit:
    with opened() as (store, _home):
        found = _wait(verify_feed(store, args.name, wait_s=args.wait))
    text = out.pick("驗證事件已收到", "the verification event came")
    if not found.came:
        text = out.pick(
            "期限內未收到驗證事件；決策點是否在執行？",
            "no verification event came in time; is the decision point running?",
        )
    out.answer(found, lambda: [text])
    return Exit.DONE if found.came else Exit.NOT_GOOD_ENOUGH


def _test(args: argparse.Namespace, out: Output) -> Exit:
    with opened() as (store, _home):
        findings = _wait(try_feed(store, args.name))
    marks = {True: "✓", False: "✗"}
    out.answer(
        findings,
        lambda: [f"{marks[each.ok]} {each.what}  {each.why}".rstrip() for each in findings],
    )
    return Exit.DONE if all(each.ok for each in findings) else Exit.NOT_GOOD_ENOUGH


def _issuer(args: argparse.Namespace, out: Output) -> Exit:
    with opened() as (store, _home):
        if args.url:
            set_identity(store, args.url, args.address, plain_http=args.plain_http)
        issuer, address = identity(store)
    text = issuer or out.pick("尚未設定，不對外傳送", "not set; nothing is sent")
    out.answer({"issuer": issuer, "address": address}, lambda: [text])
    return Exit.DONE


def _receiver(args: argparse.Namespace, out: Output) -> Exit:
    with opened() as (store, _home):
        row, secret = add_receiver(
            store,
            args.name,
            audience=tuple(args.audience),
            push_hosts=tuple(args.push_host),
            plain_http=args.plain_http,
            actor=actor(),
            now=time.time(),
        )
    found = {"name": row.name, "client_id": row.name, "client_secret": secret}
    out.answer(
        found,
        lambda: [
            f"client_id      {row.name}",
            f"client_secret  {secret}",
            out.pick("密鑰只顯示這一次。", "The secret is shown this once."),
        ],
    )
    return Exit.DONE


def _remove_receiver(args: argparse.Namespace, out: Output) -> Exit:
    with opened() as (store, _home):
        count = remove_receiver(store, args.name)
    return _done(out, {"name": args.name, "streams": count}, "已移除", "removed")


def _rotate(_args: argparse.Namespace, out: Output) -> Exit:
    with opened() as (_store, home):
        name = signal_keys.rotate(home)
    return _done(out, {"name": name}, "起以新金鑰簽章", "signs from now on")


def _retire(args: argparse.Namespace, out: Output) -> Exit:
    with opened() as (_store, home):
        signal_keys.retire(home, args.key)
    return _done(out, {"name": args.key}, "不再公布", "is published no more")


def _tell_status(store: SignalStreams, row: FeedRow, status: str, reason: str) -> bool:
    """Tell the transmitter; a transmitter that cannot be told changes nothing here."""
    try:
        return _wait(set_stream_status(store, row, status, reason, now=time.time()))
    except (StoreError, BadInputError):
        return False


def _done(out: Output, found: dict[str, Any], zh: str, en: str) -> Exit:
    out.answer(found, lambda: [out.pick(f"{found['name']} {zh}", f"{found['name']} {en}")])
    return Exit.DONE


def _wait[T](work: Awaitable[T]) -> T:
    async def whole() -> T:
        return await work

    return asyncio.run(whole())


def _file(path: str) -> str:
    if not path:
        return ""
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise BadInputError(f"cannot be read: {error.strerror}", place=path) from error
    if len(raw) > LARGEST_FILE:
        raise BadInputError("the file is too large", place=path)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise BadInputError("the file is not UTF-8", place=path) from error


def _standing(found: StreamsAnswer, out: Output) -> Iterable[str]:
    zh, en = sentence(found)
    yield out.pick(zh, en)
    if found.feeds:
        yield from table(
            ("name", "health", "method", "event", "delay_s", "taken", "refused", "error"),
            (
                (
                    each.name,
                    HEALTH_ZH[each.health] if out.chinese else each.health,
                    each.method,
                    each.event or "–",
                    "–" if each.delay_s is None else f"{each.delay_s:.1f}",
                    each.taken,
                    each.refused,
                    each.error[:60] or "–",
                )
                for each in found.feeds
            ),
        )
    if found.streams:
        yield from table(
            ("stream", "receiver", "method", "status", "waiting", "acknowledged", "error"),
            (
                (
                    each.id[:12],
                    each.receiver,
                    each.method,
                    each.status,
                    each.waiting,
                    each.acknowledged,
                    each.error[:60] or "–",
                )
                for each in found.streams
            ),
        )


def _one(found: FeedAnswer, arrivals: tuple[ArrivalAnswer, ...], out: Output) -> Iterable[str]:
    health = HEALTH_ZH[found.health] if out.chinese else found.health
    yield f"{found.name}  {health}  {found.issuer}  {found.method}  {found.stream_id}"
    if found.error:
        yield found.error
    yield from table(
        ("at", "event", "subject", "outcome", "done"),
        (
            (
                f"{each.at:%Y-%m-%dT%H:%M:%SZ}",
                each.event,
                each.subject[:40],
                each.outcome,
                "; ".join(each.done)[:60] or "–",
            )
            for each in arrivals
        ),
    )
