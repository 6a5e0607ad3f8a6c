"""`panshi report …`: write a report as PDF, DOCX, XLSX or JSON, or the examiner's bundle."""

from __future__ import annotations

import argparse
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import sha256_of, write_whole, written_whole
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, everywhere, moment, open_node
from panshi.errors import UsageError
from panshi.node.reporting import FORMS, Asking, Form, Report, compose, rendered

BUNDLE = "bundle"
HELP = {
    Report.BOARD: "the board pack: at most eight pages, pictures first",
    Report.QUARTERLY: "the quarterly return to the supervisor",
    Report.STATEMENT: "the yearly statement as it was sealed",
    Report.YEARLY: "the CISO's yearly report to the board, to be edited",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb for each report."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="REPORT")
    for report, told in HELP.items():
        verb = verbs.add_parser(report, help=told)
        _scope(verb)
        _period(verb, report)
        verb.add_argument("--format", choices=FORMS[report], default=None, help="default: by --out")
    bundle = verbs.add_parser(
        BUNDLE, help="the examiner's bundle: report, data, proofs and their verifier in a ZIP"
    )
    _scope(bundle)
    bundle.add_argument(
        "--controls", nargs="+", default=(), metavar="ID", help="only these controls (default: all)"
    )
    bundle.add_argument(
        "--personal",
        action="store_true",
        help="include bodies that may hold personal data; their proofs hold without them",
    )
    everywhere(verbs)


def _scope(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--out", type=Path, required=True, metavar="FILE")
    verb.add_argument("--framework", default="zt36", help="framework id (default zt36)")
    verb.add_argument("--estate", default=None, help="estate id (default: the first one)")
    verb.add_argument("--as-of", type=moment, default=None, metavar="DATE")


def _period(verb: argparse.ArgumentParser, report: Report) -> None:
    match report:
        case Report.QUARTERLY:
            verb.add_argument("--quarter", dest="period", default="", metavar="2026Q3")
        case Report.STATEMENT | Report.YEARLY:
            verb.add_argument("--number", dest="period", default="", help="default: the newest")
        case Report.BOARD:
            verb.set_defaults(period="")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Compose, render and write one report."""
    if args.action == BUNDLE:
        return _bundle(args, out)
    report = Report(args.action)
    form = _form(args, report)
    with open_node() as node, out.progress(out.pick("判定", "judging")) as progress:
        asking = Asking(
            report=report,
            chinese=out.chinese,
            estate=args.estate,
            framework=args.framework,
            as_of=args.as_of,
            period=args.period,
        )
        document = compose(node, asking, progress)
        made = rendered(document, form)
        write_whole(args.out, made.content)
        node.audit(actor(), f"report.{report}", document.source.estate, detail=made.sha256)
    answer = {
        "file": str(args.out),
        "report": report,
        "format": form,
        "language": "zh-TW" if out.chinese else "en",
        "as_of": document.as_of,
        "sha256": made.sha256,
        "bytes": len(made.content),
        "pages": made.pages,
        "figures": made.figures,
    }
    pages = out.pick(f"，{made.pages} 頁", f", {made.pages} pages") if made.pages else ""
    out.answer(answer, lambda: (f"{args.out}  {len(made.content):,} bytes{pages}", made.sha256))
    return Exit.DONE


def _bundle(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.bundling import Scope, write_bundle

    scope = Scope(
        framework=args.framework,
        controls=tuple(args.controls),
        estate=args.estate,
        as_of=args.as_of,
        chinese=out.chinese,
        personal=args.personal,
    )
    with open_node() as node, out.progress(out.pick("證明", "proofs")) as progress:
        with written_whole(args.out) as file:
            made = write_bundle(node, file, scope, progress=progress)
            size = file.tell()
        digest = sha256_of(args.out)
        withheld = "" if args.personal else "personal bodies withheld; "
        node.audit(actor(), "report.bundle", args.framework, detail=f"{withheld}{digest}")
        key = str(node.signer.key)
    answer = {
        "file": str(args.out),
        "report": BUNDLE,
        "framework": args.framework,
        "as_of": made.as_of,
        "sha256": digest,
        "bytes": size,
        "controls": made.controls,
        "observations": made.observations,
        "verifier_key": key,
    }
    out.answer(
        answer,
        lambda: (
            out.pick(
                f"{args.out}  {size:,} bytes，{made.controls} 項控制措施，"
                f"{made.observations:,} 筆觀測",
                f"{args.out}  {size:,} bytes, {made.controls} controls, "
                f"{made.observations:,} observations",
            ),
            digest,
            key,
        ),
    )
    return Exit.DONE


def _form(args: argparse.Namespace, report: Report) -> Form:
    """Give the form asked for, or the one the file's name ends with."""
    ending = args.format or args.out.suffix.removeprefix(".").lower()
    known = FORMS[report]
    if not ending:
        return known[0]
    if ending not in known:
        raise UsageError(
            f"{report} is not written as {ending!r}", remedy=f"--format {', '.join(known)}"
        )
    return Form(ending)
