"""`panshi zt session …`: what is live, why it is trusted that much, and ending it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import datetime

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, everywhere, open_node
from panshi.errors import UsageError
from panshi.model.zone import INSTITUTION_ZONE
from panshi.node.zero_trust import live
from panshi.protection.zero_trust.sessions.nouns import Cause
from panshi.protection.zero_trust.sessions.views import LiveSession, Ordered, Snapshot

CAUSES = {each.value: each for each in (Cause.MANUAL, Cause.SESSION_REVOKED)}
MOST = 1_000


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="STEP")
    listed = verbs.add_parser("list", help="sessions, enforcement points, feeds, what happened")
    listed.add_argument("--user", default="", help="of one user only")
    listed.add_argument("--pep", default="", help="with something open at one enforcement point")
    listed.add_argument("--after", default="", metavar="ID", help="where the last page ended")
    listed.add_argument("--limit", type=bounded(1, MOST), default=100)
    verbs.add_parser("show", help="one session: why it is trusted that much").add_argument("id")
    ended = verbs.add_parser("end", help="end a session, or all of somebody who left")
    ended.add_argument("id", nargs="?", default="")
    ended.add_argument("--user", default="", help="every session of this user, who has left")
    ended.add_argument("--cause", choices=sorted(CAUSES), default=Cause.MANUAL.value)
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Ask the running decision point."""
    with open_node() as node:
        match args.action:
            case "list":
                found = live.snapshot(
                    node, user=args.user, pep=args.pep, after=args.after, limit=args.limit
                )
                out.answer(found, lambda: _listed(found, out))
            case "show":
                one = live.session(node, args.id)
                out.answer(one, lambda: _shown(one, out))
            case _:
                if bool(args.id) == bool(args.user):
                    raise UsageError("name a session or --user", remedy="one of the two")
                done = (
                    live.leave(node, args.user, actor=actor())
                    if args.user
                    else live.end(node, args.id, actor=actor(), cause=CAUSES[args.cause])
                )
                out.answer(done, lambda: ordered_lines(done, out))
    return Exit.DONE


def ordered_lines(done: Ordered, out: Output) -> Iterator[str]:
    """Say what followed from a change."""
    yield out.pick(
        f"下達 {done.orders} 道命令，及於 {done.sessions_ordered} 個工作階段。",
        f"{done.orders} orders to {done.sessions_ordered} sessions.",
    )
    for kind, count in sorted(done.kinds.items()):
        yield f"  {kind}: {count}"


def clock(seconds: float) -> str:
    """Write a time as the institution's clock shows it."""
    return datetime.fromtimestamp(seconds, INSTITUTION_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _listed(found: Snapshot, out: Output) -> Iterator[str]:
    yield out.pick(
        f"{found.sessions_live} 個工作階段，{found.accesses_open} 個開啟中的存取，"
        f"{found.not_confirmed} 個工作階段的關閉未獲確認。",
        f"{found.sessions_live} sessions, {found.accesses_open} open accesses, "
        f"{found.not_confirmed} sessions whose closing is not confirmed.",
    )
    header = ("工作階段", "使用者", "設備", "信任", "開啟", "缺漏或過期", "下次檢視")
    english = ("session", "user", "device", "trust", "open", "missing or stale", "next look")
    rows = (
        (
            each.session.id,
            each.session.user.id,
            each.session.device or "–",
            f"{each.level} {out.pick(each.name_zh, each.name_en)}",
            len(each.accesses),
            " ".join((*each.missing, *each.stale)) or "–",
            clock(each.next_look_at) if each.next_look_at else "–",
        )
        for each in found.sessions
    )
    if found.sessions:
        yield from table(header if out.chinese else english, rows)
    if found.after:
        yield out.pick(f"其餘：--after {found.after}", f"more: --after {found.after}")
    for point in found.enforcement_points:
        state = out.pick("失聯", "blind") if point.blind else out.pick("連線中", "listening")
        yield out.pick(
            f"執行點 {point.name}：{state}，持有 {point.open}，未確認 {point.unconfirmed}",
            f"enforcement point {point.name}: {state}, holds {point.open}, "
            f"unconfirmed {point.unconfirmed}",
        )
    for feed in found.feeds:
        silent = out.pick("中斷", "lost") if feed.lost else out.pick("正常", "alive")
        yield out.pick(f"訊號來源 {feed.source}：{silent}", f"feed {feed.source}: {silent}")
    for fact in found.consequences[:5]:
        yield (
            f"{clock(fact.at)} {fact.cause} {fact.whom} {fact.what}: "
            + out.pick(
                f"及於 {fact.sessions_touched}，關閉 {fact.accesses_closed}，"
                f"保留 {fact.accesses_kept}",
                f"touched {fact.sessions_touched}, closed {fact.accesses_closed}, "
                f"kept {fact.accesses_kept}",
            )
        )


def _shown(one: LiveSession, out: Output) -> Iterator[str]:
    session = one.session
    yield out.pick(
        f"{session.id}：{session.user.id} 的信任等級為 {one.level}（{one.name_zh}）。",
        f"{session.id}: the trust in {session.user.id} is {one.level} ({one.name_en}).",
    )
    header = ("證據", "狀態", "所言", "來源", "經過秒數", "全重", "目前", "採計")
    english = ("evidence", "state", "said", "source", "age s", "full", "now", "counts")
    rows = (
        (
            out.pick(each.title_zh, each.title_en),
            each.state.value,
            each.said or "–",
            each.source or "–",
            f"{each.age_s:.0f}",
            f"{each.full_weight:+.2f}",
            f"{each.log_odds:+.2f}",
            out.pick("是", "yes") if each.counted else "–",
        )
        for each in one.contributions
    )
    yield from table(header if out.chinese else english, rows)
    for opened in one.accesses:
        access = opened.access
        yield (
            f"{access.id}  {access.action.id} {access.resource.id}  {access.pep}  "
            f"{clock(access.opened_at)} {opened.narrowed or opened.step_up}".rstrip()
        )
