"""`panshi sbom watch`: ask feeds, match anew, alert; every 30 seconds until it is stopped."""

from __future__ import annotations

import argparse
import re
import signal
from threading import Event

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import open_node
from panshi.errors import UsageError
from panshi.node.alerting.watching import WatchRound, watch

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3_600}
_SHORTEST, _LONGEST = 1, 86_400


def arguments(parser: argparse.ArgumentParser) -> None:
    """How often, and whether once only."""
    parser.add_argument("--every", default="30s", metavar="TIME", help="30s, 5m, 1h (30s)")
    parser.add_argument("--once", action="store_true", help="do one round and leave, for cron")
    parser.add_argument("--no-feeds", action="store_true", help="match and alert, ask no feed")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Watch until told to stop."""
    every = _seconds(args.every)
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    problems = False
    with open_node() as node:
        if not args.once:
            out.note(out.pick("監看中（Ctrl-C 結束）", "watching (Ctrl-C ends it)"))
        rounds = watch(
            node, every=every, leave=stopped.is_set, once=args.once, feeds=not args.no_feeds
        )
        for each in rounds:
            problems = bool(each.problems)
            if args.once or not each.quiet:
                out.answer(each, lambda each=each: _lines(each, out))  # type: ignore[misc]
                out.stream.flush()
    return Exit.INCOMPLETE if args.once and problems else Exit.DONE


def _lines(each: WatchRound, out: Output) -> tuple[str, ...]:
    done, sent = each.followed, each.delivered
    feeds = ", ".join(each.feeds) or "—"
    line = out.pick(
        f"{each.at:%H:%M:%S} 情資來源 {feeds}；變動 {done.changes} 項，警示 {done.alerts} 則"
        f"（{done.told} 項弱點），送出 {sent.sent}，待重試 {sent.failed}，放棄 {sent.dead}",
        f"{each.at:%H:%M:%S} feeds {feeds}; {done.changes} changes, {done.alerts} alerts"
        f" of {done.told} findings, {sent.sent} sent, {sent.failed} to try again,"
        f" {sent.dead} given up",
    )
    return (line, *(f"! {problem}" for problem in each.problems))


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d{1,6})([smh]?)", text)
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not _SHORTEST <= seconds <= _LONGEST:
        raise UsageError(f"--every {text} is no time", remedy="for example 30s, 5m, 1h")
    return float(seconds)
