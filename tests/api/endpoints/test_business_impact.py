"""Business impact over the API: as the command line says, decided by persons only."""

import json

import msgspec
import pytest

from panshi.node.resilience.impact import ImpactDesk
from tests.api.asking import answer
from tests.simulators.two_site_bank import BANK, NOW, PAY, entry, estate

HERE = f"/estates/{BANK}/continuity"


@pytest.fixture
def node(node):
    node.commit_estate(estate(NOW), by="tester")
    return node


def test_the_register_and_one_service(node):
    ImpactDesk(node, actor="lin.yating").propose(entry())
    status, _, body = answer(node, "GET", f"{HERE}/impact")
    pay, lend = json.loads(body)
    assert status == 200
    assert (pay["service"], pay["state"], pay["layers"], lend["state"]) == (
        PAY,
        "proposed",
        1,
        None,
    )
    status, _, body = answer(node, "GET", f"{HERE}/impact/{PAY}")
    found = json.loads(body)
    assert found["history"][0]["entry"]["rto"] == 120
    assert found["history"][0]["proposed_by"] == "lin.yating"
    _, _, body = answer(node, "GET", f"{HERE}/impact/{PAY}", role="board_reader")
    assert b"lin.yating" not in body
    assert answer(node, "GET", f"{HERE}/impact/service:none")[0] == 404


def test_contradictions_by_kind(node):
    status, _, body = answer(node, "GET", f"{HERE}/contradictions?kind=no_layer")
    (one,) = json.loads(body)["contradictions"]
    assert status == 200
    assert (one["subject"], one["zh"]) == (PAY, "支付是關鍵服務，卻沒有任何備援層。")
    assert answer(node, "GET", f"{HERE}/contradictions?kind=nothing")[0] == 422


def test_a_program_neither_proposes_nor_approves(node):
    sent = {"entry": msgspec.to_builtins(entry())}
    assert answer(node, "POST", f"{HERE}/impact", value=sent)[0] == 403
    ImpactDesk(node, actor="lin.yating").propose(entry())
    assert (
        answer(node, "POST", f"{HERE}/impact/{PAY}/ruling", role="ciso", value={"approved": True})[
            0
        ]
        == 403
    )


def test_workbooks_are_given(node):
    ImpactDesk(node, actor="lin.yating").propose(entry())
    for of in ("analyses", "questions"):
        status, head, body = answer(node, "GET", f"{HERE}/workbook?of={of}", role="ciso")
        assert (status, body[:2]) == (200, b"PK")
        assert f"{of}.xlsx" in head["content-disposition"]
    # analyses name people; questions do not
    assert answer(node, "GET", f"{HERE}/workbook", role="board_reader")[0] == 403
    assert answer(node, "GET", f"{HERE}/workbook?of=questions", role="board_reader")[0] == 200
