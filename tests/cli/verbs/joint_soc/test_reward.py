"""`panshi soc reward` on a hub's home, without a server."""

import json

import pytest

from panshi.cli.main import main
from panshi.node.home import Home
from panshi.node.node import Node
from tests.node.alliance.members_at_hub import member_of, prepared
from tests.node.alliance.sharing import BANKS, shared_among


@pytest.fixture(autouse=True)
def lin(monkeypatch):
    monkeypatch.setenv("LOGNAME", "lin.wei")


@pytest.fixture
def shared(tmp_path, monkeypatch):
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path))
    with Node.open(Home(path=tmp_path)) as node:
        prepared(node)
        for each in BANKS:
            member_of(node, each)
        shared_among(node)


def answer(capsys, *arguments):
    code = main(["soc", "reward", *arguments, "--json", "--lang", "en"])
    told = capsys.readouterr().out
    return code, json.loads(told) if told else None


def said(capsys, *arguments):
    code = main(["soc", "reward", *arguments, "--lang", "en"])
    return code, capsys.readouterr().out


@pytest.mark.usefixtures("shared")
def test_the_standing_and_a_statement_say_who_earned_what_and_why(capsys):
    code, told = answer(capsys, "show")
    assert (code, told["members"][0]["member"], told["closed"]) == (0, BANKS[0], False)
    assert told["total"] == pytest.approx(told["members"][0]["earned"], abs=0.01)
    code, told = answer(capsys, "statement", BANKS[6])
    assert (code, told["points"]["points"], told["awards"][0]["why"]) == (0, 0, "known")
    # And in words the same
    code, text = said(capsys, "statement", BANKS[0])
    assert code == 0
    assert "domain:evil.example" in text
    assert "4 confirm it" in text
    assert BANKS[0] in said(capsys, "show")[1]


@pytest.mark.usefixtures("shared")
def test_an_appeal_is_corrected_by_two_people(capsys, monkeypatch):
    # Given an appeal and a proposal of one person
    before = answer(capsys, "show")[1]
    code, told = answer(capsys, "appeal", BANKS[0], before["period"], "--why", "漏計")
    number = told["appeals"][0]["number"]
    assert (code, told["appeals"][0]["raised_by"]) == (0, "lin.wei")
    assert answer(capsys, "propose", number, "5", "--why", "是")[0] == 0
    # When the same person confirms it, it is refused; when another does, it counts
    assert answer(capsys, "confirm", number, "--why", "是")[0] == 4
    assert answer(capsys, "show")[1]["members"] == before["members"]
    monkeypatch.setenv("LOGNAME", "chen.yiru")
    assert answer(capsys, "confirm", number, "--why", "核對過")[0] == 0
    assert answer(capsys, "show")[1]["members"][0]["corrections"] == 5
    assert number in said(capsys, "appeals")[1]


@pytest.mark.usefixtures("shared")
def test_a_ruling_takes_two_people(capsys, monkeypatch):
    code, told = answer(capsys, "rule", "domain", "evil.example", "--why", "seen in our lab")
    assert code == 0
    assert answer(capsys, "confirm", told["proposal"], "--why", "yes")[0] == 4
    monkeypatch.setenv("LOGNAME", "chen.yiru")
    assert answer(capsys, "confirm", told["proposal"], "--why", "yes")[0] == 0


@pytest.mark.usefixtures("shared")
def test_a_quarter_is_closed_once_and_only_when_it_is_over(capsys):
    running = answer(capsys, "show")[1]["period"]
    assert answer(capsys, "close", running)[0] == 2
    assert answer(capsys, "close", "2020Q1") == (0, {"statements": len(BANKS)})
    assert answer(capsys, "close", "2020Q1")[0] == 2
    assert answer(capsys, "show", "--quarter", "2020Q1")[1]["closed"]


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "--quarter", "soon"),
        ("statement", "nobody"),
        ("appeal", "nobody", "2026Q1", "--why", "x"),
        ("appeal", BANKS[0], "2026Q1", "--why", " "),
        ("confirm", "RA-1999-001", "--why", "x"),
        ("confirm", "nothing", "--why", "x"),
        ("simulate", "--ring", "unheard-of"),
    ],
)
def test_what_is_not_there_is_refused_and_nothing_is_sealed(capsys, arguments):
    assert answer(capsys, *arguments)[0] == 2
    assert answer(capsys, "appeals")[1] == {"appeals": []}


def test_the_simulation_is_called_one_and_needs_no_home(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "none"))
    asked = ("simulate", "--seeds", "1", "--honest", "20", "--ring", "open")
    code, told = answer(capsys, *asked)
    assert (code, told["synthetic"], len(told["strategies"])) == (0, True, 1)
    assert "none of it is real" in said(capsys, *asked)[1]
    assert not (tmp_path / "none").exists()
