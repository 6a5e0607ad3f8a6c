"""`panshi sbom show FILE`: what a document says of itself, and its components.

`--find TEXT` narrows to components whose name or purl has the text.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import bounded
from panshi.node.supply_chain.documents import LISTED, Shown, show

PLACES = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the file and what to look for."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a bill of materials")
    parser.add_argument("--find", default="", metavar="TEXT", help="a part of name or purl")
    parser.add_argument(
        "--limit", type=bounded(1, 1_000_000), default=LISTED, metavar="N", help=f"({LISTED})"
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Read the document and print it."""
    shown = show(args.file, name=str(args.file), text=args.find, limit=args.limit)
    out.answer(shown, lambda: _lines(shown, out))
    return Exit.DONE


def _lines(shown: Shown, out: Output) -> Iterator[str]:
    about = shown.about
    yield out.pick(
        f"{about.subject or '未說明對象'}：{about.format} {about.spec_version}，"
        f"{about.components:,} 個元件，{about.dependencies:,} 項相依，"
        f"{about.statements} 項 VEX 聲明",
        f"{about.subject or 'subject not told'}: {about.format} {about.spec_version}, "
        f"{about.components:,} components, {about.dependencies:,} dependencies, "
        f"{about.statements} statements on exploitability",
    )
    yield out.pick("製作：", "made: ") + (about.created or "–") + "  " + ", ".join(about.tools)
    yield f"SHA-256 {about.digest}  {about.size:,} B"
    for place in shown.defects[:PLACES]:
        yield f"  {place.place or '/'}: {place.problem}"
    header = out.pick("名稱,版本,類型,授權,purl", "name,version,type,licence,purl").split(",")
    rows = ((p.name, p.version, p.type, p.licence, p.purl) for p in shown.parts)
    yield from table(header, rows)
    if shown.left_out:
        yield out.pick(f"另有 {shown.left_out:,} 個", f"{shown.left_out:,} more")
