"""Administrators invite others by link; the last administrator cannot be lost."""

import pytest

from panshi.protection.access.roles import Role


@pytest.fixture
def administrator(person):
    return person(Role.ADMINISTRATOR)


def test_an_invitation_shows_its_link_once(administrator, visitor):
    # When somebody is invited
    administrator.post("/accounts/invite/", {"username": "ana", "roles": ["analyst"]})
    shown = administrator.get("/accounts/").content.decode()
    # Then the link is shown this once and works
    link = shown.split("http://localhost")[1].split("<")[0]
    assert visitor.post(link).status_code == 302
    assert "/welcome/" not in administrator.get("/accounts/").content.decode()
    assert visitor.get("/evidence/").status_code == 200


def test_a_name_that_is_none_is_refused_with_the_remedy(administrator):
    answer = administrator.post("/accounts/invite/", {"username": "<b>", "roles": []})
    assert answer.status_code == 400
    assert "2 至 64" in answer.content.decode()


def test_changed_roles_count_from_the_next_request_on(administrator, person):
    # Given an analyst
    analyst = person(Role.ANALYST)
    assert analyst.get("/evidence/").status_code == 200
    # When the administrator makes them a board reader
    administrator.post(
        f"/accounts/{analyst.user.username}/roles/", {"do": "roles", "roles": ["board_reader"]}
    )
    # Then the evidence is closed to them at once
    assert analyst.get("/evidence/").status_code == 403


def test_the_last_administrator_stays(administrator):
    from django.contrib.auth.models import User

    User.objects.filter(groups__name=Role.ADMINISTRATOR).exclude(pk=administrator.user.pk).update(
        is_active=False
    )
    answer = administrator.post(f"/accounts/{administrator.user.username}/roles/", {"do": "off"})
    assert answer.status_code == 400
    assert administrator.get("/accounts/").status_code == 200
    User.objects.filter(groups__name=Role.ADMINISTRATOR).update(is_active=True)


def test_others_may_not_invite(person):
    assert person(Role.CISO).post("/accounts/invite/", {"username": "eve"}).status_code == 403
