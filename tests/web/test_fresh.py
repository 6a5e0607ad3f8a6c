"""A decision of weight is taken by whoever used a passkey just now, and by nobody else."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

PLACE = "/decision/"
taken = []


def urls():
    from panshi.web.gate import action
    from panshi.web.urls import urlpatterns as every

    @action("parameter.change", fresh=True)
    def decide(request):
        if request.method == "POST":
            taken.append(request.POST["why"])
        return HttpResponse("decided")

    return [path(PLACE[1:], decide, name="decision"), *every]


@pytest.fixture(autouse=True)
def decision_page():
    taken.clear()
    with override_settings(ROOT_URLCONF=tuple(urls())):
        yield


def test_a_passkey_just_used_lets_through_and_is_audited(person, with_passkey, audit_trail):
    # Given an approver who used a passkey a minute ago
    approver = with_passkey(person("approver"), ago=60)
    # When they decide
    answer = approver.post(PLACE, {"why": "because"})
    # Then it is done and sealed
    assert answer.content == b"decided"
    assert taken == ["because"]
    assert ("parameter.change", PLACE, True) in audit_trail(approver.user.username)


def test_an_older_one_leads_to_the_passkey_and_nothing_is_done(person, with_passkey, audit_trail):
    approver = with_passkey(person("approver"), ago=3600)
    answer = approver.post(PLACE, {"why": "because"})
    assert answer.status_code == 302
    assert urlsplit(answer["Location"]).path == "/account/passkeys/again/"
    assert parse_qs(urlsplit(answer["Location"]).query)["next"] == [PLACE]
    assert not taken
    assert ("parameter.change", PLACE, True) not in audit_trail(approver.user.username)


def test_a_record_from_the_future_is_no_fresh_one(person, with_passkey):
    approver = with_passkey(person("approver"), ago=-3600)
    assert approver.post(PLACE, {"why": "because"}).status_code == 302
    assert not taken


def test_who_has_no_passkey_is_led_to_enrol_one(person):
    answer = person("approver").get(PLACE)
    assert answer.status_code == 303
    assert answer["Location"] == "/account/passkeys/add/"


def test_a_fresh_passkey_opens_nothing_to_a_role_that_may_not(person, with_passkey, audit_trail):
    analyst = with_passkey(person("analyst"))
    assert analyst.post(PLACE, {"why": "because"}).status_code == 403
    assert not taken
    assert ("parameter.change", PLACE, False) in audit_trail(analyst.user.username)


def test_an_htmx_request_is_led_as_a_whole(person, with_passkey):
    approver = with_passkey(person("approver"), ago=3600)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/e/small-bank/"}
    answer = approver.post(PLACE, {"why": "x"}, headers=headers)
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/account/passkeys/again/?next=/e/small-bank/"
