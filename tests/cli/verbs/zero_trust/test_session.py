"""Live sessions, signals and break-glass at the terminal."""

import asyncio
import json
import threading
import time

import pytest

from panshi.cli.main import main
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.zero_trust.trust_content import trust_model
from panshi.pdp.control import running, take_up
from panshi.pdp.live.routes import ROUTES
from panshi.pdp.point import DecisionPoint
from panshi.pdp.server import Server
from panshi.protection.cedar import EntityStore, Uid, compile_policies
from panshi.protection.zero_trust.sessions.nouns import Session
from tests.simulators.patience import PATIENCE


@pytest.fixture
def home(tmp_path, monkeypatch):
    place = tmp_path / "home"
    monkeypatch.setenv("PANSHI_HOME", str(place))
    with Node.open(Home(path=place)):
        pass
    return place


@pytest.fixture
def decision_point(home):
    """A decision point with one session, beside the terminal."""
    ready, done = threading.Event(), threading.Event()

    async def serve():
        point = DecisionPoint(
            policies=compile_policies("permit(principal, action, resource);", source="test"),
            entities=EntityStore.from_json([]),
            clock=time.time,
        )
        live = take_up(point, model=trust_model(), home=home)
        now = time.time()
        live.establish(
            Session(
                id="s-1", user=Uid("User", "amy"), assurance=3, established_at=now,
                expires_at=now + 600,
            )
        )  # fmt: skip
        server = Server(point, ROUTES)
        async with running(live, server, home):
            ready.set()
            await asyncio.to_thread(done.wait)
            await server.stop(0.1)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(PATIENCE)
    yield
    done.set()
    thread.join()


def test_the_model_is_shown_without_a_decision_point(capsys):
    assert main(["zt", "signal", "kinds"]) == 0
    assert "device.compliance" in capsys.readouterr().out


@pytest.mark.usefixtures("home")
def test_without_a_decision_point_the_remedy_is_told(capsys):
    assert main(["zt", "session", "list"]) == 4
    assert "panshi zt serve" in capsys.readouterr().err


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    "arguments",
    [
        ["session", "end"],
        ["session", "end", "s-1", "--user", "amy"],
        ["signal", "send", "account", "disabled", "planet:x"],
        ["break-glass", "request", "amy", "--why", "core is down", "--minutes", "9999"],
    ],
)
def test_what_makes_no_sense_is_refused(arguments):
    assert main(["zt", *arguments]) == 2


@pytest.mark.slow
@pytest.mark.usefixtures("decision_point")
def test_a_session_is_seen_explained_and_ended(capsys):
    # Given a session that is live
    assert main(["zt", "session", "list", "--lang", "zh"]) == 0
    assert "1 個工作階段" in capsys.readouterr().out

    # When something is held against its user
    main(["zt", "signal", "send", "account", "disabled", "user:amy", "--json"])
    assert json.loads(capsys.readouterr().out)["orders"] == 0

    # Then the explanation says so, and it can be ended, once
    main(["zt", "session", "show", "s-1", "--json"])
    shown = json.loads(capsys.readouterr().out)
    assert shown["unfavourable"] == ["account"]
    assert shown["level"] < 5
    assert main(["zt", "session", "end", "s-1"]) == 0
    assert main(["zt", "session", "end", "s-1"]) == 2


@pytest.mark.slow
@pytest.mark.usefixtures("decision_point")
def test_nobody_approves_their_own_break_glass(capsys):
    assert main(["zt", "break-glass", "request", "amy", "--why", "core is down", "--json"]) == 0
    name = json.loads(capsys.readouterr().out)["grant"]["id"]

    assert main(["zt", "break-glass", "approve", name]) == 4
    assert "two people" in capsys.readouterr().err
    assert main(["zt", "break-glass", "end", name]) == 0
    assert main(["zt", "break-glass", "list"]) == 0
    assert name in capsys.readouterr().out
