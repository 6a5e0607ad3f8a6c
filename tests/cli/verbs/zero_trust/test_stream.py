"""`panshi zt stream`: feeds and receivers at the terminal, secrets shown once or never."""

import json

import pytest

from panshi.cli.main import main
from tests.simulators.transmitter import AUDIENCE, ISSUER, jwks


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PANSHI_LANG", "en")
    (tmp_path / "jwks.json").write_text(json.dumps(jwks()))
    (tmp_path / "token").write_text("s3cr3t-word\n")
    return tmp_path


@pytest.fixture
def said(home, capsys):
    def run(*arguments, code=0):
        assert main(["zt", "stream", *arguments]) == code
        return capsys.readouterr().out

    run("list")
    run.added = (
        "add", "idp", "--issuer", ISSUER, "--audience", AUDIENCE, "--jwks",
        str(home / "jwks.json"), "--bearer-file", str(home / "token"), "--json",
    )  # fmt: skip
    return run


def test_an_empty_node_says_so(said):
    assert "nobody is heard" in said("list")
    assert json.loads(said("list", "--json"))["feeds"] == []


def test_a_feed_is_added_paused_resumed_and_removed(said):
    found = json.loads(said(*said.added))
    assert (found["name"], found["health"], found["status"]) == ("idp", "new", "enabled")
    assert said("list", "--gate")
    paused = json.loads(said("pause", "idp", "--why", "upkeep", "--json"))
    assert paused == {"name": "idp", "status": "paused", "told": False}
    assert "1 of them blind (idp)" in said("list", "--gate", code=1)
    said("resume", "idp")
    shown = json.loads(said("show", "idp", "--json"))
    assert (shown["feed"]["status"], shown["arrivals"]) == ("enabled", [])
    assert "nothing outside is asked" in said("test", "idp")
    said("remove", "idp")
    said("show", "idp", code=2)


def test_no_secret_is_ever_printed(said):
    for arguments in (said.added, ("list", "--json"), ("show", "idp", "--json")):
        assert "s3cr3t" not in said(*arguments)


def test_a_feed_without_endpoint_cannot_be_verified(said):
    said(*said.added)
    said("verify", "idp", "--wait", "0", code=2)


def test_a_receiver_gets_a_secret_once(said):
    said("receiver", "beta", "--audience", "https://beta.example", code=2)
    said("issuer", "https://pdp.bank.example")
    found = json.loads(said("receiver", "beta", "--audience", "https://b.example", "--json"))
    assert found["client_id"] == "beta"
    assert len(found["client_secret"]) > 30
    assert found["client_secret"] not in said("list", "--json")
    assert json.loads(said("remove-receiver", "beta", "--json"))["streams"] == 0
    said("remove-receiver", "beta", code=2)


def test_keys_are_rotated_and_retired(said):
    first, second = (json.loads(said("rotate", "--json"))["name"] for _ in range(2))
    said("retire", second, code=4)
    said("retire", first)


def test_bad_input_is_refused_and_nothing_is_kept(said, home):
    (home / "bad").write_bytes(b"\xff\xfe")
    said("add", "x", "--issuer", ISSUER, "--audience", "a", "--jwks", str(home / "bad"), code=3)
    said("add", "x", "--issuer", ISSUER, "--audience", "a", "--jwks", str(home / "none"), code=3)
    said("add", "x", "--issuer", "http://evil.example", code=3)
    assert json.loads(said("list", "--json"))["feeds"] == []
