"""Lay out the bundle: its parts in order, the proofs piece by piece."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from panshi.evidence.checkpoint import base64
from panshi.evidence.proof import to_json, without_body
from panshi.model.bodies import KINDS
from panshi.report.annex import fingerprint
from panshi.report.answers import assessment_answer
from panshi.report.bundle.archive import Part
from panshi.report.bundle.facts import BundleFacts, Verifiers
from panshi.report.bundle.reading import README
from panshi.report.bundle.tables import (
    ITEM,
    OBSERVATION,
    WITHHELD,
    item_rows,
    sheet,
    verdict_rows,
)
from panshi.report.exception_answers import detail_without_persons
from panshi.report.oscal.deviations import deviations
from panshi.report.oscal.results import assessment_results
from panshi.report.paper.document import Say
from panshi.report.paper.wording import demo_words


def parts(facts: BundleFacts, report: bytes, verifiers: Verifiers) -> Iterator[Part]:
    """Give every file of the bundle but its signed list."""
    judged, source = facts.judged, facts.source
    yield _whole("README.txt", README.format(about=_about(facts)).encode())
    yield _whole("verify.py", verifiers.bundle)
    yield _whole("panshi_verify.py", verifiers.proof)
    yield _whole("keys.txt", "".join(f"{key}\n" for key in source.keys).encode())
    yield _whole("checkpoint.txt", facts.note.encode())
    yield _whole("report.pdf", report)
    answer = msgspec.json.encode(assessment_answer(judged.assessment))
    yield _whole("data/assessment.json", msgspec.json.format(answer, indent=1))
    head, rows = verdict_rows(judged.assessment.verdicts, judged.framework)
    yield Part(path="data/controls.csv", pieces=sheet(head, rows))
    yield Part(path="data/items.csv", pieces=sheet(ITEM, item_rows(facts.items)))
    yield _whole(
        "data/oscal-assessment-results.json",
        assessment_results(judged.assessment, judged.framework, facts.estate),
    )
    if facts.exceptions:
        told = facts.exceptions
        if not facts.personal:
            told = tuple(map(detail_without_persons, told))
        written = deviations(told, facts.estate, judged.assessment.as_of)
        yield _whole("data/oscal-poam.json", written)
    growth = {
        "first": facts.growth.first,
        "second": facts.growth.second,
        "path": [base64(each) for each in facts.growth.path],
    }
    yield _whole("evidence/growth.json", msgspec.json.encode(growth))
    notes = _Told()
    yield Part(path="evidence/proofs.jsonl", pieces=_proofs(facts, notes))
    yield Part(path="data/observations.csv", pieces=sheet(OBSERVATION, notes.observations))
    yield Part(path="evidence/withheld.csv", pieces=sheet(WITHHELD, notes.withheld))


class _Told:
    """What the tables beside the proofs say of them, known once they are written."""

    def __init__(self) -> None:
        self.observations: list[tuple[object, ...]] = []
        self.withheld: list[tuple[object, ...]] = []


def _proofs(facts: BundleFacts, told: _Told) -> Iterator[bytes]:
    for bundle in facts.proofs:
        envelope: dict[str, object] = msgspec.json.decode(bundle.envelope)
        kind = str(envelope["kind"])
        given = bundle if facts.personal or not _personal(kind) else without_body(bundle)
        told.observations.append(
            (bundle.id, bundle.leaf_index, *(envelope.get(name) or "" for name in OBSERVATION[2:]))
        )
        if given.erased:
            why = "erased" if bundle.erased else "personal"
            told.withheld.append((bundle.id, kind, why))
        yield to_json(given) + b"\n"


def _personal(kind: str) -> bool:
    """Whether bodies of a kind are withheld; of a kind we do not know, they are."""
    spec = KINDS.get(kind)
    return spec is None or spec.personal


def _about(facts: BundleFacts) -> str:
    source = facts.source
    lines = [
        f"{facts.estate.name_zh}  {facts.estate.name_en}",
        f"{facts.judged.framework.title_zh}  {facts.judged.framework.title_en}",
        f"as of {facts.judged.assessment.as_of.isoformat(timespec='seconds')}",
        f"log {source.origin}, {source.log_size} observations, root {source.log_root}",
        *(f"key {key}\n  SHA-256 {fingerprint(key)}" for key in source.keys),
    ]
    if facts.estate.demo:
        lines += [demo_words(Say(chinese=True)), demo_words(Say(chinese=False))]
    return "\n".join(lines)


def _whole(path: str, content: bytes) -> Part:
    return Part(path=path, pieces=(content,))
