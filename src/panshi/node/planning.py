"""The cheapest path to a target over the estate and evidence of now (rule 8)."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from functools import partial
from weakref import WeakKeyDictionary

from panshi.errors import UsageError
from panshi.governance.path.adoption import (
    KIND,
    Adopted,
    Progress,
    body_of,
    in_force,
    progress,
    series,
)
from panshi.governance.path.plan import Plan, Wishes
from panshi.governance.path.planning import foretell, lifted_by, survey
from panshi.governance.path.searching import search
from panshi.governance.path.targets import target_of
from panshi.model.observation import ObservationId
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.projects import names_of, projects, work_roles

TRIES = 5
"How often the search begins anew because verdicts changed while it ran."
MOST_KEPT = 64
_KEPT: WeakKeyDictionary[Node, OrderedDict[object, Plan]] = WeakKeyDictionary()
"Paths found lately, by all they depend on: what comes in and changes nothing of that is free."


def plan(
    node: Node,
    framework_id: str,
    target: str = "",
    estate_id: str | None = None,
    *,
    group: str = "",
    fields: tuple[str, ...] = ("",),
    wishes: Wishes | None = None,
) -> Plan:
    """Give the cheapest path to a target, what stands beside it, or why there is none.

    The path is judged on the verdicts it was found on: where they changed meanwhile, it is sought
    anew.
    """
    framework = node.library.framework(framework_id)
    wanted = target_of(framework, target, group=group, fields=fields)
    asked = wishes or Wishes()
    estate = node.estate(estate_id).id
    known = projects(node, estate)
    for role, _ in asked.hours:
        if role not in work_roles():
            raise UsageError(f"{role!r} is no NICE work role", remedy="for example PD-WRL-001")
    look = partial(survey, framework=framework, target=wanted, lifted=lifted_by(known))
    for _ in range(TRIES):
        seen = node.judging.ask(look, estate)
        kept = _KEPT.setdefault(node, OrderedDict())
        key = (estate, seen.context_sha256, wanted, asked, tuple(known.values()), seen.begins)
        if key in kept:
            return replace(
                kept[key], as_of=seen.as_of, log_size=seen.log_size, log_root=seen.log_root
            )
        tell = partial(
            foretell,
            mappings=node.library.mappings,
            seen=seen,
            found=search(seen.asked, known, asked),
            projects=known,
            wishes=asked,
        )
        made = node.judging.ask(tell, estate)
        if made is not None:
            kept[key] = made
            while len(kept) > MOST_KEPT:
                kept.popitem(last=False)
            return made
    raise UsageError("verdicts change faster than a path is found", remedy="ask again")


def adopt(node: Node, chosen: Plan, *, actor: str, note: str = "") -> ObservationId:
    """Seal a path as the one the institution follows; it replaces an earlier one."""
    day = day_of(node.clock())
    body = body_of(chosen, by=actor, day=day, note=note)
    facet = series(body.framework, body.group)
    return node.record(KIND, body, facet=facet, actor=actor, estate_id=chosen.estate)


def withdraw(
    node: Node, framework_id: str, estate_id: str | None = None, *, group: str = "", actor: str
) -> ObservationId:
    """End the adopted path of a framework; the record of it stays."""
    facet = series(framework_id, group)
    known = adopted(node, estate_id).get(facet)
    if known is None:
        raise UsageError(f"no path is adopted for {facet}", remedy="`panshi plan --adopt`")
    ended = replace(known.plan, withdrawn_by=actor)
    return node.record(KIND, ended, facet=facet, actor=actor, estate_id=estate_id)


def adopted(node: Node, estate_id: str | None = None) -> dict[str, Adopted]:
    """Give the paths an estate's institution follows, by series."""
    return in_force(node.log.records(KIND), names_of(node.estate(estate_id)))


def how_far(
    node: Node, framework_id: str, estate_id: str | None = None, *, group: str = ""
) -> Progress | None:
    """Give how far the adopted path of a framework has come; None where there is none."""
    estate = node.estate(estate_id).id
    known = adopted(node, estate).get(series(framework_id, group))
    if known is None:
        return None
    holding = node.judging.ask(
        lambda assessor: frozenset(
            spelled
            for spelled in known.plan.controls
            if assessor.judge.verdict(*_parted(spelled)).met_without_exceptions
        ),
        estate,
    )
    return progress(known, projects(node, estate), holding, day_of(node.clock()))


def _parted(spelled: str) -> tuple[str, str]:
    """Part `<framework>/<control>@<field>`."""
    key, _, in_field = spelled.partition("@")
    return key, in_field
