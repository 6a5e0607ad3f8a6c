"""Answers and decisions of the demo bank's zero-trust scope, given through everybody's desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

import msgspec
import yaml

from panshi.errors import ContentError
from panshi.model.asset import AssetKind
from panshi.model.bodies.zero_trust_scope import Choice
from panshi.node.demo_accountability import at_the_time
from panshi.node.node import Node
from panshi.node.zero_trust.scope import ScopeDesk
from panshi.store import library

PLACE = "demo/zero_trust_scope.yaml"


class Withdrawn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """That an answer was taken back."""

    ago: int
    by: str
    why: str


class Answered(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One answer."""

    ago: int
    by: str
    systems: tuple[str, ...]
    facts: dict[str, str]
    field: str = ""
    why: str = ""
    withdrawn: Withdrawn | None = None


class Decided(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One decision."""

    ago: int
    by: str
    field: str
    choice: Choice
    why: str
    system: str = ""


class Plan(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The whole file."""

    answers: tuple[Answered, ...]
    decisions: tuple[Decided, ...]


def seed_zero_trust_scope(node: Node, estate_id: str, now: datetime) -> None:
    """Give the answers, take one back, decide; as if on the days the file says."""
    name, raw = library.demo("zero_trust_scope.yaml")
    try:
        plan = msgspec.convert(yaml.load(raw, Loader=yaml.CSafeLoader), Plan)
    except msgspec.ValidationError as error:
        raise ContentError(str(error), place=name) from error
    for line in plan.answers:
        number = _desk(node, line.by, estate_id, now, line.ago).answer(
            tuple(_systems(node, estate_id, line.systems)),
            line.facts,
            in_field=line.field,
            why=line.why or "盤點訪談",
        )
        back = line.withdrawn
        if back is not None:
            _desk(node, back.by, estate_id, now, back.ago).withdraw(number, why=back.why)
    for each in plan.decisions:
        system = f"system:{each.system}" if each.system else ""
        desk = _desk(node, each.by, estate_id, now, each.ago)
        desk.decide(each.field, each.choice, why=each.why, system=system)


def _desk(node: Node, by: str, estate_id: str, now: datetime, ago: int) -> ScopeDesk:
    then = now - timedelta(days=ago)
    return ScopeDesk(at_the_time(node, then), actor=by, estate_id=estate_id, at=then)


def _systems(node: Node, estate_id: str, patterns: tuple[str, ...]) -> Iterator[str]:
    """Give the systems whose names fit; a pattern that fits none is a fault of the file."""
    names = [each.id for each in node.estate(estate_id).by_kind[AssetKind.SYSTEM]]
    for pattern in patterns:
        fitting = [each for each in names if fnmatchcase(each, f"system:{pattern}")]
        if not fitting:
            raise ContentError(f"no system fits {pattern!r}", place=PLACE)
        yield from fitting
