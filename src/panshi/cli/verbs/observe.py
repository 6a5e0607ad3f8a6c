"""`panshi observe SOURCE [PATH…]`: look, and seal what was seen; and which plug-ins may."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, open_node
from panshi.errors import UsageError
from panshi.node.node import Node
from panshi.node.observing import RunReport, files_below
from panshi.node.plugins import Plugin, allow, disallow, plugins
from panshi.observe.sources import SOURCES


def arguments(parser: argparse.ArgumentParser) -> None:
    """Source, files, and what the files cannot say themselves."""
    parser.add_argument(
        "source", nargs="?", default="", metavar="SOURCE", help="one of: " + ", ".join(SOURCES)
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files or directories")
    parser.add_argument("--subject", default="", help="asset the files speak of, e.g. system:core")
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="option of the observer, e.g. kind=training.record/1 for lists",
    )
    parser.add_argument("--plugins", action="store_true", help="list the plug-ins installed")
    parser.add_argument(
        "--allow-plugin",
        default="",
        metavar="NAME",
        help="let a plug-in run, exactly as it is installed now",
    )
    parser.add_argument("--disallow-plugin", default="", metavar="NAME", help="no longer let it")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Observe each file in turn; a file that cannot be read stops the run at that file."""
    if args.plugins or args.allow_plugin or args.disallow_plugin:
        return _plugins(args, out)
    options = dict(_option(each) for each in args.option)
    reports: list[RunReport] = []
    with open_node() as node, out.progress(args.source) as progress:
        for path in _paths(args, node):
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


def _paths(args: argparse.Namespace, node: Node) -> list[Path | None]:
    observer = node.sources.get(args.source)
    if observer is None:
        raise UsageError(
            f"there is no observer {args.source!r}" if args.source else "no observer was named",
            remedy="observers: " + ", ".join(node.sources),
        )
    paths = [*files_below(args.paths, observer.suffixes)]
    if observer.needs_path and not paths:
        raise UsageError(
            f"observer {args.source} needs a file",
            remedy=f"panshi observe {args.source} PATH",
        )
    return [*paths] or [None]


def _plugins(args: argparse.Namespace, out: Output) -> Exit:
    """Allow, disallow, and in any case list; who may write PANSHI_HOME is the administrator."""
    with open_node() as node:
        home = node.home.path
        if args.allow_plugin:
            allowed = allow(home, args.allow_plugin)
            told = f"{allowed.distribution} {allowed.version} {allowed.sha256}"
            node.audit(actor(), "plugin.allow", args.allow_plugin, detail=told)
        if args.disallow_plugin:
            disallow(home, args.disallow_plugin)
            node.audit(actor(), "plugin.disallow", args.disallow_plugin)
        found = plugins(home)
    out.answer(found, lambda: _plugin_lines(found, out))
    return Exit.DONE


def _plugin_lines(found: tuple[Plugin, ...], out: Output) -> Iterable[str]:
    if not found:
        yield out.pick("沒有安裝任何外掛。", "no plug-in is installed")
        return
    header = (
        out.pick("名稱", "name"),
        out.pick("套件", "package"),
        out.pick("狀態", "standing"),
        out.pick("說明", "why"),
        "SHA-256",
    )
    yield from table(
        header,
        (
            (
                each.name,
                f"{each.distribution} {each.version}",
                each.standing,
                each.problem or "–",
                each.sha256[:16] or "–",
            )
            for each in found
        ),
    )


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
