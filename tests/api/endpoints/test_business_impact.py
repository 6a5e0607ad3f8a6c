"""Business impact over the API: as the command line says, decided by persons only."""

import json

import msgspec
import pytest

from panshi.api.asgi import senders
from panshi.node.resilience.impact import ImpactDesk
from panshi.node.running import running_node
from tests.api.asking import ask
from tests.simulators.two_site_bank import BANK, NOW, PAY, entry, estate

HERE = f"/estates/{BANK}/continuity"


@pytest.fixture
def node(tmp_path, monkeypatch):
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "home"))
    running_node.cache_clear()
    senders.cache_clear()
    running_node().commit_estate(estate(NOW), by="tester")
    yield running_node()
    running_node().close()
    running_node.cache_clear()


def answer(node, method, path, role="analyst", **more):
    name = f"t-{len(node.tokens.list())}"
    token = node.tokens.make(name=name, role=role, days=1, now=node.clock())
    path, _, query = path.partition("?")
    head = {"content-type": "application/json"} if "body" in more else {}
    return ask(method, HERE + path, token=token, query=query, headers=head, **more)


def test_the_register_and_one_service(node):
    ImpactDesk(node, actor="lin.yating").propose(entry())
    status, _, body = answer(node, "GET", "/impact")
    pay, lend = json.loads(body)
    assert status == 200
    assert (pay["service"], pay["state"], pay["layers"], lend["state"]) == (
        PAY,
        "proposed",
        1,
        None,
    )
    status, _, body = answer(node, "GET", f"/impact/{PAY}")
    found = json.loads(body)
    assert found["history"][0]["entry"]["rto"] == 120
    assert found["history"][0]["proposed_by"] == "lin.yating"
    _, _, body = answer(node, "GET", f"/impact/{PAY}", role="board_reader")
    assert b"lin.yating" not in body
    assert answer(node, "GET", "/impact/service:none")[0] == 404


def test_contradictions_by_kind(node):
    status, _, body = answer(node, "GET", "/contradictions?kind=no_layer")
    (one,) = json.loads(body)["contradictions"]
    assert status == 200
    assert (one["subject"], one["zh"]) == (PAY, "支付是關鍵服務，卻沒有任何備援層。")
    assert answer(node, "GET", "/contradictions?kind=nothing")[0] == 422


def test_a_program_neither_proposes_nor_approves(node):
    sent = json.dumps({"entry": msgspec.to_builtins(entry())}).encode()
    assert answer(node, "POST", "/impact", body=sent)[0] == 403
    ImpactDesk(node, actor="lin.yating").propose(entry())
    ruled = json.dumps({"approved": True}).encode()
    assert answer(node, "POST", f"/impact/{PAY}/ruling", role="ciso", body=ruled)[0] == 403


def test_workbooks_are_given(node):
    ImpactDesk(node, actor="lin.yating").propose(entry())
    for of in ("analyses", "questions"):
        status, head, body = answer(node, "GET", f"/workbook?of={of}", role="ciso")
        assert (status, body[:2]) == (200, b"PK")
        assert f"{of}.xlsx" in head["content-disposition"]
    # analyses name people; questions do not
    assert answer(node, "GET", "/workbook", role="board_reader")[0] == 403
    assert answer(node, "GET", "/workbook?of=questions", role="board_reader")[0] == 200
