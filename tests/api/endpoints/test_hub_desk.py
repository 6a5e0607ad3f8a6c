"""The hub's desk over the API: the queue, steps with tickets and campaigns, as at the console."""

import json
from datetime import timedelta

import pytest

from panshi.node.alliance.correlating import correlate
from panshi.node.alliance.desk import about_campaign, case_of
from panshi.node.alliance.members import MemberDesk
from panshi.node.alliance.tickets import accept_tickets
from panshi.node.demo_sector import PARTS, story
from tests.api.asking import ask
from tests.api.asking_hub import by_staff

DESK = "/hub/desk"


@pytest.fixture
def busy(hub):
    """A hub with the demo's story: four tickets of one campaign."""
    desk, now = MemberDesk(hub, actor="chen.yiru"), hub.clock()
    for part in PARTS:
        desk.invite(part.id, called=part.name_zh, sector=part.sector)
    for part, ticket in story(now):
        accept_tickets(hub, part.id, (ticket,))
    correlate(hub)
    return hub


@pytest.fixture
def lin(busy, token_at):
    """A token of an analyst at the busy hub."""
    assert busy is not None
    return token_at("lin.wei", "analyst")


def read(path, token, query=""):
    status, _head, raw = ask("GET", path, token=token, query=query)
    assert status == 200, raw
    return json.loads(raw)


def test_a_ticket_is_taken_handed_over_closed_and_reopened(lin, token_at):
    # Given the queue, which nobody has in hand
    token_at("wu.ting", "analyst")
    first = read(f"{DESK}/tickets", lin, "owner=-&severity=high")["tickets"][0]
    place = f"{DESK}/tickets/{first['id']}"
    # When one takes it, triages it and hands it over
    assert by_staff("POST", f"{place}/steps", lin, {"doing": "take"})[1]["case"]["owner"] == (
        "lin.wei"
    )
    triaged = {"doing": "triage", "severity": "critical"}
    assert by_staff("POST", f"{place}/steps", lin, triaged)[1]["ticket"]["severity"] == "critical"
    over = {"doing": "hand_over", "to": "wu.ting", "note": "等映像檔"}
    status, told = by_staff("POST", f"{place}/steps", lin, over)
    # Then the other has it, here and in the queue, with every step
    assert (status, told["ticket"]["owner"], told["ticket"]["status"]) == (
        200,
        "wu.ting",
        "in-hand",
    )
    assert [each["doing"] for each in told["case"]["entries"]] == ["take", "triage", "hand_over"]
    owned = read(f"{DESK}/tickets", lin, "owner=wu.ting")["tickets"]
    assert [each["id"] for each in owned] == [first["id"]]
    # And what is closed leaves the queue until it is reopened
    assert by_staff("POST", f"{place}/steps", lin, {"doing": "close", "note": "誤報"})[0] == 200
    assert first["id"] not in {each["id"] for each in read(f"{DESK}/tickets", lin)["tickets"]}
    closed = read(f"{DESK}/tickets", lin, "closed=true&status=closed")["tickets"]
    assert [each["id"] for each in closed] == [first["id"]]
    assert by_staff("POST", f"{place}/steps", lin, {"doing": "reopen", "note": "x"})[0] == 200
    # And what is related to it is told
    assert read(place, lin)["related"]


def test_a_campaign_is_had_with_the_one_it_went_into(busy, lin):
    (only,) = read(f"{DESK}/campaigns", lin)["campaigns"]
    place = f"{DESK}/campaigns/{only['id']}"
    status, told = by_staff("POST", f"{place}/steps", lin, {"doing": "take"})
    assert (status, told["campaign"]["owner"], told["campaign"]["tickets"]) == (200, "lin.wei", 4)
    assert told["shared"]
    # Given a ticket parted from it and put back by a merge
    ticket = read(f"/hub/campaigns/{only['id']}", lin)["tickets"][0]["ticket"]
    asked = {"tickets": [ticket], "why": "x"}
    parted = by_staff("POST", f"/hub/campaigns/{only['id']}/split", lin, asked)[1]
    new = parted["campaign"]["id"]
    assert read(f"{DESK}/tickets/{ticket}", lin)["ticket"]["campaign"] == new
    merged = {"other": new, "why": "y"}
    assert by_staff("POST", f"/hub/campaigns/{only['id']}/merge", lin, merged)[0] == 200
    # Then a step with the one that went is a step with the one that stayed
    noted = {"doing": "note", "note": "併回"}
    status, told = by_staff("POST", f"{DESK}/campaigns/{new}/steps", lin, noted)
    assert (status, told["campaign"]["id"], told["undoable"]) == (200, only["id"], True)
    assert case_of(busy, about_campaign(int(only["id"][2:]))).entries[-1].note == "併回"


def test_the_overview_counts_what_is_open_and_what_is_new(busy, lin):
    told = read(DESK, lin)
    assert (told["glance"]["campaigns"], told["glance"]["tickets"], told["news"]) == (1, 4, None)
    before, after = (
        (busy.clock() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ") for days in (-9, 9)
    )
    assert read(DESK, lin, f"since={before}")["news"]["tickets"] == 4
    assert read(DESK, lin, f"since={after}")["news"]["tickets"] == 0


@pytest.mark.parametrize(
    ("step", "status"),
    [
        ({"doing": "close"}, 403),
        ({"doing": "release"}, 403),
        ({"doing": "hand_over", "to": "nobody.here", "note": "x"}, 404),
        ({"doing": "dance"}, 422),
        ({"doing": "take", "by": "chen"}, 422),
    ],
)
def test_what_the_rules_do_not_allow_changes_nothing(busy, lin, step, status):
    name = read(f"{DESK}/tickets", lin)["tickets"][0]["id"]
    for place in (f"{DESK}/tickets/{name}", f"{DESK}/campaigns/C-0001"):
        assert by_staff("POST", f"{place}/steps", lin, step)[0] == status
    assert case_of(busy, f"ticket/{name}").entries == ()


def test_what_is_not_there_is_told(lin):
    for place in (f"{DESK}/tickets/none", f"{DESK}/campaigns/C-0999"):
        assert by_staff("GET", place, lin)[0] == 404
        assert by_staff("POST", f"{place}/steps", lin, {"doing": "take"})[0] == 404


def test_who_reads_the_desk_takes_no_step(busy, token_at):
    audit = token_at("aud", "internal_audit")
    name = read(f"{DESK}/tickets", audit)["tickets"][0]["id"]
    step = {"doing": "take"}
    assert by_staff("POST", f"{DESK}/tickets/{name}/steps", audit, step)[0] == 403
    # Nor does a program on its own
    robot = busy.tokens.make(name="robot", role="analyst", days=1, now=busy.clock())
    assert by_staff("POST", f"{DESK}/tickets/{name}/steps", robot, step)[0] == 403
    assert case_of(busy, f"ticket/{name}").owner == ""


def test_a_bank_has_no_desk(token_of):
    assert by_staff("GET", DESK, token_of("analyst"))[0] == 404
