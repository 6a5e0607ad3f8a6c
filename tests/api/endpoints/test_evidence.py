"""Evidence leaves as files, in pages, without what the token may not read; bodies are erased."""

import csv
import io
import json

import pytest

from panshi.model.bodies.records import Claim
from tests.api.asking import ask
from tests.web.small_bank import BANK


def lines(token, query=""):
    status, head, body = ask("GET", "/evidence/file", token=token, query=query)
    assert status == 200, body
    return head, [json.loads(each) for each in body.splitlines()]


def test_the_file_holds_what_the_pages_hold(bank, token_of):
    auditor = token_of("internal_audit")
    found, before = [], ""
    while before is not None:
        _s, _h, body = ask("GET", "/evidence", token=auditor, query=f"limit=7{before}")
        page = json.loads(body)
        found += page["observations"]
        before = page["next_before"]
        before = None if before is None else f"&before={before}"
    assert lines(auditor)[1] == found
    assert len(found) == bank.log.size()


def test_where_there_is_more_the_file_says_where_to_go_on(bank, token_of):
    auditor = token_of("internal_audit")
    head, first = lines(auditor, "limit=5")
    _head, rest = lines(auditor, f"before={head['x-next-before']}")
    assert [each["position"] for each in first + rest] == list(range(bank.log.size()))[::-1]


def test_personal_bodies_are_withheld_in_the_file_too(token_of):
    _head, told = lines(token_of("control_owner"), "kind=record.claim/1")
    assert [(each["withheld"], each["body"]) for each in told] == [(True, None)]
    _head, told = lines(token_of("internal_audit"), "kind=record.claim/1")
    assert told[0]["body"]["owner"] == "王小明"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_cell_of_the_table_runs_in_a_spreadsheet(bank, token_of, name):
    body = Claim(framework="zt36", control="1-1", owner="x", share=1.0)
    bank.record("record.claim/1", body, facet=name, actor="x", estate_id=BANK)
    status, head, raw = ask(
        "GET", "/evidence/file", token=token_of("analyst"), query="format=csv&limit=3"
    )
    assert status == 200
    assert head["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert f"'{name}" in [each["facet"] for each in rows]


def redact(token, ids, why="the person asked for it"):
    body = json.dumps({"ids": ids, "why": why}).encode()
    head = {"content-type": "application/json"}
    status, _head, answer = ask(
        "POST", "/evidence/redactions", token=token, body=body, headers=head
    )
    return status, json.loads(answer)


def test_a_body_is_erased_under_a_name_and_its_proof_still_holds(bank, token_of):
    # Given an event that names somebody
    bank.audit("王小明", "help.view", "somewhere")
    event = list(bank.log.records("audit.event/1"))[-1]
    chief = token_of("ciso", person="evidence-chief")
    # When the chief erases it
    status, answer = redact(chief, [event.id])
    assert status == 200, answer
    # Then the body is gone, and that it was there is still proven
    _s, _h, body = ask("GET", f"/evidence/{event.id}", token=chief)
    assert json.loads(body)["erased"] is True
    proof = ask("GET", f"/evidence/{event.id}/proof", token=chief)[2]
    told = json.loads(ask("POST", "/evidence/verify", token=chief, body=proof)[2])
    assert (told["ok"], told["erased"]) == (True, True)


def test_either_all_named_are_erased_or_none(bank, token_of):
    bank.audit("王小明", "help.view", "somewhere")
    event = list(bank.log.records("audit.event/1"))[-1]
    chief = token_of("ciso", person="evidence-chief")
    assert redact(chief, [event.id, "0" * 32])[0] == 422
    assert not bank.log.get(event.id).erased
    assert redact(token_of("ciso"), [event.id])[0] == 403


def test_growth_is_proven_between_two_checkpoints(bank, token_of):
    auditor = token_of("internal_audit")
    earlier = ask("GET", "/checkpoint", token=auditor)[2]
    bank.audit("somebody", "help.view", "x")
    status, _head, proof = ask("POST", "/log/extension", token=auditor, body=earlier)
    assert status == 200
    assert json.loads(proof)
    other = earlier.replace(earlier.splitlines()[2], b"A" * 43 + b"=")
    assert ask("POST", "/log/extension", token=auditor, body=other)[0] in {409, 422}


def test_the_whole_log_is_read_again(token_of):
    status, _head, body = ask("POST", "/log/verification", token=token_of("internal_audit"))
    assert status == 200
    assert json.loads(body)["intact"] is True


def test_what_was_done_and_refused_is_told_in_pages(bank, token_of):
    board, auditor = token_of("board_reader"), token_of("internal_audit")
    ask("GET", "/evidence", token=board)
    _s, _h, body = ask("GET", "/activity", token=auditor, query="limit=1")
    page = json.loads(body)
    assert page["events"][0]["action"] == "evidence.view"
    assert page["events"][0]["allowed"] is False
    assert page["next_before"] is not None
    assert bank.log.get(page["events"][0]["id"]) is not None


def test_what_steers_judgement_is_not_erased(bank, token_of):
    claim = next(iter(bank.log.records("record.claim/1")))
    chief = token_of("ciso", person="evidence-chief")
    assert redact(chief, [claim.id])[0] == 422
    assert not bank.log.get(claim.id).erased
