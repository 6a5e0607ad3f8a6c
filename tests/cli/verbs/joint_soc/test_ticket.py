"""`panshi soc ticket` on a hub's home, without a server."""

import json

import pytest

from panshi.cli.main import main
from panshi.node.alliance.tickets import accept_tickets
from panshi.node.home import Home
from panshi.node.node import Node
from tests.node.alliance.members_at_hub import member_of, prepared
from tests.simulators.tickets import spoken


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "hub"))
    with Node.open(Home(path=tmp_path / "hub")) as node:
        prepared(node)
        member_of(node, "bank-017")
        accept_tickets(node, "bank-017", [spoken("1"), spoken("2", severity="low")])
    return tmp_path


def answer(capsys, *arguments):
    code = main(["soc", "ticket", *arguments, "--json", "--lang", "en"])
    told = capsys.readouterr().out
    return code, json.loads(told) if told else None


@pytest.mark.usefixtures("home")
def test_what_a_hub_holds_is_listed_shown_and_verified(capsys):
    code, told = answer(capsys, "list", "--severity", "high")
    assert (code, [each["number"] for each in told["tickets"]]) == (0, ["1"])
    one = told["tickets"][0]["id"]
    assert answer(capsys, "show", one)[1][0]["number"] == "1"
    assert answer(capsys, "verify")[1] == {
        "versions": 2,
        "digest": told_digest(capsys),
        "damage": [],
    }
    assert answer(capsys, "show", one, "--form", "stix")[1]["type"] == "bundle"
    assert answer(capsys, "show", one, "--version", "9")[0] == 2
    assert answer(capsys, "show", "ticket--nowhere")[0] == 2


def told_digest(capsys):
    return answer(capsys, "verify")[1]["digest"]


def test_a_file_that_came_another_way_is_taken_in_for_a_member(home, capsys):
    path = home / "b.json"
    path.write_bytes(spoken("3"))
    code, told = answer(capsys, "import", str(path), "--member", "bank-017")
    assert (code, told["receipts"][0]["taking"]) == (0, "accepted")
    path.write_bytes(spoken("3", title="other"))
    assert answer(capsys, "import", str(path), "--member", "bank-017")[0] == 1
    assert answer(capsys, "import", str(path), "--member", "nobody")[0] == 2


def test_a_file_is_checked_and_a_template_written_without_a_home(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "none"))
    path = tmp_path / "a.json"
    path.write_bytes(spoken("1"))
    code, told = answer(capsys, "check", str(path))
    assert (code, told[0]["problem"]) == (0, "")
    path.write_bytes(spoken("1", severity="bad"))
    assert answer(capsys, "check", str(path))[0] == 1
    path.write_bytes(b"{")
    assert answer(capsys, "check", str(path))[0] == 3
    assert main(["soc", "ticket", "template", "--out", str(tmp_path / "t.xlsx")]) == 0
    assert answer(capsys, "check", str(tmp_path / "t.xlsx"))[0] == 3  # the example is no ticket
    assert answer(capsys, "schema")[1]["title"].startswith("Incident ticket")
    assert not (tmp_path / "none").exists()


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_people_are_told_in_lines(capsys, language):
    assert main(["soc", "ticket", "list", "--lang", language]) == 0
    assert "網銀伺服器可疑登入" in capsys.readouterr().out
    assert main(["soc", "ticket", "verify", "--lang", language]) == 0
    assert "2" in capsys.readouterr().out
