"""`panshi sbom generate`: a bill of materials of this machine's own software.

Debian packages and Python environments, as CycloneDX 1.6 or SPDX 2.3. SOURCE_DATE_EPOCH, where it
is set, is the time written, so that a build can be repeated to the byte.
"""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import write_whole
from panshi.cli.output import Output
from panshi.cli.verbs.opening import moment
from panshi.errors import UsageError
from panshi.node.supply_chain.own_bill import What, own_bill
from panshi.observe.bom.writing import Form
from panshi.observe.this_machine.machine import Machine


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to list and how to write it."""
    parser.add_argument("--what", type=What, choices=list(What), default=What.ALL)
    parser.add_argument(
        "--environment", default="", metavar="PATH", help="one Python environment only"
    )
    parser.add_argument("--format", type=Form, choices=list(Form), default=Form.CYCLONEDX_JSON)
    parser.add_argument("--output", type=Path, default=None, metavar="FILE", help="(printed)")
    parser.add_argument("--created", type=moment, default=None, metavar="TIME", help="(now)")
    parser.add_argument("--root", type=Path, default=Path("/"), help="another root folder (/)")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """List the software and write the document."""
    bill = own_bill(
        Machine(root=args.root),
        created=args.created or _now(),
        what=args.what,
        environment=str(Path(args.environment).absolute()) if args.environment else "",
    )
    for each in bill.broken:
        out.note(each)
    raw = bill.written(args.format)
    if args.output is None:
        out.stream.write(raw.decode())
        return Exit.DONE
    write_whole(args.output, raw)
    told = {"file": str(args.output), "components": bill.head.components, "size": len(raw)}
    out.answer(
        told,
        lambda: [
            out.pick(
                f"{args.output}：{bill.head.components:,} 個元件",
                f"{args.output}: {bill.head.components:,} components",
            )
        ],
    )
    return Exit.DONE


def _now() -> datetime:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.now(UTC)
    if not epoch.isascii() or not epoch.isdecimal() or len(epoch) > len("9999999999"):
        raise UsageError(f"SOURCE_DATE_EPOCH is {epoch[:40]!r}", remedy="give seconds since 1970")
    return datetime.fromtimestamp(int(epoch), UTC)
