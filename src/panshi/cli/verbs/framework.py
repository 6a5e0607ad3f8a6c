"""`panshi framework …`: the knowledge controls come from, and how each is judged today."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import write_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs import norms
from panshi.cli.verbs.opening import actor, everywhere, open_node
from panshi.errors import UsageError
from panshi.governance.frameworks.coverage import coverage
from panshi.model.control import Basis, Control, Framework
from panshi.node.library import Library
from panshi.node.node import wall_clock
from panshi.report.oscal import assessment_results, catalog, mapping_collection
from panshi.report.words import basis_word

OSCAL = ("catalog", "mapping", "assessment-results")


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("list", help="frameworks with their numbers of controls")
    show = verbs.add_parser("show", help="controls of a framework, or one control")
    show.add_argument("framework")
    show.add_argument("control", nargs="?")
    covering = verbs.add_parser("coverage", help="how each control is judged today")
    covering.add_argument("framework", nargs="?")
    verbs.add_parser("lint", help="check the shipped content")
    export = verbs.add_parser("export", help="write OSCAL 1.2")
    export.add_argument("framework")
    export.add_argument("--model", choices=OSCAL, default="catalog")
    export.add_argument("--estate", default=None, help="for assessment-results")
    export.add_argument("--out", type=Path, required=True)
    norms.arguments(verbs)
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the handler of the sub-verb."""
    handlers: dict[str, Callable[[argparse.Namespace, Output], Exit]] = {
        "list": _list,
        "show": _show,
        "coverage": _coverage,
        "lint": _lint,
        "export": _export,
        **norms.HANDLERS,
    }
    return handlers[args.action](args, out)


def _list(_args: argparse.Namespace, out: Output) -> Exit:
    frameworks = Library().frameworks.values()
    rows = [
        {
            "id": each.id,
            "title": out.pick(each.title_zh, each.title_en),
            "version": each.version,
            "controls": len(each.controls),
            **{basis: sum(c.basis is basis for c in each.controls) for basis in Basis},
        }
        for each in frameworks
    ]
    out.answer(rows, lambda: table(tuple(rows[0]), (tuple(row.values()) for row in rows)))
    return Exit.DONE


def _show(args: argparse.Namespace, out: Output) -> Exit:
    library = Library()
    framework = library.framework(args.framework)
    if args.control is not None:
        control = library.control(f"{args.framework}/{args.control}")
        out.answer(control, lambda: _control_lines(control, out))
        return Exit.DONE
    out.answer(framework, lambda: _framework_lines(framework, out))
    return Exit.DONE


def _framework_lines(framework: Framework, out: Output) -> Iterable[str]:
    yield out.pick(framework.title_zh, framework.title_en)
    yield from table(
        (
            "id",
            out.pick("強度", "strength"),
            out.pick("級", "stage"),
            out.pick("判定方式", "judged"),
            "",
        ),
        (
            (
                each.id,
                each.strength,
                each.stage or "",
                basis_word(each.basis, chinese=out.chinese),
                out.pick(each.title_zh, each.title_en),
            )
            for each in framework.controls
        ),
    )


def _control_lines(control: Control, out: Output) -> Iterable[str]:
    yield f"{control.key}  {out.pick(control.title_zh, control.title_en)}"
    yield out.pick(control.gist_zh, control.gist_en)
    judged = basis_word(control.basis, chinese=out.chinese)
    yield f"{control.reference}  {control.strength}  {judged}"
    if control.check is not None and control.population is not None:
        yield (
            f"{control.population.kind} ← {control.check.observation}, "
            f"≥ {control.check.target_permille / 10:g}%, ≤ {control.check.fresh_days} d"
        )
    if control.attesting is not None:
        kinds = (Library().documents[each] for each in control.attesting.evidence)
        yield out.pick("、", ", ").join(out.pick(kind.title_zh, kind.title_en) for kind in kinds)
    note = out.pick(control.notes_zh, control.notes_en)
    if note:
        yield note


def _coverage(args: argparse.Namespace, out: Output) -> Exit:
    library = Library()
    wanted = [args.framework] if args.framework else list(library.frameworks)
    reports = [coverage(library.framework(each)) for each in wanted]
    out.answer(reports, lambda: _coverage_lines([library.framework(e) for e in wanted], out))
    return Exit.DONE


def _coverage_lines(frameworks: list[Framework], out: Output) -> Iterable[str]:
    header = (
        out.pick("架構", "framework"),
        *(basis_word(b, chinese=out.chinese) for b in Basis),
    )
    yield from table(
        header,
        (
            (
                each.id,
                *(sum(c.basis is basis for c in each.controls) for basis in Basis),
            )
            for each in frameworks
        ),
    )
    for each in frameworks:
        yield ""
        yield from _framework_lines(each, out)


def _lint(_args: argparse.Namespace, out: Output) -> Exit:
    issues = Library().lint()
    out.answer(
        issues,
        lambda: map(str, issues) if issues else (out.pick("無問題。", "no issues"),),
    )
    return Exit.BAD_INPUT if issues else Exit.DONE


def _export(args: argparse.Namespace, out: Output) -> Exit:
    library = Library()
    framework = library.framework(args.framework)
    match args.model:
        case "catalog":
            content = catalog(framework, wall_clock())
        case "mapping":
            content = mapping_collection(
                framework, library.frameworks, library.mappings, wall_clock()
            )
        case "assessment-results":
            with open_node() as node:
                assessment = node.assess(args.framework, args.estate)
                content = assessment_results(assessment, framework, node.estate(args.estate))
                node.audit(actor(), "framework.export", args.framework)
        case _:
            raise UsageError(f"no OSCAL model {args.model}")
    write_whole(args.out, content)
    out.answer(
        {"framework": args.framework, "model": args.model, "file": str(args.out)},
        lambda: (f"{args.out}  {len(content):,} bytes",),
    )
    return Exit.DONE
