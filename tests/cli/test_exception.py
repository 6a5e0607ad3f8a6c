"""`panshi exception` and `panshi attest`: steps of whoever is at the terminal."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from panshi.cli.exit_codes import Exit
from panshi.cli.main import main
from panshi.node.home import Home
from panshi.node.node import wall_clock
from tests.simulators.guarded_bank import (
    BANK,
    BROKEN,
    CISO,
    FAILING,
    LIBRARY,
    OWNER,
    REVIEWER,
    SOUND,
    found_bank,
    open_bank,
)

TODAY = date.today()  # noqa: DTZ011 -- the command line reads the same clock
UNTIL = str(TODAY + timedelta(days=60))
ATTESTED = next(
    each.key
    for each in LIBRARY.framework("emerging").controls
    if each.attesting is not None and each.strength.binding
)


@pytest.fixture
def say(tmp_path, monkeypatch, capsys):
    """Run a verb as somebody: `say("chen", "exception", "list")` gives exit code and answer."""
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PANSHI_LANG", "en")
    with open_bank(Home(path=tmp_path / "home"), wall_clock) as node:
        found_bank(node)

    def run(who, *words):
        monkeypatch.setenv("LOGNAME", who)
        capsys.readouterr()
        code = main([*words, "--estate", BANK, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def asked(*scope):
    words = ["exception", "request", BROKEN, "--reason", "old", "--residual-risk", "low"]
    words += [word for each in scope for word in ("--scope", each)]
    words += ["--compensating", SOUND, "--effective", str(TODAY), "--expires", UNTIL]
    return words


def test_the_whole_way(say, tmp_path, capsys):
    code, told = say(OWNER, *asked(*FAILING[:4]))
    number = told["exception"]["number"]
    assert (code, told["exception"]["state"]) == (Exit.DONE, "requested")
    assert told["exception"]["requested_by"] == OWNER
    # Given the requester at the terminal, when they review it, it is refused
    code, told = say(OWNER, "exception", "review", number)
    assert code == Exit.INCOMPLETE
    assert "two people" in told["error"]["problem"]
    assert say(REVIEWER, "exception", "review", number)[0] == Exit.DONE
    code, told = say(CISO, "exception", "approve", number, "--why", "agreed")
    assert (told["exception"]["state"], told["exception"]["counts"]) == ("active", True)
    # Then it is listed, shown, exported, renewed and closed
    _code, told = say(CISO, "exception", "list", "--state", "active")
    assert (told["live"], [each["number"] for each in told["exceptions"]]) == (1, [number])
    effect = next(each for each in told["effects"] if each["framework"] == "zt36")
    assert effect["met"] - effect["met_without_exceptions"] == 1
    code, told = say(CISO, "exception", "export", "--out", str(tmp_path / "poam.json"))
    assert (code, told["exceptions"]) == (Exit.DONE, 1)
    late = [str(TODAY + timedelta(days=61)), str(TODAY + timedelta(days=80))]
    words = ["renew", number, "--reason", "late", "--effective", late[0], "--expires", late[1]]
    assert say(OWNER, "exception", *words)[1]["exception"]["renews"] == number
    assert say(OWNER, "exception", "close", number, "--why", "done")[0] == Exit.DONE
    assert main(["exception", "list", "--estate", BANK, "--lang", "zh"]) == Exit.DONE
    assert main(["exception", "show", number, "--estate", BANK, "--lang", "zh"]) == Exit.DONE
    text = capsys.readouterr().out
    assert "已終止" in text
    assert "有效例外 0 件" in text


def test_what_it_covers_must_be_said(say):
    code, told = say(OWNER, *asked())
    assert code == Exit.USAGE
    assert "--whole" in told["error"]["remedy"]
    code, told = say(OWNER, *asked(), "--whole")
    assert (code, told["exception"]["level"]) == (Exit.DONE, "board")


def test_attesting_takes_a_file_and_two_people(say, tmp_path, capsys):
    file = tmp_path / "minutes.txt"
    file.write_bytes(b"minutes")
    words = ["make", ATTESTED, "--scope", "bank", "--from", str(TODAY - timedelta(days=9))]
    words += ["--to", str(TODAY), "--expires", UNTIL, "--statement", "done"]
    code, told = say(OWNER, "attest", *words, "--attachment", str(file))
    number = told["number"]
    assert (code, told["state"], told["attested_by"]) == (Exit.DONE, "pending", OWNER)
    assert say(OWNER, "attest", "countersign", number)[0] == Exit.INCOMPLETE
    assert say(REVIEWER, "attest", "countersign", number)[1]["state"] == "standing"
    out = tmp_path / "again.txt"
    assert say(REVIEWER, "attest", "attachment", number, "--out", str(out))[0] == Exit.DONE
    assert out.read_bytes() == b"minutes"
    assert say(REVIEWER, "attest", "sample")[1]["attestations"] == []
    words = ["reexamine", number, "--refuted", "--finding", "no"]
    assert say("xu.wenbin", "attest", *words)[0] == Exit.USAGE
    assert say(OWNER, "attest", "withdraw", number, "--why", "wrong")[1]["state"] == "withdrawn"
    assert main(["attest", "list", "--estate", BANK, "--lang", "zh"]) == Exit.DONE
    assert main(["attest", "show", number, "--estate", BANK, "--lang", "zh"]) == Exit.DONE
    assert "已撤回" in capsys.readouterr().out


def test_a_claim_and_a_signature_are_of_whoever_is_at_the_terminal(say):
    code, told = say(OWNER, "record", "claim", BROKEN, "--share", "0.9")
    assert (code, len(told["id"])) == (Exit.DONE, 32)
    words = ["record", "not-applicable", "zt36/3-3", "--reason", "none", "--expires", UNTIL]
    signed = say(OWNER, *words)[1]["id"]
    assert say(OWNER, "record", "countersign", signed)[0] == Exit.BAD_INPUT
    assert say(REVIEWER, "record", "countersign", signed)[0] == Exit.DONE


@pytest.mark.parametrize("verb", ["exception", "attest"])
def test_an_attachment_that_is_not_there(verb, say):
    code, _told = say(OWNER, verb, "show", "none")
    assert code == Exit.USAGE
    assert not Path("none").exists()
