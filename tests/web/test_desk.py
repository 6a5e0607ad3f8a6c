"""Marks, owners, views and preferences: many at once, undone by one press, nobody else's."""

import re

import pytest

from panshi.node.ownership import owned_by
from panshi.protection.access.roles import Role

OWNERS = "/e/small-bank/owners/"


def token_of(client, page):
    text = client.get(page).content.decode()
    return re.search(r'class="messages undo".*?name="token" value="([^"]+)"', text, re.DOTALL)[1]


def keys_of(client):
    return re.findall(r'name="key" value="([^"]+)"', client.get("/inbox/").content.decode())


@pytest.fixture
def mentioned(person, bank):
    """Somebody with two open items."""
    from panshi.node.comments import comment

    client = person(Role.ANALYST)
    for number in range(2):
        comment(
            bank,
            "control/zt36/1-1",
            f"@{client.user.username} {number}",
            actor="someone",
            exists=lambda _name: True,
        )
    return client


def test_what_is_done_leaves_the_inbox_and_comes_back_by_undo(mentioned):
    keys = keys_of(mentioned)
    assert len(keys) == 2
    mentioned.post("/inbox/mark/", {"key": keys})
    token = token_of(mentioned, "/inbox/")
    assert keys_of(mentioned) == []
    mentioned.post("/inbox/undo/", {"token": token})
    assert keys_of(mentioned) == keys


def test_what_is_put_off_is_shown_apart(mentioned):
    mentioned.post("/inbox/mark/", {"key": keys_of(mentioned)[:1], "days": "7"})
    assert len(keys_of(mentioned)) == 1
    assert "延後至" in mentioned.get("/inbox/?state=snoozed").content.decode()


def test_all_that_fit_are_marked_without_naming_them(mentioned):
    mentioned.post("/inbox/mark/", {"all": "1", "call": "answer"})
    assert keys_of(mentioned) == []


def test_an_undo_is_worth_nothing_to_others_nor_elsewhere(mentioned, person):
    mentioned.post("/inbox/mark/", {"key": keys_of(mentioned)})
    token = token_of(mentioned, "/inbox/")
    assert person(Role.ANALYST).post("/inbox/undo/", {"token": token}).status_code == 400
    assert person(Role.CISO).post("/owners/undo/", {"token": token}).status_code == 400
    assert mentioned.post("/inbox/undo/", {"token": token + "x"}).status_code == 400
    assert keys_of(mentioned) == []


def test_owners_are_assigned_by_filter_and_given_back(person, bank):
    client, owner = person(Role.CISO), person(Role.CONTROL_OWNER).user.username
    answer = client.post(
        f"{OWNERS}assign/", {"owner": owner, "all": "1", "filter": "framework=zt36&q=1-"}
    )
    assert answer.status_code == 302
    given = owned_by(bank, owner, "small-bank")
    assert given
    assert all(each.startswith("zt36/") for each in given)
    client.post("/owners/undo/", {"token": token_of(client, OWNERS)})
    assert owned_by(bank, owner, "small-bank") == ()


def test_an_owner_is_an_account(person, bank):
    answer = person(Role.CISO).post(f"{OWNERS}assign/", {"owner": "nobody-here", "key": "zt36/1-1"})
    assert answer.status_code == 400
    assert owned_by(bank, "nobody-here", "small-bank") == ()


@pytest.mark.parametrize("role", [Role.CONTROL_OWNER, Role.INTERNAL_AUDIT, Role.BOARD_READER])
def test_who_may_not_assign_cannot(person, bank, role):
    client = person(role)
    answer = client.post(f"{OWNERS}assign/", {"owner": client.user.username, "key": "zt36/1-1"})
    assert answer.status_code == 403
    assert owned_by(bank, client.user.username, "small-bank") == ()


def test_a_view_is_kept_without_its_page_and_shared_by_role(person):
    client, colleague, other = person(Role.ANALYST), person(Role.ANALYST), person(Role.APPROVER)
    client.post(
        "/views/",
        {
            "name": "未觀測的主機",
            "address": "/evidence/?kind=host.protection/1&before=17&text=",
            "role": ["analyst", "administrator"],
        },
    )
    text = client.get("/evidence/").content.decode()
    assert 'href="/evidence/?kind=host.protection%2F1"' in text
    assert "未觀測的主機" in colleague.get("/evidence/").content.decode()
    assert "未觀測的主機" not in other.get("/evidence/").content.decode()
    assert "未觀測的主機" not in client.get("/activity/").content.decode()


def test_a_view_is_deleted_by_its_maker_only(person):
    from panshi.web.desk.models import SavedView

    client = person(Role.ANALYST)
    client.post("/views/", {"name": "mine", "address": "/evidence/", "role": "analyst"})
    made = SavedView.objects.get(user=client.user)
    assert person(Role.ANALYST).post(f"/views/{made.pk}/delete/").status_code == 404
    assert client.post(f"/views/{made.pk}/delete/").status_code == 302
    assert not SavedView.objects.filter(pk=made.pk).exists()


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "/" * 2000]
)
def test_a_view_leads_nowhere_else(person, address):
    client = person(Role.ANALYST)
    assert client.post("/views/", {"name": "x", "address": address}).status_code == 400


def test_preferences_are_kept(person):
    from panshi.web.people import recipients

    client = person(Role.ANALYST)
    client.post(
        "/notices/preferences/",
        {"email": "ana@example.org", "occasion": ["mention"], "digest": "1"},
    )
    mine = next(each for each in recipients() if each.name == client.user.username)
    assert mine.email == "ana@example.org"
    assert mine.digest
    assert "mention" not in mine.muted
    assert "fell" in mine.muted
    assert client.post("/notices/preferences/", {"email": "no mail"}).status_code == 400


def test_a_comment_is_shown_as_text_with_links(person):
    client = person(Role.ANALYST)
    page = "/e/small-bank/controls/zt36/1-2/"
    client.get(page)
    client.post(
        "/comments/",
        {"about": "control/zt36/1-2", "text": "<b>見</b> zt36/1-1 與 host:dc1-00\nzt36/99"},
    )
    text = client.get(page).content.decode()
    said = re.search(r'<p class="words">(.*?)</p>', text, re.DOTALL)[1]
    assert "&lt;b&gt;見&lt;/b&gt;" in said
    assert '<a class="mono" href="/e/small-bank/controls/zt36/1-1/">zt36/1-1</a>' in said
    assert '<a class="mono" href="/e/small-bank/asset/host:dc1-00/">host:dc1-00</a>' in said
    assert "<br>zt36/99" in said


def test_audit_reads_comments_and_writes_none(person):
    client = person(Role.INTERNAL_AUDIT, Role.CISO)
    posted = client.post("/comments/", {"about": "control/zt36/1-1", "text": "x"})
    assert posted.status_code == 403
    page = client.get("/e/small-bank/controls/zt36/1-1/").content.decode()
    assert 'id="talk"' in page
    assert "<textarea" not in page
