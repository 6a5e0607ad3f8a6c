"""The board over the API: read by readers, followed up by persons, clocks by two of them."""

import json

import pytest

from panshi.model.asset import AssetKind
from panshi.node.supply_chain.portfolio import ingest
from tests.api.asking import ask as asked
from tests.node.alerting.test_raising import advisory, bill, publish


def ask(method, path, **how):
    path, _, query = path.partition("?")
    status, _head, raw = asked(method, path, query=query, **how)
    return status, json.loads(raw or b"null")


@pytest.fixture
def here(bank):
    system = bank.estate().by_kind[AssetKind.SYSTEM][0].id
    publish(bank, advisory())
    ingest(bank, bill("pkg:pypi/jinja2@3.1.4"), system=system, actor="lin")
    return f"/estates/{bank.estate().id}/supply-chain"


def test_readers_see_the_board_and_audit_changes_nothing(token_of, here):
    # Given a finding, when a reader asks for the board, then it is there with its reasons.
    reader = token_of("internal_audit")
    status, page = ask("GET", f"{here}/board", token=reader)
    assert (status, page["total"]) == (200, 1)
    row = page["rows"][0]
    assert row["reasons"]
    status, one = ask("GET", f"{here}/board/{row['finding']}", token=reader)
    assert (status, one["vulnerability"]) == (200, "CVE-2026-1")
    assert ask("GET", f"{here}/board/sentence", token=reader)[1]["zh"].endswith("。")
    assert ask("GET", f"{here}/alerts", token=reader)[0] == 200
    assert ask("GET", f"{here}/clocks", token=reader)[1]["rules"]
    said = json.dumps({"owner": "lin"}).encode()
    path = f"{here}/board/{row['finding']}/follow-up"
    assert ask("POST", path, token=reader, body=said)[0] == 403


def test_a_program_on_its_own_follows_nothing_up(token_of, here):
    # Given a token that stands for no person, when it follows up or proposes, it is refused.
    token = token_of("analyst")
    finding = ask("GET", f"{here}/board", token=token)[1]["rows"][0]["finding"]
    said = json.dumps({"owner": "lin"}).encode()
    assert ask("POST", f"{here}/board/{finding}/follow-up", token=token, body=said)[0] == 403
    proposed = json.dumps({"days": {"act": 2}, "why": "committee"}).encode()
    assert ask("POST", f"{here}/clocks", token=token, body=proposed)[0] == 403
    assert ask("GET", f"{here}/board/unheard", token=token)[0] == 404
    assert ask("GET", f"{here}/board?ssvc=odd", token=token)[0] in {400, 422}
