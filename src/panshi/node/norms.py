"""Norms: the library with its versions, and any two texts side by side (Blueprint measure 3).

    import_norm(node, raw, file="nist-csf-2.0.yaml", actor=…)   taken into the library, sealed
    norms(node)                             every version, shipped and imported
    overlap(node, "zt36", "emerging")       candidates, conflicts, gaps, and what people said
    decide(node, …)                         a person confirms, rejects or takes back
    changes(node, "emerging", "emerging@2026-07-01")

A norm is named `<id>@<version>`, or `<id>`: the shipped version, on which the grade rests, else the
newest in force today. The grade
rests on the shipped crosswalks alone: what is confirmed here is shown and exported, and opens or
shuts no gate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock
from typing import Any

from panshi.errors import BadInputError, MissingError
from panshi.governance.norms.changes import Difference
from panshi.governance.norms.clauses import Clause, Norm, norm_of
from panshi.governance.norms.confirming import (
    PairStanding,
    defect,
    standing,
)
from panshi.governance.norms.library_file import NormFile, read_norm
from panshi.governance.norms.pairs import Candidate, Comparison, Judged, Overlap
from panshi.governance.norms.reasons import Grounds, grounds
from panshi.model.bodies.norms import MappingDecision, NormImport
from panshi.model.control import MappingRelation
from panshi.model.observation import ObservationId
from panshi.model.zone import INSTITUTION_ZONE
from panshi.node.node import Node
from panshi.node.records import record
from panshi.store import library
from panshi.store import norms as kept_norms

type Explain = Callable[[Judged], Grounds]

IMPORT = "record.norm/1"
DECISION = "record.mapping/1"
MOST_REMEMBERED = 12
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class NormEntry:
    """One version in the library."""

    id: str
    version: str
    title_zh: str
    title_en: str
    clauses: int
    imported: bool
    format: str
    sha256: str
    valid_from: date | None
    valid_until: date | None
    in_force: bool
    "Today, as far as its dates say."
    imported_by: str = ""
    file: str = ""
    licence: str = ""
    evidence_id: str = ""

    @property
    def key(self) -> str:
        """`<id>@<version>`."""
        return f"{self.id}@{self.version}"


# -- the library ---------------------------------------------------------------------------------


def norms(node: Node) -> tuple[NormEntry, ...]:
    """Every version of every norm: shipped ones first, then what was imported, oldest first."""
    return (*_shipped(node), *_imported(node))


def norm(node: Node, name: str) -> Norm:
    """Give one norm by `<id>` or `<id>@<version>`."""
    return _read(node, entry(node, name))


def entry(node: Node, name: str) -> NormEntry:
    """Find one version in the library, or say what there is."""
    identity, _, version = name.partition("@")
    known = [each for each in norms(node) if each.id == identity]
    fitting = [each for each in known if not version or each.version == version]
    if not fitting:
        names = known or norms(node)
        raise MissingError(
            f"there is no norm {name!r}",
            remedy="in the library: " + ", ".join(each.key for each in names[-20:]),
        )
    shipped = [each for each in fitting if not each.imported]
    in_force = [each for each in fitting if each.in_force]
    return (shipped or in_force or fitting)[-1]


def import_norm(
    node: Node,
    raw: bytes,
    *,
    file: str,
    actor: str,
    name: str = "",
    version: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> NormEntry:
    """Take a version of a norm into the library; what is there already stays as it is."""
    found = _named(read_norm(raw, source=file), name, version)
    if valid_until and (start := valid_from or found.norm.valid_from) and valid_until <= start:
        raise BadInputError("it would end before it begins", place=file, remedy="correct the dates")
    there = next((each for each in norms(node) if each.key == found.norm.key), None)
    if there is not None:
        if there.sha256 == found.norm.digest:
            return there
        raise BadInputError(
            f"the library holds another text as {there.key}",
            place=file,
            remedy="name this one with --version",
        )
    digest = kept_norms.keep(node.home.path, raw)
    body = NormImport(
        norm=found.norm.id,
        version=found.norm.version,
        norm_title=found.norm.title[0] or found.norm.title[1],
        format=found.format,
        sha256=digest,
        size=len(raw),
        clause_count=len(found.norm.judgeable),
        imported_by=actor,
        file=file,
        valid_from=valid_from or found.norm.valid_from,
        valid_until=valid_until,
        licence=found.licence,
    )
    _seal(node, IMPORT, body, subject=f"norm:{found.norm.id}", facet=found.norm.key, actor=actor)
    return entry(node, found.norm.key)


def _named(found: NormFile, name: str, version: str) -> NormFile:
    """Let the one who imports name norm and version; both stay words of plain letters."""
    named = replace(found.norm, id=name or found.norm.id, version=version or found.norm.version)
    for text in (named.id, named.version):
        if (
            not text
            or len(text) > LONGEST_NAME
            or any(each in "@/\\" or not each.isprintable() for each in text)
        ):
            raise BadInputError(
                f"{text[:40]!r} cannot name a norm or version",
                place=found.norm.source,
                remedy="up to 80 printable characters without @ and /",
            )
    return replace(found, norm=named)


def _shipped(node: Node) -> Iterator[NormEntry]:
    today = _today(node)
    files = {each.removeprefix("frameworks/")[:-5]: raw for each, raw in library.frameworks()}
    for framework in node.library.frameworks.values():
        seen = norm_of(framework)
        yield NormEntry(
            id=framework.id,
            version=framework.version,
            title_zh=framework.title_zh,
            title_en=framework.title_en,
            clauses=len(framework.controls),
            imported=False,
            format="panshi",
            sha256=hashlib.sha256(files.get(framework.id, b"")).hexdigest(),
            valid_from=seen.valid_from,
            valid_until=None,
            in_force=seen.valid_from is None or seen.valid_from <= today,
        )


def _imported(node: Node) -> Iterator[NormEntry]:
    today = _today(node)
    newest: dict[str, NormEntry] = {}
    for sealed in node.log.records(IMPORT):
        body = sealed.observation.body
        if not isinstance(body, NormImport):
            continue
        started = body.valid_from is None or body.valid_from <= today
        ended = body.valid_until is not None and today >= body.valid_until
        newest[f"{body.norm}@{body.version}"] = NormEntry(
            id=body.norm,
            version=body.version,
            title_zh=body.norm_title,
            title_en=body.norm_title,
            clauses=body.clause_count,
            imported=True,
            format=body.format,
            sha256=body.sha256,
            valid_from=body.valid_from,
            valid_until=body.valid_until,
            in_force=started and not ended,
            imported_by=body.imported_by,
            file=body.file,
            licence=body.licence,
            evidence_id=sealed.id,
        )
    yield from newest.values()


def _read(node: Node, found: NormEntry) -> Norm:
    if not found.imported:
        return norm_of(node.library.framework(found.id), digest=found.sha256)

    def read() -> Norm:
        raw = kept_norms.kept(node.home.path, found.sha256)
        text = read_norm(raw, source=found.file or found.key).norm
        return replace(
            text,
            id=found.id,
            version=found.version,
            valid_from=found.valid_from,
            valid_until=found.valid_until,
        )

    return _once(("norm", found.key, found.sha256), read)


# -- side by side --------------------------------------------------------------------------------


def overlap(node: Node, one: str, other: str) -> Overlap:
    """Compare two norms of the library and put beside each candidate what people said of it."""
    return overlap_of(node, norm(node, one), norm(node, other))


def overlap_of(node: Node, first: Norm, second: Norm) -> Overlap:
    """Compare two texts and put beside each candidate what people said of it."""
    found = comparison_of(node, first, second)
    said = _decisions(node)
    proposed = {(pair.a, pair.b) for pair in found.pairs}
    others = [
        _candidate(found, a, b)
        for a, b in _decided_pairs(said, first, second)
        if (a, b) not in proposed and a in first.by_id and b in second.by_id
    ]
    pairs = tuple(
        Judged(candidate=pair, standing=_standing(said, first, second, pair.a, pair.b))
        for pair in (*found.pairs, *others)
    )
    return Overlap(comparison=found, pairs=pairs)


def explaining(node: Node, found: Overlap) -> Explain:
    """Give what tells why a pair was put together; nothing for pairs that nobody proposes."""
    one, other = found.comparison.one.by_id, found.comparison.other.by_id
    glossary = node.library.glossary

    def explain(judged: Judged) -> Grounds:
        if judged.relation is MappingRelation.NONE:
            return Grounds(terms=(), concepts=())
        first, second = judged.candidate.compared
        return grounds(one[first], other[second], glossary)

    return explain


def _candidate(found: Comparison, a: str, b: str) -> Candidate:
    from panshi.governance.norms.candidates import candidate  # noqa: PLC0415 -- brings numpy

    return candidate(found, a, b)


def comparison_of(node: Node, first: Norm, second: Norm) -> Comparison:
    """Compare two texts; the same two are compared once."""
    from panshi.governance.norms.candidates import compare  # noqa: PLC0415 -- brings numpy

    key = ("compare", first.key, first.digest, second.key, second.digest)
    return _once(key, lambda: compare(first, second, node.library.glossary))


def changes(node: Node, old: str, new: str) -> Difference:
    """Tell what changed between two versions, or between any two texts."""
    return difference_of(norm(node, old), norm(node, new))


def difference_of(old: Norm, new: Norm) -> Difference:
    """Tell what changed between two texts."""
    from panshi.governance.norms.versions import difference  # noqa: PLC0415 -- brings numpy

    key = ("change", old.key, old.digest, new.key, new.digest)
    return _once(key, lambda: difference(old, new)) if old.digest else difference(old, new)


# -- what people say -----------------------------------------------------------------------------


def decide(
    node: Node,
    first: tuple[str, str],
    second: tuple[str, str],
    *,
    decision: str,
    reason: str,
    actor: str,
    relation: str = "",
) -> ObservationId:
    """Seal what a person says of a pair; `first` and `second` are (norm, clause)."""
    one, other = norm(node, first[0]), norm(node, second[0])
    for text, clause in ((one, first[1]), (other, second[1])):
        named = text.by_id.get(clause)
        if named is None or not named.judgeable:
            raise MissingError(
                f"{text.key} has no clause {clause!r} that is compared",
                remedy="name a clause of the text",
            )
    proposed = _candidate(comparison_of(node, one, other), first[1], second[1])
    body = MappingDecision(
        first_norm=one.id,
        first_version=one.version,
        first_clause=first[1],
        second_norm=other.id,
        second_version=other.version,
        second_clause=second[1],
        judgement=decision,
        relation=relation or proposed.relation,
        reason=reason.strip(),
        judged_by=actor,
        proposed_relation=proposed.relation,
        score=proposed.score,
    )
    fault = defect(body)
    if fault:
        raise BadInputError(
            f"the decision would have no effect: {fault}", remedy="give a reason and a relation"
        )
    facet = _facet(one.id, first[1], other.id, second[1])
    return _seal(node, DECISION, body, subject=f"norm:{one.id}", facet=facet, actor=actor)


def _decided_pairs(
    said: dict[str, list[MappingDecision]], first: Norm, second: Norm
) -> Iterator[tuple[str, str]]:
    """Give every pair of two norms that people spoke of, seen from the first."""
    for events in said.values():
        newest = events[-1]
        sides = (newest.first_norm, newest.second_norm)
        if sides == (first.id, second.id):
            yield newest.first_clause, newest.second_clause
        elif sides == (second.id, first.id):
            yield newest.second_clause, newest.first_clause


def _decisions(node: Node) -> dict[str, list[MappingDecision]]:
    found: dict[str, list[MappingDecision]] = {}
    for sealed in node.log.records(DECISION):
        body = sealed.observation.body
        if isinstance(body, MappingDecision):
            facet = _facet(body.first_norm, body.first_clause, body.second_norm, body.second_clause)
            found.setdefault(facet, []).append(body)
    return found


def _standing(
    said: dict[str, list[MappingDecision]], one: Norm, other: Norm, a: str, b: str
) -> PairStanding:
    events = said.get(_facet(one.id, a, other.id, b))
    if not events:
        return PairStanding()
    turned = [_turned(event, one.id, a) for event in events]
    return standing(turned, binding=_binds(one, a) or _binds(other, b))


def _turned(event: MappingDecision, norm_id: str, clause: str) -> MappingDecision:
    """Read a decision from the side of a norm: seen the other way round, subset is superset."""
    if (event.first_norm, event.first_clause) == (norm_id, clause):
        return event
    reversed_ = {
        MappingRelation.SUBSET.value: MappingRelation.SUPERSET.value,
        MappingRelation.SUPERSET.value: MappingRelation.SUBSET.value,
    }
    return replace(
        event,
        first_norm=event.second_norm,
        first_version=event.second_version,
        first_clause=event.second_clause,
        second_norm=event.first_norm,
        second_version=event.first_version,
        second_clause=event.first_clause,
        relation=reversed_.get(event.relation, event.relation),
        proposed_relation=reversed_.get(event.proposed_relation, event.proposed_relation),
    )


def _binds(text: Norm, clause: str) -> bool:
    """Whether a clause binds; one that is not there any more counts as binding."""
    found: Clause | None = text.by_id.get(clause)
    return found is None or found.strength.binding


def _facet(one: str, a: str, other: str, b: str) -> str:
    """Name a pair the same from either side."""
    return " ".join(sorted((f"{one}/{a}", f"{other}/{b}")))


def _seal(
    node: Node,
    kind: str,
    body: NormImport | MappingDecision,
    *,
    subject: str,
    facet: str,
    actor: str,
) -> ObservationId:
    """Seal a record that is about a text and not about one estate."""
    made = record(kind, body, subject=subject, facet=facet, at=node.clock())
    sealed = node.log.append((made,), node.clock()).ids[0]
    node.audit(actor, kind, facet)
    node.checkpoint()
    return sealed


def _today(node: Node) -> date:
    return node.clock().astimezone(INSTITUTION_ZONE).date()


_kept: dict[Hashable, Any] = {}
_lock = Lock()


def _once[T](key: Hashable, make: Callable[[], T]) -> T:
    """Remember what depends on texts alone; digests name the texts."""
    with _lock:
        if key in _kept:
            found: T = _kept[key]
            return found
    made = make()
    with _lock:
        if len(_kept) >= MOST_REMEMBERED:
            _kept.clear()
        _kept[key] = made
    return made
