"""`panshi sbom findings`: vulnerable packages of all systems, filtered, in any order."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import bounded, moment, open_node
from panshi.errors import UsageError
from panshi.node.supply_chain.portfolio import Page, findings
from panshi.node.supply_chain.portfolio.choosing import chosen
from panshi.protection.supply_chain.findings.finding import Sort, State

MOST = 5_000
TEXTS = {
    "vulnerability": "a CVE or advisory",
    "package": "a purl, with or without version, or ecosystem/name",
    "text": "a part of the vulnerability's name or of the purl",
    "service": "only systems this service rests on",
    "supplier": "only systems of this supplier",
    "system": "only these systems, apart by commas",
    "status": "affected, unknown, under_investigation, fixed, not_affected; apart by commas",
    "ssvc": "act, attend, track*, track; apart by commas",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take filters, order and page."""
    for name, text in TEXTS.items():
        parser.add_argument(f"--{name}", default="", help=text)
    parser.add_argument("--state", choices=[str(each) for each in State], default="open")
    parser.add_argument("--kev", action="store_true", help="only those known to be exploited")
    parser.add_argument("--critical", action="store_true", help="only below critical services")
    parser.add_argument("--epss", type=float, default=None, metavar="SHARE", help="at least")
    parser.add_argument("--severity", type=float, default=None, metavar="CVSS", help="at least")
    parser.add_argument("--due", type=_day, default=None, metavar="DATE", help="due by then")
    parser.add_argument("--since", type=moment, default=None, metavar="TIME", help="first seen")
    parser.add_argument("--until", type=moment, default=None, metavar="TIME", help="first seen")
    parser.add_argument("--sort", choices=[str(each) for each in Sort], default="ssvc")
    parser.add_argument("--reverse", action="store_true", help="least urgent first")
    parser.add_argument("--after", default="", help="`next` of the page before")
    parser.add_argument("--limit", type=bounded(1, MOST), default=50)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Print one page."""
    filters = chosen(
        state=State(args.state),
        vulnerability=args.vulnerability,
        package=args.package,
        text=args.text,
        systems=args.system,
        service=args.service,
        supplier=args.supplier,
        statuses=args.status,
        ssvc=args.ssvc,
        kev=args.kev or None,
        critical=args.critical or None,
        epss_at_least=args.epss,
        severity_at_least=args.severity,
        due_until=args.due,
        first_seen_since=args.since,
        first_seen_until=args.until,
    )
    with open_node() as node:
        page = findings(
            node,
            filters=filters,
            sort=Sort(args.sort),
            reverse=args.reverse,
            after=args.after,
            limit=args.limit,
        )
    out.answer(page, lambda: _lines(page, out))
    return Exit.DONE


def _lines(page: Page, out: Output) -> Iterator[str]:
    yield out.pick(f"{page.total:,} 項發現", f"{page.total:,} findings")
    header = out.pick(
        "處置,期限,KEV,EPSS,CVSS,漏洞,狀態,套件,系統",
        "decision,due,KEV,EPSS,CVSS,vulnerability,status,package,system",
    ).split(",")
    yield from table(
        header,
        (
            (
                each.ssvc or "–",
                each.due or "–",
                "KEV" if each.kev else "–",
                "–" if each.epss is None else f"{each.epss:.3f}",
                "–" if each.severity is None else f"{each.severity:.1f}",
                each.vulnerability,
                each.status,
                each.purl,
                each.system,
            )
            for each in page.items
        ),
    )
    if page.next:
        yield out.pick(f"下一頁：--after {page.next}", f"next page: --after {page.next}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text[:40]!r} is no date", remedy="write 2026-12-31") from error
