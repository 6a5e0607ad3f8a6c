"""The story, its sealing and the extract over the API: the figures of the other ways."""

import pytest

from panshi.model.bodies.continuity_judged import SCENARIO, SERVICE_LAYERS
from panshi.node.own_records import own_records
from panshi.node.resilience.board_story import sentence
from panshi.node.resilience.sealing import seal_continuity
from panshi.node.resilience.story import story_of
from tests.api.asking import answer, asked
from tests.simulators.two_site_bank import BANK, settle

HERE = f"/estates/{BANK}/continuity"


@pytest.fixture
def node(node):
    settle(node, seal=False)
    return node


def test_the_story_is_the_one_the_page_tells(node):
    status, told = asked(node, "GET", f"{HERE}/story?scenario=cable-cut")

    assert status == 200
    assert told["zh"] == sentence(story_of(node, BANK, "cable-cut"), chinese=True)
    assert {each["service"] for each in told["services"]} == {"service:pay", "service:lend"}
    assert asked(node, "GET", f"{HERE}/story?scenario=nonsense")[0] == 404


def test_sealing_is_for_those_who_may_and_leaves_evidence(node):
    # Given internal audit, which reads
    assert asked(node, "POST", f"{HERE}/seal", role="internal_audit", value={"trials": 0})[0] == 403
    # When an analyst seals
    status, made = asked(node, "POST", f"{HERE}/seal", value={"trials": 0})
    # Then layers and disaster are in the log
    assert status == 201
    kinds = {node.log.get(each).observation.kind for each in made["sealed"]}
    assert {SCENARIO, SERVICE_LAYERS} <= kinds
    assert own_records(node, SCENARIO, BANK)


def test_an_order_is_taken_watched_and_taken_back(node):
    # Given internal audit, which orders nothing, and an analyst who does
    order = {"scenarios": ["cable-cut", "earthquake"], "trials": 0}
    refused = asked(node, "POST", f"{HERE}/sealing", role="internal_audit", value=order)
    assert refused[0] == 403
    status, told = asked(node, "POST", f"{HERE}/sealing", value=order)
    # Then it is accepted, and a second one is not
    assert status == 202
    assert (told["under_way"], told["waiting"]) == (True, ["cable-cut", "earthquake"])
    assert asked(node, "POST", f"{HERE}/sealing", value=order)[0] == 422
    # When the first is sealed, then whoever asks sees it
    seal_continuity(node, actor="lin", estate_id=BANK, trials=0, wanted=("cable-cut",))
    told = asked(node, "GET", f"{HERE}/sealing", role="internal_audit")[1]
    assert (told["done"], told["waiting"]) == (["cable-cut"], ["earthquake"])
    # When it is taken back, nothing is under way and what was sealed stays
    assert answer(node, "DELETE", f"{HERE}/sealing")[0] == 204
    told = asked(node, "GET", f"{HERE}/sealing")[1]
    assert (told["under_way"], told["done"], told["ordered_at"]) == (False, [], None)
    assert len(own_records(node, SCENARIO, BANK)) == 1


def test_the_extract_is_shown_and_nothing_leaves(node):
    status, told = asked(node, "GET", f"{HERE}/dependence?tlp=red")

    assert status == 200
    assert told["tlp"] == "red"
    assert {each["name"] for each in told["things"]} >= {"廠商", "電信"}
