"""How software is made, in the documented JSON forms that command line and API share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from panshi.model.observation import ObservationId
from panshi.protection.secure_development.catalogue import Catalogue
from panshi.protection.secure_development.facts import FactFinding, FactState
from panshi.protection.secure_development.judging import (
    FrameworkFinding,
    GroupFinding,
    ItemState,
    ReleaseFinding,
    SystemFinding,
)
from panshi.protection.secure_development.provenance import State
from panshi.protection.secure_development.trust import TrustedKey, TrustState


class FactAnswer(TypedDict):
    """One fact of a release."""

    fact: str
    title_zh: str
    title_en: str
    state: FactState
    at: datetime | None
    evidence: tuple[ObservationId, ...]


class ItemAnswer(TypedDict):
    """One practice of SSDF or activity of SAMM."""

    id: str
    gist_zh: str
    gist_en: str
    official: str
    "The official text, where it was loaded."
    state: ItemState
    missing: tuple[str, ...]
    "Facts that are unknown or fail."


class FrameworkAnswer(TypedDict):
    """SSDF or SAMM of a release."""

    framework: str
    evidenced: float
    "What evidence shows, 0 to 1."
    attested: float
    "What rests on attestations beside it."
    possible: float
    "What would be shown if nothing unknown failed."
    score: float
    "SAMM: 0 to 3."
    groups: tuple[GroupFinding, ...]
    items: tuple[ItemAnswer, ...]


class AsvsLevelAnswer(TypedDict):
    """The requirements up to one level."""

    level: int
    total: int
    passed: int
    failed: int
    unknown: int


class AsvsAnswer(TypedDict):
    """ASVS of a release."""

    reached: int
    levels: tuple[AsvsLevelAnswer, ...]
    failed: tuple[str, ...]
    "Requirements a test of which failed."


class StatementOfBuild(TypedDict):
    """One statement of provenance as it was judged."""

    evidence: ObservationId
    state: State
    signers: tuple[str, ...]
    signatures: int
    builder: str
    "As the statement claims it."
    source: str


class ReleaseAnswer(TypedDict):
    """One release of a system."""

    release: str
    "Empty where no record names one: the system as it stands."
    at: datetime
    ssdf: FrameworkAnswer
    samm: FrameworkAnswer
    asvs: AsvsAnswer
    provenance: tuple[StatementOfBuild, ...]
    artifacts: int
    artifacts_proven: float | None
    facts: tuple[FactAnswer, ...]


class GapAnswer(TypedDict):
    """Evidence that is missing, and what it would move."""

    fact: str
    title_zh: str
    title_en: str
    state: FactState
    practices: int
    "Practices and activities that would be shown at once."
    helped: int
    "Those it would bring nearer."
    effort_days: float
    get_zh: str
    get_en: str


class SystemAnswer(TypedDict):
    """One system over its releases."""

    system: str
    name: str
    suppliers: tuple[str, ...]
    records: int
    releases: tuple[ReleaseAnswer, ...]
    "Oldest first."
    change: float
    "Of the evidenced share of SSDF since the release before."
    gaps: tuple[GapAnswer, ...]


class SystemRow(TypedDict):
    """One system in the list."""

    system: str
    name: str
    suppliers: tuple[str, ...]
    records: int
    releases: int
    release: str
    at: datetime
    ssdf: float
    ssdf_possible: float
    samm: float
    asvs: int
    provenance_proven: bool
    provenance_refused: int
    change: float
    next_evidence: str
    "The cheapest fact to show next; empty where none is missing."


class OverviewAnswer(TypedDict):
    """Every system of which anything is known."""

    estate: str
    at: datetime
    systems: int
    known: int
    proven: int
    refused: int
    rows: tuple[SystemRow, ...]


class KeyAnswer(TypedDict):
    """One build key."""

    id: str
    name: str
    kind: str
    state: TrustState
    builders: tuple[str, ...]
    systems: tuple[str, ...]
    proposed_by: str
    approved_by: str
    revoked_by: str
    since: datetime
    why: str


def key_answer(key: TrustedKey) -> KeyAnswer:
    """Lay out a build key."""
    return KeyAnswer(
        id=key.id,
        name=key.name,
        kind=key.key.kind,
        state=key.state,
        builders=key.builders,
        systems=key.systems,
        proposed_by=key.proposed_by,
        approved_by=key.approved_by,
        revoked_by=key.revoked_by,
        since=key.since,
        why=key.why,
    )


def row_answer(
    found: SystemFinding, *, name: str, suppliers: tuple[str, ...], records: int
) -> SystemRow:
    """Lay out a system in the list."""
    newest = found.newest
    return SystemRow(
        system=found.system,
        name=name,
        suppliers=suppliers,
        records=records,
        releases=len(found.releases) if newest.release else 0,
        release=newest.release,
        at=newest.at,
        ssdf=newest.ssdf.evidenced,
        ssdf_possible=newest.ssdf.possible,
        samm=newest.samm.score,
        asvs=newest.asvs.reached,
        provenance_proven=newest.provenance.proven,
        provenance_refused=newest.provenance.refused,
        change=round(found.change, 4),
        next_evidence=found.gaps[0].fact if found.gaps else "",
    )


def system_answer(
    catalogue: Catalogue,
    found: SystemFinding,
    *,
    name: str,
    suppliers: tuple[str, ...],
    records: int,
    official: Mapping[str, str],
) -> SystemAnswer:
    """Lay out one system whole."""
    return SystemAnswer(
        system=found.system,
        name=name,
        suppliers=suppliers,
        records=records,
        releases=tuple(_release(catalogue, each, official) for each in found.releases),
        change=round(found.change, 4),
        gaps=gap_answers(catalogue, found),
    )


def gap_answers(catalogue: Catalogue, found: SystemFinding) -> tuple[GapAnswer, ...]:
    """Lay out what is missing, the cheapest for what it moves first."""
    return tuple(
        GapAnswer(
            fact=each.fact,
            title_zh=catalogue.facts[each.fact].zh,
            title_en=catalogue.facts[each.fact].en,
            state=each.state,
            practices=each.practices,
            helped=each.helped,
            effort_days=each.effort,
            get_zh=catalogue.facts[each.fact].get.zh,
            get_en=catalogue.facts[each.fact].get.en,
        )
        for each in found.gaps
    )


def _release(
    catalogue: Catalogue, found: ReleaseFinding, official: Mapping[str, str]
) -> ReleaseAnswer:
    return ReleaseAnswer(
        release=found.release,
        at=found.at,
        ssdf=_framework(catalogue, found.ssdf, official),
        samm=_framework(catalogue, found.samm, official),
        asvs=AsvsAnswer(
            reached=found.asvs.reached,
            levels=tuple(
                AsvsLevelAnswer(
                    level=each.level,
                    total=each.total,
                    passed=each.passed,
                    failed=each.failed,
                    unknown=each.unknown,
                )
                for each in found.asvs.levels
            ),
            failed=found.asvs.failed,
        ),
        provenance=tuple(
            StatementOfBuild(
                evidence=each.evidence,
                state=each.judged.state,
                signers=each.judged.signers,
                signatures=each.judged.signatures,
                builder=each.claimed_builder,
                source=each.source_uri,
            )
            for each in found.statements
        ),
        artifacts=found.provenance.artifacts,
        artifacts_proven=found.provenance.covered_share,
        facts=tuple(_fact(catalogue, each) for each in found.facts.values()),
    )


def _framework(
    catalogue: Catalogue, found: FrameworkFinding, official: Mapping[str, str]
) -> FrameworkAnswer:
    file = catalogue.ssdf if found.framework == "ssdf" else catalogue.samm
    words = {each.id: each for each in file.practices}
    return FrameworkAnswer(
        framework=found.framework,
        evidenced=found.evidenced,
        attested=found.attested,
        possible=found.possible,
        score=found.score,
        groups=found.groups,
        items=tuple(
            ItemAnswer(
                id=each.id,
                gist_zh=words[each.id].zh,
                gist_en=words[each.id].en,
                official=official.get(each.id, ""),
                state=each.state,
                missing=each.missing,
            )
            for each in found.items
        ),
    )


def _fact(catalogue: Catalogue, found: FactFinding) -> FactAnswer:
    words = catalogue.facts[found.fact]
    return FactAnswer(
        fact=found.fact,
        title_zh=words.zh,
        title_en=words.en,
        state=found.state,
        at=found.at,
        evidence=found.evidence,
    )
