"""Which build keys are trusted on a day: proposed by one person, approved by another, revocable.

    trust = folded(steps, until=moment, same=pair_defect)
    trust.keys                  those in force
    trust.of("system:core")     those that may speak for a system

A proposal names the key, the builders it may speak for and, where it is a supplier's, the systems.
Proposing a key again with other builders needs another approval; a revocation counts from the
moment it was sealed, for everything judged since. That the proposer and the approver are two is
decided by whoever folds, with the one rule the house has for two names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from panshi.errors import BadInputError
from panshi.model.bodies.secure_development import BuildTrust
from panshi.model.observation import Sealed
from panshi.protection.secure_development.envelope import VerificationKey, read_key

type PairDefect = Callable[[str, str], str]


class TrustState(StrEnum):
    """How a key stands."""

    PROPOSED = "proposed"
    TRUSTED = "trusted"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """One key and what it may speak for."""

    key: VerificationKey
    name: str
    state: TrustState
    builders: tuple[str, ...]
    systems: tuple[str, ...]
    proposed_by: str
    since: datetime
    "When the newest step was sealed."
    approved_by: str = ""
    revoked_by: str = ""
    why: str = ""

    @property
    def id(self) -> str:
        """SHA-256 of the public key."""
        return self.key.id

    def speaks_for(self, system: str) -> bool:
        """Whether it may sign for a system."""
        return not self.systems or system in self.systems


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """All keys that were ever proposed."""

    all: tuple[TrustedKey, ...] = ()

    @property
    def keys(self) -> tuple[TrustedKey, ...]:
        """Those trusted."""
        return tuple(each for each in self.all if each.state is TrustState.TRUSTED)

    def of(self, system: str) -> tuple[TrustedKey, ...]:
        """Those trusted that may speak for a system."""
        return tuple(each for each in self.keys if each.speaks_for(system))

    def find(self, key_id: str) -> TrustedKey | None:
        """Give a key by its id or the beginning of it, where only one begins so."""
        found = [each for each in self.all if key_id and each.id.startswith(key_id.lower())]
        return found[0] if len(found) == 1 else None


def folded(steps: Iterable[Sealed], *, defect: PairDefect) -> Trust:
    """Fold the sealed steps, oldest first; a step that may not be taken changes nothing."""
    known: dict[str, TrustedKey] = {}
    for each in steps:
        body = each.observation.body
        if not isinstance(body, BuildTrust):
            continue
        after, flaw = stepped(known.get(body.key_id), body, each.received_at, defect=defect)
        if not flaw and after is not None:
            known[body.key_id] = after
    return Trust(all=tuple(known.values()))


def stepped(
    before: TrustedKey | None, body: BuildTrust, at: datetime, *, defect: PairDefect
) -> tuple[TrustedKey | None, str]:
    """Take one step; gives the key after it, or why it may not be taken."""
    match body.step:
        case "propose":
            return _proposed(body, at)
        case "approve" if before is None or before.state is not TrustState.PROPOSED:
            return before, "no such key is proposed"
        case "approve" if before is not None:
            wrong = defect(before.proposed_by, body.by)
            if wrong:
                return before, wrong
            return _changed(before, body, at, TrustState.TRUSTED), ""
        case "revoke" if before is None or before.state is TrustState.REVOKED:
            return before, "no such key is trusted or proposed"
        case "revoke" if before is not None:
            return _changed(before, body, at, TrustState.REVOKED), ""
        case _:
            return before, f"there is no step {body.step[:40]!r}"


def _proposed(body: BuildTrust, at: datetime) -> tuple[TrustedKey | None, str]:
    try:
        key = read_key(body.public_key.encode())
    except BadInputError as error:
        return None, error.problem
    if key.id != body.key_id:
        return None, "the key is not the one its id names"
    if not body.builders:
        return None, "a key that may speak for no builder verifies nothing"
    return TrustedKey(
        key=key,
        name=body.name,
        state=TrustState.PROPOSED,
        builders=body.builders,
        systems=body.systems,
        proposed_by=body.by,
        since=at,
        why=body.why,
    ), ""


def _changed(before: TrustedKey, body: BuildTrust, at: datetime, state: TrustState) -> TrustedKey:
    revoked = state is TrustState.REVOKED
    return TrustedKey(
        key=before.key,
        name=before.name,
        state=state,
        builders=before.builders,
        systems=before.systems,
        proposed_by=before.proposed_by,
        since=at,
        approved_by=before.approved_by if revoked else body.by,
        revoked_by=body.by if revoked else "",
        why=body.why or before.why,
    )
