"""`panshi project …`: the projects that paths are made of, in files and one by one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import write_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, everywhere, open_node
from panshi.errors import UsageError
from panshi.model.bodies.projects import Project, ProjectStatus
from panshi.node.node import Node
from panshi.node.projects import import_file, projects, put
from panshi.report.path_words import PROJECT_STATES, money
from panshi.report.project_files import projects_xlsx, projects_yaml


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = verbs.add_parser("list", help="every project with cost, duration and status")
    listed.add_argument("--status", choices=[str(each) for each in ProjectStatus], default="")
    listed.add_argument("--control", default="", help="only those that lift this control")
    shown = verbs.add_parser("show", help="one project")
    shown.add_argument("id")
    read = verbs.add_parser("import", help="record the projects of a YAML or XLSX file")
    read.add_argument("path", type=Path)
    read.add_argument("--dry-run", action="store_true", help="only say what would change")
    written = verbs.add_parser("export", help="write every project to a YAML or XLSX file")
    written.add_argument("path", type=Path)
    stepped = verbs.add_parser("status", help="record a new status of a project")
    stepped.add_argument("id")
    stepped.add_argument("status", choices=[str(each) for each in ProjectStatus])
    for each in verbs.choices.values():
        each.add_argument("--estate", default=None)
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Do what was asked."""
    with open_node() as node:
        match args.action:
            case "list":
                _list(node, args, out)
            case "show":
                found = _named(node, args)
                out.answer(found, lambda: _shown(found, out))
            case "import":
                _import(node, args, out)
            case "export":
                _export(node, args, out)
            case _:
                changed = replace(_named(node, args), status=ProjectStatus(args.status))
                sealed = put(node, changed, actor=actor(), estate_id=args.estate)
                out.answer({"id": sealed, "project": args.id}, lambda: (sealed,))
    return Exit.DONE


def _named(node: Node, args: argparse.Namespace) -> Project:
    found = projects(node, args.estate).get(args.id)
    if found is None:
        raise UsageError(f"there is no project {args.id!r}", remedy="`panshi project list`")
    return found


def _list(node: Node, args: argparse.Namespace, out: Output) -> None:
    found = [
        each
        for each in projects(node, args.estate).values()
        if (not args.status or each.status == args.status)
        and (not args.control or any(lift.control == args.control for lift in each.lifts))
    ]
    out.answer(found, lambda: _table(found, out))


def _table(found: list[Project], out: Output) -> Iterator[str]:
    yield out.pick(f"{len(found)} 個專案。", f"{len(found)} projects.")
    yield from table(
        (
            out.pick("代號", "id"),
            out.pick("狀態", "status"),
            out.pick("最可能費用", "likely cost"),
            out.pick("季", "quarters"),
            out.pick("提升", "lifts"),
            "",
        ),
        (
            (
                each.id,
                PROJECT_STATES[each.status][0 if out.chinese else 1],
                money(each.cost_likely, chinese=out.chinese),
                each.quarters,
                ", ".join(lift.control for lift in each.lifts[:3])
                + (" …" if len(each.lifts) > 3 else ""),  # noqa: PLR2004 -- as many as fit a line
                out.pick(each.title_zh, each.title_en),
            )
            for each in found
        ),
    )


def _shown(found: Project, out: Output) -> Iterator[str]:
    zh = out.chinese
    yield f"{found.id}  {out.pick(found.title_zh, found.title_en)}"
    costs = (found.cost_low, found.cost_likely, found.cost_high)
    low, likely, high = (money(each, chinese=zh) for each in costs)
    yield out.pick(
        f"{PROJECT_STATES[found.status][0]}，{likely}（{low} 至 {high}），{found.quarters} 季，"
        f"負責人 {found.owner}，填報人 {found.asserted_by}",
        f"{PROJECT_STATES[found.status][1]}, {likely} ({low} to {high}), {found.quarters} "
        f"quarters, owner {found.owner}, figures by {found.asserted_by}",
    )
    for lift in found.lifts:
        parts = [
            out.pick(f"修復未通過 {lift.fixes}%", f"fixes {lift.fixes}%") if lift.fixes else "",
            out.pick(
                f"看見未觀測 {lift.sees}%（其中 {lift.passing}% 通過）",
                f"sees {lift.sees}% of the unseen ({lift.passing}% of them passing)",
            )
            if lift.sees
            else "",
            out.pick("重測 ", "repeats ") + ", ".join(lift.retests) if lift.retests else "",
            out.pick("完成聲明", "attests") if lift.attests else "",
        ]
        yield f"  {lift.control}  {out.pick('；', '; ').join(filter(None, parts))}"
    for label, names in (
        (out.pick("先決", "requires"), found.requires),
        (out.pick("擇一", "excludes"), found.excludes),
        (out.pick("工時", "hours"), tuple(f"{e.role} {e.hours}" for e in found.hours)),
    ):
        if names:
            yield f"  {label}: {', '.join(names)}"


def _import(node: Node, args: argparse.Namespace, out: Output) -> None:
    found = import_file(
        node, args.path, actor=actor(), estate_id=args.estate, commit=not args.dry_run
    )
    done = out.pick("將", "would be ") if args.dry_run else ""
    out.answer(
        found,
        lambda: (
            out.pick(
                f"{done}新增 {len(found.added)}、變更 {len(found.changed)}、"
                f"不變 {found.unchanged} 個專案。",
                f"{len(found.added)} {done}added, {len(found.changed)} {done}changed, "
                f"{found.unchanged} unchanged.",
            ),
            *(f"+ {name}" for name in found.added),
            *(f"~ {name}" for name in found.changed),
        ),
    )


def _export(node: Node, args: argparse.Namespace, out: Output) -> None:
    known = tuple(projects(node, args.estate).values())
    sheets = args.path.suffix.lower() == ".xlsx"
    write_whole(args.path, projects_xlsx(known) if sheets else projects_yaml(known))
    out.answer(
        {"path": str(args.path), "projects": len(known)},
        lambda: (out.pick(f"{len(known)} 個專案已寫入。", f"{len(known)} projects written."),),
    )
