"""Controls 1-3 and 1-4: external users not below internal ones, all mechanisms under one standard.

Computed from sign-ins and accounts as they were seen, and from the mapping; never from a statement.
A provider nobody mapped has no place in the standard, whatever it claims.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from panshi.protection.zero_trust.assurance.mapping import (
    Assurance,
    AssuranceMapping,
    Population,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenUser:
    """One user with the assurance reached last."""

    user: str
    external: bool
    issuer: str
    assurance: Assurance


@dataclass(frozen=True, slots=True, kw_only=True)
class FederationFinding:
    """How the identity sources stand beside one another."""

    sources: int
    unmapped: tuple[str, ...]
    "Issuers no level was agreed with."
    internal_level: int
    "Lowest level of internal users; 0 where none was seen."
    external_level: int
    "Lowest level of external users; 0 where none was seen."
    weaker: tuple[str, ...]
    "External users below the lowest internal level, the first hundred."
    misplaced: tuple[str, ...]
    "Users of a provider that is not for them."

    @property
    def mapped(self) -> bool:
        """Whether every source is under the one standard (1-4)."""
        return self.sources > 0 and not self.unmapped

    @property
    def external_not_weaker(self) -> bool | None:
        """Whether external users are verified no weaker (1-3); None where nothing was seen."""
        if not self.internal_level:
            return None
        return not self.weaker


_SHOWN = 100


def federation(seen: Iterable[SeenUser], mapping: AssuranceMapping) -> FederationFinding:
    """Compare all that was seen."""
    users = tuple(seen)
    issuers = {each.issuer for each in users}
    internal = [each.assurance.level for each in users if not each.external]
    external = [each.assurance.level for each in users if each.external]
    lowest = min(internal, default=0)
    return FederationFinding(
        sources=len(issuers),
        unmapped=tuple(sorted(each for each in issuers if mapping.provider(each) is None)),
        internal_level=lowest,
        external_level=min(external, default=0),
        weaker=_names(each for each in users if each.external and each.assurance.level < lowest),
        misplaced=_names(each for each in users if _misplaced(each, mapping)),
    )


def _misplaced(user: SeenUser, mapping: AssuranceMapping) -> bool:
    provider = mapping.provider(user.issuer)
    kind = Population.EXTERNAL if user.external else Population.INTERNAL
    return provider is not None and provider.population not in {Population.BOTH, kind}


def _names(users: Iterable[SeenUser]) -> tuple[str, ...]:
    return tuple(sorted({each.user for each in users}))[:_SHOWN]
