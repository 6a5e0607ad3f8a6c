"""`panshi attest …`: answer for a control, countersign, look again; who acts is the OS login."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole, write_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.exception import day
from panshi.cli.verbs.opening import actor, everywhere, moment, open_node
from panshi.governance.attestations.story import AttestationState
from panshi.governance.attestations.views import AttestationView
from panshi.model.bodies import KINDS
from panshi.node.attestations import AttestationDesk, Attesting, register, shown
from panshi.node.node import Node
from panshi.report.attestation_answers import attestations_answer
from panshi.report.attestation_words import (
    attestation_flaw_words,
    attestation_state_word,
    attestations_words,
)
from panshi.store.attachments import MOST_BYTES, Attachments


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb for each step and three to look."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = verbs.add_parser("list", help="every attestation, and what was drawn this quarter")
    listed.add_argument("--state", choices=[each.value for each in AttestationState], default=None)
    drawn = verbs.add_parser("sample", help="what was drawn to be looked at again this quarter")
    for each in (listed, drawn):
        each.add_argument("--as-of", type=moment, default=None, metavar="DATE")
    made = verbs.add_parser("make", help="answer for a control no tool can see")
    made.add_argument("control", help="<framework>/<control>, e.g. blueprint/BP-01")
    made.add_argument("--scope", required=True, help="what it covers")
    made.add_argument("--from", dest="start", type=day, required=True, metavar="DATE")
    made.add_argument("--to", dest="end", type=day, required=True, metavar="DATE")
    made.add_argument("--expires", type=day, required=True, metavar="DATE")
    made.add_argument("--statement", required=True)
    made.add_argument("--attachment", type=Path, required=True, help="what it rests on")
    made.add_argument("--unfulfilled", action="store_true", help="acknowledge non-compliance")
    one = verbs.add_parser("show", help="one attestation with what followed")
    second = verbs.add_parser("countersign", help="sign what another person attested")
    second.add_argument("--note", default="")
    back = verbs.add_parser("withdraw", help="take your own attestation back")
    back.add_argument("--why", required=True)
    again = verbs.add_parser("reexamine", help="say what a second look at a drawn one found")
    again.add_argument("--finding", required=True)
    result = again.add_mutually_exclusive_group(required=True)
    result.add_argument("--upheld", action="store_true")
    result.add_argument("--refuted", action="store_true")
    fetched = verbs.add_parser("attachment", help="write out what was attested on, hashed anew")
    fetched.add_argument("--out", type=Path, required=True)
    for each in (one, second, back, again, fetched):
        each.add_argument("number", help="e.g. AT-2026-001")
    for each in verbs.choices.values():
        each.add_argument("--estate", default=None)
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Take the step or look."""
    with open_node() as node:
        match args.action:
            case "list" | "sample":
                return _list(node, args, out)
            case "show":
                number = args.number
            case "attachment":
                return _fetch(node, args, out)
            case _:
                number = _step(node, args)
        view = shown(node, number, args.estate)
        out.answer(view, lambda: _show(view, out))
    return Exit.DONE


def _step(node: Node, args: argparse.Namespace) -> str:
    """Take one step as the person at the terminal; give the number it is about."""
    desk = AttestationDesk(node, actor=actor(), estate_id=args.estate)
    match args.action:
        case "make":
            asked = Attesting(
                control=args.control,
                scope=args.scope,
                period_start=args.start,
                period_end=args.end,
                expires=args.expires,
                statement=args.statement,
                attachment=args.attachment.name,
                fulfilled=not args.unfulfilled,
            )
            return desk.make(asked, read_whole(args.attachment, MOST_BYTES))
        case "countersign":
            desk.countersign(args.number, note=args.note)
        case "withdraw":
            desk.withdraw(args.number, why=args.why)
        case _:
            desk.reexamine(args.number, upheld=args.upheld, finding=args.finding)
    return str(args.number)


def _fetch(node: Node, args: argparse.Namespace, out: Output) -> Exit:
    view = shown(node, args.number, args.estate)
    content = Attachments(node.home.path).read(view.attachment_sha256)
    write_whole(args.out, content)
    answer = {"sha256": view.attachment_sha256, "bytes": len(content), "out": str(args.out)}
    out.answer(answer, lambda: (f"{args.out}  {view.attachment_sha256}",))
    return Exit.DONE


def _list(node: Node, args: argparse.Namespace, out: Output) -> Exit:
    found = register(node, args.estate, args.as_of)
    rows = found.drawn if args.action == "sample" else found.attestations
    wanted = getattr(args, "state", None)
    chosen = tuple(each for each in rows if wanted is None or each.state == wanted)

    def lines() -> Iterator[str]:
        yield attestations_words(found, chinese=out.chinese)
        if args.action == "sample":
            yield f"{found.sample.quarter}  {found.sample.log_size}  {found.sample.drawn_from}"
        header = [out.pick("編號", "number"), out.pick("控制措施", "control")]
        header += [out.pick("狀態", "state"), out.pick("到期", "until"), out.pick("抽查", "again")]
        yield from table(header, (_row(each, out) for each in chosen))

    out.answer(attestations_answer(found, chosen), lines)
    return Exit.DONE


def _row(each: AttestationView, out: Output) -> tuple[object, ...]:
    again = "–"
    if each.drawn:
        again = out.pick("待複核", "to do")
        if each.reexamined is not None:
            again = out.pick("成立", "upheld") if each.reexamined else out.pick("不成立", "refuted")
    state = attestation_state_word(each.state, chinese=out.chinese)
    return each.number, each.control, state, each.due, again


def _show(view: AttestationView, out: Output) -> Iterator[str]:
    zh = out.chinese
    yield f"{view.number}  {view.control}  {attestation_state_word(view.state, chinese=zh)}"
    if view.flaw is not None:
        yield f"  {attestation_flaw_words(view.flaw, view.detail, chinese=zh)}"
    yield f"  {out.pick('聲明人', 'attested by')}  {view.attested_by}"
    yield f"  {out.pick('會簽人', 'countersigned by')}  {view.countersigned_by or '–'}"
    yield f"  {out.pick('範圍', 'scope')}  {view.scope}"
    yield f"  {out.pick('期間', 'period')}  {view.period_start or '–'} – {view.period_end or '–'}"
    yield f"  {out.pick('到期', 'until')}  {view.due}"
    yield f"  {out.pick('內容', 'statement')}  {view.statement}"
    yield f"  {out.pick('附件', 'attachment')}  {view.attachment}  {view.attachment_sha256}"
    for step in view.steps:
        wrong = ""
        if step.flaw is not None:
            wrong = f"  ✗ {attestation_flaw_words(step.flaw, step.detail, chinese=zh)}"
        kind = KINDS[step.kind]
        title = out.pick(kind.title_zh, kind.title_en)
        yield f"  {step.at.date()}  {title}  {step.by}  {step.said}{wrong}"
