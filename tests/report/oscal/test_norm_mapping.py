"""A mapping collection that says who vouches for each pair."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from panshi.governance.norms.candidates import compare
from panshi.governance.norms.clauses import norm_of
from panshi.governance.norms.confirming import PairStanding, PairState
from panshi.governance.norms.pairs import Judged, Overlap
from panshi.model.control import MappingRelation
from panshi.node.library import Library
from panshi.report.oscal.norm_mapping import norm_mapping
from tests.report.oscal.test_exports import faults_by_schema

LIBRARY = Library()
NOW = datetime(2026, 9, 30, tzinfo=UTC)


def overlap(**standings) -> Overlap:
    one, other = (norm_of(LIBRARY.framework(each)) for each in ("actionplan", "blueprint"))
    found = compare(one, other, LIBRARY.glossary)
    related = [pair for pair in found.pairs if pair.relation is not MappingRelation.NONE]
    pairs = [Judged(candidate=pair, standing=PairStanding()) for pair in related]
    for place, state in enumerate(standings.values()):
        pairs[place] = replace(pairs[place], standing=state)
    return Overlap(comparison=found, pairs=tuple(pairs))


def said(state, *, changed=False):
    return PairStanding(
        state=state,
        relation=MappingRelation.SUBSET,
        by=("amy",),
        reason="because",
        changed=changed,
    )


def test_pairs_are_gathered_by_how_they_came_about():
    found = overlap(
        human=said(PairState.CONFIRMED, changed=True),
        hybrid=said(PairState.CONFIRMED),
        rejected=said(PairState.REJECTED),
    )
    document = json.loads(norm_mapping(found, NOW))
    mappings = document["mapping-collection"]["mappings"]

    assert [each["method"] for each in mappings] == ["human", "hybrid", "automation"]
    assert [len(each["maps"]) for each in mappings[:2]] == [1, 1]
    assert sum(len(each["maps"]) for each in mappings) == len(found.pairs) - 1
    assert mappings[0]["maps"][0]["relationship"] == "subset-of"
    assert 0 <= mappings[2]["maps"][0]["confidence-score"]["percentage"] <= 1
    assert mappings[2]["status"] == "draft"
    assert document["mapping-collection"]["provenance"]["method"] == "hybrid"
    assert faults_by_schema("mapping", document) == []


def test_two_exports_of_the_same_differ_nowhere():
    assert norm_mapping(overlap(), NOW) == norm_mapping(overlap(), NOW)


def test_gaps_are_named():
    found = overlap()
    gapped = replace(found.comparison, gaps=("AP2-1-1-1",))
    document = json.loads(norm_mapping(replace(found, comparison=gapped), NOW))
    (only,) = document["mapping-collection"]["mappings"]
    assert only["source-gap-summary"]["unmapped-controls"] == [
        {"with-ids": ["actionplan-AP2-1-1-1"]}
    ]
    assert faults_by_schema("mapping", document) == []
