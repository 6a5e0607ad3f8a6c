"""Policies compiled for decisions."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence

import cedarpy

from panshi.errors import ContentError
from panshi.protection.cedar import reference
from panshi.protection.cedar.conjunctions import Policy, read_policy
from panshi.protection.cedar.deciding import View, plainly
from panshi.protection.cedar.decision import Decision, Request
from panshi.protection.cedar.entities import EntityStore
from panshi.protection.cedar.entries import bits
from panshi.protection.cedar.index import Index, ScopeTable
from panshi.protection.cedar.reading import Link, Source, read_policies
from panshi.protection.cedar.schema import Schema
from panshi.protection.cedar.searching import Roster, permitted, with_entity
from panshi.protection.cedar.syntax import UnknownSyntaxError
from panshi.protection.cedar.values import Uid, Value

MOST_ACTIONS = 1024
"Actions, and groups of policies by action, remembered at once."
MOST_ROSTERS = 64
"Types of entities, by group of policies, that searches keep placed."
MOST_STORES = 4
"Stores of entities remembered at once; usually there is one."


class Desk:
    """Compiled policies over one store of entities; hears of every change there."""

    def __init__(self, compiled: CompiledPolicies, entities: EntityStore) -> None:
        """Start with nothing settled."""
        self.compiled = compiled
        self.entities = entities
        self.views: dict[int, View] = {}
        self.rosters: dict[tuple[int, str, str], Roster] = {}
        self.deciders: dict[Uid, Callable[[Request], Decision]] = {}
        entities.watch(self)

    def decider(self, action: Uid) -> Callable[[Request], Decision]:
        """Find the function that decides requests for an action."""
        if len(self.deciders) >= MOST_ACTIONS:
            self.deciders.clear()
        found = self.view(action).decide if not self.compiled.fallback else self._by_reference
        self.deciders[action] = found
        return found

    def _by_reference(self, request: Request) -> Decision:
        return reference.decide(self.compiled.handle, request, self.entities.handle())

    def view(self, action: Uid) -> View:
        """Give the view of the policies in whose scope the action is."""
        scope = self.compiled.action_scope
        mask = scope.of(action, self.entities.ancestors(action))
        view = self.views.get(mask)
        if view is None:
            if len(self.views) >= MOST_ACTIONS:
                self.views.clear()
            view = self.views[mask] = View(self.compiled.index(mask), self.entities)
        return view

    def roster(self, action: Uid, side: str, kind: str) -> Roster:
        """Give all entities of a type as a search for an action sees them."""
        view = self.view(action)
        place = (id(view), side, kind)
        roster = self.rosters.get(place)
        if roster is None or roster.view is not view:
            if len(self.rosters) >= MOST_ROSTERS:
                self.rosters.pop(next(iter(self.rosters)))
            roster = self.rosters[place] = Roster(view, side, kind)
        return roster

    def forget(self, changed: Iterable[Uid]) -> None:
        """Drop what was settled from these entities."""
        for view in self.views.values():
            view.forget(changed)
        for roster in self.rosters.values():
            roster.forget(changed)
        for uid in changed:
            self.deciders.pop(uid, None)


class CompiledPolicies:
    """A set of policies, ready to decide."""

    def __init__(
        self, handle: cedarpy.PolicySet, sources: Sequence[Source], *, source: str
    ) -> None:
        """Compile what was read."""
        self.source = source
        self.handle = handle
        ordered = sorted(sources, key=lambda each: reference.natural(each.id))
        self.policy_ids = tuple(each.id for each in ordered)
        self._annotations = {each.id: reference.annotations_of(each.document) for each in ordered}
        policies: list[Policy] = []
        refused: dict[str, str] = {}
        for each in ordered:
            try:
                policies.append(read_policy(each))
            except UnknownSyntaxError as error:
                refused[each.id] = str(error)
        self.fallback = refused
        self.policies = tuple(policies)
        self.action_scope = ScopeTable(each.action for each in policies)
        self._indexes: dict[int, Index] = {}
        self._desks: dict[int, Desk] = {}
        self._desk: Desk | None = None
        self._glimpsed: weakref.ref[EntityStore] | None = None

    @property
    def fallback_count(self) -> int:
        """How many policies cedarpy evaluates, because the compiler does not know a part."""
        return len(self.fallback)

    def decide(self, request: Request, entities: EntityStore) -> Decision:
        """Decide as Cedar does."""
        desk = self._desk
        if desk is None or desk.entities is not entities:
            desk = self._desks.get(id(entities))
            if desk is None or desk.entities is not entities:
                if self._glimpsed is None or self._glimpsed() is not entities:
                    self._glimpsed = weakref.ref(entities)
                    return self._once(request, entities)
                desk = self.desk(entities)
            self._desk = desk
        decide = desk.deciders.get(request[1]) or desk.decider(request[1])
        return decide(request)

    def _once(self, request: Request, entities: EntityStore) -> Decision:
        """Decide over entities not seen before: nothing is worth settling for one question."""
        if self.fallback:
            return reference.decide(self.handle, request, entities.handle())
        mask = self.action_scope.of(request.action, entities.ancestors(request.action))
        return plainly(self.index(mask), request, entities)

    def desk(self, entities: EntityStore) -> Desk:
        """Give what is settled over these entities."""
        desk = self._desks.get(id(entities))
        if desk is None or desk.entities is not entities:
            while len(self._desks) >= MOST_STORES:
                self._desks.pop(next(iter(self._desks)))
            desk = self._desks[id(entities)] = Desk(self, entities)
        self._desk = desk
        return desk

    def index(self, mask: int) -> Index:
        """Index the policies of a mask."""
        index = self._indexes.get(mask)
        if index is None:
            if len(self._indexes) >= MOST_ACTIONS:
                self._indexes.clear()
            index = self._indexes[mask] = Index(tuple(self.policies[n] for n in bits(mask)))
        return index

    def annotation(self, policy_id: str, name: str) -> str | None:
        """Give the value of an annotation of a policy; none where the policy lacks it."""
        return self._annotations.get(policy_id, {}).get(name)

    def permitted_resources(
        self,
        principal: Uid,
        action: Uid,
        context: Mapping[str, Value],
        entities: EntityStore,
        *,
        type: str,  # noqa: A002 -- the entity type, as AuthZEN calls it
    ) -> tuple[Uid, ...]:
        """Find all known resources of the type on which the principal may do it."""
        example = Request(principal, action, Uid(type, ""), context)
        return self._permitted("resource", example, entities)

    def permitted_principals(
        self,
        action: Uid,
        resource: Uid,
        context: Mapping[str, Value],
        entities: EntityStore,
        *,
        type: str,  # noqa: A002 -- the entity type, as AuthZEN calls it
    ) -> tuple[Uid, ...]:
        """Find all known principals of the type who may do it."""
        example = Request(Uid(type, ""), action, resource, context)
        return self._permitted("principal", example, entities)

    def permitted_actions(
        self,
        principal: Uid,
        resource: Uid,
        context: Mapping[str, Value],
        entities: EntityStore,
    ) -> tuple[Uid, ...]:
        """Find all known actions the principal may do with the resource."""
        return tuple(
            action
            for action in self.known_actions(entities)
            if self.decide(Request(principal, action, resource, context), entities).allowed
        )

    def known_actions(self, entities: EntityStore) -> tuple[Uid, ...]:
        """List the actions that entities or policies name; groups of actions are none."""
        named = (each.uid for each in entities if is_action(each.uid))
        ruled = (uid for each in self.policies for uid in each.action.entities)
        return tuple(
            uid for uid in dict.fromkeys((*named, *ruled)) if not entities.has_members(uid)
        )

    def _permitted(self, side: str, example: Request, entities: EntityStore) -> tuple[Uid, ...]:
        kind = getattr(example, side).type
        if not self.fallback:
            return permitted(self.desk(entities).roster(example.action, side, kind), example)
        return tuple(
            each.uid
            for each in entities
            if each.uid.type == kind
            and self.decide(with_entity(example, side, each.uid), entities).allowed
        )


def is_action(uid: Uid) -> bool:
    """Whether the entity is an action: its type is `Action`, in some namespace."""
    return uid.type.rpartition("::")[2] == "Action"


def compile_policies(
    text: str, *, source: str, schema: Schema | None = None, links: Sequence[Link] = ()
) -> CompiledPolicies:
    """Compile Cedar text or JSON; with a schema, policies that break it are refused."""
    handle, sources = read_policies(text, source=source, links=links)
    if schema is not None:
        _validate(text, schema, source)
    return CompiledPolicies(handle, sources, source=source)


def _validate(text: str, schema: Schema, source: str) -> None:
    if text.lstrip().startswith("{"):
        text = cedarpy.policies_from_json_str(text)
    findings = schema.validate(text)
    if findings:
        listed = "; ".join(error for _, error in findings[:5])
        raise ContentError(f"the policies break the schema {schema.source}: {listed}", place=source)
