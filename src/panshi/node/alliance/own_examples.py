"""What analysts decide about found techniques: sealed, and learned from the next time.

    decide(node, Decided(technique="T1059.001", accepted=True, passage="…"), actor=…)
    decided_examples(node)          what `panshi soc learn` adds to ATT&CK's own

The newest decision about a passage and a technique counts. A passage is de-identified before it is
sealed, since it stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from panshi.alliance.extraction.deidentification.redaction import redact
from panshi.alliance.extraction.techniques.examples import Example
from panshi.alliance.extraction.techniques.model import NONE
from panshi.errors import BadInputError
from panshi.model.bodies.extraction import DECISION, ExtractionDecision
from panshi.model.observation import Observation, ObservationId
from panshi.node.alliance.deidentification import declared_names, found_in
from panshi.node.alliance.technique_model import terms
from panshi.node.node import Node
from panshi.store.stand_ins import StandIns

LONGEST = 2_000
TIMES = 3
"How often an own example counts: one among twenty thousand would teach little."
_TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What an analyst says of a passage."""

    technique: str
    accepted: bool
    passage: str
    score: float = 0.0
    found_by: str = "analyst"


def decide(node: Node, decided: Decided, *, actor: str) -> ObservationId:
    """Seal a decision."""
    passage = " ".join(decided.passage.split())
    if not _TECHNIQUE.fullmatch(decided.technique):
        raise BadInputError(
            f"{decided.technique[:40]!r} is no technique", remedy="write T1059 or T1059.001"
        )
    if not passage or len(passage) > LONGEST:
        raise BadInputError(f"a passage has 1 to {LONGEST:,} characters", remedy="shorten it")
    hidden = redact(passage, found_in(passage, declared_names(node)), StandIns(node.home.path).key)
    body = ExtractionDecision(
        technique=decided.technique,
        accepted=decided.accepted,
        passage=hidden.text,
        score=decided.score,
        found_by=decided.found_by[:20],
        decided_by=actor,
    )
    now = node.clock()
    made = Observation(
        kind=DECISION,
        subject=f"technique:{decided.technique}",
        facet=sha256(f"{decided.technique}\0{hidden.text}".encode()).hexdigest()[:32],
        observed_at=now,
        collector="panshi soc",
        body=body,
    )
    sealed = node.log.append((made,), now).ids[0]
    node.audit(actor, "extraction.decide", decided.technique)
    node.checkpoint()
    return sealed


def decisions(node: Node) -> tuple[ExtractionDecision, ...]:
    """Give what was decided, oldest first; only the newest about a passage and a technique."""
    newest: dict[tuple[str, str], ExtractionDecision] = {}
    for each in node.log.records(DECISION):
        body = each.observation.body
        if isinstance(body, ExtractionDecision):
            newest.pop((body.technique, body.passage), None)
            newest[body.technique, body.passage] = body
    return tuple(newest.values())


def decided_examples(node: Node) -> tuple[Example, ...]:
    """Give what was decided, as examples; what was refused shows none, unless it shows another."""
    found = decisions(node)
    shown = {each.passage for each in found if each.accepted}
    return tuple(
        Example(
            text=terms().english(each.passage),
            technique=each.technique if each.accepted else NONE,
            source=f"own:{each.passage}",
        )
        for each in found
        if each.accepted or each.passage not in shown
        for _ in range(TIMES)
    )
