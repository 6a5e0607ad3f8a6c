"""The pages of a hub's members: keys, what came, what was refused, quotas; missing elsewhere."""

from datetime import timedelta
from hashlib import sha256

import pytest

from panshi.model.alliance.member import Scope
from panshi.node.alliance.admission import Done, MemberRefusedError, admission
from panshi.node.alliance.members import MemberDesk, enrol, member
from panshi.node.alliance.subscribing import Subscribing, subscribe, subscriptions
from panshi.node.home import Home
from panshi.node.node import Node
from tests.node.alliance.members_at_hub import HOSTS, member_of, new_key, prepared, signed

PLACE = "/hub/members/bank-017/"


@pytest.fixture
def hub(tmp_path, bank):
    """The node all pages show, for this test a hub."""
    from panshi.web import nodes

    with Node.open(Home(path=tmp_path)) as node:
        nodes.hand_in(prepared(node))
        yield node
    nodes.hand_in(bank)


def submit(hub, key, number="2026-000001", **more):
    body = b'{"tickets":[]}'
    now = hub.clock() + more.pop("off", timedelta())
    request = signed(key, "POST", "/api/v1/hub/tickets", body, now=now, idempotency_key=number)
    entry = admission(hub).admit(request, scope=Scope.TICKETS_WRITE, size=len(body), hosts=HOSTS)
    admission(hub).body_came(entry, sha256(body).digest(), len(body))
    entry.once("tickets", lambda: Done(answer=b"r", items=7))
    admission(hub).leave(entry)


def test_elsewhere_there_are_no_such_pages(person):
    client = person("ciso")
    for path in ("/hub/members/", PLACE, f"{PLACE}sent/", "/hub/members/unknown/refused/"):
        assert client.get(path).status_code == 404


def test_a_member_is_shown_with_what_it_sent_and_what_was_refused(hub, person):
    # Given a member that submitted once, and once with a clock ahead
    key = member_of(hub)
    submit(hub, key)
    with pytest.raises(MemberRefusedError):
        submit(hub, key, off=timedelta(minutes=9))
    # Then its page says both
    page = person("ciso").get(PLACE).content.decode()
    assert "2026-000001" in page
    assert "時鐘偏差" in page
    assert "時鐘快 540 秒" in page or "時鐘快 539 秒" in page
    for part in ("sent", "refused"):
        assert person("member_liaison").get(f"{PLACE}{part}/").status_code == 200


def test_names_are_for_those_who_may_see_them(hub, person):
    member_of(hub)
    assert "chen.yiru" in person("ciso").get(PLACE).content.decode()
    assert "chen.yiru" not in person("member_liaison").get(PLACE).content.decode()


def test_two_liaisons_let_a_member_in_at_the_console(hub, person):
    # Given somebody who invites at the console
    inviting, deciding = person("member_liaison"), person("member_liaison")
    asked = {"id": "bank-017", "name": "示範銀行", "sector": "banking", "kind": "institution"}
    page = inviting.post("/hub/members/invite/", asked, follow=True).content.decode()
    code = page[page.index("bank-017.") :].partition("<")[0]
    # Then the code is shown once
    assert code not in inviting.get("/hub/members/").content.decode()
    enrol(hub, code, new_key().public_key().public_bytes_raw())
    answer = {"do": "approve", "key": member(hub, "bank-017").keys[0].id}
    # And who invited does not let in, another does
    assert inviting.post(f"{PLACE}decide/", answer).status_code == 403
    assert deciding.post(f"{PLACE}decide/", answer).status_code == 302
    assert member(hub, "bank-017").heard


def test_quotas_are_set_within_bounds(hub, person):
    member_of(hub)
    asked = {
        "requests_per_second": "0.5",
        "bytes_per_minute": "1000000",
        "body_bytes": "1000",
        "batch": "10",
        "at_once": "2",
        "communities": "swift atm",
    }
    liaison = person("member_liaison")
    assert liaison.post(f"{PLACE}terms/", asked).status_code == 302
    found = member(hub, "bank-017")
    assert (found.quotas.requests_per_second, found.quotas.batch) == (0.5, 10)
    assert found.communities == {"swift", "atm"}
    for name, wrong in (("batch", "-1"), ("batch", "x"), ("requests_per_second", "nan")):
        assert liaison.post(f"{PLACE}terms/", asked | {name: wrong}).status_code in {400, 422}
    assert member(hub, "bank-017").quotas.batch == 10


@pytest.mark.parametrize("role", ["internal_audit", "supervisor", "administrator"])
def test_who_reads_changes_nothing(hub, person, role):
    member_of(hub)
    client = person(role)
    page = client.get(PLACE)
    assert page.status_code == 200
    assert '<form class="upload"' not in page.content.decode()
    for step in ("decide", "stand", "terms"):
        assert client.post(f"{PLACE}{step}/", {"do": "revoke", "why": "x"}).status_code == 403
    assert member(hub, "bank-017").heard


def test_a_suspended_member_is_resumed_by_another(hub, person):
    member_of(hub)
    MemberDesk(hub, actor="lin.wei").suspend("bank-017", why="leak")
    answer = person("ciso").post(f"{PLACE}stand/", {"do": "resume", "why": "new keys"})
    assert answer.status_code == 302
    assert member(hub, "bank-017").heard


def test_subscriptions_are_shown_and_ended(hub, person):
    # Given a member with two subscriptions, one of everything
    member_of(hub)
    wanted = Subscribing(title="供應鏈", suppliers=("甲雲科技",), techniques=("T1195",), least=50)
    subscribe(hub, "bank-017", wanted, actor="lin.wei")
    subscribe(hub, "bank-017", Subscribing(title="全部"), actor="lin.wei")
    # When its page is read
    page = person("ciso").get(PLACE).content.decode()
    # Then it says what each asks for
    assert "供應商：甲雲科技；手法：T1195；最低信心：50%" in page
    assert "會員可讀取的一切" in page
    # And a liaison ends one, others do not, and of another member it is not there
    end = f"{PLACE}subscriptions/bank-017-1/end/"
    assert person("internal_audit").post(end).status_code == 403
    assert "/end/" not in person("internal_audit").get(PLACE).content.decode()
    member_of(hub, "bank-018")
    other = "/hub/members/bank-018/subscriptions/bank-017-1/end/"
    assert person("member_liaison").post(other).status_code == 404
    assert person("member_liaison").get(end).status_code == 405
    assert len(subscriptions(hub, "bank-017")) == 2
    assert person("member_liaison").post(end).status_code == 302
    assert [each.id for each in subscriptions(hub, "bank-017")] == ["bank-017-2"]


def test_who_does_not_read_collections_is_not_told_of_subscriptions(hub, person):
    member_of(hub)
    subscribe(hub, "bank-017", Subscribing(suppliers=("甲雲科技",)), actor="lin.wei")
    page = person("supervisor").get(PLACE)
    assert page.status_code == 200
    assert "甲雲科技" not in page.content.decode()
