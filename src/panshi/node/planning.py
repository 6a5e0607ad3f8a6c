"""The cheapest path to a target over the estate and evidence of now (rule 8)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from panshi.errors import UsageError
from panshi.governance.assessment.assessor import Assessor
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
from panshi.governance.path.planning import foretell, survey
from panshi.governance.path.searching import search
from panshi.governance.path.targets import target_of
from panshi.model.observation import ObservationId
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.projects import names_of, projects

TRIES = 3
"How often the search begins anew because verdicts changed while it ran."


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
    mappings = node.library.mappings

    def at_once(assessor: Assessor) -> Plan | None:
        seen = survey(assessor, framework, wanted)
        return foretell(assessor, mappings, seen, search(seen.asked, known, asked), known, asked)

    for _ in range(TRIES):
        seen = node.judging.ask(lambda assessor: survey(assessor, framework, wanted), estate)
        found = search(seen.asked, known, asked)
        tell = partial(
            foretell, mappings=mappings, seen=seen, found=found, projects=known, wishes=asked
        )
        made = node.judging.ask(tell, estate)
        if made is not None:
            return made
    # Evidence keeps coming in: nobody else asks while this path is sought.
    made = node.judging.ask(at_once, estate)
    if made is None:
        raise UsageError("the evidence changes faster than a path is found", remedy="ask again")
    return made


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
