"""What evidence shows of one release: each fact is shown, fails, or is unknown.

Provenance is verified first (`provenance`) and then asked as one summary of the release, so that a
fact never rests on what an unverified statement says of itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from panshi.model.bodies.secure_development import (
    ARTIFACTS,
    PROVENANCE,
    BuildProvenance,
    ReleaseArtifacts,
)
from panshi.model.observation import Body, ObservationId
from panshi.model.predicate import compiled
from panshi.model.zone import day_of
from panshi.protection.secure_development.catalogue import Catalogue, Fact
from panshi.protection.secure_development.provenance import Judged, State, judge
from panshi.protection.secure_development.releases import Release, Seen
from panshi.protection.secure_development.trust import TrustedKey

_ALWAYS = 36_500
"Days: what names a release counts however old."


class FactState(StrEnum):
    """What evidence says of a fact."""

    SHOWN = "shown"
    FAILING = "failing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactFinding:
    """One fact of one release."""

    fact: str
    state: FactState
    at: datetime | None = None
    "When the newest evidence was seen."
    evidence: tuple[ObservationId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFinding:
    """One statement of provenance as it was judged."""

    evidence: ObservationId
    judged: Judged
    claimed_builder: str
    source_uri: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceSummary(Body):
    """All provenance of one release together."""

    statements: int
    signed: int
    "By a trusted key, whatever they say."
    verified: int
    refused: int
    "Invalid, replayed, of another artefact or of a builder the key may not speak for."
    artifacts: int
    "Artefacts the release lists; 0 where it lists none."
    covered_share: float | None
    "Share of these in a verified statement; None where it lists none."

    @property
    def proven(self) -> bool:
        """Whether the build of all that was released is proven."""
        return self.verified > 0 and self.covered_share in {None, 1.0}


def statements(
    release: Release, keys: tuple[TrustedKey, ...], earlier: Mapping[str, str]
) -> tuple[StatementFinding, ...]:
    """Verify the provenance of a release; `earlier` tells who had a statement first."""
    wanted = {
        each.sha256
        for seen in release.of(ARTIFACTS, 0, release.at)
        if isinstance(seen.body, ReleaseArtifacts) and seen.release == release.name
        for each in seen.body.artifacts
    }
    found = []
    for seen in release.of(PROVENANCE, 0 if release.name else _ALWAYS, release.at):
        body = seen.body
        if not isinstance(body, BuildProvenance) or seen.release != release.name:
            continue
        before = earlier.get(body.payload_sha256, release.name) != release.name
        judged = judge(body, keys, wanted=wanted, delivered_before=before)
        found.append(
            StatementFinding(
                evidence=seen.id,
                judged=judged,
                claimed_builder=body.builder,
                source_uri=body.source_uri,
                at=seen.at,
            )
        )
    return tuple(found)


def summary(release: Release, found: tuple[StatementFinding, ...]) -> ProvenanceSummary:
    """Put the statements of a release together."""
    listed = {
        each.sha256
        for seen in release.seen
        if isinstance(seen.body, ReleaseArtifacts) and seen.release == release.name
        for each in seen.body.artifacts
    }
    proven = frozenset[str]().union(
        *(each.judged.digests for each in found if each.judged.state is State.VERIFIED)
    )
    refused = {State.INVALID, State.REPLAYED, State.OTHER_ARTIFACT, State.WRONG_BUILDER}
    return ProvenanceSummary(
        statements=len(found),
        signed=sum(each.judged.signed for each in found),
        verified=sum(each.judged.state is State.VERIFIED for each in found),
        refused=sum(each.judged.state in refused for each in found),
        artifacts=len(listed),
        covered_share=len(listed & proven) / len(listed) if listed else None,
    )


def findings(
    catalogue: Catalogue,
    release: Release,
    found: tuple[StatementFinding, ...],
    together: ProvenanceSummary,
    now: datetime,
) -> dict[str, FactFinding]:
    """Ask every fact of one release."""
    asked: dict[str, FactFinding] = {}
    for fact in catalogue.facts.values():
        if fact.observation == PROVENANCE:
            asked[fact.id] = _of_provenance(fact, found, together, now)
        else:
            counting = release.of(fact.observation, fact.within_days, now)
            asked[fact.id] = _of(fact, tuple(counting), now)
    return asked


def _of(fact: Fact, seen: tuple[Seen, ...], now: datetime) -> FactFinding:
    if not seen:
        return FactFinding(fact=fact.id, state=FactState.UNKNOWN)
    test, day = compiled(fact.predicate), day_of(now)
    passing = [each for each in seen if test(each.body, day)]
    holds = len(passing) == len(seen) if fact.every else bool(passing)
    return FactFinding(
        fact=fact.id,
        state=FactState.SHOWN if holds else FactState.FAILING,
        at=max(each.at for each in seen),
        evidence=_ids(each.id for each in (passing if holds else seen)),
    )


def _of_provenance(
    fact: Fact, found: tuple[StatementFinding, ...], together: ProvenanceSummary, now: datetime
) -> FactFinding:
    if not found:
        return FactFinding(fact=fact.id, state=FactState.UNKNOWN)
    holds = compiled(fact.predicate)(together, day_of(now))
    unasked = not together.refused and all(
        each.judged.state in {State.UNCHECKED, State.UNTRUSTED} for each in found
    )
    # What nobody could verify yet refutes nothing; what was refused does.
    failing = FactState.UNKNOWN if unasked else FactState.FAILING
    return FactFinding(
        fact=fact.id,
        state=FactState.SHOWN if holds else failing,
        at=max(each.at for each in found),
        evidence=_ids(each.evidence for each in found),
    )


def _ids(ids: Iterable[ObservationId]) -> tuple[ObservationId, ...]:
    return tuple(ids)[:20]
