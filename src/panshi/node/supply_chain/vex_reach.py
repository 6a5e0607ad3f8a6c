"""What a decision covers today, what it was made on, and why it should be looked at again.

    reach(node, decision).covered      findings it decides
    reach(node, decision).again        reasons to examine it again
    to_examine(node)                   every decision for which there are some

A decision is examined again when its advisory says something else than it did, when it covers a
version it did not cover when it was proposed, or when somebody who counts contradicts it. It goes
on counting until its last day; what it no longer covers it no longer decides, from that moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from panshi.governance.parameters import KIND as PARAMETER
from panshi.model.bodies.vex import DECISION, DOCUMENT, TRUST, VexDecision
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.remembered import remembered_while
from panshi.node.supply_chain.portfolio.listing import findings
from panshi.node.supply_chain.portfolio.memory import (
    ADVISORIES,
    BORN,
    GENERATION,
    memory_of,
)
from panshi.node.supply_chain.vex import Decision, decisions, effective, voice_of
from panshi.protection.supply_chain.findings.finding import Finding, FindingFilters, Sort, State
from panshi.protection.supply_chain.vex import Asked, Fit, Ruling, fit
from panshi.protection.supply_chain.vex.proposals import statement_of
from panshi.protection.supply_chain.vex.steps import AffairState
from panshi.store.advisory_rows import digest_of

MOST = 1_000
"Findings looked at for one decision."
RECORDED = 200
"What was covered, as far as a proposal records it."
SPOKEN_IN = (DECISION, TRUST, DOCUMENT, PARAMETER)
"Kinds of record that change what counts as said."
GROUND_DIGITS = 16


class Again(StrEnum):
    """Why a decision should be examined again."""

    ADVISORY = "advisory_changed"
    VERSION = "new_version"
    CONTRADICTED = "contradicted"
    OVERRULED = "overruled"
    "Somebody we trust newly says the contrary, and that is what counts."
    NOTHING = "covers_nothing"
    ENDING = "ends_soon"


AGAIN_WORDS = {
    Again.ADVISORY: ("公告內容已變更", "the advisory changed"),
    Again.VERSION: ("涵蓋了提出時沒有的版本", "it covers a version it did not cover then"),
    Again.CONTRADICTED: ("有採計的聲明與其相反", "a statement that counts says the contrary"),
    Again.OVERRULED: (
        "受信任的發布者新近改稱受影響，已不依本決定",
        "a trusted author newly says affected",
    ),
    Again.NOTHING: ("目前不涵蓋任何發現", "it covers no finding now"),
    Again.ENDING: ("三十日內到期", "it ends within thirty days"),
}
SOON = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One finding a decision is about, or nearly."""

    finding: Finding
    fit: Fit
    ruling: Ruling | None
    "What stands for it today, by whomever."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a decision covers, what it comes near, and why it should be examined again."""

    covered: tuple[Covered, ...]
    near: tuple[Covered, ...]
    "Of the same package, and not covered: another version, another system."
    again: tuple[Again, ...]
    ground: str = ""
    "Digest of what the reasons rest on: another advisory, version or statement, another digest."


@dataclass(frozen=True, slots=True, kw_only=True)
class Examine:
    """A decision that should be examined again."""

    decision: Decision
    again: tuple[Again, ...]
    ground: str


def reach(node: Node, each: Decision, estate_id: str | None = None) -> Reach:
    """Give what a decision reaches today."""
    today = day_of(node.clock())
    statements = effective(node, today, estate_id)
    statement = voice_of(each, "", today).statement
    names = (statement.vulnerability, *statement.aliases)
    covered: list[Covered] = []
    near: list[Covered] = []
    for finding in _findings(node, each.said):
        asked = Asked(finding.purl, system=finding.system)
        how = fit(statement, asked)
        if how is Fit.OTHER_PACKAGE:
            continue
        ruling = statements.rule((*names, *finding.aliases), asked, today)
        (covered if how is Fit.APPLIES else near).append(
            Covered(finding=finding, fit=how, ruling=ruling)
        )
    state = each.state(today)
    again = tuple(_again(node, each, covered)) if state is AffairState.IN_FORCE else ()
    ground = _ground(node, each, covered) if again else ""
    return Reach(covered=tuple(covered), near=tuple(near), again=again, ground=ground)


def to_examine(node: Node, estate_id: str | None = None) -> tuple[Examine, ...]:
    """Give every decision in force that should be examined again, and why.

    Made anew only where the day, the portfolio, its advisories or what is said of exploitability
    changed: whatever else is observed leaves the answer as it is.
    """
    estate = node.estate(estate_id)
    today = day_of(node.clock())

    def make() -> tuple[Examine, ...]:
        counting = (
            each for each in decisions(node, estate.id) if each.state(today) is AffairState.IN_FORCE
        )
        found = ((each, reach(node, each, estate.id)) for each in counting)
        return tuple(
            Examine(decision=each, again=reached.again, ground=reached.ground)
            for each, reached in found
            if reached.again
        )

    with memory_of(node).index.reading() as reading:
        index = tuple(map(reading.meta, (BORN, GENERATION, ADVISORIES)))
    counts = node.log.kinds()
    told = tuple(counts.get(each, 0) for each in SPOKEN_IN)
    state = (index, told, node.judging.erasures, estate.version, today)
    return remembered_while(node, ("vex to examine", estate.id), state, make)


def basis(node: Node, body: VexDecision) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give what a proposal is made on: the advisories as they are, and what it would cover."""
    statement = statement_of(body, author="", document="", issued="")
    covered = [
        f"{each.system} {each.purl}"
        for each in _findings(node, body)
        if fit(statement, Asked(each.purl, system=each.system)) is Fit.APPLIES
    ]
    return tuple(_advisories(node, body)), tuple(sorted(set(covered))[:RECORDED])


def _findings(node: Node, body: VexDecision) -> Iterator[Finding]:
    seen = set()
    for name in (body.vulnerability, *body.aliases):
        filters = FindingFilters(state=State.ALL, vulnerability=name)
        page = findings(node, filters=filters, sort=Sort.SYSTEM, limit=MOST)
        for each in page.items:
            if each.fixed_at is None and each.id not in seen:
                seen.add(each.id)
                yield each


def _advisories(node: Node, body: VexDecision) -> Iterator[str]:
    store = memory_of(node).advisories
    ids: set[str] = set()
    for name in (body.vulnerability, *body.aliases):
        group = store.by_alias(name)
        ids.update(group.advisories if group is not None else ())
    for each in sorted(ids)[:RECORDED]:
        held = store.advisory(each)
        if held is not None:
            yield f"{each} {digest_of(held)}"


def _ground(node: Node, each: Decision, covered: list[Covered]) -> str:
    rulings = [one.ruling for one in covered if one.ruling is not None]
    told = {
        *_advisories(node, each.said),
        *(one.finding.purl for one in covered),
        *(f"{voice.number} {voice.evidence}" for ruling in rulings for voice in ruling.against),
        *(f"{ruling.voice.number} {ruling.voice.evidence}" for ruling in rulings),
    }
    return sha256("\n".join(sorted(told)).encode()).hexdigest()[:GROUND_DIGITS]


def _again(node: Node, each: Decision, covered: list[Covered]) -> Iterator[Again]:
    said = each.said
    if said.advisories and tuple(_advisories(node, said)) != said.advisories:
        yield Again.ADVISORY
    if said.covered:
        known = {one.partition(" ")[2] for one in said.covered}
        if any(one.finding.purl not in known for one in covered):
            yield Again.VERSION
    rulings = [one.ruling for one in covered if one.ruling is not None]
    if any(ruling.voice.number != each.number and not ruling.voice.own for ruling in rulings):
        yield Again.OVERRULED
    elif any(ruling.against for ruling in rulings):
        yield Again.CONTRADICTED
    if not covered:
        yield Again.NOTHING
    if (each.expires - day_of(node.clock())).days <= SOON:
        yield Again.ENDING
