"""What a decision point with a home decides by: the published set, and the estate's entities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from panshi.node.node import Node
from panshi.node.zero_trust import policies
from panshi.node.zero_trust.entities import EstateEntities, Gap, entities_of
from panshi.protection.cedar import EntityStore, Schema
from panshi.protection.zero_trust.policies.policy_set import PolicySet
from panshi.protection.zero_trust.policies.ruling import enforced


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Everything the decision point loads."""

    policies: PolicySet
    files: Mapping[str, str]
    "Cedar texts that take effect, by file name; what only reports is blanked."
    schema: str
    entities: EntityStore
    "Of the newest estate, with the actions of the schema."
    version: str
    "Digest of the set."
    fail_secure: bool
    gaps: tuple[Gap, ...] = ()
    "What policies may ask about and the estate does not say."

    @property
    def text(self) -> str:
        """All Cedar text that takes effect."""
        return "\n".join(self.files.values())


def published(node: Node, estate_id: str | None = None) -> Published:
    """Give the set in force and the entities of the newest estate."""
    found = policies.policy_set(node, policies.IN_FORCE, estate_id)
    estate = entities_of(node.estate(estate_id)) if node.estate_ids() else _NOBODY
    return Published(
        policies=found,
        files=enforced(found),
        schema=found.schema,
        entities=store_of(estate, found),
        version=found.version,
        fail_secure=found.fail_secure,
        gaps=estate.gaps,
    )


def store_of(estate: EstateEntities, found: PolicySet) -> EntityStore:
    """Give a store of an estate's entities with the actions that a set's schema declares."""
    store = EntityStore.from_json([], Schema.parse(found.schema))
    store.put(*estate.entities)
    return store


_NOBODY = EstateEntities(entities=(), gaps=())
