"""`panshi secure-dev trust …`: whose signatures on builds count."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, everywhere, open_node
from panshi.node.secure_development.judging import trust_of
from panshi.node.secure_development.trust import TrustDesk
from panshi.protection.secure_development.envelope import LONGEST_KEY
from panshi.report.secure_development_answers import KeyAnswer, key_answer
from panshi.report.secure_development_words import trust_state_word


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb for each step and one to look."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="STEP")
    verbs.add_parser("list", help="every key that was ever proposed")
    proposed = verbs.add_parser("propose", help="propose a public key (PEM)")
    proposed.add_argument("key", type=Path)
    proposed.add_argument("--name", required=True, help="what people call it")
    proposed.add_argument(
        "--builder", action="append", required=True, help="builder id it may speak for; repeatable"
    )
    proposed.add_argument(
        "--system", action="append", default=[], help="only for this system; repeatable"
    )
    approved = verbs.add_parser("approve", help="approve what another person proposed")
    revoked = verbs.add_parser("revoke", help="take trust back at once")
    revoked.add_argument("--why", required=True)
    for each in (approved, revoked):
        each.add_argument("key", help="id of the key, or its beginning")
    for each in (proposed, approved):
        each.add_argument("--why", default="")
    for each in verbs.choices.values():
        each.add_argument("--estate", default=None)
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Take the step, then tell how all keys stand."""
    with open_node() as node:
        if args.action != "list":
            _step(TrustDesk(node, actor=actor(), estate_id=args.estate), args)
        keys = tuple(key_answer(each) for each in trust_of(node).all)
    out.answer(keys, lambda: _lines(keys, out))
    return Exit.DONE


def _step(desk: TrustDesk, args: argparse.Namespace) -> None:
    match args.action:
        case "propose":
            desk.propose(
                read_whole(args.key, LONGEST_KEY),
                name=args.name,
                builders=tuple(args.builder),
                systems=tuple(args.system),
                why=args.why,
                source=str(args.key),
            )
        case "approve":
            desk.approve(args.key, why=args.why)
        case _:
            desk.revoke(args.key, why=args.why)


def _lines(keys: tuple[KeyAnswer, ...], out: Output) -> Iterator[str]:
    if not keys:
        yield out.pick(
            "沒有信任任何建置金鑰：所有來源證明都不成立。",
            "no build key is trusted: no provenance holds",
        )
        return
    header = (
        out.pick("金鑰", "key"),
        out.pick("名稱", "name"),
        out.pick("種類", "kind"),
        out.pick("狀態", "state"),
        out.pick("建置者", "builders"),
        out.pick("提案", "proposed"),
        out.pick("核准", "approved"),
    )
    yield from table(
        header,
        (
            (
                each["id"][:16],
                each["name"],
                each["kind"],
                trust_state_word(each["state"], chinese=out.chinese),
                " ".join(each["builders"]),
                each["proposed_by"],
                each["approved_by"] or "–",
            )
            for each in keys
        ),
    )
