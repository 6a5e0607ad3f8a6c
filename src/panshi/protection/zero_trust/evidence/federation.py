"""From sign-ins and what they opened to one `identity.federation/1` for each system.

Controls 1-3 and 1-4 of the guide of 2024-07-15: outsiders are verified no weaker than insiders, and
every source of identities has its place in one standard (ISO/IEC 29115). Judged per system by those
who were let in there; a session whose sign-in nobody saw makes the system's sources unmapped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from panshi.model.bodies.identity import Federation
from panshi.protection.zero_trust.decisions.records import DecisionRecord
from panshi.protection.zero_trust.evidence.systems import system_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenSignIn:
    """One session as it was signed in to."""

    issuer: str
    "Who vouches; empty: nobody said."
    external: bool
    "Of somebody who is not surely internal."
    assurance: int


def federations(
    records: Iterable[DecisionRecord], sign_ins: Mapping[str, SeenSignIn], *, mapped: frozenset[str]
) -> dict[str, Federation]:
    """Give each system's sources, from the sessions that were let in; `mapped` issuers agreed."""
    opened: dict[str, set[str]] = {}
    for each in records:
        system = system_of(each.resource)
        if system and each.allowed and each.session:
            opened.setdefault(system, set()).add(each.session)
    return {
        system: _federation([sign_ins.get(each) for each in sorted(sessions)], mapped)
        for system, sessions in sorted(opened.items())
    }


def _federation(seen: list[SeenSignIn | None], mapped: frozenset[str]) -> Federation:
    known = [each for each in seen if each is not None]
    issuers = {each.issuer for each in known}
    internal = [each.assurance for each in known if not each.external]
    external = [each.assurance for each in known if each.external]
    lowest = min(internal, default=0)
    weakest = min(external, default=lowest)
    return Federation(
        sources=len(issuers),
        internal_level=lowest,
        external_level=weakest,
        mapped=bool(issuers) and issuers <= mapped and len(known) == len(seen),
        external_not_weaker=bool(known) and weakest >= lowest,
    )
