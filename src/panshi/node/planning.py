"""The cheapest path to a target over the estate and evidence of now (rule 8)."""

from __future__ import annotations

from functools import partial

from panshi.errors import UsageError
from panshi.governance.assessment.assessor import Assessor
from panshi.governance.path.plan import Plan, Wishes
from panshi.governance.path.planning import foretell, survey
from panshi.governance.path.searching import search
from panshi.governance.path.targets import target_of
from panshi.node.node import Node
from panshi.node.projects import projects

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
