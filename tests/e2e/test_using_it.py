"""What people do with it: filter, verify, follow the graph, all by keyboard where they like."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.web.small_bank import HOSTS, SYSTEMS

pytestmark = pytest.mark.e2e


def test_a_number_opens_its_proof_and_the_proof_verifies(console):
    # Given the control that a failed drill lowers
    watched = console()
    page = watched.open("/e/small-bank/controls/zt36/5-4/")
    # When the verify link beside an observation is pressed
    page.get_by_role("link", name=re.compile("驗證證據")).first.click()
    # Then the answer appears in the page, with the steps of the proof
    answer = page.locator(".proof-steps").first
    expect(answer).to_contain_text("驗證通過")
    answer.locator("summary").click()
    expect(answer.locator(".path li").first).to_be_visible()
    watched.accessible()


def test_typing_narrows_the_list_and_the_address_remembers(console):
    watched = console()
    page = watched.open("/e/small-bank/assets/")
    page.keyboard.press("/")
    page.keyboard.type("payments")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=payments"))
    page.reload()
    expect(page.locator("#results tbody tr")).to_have_count(1)


def test_choosing_a_field_changes_the_posture(console):
    watched = console()
    page = watched.open("/e/small-bank/")
    page.get_by_label("場域").select_option("remote_work")
    expect(page.locator(".asof")).to_contain_text("遠距辦公")
    expect(page).to_have_url(re.compile("field=remote_work"))


def test_the_first_stop_of_the_keyboard_is_the_content(console):
    watched = console()
    page = watched.open("/e/small-bank/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到主要內容")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_graph_shows_the_neighbourhood_and_has_its_table(console):
    watched = console()
    page = watched.open(f"/e/small-bank/asset/{SYSTEMS[0]}/")
    graph = page.locator("#graph")
    expect(graph.locator("canvas").first).to_be_visible()
    told = json.loads(page.locator("#graph-data").text_content())
    names = {each["id"] for each in told["nodes"]}
    assert {SYSTEMS[0], HOSTS[0], HOSTS[3]} == names
    for host in (HOSTS[0], HOSTS[3]):
        expect(
            page.get_by_role("region", name="關係").get_by_text(host, exact=True)
        ).to_be_visible()


def test_light_and_dark_are_remembered(console):
    watched = console()
    page = watched.open("/help/")
    page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    watched.open("/evidence/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_other_language_is_one_press_away(console):
    watched = console()
    page = watched.open("/help/")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Help and legend")


def test_a_file_is_previewed_before_it_is_sealed(console, tmp_path):
    watched = console()
    page = watched.open("/observers/")
    broken = tmp_path / "broken.sarif"
    broken.write_text("{", encoding="utf-8")
    card = page.locator("li.card", has=page.locator("code", has_text=re.compile("^sarif$")))
    card.locator("summary").click()
    card.locator("input[type=file]").set_input_files(broken)
    card.get_by_role("button", name="預覽").click()
    expect(page.locator(".lead")).to_contain_text("沒有封存任何內容")
    watched.accessible()
    watched.errors.clear()  # the browser reports the 400 itself
