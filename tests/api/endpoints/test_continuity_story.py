"""The story, its sealing and the extract over the API: the figures of the other ways."""

import json

import pytest

from panshi.api.asgi import senders
from panshi.model.bodies.continuity_judged import SCENARIO, SERVICE_LAYERS
from panshi.node.own_records import own_records
from panshi.node.resilience.board_story import sentence
from panshi.node.resilience.story import story_of
from panshi.node.running import running_node
from tests.api.asking import ask
from tests.simulators.two_site_bank import BANK, settle

HERE = f"/estates/{BANK}/continuity"


@pytest.fixture
def node(tmp_path, monkeypatch):
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "home"))
    running_node.cache_clear()
    senders.cache_clear()
    opened = running_node()
    settle(opened, seal=False)
    yield opened
    opened.close()
    running_node.cache_clear()


def asked(node, method, path, role="analyst", value=None):
    name = f"t-{len(node.tokens.list())}"
    token = node.tokens.make(name=name, role=role, days=1, now=node.clock())
    path, _, query = path.partition("?")
    more = (
        {"body": json.dumps(value).encode(), "headers": {"content-type": "application/json"}}
        if value is not None
        else {}
    )
    status, _head, body = ask(method, path, token=token, query=query, **more)
    return status, json.loads(body)


def test_the_story_is_the_one_the_page_tells(node):
    status, told = asked(node, "GET", f"{HERE}/story?scenario=cable-cut")

    assert status == 200
    assert told["zh"] == sentence(story_of(node, BANK, "cable-cut"), chinese=True)
    assert {each["service"] for each in told["services"]} == {"service:pay", "service:lend"}
    assert asked(node, "GET", f"{HERE}/story?scenario=nonsense")[0] == 404


def test_sealing_is_for_those_who_may_and_leaves_evidence(node):
    # Given internal audit, which reads
    assert asked(node, "POST", f"{HERE}/seal", "internal_audit", {"trials": 0})[0] == 403
    # When an analyst seals
    status, made = asked(node, "POST", f"{HERE}/seal", value={"trials": 0})
    # Then layers and disaster are in the log
    assert status == 201
    kinds = {node.log.get(each).observation.kind for each in made["sealed"]}
    assert {SCENARIO, SERVICE_LAYERS} <= kinds
    assert own_records(node, SCENARIO, BANK)


def test_the_extract_is_shown_and_nothing_leaves(node):
    status, told = asked(node, "GET", f"{HERE}/dependence?tlp=red")

    assert status == 200
    assert told["tlp"] == "red"
    assert {each["name"] for each in told["things"]} >= {"廠商", "電信"}
