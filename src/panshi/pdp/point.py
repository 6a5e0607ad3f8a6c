"""The decision point: one set of policies, one store of entities, one way to decide.

Everything that asks (AuthZEN, proxies, live sessions, the console) asks `DecisionPoint.decide`.

    question → session's context → Cedar → fail secure → obligations → record → answer
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from panshi.pdp.address import Address
from panshi.protection.cedar import CompiledPolicies, Decision, EntityStore, Request, Uid, Value
from panshi.protection.zero_trust.decisions.facts import is_action, policy_facts
from panshi.protection.zero_trust.decisions.obligations import Obligation, obligations
from panshi.protection.zero_trust.decisions.stated import (
    Stated,
    as_stored,
    contradictions,
    holding,
)
from panshi.protection.zero_trust.decisions.verdict import (
    FailSecure,
    Verdict,
    attributes_read,
    denying,
    spoken_verdict,
    verdict,
)
from panshi.protection.zero_trust.sessions.nouns import Cause

if TYPE_CHECKING:
    from panshi.node.zero_trust.sealing import Fact

__all__ = ["Answer", "DecisionPoint", "Log", "Obligation", "Question"]

REMEMBERED = 10_000
NOTHING: Mapping[str, object] = MappingProxyType({})
NOTHING_STATED: Stated = MappingProxyType({})
_new: Any = tuple.__new__
"Makes a named tuple in a third of the time of its constructor; for what is made once a decision."


class Question(NamedTuple):
    """Whether a subject may do something to a resource."""

    subject: Uid
    action: Uid
    resource: Uid
    context: Mapping[str, Value] = MappingProxyType({})
    session_id: str | None = None
    """The live session that asks; its context is merged in and wins over what the caller says."""
    request_id: str = ""
    given: Stated = NOTHING_STATED
    """Attributes the caller states for this question only, by entity."""
    supported: frozenset[str] | None = None
    """Types of obligation the enforcement point can honour; None where it did not say."""
    explain: bool = False
    """Whether the answer is to show the attribute values that were read."""


class Answer(NamedTuple):
    """What was decided and why."""

    allowed: bool
    reasons: tuple[str, ...]
    """Cedar's ids of the policies that determined it."""
    errors: tuple[str, ...]
    """Policies that could not be evaluated, with the reason."""
    obligations: tuple[Obligation, ...]
    decision_id: str
    """Place in the decision log; empty where nothing is logged."""
    epoch: int
    """Of policies and entities; a cached answer of an older epoch is void."""
    ttl: int
    """Seconds the answer may be relied on without asking again, 0 = this once."""
    attributes: Mapping[str, object] = {}
    """Values of the attributes the determining policies read."""
    verdict: Verdict | None = None
    """Names and sentences of the determining policies."""


class Log(Protocol):
    """Where decisions are remembered."""

    def append(
        self, question: Question, found: Verdict, errors: tuple[str, ...],
        attributes: Mapping[str, object], epoch: int, now: float,
    ) -> str:  # fmt: skip
        """Remember one decision and give its id."""
        ...


class DecisionPoint:
    """Policies, entities, live sessions and the log, under one epoch."""

    def __init__(  # noqa: PLR0913 -- what one process holds
        self,
        *,
        policies: CompiledPolicies,
        entities: EntityStore,
        clock: Callable[[], float],
        version: str = "",
        live: Any = None,  # noqa: ANN401 -- the registry of live sessions, which imports this module
        log: Log | None = None,
        ttl: int = 0,
        fail_secure: FailSecure = FailSecure.FORBID,
        settings: Any = None,  # noqa: ANN401 -- of the questions of proxies
    ) -> None:
        self.policies = policies
        self.entities = entities
        self.clock = clock
        self.version = version
        self.live = live
        self.log = log
        self.ttl = ttl
        self.fail_secure = fail_secure
        self.settings = settings
        self.address = Address()
        self.reload: Callable[[], bool] = lambda: False
        self.tell: Callable[[Fact], None] = lambda _fact: None
        """Takes what is to become evidence."""
        self.facts = policy_facts(policies)
        self._verdicts: dict[tuple[object, ...], Verdict] = {}
        self._changes = 1

    @property
    def epoch(self) -> int:
        """Raised by every change of policies or entities; never goes back."""
        return self._changes + self.entities.epoch

    @epoch.setter
    def epoch(self, value: int) -> None:
        self._changes += value - self.epoch

    def decide(self, question: Question) -> Answer:
        """Decide one question, remember it, and say why."""
        now = self.clock()
        entities = self.entities
        epoch = self._changes + entities.epoch
        if question[4] is None and not question[6]:  # no live session, nothing stated
            request = _new(Request, question[:4])
            decision, found, attributes = self._ask(request, entities, question)
        else:
            request = self._request(question, now)
            decision, found, attributes = self._weigh(request, question)
        asked: tuple[Obligation, ...] = ()
        if found.duties:
            asked = self._obligations(question, found)
            found = self._honoured(question, found, asked)
        errors: tuple[str, ...] = ()
        if decision.errors:
            errors = tuple(f"{self._name(e.policy)}: {e.message}" for e in decision.errors)
        decision_id = ""
        if self.log is not None:
            decision_id = self.log.append(question, found, errors, attributes, epoch, now)
        parts = (found.allowed, decision.reasons, errors, asked, decision_id, epoch, found.ttl,
                 attributes, found)  # fmt: skip
        answer: Answer = _new(Answer, parts)
        return answer

    def would_allow(self, question: Question) -> bool:
        """Whether it would be allowed; a thought, not a decision, and not remembered."""
        request = self._request(question, self.clock())
        _, found, _ = self._weigh(request, question)
        if found.duties:
            found = self._honoured(question, found, self._obligations(question, found))
        return found.allowed

    def actions(self, entities: EntityStore) -> tuple[Uid, ...]:
        """Give every action that is known: those policies name and those among the entities."""
        known = [each.uid for each in entities if is_action(each.uid)]
        groups = {parent for uid in known for parent in entities.ancestors(uid)}
        named = [uid for each in self.facts.values() for uid in each.actions]
        return tuple(uid for uid in dict.fromkeys((*named, *known)) if uid not in groups)

    @contextmanager
    def without_change(self) -> Iterator[None]:
        """Keep the epoch: what happens to the entities meanwhile is undone in the end."""
        before = self.entities.epoch
        try:
            yield
        finally:
            self._changes -= self.entities.epoch - before

    def replace_policies(self, compiled: CompiledPolicies, version: str) -> None:
        """Put another set in force; open accesses are decided anew."""
        self._put_policies(compiled, version)
        self._changed(Cause.POLICY)

    def replace_entities(self, entities: EntityStore) -> None:
        """Put another store of entities in force; open accesses are decided anew."""
        self._put_entities(entities)
        self._changed(Cause.ENTITY)

    def replace(self, compiled: CompiledPolicies, entities: EntityStore, version: str) -> None:
        """Put both in force at once."""
        self._put_policies(compiled, version)
        self._put_entities(entities)
        self._changed(Cause.POLICY)

    def _put_policies(self, compiled: CompiledPolicies, version: str) -> None:
        facts = policy_facts(compiled)
        self.policies, self.version, self.facts = compiled, version, facts
        self._verdicts.clear()

    def _put_entities(self, entities: EntityStore) -> None:
        self._changes += self.entities.epoch - entities.epoch
        self.entities = entities

    def _changed(self, cause: Cause) -> None:
        self._changes += 1
        if self.live is not None:
            self.live.reconsider(None, cause)

    def _request(self, question: Question, now: float) -> Request:
        context = question.context
        if question.session_id is not None and self.live is not None:
            known = self.live.context_of(
                question.session_id,
                now,
                subject=question.subject,
                action=question.action,
                resource=question.resource,
            )
            context = {**context, **known}
        return Request(question.subject, question.action, question.resource, context)

    def _weigh(
        self, request: Request, question: Question
    ) -> tuple[Decision, Verdict, Mapping[str, object]]:
        """Decide; where what is stated contradicts the store, both must allow."""
        stated = question.given
        if not stated:
            return self._ask(request, self.entities, question)
        with self.without_change():
            with holding(stated, self.entities) as entities:
                weighed = self._ask(request, entities, question)
            if weighed[1].allowed and contradictions(stated, self.entities):
                with holding(as_stored(stated, self.entities), self.entities) as entities:
                    weighed = self._ask(request, entities, question)
        return weighed

    def _ask(
        self, request: Request, entities: EntityStore, question: Question
    ) -> tuple[Decision, Verdict, Mapping[str, object]]:
        decision = self.policies.decide(request, entities)
        failed = denying(decision.errors, self.facts, self.fail_secure) if decision.errors else ()
        key = (decision.reasons, failed, decision.allowed)
        found = self._verdicts.get(key)
        if found is None:
            found = self._new_verdict(decision, failed, key)
        if self.log is None and not question.explain:
            return decision, found, NOTHING
        return decision, found, attributes_read(found.reads, request, entities)

    def _new_verdict(
        self, decision: Decision, failed: tuple[str, ...], key: tuple[object, ...]
    ) -> Verdict:
        if len(self._verdicts) >= REMEMBERED:
            self._verdicts.clear()
        allowed = decision.allowed and not failed
        found = self._verdicts[key] = verdict(
            self.facts, decision.reasons, failed, allowed=allowed, ttl=self.ttl
        )
        return found

    def _obligations(self, question: Question, found: Verdict) -> tuple[Obligation, ...]:
        what = f"{question.subject} {question.action.id} {question.resource}"
        return obligations(
            found.duties,
            subject=question.subject.id,
            topic=found.admin_en,
            body=f"{what}: {found.user_en}",
        )

    def _honoured(
        self, question: Question, found: Verdict, asked: tuple[Obligation, ...]
    ) -> Verdict:
        """Deny a permit the enforcement point could not honour (obligations profile)."""
        if question.supported is None or not found.allowed:
            return found
        missing = {each.type for each in asked} - question.supported
        if not missing:
            return found
        listed, names = ", ".join(sorted(missing)), ", ".join(found.names)
        return spoken_verdict(
            allowed=False,
            names=found.names,
            admin=(
                f"permitted by {names}, but the enforcement point cannot honour: {listed}",
                f"政策 {names} 准許，但執行點無法履行義務：{listed}",
            ),
            user=("This cannot be allowed here.", "此處無法准許。"),
            duties=found.duties,
            ttl=found.ttl,
            reads=found.reads,
        )

    def _name(self, policy_id: str) -> str:
        known = self.facts.get(policy_id)
        return known.name if known else policy_id
