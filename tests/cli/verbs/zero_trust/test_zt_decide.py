"""`panshi zt decide`: the decision point's answers without a decision point."""

import io
import json
from pathlib import Path

import pytest

from panshi.cli.main import main

FIXTURE = Path(__file__).resolve().parents[4] / "docs" / "examples" / "authzen" / "certification"
BY = ["--policies", str(FIXTURE), "--entities", str(FIXTURE / "entities.json")]


def ask(capsys, *arguments):
    code = main(["zt", "decide", *BY, *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_one_question_is_answered_in_both_languages_and_as_json(capsys):
    question = ["--subject", "user:alice", "--action", "read", "--resource", "record:record-1"]

    assert ask(capsys, *question, "--lang", "en")[1] == "allowed: permitted by known-users-read\n"
    assert ask(capsys, *question, "--lang", "zh")[1] == "准許：由政策 known-users-read 准許\n"
    answer = json.loads(ask(capsys, *question, "--json", "--context", '{"a": 1}')[1])
    assert answer["decision"] is True
    assert answer["context"]["attributes"] == {"principal.known": True}


def test_every_line_of_standard_input_is_answered_also_what_is_no_question(capsys, monkeypatch):
    asked = {
        "subject": {"type": "user", "id": "bob"},
        "action": {"name": "write"},
        "resource": {"type": "record", "id": "record-1"},
    }
    lines = f"{json.dumps(asked)}\n\nnonsense\n".encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))

    code, out, _ = ask(capsys, "--json")

    denied, wrong = map(json.loads, out.splitlines())
    assert (code, denied["decision"], wrong["decision"]) == (0, False, False)
    assert wrong["context"]["error"]["status"] == 400


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--subject", "user:alice"], "subject, action and resource"),
        (["--subject", "alice", "--action", "a", "--resource", "b:c"], "TYPE:ID"),
        (["--subject", "a:b", "--action", "a", "--resource", "b:c", "--context", "{"], "not JSON"),
    ],
)
def test_half_a_question_is_refused(capsys, arguments, said):
    code, _, told = ask(capsys, *arguments)
    assert (code, said in told) == (2, True)
