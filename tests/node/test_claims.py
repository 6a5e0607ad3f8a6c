"""What people assert of a control is sealed under their own name, a second one under the first."""

from datetime import timedelta

import pytest

from panshi.errors import BadInputError, IntegrityError, MissingError, UsageError
from panshi.model.verdict import Status
from panshi.node.claims import claim, countersign_not_applicable, sign_not_applicable
from panshi.node.home import Home
from tests.web.small_bank import BANK, NOW, open_small_bank

BINDING = "emerging/4.1(1)"
DAY = NOW.date()


@pytest.fixture
def node(tmp_path):
    with open_small_bank(Home(path=tmp_path)) as node:
        yield node


def sign(node, actor="王小明", control=BINDING, reason="沒有此類系統", expires=DAY + timedelta(90)):
    return sign_not_applicable(node, control, reason=reason, expires=expires, actor=actor)


def test_a_claim_stands_beside_the_evidence_under_the_name_of_who_makes_it(node):
    made = claim(node, "zt36/1-2", 0.75, actor="陳美")
    assert node.log.get(made).observation.body.owner == "陳美"
    assert node.verdict("zt36/1-2", BANK).claimed == 0.75


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan")])
def test_a_share_that_is_none_is_refused(node, share):
    with pytest.raises(BadInputError):
        claim(node, "zt36/1-2", share, actor="陳美")


def test_a_control_nobody_knows_is_refused(node):
    with pytest.raises(UsageError):
        claim(node, "zt36/no-such", 0.5, actor="陳美")


def test_what_binds_takes_two_people(node):
    # Given one person's signature that a binding clause has no population here
    first = sign(node)
    assert node.verdict(BINDING, BANK).status is not Status.NOT_APPLICABLE
    # When a second one countersigns
    second = countersign_not_applicable(node, first, actor="李大華")
    # Then it stands, with both names
    body = node.log.get(second).observation.body
    assert (body.owner, body.countersigned_by) == ("王小明", "李大華")
    assert node.verdict(BINDING, BANK).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("actor", ["王小明", " 王小明 ", "", "王小明\u200b"])
def test_nobody_countersigns_their_own(node, actor):
    first = sign(node)
    with pytest.raises(BadInputError):
        countersign_not_applicable(node, first, actor=actor)


def test_only_the_newest_is_countersigned_and_only_once(node):
    first = sign(node)
    second = sign(node, reason="改由他行辦理")
    with pytest.raises(IntegrityError):
        countersign_not_applicable(node, first, actor="李大華")
    third = countersign_not_applicable(node, second, actor="李大華")
    with pytest.raises(IntegrityError):
        countersign_not_applicable(node, third, actor="陳美")


def test_what_is_no_such_signature_is_not_countersigned(node):
    other = claim(node, "zt36/1-2", 0.75, actor="陳美")
    for made_up in (other, "0" * 32, ""):
        with pytest.raises(MissingError):
            countersign_not_applicable(node, made_up, actor="李大華")


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_signature_ends_within_a_year_from_tomorrow_on(node, days):
    with pytest.raises(BadInputError):
        sign(node, expires=DAY + timedelta(days))


@pytest.mark.parametrize("wrong", [{"reason": "  "}, {"actor": ""}, {"actor": "аna"}])
def test_a_signature_needs_a_name_and_a_reason(node, wrong):
    with pytest.raises(BadInputError):
        sign(node, **wrong)
