"""`panshi zt policy …`: draft, check, try, hand in, approve, restore, list and compare policies.

A set is named by `in-force`, `shipped`, the number of a proposal or the start of a digest; a
working copy by its name; a folder of files by its path.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole, write_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, everywhere, moment, open_node
from panshi.errors import BadInputError, UsageError
from panshi.node.node import Node
from panshi.node.zero_trust import policies as desk
from panshi.node.zero_trust import publishing
from panshi.protection.zero_trust.policies.checking import Report
from panshi.protection.zero_trust.policies.comparing import Tally
from panshi.protection.zero_trust.policies.policy_set import MOST_CHARACTERS, SHORT, PolicySet
from panshi.protection.zero_trust.policies.versions import History, Proposal
from panshi.report.zero_trust_policy_answers import (
    change_answers,
    check_answer,
    history_answer,
    proposal_answer,
    set_answer,
    shadow_answer,
)
from panshi.report.zero_trust_policy_words import (
    change_word,
    history_words,
    state_word,
    tally_words,
)

RULINGS = {
    "approve": "put a proposal in force, as another person than who wrote it",
    "reject": "refuse a proposal",
    "withdraw": "take your own proposal back",
    "review": "look at an emergency restoration afterwards",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="STEP")
    verbs.add_parser("list", help="what is in force, every proposal, every draft")
    shown = verbs.add_parser("show", help="the text of a set, or one proposal with its steps")
    shown.add_argument("what", nargs="?", default=desk.IN_FORCE)
    shown.add_argument("--to", type=Path, metavar="DIR", help="write its files there")
    drafted = verbs.add_parser("draft", help="begin a working copy, or put files in its place")
    drafted.add_argument("name")
    drafted.add_argument("files", nargs="*", type=Path, metavar="FILE")
    drafted.add_argument("--from", dest="source", default=desk.IN_FORCE, metavar="SET")
    drafted.add_argument(
        "--rebase", action="store_true", help="it takes account of what is in force"
    )
    drafted.add_argument("--discard", action="store_true", help="forget it")
    for name, text in (
        ("validate", "check against the schema and the rules of the house; exit 1 on errors"),
        ("test", "run the unit tests; exit 1 where one fails"),
    ):
        verbs.add_parser(name, help=text).add_argument("what", nargs="?", default=desk.IN_FORCE)
    compared = verbs.add_parser("diff", help="what changed between two sets")
    compared.add_argument("old")
    compared.add_argument("new", nargs="?", default=desk.IN_FORCE)
    tried = verbs.add_parser("shadow", help="what a set would have said to recorded requests")
    tried.add_argument("what")
    tried.add_argument("--since", type=moment, default=None, metavar="TIME")
    tried.add_argument("--until", type=moment, default=None, metavar="TIME")
    tried.add_argument("--days", type=int, default=1, help="instead of --since (default: 1)")
    handed = verbs.add_parser("publish", help="hand a draft in; another person approves it")
    handed.add_argument("what", metavar="DRAFT")
    rolled = verbs.add_parser("rollback", help="hand an older set in, or restore it at once")
    rolled.add_argument("what", metavar="SET")
    rolled.add_argument("--emergency", action="store_true", help="at once, reviewed afterwards")
    for name, text in RULINGS.items():
        verbs.add_parser(name, help=text).add_argument("number")
    for name in ("publish", "rollback", *RULINGS):
        verbs.choices[name].add_argument("--why", required=name != "review", default="")
    for each in verbs.choices.values():
        each.add_argument("--estate", default=None)
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Do it, then tell how it stands."""
    with open_node() as node:
        match args.action:
            case "list":
                return _list(node, args, out)
            case "show":
                return _show(node, args, out)
            case "draft":
                return _draft(node, args, out)
            case "validate" | "test":
                return _check(node, args, out)
            case "diff":
                return _diff(node, args, out)
            case "shadow":
                return _shadow(node, args, out)
            case _:
                return _step(node, args, out)


def _list(node: Node, args: argparse.Namespace, out: Output) -> Exit:
    history = desk.history(node, args.estate)
    names = tuple(each.name for each in desk.drafts(node))
    out.answer(history_answer(history, names), lambda: _listed(history, names, out))
    return Exit.DONE


def _listed(history: History, drafts: tuple[str, ...], out: Output) -> Iterator[str]:
    yield history_words(history, chinese=out.chinese)
    if history.proposals:
        header = ("編號", "政策集", "狀態", "送件", "核准", "理由")
        english = ("number", "set", "state", "by", "approved by", "why")
        rows = (
            (
                each.number,
                each.version[:SHORT],
                state_word(each.state, chinese=out.chinese),
                each.author,
                each.approved_by or "–",
                each.why,
            )
            for each in reversed(history.proposals)
        )
        yield from table(header if out.chinese else english, rows)
    for name in drafts:
        yield out.pick(f"草稿 {name}", f"draft {name}")


def _show(node: Node, args: argparse.Namespace, out: Output) -> Exit:
    found = desk.history(node, args.estate).proposal(args.what)
    policies = _named(node, args.what, args.estate)
    if args.to is not None:
        args.to.mkdir(parents=True, exist_ok=True)
        for name, text in _files_of(policies):
            write_whole(args.to / name, text.encode())
    if found is not None and args.to is None:
        out.answer(proposal_answer(found), lambda: _proposal_lines(found, out))
    else:
        out.answer(set_answer(policies), lambda: _set_lines(policies))
    return Exit.DONE


def _set_lines(policies: PolicySet) -> Iterator[str]:
    for name, text in _files_of(policies):
        yield f"// ==== {name}"
        yield text.rstrip("\n")


def _files_of(policies: PolicySet) -> Iterable[tuple[str, str]]:
    yield from ((each.name, each.text) for each in policies.files)
    yield desk.SCHEMA, policies.schema
    yield desk.TESTS, policies.tests


def _proposal_lines(found: Proposal, out: Output) -> Iterator[str]:
    yield f"{found.number}  {found.version[:SHORT]}  {state_word(found.state, chinese=out.chinese)}"
    for each in found.steps:
        void = f"  {out.pick('不計', 'void')}: {each.void}" if each.void else ""
        yield f"  {each.at:%Y-%m-%d %H:%M}  {each.body.step}  {each.body.by}  {each.body.why}{void}"


def _draft(node: Node, args: argparse.Namespace, out: Output) -> Exit:
    if args.discard:
        desk.discard_draft(node, args.name, actor=actor())
        out.answer({"discarded": args.name}, lambda: [out.pick("已捨棄。", "Discarded.")])
        return Exit.DONE
    there = {each.name for each in desk.drafts(node)}
    if args.name not in there:
        desk.begin_draft(node, args.name, actor=actor(), source=args.source, estate_id=args.estate)
    if args.rebase:
        desk.rebase_draft(node, args.name, actor=actor(), estate_id=args.estate)
    if args.files:
        like = desk.draft(node, args.name).policies
        desk.save_draft(node, args.name, _read(args.files, like), actor=actor())
    report = desk.check(desk.draft(node, args.name).policies)
    out.answer(check_answer(report), lambda: _report_lines(report, out))
    return Exit.DONE


def _check(node: Node, args: argparse.Namespace, out: Output) -> Exit:
    report = desk.check(_named(node, args.what, args.estate))
    out.answer(check_answer(report), lambda: _report_lines(report, out))
    if args.action == "test":
        broken = not report.results or any(not each.passed for each in report.results)
        return Exit.NOT_GOOD_ENOUGH if broken else Exit.DONE
    return Exit.DONE if report.sound else Exit.NOT_GOOD_ENOUGH


def _report_lines(report: Report, out: Output) -> Iterator[str]:
    levels = {"error": out.pick("錯誤", "error"), "warning": out.pick("警告", "warning")}
    for each in report.issues:
        policy = f" [{each.policy}]" if each.policy else ""
        yield f"{each.place}: {levels[each.level]}{policy}: {out.pick(each.zh, each.en)}"
    yield out.pick(
        f"{len(report.policies)} 條政策；測試 {report.passed}/{len(report.results)} 通過；"
        f"{len(report.errors)} 個錯誤、{len(report.warnings)} 個警告。",
        f"{len(report.policies)} policies; {report.passed} of {len(report.results)} tests pass; "
        f"{len(report.errors)} errors, {len(report.warnings)} warnings.",
    )


def _diff(node: Node, args: argparse.Namespace, out: Output) -> Exit:
    old, new = (_named(node, each, args.estate) for each in (args.old, args.new))
    found = desk.changes(old, new)

    def lines() -> Iterator[str]:
        for each in found:
            yield f"{change_word(each.kind, chinese=out.chinese)} {each.name}"
            yield from (f"  {line}" for line in each.lines)
        if not found:
            yield out.pick("兩者相同。", "They are the same.")

    out.answer(change_answers(found), lines)
    return Exit.DONE


def _shadow(node: Node, args: argparse.Namespace, out: Output) -> Exit:
    policies = _named(node, args.what, args.estate)
    until = args.until or node.clock()
    since = args.since or until - timedelta(days=args.days)
    with out.progress(out.pick("回放", "replayed")) as progress:
        tally = publishing.shadow(node, policies, since, until, args.estate, progress=progress)
    out.answer(shadow_answer(policies.version, tally), lambda: _tally_lines(tally, out))
    return Exit.DONE


def _tally_lines(tally: Tally, out: Output) -> Iterator[str]:
    yield tally_words(tally, chinese=out.chinese)
    for each in tally.ordered:
        word = change_word(each.change, chinese=out.chinese)
        yield f"{word}  {each.role or '–'}  {each.resource}  {each.action}  {each.count:,}"
        for example in each.examples:
            recorded = example.recorded
            before, after = (
                ", ".join(one.reasons) or "–" for one in (example.before, example.after)
            )
            yield f"    {recorded.id}  {recorded.request.principal}  {before} → {after}"


def _step(node: Node, args: argparse.Namespace, out: Output) -> Exit:
    who, why, estate = actor(), args.why, args.estate
    match args.action:
        case "publish":
            number = publishing.hand_in(node, args.what, why=why, actor=who, estate_id=estate)
        case "rollback" if args.emergency:
            made = publishing.restore(node, args.what, why=why, actor=who, estate_id=estate)
            number = made.number
        case "rollback":
            number = publishing.hand_back(node, args.what, why=why, actor=who, estate_id=estate)
        case "approve":
            number = args.number
            publishing.approve(node, number, why=why, actor=who, estate_id=estate)
        case _:
            number = args.number
            ruling = {"reject": desk.reject, "withdraw": desk.withdraw, "review": desk.review}
            ruling[args.action](node, number, why=why, actor=who, estate_id=estate)
    found = desk.proposal(node, number, estate)
    out.answer(proposal_answer(found), lambda: _proposal_lines(found, out))
    return Exit.DONE


# -- files ---------------------------------------------------------------------------------------


def _named(node: Node, what: str, estate: str | None) -> PolicySet:
    """Find a set: a folder or files, a working copy, a set that was handed in."""
    path = Path(what)
    if "/" in what or path.is_dir() or path.suffix == ".cedar":
        return _read([path], desk.policy_set(node, desk.IN_FORCE, estate))
    if what in {each.name for each in desk.drafts(node)}:
        return desk.draft(node, what).policies
    return desk.policy_set(node, what, estate)


def _read(paths: Iterable[Path], like: PolicySet) -> PolicySet:
    """Read files: `.cedar`, `.cedarschema`, `.yaml` (tests); folders are read whole."""
    files: dict[str, str] = {}
    schema = tests = None
    for path in (file for each in paths for file in _within(each)):
        try:
            text = read_whole(path, MOST_CHARACTERS).decode()
        except UnicodeDecodeError as error:
            raise BadInputError("not UTF-8", place=str(path)) from error
        match path.suffix:
            case ".cedar":
                files[path.name] = text
            case ".cedarschema":
                schema = text
            case ".yaml" | ".yml":
                tests = text
            case _:
                raise UsageError(f"{path.name} is neither policies, schema nor tests")
    kept = {each.name: each.text for each in like.files}
    return desk.from_files(files or kept, schema, tests, like=like)


def _within(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    endings = {".cedar", ".cedarschema", ".yaml", ".yml"}
    return sorted(each for each in path.iterdir() if each.suffix in endings)
