"""`panshi soc campaigns` on a hub's home: one truth about who has a campaign."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from panshi.cli.main import main
from panshi.errors import ForbiddenError
from panshi.model.alliance.ticket import Observable, Ticket
from panshi.model.bodies.soc_desk import DeskStep
from panshi.node.accounts import accounts
from panshi.node.alliance import desk
from panshi.node.alliance.campaigns import CampaignsWanted, campaigns_listed
from panshi.node.alliance.correlating import correlate
from panshi.node.alliance.tickets import accept_tickets
from panshi.node.home import Home
from panshi.node.node import Node
from tests.node.alliance.members_at_hub import prepared

NOW = datetime.now(UTC)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A hub with two campaigns of three tickets each; lin.wei is at the terminal."""
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path))
    monkeypatch.setenv("LOGNAME", "lin.wei")
    with open_hub(tmp_path) as node:
        prepared(node)
        for number in range(6):
            name = "evil-a.example.net" if number < 3 else "bad-b.example.org"
            told = Ticket(
                number=f"N{number}",
                title="通報",
                reported_at=NOW,
                occurred_at=NOW - timedelta(days=9 - number),
                indicators=(
                    Observable(kind="domain", value=name),
                    Observable(kind="sha256", value=("a1" if number < 3 else "b2") * 32),
                ),
            )
            accept_tickets(node, f"bank-{number}", (told,))
        correlate(node)
    return tmp_path


def open_hub(home):
    return Node.open(Home(path=home))


@pytest.fixture
def wu():
    """An account at the hub's console."""
    if accounts().find("wu.analyst") is None:
        accounts().invite("wu.analyst", ["analyst"])
    return "wu.analyst"


def answer(capsys, *arguments):
    code = main(["soc", "campaigns", *arguments, "--json", "--lang", "en"])
    told = capsys.readouterr().out
    return code, json.loads(told) if told else None


def at_the_desk(home, owner):
    """Give the numbers of the campaigns that somebody has, as the console lists them."""
    with open_hub(home) as node:
        page = campaigns_listed(node, CampaignsWanted(owner=owner))
        return sorted(each.number for each in page.rows)


def test_what_is_taken_at_the_terminal_is_had_at_the_console(home, capsys):
    # When somebody takes a campaign under the own name
    code, told = answer(capsys, "assign", "C-0001", "lin.wei", "--why", "night shift")

    # Then list, detail and console name the same person
    assert (code, told) == (0, {"campaign": "C-0001", "owner": "lin.wei"})
    _, listed = answer(capsys, "list")
    assert {each["id"]: each["owner"] for each in listed["campaigns"]} == {
        "C-0001": "lin.wei",
        "C-0002": "",
    }
    assert at_the_desk(home, "lin.wei") == [1]
    # And at the console she has it already
    with open_hub(home) as node:
        taken = DeskStep(about=desk.about_campaign(1), doing="take", by="lin.wei")
        with pytest.raises(ForbiddenError, match="you have it already"):
            desk.take_step(node, taken)


def test_what_is_handed_over_at_either_door_is_gone_from_the_own_desk(home, capsys, wu):
    answer(capsys, "assign", "C-0001", "lin.wei", "--why", "night shift")
    assert answer(capsys, "assign", "C-0001", wu, "--why", "day shift")[1]["owner"] == wu
    assert (at_the_desk(home, "lin.wei"), at_the_desk(home, wu)) == ([], [1])
    # And what is given back at the console is nobody's at the terminal
    with open_hub(home) as node:
        back = DeskStep(about=desk.about_campaign(1), doing="release", by=wu)
        desk.take_step(node, back)
    assert answer(capsys, "show", "C-0001")[1]["campaign"]["owner"] == ""


def test_a_campaign_that_was_merged_is_had_with_the_one_it_went_into(home, capsys):
    answer(capsys, "merge", "C-0001", "C-0002", "--why", "same loader")
    code, told = answer(capsys, "assign", "C-0002", "lin.wei", "--why", "mine")
    assert (code, told) == (0, {"campaign": "C-0001", "owner": "lin.wei"})
    assert at_the_desk(home, "lin.wei") == [1]


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        (("C-0001", "nobody.here", "--why", "x"), 2),
        (("C-0001", "wu.analyst", "--why", " "), 4),
        (("C-4711", "lin.wei", "--why", "x"), 2),
        (("first", "lin.wei", "--why", "x"), 2),
    ],
)
@pytest.mark.usefixtures("wu")
def test_nothing_is_handed_to_nobody_nor_without_a_word(home, capsys, arguments, refused):
    assert answer(capsys, "assign", *arguments)[0] == refused
    assert at_the_desk(home, desk.NOBODY) == [1, 2]


def test_a_node_that_is_no_hub_has_no_campaigns(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "bank"))
    open_hub(tmp_path / "bank").close()
    assert answer(capsys, "assign", "C-0001", "lin.wei", "--why", "x")[0] == 2
    assert not list(tmp_path.rglob("campaigns.sqlite3"))
