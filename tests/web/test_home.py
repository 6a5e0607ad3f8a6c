"""The home page answers in its first line, for each role; five questions are one press away."""

import re

import pytest

from panshi.node.authority import permitted
from panshi.protection.access.roles import ROLES, Role

ASKS = ("為什麼", "董事會本月要決定的事", "本季到期的例外", "沒有人看過的")


def lead(text):
    found = re.search(r'<p class="lead[^"]*">(.*?)</p>', text, re.DOTALL)[1]
    return re.sub(r"<[^>]+>", "", found).strip()


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_answered_in_the_first_line(person, role):
    answer = person(role).get("/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert lead(text)[-1] in "。."
    asked = [each for each in ASKS if each in text]
    assert bool(asked) == permitted(role, "verdict.view")


def test_somebody_with_several_roles_sees_the_blocks_of_all(person):
    text = person(Role.CISO, Role.ANALYST, Role.ADMINISTRATOR).get("/").content.decode()
    assert re.findall(r'<h2 id="h-(\w+)">身為', text) == ["ciso", "analyst", "administrator"]


def test_every_address_on_the_home_page_may_be_opened_by_who_sees_it(person):
    for role in ROLES:
        client = person(role)
        main = client.get("/").content.decode().partition("<main")[2].partition("</main>")[0]
        for address in set(re.findall(r'href="(/[^"#]*)', main)):
            assert client.get(address.replace("&amp;", "&")).status_code == 200, (role, address)


def test_the_current_page_is_marked_and_its_group_unfolded(ciso):
    text = ciso.get("/parameters/").content.decode()
    group = next(
        each
        for each in re.findall(r"<details[^>]*>.*?</details>", text, re.DOTALL)
        if "設定" in each
    )
    assert group.startswith("<details open>")
    assert re.search(r'aria-current="page">\s*參數', group)
    elsewhere = ciso.get("/inbox/").content.decode()
    assert re.search(r"<details>\s*<summary>設定", elsewhere)


def test_the_navigation_leads_only_where_one_may_go(person):
    for role in ROLES:
        client = person(role)
        text = client.get("/").content.decode()
        menu = re.search(r'<nav id="places".*?</nav>', text, re.DOTALL)[0]
        for address in set(re.findall(r'href="(/[^"]*)', menu)):
            assert client.get(address.replace("&amp;", "&")).status_code == 200, (role, address)


def test_before_there_is_an_estate_the_next_step_is_said(person, tmp_path):
    from panshi.node.home import Home
    from panshi.node.node import Node
    from panshi.web import nodes

    with Node.open(Home(path=tmp_path)) as empty:
        nodes.hand_in(empty)
        try:
            for place in ("/", "/first-week/", "/inbox/", "/search/?q=a", "/notices/"):
                answer = person(Role.ADMINISTRATOR).get(place)
                assert answer.status_code == 200, place
            assert "/estates/import/" in person(Role.ADMINISTRATOR).get("/").content.decode()
        finally:
            nodes._handed_in.pop()


def test_the_first_week_is_derived(ciso):
    text = ciso.get("/first-week/").content.decode()
    assert text.count('class="card done"') >= 2
    assert "0/" in text
