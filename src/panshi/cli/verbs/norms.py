"""`panshi framework import|versions|overlap|confirm|…`: texts side by side, and over time."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole, write_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, open_node
from panshi.errors import UsageError
from panshi.governance.norms.changes import Difference
from panshi.governance.norms.clauses import Clause, Norm
from panshi.governance.norms.confirming import Decision
from panshi.governance.norms.impact import Effect
from panshi.governance.norms.library_file import MOST_BYTES, read_norm
from panshi.model.control import MappingRelation
from panshi.node import norm_impact, norms
from panshi.node.node import Node
from panshi.report.norm_answers import (
    burden_answer,
    difference_answer,
    impact_answer,
    pair_answers,
)
from panshi.report.oscal.norm_mapping import norm_mapping

TEXT_WIDTH = 40
"Characters of a title in a table on a terminal."


def arguments(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the sub-verbs about norms."""
    taking = verbs.add_parser("import", help="take a norm into the library: YAML or OSCAL")
    taking.add_argument("file", type=Path)
    taking.add_argument("--as", dest="name", default="", help="its id in the library")
    taking.add_argument("--version", default="")
    taking.add_argument("--valid-from", type=_day, default=None)
    taking.add_argument("--valid-until", type=_day, default=None, help="first day without force")
    versions = verbs.add_parser("versions", help="every version in the library")
    versions.add_argument("norm", nargs="?")
    comparing = verbs.add_parser("overlap", help="candidates, conflicts and gaps of two norms")
    _two_norms(comparing)
    comparing.add_argument("--top", type=int, default=10, help="counterparts per clause")
    comparing.add_argument("--only", choices=("conflict", "gap", "decided"), default=None)
    comparing.add_argument("--oscal", type=Path, default=None, help="write a mapping collection")
    for name, said in (("confirm", "confirm"), ("reject", "reject"), ("withdraw", "take back")):
        saying = verbs.add_parser(name, help=f"{said} a candidate pair, with a reason")
        saying.add_argument("a", help="<norm>/<clause>, e.g. zt36/1-1")
        saying.add_argument("b", help="<norm>/<clause>")
        saying.add_argument("--reason", required=True)
        if name == "confirm":
            words = [each.value for each in MappingRelation if each is not MappingRelation.NONE]
            saying.add_argument("--relation", choices=words, default="")
    changed = verbs.add_parser("diff", help="what changed between two versions")
    changed.add_argument("old", help="norm, norm@version or a file")
    changed.add_argument("new")
    foreseen = verbs.add_parser("impact", help="what adopting a text would change today")
    foreseen.add_argument("text", help="a version in the library, or a file (also one clause)")
    foreseen.add_argument("--estate", default=None)
    foreseen.add_argument("--gate", action="store_true", help="exit 1 where a clause would fail")
    weight = verbs.add_parser("burden", help="which evidence serves which clauses")
    weight.add_argument("frameworks", nargs="*")


def _two_norms(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("a", help="norm, norm@version or a file")
    parser.add_argument("b", help="norm, norm@version or a file")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a date", remedy="write 2026-09-30") from error


def _import(args: argparse.Namespace, out: Output) -> Exit:
    raw = read_whole(args.file, MOST_BYTES)
    with open_node() as node:
        found = norms.import_norm(
            node,
            raw,
            file=args.file.name,
            actor=actor(),
            name=args.name,
            version=args.version,
            valid_from=args.valid_from,
            valid_until=args.valid_until,
        )
    out.answer(found, lambda: (f"{found.key}  {found.clauses:,}  {found.sha256}",))
    return Exit.DONE


def _versions(args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        rows = [each for each in norms.norms(node) if args.norm in {None, each.id}]
    if not rows:
        raise UsageError(f"there is no norm {args.norm!r}", remedy="panshi framework versions")
    header = (
        out.pick("規範", "norm"),
        out.pick("生效", "from"),
        out.pick("失效", "until"),
        out.pick("條文", "clauses"),
        out.pick("來源", "source"),
        "SHA-256",
    )
    out.answer(
        rows,
        lambda: table(
            header,
            (
                (
                    each.key,
                    each.valid_from or "–",
                    each.valid_until or "–",
                    each.clauses,
                    each.format if each.imported else out.pick("內建", "shipped"),
                    each.sha256[:16],
                )
                for each in rows
            ),
        ),
    )
    return Exit.DONE


def _overlap(args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        found = norms.overlap_of(node, _norm(node, args.a), _norm(node, args.b))
        explain = norms.explaining(node, found)
        now = node.clock()
    if args.oscal is not None:
        write_whole(args.oscal, norm_mapping(found, now))
    comparison = found.comparison
    if args.only == "gap":
        gaps = {"a": comparison.gaps, "b": comparison.reverse_gaps}
        out.answer(gaps, lambda: (*comparison.gaps, "", *comparison.reverse_gaps))
        return Exit.DONE
    pairs = pair_answers(found, explain, top=args.top)
    if args.only:
        pairs = tuple(
            each
            for each in pairs
            if (each.conflict if args.only == "conflict" else each.decided_by)
        )
    out.answer(
        pairs,
        lambda: table(
            ("a", "b", out.pick("關係", "relation"), out.pick("相近", "score"), "", ""),
            (
                (
                    each.a,
                    each.b,
                    each.relation,
                    f"{each.score:.2f}",
                    each.state if each.decided_by else "",
                    out.pick("、", ", ").join(each.shared_terms[:4]),
                )
                for each in pairs
                if each.relation != MappingRelation.NONE or args.only
            ),
        ),
    )
    return Exit.DONE


def _decide(decision: Decision) -> Callable[[argparse.Namespace, Output], Exit]:
    def run(args: argparse.Namespace, out: Output) -> Exit:
        with open_node() as node:
            sealed = norms.decide(
                node,
                _pair(args.a),
                _pair(args.b),
                decision=decision,
                reason=args.reason,
                actor=actor(),
                relation=getattr(args, "relation", ""),
            )
        out.answer({"id": sealed, "decision": decision}, lambda: (sealed,))
        return Exit.DONE

    return run


def _pair(text: str) -> tuple[str, str]:
    norm, slash, clause = text.partition("/")
    if not slash:
        raise UsageError(f"{text!r} names no clause", remedy="write <norm>/<clause>")
    return norm, clause


def _diff(args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        found = norms.difference_of(_norm(node, args.old), _norm(node, args.new))
    out.answer(difference_answer(found), lambda: _diff_lines(found, out))
    return Exit.DONE


def _diff_lines(found: Difference, out: Output) -> Iterable[str]:
    yield out.pick(
        f"{len(found.changes)} 條有變動，{found.unchanged} 條未變。",
        f"{len(found.changes)} clauses changed, {found.unchanged} did not.",
    )
    yield from table(
        (out.pick("舊", "old"), out.pick("新", "new"), out.pick("變動", "change"), ""),
        (
            (
                each.old.id if each.old else "–",
                each.new.id if each.new else "–",
                " ".join(each.kinds),
                _title(each.new or each.old, out),
            )
            for each in found.changes
        ),
    )


def _impact(args: argparse.Namespace, out: Output) -> Exit:
    path = Path(args.text)
    with open_node() as node:
        if path.is_file():
            proposed = norm_impact.proposal(read_whole(path, MOST_BYTES), file=path.name)
        else:
            proposed = norm_impact.proposal_of(node, args.text)
        found = norm_impact.impact(node, proposed, args.estate)
    answer = impact_answer(found.outlook, found.estate)
    told = [each for each in found.outlook.impacts if each.effect is not Effect.SAME]
    out.answer(
        answer,
        lambda: (
            "  ".join(f"{name} {count}" for name, count in answer.counts.items()),
            *table(
                (
                    out.pick("條文", "clause"),
                    out.pick("影響", "effect"),
                    out.pick("今日", "today"),
                    out.pick("採行後", "then"),
                    out.pick("不符項目", "failing"),
                    out.pick("未見", "unseen"),
                ),
                (
                    (
                        each.clause,
                        each.effect,
                        each.before or "–",
                        each.after or "–",
                        f"{each.failing[0]} → {each.failing[1]}",
                        each.unseen[1],
                    )
                    for each in told
                ),
            ),
        ),
    )
    return Exit.NOT_GOOD_ENOUGH if args.gate and found.worse else Exit.DONE


def _burden(args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        found = norm_impact.evidence_burden(node, tuple(args.frameworks))
    answer = burden_answer(found.burden, found.connected, found.steps, found.covered)
    connected = set(found.connected)
    out.answer(
        answer,
        lambda: (
            out.pick(
                f"{answer.kinds} 種證據支應 {answer.clauses} 條，已接通者 {answer.covered} 條。",
                f"{answer.kinds} kinds of evidence serve {answer.clauses} clauses, "
                f"those connected {answer.covered}.",
            ),
            *table(
                (out.pick("證據", "evidence"), out.pick("條文", "clauses"), ""),
                (
                    (each.evidence, len(each.clauses), "✓" if each.evidence in connected else "")
                    for each in found.burden.served
                ),
            ),
        ),
    )
    return Exit.DONE


def _norm(node: Node, name: str) -> Norm:
    """Read a norm from the library, or from a file that was not taken in."""
    path = Path(name)
    if path.is_file():
        return read_norm(read_whole(path, MOST_BYTES), source=path.name).norm
    return norms.norm(node, name)


def _title(clause: Clause | None, out: Output) -> str:
    if clause is None:
        return ""
    zh, en = clause.title
    return (out.pick(zh or en, en or zh) or clause.words(0) or clause.words(1))[:TEXT_WIDTH]


HANDLERS: dict[str, Callable[[argparse.Namespace, Output], Exit]] = {
    "import": _import,
    "versions": _versions,
    "overlap": _overlap,
    "confirm": _decide(Decision.CONFIRMED),
    "reject": _decide(Decision.REJECTED),
    "withdraw": _decide(Decision.WITHDRAWN),
    "diff": _diff,
    "impact": _impact,
    "burden": _burden,
}
