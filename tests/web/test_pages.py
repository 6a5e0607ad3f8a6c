"""Every page answers, in both languages, with its sentence first and within its weight."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

from tests.web.small_bank import ACCOUNTS, ATTESTED, HOSTS, SYSTEMS, exception_number

HEAVIEST = 150_000

PAGES = {
    "/e/small-bank/": ("態勢總覽", "Posture"),
    "/e/small-bank/?field=remote_work": ("遠距辦公", "Remote work"),
    "/e/small-bank/frameworks/": ("框架與控制措施", "Frameworks and controls"),
    "/e/small-bank/frameworks/zt36/": ("身分認證", "Authentication"),
    "/e/small-bank/frameworks/zt36/?stage=1&status=not_met": ("符合", "fit"),
    "/e/small-bank/frameworks/emerging/": ("強度", "Strength"),
    "/e/small-bank/frameworks/zt36/coverage/": ("涵蓋說明", "Coverage"),
    "/e/small-bank/controls/zt36/1-1/": ("母體", "Population"),
    "/e/small-bank/controls/zt36/5-4/": ("牴觸", "Contradiction"),
    f"/e/small-bank/controls/{ATTESTED}/": ("聲明", "Attestation"),
    "/e/small-bank/assets/": ("第 1 版", "version 1"),
    "/e/small-bank/assets/?kind=account": ("帳號", "Account"),
    "/e/small-bank/assets/inventories/": ("相差 1 項", "differ"),
    "/e/small-bank/assets/history/": ("版本歷史", "History"),
    f"/e/small-bank/asset/{SYSTEMS[0]}/": ("關係", "Relations"),
    f"/e/small-bank/asset/{ACCOUNTS[11]}/": ("未被觀測", "unseen"),
    "/e/small-bank/exceptions/": ("授權表", "Authority table"),
    "/e/small-bank/exceptions/?lapsing=1": ("本季失效", "Lapsing this quarter"),
    f"/e/small-bank/exceptions/{exception_number()}/": ("審查中", "under review"),
    "/e/small-bank/exceptions/zt36/1-1/": ("不成立", "void"),
    "/e/small-bank/exceptions/request/?control=zt36/1-1": ("殘餘風險", "Risk that stays"),
    "/e/small-bank/attestations/": ("本季抽查", "Drawn this quarter"),
    f"/e/small-bank/attestations/{ATTESTED}/": ("不完整", "incomplete"),
    "/e/small-bank/attestations/make/": ("提出聲明", "Attest"),
    "/evidence/": ("只增不改", "only ever appended"),
    "/observers/": ("觀測來源", "Observers"),
    "/parameters/": ("門檻", "thresholds"),
    "/accounts/": ("預設拒絕", "denied by default"),
    "/account/": ("通行密鑰", "passkey"),
    "/help/": ("證據條", "evidence bar"),
    "/": ("最常問的五件事", "What people ask first"),
    "/inbox/": ("待辦", "Inbox"),
    "/notices/": ("我想知道什麼", "What I want to hear of"),
    "/first-week/": ("每一步由紀錄", "Each step is derived"),
    "/search/?q=staff": ("資產", "asset"),
    "/activity/": ("誰在何時做了什麼", "Who did what"),
    "/estates/import/": ("先預覽再寫入", "Preview first"),
    "/e/small-bank/owners/": ("控制措施負責人", "Who answers for what"),
    "/e/small-bank/unseen/": ("從未被任何控制措施觀測到", "seen by no control"),
    "/e/small-bank/decisions/": ("董事會本月要決定的事", "What the board must decide"),
}


class Page(HTMLParser):
    """Collects what tests ask of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.ids, self.headings, self.language = [], [], [], ""
        self.unlabelled = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag == "html":
            self.language = named["lang"]
        if tag == "a" and "href" in named:
            self.links.append(named["href"])
        if "id" in named:
            self.ids.append(named["id"])
        if tag == "h1":
            self.headings.append(tag)
        if tag == "svg" and named.get("role") == "img" and not named.get("aria-label"):
            self.unlabelled += 1


@pytest.fixture
def everyone(person):
    return person("ciso", "administrator")


@pytest.mark.parametrize("place", PAGES)
def test_a_page_answers_in_both_languages(everyone, place):
    for language, expected in zip(("zh-hant", "en"), PAGES[place], strict=True):
        # When the page is asked for in one language
        everyone.cookies["django_language"] = language
        answer = everyone.get(place)
        # Then it is there, says what it is about, and carries no more than it may
        text = answer.content.decode()
        assert answer.status_code == 200
        assert expected in text
        assert len(answer.content) <= HEAVIEST
        page = Page(text)
        assert page.language == ("en" if language == "en" else "zh-Hant-TW")
        assert len(page.headings) == 1
        assert len(page.ids) == len(set(page.ids))
        assert page.unlabelled == 0
        # and the first thing after its heading is a sentence
        lead = re.search(r'<p class="lead[^"]*">(.*?)</p>', text, re.DOTALL)[1]
        assert re.sub(r"<[^>]+>", "", lead).strip()[-1] in "。.：:"


def test_an_english_page_has_no_chinese_of_ours(everyone):
    # Given the help page, which shows no data
    everyone.cookies["django_language"] = "en"
    text = everyone.get("/help/").content.decode()
    # Then the only Chinese on it is the way to the other language and the estates' own badge
    without = text.replace("繁體中文", "")
    assert not re.findall(r"[\u4e00-\u9fff]", without)


def test_chinese_text_uses_fullwidth_punctuation(everyone):
    everyone.cookies["django_language"] = "zh-hant"
    for place in PAGES:
        text = re.sub(
            r"<(script|code|pre|style)\b.*?</\1>",
            "",
            everyone.get(place).content.decode(),
            flags=re.DOTALL,
        )
        words = re.sub(r"<[^>]+>", "\n", text)
        assert not re.findall(r"[\u4e00-\u9fff][,;:?!]|[\u4e00-\u9fff]\.(?!\w)", words), place


def test_every_link_leads_somewhere(everyone):
    # Given every page reachable in two steps from the posture
    seen, waiting = set(), ["/", "/e/small-bank/"]
    for _ in range(400):
        if not waiting:
            break
        here = waiting.pop(0)
        answer = everyone.get(here)
        # Then none is missing and none fails
        assert answer.status_code in {200, 302}, here
        if answer.streaming or "html" not in answer["Content-Type"]:
            continue
        for link in Page(answer.content.decode()).links:
            target = urlsplit(urljoin(here, link))
            place = target.path + (f"?{target.query}" if target.query else "")
            shape = re.sub(r"[0-9a-f]{32}|controls/\w+/.*|asset/.*|=[^&]*", "*", place)
            if not target.netloc and shape not in seen and not place.startswith("/static/"):
                seen.add(shape)
                waiting.append(place)
    assert len(seen) > 25


@pytest.mark.parametrize(
    "place",
    [
        "/e/nowhere/",
        "/e/small-bank/frameworks/x/",
        "/evidence/" + "0" * 32 + "/",
        "/e/small-bank/asset/host:none/",
        "/e/small-bank/controls/zt36/9-9/",
        "/nothing/",
    ],
)
def test_what_does_not_exist_is_said_so(everyone, place):
    answer = everyone.get(place)
    assert answer.status_code == 404
    assert "404" in answer.content.decode()


def test_what_observers_report_is_never_markup(everyone):
    # Given a failed look whose reason is a script
    text = everyone.get("/e/small-bank/controls/zt36/1-1/").content.decode()
    # Then it is shown as text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_the_population_shows_what_needs_somebody_first(everyone):
    # When the population of a control is shown
    text = everyone.get("/e/small-bank/controls/zt36/1-1/").content.decode()
    states = re.findall(r'<span class="state (\w+)">', text)
    # Then unseen comes before failing and failing before passing
    order = list(dict.fromkeys(states))
    assert order == ["unseen", "failing", "passing"]
    assert f"/asset/{ACCOUNTS[11]}/" in text


def test_the_population_can_be_narrowed_to_one_state(everyone):
    text = everyone.get("/e/small-bank/controls/zt36/1-1/?state=failing").content.decode()
    assert set(re.findall(r'<span class="state (\w+)">', text)) == {"failing"}


def test_an_asset_names_the_controls_that_count_it(everyone):
    text = everyone.get(f"/e/small-bank/asset/{ACCOUNTS[3]}/").content.decode()
    assert "/controls/zt36/1-1/" in text
    assert 'class="state failing"' in text


def test_an_asset_only_one_inventory_knows_is_named(everyone):
    text = everyone.get("/e/small-bank/assets/inventories/?kind=host&a=cmdb&b=edr").content.decode()
    assert HOSTS[5] in text
    assert HOSTS[0] not in text
