"""The Django middleware with a real decision point."""

import os
import time
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import RequestFactory

from panshi.pep.django import ZeroTrustMiddleware
from panshi.protection.zero_trust.enforcement.credential import session_id_of
from panshi.web.first_run import bring_up_to_date
from tests.simulators.patience import PATIENCE
from tests.simulators.running_point import RunningPoint

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panshi.web.settings")


def question(request):
    return {"/pay": ("payments", "read"), "/vault": ("vault", "read")}.get(request.path)


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)


def view(request):
    return HttpResponse(f"{request.META.get('HTTP_X_PANSHI_USER')} {request.zero_trust.session}")


@pytest.fixture
def world(monkeypatch):
    if not apps.ready:  # with its tables, which tests after these ask for
        bring_up_to_date(Path(os.environ["PANSHI_HOME"]))
    with RunningPoint() as point:
        chosen = {"name": "shop", "decision_point": f"http://127.0.0.1:{point.port}"}
        chosen["question"] = f"{__name__}.question"
        monkeypatch.setattr(settings, "ZERO_TRUST", chosen, raising=False)
        monkeypatch.setattr("panshi.pep.django.import_string", lambda _name: question)
        middleware = ZeroTrustMiddleware(view)
        yield point, middleware
        middleware.doorman.stop()


def get(middleware, path, secret=None):
    cookie = {"HTTP_COOKIE": f"panshi_zt={secret}"} if secret else {}
    return middleware(
        RequestFactory(HTTP_HOST="localhost").get(path, **cookie, HTTP_X_PANSHI_USER="root")
    )


def test_who_is_allowed_reaches_the_view_and_is_named(world):
    point, middleware = world
    secret = point.sign_in("amy")
    answer = get(middleware, "/pay", secret)
    assert answer.status_code == 200
    assert answer.content.decode() == f"amy {session_id_of(secret)}"


def test_everybody_else_does_not(world):
    point, middleware = world
    assert get(middleware, "/pay").status_code == 401
    assert get(middleware, "/pay")["WWW-Authenticate"].startswith("Bearer")
    assert get(middleware, "/vault", point.sign_in("amy")).status_code == 403
    assert get(middleware, "/nowhere", point.sign_in("amy")).status_code == 403


def test_what_was_kept_is_forgotten_when_the_session_ends(world):
    point, middleware = world
    secret = point.sign_in("amy")
    assert get(middleware, "/pay", secret).status_code == 200
    point.ask("DELETE", f"/zt/v1/sessions/{session_id_of(secret)}")
    keeper = middleware.doorman._keeper
    until(lambda: not len(keeper))
    assert get(middleware, "/pay", secret).status_code == 401


def test_without_a_decision_point_nothing_passes(world):
    point, middleware = world
    secret = point.sign_in("amy")
    get(middleware, "/pay", secret)
    point.stop()
    until(lambda: not middleware.doorman._keeper.enforcer.up)
    assert get(middleware, "/pay", secret).status_code == 503


def test_settings_that_say_nothing_are_refused(monkeypatch):
    monkeypatch.setattr(settings, "ZERO_TRUST", {}, raising=False)
    with pytest.raises(ImproperlyConfigured):
        ZeroTrustMiddleware(view)
