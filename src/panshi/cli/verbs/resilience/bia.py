"""`panshi continuity bia …`: business impact, from interview to approval."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import write_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, everywhere, open_node
from panshi.cli.verbs.resilience.check import contradiction_lines
from panshi.model.bodies.continuity import ImpactRuling
from panshi.model.resilience.plan import UNITS, ImpactEntry
from panshi.node.node import Node
from panshi.node.resilience.impact import (
    ImpactDesk,
    ImpactPreview,
    ServiceImpact,
    ServiceShown,
    exported,
    register,
    shown,
    template,
)
from panshi.node.resilience.impact_answers import (
    contradiction_answers,
    service_answer,
    shown_answer,
)
from panshi.observe.reading.settings_files import read_settings
from panshi.report.continuity_words import IMPACTS, LAYERS, STATES, span
from panshi.resilience.impact.analyses import AnalysisState


def arguments(parser: argparse.ArgumentParser) -> None:
    """One action each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("list", help="every service with its targets, state and contradictions")
    one = verbs.add_parser("show", help="one service with its history")
    proposed = verbs.add_parser("propose", help="propose the analysis of one service from a file")
    proposed.add_argument(
        "file", type=Path, help="JSON or YAML, as `show --json` gives each `entry` of its history"
    )
    approved = verbs.add_parser("approve", help="approve what another person proposed")
    refused = verbs.add_parser("refuse", help="refuse what was proposed, and say why")
    for each in (one, approved, refused):
        each.add_argument("service", help="service, or evidence id of a proposal")
    for each, needed in ((proposed, False), (approved, False), (refused, True)):
        each.add_argument("--why", default="", required=needed, help="reason, kept on record")
    read = verbs.add_parser("import", help="propose every analysis of a workbook that differs")
    read.add_argument("path", type=Path, help="XLSX, as `template` and `export` write it")
    read.add_argument("--dry-run", action="store_true", help="only say what would change")
    for name, text in (
        ("export", "write what is in force as a workbook"),
        ("template", "write the questions of the interviews as a workbook"),
    ):
        verbs.add_parser(name, help=text).add_argument("path", type=Path, help="XLSX to write")
    for each in verbs.choices.values():
        each.add_argument("--estate", default=None, help="id of an estate (default: the first)")
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Do what was asked."""
    with open_node() as node:
        match args.action:
            case "list":
                rows = register(node, args.estate)
                out.answer([service_answer(each) for each in rows], lambda: _table(rows, out))
            case "show":
                found = shown(node, args.service, args.estate)
                out.answer(shown_answer(found, people=True), lambda: _shown(found, out))
            case "import":
                _import(node, args, out)
            case "export" | "template":
                make = exported if args.action == "export" else template
                write_whole(args.path, make(node, args.estate))
                out.answer({"path": str(args.path)}, lambda: (str(args.path),))
            case _:
                _step(node, args, out)
    return Exit.DONE


def _step(node: Node, args: argparse.Namespace, out: Output) -> None:
    desk = ImpactDesk(node, actor=actor(), estate_id=args.estate)
    if args.action == "propose":
        entry = read_settings(args.file, ImpactEntry)
        sealed, service = desk.propose(entry, why=args.why), entry.service
    else:
        ruling = ImpactRuling(args.action)
        sealed, service = desk.decide(args.service, ruling, why=args.why), args.service
    out.answer({"id": sealed, "service": service}, lambda: (sealed,))


def _table(rows: tuple[ServiceImpact, ...], out: Output) -> Iterator[str]:
    analysed = sum(each.state is AnalysisState.IN_FORCE for each in rows)
    waiting = sum(each.waiting is not None for each in rows)
    found = sum(len(each.contradictions) for each in rows)
    yield out.pick(
        f"{len(rows)} 個服務，{analysed} 個有生效中的分析，{waiting} 個待核准，{found} 處矛盾。",
        f"{len(rows)} services, {analysed} with an analysis in force, {waiting} waiting, "
        f"{found} contradictions.",
    )
    yield from table(
        (
            out.pick("服務", "service"),
            out.pick("狀態", "state"),
            "MTPD",
            "RTO",
            "RPO",
            out.pick("備援層", "layers"),
            out.pick("矛盾", "contradictions"),
            "",
        ),
        (_cells(each, out) for each in rows),
    )


def _cells(row: ServiceImpact, out: Output) -> tuple[object, ...]:
    state = out.pick(*STATES[row.state]) if row.state else out.pick("未分析", "not analysed")
    entry = row.shown.entry if row.shown is not None else None
    times = (entry.mtpd, entry.rto, entry.rpo) if entry is not None else (None,) * 3
    return (
        row.service.id,
        state,
        *("–" if each is None else span(each, chinese=out.chinese) for each in times),
        len(entry.layers) if entry is not None else 0,
        len(row.contradictions),
        row.service.name,
    )


def _shown(found: ServiceShown, out: Output) -> Iterator[str]:
    row, zh = found.row, out.chinese
    yield f"{row.service.id}  {row.service.name}"
    if row.shown is None:
        yield out.pick("沒有人分析過。", "Nobody has analysed it.")
    else:
        entry, state = row.shown.entry, row.shown.state(found.day)
        yield out.pick(
            f"{STATES[state][0]}；MTPD {span(entry.mtpd, chinese=zh)}、"
            f"RTO {span(entry.rto, chinese=zh)}、RPO {span(entry.rpo, chinese=zh)}；"
            f"負責人 {entry.owner}",
            f"{STATES[state][1]}; MTPD {span(entry.mtpd, chinese=zh)}, RTO "
            f"{span(entry.rto, chinese=zh)}, RPO {span(entry.rpo, chinese=zh)}; "
            f"owner {entry.owner}",
        )
        yield from _entry(entry, out)
    if row.waiting is not None:
        yield out.pick(
            f"待核准：{row.waiting.sealed.id}，{row.waiting.proposed_by} 提出",
            f"waits for approval: {row.waiting.sealed.id}, by {row.waiting.proposed_by}",
        )
    yield from contradiction_lines(row.contradictions, found.checked, out)


def _entry(entry: ImpactEntry, out: Output) -> Iterator[str]:
    for curve in entry.curves:
        reached = curve.tolerable
        unit = out.pick(*UNITS[curve.kind])
        until = "–" if reached is None else span(round(reached, 1), chinese=out.chinese)
        yield out.pick(
            f"  {IMPACTS[curve.kind][0]}：{curve.limit:,.10g} {unit}起不可容忍，{until}時達到",
            f"  {IMPACTS[curve.kind][1]}: not tolerable from {curve.limit:,.10g} ({unit}), "
            f"reached after {until}",
        )
    for layer in entry.layers:
        time = span(layer.activation.likely, chinese=out.chinese)
        yield out.pick(
            f"  {layer.id}：{LAYERS[layer.kind][0]}，{time}啟用，承載 {layer.capacity:.0%}",
            f"  {layer.id}: {LAYERS[layer.kind][1]}, up in {time}, carries {layer.capacity:.0%}",
        )


def _import(node: Node, args: argparse.Namespace, out: Output) -> None:
    desk = ImpactDesk(node, actor=actor(), estate_id=args.estate)
    found = desk.taken_in(args.path, commit=not args.dry_run)
    answer = {
        "added": found.added,
        "changed": found.changed,
        "unchanged": found.unchanged,
        "proposed": not args.dry_run,
        "contradictions": contradiction_answers(found.contradictions, found.checked),
    }
    out.answer(answer, lambda: _preview(found, args.dry_run, out))


def _preview(found: ImpactPreview, dry: bool, out: Output) -> Iterator[str]:  # noqa: FBT001 -- the flag as given
    yield out.pick(
        f"{'將' if dry else ''}提出 {len(found.added)} 份新分析、{len(found.changed)} 份變更，"
        f"{found.unchanged} 份不變；若全數核准，有 {len(found.contradictions)} 處矛盾。",
        f"{len(found.added)} new and {len(found.changed)} changed analyses "
        f"{'would be ' if dry else ''}proposed, {found.unchanged} unchanged; were all approved, "
        f"{len(found.contradictions)} contradictions would stand.",
    )
    for sign, names in (("+", found.added), ("~", found.changed)):
        for name in names:
            yield f"{sign} {name}"
    yield from contradiction_lines(found.contradictions, found.checked, out)
