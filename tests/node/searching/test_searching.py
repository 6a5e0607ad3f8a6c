"""Everything can be found in both languages, by whoever may see it and by nobody else."""

import pytest

from panshi.node.authority import decided
from panshi.node.comments import comment
from panshi.node.home import Home
from panshi.node.objects import ObjectKind
from panshi.node.ownership import assign
from panshi.node.searching import bring_up_to_date, index_of, search, search_kind, trail
from panshi.protection.access.roles import ROLES, Role
from panshi.store.search_index import TraceFilter
from tests.web.small_bank import BANK, HOSTS, INSTITUTION, open_small_bank


@pytest.fixture
def bank(tmp_path):
    with open_small_bank(Home(path=tmp_path)) as node:
        yield node


def may(*roles):
    return lambda action: decided(roles, action).allowed


def found(node, query, *roles):
    results = search(node, query, may=may(*roles), estate_id=BANK, per_kind=50)
    return {hit.about for _kind, hits in results.groups for hit in hits}


@pytest.mark.parametrize(
    "query",
    [
        "多因子",
        "多",
        "因子",
        "More than one",
        "FACTOR",
        "zt36/1-1",
        "1-1",
        "ｚｔ36/1-1",
        "登入 多因子",
    ],
)
def test_a_control_is_found_by_any_part_of_it(bank, query):
    assert "control/zt36/1-1" in found(bank, query, Role.CISO)


@pytest.mark.parametrize("query", ["小銀行", "小", "institution:small", "SMALL-bank"])
def test_an_asset_is_found_by_name_and_id(bank, query):
    assert f"asset/{INSTITUTION}" in found(bank, query, Role.CISO)


def test_an_observation_is_found_by_the_beginning_of_its_id(bank):
    one = next(iter(bank.log.since(0)))
    assert f"observation/{one.id}" in found(bank, one.id[:8], Role.CISO)
    assert f"observation/{one.id}" not in found(bank, one.id[:8], Role.BOARD_READER)


@pytest.mark.parametrize("query", ["", "   ", '"', "' OR 1=1 --", "NEAR(", "a*", "%", "_", "\x00"])
def test_no_query_breaks_the_search(bank, query):
    search(bank, query, may=may(Role.CISO), estate_id=BANK)


def test_personal_bodies_are_found_only_by_those_who_may_read_them(bank):
    # Given an attestation that names 李大華
    for role in ROLES:
        hits = found(bank, "李大華", role)
        # Then who may read personal bodies finds it, and nobody else does
        assert bool(hits) == decided((role,), "evidence.personal").allowed, role


def test_a_comment_is_found_by_those_who_may_read_comments(bank):
    comment(bank, f"asset/{HOSTS[0]}", "風扇聲音很大", actor="ana", exists=lambda _n: False)
    for role in ROLES:
        hits = found(bank, "風扇", role)
        assert bool(hits) == decided((role,), "comment.view").allowed, role


def test_what_is_appended_later_is_found_without_rebuilding(bank):
    assert not found(bank, "牛奶", Role.CISO)
    comment(bank, f"asset/{HOSTS[0]}", "牛奶打翻了", actor="ana", exists=lambda _n: False)
    assert found(bank, "牛奶", Role.CISO)


def test_a_lost_index_is_built_again(bank):
    before = found(bank, "備份", Role.CISO)
    index_of(bank).forget()
    assert found(bank, "備份", Role.CISO) == before
    assert before


def test_a_page_of_hits_goes_on_where_the_last_ended(bank):
    query, seen, after = "account", [], 0
    for _ in range(10):
        hits = search_kind(
            bank, query, ObjectKind.ASSET, may=may(Role.CISO), estate_id=BANK, after=after, limit=5
        )
        if not hits:
            break
        seen += [each.about for each in hits]
        after = hits[-1].number
    assert len(seen) == len(set(seen)) == 12


def test_other_estates_assets_are_not_found(bank):
    results = search(bank, "staff-01", may=may(Role.CISO), estate_id="")
    assert "asset" not in dict(results.groups)


def test_the_trail_tells_who_did_what_to_which_object(bank):
    assign(bank, [("zt36/1-1", "ana")], actor="cho", estate_id=BANK)
    bank.audit("eve", "evidence.view", "/evidence/", allowed=False)
    of_control = trail(bank, TraceFilter(about="control/zt36/1-1"))
    assert ("cho", "record.ownership/1") in {(each.actor, each.action) for each in of_control}
    refused = trail(bank, TraceFilter(refused=True))
    assert [(each.actor, each.action) for each in refused] == [("eve", "evidence.view")]
    assert trail(bank, TraceFilter(actor="nobody")) == ()
    assert {each.action for each in trail(bank, TraceFilter(action="record."))} == {
        each.action for each in trail(bank, TraceFilter()) if each.action.startswith("record.")
    }


def test_the_trail_is_paged_without_gaps(bank):
    for number in range(30):
        bank.audit("eve", f"thing.{number:02d}", "x")
    seen, before = [], None
    while page := trail(bank, TraceFilter(actor="eve"), before=before, limit=7):
        seen += [each.action for each in page]
        before = page[-1].position
    assert seen == [f"thing.{number:02d}" for number in reversed(range(30))]


def test_a_long_log_is_taken_in_piece_by_piece(bank):
    for number in range(25):
        bank.audit("eve", f"thing.{number:02d}", "x")
    index_of(bank).forget()
    complete = [bring_up_to_date(bank, most=20) for _ in range(5)]
    assert complete[0] is False
    assert complete[-1] is True
    assert len(trail(bank, TraceFilter(actor="eve"))) == 25
