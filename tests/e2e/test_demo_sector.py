"""The sector's demo as people see it: one campaign at the hub, a warning, a member exposed."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from panshi.model.bodies.disclosure import DisclosureChannel
from panshi.node.alliance.collections import Change, ask
from panshi.node.alliance.disclosure.channel import set_channel
from panshi.node.alliance.disclosure.exposures import declare
from panshi.node.alliance.disclosure.intake import Told, receive
from panshi.node.alliance.reward.statements import RewardDesk
from panshi.node.demo_sector import PARTS, SECURITIES, SUPPLIER
from panshi.node.home import Home
from panshi.node.node import Node
from tests.e2e.conftest import SIGN_IN, Watched, first_value, free_ports
from tests.node.alliance.sharing import add, indicator

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def sector(tmp_path_factory):
    """`panshi hub demo`, until the tests of this file are over; Ctrl-C ends it."""
    folder = tmp_path_factory.mktemp("sector")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "panshi", "hub", "demo", "--json"),
            *("--folder", str(folder), "--port", str(free_ports(1 + len(PARTS)))),
        ],
        env={name: value for name, value in os.environ.items() if name != "PANSHI_DATABASE"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    told = json.loads(first_value(process.stdout))
    assert "error" not in told, told
    yield told | {"case": busy(folder / "hub")}
    process.send_signal(signal.SIGINT)
    process.wait(60)
    left = subprocess.run(
        ["pgrep", "-f", str(folder)], capture_output=True, text=True, check=False
    ).stdout
    assert left == "", "a server of the demo outlived it"


def busy(home):
    """Let members share something and somebody outside report a flaw; gives the case's number."""
    bank, insurer, _ = (each.id for each in PARTS)
    with Node.open(Home(path=home)) as node:
        told = add(node, bank, "indicator", **indicator(node, "evil.example"))
        add(node, insurer, "sighting", sighting_of_ref=told, count=1)
        open_further = Change(readers=("community:cloud", "nobody-here"))
        ask(node, "cloud-watch", open_further, actor="lin.wei", why="雲端工作小組需要")
        ask(node, "bulletins", Change(writers=(bank,)), actor="lin.wei", why="由示範銀行代發")
        RewardDesk(node, actor="lin.wei").raise_appeal(insurer, "", why="漏計一筆")
        set_channel(node, CHANNEL, actor="chen.yiru")
        reported = Told(
            headline="登入頁面指令碼注入",
            text="在 user 欄位輸入 <script> 可執行。",
            target="https://www.demo-bank.example/login",
            reporter="A Researcher",
            contact="mailto:r@example.org",
        )
        number = receive(node, reported, sender="192.0.2.7").number
        declare(node, bank, "www.demo-bank.example", 443, actor="lin.wei")
    return number


CHANNEL = DisclosureChannel(
    accepting=True,
    base_url="https://f-isac.example",
    name="DEMO F-ISAC",
    contacts=("mailto:report@f-isac.example",),
    expires=datetime.now(UTC).date() + timedelta(days=90),
    languages=("zh-TW", "en"),
    policy_url="",
    acknowledgments_url="",
    set_by="",
)


@pytest.fixture
def seen(sector, new_context):
    """Open a page of one of the demo's consoles as its analyst."""
    opened = []

    def make(home, address, language, theme="light", **options):
        signed = subprocess.run(
            [sys.executable, "-c", SIGN_IN, "wu.analyst", "analyst"],
            env={
                **os.environ,
                "PANSHI_HOME": str(Path(sector["folder"]) / home),
                "DJANGO_SETTINGS_MODULE": "panshi.web.settings",
            },
            check=True,
            capture_output=True,
            text=True,
        )
        context = new_context(**options)
        chosen = {
            "panshi_session": signed.stdout.split()[-1],
            "django_language": language,
            "panshi_theme": theme,
        }
        context.add_cookies([{"name": n, "value": v, "url": address} for n, v in chosen.items()])
        opened.append(Watched(context, address))
        return opened[-1]

    yield make
    for watched in opened:
        watched.clean()
        watched.page.context.close()


@pytest.mark.parametrize(
    ("language", "lead", "warned"),
    [
        ("zh-hant", "目前 1 件攻擊行動進行中，影響 2 家會員；", "已預警 1 家尚未通報的會員"),
        ("en", "Campaigns going on: 1, members touched: 2;", "warned although they had not"),
    ],
)
def test_the_hub_shows_one_campaign_and_its_warning(sector, seen, language, lead, warned):
    # Given an analyst who sits down at the hub
    watched = seen("hub", sector["hub"], language)
    page = watched.open("/")
    # Then the first sentence says it all
    assert lead in page.locator(".lead").inner_text()
    watched.accessible()
    # And the campaign tells whom it hit, why, and who was warned
    page.get_by_role("link", name=SUPPLIER).first.click()
    page.wait_for_load_state("networkidle")
    assert warned in page.locator(".lead").inner_text()
    text = page.locator("main").inner_text()
    assert "203.0.113.77" in text
    assert SECURITIES.name_zh in page.locator("section[aria-labelledby=h-warned]").inner_text()
    assert page.locator("svg.dependencies").count() == 1
    watched.accessible()
    for path in PAGES:
        watched.open(path.format(case=sector["case"]))
        watched.accessible()
    watched.open("/hub/warnings/")
    assert SUPPLIER.lower() in page.locator("main").inner_text().lower()


PAGES = (
    "/hub/tickets/",
    "/hub/tickets/?severity=high&owner=-",
    "/hub/campaigns/",
    "/hub/warnings/",
    "/hub/concentration/",
    "/hub/concentration/?of=all&kind=supplier",
    "/hub/members/",
    "/hub/members/demo-bank/",
    "/hub/collections/",
    "/hub/collections/sharing/",
    "/hub/collections/bulletins/",
    "/hub/reports/",
    "/hub/reports/weekly/",
    "/hub/reports/bulletin/",
    "/rewards/",
    "/rewards/demo-bank/",
    "/disclosure/",
    "/disclosure/addresses/",
    "/disclosure/{case}/",
    "/disclose/",
)


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("zh-hant", "dark", 1360), ("en", "light", 390)]
)
def test_the_hub_is_read_in_the_dark_and_on_a_narrow_screen(sector, seen, language, theme, width):
    # Given an analyst with a dark screen, or a telephone
    size = {"width": width, "height": 860}
    watched = seen("hub", sector["hub"], language, theme, viewport=size)
    page = watched.open("/hub/tickets/?severity=high")
    ticket = page.locator("a[href*='/hub/tickets/ticket--']").first.get_attribute("href")
    # Then every page of the hub is legible, fits, and keeps to its policy
    for path in ("/", sector["campaign"], ticket, *PAGES):
        page = watched.open(path.format(case=sector["case"]))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.locator("html").get_attribute("data-theme") == theme, path
        watched.accessible()
        watched.clean()


def test_points_and_cases_say_what_happened(sector, seen):
    watched = seen("hub", sector["hub"], "zh-hant")
    # A member's points with their reason, the appeal that waits
    page = watched.open("/rewards/demo-bank/")
    assert "1 家佐證" in page.locator("main").inner_text()
    page = watched.open("/rewards/")
    assert "漏計一筆" in page.locator("main").inner_text()
    # The case as it was told, markup as text
    page = watched.open("/disclosure/")
    assert "登入頁面指令碼注入" in page.locator("main").inner_text()
    page.get_by_role("link", name=sector["case"]).first.click()
    page.wait_for_load_state("networkidle")
    assert "<script>" in page.locator("main").inner_text()
    # And from outside, without an account, the form and nothing of the case
    page = watched.open("/disclose/")
    assert sector["case"] not in page.content()


def test_a_ticket_is_taken_by_keyboard(sector, seen):
    # Given the queue of severe tickets
    watched = seen("hub", sector["hub"], "zh-hant")
    page = watched.open("/hub/tickets/?severity=high")
    # When the analyst goes down one, opens it and takes it without the mouse
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/hub/tickets/ticket--*/")
    page.wait_for_load_state("networkidle")
    assert page.locator("mark").count() > 0
    # With the other tickets of the campaign and what each shares
    assert page.locator("#h-campaign").count() == 1
    assert "203.0.113.77" in page.locator("section[aria-labelledby=h-related]").inner_text()
    watched.accessible()
    with page.expect_navigation():
        page.keyboard.press("t")
    # Then it is hers
    assert "wu.analyst" in page.locator(".lead").inner_text()


def test_what_an_analyst_parts_from_a_campaign_can_be_taken_back(sector, seen):
    # Given the campaign with its four tickets
    watched = seen("hub", sector["hub"], "zh-hant")
    page = watched.open(sector["campaign"])
    assert page.locator("input[name=ticket]").count() == 4
    # When an analyst parts one from it
    page.locator("input[name=ticket]").first.check()
    page.locator("input[name=why]").fill("時間對不上")
    with page.expect_navigation():
        page.get_by_role("button", name="把選取的分割出去").click()
    # Then it stands alone, with the reason, until she takes it back
    assert page.locator("input[name=ticket]").count() == 1
    assert "時間對不上" in page.locator("main").inner_text()
    watched.accessible()
    page.locator("input[name=why]").fill("看錯了")
    with page.expect_navigation():
        page.get_by_role("button", name="復原上一步人工變更").click()
    watched.open(sector["campaign"])
    assert page.locator("input[name=ticket]").count() == 4


@pytest.mark.parametrize(("language", "word"), [("zh-hant", "供應商"), ("en", "supplier")])
def test_a_member_finds_itself_exposed(sector, seen, language, word):
    watched = seen(SECURITIES.id, sector["exposed"].split("/e/")[0], language)
    page = watched.open(sector["exposed"])
    text = page.locator("main").inner_text()
    assert SUPPLIER in text
    assert word in text
    watched.accessible()
