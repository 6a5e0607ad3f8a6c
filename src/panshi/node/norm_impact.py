"""Before a text is adopted: what it would change today, and what evidence it leans on.

    impact(node, proposal(node, raw, file="draft.yaml"))
    evidence_burden(node)

A proposal is a whole framework file in a new version, or a drafted clause: a file with `controls:`
(and `groups:` where more than one is wanted) and nothing else, whose controls stand in group
`draft`. It is judged by the same engine over the same evidence as the text in force; nothing of it
is kept or counts for a grade.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from panshi.errors import BadInputError, ContentError, UsageError
from panshi.governance.frameworks.lint import lint_proposal
from panshi.governance.frameworks.load import locate_framework
from panshi.governance.frameworks.reading import parsed
from panshi.governance.norms.burden import Burden, Step, burden, next_best
from panshi.governance.norms.clauses import norm_of
from panshi.governance.norms.impact import Effect, Outlook, outlook
from panshi.model.bodies.records import Attestation
from panshi.model.control import Framework
from panshi.model.verdict import Verdict
from panshi.node.judging import Judging
from panshi.node.library import Library
from panshi.node.node import Node
from panshi.node.norms import difference_of, entry
from panshi.node.remembered import remembered
from panshi.store import norms as kept_norms

DRAFT = "draft"
_HEAD = """
framework: draft
version: draft
title: {zh: 條文草案, en: Drafted clauses}
document: {zh: 條文草案, en: Drafted clauses}
"""
_GROUP = "groups: [{id: draft, zh: 草案, en: Draft}]\n"


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """A proposal on today's evidence, with the clauses it is compared to."""

    outlook: Outlook
    proposed: Framework
    in_force: Framework | None
    estate: str
    came_from: Mapping[str, str]

    @property
    def worse(self) -> bool:
        """Whether adopting it today would make any clause fail."""
        return self.outlook.count(Effect.FAILS) > 0


@dataclass(frozen=True, kw_only=True)
class Weight:
    """Evidence and clauses, with what is connected already."""

    burden: Burden
    connected: tuple[str, ...]
    "Kinds of observation in the log, and documents of clauses that someone attested."
    steps: tuple[Step, ...]
    covered: int
    "Clauses served by what is connected."


@dataclass(frozen=True)
class _Proposed(Library):
    """The library as it would be with the proposal adopted."""

    adopted: Framework | None = None

    @cached_property
    def frameworks(self) -> Mapping[str, Framework]:
        """Every framework, the proposal in the place of what it replaces."""
        plain = Library().frameworks
        return plain if self.adopted is None else {**plain, self.adopted.id: self.adopted}


def proposal(raw: bytes, *, file: str) -> Framework:
    """Read a proposed version or drafted clauses, and hold them to the rules of content."""
    library = Library()
    try:
        located = locate_framework(_whole(raw, file), source=file)
    except ContentError as error:
        raise BadInputError(error.problem, place=error.place, remedy=error.remedy) from error
    issues = lint_proposal(located, library.frameworks.values(), library.documents)
    if issues:
        raise BadInputError(issues[0].problem, place=issues[0].place, remedy=issues[0].remedy)
    return located.content


def proposal_of(node: Node, name: str) -> Framework:
    """Give an imported version that Panshi can judge: one in our own form."""
    found = entry(node, name)
    if not found.imported:
        return node.library.framework(found.id)
    if found.format != "panshi":
        raise UsageError(
            f"{found.key} says nothing of how it is judged",
            remedy="only norms in our own YAML carry checks",
        )
    read = proposal(kept_norms.kept(node.home.path, found.sha256), file=found.file)
    controls = tuple(replace(each, framework=found.id) for each in read.controls)
    return Framework(
        id=found.id,
        title_zh=read.title_zh,
        title_en=read.title_en,
        document_zh=read.document_zh,
        document_en=read.document_en,
        version=found.version,
        staged=read.staged,
        groups=read.groups,
        controls=controls,
    )


def impact_of(node: Node, name: str, estate_id: str) -> Foreseen:
    """Try out a version of the library; remembered until anything it rests on changes."""
    found = entry(node, name)
    return remembered(
        node,
        ("norm impact", found.key, found.sha256),
        estate_id,
        lambda: impact(node, proposal_of(node, name), estate_id),
    )


def impact(node: Node, proposed: Framework, estate_id: str | None = None) -> Foreseen:
    """Judge a proposal on today's evidence and set it beside the text in force."""
    estate = node.estate(estate_id).id
    in_force = node.library.frameworks.get(proposed.id)
    before: tuple[Verdict, ...] = ()
    came_from: dict[str, str] = {}
    if in_force is not None:
        before = node.assess(in_force.id, estate).verdicts
        came_from = _descent(in_force, proposed)
    judging = Judging(
        log=node.log, estates=node.estates, library=_Proposed(adopted=proposed), clock=node.clock
    )
    after = judging.ask(
        lambda assessor: assessor.assess(proposed.id, ""), estate, as_of=node.clock()
    )
    return Foreseen(
        outlook=outlook(proposed, after.verdicts, before, came_from),
        proposed=proposed,
        in_force=in_force,
        estate=estate,
        came_from=came_from,
    )


def evidence_burden(node: Node, frameworks: tuple[str, ...] = ()) -> Weight:
    """Count what each kind of evidence serves, and which to connect next."""
    wanted = frameworks or tuple(node.library.frameworks)
    found = burden(node.library.framework(each) for each in wanted)
    kinds = node.log.kinds()
    attested = {
        f"{body.framework}/{body.control}"
        for sealed in node.log.records("record.attestation/1")
        if isinstance(body := sealed.observation.body, Attestation)
    }
    connected = tuple(
        each.evidence
        for each in found.served
        if (attested.intersection(each.clauses) if each.document else kinds.get(each.evidence, 0))
    )
    steps = next_best(found, connected)
    held = set(connected)
    covered = {clause for each in found.served if each.evidence in held for clause in each.clauses}
    return Weight(burden=found, connected=connected, steps=steps, covered=len(covered))


def _descent(in_force: Framework, proposed: Framework) -> dict[str, str]:
    """Name, for each proposed clause, the clause it was before."""
    found = difference_of(norm_of(in_force), norm_of(proposed))
    changed = {
        change.new.id: change.old.id
        for change in found.changes
        if change.old is not None and change.new is not None
    }
    gone = {change.new.id for change in found.changes if change.new is not None}
    same = {each.id: each.id for each in proposed.controls if each.id not in gone}
    return {**same, **changed}


def _whole(raw: bytes, file: str) -> bytes:
    """Give drafted clauses the head they leave out, after them so that lines keep their number."""
    top = parsed(raw, source=file)
    pairs = getattr(top.node, "value", ())
    written = {
        str(pair[0].value)
        for pair in pairs
        if isinstance(pair, tuple) and hasattr(pair[0], "value")
    }
    if "framework" in written or "controls" not in written:
        return raw
    head = _HEAD + ("" if "groups" in written else _GROUP)
    return raw.rstrip() + b"\n" + head.encode()
