"""`panshi secure-dev show SYSTEM`: one system or product over its releases."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, percent, table
from panshi.cli.verbs.opening import moment, open_node
from panshi.node.secure_development.answers import shown_answer
from panshi.node.secure_development.judging import system_shown
from panshi.report.secure_development_answers import ReleaseAnswer, SystemAnswer
from panshi.report.secure_development_words import (
    fact_state_word,
    item_state_word,
    provenance_words,
    system_words,
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which system, at which moment."""
    parser.add_argument("system", help="e.g. system:core-deposit")
    parser.add_argument("--estate", default=None)
    parser.add_argument("--as-of", type=moment, default=None, metavar="DATE")
    parser.add_argument("--practices", action="store_true", help="list every practice")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Judge and tell."""
    with open_node() as node:
        subject = system_shown(node, args.system, args.estate, args.as_of)
        answer = shown_answer(node, subject)
    out.answer(answer, lambda: _lines(answer, out, practices=args.practices))
    return Exit.DONE


def _lines(answer: SystemAnswer, out: Output, *, practices: bool) -> Iterator[str]:
    zh = out.chinese
    yield system_words(answer, chinese=zh)
    yield ""
    header = (
        out.pick("版本", "release"),
        out.pick("日期", "date"),
        "SSDF",
        out.pick("可能", "possible"),
        "SAMM",
        "ASVS",
    )
    yield from table(header, (_release(each) for each in answer["releases"]))
    newest = answer["releases"][-1]
    for each in newest["provenance"]:
        yield f"  {provenance_words(each, chinese=zh)}"
    yield ""
    yield out.pick("證據顯示：", "what evidence shows:")
    yield from table(
        ("", out.pick("事實", "fact"), out.pick("時間", "seen")),
        (
            (
                fact_state_word(fact["state"], chinese=zh),
                fact["title_zh"] if zh else fact["title_en"],
                fact["at"].date() if fact["at"] else "–",
            )
            for fact in newest["facts"]
        ),
    )
    if practices:
        yield ""
        for framework in (newest["ssdf"], newest["samm"]):
            yield from table(
                (framework["framework"].upper(), "", ""),
                (
                    (
                        item["id"],
                        item_state_word(item["state"], chinese=zh),
                        item["gist_zh"] if zh else item["gist_en"],
                    )
                    for item in framework["items"]
                ),
            )
    if answer["gaps"]:
        yield ""
        yield out.pick("最省的下一項證據：", "the cheapest evidence to have next:")
        for gap in answer["gaps"][:5]:
            yield "  " + (gap["get_zh"] if zh else gap["get_en"]) + _worth(gap["practices"], out)


def _release(each: ReleaseAnswer) -> tuple[object, ...]:
    return (
        each["release"] or "–",
        each["at"].date(),
        percent(each["ssdf"]["evidenced"]),
        percent(each["ssdf"]["possible"]),
        f"{each['samm']['score']:.2f}",
        f"L{each['asvs']['reached']}" if each["asvs"]["reached"] else "–",
    )


def _worth(practices: int, out: Output) -> str:
    if not practices:
        return ""
    return out.pick(f"（直接證實 {practices} 項）", f" (shows {practices} at once)")
