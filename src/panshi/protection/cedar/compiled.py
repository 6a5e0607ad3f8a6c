"""Policies compiled for decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cedarpy

from panshi.errors import ContentError
from panshi.protection.cedar import reference
from panshi.protection.cedar.decision import Decision, Request
from panshi.protection.cedar.entities import EntityStore
from panshi.protection.cedar.reading import Link, Source, read_policies
from panshi.protection.cedar.schema import Schema
from panshi.protection.cedar.values import Uid, Value


class CompiledPolicies:
    """A set of policies, ready to decide."""

    def __init__(
        self, handle: cedarpy.PolicySet, sources: Sequence[Source], *, source: str
    ) -> None:
        """Compile what was read."""
        self.source = source
        self.handle = handle
        self.policy_ids = tuple(sorted((each.id for each in sources), key=reference.natural))
        self.fallback_count = len(sources)
        self._annotations = {each.id: reference.annotations(each.document) for each in sources}

    def decide(self, request: Request, entities: EntityStore) -> Decision:
        """Decide as Cedar does."""
        return reference.decide(self.handle, request, entities.handle())

    def annotation(self, policy_id: str, name: str) -> str | None:
        """The value of an annotation of a policy; none where the policy lacks it."""
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
        """All known resources of the type on which the principal may do it."""
        return tuple(
            each.uid
            for each in entities
            if each.uid.type == type
            and self.decide(Request(principal, action, each.uid, context), entities).allowed
        )

    def permitted_principals(
        self,
        action: Uid,
        resource: Uid,
        context: Mapping[str, Value],
        entities: EntityStore,
        *,
        type: str,  # noqa: A002 -- the entity type, as AuthZEN calls it
    ) -> tuple[Uid, ...]:
        """All known principals of the type who may do it."""
        return tuple(
            each.uid
            for each in entities
            if each.uid.type == type
            and self.decide(Request(each.uid, action, resource, context), entities).allowed
        )

    def permitted_actions(
        self,
        principal: Uid,
        resource: Uid,
        context: Mapping[str, Value],
        entities: EntityStore,
    ) -> tuple[Uid, ...]:
        """All known actions the principal may do with the resource."""
        return tuple(
            each.uid
            for each in entities
            if each.uid.type.rpartition("::")[2] == "Action"
            and self.decide(Request(principal, each.uid, resource, context), entities).allowed
        )


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
