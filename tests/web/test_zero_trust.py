"""Zero trust in the console: policies by two people, decisions with their why, no live sessions."""

import re

import pytest

from panshi.node.zero_trust import policies as desk
from panshi.node.zero_trust.recorded import line_of
from panshi.protection.cedar import Request, Uid
from panshi.store.request_tape import RequestTape
from tests.web.small_bank import BANK

HERE = f"/e/{BANK}/zero-trust/"


@pytest.fixture
def analyst(person):
    return person("analyst")


def test_nobody_runs_and_every_page_says_so(analyst):
    for path in (HERE, f"{HERE}sessions/", f"{HERE}sessions/table/"):
        page = analyst.get(path).content.decode()
        assert "未在運作" in page


def test_a_draft_is_edited_with_messages_by_line_and_rendered_as_text(analyst, bank):
    # Given a draft
    analyst.post(f"{HERE}policies/drafts/", {"name": "web-1", "source": "shipped"})
    # When something hostile and faulty is kept in it
    text = desk.shipped().files[0].text.replace("trust.level >= 50", "trust.levl >= 50")
    text += "// <script>alert(1)</script>\n"
    analyst.post(f"{HERE}policies/drafts/web-1/edit/", {"file:zero_trust.cedar": text})
    page = analyst.get(f"{HERE}policies/drafts/web-1/").content.decode()
    # Then the line is named and nothing of it is markup
    line = next(n for n, each in enumerate(text.splitlines(), 1) if "levl" in each)
    assert f"zero_trust.cedar:{line}" in page
    assert "<script>alert" not in page
    # And it cannot be handed in
    analyst.post(f"{HERE}policies/drafts/web-1/submit/", {"why": "x"})
    assert "web-1" in {each.name for each in desk.drafts(bank)}
    analyst.post(f"{HERE}policies/drafts/web-1/edit/", {"do": "discard"})
    assert "web-1" not in {each.name for each in desk.drafts(bank)}


def test_one_hands_in_and_another_would_have_to_approve(person, bank):
    writer, approver = person("analyst"), person("ciso")
    writer.post(f"{HERE}policies/drafts/", {"name": "web-2", "source": "in-force"})
    text = desk.shipped().files[0].text.replace("level >= 50", "level >= 51")
    writer.post(f"{HERE}policies/drafts/web-2/edit/", {"file:zero_trust.cedar": text})
    answer = writer.post(f"{HERE}policies/drafts/web-2/submit/", {"why": "<b>理由</b>"})
    number = re.search(r"policies/([^/]+)/$", answer["Location"]).group(1)
    mine = writer.get(f"{HERE}policies/{number}/").content.decode()
    theirs = approver.get(f"{HERE}policies/{number}/").content.decode()
    assert "須由另一人核准" in mine
    assert 'value="approve"' in theirs
    assert "<b>理由</b>" not in theirs
    # Approving wants a passkey used just now, so that an open screen decides nothing
    sent = approver.post(f"{HERE}policies/{number}/rule/", {"ruling": "approve", "why": "x"})
    assert sent.status_code in {302, 303}
    assert desk.proposal(bank, number).state == "waiting"
    # And who reads without seeing people sees no names
    board = person("supervisor").get(f"{HERE}policies/{number}/").content.decode()
    assert writer.user.username not in board
    writer.post(f"{HERE}policies/{number}/withdraw/", {"why": "x"})
    assert desk.proposal(bank, number).state == "withdrawn"


def test_decisions_are_listed_explained_and_asked_about(analyst, bank):
    now = bank.clock().timestamp()
    tape = RequestTape(bank.home.path)
    context = {"signals": {"missing": (), "stale": (), "conflicting": ()},
               "time": {"hour": 9, "weekday": 1}, "break_glass": False}  # fmt: skip
    request = Request(Uid("User", "<i>u"), Uid("Action", "read"), Uid("System", "none"), context)
    tape.add(line_of(now, "17", request, allowed=False, reasons=()))
    tape.flush(now)
    page = analyst.get(f"{HERE}decisions/?answer=deny").content.decode()
    assert "&lt;i&gt;u" in page
    link = re.search(r'href="([^"]+decisions/one/[^"]+)"', page).group(1).replace("&amp;", "&")
    one = analyst.get(link).content.decode()
    assert "disabled-accounts" in one
    assert "不知道" in one
    for query in ("?user=a&action=read&resource=b&level=999999999&hour=x", "?user=a", "?at=x&id=1"):
        assert analyst.get(f"{HERE}decisions/one/{query}").status_code in {200, 400, 404}
    assert analyst.get(f"{HERE}decisions/?after=nonsense").status_code == 200
