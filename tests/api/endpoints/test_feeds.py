"""Feeds over the API: readers see them, few change whom is asked, two withdraw."""

import json

import pytest

from panshi.node.supply_chain.feed_answers import feeds_answer
from panshi.node.supply_chain.feeds import import_feeds
from tests.api.asking import ask as asked
from tests.simulators.advisories import feed_folder, kev_catalogue, kev_entry
from tests.simulators.feed_publisher import FeedPublisher

RECORD = {
    "id": "BANK-2026-001",
    "summary": "made up",
    "affected": [{"package": {"ecosystem": "npm", "name": "lib"}, "versions": ["1.0.0"]}],
}


def ask(method, path, body=None, **how):
    if body is not None:
        head = {"content-type": "application/json"}
        how |= {"body": json.dumps(body).encode(), "headers": head}
    status, _head, raw = asked(method, path, **how)
    return status, json.loads(raw or b"null")


@pytest.fixture
def publisher():
    with FeedPublisher() as running:
        running.files["/kev.json"] = json.dumps(kev_catalogue([kev_entry()])).encode()
        yield running


def test_how_feeds_stand_is_answered_as_everywhere(bank, token_of, tmp_path):
    import_feeds(bank, [feed_folder(tmp_path / "data")], actor="lin")
    status, found = ask("GET", "/feeds", token=token_of("internal_audit"))
    assert status == 200
    assert found["sentence_en"] == feeds_answer(bank).sentence_en
    assert {each["name"] for each in found["feeds"]} == {"epss", "kev", "osv/PyPI"}


def test_a_place_is_added_asked_and_removed_by_those_who_may(token_of, publisher):
    place = {"name": "kev", "url": f"{publisher.url}/kev.json"}
    for role in ("internal_audit", "board_reader", "analyst"):
        assert ask("POST", "/feeds/places", place, token=token_of(role))[0] == 403
    keeper = token_of("administrator")
    status, made = ask("POST", "/feeds/places", place, token=keeper)
    assert (status, made["added"], made["official"]) == (201, True, False)

    assert ask("POST", "/feeds/sync", {}, token=token_of("internal_audit"))[0] == 403
    status, taken = ask("POST", "/feeds/sync", {"names": ["kev"]}, token=token_of("analyst"))
    assert (status, taken[0]["changed"]) == (200, 1)
    assert ask("POST", "/feeds/sync", {"names": ["none"]}, token=keeper)[0] == 422

    status, gone = ask("DELETE", "/feeds/places/kev", token=keeper)
    assert (status, gone["name"]) == (200, "kev")
    assert ask("DELETE", "/feeds/places/kev", token=keeper)[0] == 404
    listed = ask("GET", "/feeds/places", token=keeper)[1]
    assert not next(each for each in listed if each["name"] == "kev")["added"]


def test_one_publishes_and_another_withdraws(token_of):
    body = {"record": json.dumps(RECORD)}
    writer = token_of("analyst", person="lin.yating")
    assert ask("POST", "/feeds/own", body, token=token_of("analyst"))[0] == 403
    status, made = ask("POST", "/feeds/own", body, token=writer)
    assert (status, made["published_by"]) == (201, "lin.yating")
    assert ask("POST", "/feeds/own", {"record": "{"}, token=writer)[0] in {400, 422}

    path = "/feeds/own-withdrawals/BANK-2026-001"
    assert ask("POST", path, {"why": "wrong"}, token=writer)[0] == 403
    other = token_of("ciso", person="he.peishan")
    status, done = ask("POST", path, {"why": "wrong"}, token=other)
    assert (status, done["withdrawn"]) == (200, True)
    assert [each["id"] for each in ask("GET", "/feeds/own", token=other)[1]] == ["BANK-2026-001"]
