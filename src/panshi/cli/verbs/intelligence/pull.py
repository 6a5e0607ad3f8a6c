"""`panshi intel pull [URL]`: fetch intelligence from TAXII 2.1 servers, what is new since then.

What broke off is gone on with; what is known is not taken twice.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, open_node
from panshi.node.alliance.intelligence.pulling import LIMIT, Pulled, pull
from panshi.node.alliance.intelligence.sources import Given, keep_source, source_of

LONGEST_SECRET = 16 * 1024


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take an address and what is said of it; without one all sources are asked."""
    parser.add_argument("url", nargs="?", default="", help="discovery, API root or collection")
    parser.add_argument("--name", default="", help="what the source is called here")
    parser.add_argument("--collection", action="append", default=[], help="id, alias or title")
    parser.add_argument("--reliability", default="", choices=list("ABCDEF"), metavar="A-F")
    parser.add_argument("--report-to", default="", help="collection that takes our sightings")
    parser.add_argument("--token-file", type=Path, help="file that holds a bearer token")
    parser.add_argument("--user", default="")
    parser.add_argument("--password-file", type=Path)
    parser.add_argument("--ca-file", default="", help="authority of its certificate, PEM")
    parser.add_argument("--anew", action="store_true", help="ask for everything again")
    parser.add_argument("--page", type=bounded(1, 10_000), default=LIMIT, help="objects a page")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Pull; exit 4 where a source could not be pulled to its end."""
    with open_node() as node, out.progress(out.pick("取回情資", "pulling")) as told:
        names: tuple[str, ...] = (args.name,) if args.name else ()
        if args.url:
            given = Given(
                name=args.name,
                reliability=args.reliability,
                collections=tuple(args.collection),
                report_to=args.report_to,
                token=_secret(args.token_file),
                user=args.user,
                password=_secret(args.password_file),
                ca_file=args.ca_file,
            )
            place = keep_source(node, source_of(node, args.url, given), actor=actor())
            names = (place.name,)
        found = tuple(
            pull(
                node,
                names,
                actor=actor(),
                anew=args.anew,
                limit=args.page,
                taken=lambda _name, count: told(count),
            )
        )
    out.answer(found, lambda: _lines(found, out))
    return Exit.INCOMPLETE if any(each.problem for each in found) else Exit.DONE


def _secret(path: Path | None) -> str:
    return read_whole(path, LONGEST_SECRET).decode("ascii", "replace").strip() if path else ""


def _lines(found: tuple[Pulled, ...], out: Output) -> Iterator[str]:
    new = sum(each.new for each in found)
    yield out.pick(
        f"取得 {new:,} 個新物件，{sum(each.newer for each in found):,} 個較新版本。",
        f"{new:,} new objects, {sum(each.newer for each in found):,} newer versions.",
    )
    header = out.pick(
        "來源,集合,物件,新,較新,退,頁,狀態",
        "source,collection,objects,new,newer,refused,pages,state",
    )
    yield from table(
        header.split(","),
        (
            (
                each.source,
                each.title or each.collection,
                f"{each.objects:,}",
                f"{each.new:,}",
                f"{each.newer:,}",
                f"{each.refused:,}",
                f"{each.pages:,}",
                each.problem or _state(each, out),
            )
            for each in found
        ),
    )
    for each in found:
        if each.remedy:
            yield f"{each.source}: {each.remedy}"


def _state(each: Pulled, out: Output) -> str:
    if each.resumed:
        return out.pick("接續前次完成", "went on, complete")
    return out.pick("完成", "complete")
