"""Watched places over the API: listed, looked at by those who may, refusals told."""

import json

import pytest

from tests.api.asking import ask


@pytest.fixture
def spool(node, tmp_path):
    folder = tmp_path / "spool"
    (folder / "incoming").mkdir(parents=True)
    (folder / "incoming" / "notes.txt").write_text("no evidence")
    path = node.home.path / "watch.toml"
    path.write_text(f'[[place]]\nname = "scans"\nfolder = "{folder}"\nsettle_seconds = 0\n')
    path.chmod(0o600)
    return folder


def token(node, role):
    return node.tokens.make(name=f"t-{role}", role=role, days=1, now=node.clock())


def answer(*asked, **more):
    status, _head, body = ask(*asked, **more)
    return status, json.loads(body)


@pytest.mark.usefixtures("spool")
def test_a_place_is_listed_looked_at_and_its_refusals_told(node):
    analyst = token(node, "analyst")
    [before] = answer("GET", "/watches", token=analyst)[1]
    assert (before["name"], before["waiting"], before["looked_at"]) == ("scans", 1, None)

    status, round_ = answer("POST", "/watches/scans/look", token=analyst)

    assert (status, round_["refused"], round_["observed"]) == (200, 1, 0)
    [after] = answer("GET", "/watches", token=analyst)[1]
    assert (after["waiting"], after["refused"], after["problem"]) == (0, 1, "")
    [refusal] = answer("GET", "/watches/refusals", token=analyst)[1]
    assert (refusal["file"], refusal["place"]) == ("notes.txt", "scans")
    assert node.log.get(refusal["id"]) is not None


@pytest.mark.usefixtures("spool")
def test_who_may_only_look_takes_nothing_in(node):
    audit = token(node, "internal_audit")

    assert answer("GET", "/watches", token=audit)[0] == 200
    assert answer("POST", "/watches/scans/look", token=audit)[0] == 403


def test_a_place_nobody_configured_is_missing(node):
    analyst = token(node, "analyst")

    assert answer("POST", "/watches/none/look", token=analyst)[0] == 404
    assert answer("GET", "/watches", token=analyst) == (200, [])
