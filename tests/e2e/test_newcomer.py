"""A newcomer finds the five answers within three clicks from home, by the words on the links.

The walk starts at the home page and presses links by their text only; it knows no address. What
counts as found is the page's own first sentence or heading.
"""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

MOST_CLICKS = 3
QUESTIONS = {
    "why we are where we are": (
        ["為什麼"],
        re.compile("升到下一級還差這些"),
    ),
    "the cheapest way to stage III": (
        ["級最省的路徑"],
        re.compile("路徑"),
    ),
    "what the board must decide this month": (
        ["董事會本月要決定的事"],
        re.compile("董事會本月要決定的事"),
    ),
    "which exceptions lapse this quarter": (
        ["本季到期的例外"],
        re.compile("例外"),
    ),
    "what nobody has looked at": (
        ["沒有人看過的"],
        re.compile("從未被任何控制措施觀測到"),
    ),
}


@pytest.mark.parametrize("role", ["board_reader", "ciso"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_newcomer_finds_it_within_three_clicks(console_of, question, role):
    links, answer = QUESTIONS[question]
    watched = console_of(role)
    page = watched.open("/")
    assert len(links) <= MOST_CLICKS
    for words in links:
        page.locator("#main").get_by_role("link", name=re.compile(words)).first.click()
        page.wait_for_load_state("networkidle")
    expect(page.locator("#main")).to_contain_text(answer)
    expect(page.locator("#main .lead")).to_be_visible()
    watched.accessible()


def test_without_its_home_page_the_menu_leads_there_too(console_of):
    # Given somebody on a page deep inside
    watched = console_of("ciso")
    for words in ("沒有人看過的", "要決定的事", "例外", "路徑", "態勢總覽"):
        page = watched.open("/inbox/")
        page.locator("#places").get_by_role("link", name=words, exact=True).click()
        page.wait_for_load_state("networkidle")
        expect(page.locator("#places a[aria-current=page]")).to_have_text(words)


def test_on_a_narrow_screen_the_menu_opens_by_a_button(console_of):
    watched = console_of("ciso", viewport={"width": 390, "height": 844})
    page = watched.open("/")
    expect(page.locator("#places")).to_be_hidden()
    page.get_by_role("button", name="選單").click()
    page.locator("#places").get_by_role("link", name="沒有人看過的").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#main .lead")).to_contain_text("從未")
    watched.accessible()


def test_typing_in_the_search_offers_hits_and_the_keyboard_reaches_them(console_of):
    watched = console_of("ciso")
    page = watched.open("/help/")
    page.keyboard.press("Control+k")
    page.keyboard.type("備份")
    expect(page.locator("#suggest a").first).to_be_visible()
    assert page.locator("#suggest a").count() <= 21
    page.keyboard.press("Tab")
    expect(page.locator("#suggest a").first).to_be_focused()
    watched.accessible()
    page.keyboard.press("Escape")
    expect(page.locator("#suggest a")).to_have_count(0)


def test_counts_arrive_while_the_page_is_open(console_of):
    # Given an open page of somebody in the inbox of whom nothing lies
    watched = console_of("ciso")
    page = watched.open("/help/")
    place = page.locator('#places [data-live="inbox"]')
    before = int(place.text_content() or 0) if place.is_visible() else 0
    # When a colleague mentions them
    name = page.locator(".me b").text_content()
    other = console_of("analyst")
    there = other.open("/e/small-bank/controls/zt36/1-1/")
    there.locator("#talk textarea").fill(f"@{name} 請看")
    there.get_by_role("button", name="送出").click()
    # Then the count beside the inbox grows without anybody touching the page
    expect(place).to_have_text(str(before + 1))


def test_first_load_and_what_follows_stay_light(console_of):
    """First load at most 1.5 MB with an empty cache, then at most 100 KB per page."""
    watched = console_of("ciso")
    session = watched.page.context.new_cdp_session(watched.page)
    session.send("Network.enable")
    received = []
    session.on("Network.loadingFinished", lambda each: received.append(each["encodedDataLength"]))
    watched.open("/")
    assert sum(received) <= 1_500_000
    for path in (
        "/inbox/",
        "/e/small-bank/",
        "/e/small-bank/unseen/",
        "/e/small-bank/owners/",
        "/e/small-bank/frameworks/zt36/",
        "/e/small-bank/controls/zt36/1-1/",
        "/evidence/",
        "/notices/",
    ):
        watched.open(path)
        received.clear()
        watched.open(path)
        assert sum(received) <= 100_000, path
