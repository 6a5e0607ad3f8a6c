"""`panshi exception …`: ask for an exception, review, decide, end it; who acts is the OS login."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import write_whole
from panshi.cli.output import Output, percent, table
from panshi.cli.verbs.opening import actor, everywhere, moment, open_node
from panshi.errors import UsageError
from panshi.governance.exceptions.story import ExceptionState
from panshi.governance.exceptions.views import ExceptionDetail, ExceptionRegister, ExceptionView
from panshi.model.bodies import KINDS
from panshi.node.exception_steps import Asked, ExceptionDesk
from panshi.node.exceptions import detail, details, register
from panshi.node.node import Node
from panshi.report.exception_answers import detail_answer, register_answer
from panshi.report.exception_words import flaw_words, register_words, state_word
from panshi.report.words import stage_name


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb for each step and two to look."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = verbs.add_parser("list", help="every exception, and the grade without them")
    listed.add_argument("--state", choices=[each.value for each in ExceptionState], default=None)
    listed.add_argument("--lapsing", action="store_true", help="those that lapse this quarter")
    listed.add_argument("--as-of", type=moment, default=None, metavar="DATE")
    written = verbs.add_parser("export", help="write them as OSCAL (plan of action, risks)")
    written.add_argument("--out", type=Path, required=True)
    asked = verbs.add_parser("request", help="ask that items may fail a control for a while")
    asked.add_argument("control", help="<framework>/<control>, e.g. zt36/1-2")
    asked.add_argument("--scope", action="append", default=[], metavar="ASSET", help="repeat it")
    asked.add_argument("--whole", action="store_true", help="the whole population")
    asked.add_argument("--reason", required=True)
    asked.add_argument("--residual-risk", required=True, help="what risk stays")
    asked.add_argument(
        "--compensating", action="append", required=True, metavar="CONTROL", help="repeat it"
    )
    asked.add_argument("--effective", type=day, required=True, metavar="DATE")
    asked.add_argument("--expires", type=day, required=True, metavar="DATE")
    again = verbs.add_parser("renew", help="ask for a new one in place of one that ends")
    again.add_argument("--reason", required=True)
    again.add_argument("--residual-risk", default="")
    again.add_argument("--effective", type=day, required=True, metavar="DATE")
    again.add_argument("--expires", type=day, required=True, metavar="DATE")
    shown = verbs.add_parser("show", help="one exception: history, authority, what was decided on")
    taken = verbs.add_parser("review", help="take a request up")
    taken.add_argument("--note", default="")
    yes = verbs.add_parser("approve", help="approve in an office you hold")
    yes.add_argument("--resolution", default="", help="what it rests on, e.g. a board minute")
    no = verbs.add_parser("reject", help="reject in an office you hold")
    back = verbs.add_parser("withdraw", help="take your own request back")
    back.add_argument("--why", default="")
    ended = verbs.add_parser("close", help="end an approved exception before its date")
    ended.add_argument("--why", required=True)
    ended.add_argument("--revoke", action="store_true", help="it is taken away")
    for each in (yes, no):
        each.add_argument("--why", required=True)
        each.add_argument("--office", default="", help="where you hold several")
        each.add_argument("--seen", default="", metavar="DIGEST", help="of what `show` showed")
    for each in (again, shown, taken, yes, no, back, ended):
        each.add_argument("number", help="e.g. EX-2026-001")
    for each in verbs.choices.values():
        each.add_argument("--estate", default=None)
    everywhere(verbs)


def day(text: str) -> date:
    """Read a date."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a date", remedy="write 2026-12-31") from error


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Take the step or look."""
    with open_node() as node:
        match args.action:
            case "list":
                found = register(node, args.estate, args.as_of)
                shown = tuple(_wanted(found, args))
                out.answer(register_answer(found, shown), lambda: _list(found, shown, out))
                return Exit.DONE
            case "export":
                return _export(node, args, out)
            case "show":
                number = args.number
            case _:
                number = _step(node, args)
        one = detail(node, number, args.estate)
        out.answer(detail_answer(one), lambda: _show(one, out))
    return Exit.DONE


def _export(node: Node, args: argparse.Namespace, out: Output) -> Exit:
    from panshi.report.oscal import deviations

    estate, every = node.estate(args.estate), details(node, args.estate)
    write_whole(args.out, deviations(every, estate, node.clock()))
    out.answer({"exceptions": len(every), "out": str(args.out)}, lambda: (str(args.out),))
    return Exit.DONE


def _step(node: Node, args: argparse.Namespace) -> str:
    """Take one step as the person at the terminal; give the number it is about."""
    desk = ExceptionDesk(node, actor=actor(), estate_id=args.estate)
    match args.action:
        case "request":
            return desk.request(_asked(args))
        case "renew":
            return desk.renew(
                args.number,
                reason=args.reason,
                residual_risk=args.residual_risk,
                effective=args.effective,
                expires=args.expires,
            )
        case "review":
            desk.review(args.number, note=args.note)
        case "approve":
            desk.approve(
                args.number,
                why=args.why,
                office=args.office,
                resolution=args.resolution,
                seen=args.seen,
            )
        case "reject":
            desk.reject(args.number, why=args.why, office=args.office, seen=args.seen)
        case "withdraw":
            desk.withdraw(args.number, why=args.why)
        case _:
            desk.close(args.number, why=args.why, revoked=args.revoke)
    return str(args.number)


def _asked(args: argparse.Namespace) -> Asked:
    if bool(args.scope) == args.whole:
        raise UsageError(
            "what it covers is not clear", remedy="give --scope ASSET, or --whole for everything"
        )
    return Asked(
        control=args.control,
        scope=tuple(args.scope),
        reason=args.reason,
        residual_risk=args.residual_risk,
        compensating=tuple(args.compensating),
        effective=args.effective,
        expires=args.expires,
    )


def _wanted(found: ExceptionRegister, args: argparse.Namespace) -> Iterator[ExceptionView]:
    for each in found.lapsing if args.lapsing else found.exceptions:
        if args.state is None or each.state == args.state:
            yield each


def _list(found: ExceptionRegister, shown: tuple[ExceptionView, ...], out: Output) -> Iterator[str]:
    yield register_words(found, chinese=out.chinese)
    header = [
        out.pick(*pair)
        for pair in (
            ("編號", "number"),
            ("控制措施", "control"),
            ("狀態", "state"),
            ("計入", "counts"),
            ("生效", "from"),
            ("到期", "until"),
            ("權限", "authority"),
        )
    ]
    yield from table(header, (_row(each, out) for each in shown))


def _row(each: ExceptionView, out: Output) -> tuple[object, ...]:
    level = each.level
    return (
        each.number,
        each.control,
        state_word(each.state, chinese=out.chinese),
        out.pick("是", "yes") if each.counts else out.pick("否", "no"),
        each.effective,
        each.expires,
        out.pick(level.title_zh, level.title_en) if level is not None else "–",
    )


def _show(one: ExceptionDetail, out: Output) -> Iterator[str]:
    view, zh = one.view, out.chinese
    yield f"{view.number}  {view.control}  {state_word(view.state, chinese=zh)}"
    if view.flaw is not None:
        yield f"  {flaw_words(view.flaw, view.detail, chinese=zh)}"
    yield f"  {out.pick('期間', 'period')}  {view.effective} – {view.expires}"
    scope = " ".join(view.scope) or out.pick("整個母體", "whole population")
    yield f"  {out.pick('範圍', 'scope')}  {scope} ({percent(view.scope_permille / 1000)})"
    yield f"  {out.pick('理由', 'reason')}  {view.reason}"
    yield f"  {out.pick('殘餘風險', 'residual risk')}  {view.residual_risk}"
    for each in view.compensating:
        word = out.pick("達成", "met") if each.met else out.pick("未達成", "not met")
        yield f"  {out.pick('補償性措施', 'compensating')}  {each.control} {word}"
    if view.level is not None:
        title = out.pick(view.level.title_zh, view.level.title_en)
        yield f"  {out.pick('權限', 'authority')}  {title}"
        for rule in view.because:
            yield f"    {out.pick(rule.why_zh, rule.why_en)}"
    if view.missing:
        yield f"  {out.pick('尚待', 'awaits')}  {' '.join(view.missing)}"
    for step in one.steps:
        wrong = f"  ✗ {flaw_words(step.flaw, step.detail, chinese=zh)}" if step.flaw else ""
        who = " ".join(filter(None, (step.by, step.office, step.ruling)))
        yield f"  {step.at.date()}  {_kind(step.kind, out)}  {who}{wrong}"
    without = stage_name(one.now.stage_without_exceptions, chinese=zh)
    yield f"  {out.pick('級別', 'stage')}  {stage_name(one.now.stage, chinese=zh)} / {without}"
    if one.differs:
        yield f"  {out.pick('與決定時不同', 'not as decided on')}  {' '.join(one.differs)}"
    yield f"  {out.pick('今日狀態摘要', 'digest of what is now')}  {one.seen}"


def _kind(name: str, out: Output) -> str:
    known = KINDS[name]
    return out.pick(known.title_zh, known.title_en)
