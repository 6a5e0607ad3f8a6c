"""`panshi soc report …`: the sector's threat reports, and the bulletin for partners abroad.

panshi soc report weekly --lang zh --out week.pdf            also .html .docx .xlsx .json .stix.json
panshi soc report quarterly --period 2026Q4 --out quarter.pdf
panshi soc report bulletin --lang en --out bulletin.stix.json
panshi soc report weekly --publish sector                    into a TAXII collection of this hub
"""

from __future__ import annotations

import argparse
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import write_whole
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.errors import UsageError
from panshi.node.alliance.hub import check_hub
from panshi.node.alliance.threat_reports import (
    ENDINGS,
    ThreatAsking,
    ThreatForm,
    publish,
    threat_file,
)
from panshi.report.threat.facts import ThreatReport


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which report, of when, where to."""
    parser.add_argument("report", choices=tuple(ThreatReport))
    parser.add_argument("--period", default="", metavar="2026W47|2026Q4|2026-11-21")
    parser.add_argument("--community", default="", help="circle a bulletin is written for")
    parser.add_argument("--out", type=Path, default=None, metavar="FILE")
    parser.add_argument(
        "--format", choices=tuple(ThreatForm), default=None, help="default: by --out"
    )
    parser.add_argument("--publish", default="", metavar="COLLECTION")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Write a report, publish it, or both."""
    if args.out is None and not args.publish:
        raise UsageError("nothing says where to", remedy="--out FILE or --publish COLLECTION")
    asking = ThreatAsking(
        report=ThreatReport(args.report),
        chinese=out.chinese,
        period=args.period,
        community=args.community,
    )
    answer: dict[str, object] = {"report": asking.report, "lang": "zh-TW" if out.chinese else "en"}
    with open_node() as node:
        check_hub(node)
        if args.out is not None:
            made = threat_file(node, asking, _form(args))
            write_whole(args.out, made.content)
            node.audit(actor(), f"report.threat_{asking.report}", made.name, detail=made.sha256)
            answer |= {"file": str(args.out), "bytes": len(made.content), "sha256": made.sha256}
        if args.publish:
            status = publish(node, asking, args.publish, actor=actor())
            answer |= {"collection": args.publish, "objects": len(status.objects)}
    out.answer(answer, lambda: tuple(f"{name}  {value}" for name, value in answer.items()))
    return Exit.DONE


def _form(args: argparse.Namespace) -> ThreatForm:
    """Give the form asked for, or the one the file's name ends with."""
    if args.format:
        return ThreatForm(args.format)
    name = args.out.name.lower()
    found = [form for form, ending in ENDINGS.items() if name.endswith(f".{ending}")]
    if not found:
        raise UsageError(f"{args.out.name} tells no form", remedy="--format pdf|html|stix|…")
    return max(found, key=lambda form: len(ENDINGS[form]))
