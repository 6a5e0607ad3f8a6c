"""`panshi observe SOURCE [PATH…]`: look, and seal what was seen."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, open_node
from panshi.errors import UsageError
from panshi.node.observing import RunReport, files_below
from panshi.observe.sources import SOURCES


def arguments(parser: argparse.ArgumentParser) -> None:
    """Source, files, and what the files cannot say themselves."""
    parser.add_argument("source", metavar="SOURCE", help="one of: " + ", ".join(SOURCES))
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files or directories")
    parser.add_argument("--subject", default="", help="asset the files speak of, e.g. system:core")
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="option of the observer, e.g. kind=training.record/1 for lists",
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Observe each file in turn; a file that cannot be read stops the run at that file."""
    options = dict(_option(each) for each in args.option)
    observer = SOURCES.get(args.source)
    if observer is None:
        raise UsageError(
            f"there is no observer {args.source!r}",
            remedy="observers: " + ", ".join(SOURCES),
        )
    paths: list[Path | None] = [*files_below(args.paths, observer.suffixes)]
    if observer.needs_path and not paths:
        raise UsageError(
            f"observer {args.source} needs a file",
            remedy=f"panshi observe {args.source} PATH",
        )
    reports: list[RunReport] = []
    with open_node() as node, out.progress(args.source) as progress:
        for path in paths or [None]:
            report = node.observe(
                args.source,
                path,
                subject=args.subject,
                options=options,
                actor=actor(),
                progress=progress,
            )
            reports.append(report)
    for report in reports:
        for warning in report.warnings:
            out.note(f"panshi: {warning}")
    out.answer(reports[0] if len(reports) == 1 else reports, lambda: _lines(reports, out))
    return Exit.DONE


def _option(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"option {text!r} has no value", remedy="write --option name=value")
    return name, value


def _lines(reports: list[RunReport], out: Output) -> Iterable[str]:
    header = (
        out.pick("檔案", "file"),
        out.pick("觀測", "observations"),
        out.pick("新", "new"),
        out.pick("已知", "known"),
        out.pick("無結論", "inconclusive"),
        out.pick("不在資產清冊", "in no estate"),
        "s",
    )
    yield from table(
        header,
        (
            (
                report.path or report.source,
                report.observations,
                report.new,
                report.known,
                report.inconclusive,
                len(report.unresolved),
                report.seconds,
            )
            for report in reports
        ),
    )
