"""The page of a hub's collections: what each holds and who uses it, one asks, another opens it."""

import pytest

from panshi.alliance.intelligence.collections import address
from panshi.node.alliance.collections import Change, ask, collection, decide, shelf
from panshi.node.alliance.members import MemberDesk
from panshi.node.alliance.subscribing import Subscribing, subscribe
from panshi.node.home import Home
from panshi.node.node import Node
from tests.node.alliance.members_at_hub import member_of, prepared
from tests.node.alliance.sharing import add, indicator

PLACE, ASK, DECIDE = (
    "/hub/collections/",
    "/hub/collection-steps/ask/",
    "/hub/collection-steps/decide/",
)
CLOUD = {
    "do": "change",
    "alias": "cloud-watch",
    "title": "雲端監看",
    "description": "",
    "readers": "community:cloud, bank-017",
    "writers": "",
    "unmarked": "amber",
    "why": "雲端工作小組提出",
}


@pytest.fixture
def hub(tmp_path, bank):
    """The node all pages show, for this test a hub."""
    from panshi.web import nodes

    with Node.open(Home(path=tmp_path)) as node:
        nodes.hand_in(prepared(node))
        member_of(node)
        yield node
    nodes.hand_in(bank)


def text(client, path=PLACE, language=""):
    answer = client.get(path, headers={"accept-language": language} if language else {})
    assert answer.status_code == 200
    return answer.content.decode()


def test_elsewhere_there_are_no_such_pages(person):
    client = person("ciso")
    assert {client.get(each).status_code for each in (PLACE, f"{PLACE}sharing/")} == {404}
    assert {client.post(each).status_code for each in (ASK, DECIDE)} == {404}


def test_each_collection_says_what_it_holds_and_who_uses_it(hub, person):
    # Given two indicators a member shared
    for name in ("evil.example", "worse.example"):
        add(hub, "bank-017", "indicator", **indicator(hub, name))
    # Then the list counts them, names readers in words, and links to where clients go
    page = text(person("ciso"))
    assert "2 個集合共 2 件情資，沒有等待核定的變更。" in page
    for part in ("所有會員", "境外夥伴", "僅樞紐人員", "TLP:AMBER+STRICT"):
        assert part in page
    place = f"http://localhost{address(collection(hub, 'sharing'))}"
    assert f'href="{place}"' in page
    one = text(person("supervisor"), f"{PLACE}sharing/")
    assert "存放 2 件情資" in one
    assert place in one
    assert person("ciso").get(f"{PLACE}no-such/").status_code == 404


def test_one_asks_and_another_opens_it(hub, person):
    # Given what one liaison asks for
    asking, deciding = person("member_liaison"), person("member_liaison")
    assert asking.post(ASK, CLOUD).status_code == 302
    # Then everybody sees who asked for what and why; what names nobody known is marked
    page = text(deciding)
    assert "等待核定：新集合 cloud-watch" in page
    assert "雲端工作小組提出" in page
    assert asking.user.username in page
    assert "、社群 cloud" in page
    # And she has no buttons to decide, and deciding all the same is refused
    assert f'action="{DECIDE}"' not in text(asking)
    answer = {"alias": "cloud-watch", "do": "approve", "why": "同意"}
    assert asking.post(DECIDE, answer).status_code == 403
    assert deciding.post(DECIDE, answer | {"do": "maybe"}).status_code in {400, 422}
    assert shelf(hub).waiting
    # When another approves it is there, with its course
    assert f'action="{DECIDE}"' in page
    assert deciding.post(DECIDE, answer).status_code == 302
    assert collection(hub, "cloud-watch").readers == ("bank-017", "community:cloud")
    one = text(deciding, f"{PLACE}cloud-watch/")
    assert "查無此名" in one
    assert "提出" in one
    assert "同意" in one


def test_a_change_says_what_would_be_otherwise(hub, person):
    ask(hub, "bulletins", Change(writers=("bank-017",)), actor="lin.wei", why="代發")
    page = text(person("ciso"), f"{PLACE}bulletins/")
    wish = page[page.index("h-wish") : page.index("h-change")]
    assert "可寫入者" in wish
    assert "可讀取者" not in wish
    assert "代發" in wish
    assert "取代等待核定" in page


def test_what_narrows_and_what_ends_counts_at_once(hub, person):
    liaison = person("member_liaison")
    narrowed = CLOUD | {"alias": "sharing", "readers": "members", "writers": "members"}
    liaison.post(ASK, narrowed | {"unmarked": "amber+strict"})
    assert collection(hub, "sharing").readers == ("members",)
    liaison.post(ASK, {"do": "retire", "alias": "sharing", "why": "重整"})
    assert shelf(hub).found("sharing") is None
    # Then it stands among what was ended, and opening it again takes another person
    assert "雲端監看" not in text(liaison)
    assert "雲端監看" in text(liaison, f"{PLACE}?show=retired")
    page = text(liaison, f"{PLACE}sharing/")
    assert "重新啟用" in page
    assert "立即停用" not in page
    liaison.post(ASK, narrowed)
    assert "等待核定：新集合 sharing" in text(liaison)


@pytest.mark.parametrize(
    "wrong",
    [{"alias": "Cloud!"}, {"alias": "feed-x"}, {"why": " "}, {"readers": "no such!"}, {"do": "x"}],
)
def test_what_is_no_collection_is_refused(hub, person, wrong):
    assert person("member_liaison").post(ASK, CLOUD | wrong).status_code in {400, 422}
    assert shelf(hub).waiting == {}


def test_feeds_of_subscriptions_stand_apart_and_are_not_changed_here(hub, person):
    subscribe(hub, "bank-017", Subscribing(title="供應鏈"), actor="lin.wei")
    client = person("ciso")
    assert "feed-bank-017-1" not in text(client)
    assert "feed-bank-017-1" in text(client, f"{PLACE}?show=feeds")
    page = text(client, f"{PLACE}feed-bank-017-1/")
    assert "供應鏈" in page
    assert ASK not in page


@pytest.mark.parametrize("role", ["internal_audit", "supervisor", "administrator", "analyst"])
def test_who_reads_changes_nothing(hub, person, role):
    ask(hub, "cloud-watch", Change(readers=("members",)), actor="lin.wei", why="x")
    client = person(role)
    for path in (PLACE, f"{PLACE}sharing/"):
        assert ASK not in text(client, path)
    assert client.post(ASK, CLOUD | {"alias": "other"}).status_code == 403
    assert client.post(DECIDE, {"alias": "cloud-watch", "do": "approve"}).status_code == 403
    assert [each.collection.alias for each in shelf(hub).waiting.values()] == ["cloud-watch"]
    assert shelf(hub).found("cloud-watch") is None


def test_names_are_for_those_who_decide_or_may_see_them(hub, person):
    ask(hub, "cloud-watch", Change(readers=("members",)), actor="lin.wei", why="x")
    assert "lin.wei" in text(person("member_liaison"))
    assert "lin.wei" not in text(person("supervisor"))


def test_the_page_is_whole_in_english(hub, person):
    ask(hub, "cloud-watch", Change(readers=("partners",)), actor="lin.wei", why="asked for")
    decide(hub, "cloud-watch", approved=False, actor="chen.yiru", why="not yet")
    ask(hub, "cloud-watch", Change(readers=("members",)), actor="lin.wei", why="asked again")
    MemberDesk(hub, actor="chen.yiru").invite("bank-018", called="B", sector="banking")
    page = text(person("ciso"), language="en")
    assert "Waits: new collection cloud-watch" in page
    assert "all members" in page
    main = page[page.index("<main") : page.index("</main")]
    own = main.replace("聯防情資共享", "").replace("樞紐公告", "")
    assert not [each for each in own if "\u4e00" <= each <= "\u9fff"]
