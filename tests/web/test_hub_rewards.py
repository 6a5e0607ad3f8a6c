"""The standing in the console: points with their reasons, appeals by two people."""

import pytest

from panshi.node.alliance.reward.statements import RewardDesk, appeal_answers, standing, statement
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.web import nodes
from tests.node.alliance.members_at_hub import member_of, prepared
from tests.node.alliance.sharing import BANKS, shared_among


@pytest.fixture(scope="module")
def hub(bank, tmp_path_factory):  # noqa: ARG001 -- the console has to be set up first
    with Node.open(Home(path=tmp_path_factory.mktemp("hub"))) as node:
        prepared(node)
        for each in BANKS:
            member_of(node, each)
        shared_among(node)
        nodes.hand_in(node)
        yield node
        nodes._handed_in.remove(node)


def test_points_follow_from_the_collections_of_the_hub(hub):
    found = standing(hub)

    # Four members saw it; whoever wrote it anew a moment later told nothing new
    assert found.members[0].member == BANKS[0]
    assert found.members[0].points == pytest.approx(10 * 16 / (16 + 9), abs=3)
    copier = statement(hub, BANKS[6])
    assert copier.points.points == 0
    assert copier.awards[0].why == "known"


def test_the_pages_say_who_leads_and_why(hub, person):  # noqa: ARG001 -- the hub is shown
    client = person("analyst")

    assert BANKS[0] in client.get("/rewards/").content.decode()
    page = client.get(f"/rewards/{BANKS[0]}/").content.decode()
    assert "evil.example" in page
    assert "4 家佐證" in page
    assert client.get("/rewards/?quarter=2026Q9").status_code == 404
    assert client.get("/rewards/nobody/").status_code == 404


def test_an_appeal_is_corrected_by_two_people(hub, person):
    # Given an appeal noted in the console
    before = standing(hub).members[0].points
    analyst = person("analyst")
    quarter = standing(hub).period
    analyst.post(
        "/rewards/step/", {"step": "appeal", "member": BANKS[0], "quarter": quarter, "why": "漏計"}
    )
    number = appeal_answers(hub)[0].number

    # When one proposes a correction and confirms it herself, nothing changes
    analyst.post(
        "/rewards/step/", {"step": "propose", "number": number, "correction": "5", "why": "是"}
    )
    analyst.post("/rewards/step/", {"step": "confirm", "number": number, "why": "是"})
    assert standing(hub).members[0].points == before

    # Then another confirms it, and it counts
    RewardDesk(hub, actor="chen.yiru").confirm(number, why="核對過")
    assert standing(hub).members[0].points == pytest.approx(before + 5)
    assert standing(hub).members[0].corrections == 5


def test_audit_reads_points_and_rules_nothing(hub, person):  # noqa: ARG001 -- the hub is shown
    audit = person("internal_audit", "ciso")

    assert audit.get("/rewards/").status_code == 200
    assert audit.post("/rewards/step/", {"step": "close", "quarter": "2026Q1"}).status_code == 403
