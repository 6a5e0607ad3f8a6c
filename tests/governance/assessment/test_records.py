"""Newer records replace older ones; exceptions stand beside each other by facet."""

from __future__ import annotations

from datetime import timedelta

from panshi.governance.assessment.moment import Moment
from panshi.governance.assessment.records import Records
from panshi.model.asset import AssetId
from panshi.model.control import Attesting
from panshi.model.verdict import ReasonCode
from tests.governance.assessment.worlds import BANK, NOW, TODAY, River


def kept(river):
    records = Records()
    for sealed in river.sealed:
        records.add(sealed, AssetId(BANK))
    return records


def test_it_names_the_control_a_record_changes():
    river = River()
    records = Records()
    bank = AssetId(BANK)
    assert records.add(river.claim(1.0), bank) == "f/c"
    assert records.add(river.exception("a"), bank) == "f/a"
    older = river.attestation(days_ago=9)
    assert records.add(river.attestation(days_ago=5), bank) == "f/a"
    assert records.add(older, bank) == ""
    assert records.add(river.look(0), bank) == ""


def test_exceptions_stand_beside_each_other():
    river = River()
    river.exception(facet="#1")
    river.exception(facet="#2", compensating=("f/x",))
    newer = river.exception(facet="#1", revoked=True)
    records = kept(river)
    assert [each.sealed for each in records.exceptions("f/c")] == [river.sealed[1], newer]
    assert records.excused_by("f/x") == {"f/c"}


def test_a_signature_needs_a_name_a_reason_and_time():
    for changes in ({"owner": ""}, {"reason": " "}, {"expires": TODAY}):
        river = River()
        river.not_applicable(**changes)
        assert kept(river).not_applicable("f/c", Moment(NOW)) is None


def test_an_attestation_ends_with_the_first_of_its_two_terms():
    river = River()
    river.attestation(days_ago=0, expires=TODAY + timedelta(days=50))
    needs = Attesting(evidence=("policy_doc",), valid_days=20)
    found = kept(river).attested("f/a", needs, Moment(NOW))
    assert (found.code, found.expires_on) == (ReasonCode.ATTESTED, TODAY + timedelta(days=20))
    assert found.stands
    assert not found.acknowledged
