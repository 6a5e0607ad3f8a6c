"""The decision point: one set of policies, one store of entities, one way to decide.

Everything that asks (AuthZEN, proxies, live sessions, the console) asks `DecisionPoint.decide`.
Fail closed: a policy that errs on a question denies it, unless the set was told otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

from panshi.pdp.settings import Settings

if TYPE_CHECKING:
    from panshi.protection.cedar import CompiledPolicies, EntityStore, Uid, Value


class Question(NamedTuple):
    """Whether a subject may do something to a resource."""

    subject: Uid
    action: Uid
    resource: Uid
    context: Mapping[str, Value] = {}
    session_id: str | None = None
    """The live session that asks; its context is merged in and wins over what the caller says."""
    request_id: str = ""
    given: Mapping[Uid, Mapping[str, Value]] = {}
    """Attributes the caller states for this question only, by entity."""


class Obligation(NamedTuple):
    """Something an enforcement point must do with a decision (AuthZEN obligations profile)."""

    type: str
    """step-up, notification, session_termination or custom."""
    id: str
    """Unique within one answer."""
    members: Mapping[str, object] = {}
    """What the type asks for: acr_value, to, body, subject …"""


class Answer(NamedTuple):
    """What was decided and why."""

    allowed: bool
    reasons: tuple[str, ...]
    """Ids of the policies that determined it."""
    errors: tuple[str, ...]
    """Policies that could not be evaluated, with the reason."""
    obligations: tuple[Obligation, ...]
    decision_id: str
    """Place in the decision log."""
    epoch: int
    """Of policies and entities; a cached answer of an older epoch is void."""
    ttl: int
    """Seconds the answer may be relied on without asking again, 0 = this once."""
    attributes: Mapping[str, object] = {}
    """Dynamic attribute values the determining policies read."""


class Live(Protocol):
    """What the decision point asks of the registry of live sessions."""

    def context_of(self, session_id: str, now: float) -> Mapping[str, Value]:
        """Give what is known of the session as Cedar context."""
        ...

    def reconsider(self, session_ids: Iterable[str] | None, cause: str) -> object:
        """Decide the open accesses of these sessions anew; None = of all."""
        ...


class DecisionPoint:
    """Policies, entities, live sessions and the log, under one epoch."""

    def __init__(
        self,
        *,
        policies: CompiledPolicies,
        entities: EntityStore,
        clock: Callable[[], float],
        version: str = "",
        live: Live | None = None,
    ) -> None:
        self.policies = policies
        self.entities = entities
        self.clock = clock
        self.version = version
        self.live = live
        self.settings = Settings()
        self.epoch = 1

    def decide(self, question: Question) -> Answer:
        """Decide one question."""
        from panshi.protection.cedar import Request  # noqa: PLC0415 -- until the engine lands

        context = dict(question.context)
        if question.session_id is not None and self.live is not None:
            context |= self.live.context_of(question.session_id, self.clock())
        request = Request(question.subject, question.action, question.resource, context)
        decision = self.policies.decide(request, self.entities)
        errors = tuple(f"{each.policy}: {each.message}" for each in decision.errors)
        return Answer(
            allowed=decision.allowed and not errors,
            reasons=decision.reasons,
            errors=errors,
            obligations=(),
            decision_id="",
            epoch=self.epoch,
            ttl=0,
        )

    def replace_policies(self, compiled: CompiledPolicies, version: str) -> None:
        """Put another set in force; open accesses are decided anew."""
        self.policies, self.version = compiled, version
        self._changed("policies")

    def replace_entities(self, entities: EntityStore) -> None:
        """Put another store of entities in force; open accesses are decided anew."""
        self.entities = entities
        self._changed("entities")

    def _changed(self, cause: str) -> None:
        self.epoch += 1
        if self.live is not None:
            self.live.reconsider(None, cause)
