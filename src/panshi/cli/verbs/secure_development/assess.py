"""`panshi secure-dev assess`: every system of which anything is known."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, percent, table
from panshi.cli.verbs.opening import actor, moment, open_node
from panshi.errors import UsageError
from panshi.node.secure_development.answers import overview_answer
from panshi.node.secure_development.catalogue import shipped
from panshi.node.secure_development.judging import overview, seal_pipelines
from panshi.report.secure_development_answers import OverviewAnswer, SystemRow
from panshi.report.secure_development_words import overview_words


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which estate, which moment, which supplier."""
    parser.add_argument("--estate", default=None)
    parser.add_argument("--as-of", type=moment, default=None, metavar="DATE")
    parser.add_argument("--supplier", default="", help="only what this supplier delivers")
    parser.add_argument("--all", action="store_true", help="also systems nothing is known of")
    parser.add_argument(
        "--seal",
        action="store_true",
        help="seal release.pipeline/1 of each system, on which BP-07 is judged",
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Judge, and seal where asked."""
    if args.seal and args.as_of is not None:
        raise UsageError("the past is not sealed again", remedy="leave --as-of out")
    with open_node() as node:
        if args.seal:
            sealed = seal_pipelines(node, actor=actor(), estate_id=args.estate)
            told = f"已封存 {len(sealed)} 個系統的發布管線觀測"
            out.note(out.pick(told, f"sealed release.pipeline/1 of {len(sealed)} systems"))
        found = overview(node, args.estate, args.as_of)
        answer = overview_answer(found, supplier=args.supplier, unknown_too=args.all)
    out.answer(answer, lambda: _lines(answer, out))
    return Exit.DONE


def _lines(answer: OverviewAnswer, out: Output) -> Iterator[str]:
    yield overview_words(answer, chinese=out.chinese)
    header = (
        out.pick("系統", "system"),
        out.pick("版本", "release"),
        "SSDF",
        out.pick("可能", "possible"),
        "SAMM",
        "ASVS",
        out.pick("來源證明", "provenance"),
        out.pick("最省的下一步", "cheapest next evidence"),
    )
    yield from table(header, (_row(each, out) for each in answer["rows"]))


def _row(each: SystemRow, out: Output) -> tuple[object, ...]:
    fact = shipped().facts.get(each["next_evidence"])
    proof = out.pick("–", "–")
    if each["provenance_proven"]:
        proof = out.pick("已驗證", "verified")
    elif each["provenance_refused"]:
        proof = out.pick("✗ 不成立", "✗ does not hold")
    return (
        each["system"],
        each["release"] or "–",
        percent(each["ssdf"]),
        percent(each["ssdf_possible"]),
        f"{each['samm']:.2f}",
        f"L{each['asvs']}" if each["asvs"] else "–",
        proof,
        out.pick(fact.zh, fact.en) if fact else "",
    )
