"""`panshi vault drill`: restore in isolation, verify row by row, seal what it took."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, everywhere, moment, open_node
from panshi.cli.verbs.vaulting import asking

if TYPE_CHECKING:
    from panshi.model.bodies.vault import VaultDrill
    from panshi.node.resilience.vault.opening import Vault
    from panshi.resilience.vault.keys import VaultKeys


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb for each thing to do."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("list", help="plans, their last drill, what is due")
    verbs.add_parser("due", help="run what is due, with the key kept for drills")
    run_ = verbs.add_parser("run", help="run one drill")
    run_.add_argument("plan", help="id of a plan in PANSHI_HOME/drills, or a file")
    asking.shares(run_)
    run_.add_argument(
        "--lost",
        nargs="+",
        action="extend",
        default=[],
        metavar="PLACE|LAYER=NAME",
        help="lost as well: a place, or all of a country=, zone=, provider= or operator=",
    )
    run_.add_argument(
        "--lost-at", type=moment, metavar="TIME", help="when the site was lost (default: now)"
    )
    run_.add_argument("--into", default="", metavar="DIR", help="below which to restore")
    run_.add_argument("--keep", action="store_true", help="leave what was restored")
    history = verbs.add_parser("history", help="drills on record, the newest first")
    history.add_argument("--plan", default="", metavar="ID", help="only those of one plan")
    switched = verbs.add_parser("switch-over", help="record a switch-over drill of a layer")
    switched.add_argument("asset", help="service or system, for example service:deposit")
    switched.add_argument("layer", help="short name of the layer")
    switched.add_argument("--minutes", type=float, required=True, help="until real business ran")
    switched.add_argument("--target", type=float, required=True, help="minutes it may take")
    switched.add_argument("--back", type=float, default=0.0, help="minutes to switch back")
    switched.add_argument(
        "--held", type=date.fromisoformat, required=True, metavar="DAY", help="YYYY-MM-DD"
    )
    switched.add_argument("--transactions", type=int, default=0, help="of real outside business")
    switched.add_argument("--share", type=float, default=1.0, help="of normal load it bore")
    switched.add_argument(
        "--wanted-share", type=float, default=0.0, help="of normal load it must bear"
    )
    switched.add_argument("--people", type=int, default=0, help="who took part")
    switched.add_argument(
        "--partner", action="append", default=[], metavar="ID", help="supplier that took part"
    )
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the handler of the sub-verb."""
    handlers = {
        "list": _list,
        "due": _due,
        "run": _run,
        "history": _history,
        "switch-over": _switched,
    }
    return handlers[args.action](args, out)


def _run(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.resilience.drill_files import plan_named
    from panshi.node.resilience.drill_watch import recipient_unlock
    from panshi.node.resilience.drills import run_drill
    from panshi.resilience.vault_drill import also_lost

    brought = bool(args.shares or args.recipient_key)

    def with_brought(vault: Vault) -> VaultKeys:
        return asking.keys(vault, args)

    with open_node() as node:
        done = run_drill(
            node,
            also_lost(plan_named(node.home.path, args.plan), args.lost),
            with_brought if brought else recipient_unlock(node),
            actor=actor(),
            lost_at=args.lost_at,
            into=args.into,
            keep=args.keep,
        )
    out.answer(done, lambda: _told(done.drill, out, done.kept_at))
    return Exit.DONE if done.drill.passed else Exit.NOT_GOOD_ENOUGH


def _told(drill: VaultDrill, out: Output, kept_at: str = "") -> Iterator[str]:
    verdict = out.pick("通過", "passed") if drill.passed else out.pick("未通過", "failed")
    yield out.pick(
        f"{drill.plan}：{verdict}。實測 RTO {drill.rto_seconds:,.1f} 秒"
        f"（目標 {drill.rto_target_seconds:,.0f}），實測 RPO {drill.rpo_seconds:,.1f} 秒"
        f"（目標 {drill.rpo_target_seconds:,.0f}）；核對 {drill.rows_verified:,} 列，"
        f"不符 {drill.rows_wrong:,} 列。",
        f"{drill.plan}: {verdict}. Measured RTO {drill.rto_seconds:,.1f} s "
        f"(target {drill.rto_target_seconds:,.0f}), RPO {drill.rpo_seconds:,.1f} s "
        f"(target {drill.rpo_target_seconds:,.0f}); {drill.rows_verified:,} rows verified, "
        f"{drill.rows_wrong:,} wrong.",
    )
    for words, when in (
        (("宣告喪失", "lost"), drill.lost_at),
        (("提出", "asked"), drill.asked_at),
        (("金鑰備齊", "keys granted"), drill.granted_at),
        (("首筆資料", "first byte"), drill.first_byte_at),
        (("末筆資料", "last byte"), drill.last_byte_at),
        (("核對完成", "verified"), drill.verified_at),
    ):
        yield f"  {out.pick(*words)}: {when.isoformat(timespec='milliseconds') if when else '–'}"
    yield out.pick("  使用：", "  used: ") + ", ".join(drill.places_used)
    yield out.pick("  停用：", "  withheld: ") + (", ".join(drill.places_withheld) or "–")
    for each in drill.passed_over:
        yield out.pick("  略過的快照：", "  passed over: ") + each
    for each in drill.failures:
        yield "  ✗ " + each
    if kept_at:
        yield out.pick("  還原的資料留在：", "  left at: ") + kept_at


def _list(_args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.resilience.drill_due import plan_states

    with open_node() as node:
        found = plan_states(node)
    header = ("", out.pick("計畫", "plan"), out.pick("上次", "last"), out.pick("結果", "result"),
              out.pick("下次", "due again"))  # fmt: skip
    words = {None: "–", True: out.pick("通過", "passed"), False: out.pick("未通過", "failed")}
    rows = (
        (
            out.pick("到期", "due") if each.due else "",
            each.plan.id,
            each.last.date() if each.last else "–",
            words[each.passed],
            each.due_at.date() if each.due_at else "–",
        )
        for each in found
    )
    none = out.pick(
        "沒有演練計畫，請見 docs/how-to/restore-drills.md。",
        "No drill plans; see docs/how-to/restore-drills.md.",
    )
    out.answer(found, lambda: table(header, rows) if found else [none])
    return Exit.DONE


def _due(_args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.resilience.drill_watch import run_due
    from panshi.node.resilience.drills import drills_of

    with open_node() as node:
        ran = run_due(node)
        newest = {body.plan: body for _, body, _ in drills_of(node)}
    done = [newest[each] for each in ran]
    none = out.pick("沒有到期的演練。", "Nothing is due.")
    out.answer(
        done, lambda: (line for each in done for line in _told(each, out)) if done else [none]
    )
    return Exit.DONE if all(each.passed for each in done) else Exit.NOT_GOOD_ENOUGH


def _history(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.resilience.drills import drills_of

    with open_node() as node:
        found = [body for _, body, _ in drills_of(node, args.plan)][::-1]
    none = out.pick("沒有演練紀錄。", "No drill is on record.")
    out.answer(
        found, lambda: (line for each in found for line in _told(each, out)) if found else [none]
    )
    return Exit.DONE


def _switched(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.model.bodies.vault import SwitchOverDrill
    from panshi.node.resilience.switch_over import record_switch_over

    passed = args.minutes <= args.target and args.share >= args.wanted_share
    drill = SwitchOverDrill(
        passed=passed,
        held=args.held,
        layer=args.layer,
        switch_minutes=args.minutes,
        target_minutes=args.target,
        return_minutes=args.back,
        live_business=args.transactions > 0,
        transactions=args.transactions,
        capacity_share=args.share,
        people=args.people,
        partners=tuple(args.partner),
    )
    with open_node() as node:
        evidence = record_switch_over(
            node, args.asset, drill, wanted_share=args.wanted_share, actor=actor()
        )
    out.answer(
        {"evidence": evidence, "passed": passed},
        lambda: [out.pick("已封存：", "Sealed: ") + evidence],
    )
    return Exit.DONE if passed else Exit.NOT_GOOD_ENOUGH
