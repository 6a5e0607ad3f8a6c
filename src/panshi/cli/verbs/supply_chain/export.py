"""`panshi sbom export FILE --output OUT`: hand a document on, to the byte or in another form.

Without `--format` the original bytes are copied, expanded where they came compressed. With it the
document is converted, and whatever the new form does not carry is told.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import write_whole
from panshi.cli.output import Output, table
from panshi.observe.bom.converting import Converted, convert
from panshi.observe.bom.lossless import original
from panshi.observe.bom.writing import Form


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the file and the form."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a bill of materials")
    parser.add_argument("--output", type=Path, required=True, metavar="OUT")
    parser.add_argument("--format", type=Form, choices=list(Form), default=None)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Write the document and tell what was lost."""
    if args.format is None:
        raw = original(args.file)
        made = Converted(raw=raw, lost=(), defects=())
    else:
        made = convert(args.file, args.format, at=datetime.now(UTC))
    write_whole(args.output, made.raw)
    told = {
        "file": str(args.output),
        "size": len(made.raw),
        "lost": [{"member": each.member, "times": each.times} for each in made.lost],
        "defects": [{"place": each.place, "problem": each.problem} for each in made.defects],
    }
    out.answer(told, lambda: _lines(args.output, made, out))
    return Exit.DONE


def _lines(output: Path, made: Converted, out: Output) -> Iterator[str]:
    if not made.lost:
        yield out.pick(f"{output}：沒有遺失", f"{output}: nothing is lost")
        return
    yield out.pick(
        f"{output}：{len(made.lost)} 種內容無法轉換，仍在原始文件中",
        f"{output}: {len(made.lost)} kinds of content are not carried; the original keeps them",
    )
    header = out.pick("內容,次數", "member,times").split(",")
    yield from table(header, ((each.member, each.times) for each in made.lost))
