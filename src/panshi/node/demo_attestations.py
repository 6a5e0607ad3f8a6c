"""Attestations of the demo bank, made through the same desk as everybody's."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import yaml

from panshi.errors import ContentError
from panshi.model.bodies.records import Attestation
from panshi.model.control import Basis
from panshi.model.zone import day_of
from panshi.node.attestations import AttestationDesk, Attesting, register
from panshi.node.node import Node
from panshi.store import library

PLACE = "demo/attestations.yaml"
PERIOD, STANDS = timedelta(days=90), timedelta(days=300)


class Act(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One step that somebody takes; a second look is at the so-many-th that was drawn."""

    ago: int
    do: str
    of: int
    by: str
    statement: str = ""


class Plan(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The whole file."""

    steps: tuple[Act, ...]


def seed_attestations(node: Node, estate_id: str, now: datetime) -> None:
    """Take every step of the plan, oldest first."""
    _name, raw = library.demo("attestations.yaml")
    plan = msgspec.convert(yaml.load(raw, Loader=yaml.CSafeLoader), Plan)
    controls = _unattested(node)
    numbers: dict[int, str] = {}
    for act in sorted(plan.steps, key=lambda each: -each.ago):
        at = now - timedelta(days=act.ago)
        desk = AttestationDesk(node, actor=act.by, estate_id=estate_id, at=at)
        match act.do:
            case "make" | "acknowledge":
                asked = _asked(act, controls[act.of], at)
                numbers[act.of] = desk.make(asked, _text(asked).encode())
            case "countersign":
                desk.countersign(numbers[act.of], note="已核對附件（示範）")
            case "withdraw":
                desk.withdraw(numbers[act.of], why=act.statement)
            case "refute" | "uphold":
                drawn = register(node, estate_id).drawn[act.of]
                desk.reexamine(drawn.id, upheld=act.do == "uphold", finding=act.statement)
            case _:
                raise ContentError(f"unknown step {act.do}", place=PLACE)


def _unattested(node: Node) -> tuple[str, ...]:
    """Give the controls people answer for of which nobody has said anything."""
    said = {
        f"{body.framework}/{body.control}"
        for each in node.log.records("record.attestation/1")
        if isinstance(body := each.observation.body, Attestation)
    }
    return tuple(
        control.key
        for framework in node.library.frameworks.values()
        for control in framework.controls
        if control.basis is Basis.ATTESTED and control.key not in said
    )


def _asked(act: Act, control: str, at: datetime) -> Attesting:
    day = day_of(at)
    return Attesting(
        control=control,
        scope="全行（示範）",
        period_start=day - PERIOD,
        period_end=day - timedelta(days=1),
        expires=day + STANDS,
        statement=act.statement,
        attachment="示範附件.txt",
        fulfilled=act.do == "make",
    )


def _text(asked: Attesting) -> str:
    period = f"{asked.period_start} – {asked.period_end}"
    return f"示範附件\n{asked.control}\n{asked.statement}\n{period}\n"
