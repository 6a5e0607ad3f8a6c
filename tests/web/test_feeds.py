"""The page of feeds: a sentence, ages and refusals, asking now, own advisories."""

import json

import pytest

from panshi.node.home import Home
from panshi.node.supply_chain.feeds import import_feeds
from tests.simulators.advisories import (
    feed_folder,
    kev_catalogue,
    kev_entry,
    osv_record,
    osv_zip,
)
from tests.simulators.feed_publisher import FeedPublisher
from tests.web.small_bank import open_small_bank

PAGE = "/e/small-bank/supply-chain/feeds/"
RECORD = {
    "id": "BANK-2026-001",
    "summary": "made up",
    "affected": [{"package": {"ecosystem": "npm", "name": "lib"}, "versions": ["1.0.0"]}],
}


@pytest.fixture
def alone(bank, tmp_path):
    """A small bank of its own behind the console, for one test."""
    from panshi.web import nodes

    with open_small_bank(Home(path=tmp_path / "home")) as node:
        nodes.hand_in(node)
        yield node
        nodes.hand_in(bank)


@pytest.fixture
def fed(alone, tmp_path):
    root = feed_folder(tmp_path / "data")
    osv_zip(root / "osv" / "PyPI" / "all.zip", [osv_record(), b"{"])
    import_feeds(alone, [root], actor="lin")


@pytest.mark.usefixtures("alone")
def test_nothing_yet_is_said_in_the_first_line(ciso):
    assert "尚無任何弱點情資" in ciso.get(PAGE).content.decode()


@pytest.mark.usefixtures("fed")
def test_ages_refusals_and_what_was_sealed(ciso):
    text = ciso.get(PAGE).content.decode()
    assert "3 個情資來源，共 10 筆；3 個逾期。" in text
    one = ciso.get(f"{PAGE}?feed=osv/PyPI").content.decode()
    assert "damaged: " in one
    assert "檔案匯入" in one
    english = ciso.get(PAGE, headers={"accept-language": "en"}).content.decode()
    assert "3 feeds with 10 records; 3 out of date." in english


@pytest.mark.usefixtures("fed")
def test_a_place_is_added_and_asked_by_those_who_may(person, ciso):
    audit = person("internal_audit")
    assert audit.get(PAGE).status_code == 200
    for action in ("ask/", "change/", "advise/"):
        assert audit.post(f"{PAGE}{action}", {"feed": "kev"}).status_code == 403

    with FeedPublisher() as publisher:
        entries = [kev_entry(), kev_entry("CVE-2026-0009")]
        newer = kev_catalogue(entries, released="2026-07-02T00:00:00Z")
        publisher.files["/kev.json"] = json.dumps(newer).encode()
        place = {"feed": "kev", "do": "add", "url": f"{publisher.url}/kev.json"}
        assert "已加入。" in ciso.post(f"{PAGE}change/", place, follow=True).content.decode()
        said = ciso.post(f"{PAGE}ask/", {"feed": "kev"}, follow=True).content.decode()
        assert "kev：新增 0、變更 2、撤回 0、退件 0。" in said
        publisher.files.clear()
        said = ciso.post(f"{PAGE}ask/", {}, follow=True).content.decode()
        assert "answers 404" in said
        assert "無法取得" in said
    gone = ciso.post(f"{PAGE}change/", {"feed": "kev", "do": "remove"}, follow=True)
    assert "不再詢問；已取得的資料保留。" in gone.content.decode()


@pytest.mark.usefixtures("fed")
def test_own_advisories_are_published_and_withdrawn_by_two(someone):
    analyst, other = someone("tsai.minghan", "analyst"), someone("he.peishan", "ciso")
    made = analyst.post(f"{PAGE}advise/", {"record": json.dumps(RECORD)}, follow=True)
    assert "已發布 BANK-2026-001。" in made.content.decode()
    back = {"withdraw": "BANK-2026-001", "why": "範圍有誤"}
    refused = analyst.post(f"{PAGE}advise/", back, follow=True).content.decode()
    assert "cannot withdraw" in refused
    done = other.post(f"{PAGE}advise/", back, follow=True).content.decode()
    assert "已撤回。" in done
    assert "範圍有誤" in done
    broken = analyst.post(f"{PAGE}advise/", {"record": "{"}, follow=True).content.decode()
    assert "BadInput" not in broken
    assert "write YAML or JSON" in broken
