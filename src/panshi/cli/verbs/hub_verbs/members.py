"""`panshi hub members …`: who the members of this hub are, and the steps about them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, everywhere, open_node
from panshi.model.alliance.member import MemberKind, Quotas, Sector
from panshi.node.alliance.member_reading import member_detail, member_rows
from panshi.node.alliance.members import (
    INVITATION_DAYS,
    MOST_INVITATION_DAYS,
    MemberDesk,
    member,
)
from panshi.node.node import Node
from panshi.report.hub_member_answers import MemberDetail

COLUMNS = ("id", "name", "sector", "kind", "state", "keys", "submissions", "items")


def arguments(parser: argparse.ArgumentParser) -> None:
    """One action each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("list", help="every member with its state and keys")
    _named(verbs, "show", "one member with keys, quotas and tokens")
    inviting = _named(verbs, "invite", "invite a member; its one-time code is shown once")
    inviting.add_argument("--name", required=True, help="what the member is called")
    inviting.add_argument("--sector", choices=[str(each) for each in Sector], required=True)
    inviting.add_argument(
        "--kind", choices=[str(each) for each in MemberKind], default=MemberKind.INSTITUTION.value
    )
    inviting.add_argument("--community", action="append", default=[], help="repeat for several")
    inviting.add_argument("--days", type=bounded(1, MOST_INVITATION_DAYS), default=INVITATION_DAYS)
    approving = _named(verbs, "approve", "let a waiting key in; another person than who invited")
    refusing = _named(verbs, "refuse", "do not let a waiting key in")
    for each in (approving, refusing):
        each.add_argument("--key", default="", help="its thumbprint, or the beginning")
    revoking = _named(verbs, "revoke", "end a member, or one key, at once and for good")
    revoking.add_argument("--key", default="", help="only this key")
    rotating = _named(verbs, "rotate", "invite a member that lost its keys to a new one")
    rotating.add_argument("--days", type=bounded(1, MOST_INVITATION_DAYS), default=INVITATION_DAYS)
    suspending = _named(verbs, "suspend", "hear a member no more, at once")
    resuming = _named(verbs, "resume", "hear it again; another person than who suspended")
    terms = _named(verbs, "terms", "set quotas and communities; what is left out stays")
    terms.add_argument("--requests-per-second", type=float)
    for name in ("--bytes-per-minute", "--body-bytes", "--batch", "--at-once"):
        terms.add_argument(name, type=bounded(1, 1 << 40))
    terms.add_argument("--community", action="append", default=None)
    for each in (approving, refusing, revoking, suspending, resuming, terms):
        each.add_argument("--why", default="", help="the reason, sealed with the step")
    everywhere(verbs)


def _named(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=text)
    parser.add_argument("member", help="id of the member, for example bank-017")
    return parser


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the handler of the action."""
    handlers: dict[str, Callable[[argparse.Namespace, Output, Node], None]] = {
        "list": _list,
        "show": lambda args, out, node: _show(args.member, out, node),
        "invite": _invite,
        "rotate": _rotate,
        "terms": _terms,
    }
    with open_node() as node:
        handlers.get(args.action, _step)(args, out, node)
    return Exit.DONE


def _list(_args: argparse.Namespace, out: Output, node: Node) -> None:
    rows = member_rows(node)
    out.answer(
        rows,
        lambda: table(
            COLUMNS,
            (
                (
                    each.id,
                    each.name,
                    each.sector,
                    each.kind,
                    each.state,
                    each.keys_in_force,
                    each.submissions,
                    each.items,
                )
                for each in rows
            ),
        ),
    )


def _show(name: str, out: Output, node: Node) -> None:
    found = member_detail(node, name)
    out.answer(found, lambda: _lines(found, out))


def _lines(found: MemberDetail, out: Output) -> Iterator[str]:
    one, quotas = found.member, found.quotas
    yield f"{one.id}  {one.name}  {one.sector}  {one.kind}  {one.state}"
    if found.why:
        yield out.pick("原因：", "why: ") + found.why
    yield out.pick("邀請者：", "invited by: ") + one.invited_by
    if one.approved_by:
        yield out.pick("核准者：", "let in by: ") + one.approved_by
    yield out.pick("社群：", "communities: ") + (" ".join(one.communities) or "–")
    yield out.pick("配額：", "quotas: ") + (
        f"{quotas.requests_per_second:g}/s, {quotas.bytes_per_minute:,} B/min,"
        f" {quotas.body_bytes:,} B, {quotas.batch:,}, {quotas.at_once}"
    )
    yield from table(
        ("key", "state", "since", "until"),
        ((each.id, each.state, each.since or "–", each.until or "–") for each in found.keys),
    )
    if found.tokens:
        yield from table(
            ("token", "scopes", "expires"),
            ((each.name, " ".join(each.scopes), each.expires) for each in found.tokens),
        )


def _invite(args: argparse.Namespace, out: Output, node: Node) -> None:
    code = MemberDesk(node, actor=actor()).invite(
        args.member,
        called=args.name,
        sector=args.sector,
        kind=args.kind,
        communities=tuple(args.community),
        days=args.days,
    )
    out.answer({"member": args.member, "code": code}, lambda: (code,))


def _rotate(args: argparse.Namespace, out: Output, node: Node) -> None:
    one = member(node, args.member)
    code = MemberDesk(node, actor=actor()).invite(
        one.id, called=one.name, sector=one.sector, kind=one.kind, days=args.days
    )
    out.answer({"member": one.id, "code": code}, lambda: (code,))


def _terms(args: argparse.Namespace, out: Output, node: Node) -> None:
    one = member(node, args.member)
    named = {each: getattr(args, each) for each in Quotas.__slots__}
    quotas = replace(one.quotas, **{name: told for name, told in named.items() if told is not None})
    circles = tuple(one.communities) if args.community is None else tuple(args.community)
    MemberDesk(node, actor=actor()).set_terms(one.id, quotas, circles, why=args.why)
    _show(one.id, out, node)


def _step(args: argparse.Namespace, out: Output, node: Node) -> None:
    desk = MemberDesk(node, actor=actor())
    match args.action:
        case "approve":
            desk.approve(args.member, key=args.key, why=args.why)
        case "refuse":
            desk.refuse(args.member, key=args.key, why=args.why)
        case "suspend":
            desk.suspend(args.member, why=args.why)
        case "resume":
            desk.resume(args.member, why=args.why)
        case "revoke" if args.key:
            desk.revoke_key(args.member, args.key, why=args.why)
        case "revoke":
            desk.revoke(args.member, why=args.why)
    _show(args.member, out, node)
