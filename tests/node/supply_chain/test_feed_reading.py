"""CSAF documents on their way into the snapshot: damaged ones are named, never half taken."""

import json

from panshi.model.supply_chain.advisory import Advisory
from panshi.node.supply_chain.feed_reading import csaf_reads
from panshi.observe.feeds.records import Refused
from tests.node.supply_chain.test_feed_sync import csaf_document
from tests.simulators.advisories import damaged


def test_a_document_yields_its_advisories_under_the_feeds_name():
    raw = json.dumps(csaf_document(7)).encode()
    [found] = csaf_reads(raw, feed="csaf/acme", name="acme-7.json")
    assert (found.source, found.aliases) == ("csaf/acme", ("CVE-2026-0007",))
    assert found.affected[0].purl == "pkg:npm/acme-lib@1.0.0"


def test_a_draft_is_refused_with_its_reason():
    document = csaf_document(7)
    document["document"]["tracking"]["status"] = "draft"
    [found] = csaf_reads(json.dumps(document).encode(), feed="csaf/acme", name="acme-7.json")
    assert isinstance(found, Refused)
    assert found.name == "acme-7.json"


def test_a_thousand_damaged_documents_are_each_taken_or_named():
    raw = json.dumps(csaf_document(7)).encode()
    refused = 0
    for seed in range(1_000):
        for each in csaf_reads(damaged(raw, seed), feed="csaf/acme", name="acme-7.json"):
            assert isinstance(each, Advisory | Refused)
            if isinstance(each, Refused):
                assert each.name == "acme-7.json"
                assert each.problem
                refused += 1
    assert refused > 100
