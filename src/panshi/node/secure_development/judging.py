"""Judge systems and suppliers' products over their releases.

    found = overview(node)                       every system with what is known of its releases
    one = system_shown(node, "system:core-deposit")
    seal_pipelines(node, actor="…")              `release.pipeline/1`, derived, for BP-07

Evidence of an endpoint counts for the systems that expose it, that of a piece of software for the
systems it is part of. A piece of software with records of its own is judged like a system: that is
how a supplier's product is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from panshi.errors import MissingError
from panshi.governance.assessment.assessor import Assessor
from panshi.governance.persons import pair_defect
from panshi.model.asset import Asset, AssetId, AssetKind, RelationKind
from panshi.model.bodies.secure_development import BUILD_TRUST
from panshi.model.bodies.software import SbomDocument
from panshi.model.control import Basis
from panshi.model.estate import Estate
from panshi.model.observation import Observation, ObservationId, Outcome
from panshi.node.node import Node
from panshi.node.secure_development.catalogue import shipped
from panshi.protection.secure_development.catalogue import Catalogue
from panshi.protection.secure_development.judging import SystemFinding, judge_system
from panshi.protection.secure_development.pipeline import pipeline_of
from panshi.protection.secure_development.releases import Seen
from panshi.protection.secure_development.trust import Trust, folded

COLLECTOR = "panshi secure-dev"
PIPELINE = "release.pipeline/1"
OWN = (
    "build.provenance/1",
    "release.artifacts/1",
    "threat.model/1",
    "test.record/1",
    "test.coverage/1",
    "code.review/1",
)
"Kinds that only how software is made yields; a piece of software with one is judged by itself."


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One system or product that is judged."""

    asset: Asset
    suppliers: tuple[Asset, ...]
    found: SystemFinding
    records: int
    "Observations of how it is made, of any age."

    @property
    def known(self) -> bool:
        """Whether any record speaks of how it is made."""
        return self.records > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Every system of an estate."""

    estate: str
    at: datetime
    subjects: tuple[Subject, ...]
    systems: int
    "Systems in the estate, whether anything is known of them or not."

    @property
    def known(self) -> tuple[Subject, ...]:
        """Those of which any record speaks."""
        return tuple(each for each in self.subjects if each.known)

    @property
    def proven(self) -> tuple[Subject, ...]:
        """Those whose newest release was made by a verified build."""
        return tuple(each for each in self.subjects if each.found.newest.provenance.proven)

    @property
    def refused(self) -> tuple[Subject, ...]:
        """Those whose newest release carries provenance that does not hold."""
        return tuple(each for each in self.subjects if each.found.newest.provenance.refused)


def trust_of(node: Node, as_of: datetime | None = None) -> Trust:
    """Give the build keys as they are trusted now, or were at a moment."""
    return folded(node.log.records(BUILD_TRUST, as_of=as_of), defect=pair_defect)


def overview(node: Node, estate_id: str | None = None, as_of: datetime | None = None) -> Overview:
    """Judge every system, and every product with records of its own."""
    estate = node.estate(estate_id)
    at = as_of or node.clock()
    catalogue, trust = shipped(), trust_of(node, as_of)
    attested = _attested(node, estate.id, catalogue, as_of)
    seen = _seen(node, estate, catalogue, as_of)
    subjects = []
    for asset in _judged(estate, seen):
        evidence = seen.get(asset.id, [])
        found = judge_system(catalogue, asset.id, evidence, trust, now=at, attested=attested)
        subjects.append(
            Subject(
                asset=asset,
                suppliers=_suppliers(estate, asset.id),
                found=found,
                records=sum(each.kind in OWN for each in evidence),
            )
        )
    return Overview(
        estate=estate.id,
        at=at,
        subjects=tuple(subjects),
        systems=len(estate.by_kind.get(AssetKind.SYSTEM, ())),
    )


def system_shown(
    node: Node, name: str, estate_id: str | None = None, as_of: datetime | None = None
) -> Subject:
    """Judge one system or product."""
    estate = node.estate(estate_id)
    asset_id = estate.resolve(name) or estate.resolve(f"system:{name}")
    asset = estate.by_id.get(asset_id) if asset_id is not None else None
    if asset is None or asset.kind not in {AssetKind.SYSTEM, AssetKind.SOFTWARE}:
        raise MissingError(
            f"there is no system {name[:80]!r}",
            remedy="`panshi secure-dev assess` lists them",
        )
    catalogue = shipped()
    evidence = _seen(node, estate, catalogue, as_of).get(asset.id, [])
    found = judge_system(
        catalogue,
        asset.id,
        evidence,
        trust_of(node, as_of),
        now=as_of or node.clock(),
        attested=_attested(node, estate.id, catalogue, as_of),
    )
    return Subject(
        asset=asset,
        suppliers=_suppliers(estate, asset.id),
        found=found,
        records=sum(each.kind in OWN for each in evidence),
    )


def seal_pipelines(
    node: Node, *, actor: str, estate_id: str | None = None, at: datetime | None = None
) -> tuple[ObservationId, ...]:
    """Seal how the releases of each system were made; systems without a release are left out."""
    now, catalogue = at or node.clock(), shipped()
    made = tuple(
        Observation(
            kind=PIPELINE,
            subject=each.asset.id,
            observed_at=now,
            collector=COLLECTOR,
            body=body,
        )
        for each in overview(node, estate_id, at).known
        if each.asset.kind is AssetKind.SYSTEM
        and (body := pipeline_of(catalogue, each.found, now)) is not None
    )
    if not made:
        return ()
    ids = node.log.append(made, now).ids
    node.checkpoint()
    node.audit(actor, "secure_development.seal", estate_id or "", detail=f"{len(ids)} systems")
    return ids


# -- what is judged, and on what ------------------------------------------------------------


def _judged(estate: Estate, seen: Mapping[AssetId, list[Seen]]) -> Iterator[Asset]:
    yield from estate.by_kind.get(AssetKind.SYSTEM, ())
    for asset in estate.by_kind.get(AssetKind.SOFTWARE, ()):
        if any(each.kind in OWN for each in seen.get(asset.id, ())):
            yield asset


def _seen(
    node: Node, estate: Estate, catalogue: Catalogue, as_of: datetime | None
) -> dict[AssetId, list[Seen]]:
    """Gather the evidence of each system, its own and that of its parts."""
    parts = _wholes(estate)
    found: dict[AssetId, list[Seen]] = {}
    for kind in sorted(catalogue.kinds):
        for sealed in node.log.records(kind, as_of=as_of):
            observation = sealed.observation
            asset = estate.resolve(observation.subject)
            body = observation.body
            if asset is None or body is None or observation.outcome is not Outcome.SEEN:
                continue
            if isinstance(body, SbomDocument):
                body = replace(body, components=())
            here = Seen(
                id=sealed.id,
                kind=kind,
                facet=observation.facet,
                at=observation.observed_at,
                body=body,
            )
            found.setdefault(asset, []).append(here)
            if kind not in OWN:
                for whole in parts.get(asset, ()):
                    named = replace(here, facet=f"{asset} {here.facet}")
                    found.setdefault(whole, []).append(named)
    return found


def _wholes(estate: Estate) -> dict[AssetId, list[AssetId]]:
    """Give the systems each endpoint is exposed by and each piece of software is part of."""
    found: dict[AssetId, list[AssetId]] = {}
    for each in estate.relations:
        match each.kind:
            case RelationKind.EXPOSES:
                found.setdefault(each.target, []).append(each.source)
            case RelationKind.PART_OF if each.source.startswith("software:"):
                found.setdefault(each.source, []).append(each.target)
            case _:
                pass
    return found


def _suppliers(estate: Estate, asset: AssetId) -> tuple[Asset, ...]:
    return tuple(
        estate.by_id[each.target]
        for each in estate.relations
        if each.kind is RelationKind.SUPPLIED_BY and each.source == asset
    )


def _attested(
    node: Node, estate_id: str, catalogue: Catalogue, as_of: datetime | None
) -> frozenset[str]:
    """Give the controls named by practices whose attestation stands."""
    wanted = {
        each.attest for file in (catalogue.ssdf, catalogue.samm) for each in file.practices
    } - {""}

    def asked(assessor: Assessor) -> frozenset[str]:
        controls = assessor.judge.grounds.controls
        return frozenset(
            key
            for key in wanted & set(controls)
            if controls[key].basis is Basis.ATTESTED
            and assessor.judge.attested(controls[key]).stands
        )

    return node.judging.ask(asked, estate_id, as_of)
