"""Devices as people read them: standing, newest sealed result, reasons in words, age."""

from datetime import UTC, datetime, timedelta

import pytest

from panshi.node.home import Home
from panshi.node.zero_trust.device_register import Standing, register
from tests.simulators.enrolled_devices import attested, enrol
from tests.web.small_bank import open_small_bank


@pytest.fixture
def node(tmp_path):
    with open_small_bank(Home(path=tmp_path), datetime(2026, 11, 21, tzinfo=UTC)) as found:
        yield found


def test_nothing_enrolled_gives_nothing(node):
    assert register(node) == ()


def test_the_newest_result_counts_with_its_reason_in_words(node):
    # Given a device that attested, and then started something nobody approved
    enrol(node, "nb-17")
    attested(node, "nb-17", ago=timedelta(hours=2))
    sealed = attested(node, "nb-17", "failed", ("register_values_not_expected: sha256:4",))

    # When the register is read
    (found,) = register(node)

    # Then the failure stands, in words, with its evidence
    assert (found.standing, found.approved_by) == (Standing.ENROLLED, "tsai.minghan")
    told = found.attestation
    assert (told.passed, told.outcome, told.evidence) == (False, "failed", sealed)
    assert told.reasons_zh == ("開機量測值不在核可的參考值內（sha256:4）",)
    assert told.reasons_en == ("the measured boot is none of the approved ones (sha256:4)",)


def test_an_old_result_is_not_fresh_and_an_unknown_reason_stays_as_sealed(node):
    enrol(node, "nb-1")
    attested(node, "nb-1", "failed", ("of_a_later_version: x",), ago=timedelta(days=300))
    told = register(node)[0].attestation
    assert not told.fresh
    assert told.reasons_zh == ("of_a_later_version: x",)


def test_each_standing_is_told_and_people_only_to_those_who_may_know(node):
    enrol(node, "a", approved=False)
    enrol(node, "b")
    enrol(node, "c", revoked_at=1.0, revoked_by="yang.chengen")
    found = register(node, people=False)
    assert [each.standing for each in found] == ["proven", "enrolled", "revoked"]
    assert not any(each.approved_by or each.revoked_by for each in found)
    assert [each.attestation for each in found] == [None] * 3
