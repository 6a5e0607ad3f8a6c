"""What members say they stand on: signed, consented to, and told to members only in counts."""

from base64 import b64encode
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from panshi.alliance.members.keys import dependence_text, thumbprint
from panshi.errors import BadInputError, ForbiddenError, UsageError
from panshi.model.alliance.marking import Tlp
from panshi.model.bodies.continuity import ImpactRuling
from panshi.model.resilience.dependence import (
    Dependence,
    DependenceExtract,
    SharedKind,
    SignedExtract,
)
from panshi.node.alliance.dependence import (
    own_concentration,
    read_extract,
    sector_concentration,
    take_extract,
)
from panshi.node.alliance.members import MemberDesk, consent, member
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.resilience.dependence import extract_of
from panshi.node.resilience.impact import ImpactDesk
from tests.node.alliance.members_at_hub import member_of, prepared
from tests.simulators.institution import Clock
from tests.simulators.two_site_bank import BANK, NOW, PAY, entry, estate, layer

BANKS = ("bank-a", "bank-b", "bank-c", "bank-d")


@pytest.fixture
def hub(tmp_path):
    with Node.open(Home(path=tmp_path)) as node:
        prepared(node)
        node.held = {}
        for each in BANKS:
            node.held[each] = member_of(node, each)
            consent(node, member(node, each), member(node, each).keys[0].id, granted=True)
        yield node


@pytest.fixture
def bank(tmp_path):
    with Node.open(Home(path=tmp_path / "bank"), clock=Clock(NOW)) as node:
        node.commit_estate(estate(NOW), by="test", at=NOW)
        ImpactDesk(node, actor="lin", estate_id=BANK).propose(entry(layers=(layer(),)))
        ImpactDesk(node, actor="wang", estate_id=BANK).decide(PAY, ImpactRuling.APPROVE)
        yield node


def said(hub, name, *, after=timedelta(), **more):
    return extract_at(hub.clock() + after, name, **more)


def extract_at(moment, name, *, late=("支付",), tlp=Tlp.AMBER, thing="Acme"):
    return DependenceExtract(
        member=name,
        as_of=moment,
        tlp=tlp,
        services=4,
        critical=2,
        things=(
            Dependence(kind=SharedKind.SUPPLIER, name=thing, critical=min(1, len(late)), late=late),
        ),
    )


def signed(hub, name, extract, *, by=None):
    key = hub.held[by or name]
    statement = msgspec.json.encode(extract).decode()
    return SignedExtract(
        statement=statement,
        key=thumbprint(key.public_key().public_bytes_raw()),
        signature=b64encode(key.sign(dependence_text(statement))).decode(),
    )


def give(hub, name, **more):
    return take_extract(hub, member(hub, name), signed(hub, name, said(hub, name, **more)))


def test_the_desk_sees_what_takes_down_whom_and_on_whose_word(hub):
    # Given two members that stand on one supplier, and one that carries its loss
    give(hub, "bank-a")
    evidence = give(hub, "bank-b", thing="ACME 股份有限公司", late=("存款", "放款"))
    give(hub, "bank-c", late=())
    # When the hub joins what they said
    found = sector_concentration(hub)
    # Then the supplier takes down three services of two members; who is silent is told
    (row,) = found.shared
    assert (len(row.touched), row.stopped, row.late) == (3, 2, 3)
    assert evidence in {each.evidence for each in found.extracts}
    assert found.silent == ("bank-d",)


def test_a_member_learns_counts_only_where_enough_stand_there(hub):
    # Given a supplier of two members
    give(hub, "bank-a")
    give(hub, "bank-b")
    # When one of them asks, the count hides who
    (told,) = own_concentration(hub, member(hub, "bank-a"))
    assert (told.others, told.others_stopped) == ("<3", "<3")
    # And once four stand on it, it learns how many, and still no name
    give(hub, "bank-c")
    give(hub, "bank-d")
    (told,) = own_concentration(hub, member(hub, "bank-a"))
    assert told.others == "3"
    assert "bank-" not in msgspec.json.encode(told).decode()


def test_what_is_red_is_counted_for_nobody_but_the_desk(hub):
    for each in BANKS:
        give(hub, each, tlp=Tlp.RED if each != "bank-a" else Tlp.AMBER)
    (told,) = own_concentration(hub, member(hub, "bank-a"))
    assert told.others == "<3"
    assert len(sector_concentration(hub).shared[0].touched) == 4


def test_a_member_is_told_nothing_of_what_it_does_not_stand_on(hub):
    give(hub, "bank-a", thing="Other")
    give(hub, "bank-b")
    assert [each.name for each in own_concentration(hub, member(hub, "bank-a"))] == ["Other"]
    assert own_concentration(hub, member(hub, "bank-c")) == ()


def test_without_consent_nothing_is_taken_and_what_stands_counts_no_more(hub):
    give(hub, "bank-a")
    consent(hub, member(hub, "bank-a"), member(hub, "bank-a").keys[0].id, granted=False)
    with pytest.raises(ForbiddenError, match="agreed"):
        give(hub, "bank-a", after=timedelta(seconds=1))
    assert sector_concentration(hub).shared == ()


def test_who_is_suspended_counts_no_more(hub):
    give(hub, "bank-a")
    MemberDesk(hub, actor="chen.yiru").suspend("bank-a", why="keys may have leaked")
    assert sector_concentration(hub).extracts == ()


def test_only_the_member_itself_speaks_for_it(hub):
    # Given an extract signed by another member, one for another, and one altered after signing
    one = member(hub, "bank-a")
    mine = said(hub, "bank-a")
    good = signed(hub, "bank-a", mine)
    altered = replace(good, statement=good.statement.replace("Acme", "Acne"))
    for bad in (
        signed(hub, "bank-a", mine, by="bank-b"),
        signed(hub, "bank-a", said(hub, "bank-b")),
        altered,
        replace(good, signature="no base64!"),
    ):
        # When it is given
        # Then it is refused and nothing is kept
        with pytest.raises(ForbiddenError):
            take_extract(hub, one, bad)
    assert sector_concentration(hub).extracts == ()


def test_an_older_extract_does_not_take_the_place_of_a_newer_one(hub):
    first = signed(hub, "bank-a", said(hub, "bank-a"))
    take_extract(hub, member(hub, "bank-a"), first)
    with pytest.raises(UsageError, match="newer"):
        take_extract(hub, member(hub, "bank-a"), first)
    with pytest.raises(UsageError, match="future"):
        give(hub, "bank-a", after=timedelta(hours=1))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"format":"panshi-dependence/1"', '"format":"other/1"'),
        ('"tlp":"amber"', '"tlp":"purple"'),
        ('"critical":1', '"critical":9'),
        ('"name":"Acme"', '"name":" "'),
        ('"services":4', '"services":0'),
        ('"kind":"supplier"', '"kind":"customer"'),
    ],
)
def test_what_cannot_be_is_refused(before, after):
    statement = msgspec.json.encode(extract_at(NOW, "bank-a")).decode()
    assert before in statement
    with pytest.raises(BadInputError):
        read_extract(statement.replace(before, after))


def test_an_institution_says_outcomes_and_no_building_or_system_of_its_own(bank):
    # Given a bank of two sites whose gateway one vendor runs
    found = extract_of(bank, member="bank-a", estate_id=BANK)
    # When it makes its extract
    told = {each.name: each for each in found.things}
    # Then payments fall with the vendor and a layer carries them; no site, host or system is named
    assert told["廠商"].carried == ("支付",)
    assert not {"北站", "南站", "核心", "閘道", "a"} & set(told)
    # And it reads back as it was written
    assert read_extract(msgspec.json.encode(found).decode()) == found
