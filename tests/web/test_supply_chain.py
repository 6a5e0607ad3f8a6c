"""Pages on the software supply chain: each answers in its first line, and unknown is never safe."""

import re
from html import unescape

import pytest

from panshi.node.supply_chain.following import Saying, follow_up
from panshi.node.supply_chain.portfolio import findings
from panshi.protection.supply_chain.findings.finding import FindingFilters
from tests.simulators.supplied import LOG_LIBRARY, supply
from tests.web.small_bank import BANK, SYSTEMS

HERE = f"/e/{BANK}/supply-chain/"


HIT = FindingFilters(vulnerability=LOG_LIBRARY, systems=(SYSTEMS[1],))


@pytest.fixture(scope="module", autouse=True)
def supplied(bank):
    """Bills in every state."""
    supply(bank)
    return bank


@pytest.fixture
def analyst(person):
    return person("analyst")


def page(client, path, **asked):
    """Open a page and give its text without marks."""
    answer = client.get(HERE + path, asked, headers={"accept-language": "en"})
    assert answer.status_code == 200, path
    return unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())), answer.content.decode()


def lead(html):
    return unescape(re.search(r'class="lead">(.*?)</p>', html, re.DOTALL)[1])


def test_the_portfolio_says_first_who_never_sent_a_bill(analyst):
    # Given three systems with bills, when the portfolio is opened
    text, html = page(analyst, "")
    # Then its first line counts those without, and a filter in the address finds them
    assert "1 system never sent a bill" in lead(html)
    assert "1 finding cannot be told" in lead(html)
    narrowed, _ = page(analyst, "", bill="never")
    assert SYSTEMS[0] not in narrowed
    assert "Unknown: there is no bill to match" in narrowed
    assert "Unknown: there is no bill to match" in text


def test_one_advisory_says_who_is_hit_and_what_a_bill_has_proven(analyst, supplied):
    # Given somebody who took one up
    found = findings(
        supplied, filters=FindingFilters(vulnerability=LOG_LIBRARY, systems=(SYSTEMS[1],))
    )
    said = Saying(owner="pan.yiling", ticket="CHG-1")
    follow_up(supplied, found.items[0].id, said, actor="yang.chengen", estate_id=BANK)
    # When the advisory is opened
    text, html = page(analyst, f"advisories/{LOG_LIBRARY}/")
    # Then it tells the hit, the repaired and the one nobody has
    assert lead(html).startswith("It reaches 1 system below")
    assert "fixed and proven: 1, taken up by nobody: 1" in lead(html)
    assert "has no affected version" in text
    assert "pan.yiling" in text
    assert "CHG-1" in text
    assert "made up for a test <b>" in text
    assert "<b>" not in re.search(r'class="asof">(.*?)</p>', html, re.DOTALL)[1]


def test_people_are_hidden_from_who_may_not_know_them(person, supplied):
    # Given a repair somebody owns, when a board reader opens the page, then nobody is named
    found = findings(
        supplied, filters=FindingFilters(vulnerability=LOG_LIBRARY, systems=(SYSTEMS[1],))
    )
    said = Saying(owner="pan.yiling")
    follow_up(supplied, found.items[0].id, said, actor="yang.chengen", estate_id=BANK)
    text, _ = page(person("board_reader"), f"advisories/{LOG_LIBRARY}/")
    assert "pan.yiling" not in text
    assert "hidden for your role" in text


def test_a_system_shows_why_the_way_in_and_what_changed(analyst):
    # Given a vulnerable system, when it is opened, then why and the way to the component are there
    text, html = page(analyst, f"system/{SYSTEMS[1]}/")
    assert "lies in" in text
    assert html.count('class="dep-edge"') == 2
    assert re.search(r"application\s*→\s*frame 1.0.0\s*→\s*log-core 2.1.0", text)
    # And of a repaired one the difference between its bills is one click away
    text, html = page(analyst, f"system/{SYSTEMS[0]}/")
    assert "Nothing is open" in lead(html)
    link = unescape(re.search(r'href="(\?old=[^"#]+)', html)[1])
    changed, _ = page(analyst, f"system/{SYSTEMS[0]}/{link}")
    assert re.search(r"log-core\s+up\s+2\.1\.0\s+2\.4\.0", changed)


def test_a_system_without_a_bill_is_unknown_and_one_of_nobody_is_missing(analyst):
    # Given a system of which no bill came, when it is opened, then it is not called safe
    _, html = page(analyst, f"system/{SYSTEMS[2]}/")
    assert "what it is made of is unknown" in lead(html)
    # And what the estate does not know is no page
    assert analyst.get(f"{HERE}system/system:nobody/").status_code == 404
    assert analyst.get(f"{HERE}advisories/CVE-1999-0001/").status_code == 404
    assert analyst.get(f"{HERE}suppliers/supplier:nobody/").status_code == 404


def test_where_is_it(analyst):
    # Given a component in several systems, when it is looked for, then all newest bills answer
    text, html = page(analyst, "find/", q="LOG-core")
    assert "is in 2 systems, in 2 versions" in lead(html)
    assert "2.4.0" in text
    assert "No newest bill lists" in page(analyst, "find/", q="nothing-like-it")[0]


def test_lists_go_on_page_by_page_with_their_filter(analyst):
    # Given the list of vulnerabilities, when narrowed, then what does not fit is gone
    text, html = page(analyst, "advisories/", q="log-core", state="open")
    assert LOG_LIBRARY in text
    assert "in our systems" in lead(html)
    assert LOG_LIBRARY not in page(analyst, "advisories/", kev="1")[0]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "advisories/",
        f"advisories/{LOG_LIBRARY}/",
        "suppliers/",
        "find/",
        f"system/{SYSTEMS[1]}/",
    ],
)
def test_pages_are_light_and_closed_to_strangers(path, analyst, visitor, person):
    # Given a page, when an analyst opens it, then it stays light
    assert len(analyst.get(HERE + path).content) < 120_000
    # And nobody else than those named sees it
    assert visitor.get(HERE + path).status_code == 302
    assert person("association").get(HERE + path).status_code == 403
