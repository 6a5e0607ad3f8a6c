"""What people decide about campaigns: merge, split, put a ticket where it belongs, take back.

A decision is one more change in the log; the picture in memory follows it. What a person moved
stays where it was put, and what was parted is kept apart, until the decision is taken back;
nobody's ticket is altered by any of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from panshi.alliance.correlation.changes import NONE, CampaignChange, ChangeKind, Move
from panshi.errors import BadInputError, MissingError, UsageError
from panshi.node.alliance.correlating import campaigns_store, record_changes
from panshi.node.alliance.hub import check_hub
from panshi.node.node import Node
from panshi.store.correlation import Placed, Turn

LONGEST_WHY = 4_000
TAKEN_BACK = frozenset(ChangeKind) - {ChangeKind.REVIEWED, ChangeKind.RENEWED}
"Kinds of change that can be taken back."


def merge(node: Node, number: int, other: int, *, actor: str, why: str) -> int:
    """Put the tickets of `other` into a campaign; gives the number that stays."""
    _check(node, why)
    if number == other:
        raise UsageError("a campaign is not merged with itself", remedy="name two")
    with campaigns_store(node).turn() as turn:
        _there(turn, number)
        moves = _moves(_there(turn, other), number)
        change = CampaignChange(
            kind=ChangeKind.MERGED, campaign=number, other=other, at_place=moves[0].place,
            moves=moves, by=actor, why=why, apart=-1,
        )  # fmt: skip
        _record(node, turn, change)
    node.audit(actor, "campaign.merge", f"C-{number:04}", detail=f"C-{other:04}: {why[:200]}")
    return number


def split(node: Node, number: int, tickets: Sequence[str], *, actor: str, why: str) -> int:
    """Part tickets from a campaign; gives the number of their new one."""
    _check(node, why)
    with campaigns_store(node).turn() as turn:
        held = _there(turn, number)
        wanted = set(tickets)
        chosen = tuple(each for each in held if each.ticket in wanted)
        if missing := wanted - {each.ticket for each in chosen}:
            raise MissingError(f"not in C-{number:04}: {', '.join(sorted(missing))[:300]}")
        if not chosen or len(chosen) == len(held):
            raise UsageError("name some of its tickets, not all and not none")
        made = turn.highest() + 1
        change = CampaignChange(
            kind=ChangeKind.SPLIT, campaign=made, other=number, at_place=chosen[0].place,
            moves=_moves(chosen, made), by=actor, why=why, apart=1,
        )  # fmt: skip
        _record(node, turn, change)
    node.audit(actor, "campaign.split", f"C-{number:04}", detail=f"C-{made:04}: {why[:200]}")
    return made


def pin(node: Node, ticket: str, number: int | None, *, actor: str, why: str) -> None:
    """Put a ticket into a campaign, or into none, for good."""
    _check(node, why)
    with campaigns_store(node).turn() as turn:
        place = turn.newest_place(ticket)
        if place == NONE:
            raise MissingError(f"no ticket {ticket[:60]} was correlated yet")
        if number is not None:
            _there(turn, number)
        before = turn.homes((place,))[place]
        after = NONE if number is None else number
        change = CampaignChange(
            kind=ChangeKind.PINNED, campaign=before if number is None else number, at_place=place,
            moves=(Move(place=place, before=before, after=after),), by=actor, why=why,
        )  # fmt: skip
        _record(node, turn, change)
    where = "none" if number is None else f"C-{number:04}"
    node.audit(actor, "campaign.pin", ticket, detail=f"{where}: {why[:200]}")


def undo(node: Node, change: int, *, actor: str, why: str) -> int:
    """Take a change back, as far as its tickets are still where it put them; gives how many."""
    _check(node, why)
    with campaigns_store(node).turn() as turn:
        stored = turn.numbered(change)
        if stored is None:
            raise MissingError(f"there is no change {change}")
        if stored.kind not in TAKEN_BACK:
            raise UsageError(f"a change of kind {stored.kind} is not taken back")
        if stored.undone:
            raise UsageError(f"change {change} was taken back by change {stored.undone}")
        was = msgspec.json.decode(stored.body, type=CampaignChange)
        homes = turn.homes([each.place for each in was.moves])
        moves = tuple(
            Move(place=each.place, before=each.after, after=each.before)
            for each in was.moves
            if homes.get(each.place) == each.after != each.before
        )
        if not moves:
            raise UsageError("its tickets have gone elsewhere since", remedy="take that back first")
        apart = -was.apart or (1 if was.kind is ChangeKind.MERGED else 0)
        made = CampaignChange(
            kind=ChangeKind.UNDONE,
            campaign=was.campaign,
            other=was.other,
            at_place=moves[0].place,
            moves=moves,
            by=actor,
            why=why,
            apart=apart if was.other != NONE else 0,
            undoes=change,
        )
        _record(node, turn, made)
    node.audit(actor, "campaign.undo", f"C-{was.campaign:04}", detail=f"{change}: {why[:200]}")
    return len(moves)


def undo_last(node: Node, number: int, *, actor: str, why: str) -> int:
    """Take back the newest change a person made to a campaign that still stands."""
    for each in campaigns_store(node).history(number):
        if each.by and not each.undone and each.kind in TAKEN_BACK:
            return undo(node, each.number, actor=actor, why=why)
    raise UsageError(f"no person has changed C-{number:04}, or all of it was taken back")


def _check(node: Node, why: str) -> None:
    check_hub(node)
    if not why.strip() or len(why) > LONGEST_WHY:
        raise BadInputError(
            "a decision has its reason in words",
            place="why",
            remedy=f"1 to {LONGEST_WHY:,} characters",
        )


def _there(turn: Turn, number: int) -> tuple[Placed, ...]:
    held = turn.placed(number)
    if not held:
        raise MissingError(
            f"there is no campaign C-{number:04}", remedy="`panshi soc campaigns list` shows them"
        )
    return held


def _moves(held: Sequence[Placed], to: int) -> tuple[Move, ...]:
    return tuple(Move(place=each.place, before=each.home, after=to) for each in held)


def _record(node: Node, turn: Turn, change: CampaignChange) -> None:
    """Append a decision behind the newest ticket that was taken in."""
    place, _number = turn.reached()
    record_changes(turn, ((place - 1, change),), node.clock())
