"""What people answered and decided, folded from sealed events; the newest that stands counts.

An answer that is withdrawn is as if it had not been given: what was known before counts again. An
answer whose value the schema of systems does not take is as if it had not been given either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from panshi.errors import BadInputError
from panshi.model.asset import AssetKind, AttributeValue
from panshi.model.attributes import ATTRIBUTES, AttributeType, parse, problem_of
from panshi.model.bodies.zero_trust_scope import (
    Choice,
    ScopeAnswer,
    ScopeDecision,
    ScopeWithdrawal,
)
from panshi.model.observation import Sealed
from panshi.protection.zero_trust.scope.deriving import FACTS
from panshi.protection.zero_trust.scope.facts import Clash, Facts, Field, Known, Source

_PARTS = str.maketrans({"、": ",", "，": ","})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, and whether it stands."""

    number: str
    body: ScopeAnswer
    at: datetime
    evidence_id: str
    withdrawn_by: str = ""
    "Empty while it stands."


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision that stands."""

    body: ScopeDecision
    at: datetime
    evidence_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Everything people said about the scope of an estate."""

    answers: tuple[Answer, ...] = ()
    "Oldest first, the withdrawn ones too."
    decisions: Mapping[tuple[str, str], Decision] = field(default_factory=dict)
    "By field and system; an empty system is the field itself."

    def about(self, system: str) -> tuple[Known, ...]:
        """Give the answers that stand about a system, oldest first."""
        return tuple(
            known
            for each in self.answers
            if not each.withdrawn_by and system in each.body.systems
            for known in _known(each)
        )

    def choice(self, field: str, system: str = "") -> Choice:
        """Give what was decided about a field or a system in it."""
        found = self.decisions.get((field, system))
        return found.body.choice if found else Choice.COMPUTED


def folded(events: Iterable[Sealed]) -> Said:
    """Fold the sealed events, in the order of the log."""
    answers: dict[str, Answer] = {}
    decisions: dict[tuple[str, str], Decision] = {}
    for sealed in sorted(events, key=lambda each: each.position):
        at = sealed.observation.observed_at
        match sealed.observation.body:
            case ScopeAnswer() as body:
                number = body.number  # two desks at once may have given the same one
                number = number if number not in answers else f"{number}-{sealed.id[:4]}"
                answers[number] = Answer(number=number, body=body, at=at, evidence_id=sealed.id)
            case ScopeWithdrawal(number=number, withdrawn_by=by) if number in answers:
                known = answers[number]
                if not known.withdrawn_by:
                    answers[number] = Answer(
                        number=number,
                        body=known.body,
                        at=known.at,
                        evidence_id=known.evidence_id,
                        withdrawn_by=by,
                    )
            case ScopeDecision() as body:
                key = (body.in_field, body.system)
                decisions.pop(key, None)
                if body.choice is not Choice.COMPUTED:
                    decisions[key] = Decision(body=body, at=at, evidence_id=sealed.id)
            case _:
                pass
    return Said(answers=tuple(answers.values()), decisions=decisions)


def answered(facts: Facts, answers: Iterable[Known]) -> Facts:
    """Lay answers over what the estate tells; where they differ, both are named."""
    known, special, clashes = dict(facts.known), dict(facts.special), list(facts.clashes)
    for each in answers:
        before = known.get(each.name)
        differs = before is not None and before.value != each.value
        if differs and before is not None and before.source in {Source.STATED, Source.RELATED}:
            clashes.append(Clash(name=each.name, counts=each, other=before))
        if each.in_field:
            special[(each.in_field, each.name)] = each
        else:
            known[each.name] = each
    return Facts(known=known, special=special, clashes=tuple(clashes))


def value_of(name: str, written: str) -> AttributeValue:
    """Read an answer as the schema of systems has it; raises `BadInputError` with the remedy."""
    if name not in FACTS:
        raise BadInputError(
            f"the scope rests on no fact {name[:80]!r}",
            place="fact",
            remedy="facts: " + ", ".join(FACTS),
        )
    attribute = ATTRIBUTES[AssetKind.SYSTEM][name]
    parts = [part.strip() for part in written.translate(_PARTS).split(",") if part.strip()]
    if attribute.type is not AttributeType.MANY:
        parts = [written.strip()]
    value: AttributeValue
    if attribute.type is AttributeType.MANY:
        value = tuple(dict.fromkeys(str(parse(attribute, part)[0]) for part in parts))  # type: ignore[index]
    else:
        value = parse(attribute, parts[0])
    if value in {(), ""}:
        raise BadInputError(
            f"{name} has no value", place=name, remedy="withdraw the answer instead"
        )
    problem = problem_of(attribute, value)
    if problem is not None:
        raise BadInputError(problem.problem, place=name, remedy=problem.remedy)
    return value


def _known(answer: Answer) -> Iterable[Known]:
    body = answer.body
    if body.in_field and body.in_field not in set(Field):
        return
    for each in body.answers:
        try:
            value = value_of(each.fact, each.value)
        except BadInputError:
            continue
        yield Known(
            name=each.fact,
            value=value,
            source=Source.ANSWERED,
            attribute=each.fact,
            evidence_id=answer.evidence_id,
            by=body.answered_by,
            since=answer.at,
            in_field=body.in_field,
        )
