"""`panshi estate …`: what the institution consists of, in versions."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import write_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, everywhere, moment, open_node
from panshi.errors import UsageError
from panshi.model.asset import AssetKind
from panshi.model.inventory import InventoryComparison, compare
from panshi.observe.estate_files import Mode, Preview, read_estate
from panshi.report.answers import estate_answer
from panshi.report.estate_files import (
    estate_cyclonedx,
    estate_xlsx,
    estate_yaml,
    template_xlsx,
)

SHOWN = 20
"So many assets of each side are listed; --json gives all."

FORMATS = {"xlsx": estate_xlsx, "yaml": estate_yaml, "cyclonedx": estate_cyclonedx}


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("list", help="estates and their newest versions")
    importing = verbs.add_parser("import", help="preview a file; --commit makes it a new version")
    importing.add_argument("file", type=Path, help="XLSX template, YAML or CycloneDX")
    importing.add_argument("--estate", required=True)
    importing.add_argument("--commit", action="store_true")
    importing.add_argument(
        "--mode",
        type=Mode,
        choices=list(Mode),
        default=Mode.REPLACE,
        help="whether the file is the whole estate (replace) or adds to it (merge)",
    )
    exporting = verbs.add_parser("export", help="write an estate to a file")
    exporting.add_argument("--estate", default=None)
    exporting.add_argument("--format", choices=FORMATS, default="xlsx")
    exporting.add_argument("--as-of", type=moment)
    exporting.add_argument("--out", type=Path, required=True)
    template = verbs.add_parser("template", help="write an empty XLSX template")
    template.add_argument("--out", type=Path, required=True)
    comparing = verbs.add_parser("compare", help="compare two inventories over one population")
    comparing.add_argument("--estate", default=None)
    comparing.add_argument("--kind", type=AssetKind, choices=list(AssetKind), required=True)
    comparing.add_argument("first")
    comparing.add_argument("second")
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the handler of the sub-verb."""
    handlers: dict[str, Callable[[argparse.Namespace, Output], Exit]] = {
        "list": _list,
        "import": _import,
        "export": _export,
        "template": _template,
        "compare": _compare,
    }
    return handlers[args.action](args, out)


def _list(_args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        estates = [node.estate(each) for each in node.estate_ids()]
    rows = [estate_answer(estate) for estate in estates]
    out.answer(
        rows,
        lambda: (
            table(tuple(rows[0]), (tuple(row.values()) for row in rows))
            if rows
            else (out.pick("尚無資產資料。", "no estate yet"),)
        ),
    )
    return Exit.DONE


def _import(args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        base = node.estates.head(args.estate)
        preview = read_estate(
            args.file, estate_id=args.estate, as_of=node.clock(), base=base, mode=args.mode
        )
        committed = None
        if args.commit and preview.estate is not None and not preview.errors:
            committed = node.commit_estate(preview.estate, by=actor()).version
    answer = {
        "estate": args.estate,
        "committed_version": committed,
        **{
            field.name: getattr(preview, field.name)
            for field in dataclasses.fields(preview)
            if field.name != "estate"
        },
    }
    out.answer(answer, lambda: _preview_lines(preview, committed, out))
    return Exit.BAD_INPUT if preview.errors else Exit.DONE


def _preview_lines(preview: Preview, committed: int | None, out: Output) -> list[str]:
    lines = [str(error) for error in preview.errors]
    if preview.more_errors:
        lines.append(
            out.pick(f"另有 {preview.more_errors} 個錯誤", f"and {preview.more_errors} more")
        )
    counts = (
        (out.pick("新增", "added"), preview.added),
        (out.pick("變更", "changed"), preview.changed),
        (out.pick("移除", "removed"), preview.removed),
        (out.pick("新增關聯", "relations added"), preview.relations_added),
        (out.pick("移除關聯", "relations removed"), preview.relations_removed),
    )
    lines.append("  ".join(f"{word} {len(found):,}" for word, found in counts))
    if committed is not None:
        lines.append(out.pick(f"已成為第 {committed} 版。", f"committed as version {committed}"))
    elif not preview.errors:
        lines.append(out.pick("僅預覽；加上 --commit 才寫入。", "preview only; --commit writes it"))
    return lines


def _export(args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        estate = node.estate(args.estate)
        if args.as_of is not None:
            found = node.estates.at(estate.id, args.as_of)
            if found is None:
                raise UsageError(f"estate {estate.id} did not exist at {args.as_of.isoformat()}")
            estate = found
    content = FORMATS[args.format](estate)
    write_whole(args.out, content)
    answer = {"estate": estate.id, "version": estate.version, "file": str(args.out)}
    out.answer(answer, lambda: (f"{args.out}  {len(content):,} bytes",))
    return Exit.DONE


def _template(args: argparse.Namespace, out: Output) -> Exit:
    write_whole(args.out, template_xlsx())
    out.answer({"file": str(args.out)}, lambda: (str(args.out),))
    return Exit.DONE


def _compare(args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        estate = node.estate(args.estate)
    found = compare(estate, args.kind, args.first, args.second)
    out.answer(found, lambda: _comparison_lines(found, out))
    return Exit.DONE


def _comparison_lines(found: InventoryComparison, out: Output) -> Iterable[str]:
    yield from table(
        (out.pick("清冊", "inventory"), out.pick("資產", "assets")),
        (
            (out.pick(f"僅在 {found.a}", f"only in {found.a}"), len(found.only_a)),
            (out.pick(f"僅在 {found.b}", f"only in {found.b}"), len(found.only_b)),
            (out.pick("兩者皆有", "in both"), len(found.both)),
            (out.pick("兩者皆無", "in neither, yet in the estate"), len(found.elsewhere)),
        ),
    )
    if found.estimated_unseen is not None:
        yield out.pick(
            f"推估兩份清冊都沒看到的約 {found.estimated_unseen:.0f} 項（Chapman 估計，屬推論）。",
            f"About {found.estimated_unseen:.0f} are in neither (Chapman estimate, an inference).",
        )
    yield from (f"! {caution}" for caution in found.cautions)
    for word, assets in ((found.a, found.only_a), (found.b, found.only_b)):
        yield from (f"  {out.pick('僅在', 'only in')} {word}  {each}" for each in assets[:SHOWN])
