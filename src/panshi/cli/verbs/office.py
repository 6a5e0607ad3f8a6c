"""`panshi office …`: who answers for what, appointed by two; the CISO's report to the board."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, everywhere, moment, open_node
from panshi.governance.accountability.board_report import CONTENTS, Content, Reported
from panshi.governance.accountability.register import Register
from panshi.governance.appointments import Made
from panshi.model.bodies.offices import Appointment
from panshi.model.zone import day_of
from panshi.node import board_reports
from panshi.node.accountability import confirm, propose, propose_end, register
from panshi.node.node import Node
from panshi.report.accountability_answers import offices_answer, report_answer
from panshi.report.accountability_words import finding_words, office_word, state_word


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = verbs.add_parser("list", help="who holds what, vacancies, findings, what waits")
    listed.add_argument("--as-of", type=moment, default=None, metavar="DATE")
    named = verbs.add_parser("appoint", help="propose that someone holds an office")
    named.add_argument("office")
    named.add_argument("person", help="account name")
    named.add_argument("--since", type=date.fromisoformat, default=None, metavar="DATE")
    for option in ("title", "rank", "reports-to", "background", "authority", "decided-by"):
        named.add_argument(f"--{option}", default="")
    named.add_argument("--post", action="append", default=[], help="concurrent post; repeat it")
    named.add_argument("--certificate", action="append", default=[], help="repeat it")
    named.add_argument("--budget", type=int, default=0, help="NT$ a year")
    named.add_argument("--staff", type=int, default=0)
    named.add_argument("--training-hours", type=int, default=0)
    named.add_argument("--security-background", action="store_true")
    named.add_argument("--independent", action="store_true", help="an independent director")
    ended = verbs.add_parser("end", help="propose that someone holds an office no longer")
    ended.add_argument("office")
    ended.add_argument("person")
    ended.add_argument("--until", type=date.fromisoformat, required=True, metavar="DATE")
    ended.add_argument("--decided-by", default="")
    second = verbs.add_parser("confirm", help="confirm what another person proposed")
    second.add_argument("proposal", help="its evidence id")
    _report_arguments(verbs)
    for each in verbs.choices.values():
        each.add_argument("--estate", default=None)
    everywhere(verbs)


def _report_arguments(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verbs.add_parser("reports", help="the CISO's reports to the board")
    shown = verbs.add_parser("report", help="one report with its sections")
    drafted = verbs.add_parser("report-draft", help="put a report together from evidence")
    drafted.add_argument("--begins", type=date.fromisoformat, required=True, metavar="DATE")
    drafted.add_argument("--ends", type=date.fromisoformat, required=True, metavar="DATE")
    drafted.add_argument("--subject", default="", help="of a special report")
    said = verbs.add_parser("report-comment", help="add to a section of a draft")
    submitted = verbs.add_parser("report-submit", help="submit it to the board, as the CISO")
    received = verbs.add_parser("report-receive", help="record that the board received it")
    received.add_argument("--minute", required=True, help="number of the board's minute")
    for each in (shown, said, submitted, received):
        each.add_argument("number")
    said.add_argument("section", choices=[each.value for each in Content])
    said.add_argument("text")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Do it, then tell how it stands."""
    with open_node() as node:
        match args.action:
            case "list":
                found = register(node, args.estate, args.as_of)
                out.answer(offices_answer(found), lambda: _lines(found, node, out))
            case "appoint" | "end" | "confirm":
                made = _changed(node, args)
                out.answer({"id": made}, lambda: (made,))
            case "reports":
                every = board_reports.every_report(node, args.estate)
                out.answer(list(map(report_answer, every)), lambda: _reports(every, out))
            case _:
                shown = _reported(node, args)
                out.answer(report_answer(shown), lambda: _report(shown, out))
    return Exit.DONE


def _changed(node: Node, args: argparse.Namespace) -> str:
    if args.action == "confirm":
        return confirm(node, args.proposal, actor=actor(), estate_id=args.estate)
    if args.action == "end":
        return propose_end(
            node,
            args.office,
            args.person,
            args.until,
            actor=actor(),
            decided_by=args.decided_by,
            estate_id=args.estate,
        )
    terms = Appointment(
        person=args.person,
        office=args.office,
        since=args.since or day_of(node.clock()),
        appointed_by="",
        seconded_by="",
        title=args.title,
        rank=args.rank,
        reports_to=args.reports_to,
        concurrent_posts=tuple(args.post),
        background=args.background,
        certificates=tuple(args.certificate),
        budget_twd=args.budget,
        staff=args.staff,
        decided_by=args.decided_by,
        authority=args.authority,
        security_background=args.security_background,
        independent=args.independent,
        training_hours=args.training_hours,
    )
    return propose(node, terms, actor=actor(), estate_id=args.estate)


def _reported(node: Node, args: argparse.Namespace) -> Reported:
    estate, who = args.estate, actor()
    match args.action:
        case "report-draft":
            args.number = board_reports.draft(
                node, args.begins, args.ends, actor=who, subject=args.subject, estate_id=estate
            )
        case "report-comment":
            board_reports.comment(
                node, args.number, args.section, args.text, actor=who, estate_id=estate
            )
        case "report-submit":
            board_reports.take_step(node, args.number, "submit", actor=who, estate_id=estate)
        case "report-receive":
            board_reports.take_step(
                node, args.number, "receive", actor=who, minute=args.minute, estate_id=estate
            )
        case _:
            pass
    return board_reports.report(node, args.number, estate)


def _lines(found: Register, node: Node, out: Output) -> Iterator[str]:
    offices = node.library.offices
    held = [(each, made) for each in found.offices for made in each.holders]
    vacant = [each for each in found.offices if each.office.required and not each.holders]
    yield out.pick(
        f"{found.day}：{len(held)} 人次任職，{len(vacant)} 個應設職位出缺，"
        f"{len(found.findings)} 項缺失，{len(found.waiting)} 件提案待確認。",
        f"{found.day}: {len(held)} offices held, {len(vacant)} required ones vacant, "
        f"{len(found.findings)} findings, {len(found.waiting)} proposals wait.",
    )
    yield from table(
        (
            out.pick("職位", "office"),
            out.pick("人員", "person"),
            out.pick("自", "since"),
            out.pick("職級", "rank"),
            out.pick("報告對象", "reports to"),
        ),
        (
            (
                out.pick(each.office.title_zh, each.office.title_en),
                made.terms.person,
                made.terms.since,
                made.terms.rank,
                office_word(offices, made.terms.reports_to, chinese=out.chinese),
            )
            for each, made in held
        ),
    )
    for finding in found.findings:
        name = office_word(offices, finding.office, chinese=out.chinese)
        said = finding_words(finding, offices, chinese=out.chinese)
        yield f"! {name} {finding.person}: {said} [{', '.join(finding.references)}]"
    for made in found.waiting:
        yield f"? {made.id} {_proposed(made, out)}"


def _proposed(made: Made, out: Output) -> str:
    terms = made.terms
    return out.pick(
        f"{terms.appointed_by} 提案由 {terms.person} 任 {terms.office}，待另一人確認",
        f"{terms.appointed_by} proposes {terms.person} as {terms.office}; another must confirm",
    )


def _reports(every: tuple[Reported, ...], out: Output) -> Iterator[str]:
    yield from table(
        (out.pick("編號", "number"), out.pick("期間", "period"), out.pick("狀態", "state")),
        (
            (
                each.number,
                f"{each.body.begins} – {each.body.ends}",
                state_word(each.state, chinese=out.chinese),
            )
            for each in every
        ),
    )


def _report(found: Reported, out: Output) -> Iterator[str]:
    state = state_word(found.state, chinese=out.chinese)
    yield f"{found.number} ({state}) {found.body.begins} – {found.body.ends}"
    for section in found.body.sections:
        zh, en, source = CONTENTS[Content(section.id)]
        yield f"\n{out.pick(zh, en)}  [{source}]"
        yield from (f"  {out.pick(line.zh, line.en)}" for line in section.lines)
        if section.comment:
            yield f"  > {section.comment}"
