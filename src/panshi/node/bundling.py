"""Use case: the examiner's bundle, written to a stream.

Verdicts and items come from one question to one assessor; the checkpoint is signed after it, so
that the log judged is part of the log signed. Nothing is sealed but, by the caller, that somebody
took the bundle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files
from typing import IO

from panshi.errors import UsageError
from panshi.evidence.checkpoint import parse_note
from panshi.evidence.merkle import ConsistencyProof
from panshi.evidence.proof import ProofBundle, prove_many
from panshi.governance.assessment.assessor import Assessor
from panshi.governance.exceptions.views import ExceptionDetail
from panshi.model.observation import ObservationId
from panshi.model.verdict import Assessment, Item, Verdict
from panshi.node.board import source_of
from panshi.node.exceptions import detail_of, register_of
from panshi.node.node import Node
from panshi.node.observing import Progress
from panshi.node.printing import press
from panshi.report.board.facts import Judged
from panshi.report.bundle.archive import write_archive
from panshi.report.bundle.compose import parts
from panshi.report.bundle.facts import BundleFacts, Verifiers
from panshi.report.examination import examination

MOST_PROOFS = 200_000

type Told = tuple[Assessment, dict[str, tuple[Item, ...]], tuple[ExceptionDetail, ...]]
"Verdicts, the members of their populations by control id, exceptions: of one moment."


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What somebody wants a bundle of."""

    framework: str = "zt36"
    controls: tuple[str, ...] = ()
    "Ids within the framework; empty for all."
    estate: str | None = None
    as_of: datetime | None = None
    chinese: bool = True
    "Language of the report inside; everything else is in both."
    personal: bool = False
    "Whether bodies that may hold personal data go along."


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundled:
    """What was written."""

    manifest: str
    "The signed list of files."
    controls: int
    observations: int
    as_of: datetime


def write_bundle(
    node: Node,
    stream: IO[bytes],
    scope: Scope,
    *,
    progress: Progress = lambda _count: None,
) -> Bundled:
    """Write the bundle of a framework, or of some of its controls."""
    framework = node.library.framework(scope.framework)
    wanted = {node.library.control(f"{framework.id}/{each}").key for each in scope.controls}
    estate = node.estate(scope.estate)

    def ask(assessor: Assessor) -> Told:
        assessment = assessor.assess(framework.id, "")
        kept = tuple(each for each in assessment.verdicts if not wanted or each.control in wanted)
        items = {each.control.partition("/")[2]: _items(assessor, each) for each in kept}
        return replace(assessment, verdicts=kept), items, _exceptions(assessor, kept)

    assessment, items, exceptions = node.judging.ask(ask, estate.id, scope.as_of)
    judged = Judged(framework=framework, assessment=assessment)
    source = source_of(node, assessment)
    ids = _cited(assessment, items)
    note = node.checkpoint()
    size = parse_note(note).checkpoint.size
    facts = BundleFacts(
        judged=judged,
        estate=estate,
        source=source,
        items=items,
        note=note,
        growth=_growth(node, assessment.log_size, size),
        proofs=_counted(prove_many(node.log, ids, note, node.verifier_keys()), progress),
        exceptions=exceptions,
        personal=scope.personal,
    )
    report = examination(
        judged,
        source,
        institution=estate.name_zh if scope.chinese else estate.name_en,
        demo=estate.demo,
        chinese=scope.chinese,
    )
    manifest = write_archive(
        stream,
        parts(facts, press().pdf(report), _verifiers()),
        origin=node.signer.origin,
        signers=(node.signer,),
        at=assessment.as_of,
    )
    return Bundled(
        manifest=manifest,
        controls=len(assessment.verdicts),
        observations=len(ids),
        as_of=assessment.as_of,
    )


def _exceptions(assessor: Assessor, verdicts: tuple[Verdict, ...]) -> tuple[ExceptionDetail, ...]:
    """Give every exception ever asked for of some controls."""
    wanted = {each.control for each in verdicts}
    return tuple(
        detail_of(assessor, each.number)
        for each in register_of(assessor).exceptions
        if each.control in wanted
    )


def _items(assessor: Assessor, verdict: Verdict) -> tuple[Item, ...]:
    """Give every member of a control's population; none where it has no items of its own."""
    proof = assessor.proof(verdict.control, "")
    return next((each.items for each in proof.children if each.rule == "population"), ())


def _cited(assessment: Assessment, items: dict[str, tuple[Item, ...]]) -> frozenset[ObservationId]:
    """Give every observation the verdicts and their items name."""
    ids = {each for verdict in assessment.verdicts for each in verdict.evidence_ids}
    for members in items.values():
        for item in members:
            ids.update(item.evidence_ids, item.contradicted_by)
    if len(ids) > MOST_PROOFS:
        raise UsageError(
            f"{len(ids):,} observations are cited, a bundle proves {MOST_PROOFS:,} at most",
            remedy="name fewer controls with --controls",
        )
    return frozenset(ids)


def _growth(node: Node, judged: int, signed: int) -> ConsistencyProof:
    return node.log.consistency(judged, signed)


def _counted(bundles: Iterator[ProofBundle], progress: Progress) -> Iterator[ProofBundle]:
    for count, each in enumerate(bundles, start=1):
        if not count % 500:
            progress(count)
        yield each


def _verifiers() -> Verifiers:
    folder = files("panshi.evidence").joinpath("standalone")
    return Verifiers(
        bundle=folder.joinpath("panshi_verify_bundle.py").read_bytes(),
        proof=folder.joinpath("panshi_verify.py").read_bytes(),
    )
