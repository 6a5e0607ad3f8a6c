"""A home becomes a hub for good; its members are what two people made of them."""

from datetime import timedelta

import pytest

from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.model.alliance.marking import ReaderRole
from panshi.model.alliance.member import MemberState, Quotas
from panshi.node.alliance.hub import hub_name, is_hub, prepare_hub
from panshi.node.alliance.members import (
    MemberDesk,
    enrol,
    give_up_key,
    member,
    members,
    reader_of,
)
from panshi.node.home import Home
from panshi.node.node import Node
from tests.node.alliance.members_at_hub import member_of, new_key, prepared


@pytest.fixture
def hub(tmp_path):
    with Node.open(Home(path=tmp_path)) as node:
        yield prepared(node)


def raw(key):
    return key.public_key().public_bytes_raw()


def test_a_new_home_becomes_a_hub_once_and_for_good(tmp_path):
    with Node.open(Home(path=tmp_path)) as node:
        assert not is_hub(node)
        with pytest.raises(MissingError, match="no hub"):
            members(node)
        assert prepare_hub(node, actor="cli:root", name="金融資安聯防中心")
        assert not prepare_hub(node, actor="cli:root", name="another")
    with Node.open(Home(path=tmp_path)) as node:
        assert is_hub(node)
        assert hub_name(node) == "金融資安聯防中心"
        assert node.verify_log().intact


def test_the_home_of_an_institution_becomes_no_hub(tmp_path):
    from tests.web.small_bank import open_small_bank

    with open_small_bank(Home(path=tmp_path)) as bank:
        with pytest.raises(UsageError, match="institution"):
            prepare_hub(bank, actor="cli:root")
        assert not is_hub(bank)


def test_one_invites_another_lets_in(hub):
    # Given an invitation and a key shown with its code
    code = MemberDesk(hub, actor="cli:chen").invite("bank-017", called="示範銀行", sector="banking")
    assert member(hub, "bank-017").state is MemberState.INVITED
    enrol(hub, code, raw(new_key()))
    # When who invited approves, signed in elsewhere under the same name
    with pytest.raises(ForbiddenError, match="same person"):
        MemberDesk(hub, actor="Chen").approve("bank-017")
    # Then nothing changed, and another person lets it in
    assert member(hub, "bank-017").state is MemberState.WAITING
    MemberDesk(hub, actor="lin.wei").approve("bank-017")
    assert member(hub, "bank-017").heard


def test_a_token_decides_nothing(hub):
    with pytest.raises(ForbiddenError):
        MemberDesk(hub, actor="token:ci")


def test_a_code_is_used_once_and_kept_nowhere(hub, tmp_path):
    code = MemberDesk(hub, actor="chen").invite("bank-017", called="示範", sector="banking")
    enrol(hub, code, raw(new_key()))
    for wrong in (code, "bank-017.x", "bank-099.x", "", "." * 50):
        with pytest.raises(ForbiddenError, match="code"):
            enrol(hub, wrong, raw(new_key()))
    secret = code.encode()
    files = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert not any(secret in each.read_bytes() for each in files)


def test_a_revocation_by_another_process_counts_at_the_next_look(hub, tmp_path):
    member_of(hub)
    assert member(hub, "bank-017").heard
    with Node.open(Home(path=tmp_path)) as other:
        MemberDesk(other, actor="lin.wei").revoke("bank-017", why="membership ended")
    assert member(hub, "bank-017").state is MemberState.REVOKED
    with pytest.raises(UsageError, match="revoked"):
        MemberDesk(hub, actor="chen").invite("bank-017", called="x", sector="banking")


def test_a_member_ends_its_own_key(hub):
    member_of(hub)
    one = member(hub, "bank-017")
    give_up_key(hub, one, one.keys[0].id[:8], why="lost")
    assert not member(hub, "bank-017").keys_in_force(hub.clock())
    with pytest.raises(MissingError):
        give_up_key(hub, one, "", why="lost")


def test_terms_are_bounded_and_sealed(hub):
    member_of(hub)
    desk = MemberDesk(hub, actor="chen")
    desk.set_terms("bank-017", Quotas(batch=10), ("swift",))
    assert member(hub, "bank-017").quotas.batch == 10
    assert member(hub, "bank-017").communities == {"swift"}
    for wrong in (Quotas(batch=0), Quotas(at_once=10_000), Quotas(requests_per_second=-1)):
        with pytest.raises(UsageError):
            desk.set_terms("bank-017", wrong, ())
    with pytest.raises(UsageError, match="community"):
        desk.set_terms("bank-017", Quotas(), ("Swift!",))


@pytest.mark.parametrize(
    ("name", "called", "sector", "days"),
    [
        ("Bank 17", "x", "banking", 1),
        ("-bank", "x", "banking", 1),
        ("b" * 41, "x", "banking", 1),
        ("bank", " ", "banking", 1),
        ("bank", "x", "bakery", 1),
        ("bank", "x", "banking", 0),
    ],
)
def test_what_names_no_member_is_refused(hub, name, called, sector, days):
    with pytest.raises(UsageError):
        MemberDesk(hub, actor="chen").invite(name, called=called, sector=sector, days=days)
    assert members(hub) == ()


def test_a_reader_is_what_its_membership_makes_it(hub):
    member_of(hub, "bank-017", communities=("swift",))
    member_of(hub, "fs-isac", kind="foreign_isac", sector="abroad")
    bank = reader_of(member(hub, "bank-017"))
    assert (bank.member, bank.role, bank.communities) == (
        "bank-017",
        ReaderRole.MEMBER,
        frozenset({"swift"}),
    )
    assert reader_of(member(hub, "fs-isac")).role == ReaderRole.PARTNER
    MemberDesk(hub, actor="chen").suspend("bank-017", why="keys may have leaked")
    suspended = reader_of(member(hub, "bank-017"))
    assert (suspended.member, suspended.role) == (None, ReaderRole.PUBLIC)


def test_an_invitation_lasts_as_long_as_it_says(hub):
    code = MemberDesk(hub, actor="chen").invite("bank-017", called="x", sector="banking", days=1)
    now = hub.clock()
    hub.clock = lambda: now + timedelta(days=1, seconds=1)
    with pytest.raises(ForbiddenError, match="too old"):
        enrol(hub, code, raw(new_key()))
