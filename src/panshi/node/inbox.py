"""Use case: what awaits a person. Derived whenever asked; nothing of it is stored.

Each source looks at sealed records and verdicts and yields what a person, in the roles they hold,
is asked to do. An item that comes about anew (a control falls again) has a new key, so that a mark
"done" on the old one does not hide it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from panshi.model.bodies import KINDS
from panshi.model.zone import day_of
from panshi.node.authority import decided
from panshi.node.falling import fallen
from panshi.node.node import Node
from panshi.node.objects import ObjectKind, reference
from panshi.node.ownership import owners
from panshi.node.unseen import unseen
from panshi.protection.access.roles import Role


class Call(StrEnum):
    """What is asked of the person."""

    DECIDE = "decide"
    "An exception or another request awaits a decision."
    COUNTERSIGN = "countersign"
    "An attestation awaits a second person."
    ACT = "act"
    "An action of a review is due."
    ANSWER = "answer"
    "Somebody mentioned the person."
    RESTORE = "restore"
    "A control the person answers for fell."
    STEP = "step"
    "A step of a plan the person carries."
    OBSERVE = "observe"
    "A source went silent."


CALLS: dict[Call, tuple[str, str]] = {
    Call.DECIDE: ("請決定", "decide"),
    Call.COUNTERSIGN: ("請副署", "countersign"),
    Call.ACT: ("請辦理", "act"),
    Call.ANSWER: ("請回覆", "answer"),
    Call.RESTORE: ("請恢復", "restore"),
    Call.STEP: ("請推進", "carry on"),
    Call.OBSERVE: ("請補觀測", "observe"),
}
"Each call in zh-TW and English."


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaiting:
    """One thing that awaits a person."""

    key: str
    "The same as long as it is the same thing."
    call: Call
    about: str
    "Reference of the object, see `panshi.node.objects`."
    title_zh: str
    title_en: str
    since: date
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Whose inbox is asked for."""

    person: str
    roles: tuple[str, ...]
    estate: str

    def may(self, action: str) -> bool:
        """Whether the person may do this by role."""
        return decided(self.roles, action).allowed


def inbox(
    node: Node, person: str, roles: tuple[str, ...], estate_id: str | None = None
) -> tuple[Awaiting, ...]:
    """Give what awaits a person: what is due first, then the oldest."""
    asking = Asking(person=person, roles=roles, estate=node.estate(estate_id).id)
    found = {item.key: item for source in SOURCES for item in source(node, asking)}
    order = tuple(Call)
    return tuple(
        sorted(
            found.values(),
            key=lambda each: (each.due or date.max, order.index(each.call), each.since, each.key),
        )
    )


def _fallen(node: Node, asking: Asking) -> Iterator[Awaiting]:
    """Yield the controls that fell to who answers for them, else to the CISO."""
    known = owners(node, asking.estate)
    for each in fallen(node, asking.estate):
        owner = known[each.control].owner if each.control in known else ""
        if asking.person != owner and (owner or Role.CISO not in asking.roles):
            continue
        control = node.library.control(each.control)
        yield Awaiting(
            key=f"fell:{each.control}:{each.last_met}",
            call=Call.RESTORE,
            about=reference(ObjectKind.CONTROL, each.control),
            title_zh=f"{control.id} {control.title_zh}",
            title_en=f"{control.id} {control.title_en}",
            since=each.last_met,
        )


def _silent(node: Node, asking: Asking) -> Iterator[Awaiting]:
    """Yield the kinds of look that went silent to those who run observers."""
    if not asking.may("observer.run"):
        return
    for each in unseen(node, asking.estate).silent:
        spec = KINDS.get(each.kind)
        yield Awaiting(
            key=f"silent:{each.kind}:{each.newest.date()}",
            call=Call.OBSERVE,
            about=reference(ObjectKind.SOURCE, each.kind),
            title_zh=spec.title_zh if spec else each.kind,
            title_en=spec.title_en if spec else each.kind,
            since=day_of(each.newest),
        )


SOURCES: tuple[Callable[[Node, Asking], Iterator[Awaiting]], ...] = (_fallen, _silent)
"Each capability that asks something of people adds its line."
