"""An estate travels out and in again; what is previewed is what is committed."""

import json

import pytest

from panshi.report.estate_files import estate_yaml
from tests.api.asking import ask
from tests.web.small_bank import BANK, HOSTS

PLACE = f"/estates/{BANK}"


def get(path, token, query=""):
    status, head, body = ask("GET", path, token=token, query=query)
    return status, head, json.loads(body) if "json" in head.get("content-type", "") else body


def post(path, token, body, query="format=yaml"):
    status, _head, answer = ask("POST", path, token=token, query=query, body=body)
    return status, json.loads(answer)


@pytest.fixture
def written(bank):
    """The estate as a file, with one host less."""
    lines = estate_yaml(bank.estate(BANK)).decode()
    assert HOSTS[5] in lines
    return lines


@pytest.mark.parametrize(
    ("form", "suffix"), [("yaml", ".yaml"), ("xlsx", ".xlsx"), ("cyclonedx-json", ".json")]
)
def test_a_file_taken_out_changes_nothing_when_sent_back(token_of, form, suffix):
    owner = token_of("ciso", person="estates-owner")
    status, head, _ = get(f"{PLACE}/file", owner, f"format={form}")
    assert status == 200
    assert head["content-disposition"].endswith(f'{suffix}"')
    raw = ask("GET", f"{PLACE}/file", token=owner, query=f"format={form}")[2]
    status, found = post(f"{PLACE}/preview", owner, raw, f"format={form}")
    assert status == 200, found
    assert found["errors"] == []
    assert (found["added"], found["removed"], found["changed"]) == ([], [], [])
    assert found["base_version"] == 1


def test_a_new_version_is_committed_once_and_only_over_what_was_previewed(bank, token_of):
    owner = token_of("ciso", person="estates-owner")
    raw = estate_yaml(bank.estate(BANK)).replace("payments 系統".encode(), "支付系統".encode())
    # Given a preview that names one change
    _status, found = post(f"{PLACE}/preview", owner, raw)
    assert [each["after"]["name"] for each in found["changed"]] == ["支付系統"]
    assert bank.estate(BANK).version == 1
    # When it is committed
    query = "format=yaml&base_version=1"
    status, made = post(f"{PLACE}/versions", owner, raw, query)
    # Then it is version 2, sealed under the person's name; again it is no news
    assert (status, made.get("version")) == (201, 2), made
    _status, _head, history = get(f"{PLACE}/versions", owner)
    assert [each["committed_by"] for each in history] == ["tests", "estates-owner"]
    assert post(f"{PLACE}/versions", owner, raw, "format=yaml")[0] == 200
    # And whoever previewed version 1 is told that it is not the newest
    assert post(f"{PLACE}/versions", owner, raw, query)[0] == 409


def test_a_faulty_file_changes_nothing_and_says_where(bank, token_of):
    owner = token_of("ciso", person="estates-owner")
    raw = estate_yaml(bank.estate(BANK)).replace(b"runs_on", b"rans_on", 1)
    status, found = post(f"{PLACE}/preview", owner, raw)
    assert status == 200
    assert found["errors"]
    status, answer = post(f"{PLACE}/versions", owner, raw)
    assert status == 422
    assert answer["instance"]
    assert bank.estate(BANK).version == 1


def test_assets_come_in_pages_that_neither_repeat_nor_miss(bank, token_of):
    analyst = token_of("analyst")
    found, after = [], ""
    while after is not None:
        _s, _h, page = get(f"{PLACE}/assets", analyst, f"limit=4&after={after}")
        found += [each["id"] for each in page["assets"]]
        after = page["next_after"]
    assert found == sorted(each.id for each in bank.estate(BANK).assets)


def test_assets_are_found_by_kind_inventory_and_text(token_of):
    analyst = token_of("analyst")

    def ids(query):
        return [each["id"] for each in get(f"{PLACE}/assets", analyst, query)[2]["assets"]]

    assert ids("kind=host") == list(HOSTS)
    assert ids("kind=host&inventory=edr") == list(HOSTS[:5])
    assert ids("text=DC1-03") == [HOSTS[3]]


def test_one_asset_comes_with_its_relations(token_of):
    status, _head, found = get(f"{PLACE}/assets/{HOSTS[0]}", token_of("analyst"))
    assert status == 200
    assert found["asset"]["id"] == HOSTS[0]
    assert [each["target"] for each in found["relations"]] == [HOSTS[0]]
    assert get(f"{PLACE}/assets/host:none", token_of("analyst"))[0] == 404


def test_two_inventories_are_compared(token_of):
    query = "kind=host&first=cmdb&second=edr"
    status, _head, found = get(f"{PLACE}/inventories", token_of("analyst"), query)
    assert status == 200
    assert found["only_a"] == [HOSTS[5]]


def test_the_past_is_asked_for_by_date(token_of):
    analyst = token_of("analyst")
    assert get(PLACE, analyst, "as_of=2020-01-01")[0] == 404
    assert get(PLACE, analyst, "as_of=2026-10-01")[2]["version"] == 1
