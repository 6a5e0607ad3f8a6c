"""`panshi sbom check FILE...`: is it valid, what is it worth, how old is it.

Each document is held to the official schema of its version and to the rules beyond it, read, and
measured against the minimum elements of NTIA and BSI. A file that is no bill of materials is named
and does not cost the others. With `--gate` an invalid document, or one that falls below
`--least` or is older than `--oldest` days, makes the exit code 1.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, percent, table
from panshi.cli.verbs.opening import bounded
from panshi.errors import BadInputError
from panshi.node.supply_chain.documents import Checked, check
from panshi.protection.supply_chain.bom.criteria import UNJUDGED
from panshi.protection.supply_chain.bom.freshness import OLDEST, Age

PLACES = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take files and the gate."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="bills of materials")
    parser.add_argument("--gate", action="store_true", help="exit 1 where one is not good enough")
    parser.add_argument(
        "--least",
        type=bounded(0, 100),
        default=0,
        metavar="PERCENT",
        help="lowest NTIA score the gate lets pass (0)",
    )
    parser.add_argument(
        "--oldest", type=bounded(0, 36_500), default=OLDEST, metavar="DAYS", help=f"({OLDEST})"
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Check each file; refused ones are told on standard error."""
    day = datetime.now(UTC).date()
    checked: list[Checked] = []
    refused = 0
    for file in args.files:
        try:
            checked.append(check(file, name=str(file), day=day, oldest=args.oldest))
        except BadInputError as error:
            out.note(str(error))
            refused += 1
    out.answer(checked, lambda: _lines(checked, out))
    if refused:
        return Exit.BAD_INPUT
    fails = any(not _good(each, args.least / 100) for each in checked)
    return Exit.NOT_GOOD_ENOUGH if args.gate and fails else Exit.DONE


def _good(each: Checked, least: float) -> bool:
    score = each.quality.profiles[0].score
    return each.valid and each.freshness.age is Age.FRESH and (score or 0.0) >= least


def _lines(checked: list[Checked], out: Output) -> Iterator[str]:
    for each in checked:
        about = each.about
        verdict = (
            out.pick("符合規格", "valid")
            if each.valid
            else out.pick(
                f"不符規格，{len(each.schema)} 處", f"not valid, {len(each.schema)} places"
            )
        )
        yield out.pick(
            f"{each.file}：{about.format} {about.spec_version}，{verdict}；"
            f"{about.components:,} 個元件，{each.unreadable} 個無法讀取；{each.freshness.zh}",
            f"{each.file}: {about.format} {about.spec_version}, {verdict}; "
            f"{about.components:,} components, {each.unreadable} unreadable; {each.freshness.en}",
        )
        for place in (*each.schema, *each.defects)[:PLACES]:
            yield f"  {place.place or '/'}: {place.problem}"
        for score in each.quality.profiles:
            weakest = out.pick(score.weakest_zh, score.weakest)
            yield (
                f"  {score.profile.upper()} {percent(score.score)}"
                + (out.pick(f"；最弱：{weakest}", f"; weakest: {weakest}") if weakest else "")
            )
        header = out.pick("  要素,已具備,母體,比率", "  element,met,of,share").split(",")
        rows = (
            (f"  {m.profile.upper()} {out.pick(m.zh, m.en)}", m.met, m.of, percent(m.share))
            for m in each.quality.measures
        )
        yield from table(header, rows)
    unjudged = "；".join(zh for zh, _ in UNJUDGED), "; ".join(en for _, en in UNJUDGED)
    yield out.pick(f"未判定：{unjudged[0]}", f"not judged: {unjudged[1]}")
