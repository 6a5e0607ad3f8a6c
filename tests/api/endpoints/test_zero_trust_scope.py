"""The zero-trust scope over the API: as the command line answers, persons answer and decide."""

import json

import pytest

from panshi.node.zero_trust.scope import scoped
from panshi.node.zero_trust.scope_paper import seen_answer
from tests.api.asking import ask as asked

SCOPE = "/zero-trust/scope"


def ask(method, path, body=None, **how):
    path, _, query = path.partition("?")
    if body is not None:
        head = {"content-type": "application/json"}
        how |= {"body": json.dumps(body).encode(), "headers": head}
    status, _head, raw = asked(method, path, query=query, **how)
    return status, json.loads(raw or b"null")


def test_the_answer_is_the_command_lines(bank, token_of):
    status, told = ask("GET", SCOPE, token=token_of("ciso"))

    assert status == 200
    here = seen_answer(scoped(bank))
    assert told["funnel"] == json.loads(json.dumps(here["funnel"]))
    assert [each["system"] for each in told["systems"]] == [
        each["system"] for each in here["systems"]
    ]


def test_a_person_answers_takes_back_and_decides(bank, token_of):
    # Given a system of which something is missing
    owner = token_of("control_owner", person="chen.yiru")
    system = scoped(bank).scope.systems[0].system.id
    answers = {"systems": [system], "answers": {"remote_staff_access": "true"}}

    # When a person answers
    status, made = ask("POST", f"{SCOPE}/answers", answers, token=owner)
    assert status == 201

    # Then the system tells so, and who said it only to those who may know
    one = f"{SCOPE}/systems/{system}"
    _status, told = ask("GET", one, token=token_of("ciso"))
    assert "remote_work" in told["fields"]
    assert "chen.yiru" in str(told)
    _status, told = ask("GET", one, token=token_of("board_reader"))
    assert "chen.yiru" not in str(told)

    # And it can be taken back, once
    back = f"{SCOPE}/answers/{made['id']}/withdrawal"
    assert ask("POST", back, {"why": "wrong system"}, token=owner)[0] == 201
    assert ask("POST", back, {}, token=owner)[0] == 422

    # And the CISO decides, which the owner may not
    decision = {"field": "remote_work", "choice": "chosen", "why": "pilot"}
    assert ask("POST", f"{SCOPE}/decisions", decision, token=owner)[0] == 403
    ciso = token_of("ciso", person="he.peishan")
    assert ask("POST", f"{SCOPE}/decisions", decision, token=ciso)[0] == 201
    assert "remote_work" in ask("GET", SCOPE, token=ciso)[1]["chosen"]["fields"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"systems": [], "answers": {"vpn_only": "true"}},
        {"systems": ["system:nobody"], "answers": {"vpn_only": "true"}},
        {"systems": ["system:nobody"], "answers": {"vpn_only": "true"}, "extra": 1},
    ],
)
def test_a_senseless_answer_is_refused(token_of, body):
    owner = token_of("control_owner", person="chen.yiru")
    assert ask("POST", f"{SCOPE}/answers", body, token=owner)[0] == 422


def test_gap_and_roadmap(token_of):
    status, told = ask("GET", f"{SCOPE}/roadmap?targets=I=2099Q4", token=token_of("ciso"))

    assert status == 200
    assert {"gaps", "roadmap"} == set(told)
    assert ask("GET", f"{SCOPE}/roadmap?targets=soon", token=token_of("ciso"))[0] in {400, 404}


@pytest.mark.parametrize("form", ["pdf", "xlsx", "docx"])
def test_the_sheet_is_a_file(token_of, form):
    status, head, body = asked("GET", f"{SCOPE}/{form}", query="lang=en", token=token_of("ciso"))
    assert status == 200
    assert body.startswith((b"%PDF", b"PK"))
    assert form in dict(head)["content-disposition"]
