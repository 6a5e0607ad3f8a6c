"""`panshi statement …`: the yearly statement, in the one form that follows from the evidence."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import yaml

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, everywhere, moment, open_node
from panshi.errors import BadInputError
from panshi.governance.accountability.statement import Form, Remedy, Stated
from panshi.node import statements
from panshi.node.node import Node
from panshi.report.accountability_answers import outlook_answer, statement_answer
from panshi.report.accountability_words import FORMS, office_word, state_word

MOST_BYTES = 1024 * 1024
YEARS = (2000, 2200)


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("list", help="every statement")
    looked = verbs.add_parser("outlook", help="which form is allowed, which clauses are unmet")
    drafted = verbs.add_parser("draft", help="draft it; the other form is refused")
    for each in (looked, drafted):
        each.add_argument("year", type=bounded(*YEARS))
        each.add_argument("--as-of", type=moment, default=None, metavar="DATE")
    drafted.add_argument("--form", required=True, choices=[each.value for each in Form])
    drafted.add_argument(
        "--remedies", type=Path, default=None, help="YAML: [{control, text, owner, due}]"
    )
    shown = verbs.add_parser("show", help="one statement, and what changed since")
    signed = verbs.add_parser("sign", help="sign it under an office one holds")
    checked = verbs.add_parser("verify", help="judge the year's end again and compare")
    stepped = verbs.add_parser("step", help="submit, receive, publish or withdraw it")
    for each in (shown, signed, checked, stepped):
        each.add_argument("number")
    signed.add_argument("--office", required=True)
    stepped.add_argument("step", choices=["submit", "receive", "publish", "withdraw"])
    stepped.add_argument("--minute", default="", help="number of the board's minute")
    stepped.add_argument("--why", default="")
    for each in verbs.choices.values():
        each.add_argument("--estate", default=None)
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Do it, then tell how it stands."""
    with open_node() as node:
        match args.action:
            case "list":
                every = statements.every_statement(node, args.estate)
                out.answer(list(map(statement_answer, every)), lambda: _listed(every, out))
            case "outlook":
                _outlook(node, args, out)
            case "verify":
                return _verified(node, args, out)
            case _:
                _changed(node, args)
                found = statements.statement(node, args.number, args.estate)
                out.answer(statement_answer(found), lambda: _shown(node, found, args.estate, out))
    return Exit.DONE


def _changed(node: Node, args: argparse.Namespace) -> None:
    who, estate = actor(), args.estate
    match args.action:
        case "draft":
            args.number = statements.draft(
                node,
                args.year,
                Form(args.form),
                _remedies(args.remedies),
                actor=who,
                estate_id=estate,
                as_of=args.as_of,
            )
        case "sign":
            statements.sign(node, args.number, args.office, actor=who, estate_id=estate)
        case "step":
            statements.take_step(
                node,
                args.number,
                args.step,
                actor=who,
                minute=args.minute,
                why=args.why,
                estate_id=estate,
            )
        case _:
            pass


def _remedies(path: Path | None) -> tuple[Remedy, ...]:
    if path is None:
        return ()
    try:
        plain = yaml.load(read_whole(path, MOST_BYTES), Loader=yaml.CSafeLoader)
        return msgspec.convert(plain, tuple[Remedy, ...])
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise BadInputError(
            str(error), place=str(path), remedy="a list of {control, text, owner, due}"
        ) from error


def _outlook(node: Node, args: argparse.Namespace, out: Output) -> None:
    found = statements.outlook(node, args.year, args.estate, args.as_of)
    answer = outlook_answer(
        year=found.year,
        as_of=found.as_of,
        form=found.form,
        clauses=len(found.binding.clauses),
        unmet=found.binding.unmet,
        excepted=found.binding.excepted,
        assessment_sha256=found.assessment_sha256,
    )

    def lines() -> Iterator[str]:
        zh, en = FORMS[answer.form]
        yield out.pick(
            f"{answer.year} 年：{answer.clauses} 項強制條文中 {len(answer.unmet)} 項未達成，"
            f"僅能作「{zh}」。",
            f"{answer.year}: {len(answer.unmet)} of {answer.clauses} binding clauses unmet; "
            f"only an {en} is allowed."
            if answer.form is Form.ACKNOWLEDGEMENT
            else f"{answer.year}: all {answer.clauses} binding clauses met: {en}.",
        )
        yield from (f"  {each.control}  {each.status}" for each in answer.unmet)

    out.answer(answer, lines)


def _verified(node: Node, args: argparse.Namespace, out: Output) -> Exit:
    found = statements.verify(node, args.number, args.estate)
    answer = {
        "number": found.stated.body.number,
        "root_holds": found.root_holds,
        "assessment_holds": found.assessment_holds,
        "problem": found.problem,
    }
    good = out.pick(
        "成立：紀錄未遭改寫，重新判定結果相同。",
        "holds: the log was not rewritten, judging again gives the same.",
    )
    out.answer(answer, lambda: (found.problem or good,))
    return Exit.NOT_GOOD_ENOUGH if found.problem else Exit.DONE


def _listed(every: tuple[Stated, ...], out: Output) -> Iterator[str]:
    yield from table(
        (
            out.pick("編號", "number"),
            out.pick("形式", "form"),
            out.pick("狀態", "state"),
            out.pick("未達成", "unmet"),
        ),
        (
            (
                each.body.number,
                out.pick(*FORMS[Form(each.body.form)]),
                state_word(each.state, chinese=out.chinese),
                f"{len(each.body.unmet)}/{each.body.clauses}",
            )
            for each in every
        ),
    )


def _shown(node: Node, found: Stated, estate: str | None, out: Output) -> Iterator[str]:
    body, offices = found.body, node.library.offices
    yield from _listed((found,), out)
    yield f"{out.pick('判定摘要值', 'assessment')}: {body.assessment_sha256}"
    yield f"{out.pick('證據紀錄', 'log')}: {body.log_size:,} {body.log_root}"
    for each in found.signatures:
        office = office_word(offices, each.office, chinese=out.chinese)
        yield f"+ {office} {each.person} {each.at.date()}"
    for group in found.missing:
        names = " / ".join(office_word(offices, each, chinese=out.chinese) for each in group)
        yield f"? {out.pick('待簽署', 'to sign')}: {names}"
    since = statements.since(node, body.number, estate)
    met = sum(each.met_now for each in since.clauses)
    late = sum(each.overdue for each in since.clauses)
    yield out.pick(
        f"其後：{met} 項已達成，{late} 項改善逾期，另有 {len(since.fallen)} 項新增未達成。",
        f"Since: {met} met, {late} remedies overdue, {len(since.fallen)} more clauses unmet.",
    )
    for clause in since.clauses:
        state = "+" if clause.met_now else "!" if clause.overdue else " "
        named = clause.clause
        yield f"{state} {named.control}  {_due(named.due)}  {named.owner}  {named.remedy}"


def _due(day: date | None) -> str:
    return str(day) if day is not None else "–"
