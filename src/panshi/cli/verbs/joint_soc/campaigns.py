"""`panshi soc campaigns …`: what correlation found at this hub, and what people decide about it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, everywhere, open_node

if TYPE_CHECKING:
    from panshi.node.alliance.campaign_answers import CampaignDetail, CampaignRow
    from panshi.node.alliance.campaign_warnings import WarningAnswer
    from panshi.node.alliance.correlating_file import WhyAnswer

SHOWN = 6
"Parts of a reason that are shown on one line."


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb for each thing to do."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("update", help="take in what was accepted since, where nothing serves")
    listed = verbs.add_parser("list", help="campaigns, the most urgent first")
    listed.add_argument("--members", type=bounded(1, 10_000), default=1, help="at least")
    listed.add_argument("--after", default="", help="`next` of the page before")
    listed.add_argument("--limit", type=bounded(1, 500), default=50)
    shown = verbs.add_parser("show", help="one campaign: its tickets with reasons, its history")
    shown.add_argument("campaign", help="for example C-0012")
    pair = verbs.add_parser("why", help="why two tickets are in one campaign")
    pair.add_argument("ticket")
    pair.add_argument("other")
    merged = verbs.add_parser("merge", help="put the tickets of another campaign into one")
    merged.add_argument("campaign")
    merged.add_argument("other")
    parted = verbs.add_parser("split", help="part tickets from a campaign")
    parted.add_argument("campaign")
    parted.add_argument("tickets", nargs="+")
    pinned = verbs.add_parser("pin", help="put a ticket into a campaign, or into none, for good")
    pinned.add_argument("ticket")
    pinned.add_argument("campaign", help="or `none`")
    undone = verbs.add_parser("undo", help="take a person's last change of a campaign back")
    undone.add_argument("campaign")
    undone.add_argument("--change", type=bounded(1, 10**12), default=0, help="this one instead")
    assigned = verbs.add_parser("assign", help="hand a campaign over to somebody")
    assigned.add_argument("campaign")
    assigned.add_argument("to", help="account; your own name takes it yourself")
    for each in (merged, parted, pinned, undone, assigned):
        each.add_argument("--why", required=True, help="in words")
    warned = verbs.add_parser("warnings", help="who was warned of what, and what they answered")
    warned.add_argument("--campaign", default="")
    warned.add_argument("--member", default="")
    given = verbs.add_parser("extract", help="put a member's extract in, which it chose to give")
    given.add_argument("member")
    given.add_argument("file", type=Path, help='JSON: [{"kind": "supplier", "value": "…"}, …]')
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the handler of the sub-verb."""
    handlers: dict[str, Callable[[argparse.Namespace, Output], Exit]] = {
        "update": _update,
        "list": _list,
        "show": _show,
        "why": _pair,
        "merge": _merge,
        "split": _split,
        "pin": _pin,
        "undo": _undo,
        "assign": _assign,
        "warnings": _warnings,
        "extract": _extract,
    }
    return handlers[args.action](args, out)


def _update(_args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.alliance.campaign_warnings import warn
    from panshi.node.alliance.correlating import campaigns_store, correlate
    from panshi.node.alliance.hub import check_hub

    with open_node() as node:
        check_hub(node)
        taken = correlate(node)
        warned = warn(node, [each.number for each in campaigns_store(node).campaigns(limit=500)])
    out.answer(
        {"taken": taken, "warned": warned},
        lambda: [
            out.pick(
                f"納入 {taken:,} 張事件單，新發出 {warned:,} 則預警。",
                f"{taken:,} tickets taken in, {warned:,} warnings sent.",
            )
        ],
    )
    return Exit.DONE


def _list(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.alliance.campaign_answers import campaign_list

    with open_node() as node:
        found = campaign_list(node, after=args.after, limit=args.limit, least_members=args.members)
    out.answer(found, lambda: _listed(found.campaigns, out))
    return Exit.DONE


def _listed(rows: tuple[CampaignRow, ...], out: Output) -> Iterable[str]:
    if not rows:
        yield out.pick("目前沒有攻擊活動。", "There is no campaign.")
        return
    header = (
        out.pick("攻擊活動", "campaign"),
        out.pick("優先", "priority"),
        out.pick("類別", "class"),
        out.pick("事件單", "tickets"),
        out.pick("會員", "members"),
        out.pick("可信度", "confidence"),
        out.pick("最後", "last"),
        out.pick("承辦", "owner"),
    )
    yield from table(
        header,
        (
            (
                each.id, f"{each.level} {each.score}", each.classification, each.tickets,
                each.members, f"{each.confidence}%",
                each.last_at.date() if each.last_at else "–", each.owner or "–",
            )
            for each in rows
        ),
    )  # fmt: skip


def _show(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.alliance.campaign_answers import campaign_detail

    with open_node() as node:
        found = campaign_detail(node, args.campaign)
    out.answer(found, lambda: _shown(found, out))
    return Exit.DONE


def _shown(found: CampaignDetail, out: Output) -> Iterable[str]:
    yield from _listed((found.campaign,), out)
    yield ""
    for each in found.tickets:
        chance = "–" if each.probability is None else f"{each.probability:.2f}"
        yield f"{each.ticket}  {each.member}  {chance}  {_parts(each.why)}"
    yield ""
    for event in found.history:
        who = event.by or out.pick("關聯引擎", "correlation")
        state = out.pick("（已復原）", " (taken back)") if event.undone else ""
        yield f"{event.number}  {event.at:%Y-%m-%d %H:%M}  {event.kind}  {who}  {event.why}{state}"


def _parts(why: tuple[WhyAnswer, ...]) -> str:
    return "; ".join(
        f"{each.kind} {each.value[:40]} {each.weight:+.1f}".replace("  ", " ")
        for each in why[:SHOWN]
    )


def _pair(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.alliance.campaign_answers import why_together

    with open_node() as node:
        found = why_together(node, args.ticket, args.other)
    out.answer(
        found,
        lambda: [
            f"{found.a} · {found.b} · {found.campaign}",
            out.pick("共同：", "shared: ") + _parts(found.shared),
            f"{found.a}: {_parts(found.a_why)}",
            f"{found.b}: {_parts(found.b_why)}",
        ],
    )
    return Exit.DONE


def _merge(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.alliance.campaign_answers import campaign_number
    from panshi.node.alliance.campaign_decisions import merge

    with open_node() as node:
        made = merge(
            node,
            campaign_number(args.campaign),
            campaign_number(args.other),
            actor=actor(),
            why=args.why,
        )
    return _done(made, out)


def _split(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.alliance.campaign_answers import campaign_number
    from panshi.node.alliance.campaign_decisions import split

    with open_node() as node:
        made = split(
            node, campaign_number(args.campaign), args.tickets, actor=actor(), why=args.why
        )
    return _done(made, out)


def _pin(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.alliance.campaign_answers import campaign_number
    from panshi.node.alliance.campaign_decisions import pin

    number = None if args.campaign == "none" else campaign_number(args.campaign)
    with open_node() as node:
        pin(node, args.ticket, number, actor=actor(), why=args.why)
    return _done(number or 0, out)


def _undo(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.alliance.campaign_answers import campaign_number
    from panshi.node.alliance.campaign_decisions import undo, undo_last

    number = campaign_number(args.campaign)
    with open_node() as node:
        if args.change:
            undo(node, args.change, actor=actor(), why=args.why)
        else:
            undo_last(node, number, actor=actor(), why=args.why)
    return _done(number, out)


def _done(number: int, out: Output) -> Exit:
    from panshi.node.alliance.campaign_answers import campaign_id

    name = campaign_id(number) if number else ""
    out.answer({"campaign": name}, lambda: [out.pick(f"已記錄 {name}。", f"Recorded. {name}")])
    return Exit.DONE


def _assign(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.alliance.campaign_answers import campaign_id, campaign_number
    from panshi.node.alliance.desk import assign_campaign

    with open_node() as node:
        number, case = assign_campaign(
            node, campaign_number(args.campaign), args.to, actor=actor(), why=args.why
        )
    out.answer(
        {"campaign": campaign_id(number), "owner": case.owner},
        lambda: [out.pick(f"由 {case.owner} 承辦。", f"{case.owner} has it.")],
    )
    return Exit.DONE


def _warnings(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.alliance.campaign_answers import campaign_number
    from panshi.node.alliance.campaign_warnings import warnings_listed

    number = campaign_number(args.campaign) if args.campaign else None
    with open_node() as node:
        found = warnings_listed(node, campaign=number, member=args.member, limit=1_000)
    out.answer(found, lambda: _warned(found, out))
    return Exit.DONE


def _warned(found: tuple[WarningAnswer, ...], out: Output) -> Iterable[str]:
    header = (
        "#",
        out.pick("攻擊活動", "campaign"),
        out.pick("會員", "member"),
        out.pick("共同曝險", "shared exposure"),
        out.pick("回覆", "answer"),
    )
    yield from table(
        header,
        (
            (
                each.number, each.campaign, each.member,
                ", ".join(trait.value for trait in each.shared), each.answer or "–",
            )
            for each in found
        ),
    )  # fmt: skip


def _extract(args: argparse.Namespace, out: Output) -> Exit:
    import msgspec

    from panshi.errors import BadInputError
    from panshi.node.alliance.campaign_warnings import ExtractItem, give_extract

    try:
        raw = args.file.read_bytes()
        items = msgspec.json.decode(raw, type=tuple[ExtractItem, ...])
    except OSError as error:
        raise BadInputError(f"cannot be read: {error.strerror}", place=str(args.file)) from error
    except msgspec.DecodeError as error:
        raise BadInputError(
            str(error), place=str(args.file), remedy='[{"kind": "supplier", "value": "…"}]'
        ) from error
    with open_node() as node:
        given = give_extract(node, args.member, items, actor=actor())
    out.answer(
        {"member": args.member, "items": given},
        lambda: [out.pick(f"{args.member}：{given:,} 項。", f"{args.member}: {given:,} items.")],
    )
    return Exit.DONE
