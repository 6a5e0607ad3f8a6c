"""`panshi zt scope`: which fields systems fall into, what is missing, where to begin."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import write_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, everywhere, moment, open_node
from panshi.errors import UsageError
from panshi.model.bodies.zero_trust_scope import Choice
from panshi.node.node import Node
from panshi.node.zero_trust.scope import ScopeDesk, ScopeSeen, scoped
from panshi.node.zero_trust.scope_content import scope_words
from panshi.node.zero_trust.scope_paper import gap_of, paper, seen_answer
from panshi.protection.zero_trust.scope.facts import Field
from panshi.report.zero_trust_scope.gap_answers import gap_answer
from panshi.report.zero_trust_scope.gap_words import gap_sentence, milestone_sentence
from panshi.report.zero_trust_scope.gaps import FieldGap, Milestone
from panshi.report.zero_trust_scope.words import field_name, headline

QUESTIONS_SHOWN = 12
SYSTEMS_SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """Show without an action; answer, withdraw, decide, label and roadmap are actions."""
    _looking(parser, first=True)
    parser.add_argument("--xlsx", type=Path, default=None, metavar="FILE", help="write a workbook")
    parser.add_argument("--pdf", type=Path, default=None, metavar="FILE", help="write the sheet")
    verbs = parser.add_subparsers(dest="action", required=False, metavar="ACTION")

    answer = verbs.add_parser("answer", help="answer facts about systems, sealed")
    _looking(answer)
    answer.add_argument("--system", action="append", required=True, metavar="ID", help="repeat")
    answer.add_argument(
        "--fact", action="append", required=True, metavar="NAME=VALUE", help="repeat"
    )
    answer.add_argument("--field", default="", choices=("", *Field), help="about one field only")
    answer.add_argument("--why", default="", help="needed where the estate says otherwise")

    withdraw = verbs.add_parser("withdraw", help="take an answer back")
    _looking(withdraw)
    withdraw.add_argument("number", metavar="ZA-2026-001")
    withdraw.add_argument("--why", default="")

    decide = verbs.add_parser("decide", help="decide otherwise than computed, with a reason")
    _looking(decide)
    decide.add_argument("field", choices=tuple(Field))
    decide.add_argument("choice", choices=tuple(Choice), help="`computed` takes a decision back")
    decide.add_argument("--system", default="", metavar="ID", help="one system of the field")
    decide.add_argument("--why", required=True)

    label = verbs.add_parser("label", help="write the fields into the estate as labels")
    _looking(label)
    roadmap = verbs.add_parser("roadmap", help="gap per control and stage, staged roadmap")
    _looking(roadmap)
    roadmap.add_argument(
        "--targets", default="", metavar="I=2027Q2,II=2027Q4", help="default: a year per stage"
    )
    everywhere(verbs)


def _looking(parser: argparse.ArgumentParser, *, first: bool = False) -> None:
    default = None if first else argparse.SUPPRESS
    parser.add_argument("--estate", default=default, help="estate id (default: the first one)")
    parser.add_argument("--as-of", type=moment, default=default, metavar="DATE")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Answer, or do what was asked."""
    with open_node() as node:
        match args.action:
            case None:
                _show(node, args, out)
            case "roadmap":
                _roadmap(node, args, out)
            case _:
                _change(node, args, out)
    return Exit.DONE


def _show(node: Node, args: argparse.Namespace, out: Output) -> None:
    seen = scoped(node, args.estate, args.as_of)
    made = {}
    for form, path in (("xlsx", args.xlsx), ("pdf", args.pdf)):
        if path is not None:
            file = paper(node, seen, form, chinese=out.chinese, as_of=args.as_of)
            write_whole(path, file.content)
            node.audit(actor(), "report.zt_scope", seen.estate.id, detail=file.sha256)
            made[form] = str(path)
    out.answer(seen_answer(seen), lambda: _lines(seen, out))
    for path in made.values():
        out.note(out.pick(f"已寫入 {path}", f"wrote {path}"))


def _change(node: Node, args: argparse.Namespace, out: Output) -> None:
    if args.as_of is not None:
        raise UsageError("nobody changes the past", remedy="leave --as-of out")
    desk = ScopeDesk(node, actor=actor(), estate_id=args.estate)
    match args.action:
        case "answer":
            number = desk.answer(args.system, _facts(args.fact), in_field=args.field, why=args.why)
            out.answer({"number": number}, lambda: (number,))
        case "withdraw":
            sealed = desk.withdraw(args.number, why=args.why)
            out.answer({"id": sealed, "withdrawn": True}, lambda: (sealed,))
        case "decide":
            choice = Choice(args.choice)
            sealed = desk.decide(args.field, choice, why=args.why, system=args.system)
            out.answer({"id": sealed}, lambda: (sealed,))
        case _:
            estate = desk.label()
            out.answer(
                {"estate": estate.id, "version": estate.version},
                lambda: (f"{estate.id} v{estate.version}",),
            )


def _facts(given: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or name in found:
            raise UsageError(f"{each[:60]!r} is no answer", remedy="write vpn_only=true, once each")
        found[name.strip()] = value
    return found


def _roadmap(node: Node, args: argparse.Namespace, out: Output) -> None:
    seen = scoped(node, args.estate, args.as_of)
    with out.progress(out.pick("尋找路徑", "searching")):
        gaps, steps = gap_of(node, seen, targets_text=args.targets, as_of=args.as_of)
    out.answer(gap_answer(gaps, steps), lambda: _gap_lines(gaps, steps, out))


# -- in lines ----------------------------------------------------------------------------------


def _lines(seen: ScopeSeen, out: Output) -> Iterator[str]:
    zh, scope = out.chinese, seen.scope
    yield headline(scope, chinese=zh)
    yield ""
    yield from table(
        (
            out.pick("場域", "field"),
            out.pick("適用", "applicable"),
            out.pick("高風險", "high risk"),
            out.pick("低衝擊", "low impact"),
            out.pick("未知", "unknown"),
            out.pick("先行", "chosen"),
        ),
        (
            (
                field_name(each.field, chinese=zh),
                each.applicable,
                each.high_risk,
                each.low_impact,
                "/".join(map(str, each.unknown)),
                out.pick("✓", "yes") if each.chosen else "–",
            )
            for each in scope.funnel
        ),
    )
    chosen = scope.chosen_systems
    if chosen:
        yield ""
        for each in chosen[:SYSTEMS_SHOWN]:
            names = [field_name(field, chinese=zh) for field in each.chosen_in]
            yield f"{each.system.id}  {each.system.name}  {out.pick('、', ', ').join(names)}"
        if len(chosen) > SYSTEMS_SHOWN:
            rest = len(chosen) - SYSTEMS_SHOWN
            yield out.pick(f"……另有 {rest} 個", f"… and {rest} more")
    words = scope_words()
    if scope.asks:
        yield ""
        yield out.pick("尚未知的事實：", "facts not known:")
        for fact, systems in list(scope.asks.items())[:QUESTIONS_SHOWN]:
            yield f"  {fact}  {len(systems)}  {words.questions[fact].said(chinese=zh)}"


def _gap_lines(
    gaps: tuple[FieldGap, ...], steps: tuple[Milestone, ...], out: Output
) -> Iterator[str]:
    for each in gaps:
        yield gap_sentence(each, chinese=out.chinese)
        for line in each.missing:
            control = line.control
            tally = line.verdict.tally
            yield (
                f"  {control.id}  {out.pick(control.title_zh, control.title_en)}  "
                f"{tally.passing}/{tally.seen}/{tally.population}"
            )
    for step in steps:
        yield milestone_sentence(step, chinese=out.chinese)
        for project in step.plan.projects if step.plan else ():
            yield (
                f"  {project.id}  {project.starts}–{project.ends}  "
                f"{out.pick(project.title_zh, project.title_en)}"
            )
