"""`panshi watch [PLACE…]`: observe what arrives in folders and buckets by itself."""

from __future__ import annotations

import argparse
import hashlib
import signal
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from threading import Event

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import bounded, open_node
from panshi.errors import UsageError
from panshi.node.node import Node
from panshi.node.watching import Round, Watched, look, places, retry, watch, watched
from panshi.observe.spool.places import DEFAULT_REGION, Place

_DAY = 86_400


def arguments(parser: argparse.ArgumentParser) -> None:
    """Places, how long to watch, and what their files cannot say themselves."""
    parser.add_argument(
        "places",
        nargs="*",
        metavar="PLACE",
        help="name from watch.toml, folder, or s3://bucket/prefix; none: all of watch.toml",
    )
    parser.add_argument("--once", action="store_true", help="look once and leave, for cron")
    parser.add_argument("--list", action="store_true", help="tell how watched places fare")
    parser.add_argument("--retry", action="store_true", help="read again what was refused")
    parser.add_argument("--source", default="", help="observer of everything that arrives")
    parser.add_argument("--subject", default="", help="asset the files speak of")
    parser.add_argument("--every", type=bounded(1, _DAY), metavar="SECONDS")
    parser.add_argument("--settle", type=bounded(0, _DAY), metavar="SECONDS")
    parser.add_argument("--endpoint", default="", help="address of the S3 service")
    parser.add_argument("--region", default="")
    parser.add_argument("--credentials", default="", help="file with the key pair (chmod 600)")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Look at the places once, or until told to stop."""
    with open_node() as node:
        if args.list:
            listed = watched(node)
            out.answer(listed, lambda: _listing(listed, out))
            return Exit.DONE
        wanted = _wanted(args, node)
        if args.retry:
            counted = {place.name: retry(node, place) for place in wanted}
            out.answer(counted, lambda: (f"{name}: {count}" for name, count in counted.items()))
            return Exit.DONE
        if args.once:
            rounds = [look(node, place) for place in wanted]
            out.answer(rounds, lambda: _rounds(rounds, out))
            return Exit.INCOMPLETE if any(each.problem for each in rounds) else Exit.DONE
        return _go_on(node, wanted, out)


def _go_on(node: Node, wanted: tuple[Place, ...], out: Output) -> Exit:
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    names = ", ".join(place.name for place in wanted)
    out.note(out.pick(f"監看中：{names}（Ctrl-C 結束）", f"watching {names} (Ctrl-C ends it)"))
    told: dict[str, str] = {}
    for round_ in watch(node, wanted, stopped.is_set):
        for line in round_.files:
            out.note(f"{round_.place}: {line}")
        if round_.problem != told.get(round_.place, ""):
            out.note(f"panshi: {round_.place}: {round_.problem or out.pick('恢復', 'well again')}")
            told[round_.place] = round_.problem
    return Exit.DONE


def _wanted(args: argparse.Namespace, node: Node) -> tuple[Place, ...]:
    configured = places(node)
    chosen = tuple(_place(each, configured, args) for each in args.places) or configured
    if not chosen:
        raise UsageError(
            "nothing to watch", remedy="name a folder or bucket, or write watch.toml in PANSHI_HOME"
        )
    changes = {
        "source": args.source,
        "subject": args.subject,
        "every_seconds": args.every,
        "settle_seconds": args.settle,
    }
    stated = {key: value for key, value in changes.items() if value not in {"", None}}
    return tuple(replace(each, **stated) for each in chosen) if stated else chosen


def _place(told: str, configured: tuple[Place, ...], args: argparse.Namespace) -> Place:
    """Find a configured place by its name or address, or make one for this call."""
    address = told if told.startswith("s3://") else str(Path(told).absolute())
    for each in configured:
        if told == each.name or address == each.where:
            return each
    if told.startswith("s3://"):
        return Place(
            name=_name("bucket", told),
            bucket=told,
            endpoint=args.endpoint,
            region=args.region or DEFAULT_REGION,
            credentials=str(Path(args.credentials).absolute()) if args.credentials else "",
        )
    if not Path(told).is_dir():
        raise UsageError(
            f"{told!r} is neither a folder nor a place of watch.toml",
            remedy="make the folder, or see `panshi watch --list`",
        )
    return Place(name=_name("folder", address), folder=address)


def _name(kind: str, address: str) -> str:
    return f"{kind}-{hashlib.sha256(address.encode()).hexdigest()[:8]}"


def _rounds(rounds: list[Round], out: Output) -> Iterable[str]:
    for each in rounds:
        yield from (f"{each.place}: {line}" for line in each.files)
    header = (
        out.pick("位置", "place"),
        out.pick("已觀測", "observed"),
        out.pick("退件", "refused"),
        out.pick("待處理", "waiting"),
        out.pick("新觀測", "new"),
        out.pick("已知", "known"),
        out.pick("問題", "problem"),
    )
    yield from table(
        header,
        (
            (e.place, e.observed, e.refused, e.waiting, e.new, e.known, e.problem or "–")
            for e in rounds
        ),
    )


def _listing(listed: tuple[Watched, ...], out: Output) -> Iterable[str]:
    header = (
        out.pick("位置", "place"),
        out.pick("位址", "address"),
        out.pick("上次查看", "last look"),
        out.pick("已觀測", "observed"),
        out.pick("退件", "refused"),
        out.pick("待處理", "waiting"),
        out.pick("問題", "problem"),
    )
    yield from table(header, (_row(each) for each in listed))


def _row(each: Watched) -> tuple[object, ...]:
    fare = each.fare
    waiting = each.backlog if each.backlog is not None else (fare.waiting if fare else "–")
    if fare is None:
        return each.name, each.address, "–", 0, 0, waiting, "–"
    problem = fare.problem or "–"
    return each.name, each.address, fare.looked_at, fare.observed, fare.refused, waiting, problem
