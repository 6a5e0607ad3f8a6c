"""The zero-trust scope of an estate: seen, answered, decided, and carried into the estate.

    seen = scoped(node)                          every system, the funnel, what is chosen
    desk = ScopeDesk(node, actor="chen.yiru")
    number = desk.answer(("system:crm",), {"remote_staff_access": "true"})
    desk.withdraw(number); desk.decide("remote_work", Choice.LEFT_OUT, why="…"); desk.label()

Answers and decisions are sealed; the scope itself is derived at each look and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from panshi.errors import BadInputError, MissingError, UsageError
from panshi.governance.parameters import values_in_force
from panshi.governance.persons import acting_person
from panshi.model.asset import Asset, AssetId, AssetKind, RelationKind
from panshi.model.bodies.zero_trust_scope import (
    ANSWER,
    DECISION,
    WITHDRAWAL,
    Choice,
    ScopeAnswer,
    ScopeDecision,
    ScopeFact,
    ScopeWithdrawal,
)
from panshi.model.estate import Estate
from panshi.model.observation import ObservationId, Sealed
from panshi.node.desk import Desk
from panshi.node.judging import PARAMETER_KIND
from panshi.node.node import Node
from panshi.protection.zero_trust.scope.answering import Said, folded, value_of
from panshi.protection.zero_trust.scope.deriving import derive
from panshi.protection.zero_trust.scope.facts import Field
from panshi.protection.zero_trust.scope.fields import Standing
from panshi.protection.zero_trust.scope.readings import readings_of
from panshi.protection.zero_trust.scope.scoping import Scope, scope

FRAMEWORK = "zt36"
MOST_SYSTEMS = 5_000
LONGEST_WHY = 2_000
_BELONGING = {
    RelationKind.RUNS_ON: AssetKind.HOST,
    RelationKind.HOLDS: AssetKind.DATASET,
    RelationKind.EXPOSES: AssetKind.ENDPOINT,
}
"What belongs to a system and takes its labels: relation from the system, and the kind."


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeSeen:
    """The scope with what it was judged on."""

    scope: Scope
    estate: Estate
    as_of: datetime
    framework_version: str
    log_size: int
    log_root: str


def scoped(node: Node, estate_id: str | None = None, as_of: datetime | None = None) -> ScopeSeen:
    """Judge the scope of an estate, now or as of another moment."""
    estate = node.estate(estate_id)
    moment = as_of or node.clock()
    if as_of is not None:
        then = node.estates.at(estate.id, as_of)
        if then is None:
            raise UsageError(
                f"estate {estate.id} was not known yet at {as_of.isoformat(timespec='minutes')}",
                remedy="ask for a later day",
            )
        estate = then
    changes = node.log.records(PARAMETER_KIND, as_of=as_of)
    framework = node.library.framework(FRAMEWORK)
    size = node.log.size()
    return ScopeSeen(
        scope=scope(
            estate,
            said(node, estate, as_of),
            readings_of(values_in_force(node.library.parameters, changes, moment)),
            framework.controls,
        ),
        estate=estate,
        as_of=moment,
        framework_version=framework.version,
        log_size=size,
        log_root=node.log.root(size).hex(),
    )


def said(node: Node, estate: Estate, as_of: datetime | None = None) -> Said:
    """Give what people said about an estate; nothing where it has no institution to speak of."""
    institutions = {each.id for each in estate.by_kind.get(AssetKind.INSTITUTION, ())}
    events: list[Sealed] = [
        each
        for kind in (ANSWER, WITHDRAWAL, DECISION)
        for each in node.log.records(kind, as_of=as_of)
        if each.observation.subject in institutions
    ]
    return folded(events)


class ScopeDesk(Desk):
    """Where one person answers and decides."""

    def answer(
        self,
        systems: Collection[str],
        answers: Mapping[str, str],
        *,
        in_field: str = "",
        why: str = "",
    ) -> str:
        """Answer facts about systems, all in one sealed record; gives its number."""
        person = acting_person(self.actor)
        named = self._systems(systems)
        if in_field:
            _field(in_field)
        if not answers:
            raise UsageError("no fact is answered", remedy="name a fact and its value")
        values = {name: value_of(name, text) for name, text in answers.items()}
        if not why.strip():
            self._refuse_unexplained(named, values)
        number = self.next_number("ZA", (each.number for each in self._said().answers))
        body = ScopeAnswer(
            number=number,
            systems=named,
            answers=tuple(
                ScopeFact(fact=name, value=text.strip()) for name, text in answers.items()
            ),
            answered_by=person,
            in_field=in_field,
            why=why.strip()[:LONGEST_WHY],
        )
        self.node.record(ANSWER, body, facet=number, actor=self.actor, estate_id=self.estate.id)
        return number

    def withdraw(self, number: str, *, why: str = "") -> ObservationId:
        """Take an answer back; what was known before it counts again."""
        person = acting_person(self.actor)
        found = next((each for each in self._said().answers if each.number == number), None)
        if found is None:
            raise MissingError(f"there is no answer {number!r}", remedy="panshi zt scope answers")
        if found.withdrawn_by:
            raise UsageError(f"answer {number} was withdrawn by {found.withdrawn_by}")
        body = ScopeWithdrawal(number=number, withdrawn_by=person, why=why.strip()[:LONGEST_WHY])
        return self.node.record(
            WITHDRAWAL, body, facet=number, actor=self.actor, estate_id=self.estate.id
        )

    def decide(self, in_field: str, choice: Choice, *, why: str, system: str = "") -> ObservationId:
        """Decide a field, or a system in it, otherwise than computed; or take that back."""
        field = _field(in_field)
        if not why.strip():
            raise UsageError("a decision needs a reason", remedy="say why")
        if system:
            self._systems((system,))
        body = ScopeDecision(
            in_field=field,
            choice=choice,
            decided_by=acting_person(self.actor),
            why=why.strip()[:LONGEST_WHY],
            system=system,
        )
        facet = f"{field} {system}".strip()
        return self.node.record(
            DECISION, body, facet=facet, actor=self.actor, estate_id=self.estate.id
        )

    def label(self) -> Estate:
        """Write the fields into the estate as labels, so that assessments follow the scope.

        Systems get the fields they are in; their hosts, data sets and endpoints those of the
        systems they belong to. A label of a field that facts do not decide stays.
        """
        seen = scoped(self.node, self.estate.id)
        labels = _labels(seen)
        assets = tuple(_labelled(each, labels.get(each.id)) for each in seen.estate.assets)
        if assets == seen.estate.assets:
            return seen.estate
        changed = replace(seen.estate, assets=assets, as_of=self.moment)
        committed = self.node.commit_estate(changed, by=self.actor)
        self.node.audit(self.actor, "zt.scope.label", self.estate.id)
        return committed

    def _said(self) -> Said:
        return said(self.node, self.estate)

    def _systems(self, systems: Collection[str]) -> tuple[str, ...]:
        named = tuple(dict.fromkeys(systems))
        if not named or len(named) > MOST_SYSTEMS:
            raise UsageError("name one system or more", remedy=f"at most {MOST_SYSTEMS}")
        for each in named:
            found = self.estate.by_id.get(AssetId(each))
            if found is None or found.kind is not AssetKind.SYSTEM:
                raise MissingError(
                    f"estate {self.estate.id} has no system {each[:200]!r}",
                    remedy="write it as system:<name>",
                )
        return named

    def _refuse_unexplained(self, systems: tuple[str, ...], values: Mapping[str, object]) -> None:
        """Refuse an answer against what the estate states, unless it says why."""
        for each in systems:
            known = derive(self.estate, self.estate.by_id[AssetId(each)]).known
            for name, value in values.items():
                if (
                    name in known
                    and known[name].value != value
                    and known[name].source != "inferred"
                ):
                    raise BadInputError(
                        f"the estate states {name} of {each} otherwise",
                        place=name,
                        remedy="correct the estate, or say why the answer counts instead",
                    )


def _field(name: str) -> Field:
    if name not in set(Field):
        raise UsageError(f"there is no field {name[:80]!r}", remedy="fields: " + ", ".join(Field))
    return Field(name)


def _labels(seen: ScopeSeen) -> dict[AssetId, frozenset[str]]:
    """Give the labels of systems and of what belongs to them."""
    labels: dict[AssetId, frozenset[str]] = {}
    for each in seen.scope.systems:
        kept = (
            field for field, found in each.fields.items() if found.finding.standing is Standing.IN
        )
        own = frozenset(str(field) for field in kept)
        labels[each.system.id] = own
        for relation in seen.estate.relations_of(each.system.id):
            other = seen.estate.by_id[relation.target]
            if relation.source == each.system.id and _BELONGING.get(relation.kind) is other.kind:
                labels[other.id] = labels.get(other.id, frozenset()) | own
    return labels


def _labelled(asset: Asset, fields: frozenset[str] | None) -> Asset:
    if fields is None or frozenset(asset.attributes.get("fields") or ()) == fields:  # type: ignore[arg-type]
        return asset
    ordered = tuple(str(field) for field in Field if field in fields)
    attributes = {**asset.attributes, "fields": ordered}
    if not ordered:
        attributes.pop("fields")
    return replace(asset, attributes=attributes)
