"""Newer records replace older ones; exceptions go on in the place for them."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

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
    assert records.add(river.claim(1.0), bank) == {"f/c"}
    older = river.attestation(days_ago=9)
    assert records.add(river.attestation(days_ago=5), bank) == {"f/a"}
    assert records.add(older, bank) == set()
    assert records.add(river.look(0), bank) == set()


def test_exceptions_go_where_their_steps_are_kept():
    river = River()
    river.exception(facet="#1")
    river.exception(facet="#2", compensating=("f/x",))
    records = kept(river)
    assert [each.number for each in records.exceptions.of("f/c")] == ["#1", "#2"]
    assert records.exceptions.excused_by("f/x") == {"f/c"}


def test_a_signature_needs_a_name_a_reason_and_time():
    for changes, lacks in (({"owner": ""}, "owner"), ({"reason": " "}, "reason")):
        river = River()
        river.not_applicable(**changes)
        found = kept(river).not_applicable("f/c", Moment(NOW))
        assert found.defects == (lacks,)
        assert not found.stands
    river = River()
    river.not_applicable(expires=TODAY)
    assert kept(river).not_applicable("f/c", Moment(NOW)) is None


def test_a_signature_is_good_for_a_year_at_most():
    # Given one made a year ago less a day, for ten years.
    river = River()
    river.not_applicable(days_ago=365, expires=TODAY + timedelta(days=3_650))
    found = kept(river).not_applicable("f/c", Moment(NOW))
    # Then it stands today and ends tomorrow.
    assert (found.stands, found.expires_on) == (True, TODAY + timedelta(days=1))
    assert kept(river).not_applicable("f/c", Moment(NOW + timedelta(days=1))) is None


def test_nobody_signs_away_what_they_acknowledged():
    river = River()
    river.not_applicable("a")
    acknowledged = river.attestation(fulfilled=False, days_ago=200)
    found = kept(river).not_applicable("f/a", Moment(NOW))
    assert found.defects == ("acknowledged",)
    assert found.against.sealed == acknowledged
    # When it is fulfilled again, nothing stands against the signature.
    river.attestation(days_ago=2)
    assert kept(river).not_applicable("f/a", Moment(NOW)).stands


def test_what_the_law_demands_takes_two_to_sign_away():
    for second, stands in (
        ("", False),
        ("CHEN ", False),
        ("Ch\N{CYRILLIC SMALL LETTER IE}n", False),
        ("Lin", True),
    ):
        river = River()
        river.not_applicable(countersigned_by=second)
        found = kept(river).not_applicable("f/c", Moment(NOW), binding=True)
        assert found.stands is stands, second
        assert kept(river).not_applicable("f/c", Moment(NOW)).stands


def test_a_missing_attachment_is_no_attachment():
    needs = Attesting(evidence=("policy_doc",))
    for digest in ("0" * 64, sha256(b"").hexdigest(), sha256(b"").hexdigest().upper(), "ab"):
        river = River()
        river.attestation(attachment_sha256=digest)
        found = kept(river).attested("f/a", needs, Moment(NOW))
        assert found.code is ReasonCode.ATTESTATION_INCOMPLETE
        assert found.defects == ("attachment_sha256",)


def test_a_countersignature_is_a_second_persons():
    needs = Attesting(evidence=("policy_doc",), countersigned=True)
    for second in ("", "chen", "C\N{ZERO WIDTH SPACE}hen", "Ch\N{CYRILLIC SMALL LETTER IE}n"):
        river = River()
        river.attestation(countersigned_by=second)
        assert kept(river).attested("f/a", needs, Moment(NOW)).defects == ("countersigned_by",)


def test_an_attestation_ends_with_the_first_of_its_two_terms():
    river = River()
    river.attestation(days_ago=0, expires=TODAY + timedelta(days=50))
    needs = Attesting(evidence=("policy_doc",), valid_days=20)
    found = kept(river).attested("f/a", needs, Moment(NOW))
    assert (found.code, found.expires_on) == (ReasonCode.ATTESTED, TODAY + timedelta(days=20))
    assert found.stands
    assert not found.acknowledged
