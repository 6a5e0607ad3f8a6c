"""`panshi sbom match FILE...`: what is known against the components of bills of materials.

One answer per file, with `--json` one object a line. A file that cannot be read is named and does
not cost the others. `--gate` makes findings an exit code of 1; statements on exploitability come
from files (`--vex`) or from the home's own decisions (`--home-vex`).
"""

from __future__ import annotations

import argparse
import gc
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from panshi import __version__
from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.errors import BadInputError, UsageError
from panshi.node.home import Home
from panshi.node.supply_chain.feed_marks import ages_of
from panshi.node.supply_chain.gate import FailOn, severity_score, stopping
from panshi.node.supply_chain.match import Matched, match_bill
from panshi.store.advisories import AdvisoryStore

if TYPE_CHECKING:
    from panshi.protection.supply_chain.vex import Statements
    from panshi.store.advisory_snapshot import Snapshot

SHOWN = 200
COLLECTED_AFTER = 500_000
"""New objects before the collector looks for rings; matching makes none."""
STATUSES = {
    "affected": "受影響",
    "unknown": "無法判定",
    "under_investigation": "調查中",
    "not_affected": "不受影響",
    "fixed": "已修補",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take files, the gate, and where statements come from."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="bills of materials")
    parser.add_argument("--gate", action="store_true", help="exit 1 where a finding stops")
    parser.add_argument(
        "--fail-on",
        default="",
        metavar="WHAT",
        help=f"what stops: {', '.join(FailOn)}; several apart by commas (implies --gate)",
    )
    parser.add_argument("--allow-unknown", action="store_true", help="let pass what cannot be told")
    parser.add_argument("--sarif", type=Path, default=None, metavar="OUT", help="write SARIF 2.1.0")
    parser.add_argument(
        "--vex",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="take statements on exploitability from a file; repeat",
    )
    parser.add_argument(
        "--vex-key",
        action="append",
        default=[],
        metavar="KEY",
        help="key that must have signed a --vex file: the key itself or a file; repeat",
    )
    parser.add_argument(
        "--allow-unsigned-vex",
        action="store_true",
        help="take --vex files nobody approved; each finding that rests on one says so",
    )
    parser.add_argument(
        "--system", default="", metavar="ASSET", help="hear statements confined to this system"
    )
    parser.add_argument(
        "--home-vex", action="store_true", help="take the decisions and statements of this home"
    )
    parser.add_argument(
        "--on", type=_day, default=None, metavar="DATE", help="the day statements must hold"
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Match file by file, answer each at once, then say whether the gate holds."""
    gc.set_threshold(COLLECTED_AFTER)
    criteria = _criteria(args)
    on = args.on or datetime.now(UTC).astimezone().date()
    home = Home.locate(os.environ)
    voices = _voices(args, out)
    matched: list[Matched] = []
    refused, stopped = 0, 0
    with AdvisoryStore.open(home.path, readonly=True) as store, store.reading() as snapshot:
        for each in ages_of(store, datetime.now(UTC)):
            if each.stale:
                out.note(out.pick(f"{each.zh}，判定可能不足。", f"{each.en}; more may be known."))
        for file in args.files:
            try:
                with out.progress(str(file)) as tell:
                    found = match_bill(
                        file, snapshot, on=on, voices=voices, system=args.system, tell=tell
                    )
            except BadInputError as error:
                refused += 1
                _refused(file, error, out)
                continue
            stops = sum(
                1 for _ in stopping(found, criteria, snapshot, unknown=not args.allow_unknown)
            )
            stopped += stops
            _answer(found, out)
            if args.sarif is not None:
                matched.append(found)
        if args.sarif is not None:
            _write_sarif(args.sarif, matched, snapshot)
    if criteria and stopped:
        out.note(out.pick(f"{stopped} 項發現未通過閘門", f"{stopped} findings stop at the gate"))
    gc.freeze()  # a process that ends need not look once more for what could be freed
    if refused:
        return Exit.BAD_INPUT
    return Exit.NOT_GOOD_ENOUGH if criteria and stopped else Exit.DONE


def _criteria(args: argparse.Namespace) -> tuple[FailOn, ...]:
    named = [each.strip() for each in args.fail_on.split(",") if each.strip()]
    unknown = [each for each in named if each not in set(FailOn)]
    if unknown:
        raise UsageError(
            f"{unknown[0]!r} is nothing to fail on", remedy=f"one of {', '.join(FailOn)}"
        )
    if named:
        return tuple(map(FailOn, named))
    return (FailOn.ANY,) if args.gate else ()


def _voices(args: argparse.Namespace, out: Output) -> Statements | None:
    if not args.vex and not args.home_vex:
        return None
    from panshi.node.supply_chain.match_statements import heard, with_home

    statements, files = heard(args.vex, keys=args.vex_key, allow_unsigned=args.allow_unsigned_vex)
    for each in files:
        if not each.signed_by:
            out.note(
                out.pick(
                    f"{each.file}：未經核准，依 --allow-unsigned-vex 採計",
                    f"{each.file}: nobody approved it; it counts by --allow-unsigned-vex",
                )
            )
    return with_home(statements) if args.home_vex else statements


def _answer(found: Matched, out: Output) -> None:
    if out.json:
        out.stream.write(msgspec.json.encode(found).decode() + "\n")
        return
    for line in _lines(found, out):
        out.stream.write(line + "\n")


def _refused(file: Path, error: BadInputError, out: Output) -> None:
    if out.json:
        problem = {"problem": error.problem, "place": error.place, "remedy": error.remedy}
        out.stream.write(msgspec.json.encode({"file": str(file), "error": problem}).decode() + "\n")
    out.note(f"panshi: {error}" if str(file) in error.place else f"panshi: {file}: {error}")


def _lines(found: Matched, out: Output) -> Iterator[str]:
    counted = Counter(each.status for each in found.findings)
    unjudged = sum(found.unjudged.values())
    yield out.pick(
        f"{found.file}：{found.components:,} 個元件，{counted['affected']:,} 項受影響、"
        f"{counted['unknown']:,} 項無法判定；{unjudged:,} 個元件無從判斷",
        f"{found.file}: {found.components:,} components, {counted['affected']:,} findings affected"
        f", {counted['unknown']:,} unknown; {unjudged:,} components could not be judged",
    )
    for reason, count in found.unjudged.items():
        yield f"  {count:>6,}  {reason}"
    if found.unreadable:
        yield f"  {found.unreadable:>6,}  " + out.pick("無法讀取", "unreadable")
    if not found.findings:
        return
    header = out.pick("元件,弱點,狀態,修補版本,理由", "component,vulnerability,status,fixed in,why")
    yield from table(
        header.split(","),
        (
            (
                each.purl,
                each.vulnerability + (" KEV" if each.kev else ""),
                out.pick(STATUSES[each.status], each.status),
                each.fixed[0] if each.fixed else "–",
                each.why,
            )
            for each in found.findings[:SHOWN]
        ),
    )
    if len(found.findings) > SHOWN:
        rest = len(found.findings) - SHOWN
        yield out.pick(f"另有 {rest:,} 項，見 --json", f"{rest:,} more, see --json")


def _write_sarif(path: Path, matched: list[Matched], snapshot: Snapshot) -> None:
    from panshi.cli.files import write_whole
    from panshi.report.findings_sarif import Rule, findings_sarif

    rules: dict[str, Rule] = {}
    for finding in (each for one in matched for each in one.findings):
        if finding.vulnerability not in rules:
            record = snapshot.advisory(finding.advisory)
            rules[finding.vulnerability] = Rule(
                finding.vulnerability,
                record.summary if record is not None else "",
                severity_score(finding.advisory, snapshot),
            )
    laid = findings_sarif(
        ((each.file, each.findings) for each in matched), rules.values(), __version__
    )
    write_whole(path, msgspec.json.encode(laid))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text[:40]!r} is no date", remedy="write 2026-09-30") from None
