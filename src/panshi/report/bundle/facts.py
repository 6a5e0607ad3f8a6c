"""What a bundle is made from, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from panshi.evidence.merkle import ConsistencyProof
from panshi.evidence.proof import ProofBundle
from panshi.governance.exceptions.views import ExceptionDetail
from panshi.model.estate import Estate
from panshi.model.verdict import Item
from panshi.report.board.facts import Judged
from panshi.report.paper.document import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFacts:
    """All a bundle holds beside its report and its verifier."""

    judged: Judged
    "The framework with the verdicts asked for."
    estate: Estate
    source: Source
    items: Mapping[str, tuple[Item, ...]]
    "Members of each control's population, by control id."
    note: str
    "Signed checkpoint that covers the log judged."
    growth: ConsistencyProof
    "From the log judged to the checkpoint."
    proofs: Iterable[ProofBundle]
    "One per observation cited, oldest first; gone through once."
    exceptions: tuple[ExceptionDetail, ...]
    "Exceptions ever asked for of the controls in the bundle."
    personal: bool
    "Whether bodies that may hold personal data go along."


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifiers:
    """The scripts that go along."""

    bundle: bytes
    proof: bytes
