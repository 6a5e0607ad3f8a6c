"""Accountability, indicators, reviews and statements in the console: read, changed, refused."""

import io
import json
import os
from contextlib import redirect_stdout

import pytest

from panshi.api.exchange import Asked
from panshi.api.routes import find
from panshi.cli.main import main
from panshi.node.accountability import register
from panshi.node.indicators import indicator_named, snapshots
from panshi.node.reviews import every_action, review_page
from panshi.node.statements import statement
from tests.simulators.governed import open_governed
from tests.web.small_bank import BANK
from tests.web.test_pages import Page

E = f"/e/{BANK}"
PAGES = {
    f"{E}/indicators/": ("項指標中", "indicators are on target"),
    f"{E}/indicators/?standing=off_target&measure=BP-10": ("項。", "indicators."),
    f"{E}/indicators/phishing-resistant/": ("定義變更", "defined anew"),
    f"{E}/offices/": ("人次任職", "offices are held"),
    f"{E}/reviews/": ("逾期", "overdue"),
    f"{E}/reviews/2026Q3/": ("進行中", "Under way"),
    f"{E}/reviews/2025Q4/": ("會議紀錄", "Minutes"),
    f"{E}/actions/2025Q4-1/": ("逾期", "overdue"),
    f"{E}/statements/": ("未遵循自陳", "acknowledgement"),
    f"{E}/statements/2025/": ("待簽署", "To sign"),
    f"{E}/statements/draft/?year=2025": ("僅能作未遵循自陳", "only non-compliance"),
    f"{E}/board-reports/": ("待董事會受理", "await the board"),
    f"{E}/board-reports/2025/": ("明年展望", "Confidentiality"),
}


@pytest.fixture(scope="module")
def governed(bank, tmp_path_factory):
    """The institution all pages show while these tests run."""
    from panshi.web import nodes

    node, _clock = open_governed(tmp_path_factory.mktemp("governed"))
    with node:
        nodes.hand_in(node)
        yield node
        nodes.hand_in(bank)


@pytest.fixture
def named(person, governed):  # noqa: ARG001 -- the roles and the bank must be there
    """Sign somebody in under a name of their own: `named("lin", "ciso")`."""
    from django.contrib.auth.models import Group, User
    from django.test import Client

    def signed_in(name, *roles):
        user, _ = User.objects.get_or_create(username=name)
        user.groups.set(Group.objects.filter(name__in=roles))
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        return client

    return signed_in


@pytest.mark.parametrize("place", PAGES)
def test_a_page_answers_in_both_languages(named, place):
    client = named("lin", "ciso", "administrator")
    for language, expected in zip(("zh-hant", "en"), PAGES[place], strict=True):
        client.cookies["django_language"] = language
        answer = client.get(place)
        text = answer.content.decode()
        assert answer.status_code == 200
        assert expected in text
        page = Page(text)
        assert len(page.headings) == 1
        assert len(page.ids) == len(set(page.ids))
        assert page.unlabelled == 0
        assert '<p class="lead">' in text


def test_figures_are_equal_on_page_api_and_command_line(named, governed):
    # Given what the service says of an indicator
    found = indicator_named(governed, "phishing-resistant", BANK)
    shown = f"{int(found.last.value * 1000 + 1e-9) / 10:.1f}%"
    assert shown == "75.0%"
    # Then the page shows it,
    client = named("lin", "ciso")
    client.cookies["django_language"] = "en"
    text = client.get(f"{E}/indicators/phishing-resistant/").content.decode()
    assert f"2026Q3: {shown}" in text
    # the API answers it,
    api = _api(governed, "GET", "/indicators/phishing-resistant")
    assert api["indicator"]["last"]["value"] == found.last.value
    assert [len(each["points"]) for each in api["segments"]] == [1, 3]
    # and the command line prints it, in the same form as the API.
    told = _cli(governed, "indicator", "show", "phishing-resistant", "--estate", BANK)
    assert told["segments"] == api["segments"]
    assert told["revisions"] == api["revisions"]
    assert _cli(governed, "statement", "show", "2025", "--estate", BANK) == _api(
        governed, "GET", "/statements/2025"
    )
    assert (
        _cli(governed, "office", "list", "--estate", BANK)["offices"]
        == (_api(governed, "GET", "/offices")["offices"])
    )
    # The command line reads its own clock, so that days since then are not compared.
    told, asked = _cli(governed, "review", "actions"), _api(governed, "GET", "/actions")
    assert [(e["number"], e["events"]) for e in told] == [(e["number"], e["events"]) for e in asked]


def test_two_people_appoint_in_the_console_and_one_cannot(named, governed):
    secretary = named("he", "approver")
    (waiting,) = register(governed, BANK).waiting
    place = f"{E}/offices/confirm/{waiting.id}/"
    secretary.post(place)
    assert register(governed, BANK).holders("cio") == ()
    named("lin", "control_owner").post(place)  # no right to appoint at all
    assert register(governed, BANK).holders("cio") == ()
    named("xu", "ciso").post(place)
    assert register(governed, BANK).holders("cio") == ("zhou",)


def test_internal_audit_reads_all_and_changes_nothing(named, governed):
    audit = named("auditor", "internal_audit", "ciso", "approver")
    size = len(snapshots(governed, BANK)), len(register(governed, BANK).waiting)
    for place in PAGES:
        if "draft" not in place:
            assert audit.get(place).status_code == 200, place
    for place, given in (
        (f"{E}/indicators/freeze/", {"quarter": "2026Q3"}),
        (f"{E}/offices/appoint/", {"office": "cio", "person": "x", "since": "2026-10-01"}),
        (f"{E}/reviews/2026Q3/decide/", {"text": "x"}),
        (f"{E}/statements/2025/sign/", {"office": "ciso"}),
        (f"{E}/actions/2026Q3-1/step/", {"step": "done", "why": "x"}),
        (f"{E}/board-reports/2025/step/", {"step": "submit"}),
    ):
        assert audit.post(place, given).status_code == 403, place
    assert (len(snapshots(governed, BANK)), len(register(governed, BANK).waiting)) == size


def test_a_chair_runs_the_review_from_its_page(named, governed):
    chair = named("chen", "approver")
    place = f"{E}/reviews/2026Q3/"
    chair.post(place + "decide/", {"text": "改採第二因素", "about": "indicator/zt-evidenced"})
    chair.post(
        place + "decide/",
        {"what": "action", "text": "補證", "owner": "ciso", "due": "2026-12-01"},
    )
    refused = chair.post(
        place + "close/",
        {"chair": "chen", "present": ["general_manager:chen"], "minutes": "完"},
        follow=True,
    )
    assert "fewer than 2" in refused.content.decode()
    chair.post(
        place + "close/",
        {"chair": "chen", "present": ["general_manager:chen", "ciso:lin"], "minutes": "完"},
    )
    found = review_page(governed, "2026Q3", BANK).review
    assert (found.state, len(found.decisions), found.chair) == ("closed", 2, "chen")
    # Whoever answers for an action gets no time from themselves; done is done.
    own = {"step": "extend", "why": "x", "due": "2027-03-01"}
    step = f"{E}/actions/2026Q3-2/step/"
    named("lin", "ciso").post(step, own)
    assert {e.number: e for e in every_action(governed, BANK)}["2026Q3-2"].extensions == 0
    named("lin", "ciso").post(step, {"step": "done", "why": "補齊"})
    assert {e.number: e for e in every_action(governed, BANK)}["2026Q3-2"].state == "done"


def test_a_statement_is_signed_by_those_who_hold_the_offices(named, governed):
    # The chair signs under an office the chair holds; a stranger with the role does not.
    place = f"{E}/statements/2025/sign/"
    named("stranger", "approver").post(place, {"office": "board_chair"})
    assert statement(governed, "2025", BANK).state == "partly_signed"
    page = named("zhang", "board_reader").get(f"{E}/statements/2025/").content.decode()
    assert "以此職位簽署" in page
    named("zhang", "board_reader").post(place, {"office": "board_chair"})
    assert statement(governed, "2025", BANK).state == "signed"
    answer = named("zhang", "board_reader").get(f"{E}/statements/2025/verify/").content.decode()
    assert answer.count("✓") == 2


def _api(node, method, path):
    route, names = find(method, f"/api/v1{path}")
    wanted = route.query(estate=BANK) if route.query else None
    answer = route.handler(node, Asked(names=names, wanted=wanted, actor="lin"))
    return json.loads(answer.body)


def _cli(node, *arguments):
    out = io.StringIO()
    before = os.environ["PANSHI_HOME"]
    os.environ["PANSHI_HOME"] = str(node.home.path)
    try:
        with redirect_stdout(out):
            main([*arguments, "--json"])
    finally:
        os.environ["PANSHI_HOME"] = before
    return json.loads(out.getvalue())
