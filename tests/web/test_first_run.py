"""The one-time link: works once, for whom it was made, until it expires; then never again."""

from datetime import timedelta

import pytest


@pytest.fixture
def links():
    from panshi.web.identity import links

    return links


@pytest.fixture
def newcomer():
    from django.contrib.auth.models import User

    from tests.web.conftest import NUMBERS

    user = User.objects.create_user(f"newcomer-{next(NUMBERS)}")
    user.set_unusable_password()
    user.save()
    return user


def test_the_first_start_gives_a_link_and_later_ones_do_not():
    from django.conf import settings
    from django.contrib.auth.models import User

    from panshi.web.first_run import one_time_link

    # Given a node nobody can sign in to
    link = one_time_link(settings.HOME.path, "http://localhost:8420/")
    assert link.startswith("http://localhost:8420/welcome/")
    # When the first administrator has a password of their own
    first = User.objects.get(username="admin")
    first.set_password("a sufficiently long passphrase")
    first.save()
    # Then no link is given any more
    assert one_time_link(settings.HOME.path, "http://localhost:8420") is None
    first.set_unusable_password()
    first.save()


def test_looking_at_a_link_does_not_use_it_up(visitor, links, newcomer):
    path = links.path_for(newcomer)
    assert visitor.get(path).status_code == 200
    assert visitor.get(path).status_code == 200


def test_a_link_signs_in_once_and_leads_to_the_passkey(visitor, links, newcomer):
    from django.test import Client

    path = links.path_for(newcomer)
    # When it is used
    answer = visitor.post(path)
    # Then its holder is signed in and asked to enrol a passkey
    assert answer.status_code == 302
    assert answer["Location"] == "/account/passkeys/add/"
    assert visitor.get("/account/").status_code == 200
    # and the second use is refused
    again = Client(SERVER_NAME="localhost")
    assert again.post(path).status_code == 410
    assert again.get("/account/").status_code == 302


def test_a_new_link_ends_the_older_one(visitor, links, newcomer):
    old, new = links.path_for(newcomer), links.path_for(newcomer)
    assert visitor.get(old).status_code == 410
    assert visitor.get(new).status_code == 200


def test_an_expired_link_is_refused(visitor, links, newcomer):
    from panshi.web.identity.models import OneTimeLink

    path = links.path_for(newcomer)
    for link in OneTimeLink.objects.filter(user=newcomer):
        link.expires_at -= timedelta(days=2)
        link.save()
    assert visitor.post(path).status_code == 410


def test_a_made_up_link_is_refused(visitor):
    assert visitor.get("/welcome/abc:def:ghi/").status_code == 410


def test_the_link_itself_is_kept_nowhere(links, newcomer):
    from django.conf import settings

    token = links.path_for(newcomer).split("/")[2]
    secret = token.split(":")[0].encode()
    for path in settings.HOME.path.glob("console.sqlite3*"):
        assert secret not in path.read_bytes()


def test_only_the_first_administrator_may_have_a_password(person):
    from panshi.protection.access.roles import Role

    client = person(Role.CISO)
    assert client.get("/account/password/").status_code == 403


def test_nobody_signs_up(visitor):
    answer = visitor.post("/account/signup/", {"username": "mallory"})
    assert "不開放自行註冊" in answer.content.decode()
