"""The page of shared signals in the browser: clean, accessible, a feed paused and heard again."""

import os
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from panshi.node.demo_signal_streams import seed_signal_streams
from panshi.store.signal_streams import FILE, FOLDER

pytestmark = pytest.mark.e2e
PAGE = "/e/small-bank/zero-trust/streams/"


@pytest.fixture
def seeded(server):
    home = Path(server["home"])
    seed_signal_streams(
        SimpleNamespace(home=SimpleNamespace(path=home), clock=lambda: datetime.now(UTC))
    )
    yield
    for path in (home / FOLDER).glob(f"{FILE}*"):
        path.unlink()


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize(("language", "theme"), [("zh-hant", "light"), ("en", "dark")])
def test_the_page_is_clean_and_accessible(console, language, theme):
    watched = console(language, theme)
    for query in ("", "?feed=idp-demo", "?feed=edr-demo", "?feed=nobody"):
        page = watched.open(PAGE + query)
        watched.accessible()
        watched.clean()
        if folder := os.environ.get("PANSHI_PICTURES"):
            name = f"streams-{language}-{theme}{query.replace('?feed=', '-')}.png"
            page.screenshot(path=f"{folder}/{name}", full_page=True)


@pytest.mark.usefixtures("seeded")
def test_a_feed_is_paused_and_heard_again(console):
    watched = console()
    page = watched.open(f"{PAGE}?feed=idp-demo")
    page.get_by_label("暫停原因").fill("維護")
    page.get_by_role("button", name="暫停聽取").click()
    expect(page.locator("p.lead")).to_contain_text("2 個失聯或暫停")
    page.get_by_role("button", name="恢復聽取").click()
    expect(page.locator("p.lead")).to_contain_text("1 個失聯或暫停")
