"""`panshi secure-dev`: a release is verified anywhere, systems are judged, steps take two."""

import json
import re

import pytest

from panshi.cli.exit_codes import Exit
from panshi.cli.main import main
from panshi.node.home import Home
from tests.simulators import builds
from tests.web.small_bank import BANK, SYSTEMS, open_small_bank

KEY = builds.ed25519()


@pytest.fixture
def delivered(tmp_path):
    """A wheel, its attestation and the public key."""
    wheel = tmp_path / "thing.whl"
    wheel.write_bytes(b"wheel")
    statement = builds.slsa_1((wheel.name, builds.digest_of(b"wheel")))
    (tmp_path / "a.intoto.jsonl").write_text(json.dumps(builds.envelope(statement, KEY)))
    (tmp_path / "key.pem").write_bytes(builds.public_pem(KEY))
    (tmp_path / "other.pem").write_bytes(builds.public_pem(builds.ed25519(5)))
    return tmp_path


@pytest.fixture
def say(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "home"))

    def run(*words, who="chen"):
        monkeypatch.setenv("LOGNAME", who)
        capsys.readouterr()
        code = main(["secure-dev", *map(str, words), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_a_release_is_verified_without_a_home(delivered, say, tmp_path):
    code, answer = say(
        "verify", delivered / "a.intoto.jsonl", "--key", delivered / "key.pem",
        "--builder", builds.BUILDER, "--artifact", delivered / "thing.whl",
    )  # fmt: skip

    assert (code, answer["ok"], answer["builder_compared"]) == (Exit.DONE, True, True)
    assert answer["statements"][0]["state"] == "verified"
    assert [each["proven"] for each in answer["artifacts"]] == [True]
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (["--key", "other.pem"], "untrusted"),
        (["--key", "key.pem", "--builder", "https://elsewhere"], "wrong_builder"),
        (["--key", "key.pem", "--artifact", "key.pem"], "other_artifact"),
    ],
)
def test_what_does_not_hold_ends_with_one(delivered, say, words, state):
    words = [delivered / each if each.endswith(".pem") else each for each in words]

    code, answer = say("verify", delivered / "a.intoto.jsonl", *words)

    assert (code, answer["ok"]) == (Exit.NOT_GOOD_ENOUGH, False)
    assert answer["statements"][0]["state"] == state


def test_an_altered_artefact_is_not_proven(delivered, say):
    (delivered / "thing.whl").write_bytes(b"wheel with something in it")

    code, _ = say(
        "verify", delivered / "a.intoto.jsonl", "--key", delivered / "key.pem",
        "--artifact", delivered / "thing.whl",
    )  # fmt: skip

    assert code == Exit.NOT_GOOD_ENOUGH


def test_a_file_that_is_no_attestation_is_bad_input(delivered, say):
    code, answer = say("verify", delivered / "key.pem", "--key", delivered / "key.pem")

    assert code == Exit.BAD_INPUT
    assert answer["error"]["place"]


def test_a_key_takes_two_people_and_then_verifies_from_the_home(delivered, say, tmp_path):
    with open_small_bank(Home(path=tmp_path / "home")):
        pass
    path = delivered / "a.intoto.jsonl"
    code, keys = say(
        "trust", "propose", delivered / "key.pem", "--name", "CI", "--builder", builds.BUILDER,
        "--estate", BANK,
    )  # fmt: skip
    key_id = keys[0]["id"]

    assert (code, keys[0]["state"]) == (Exit.DONE, "proposed")
    assert say("verify", path)[0] == Exit.NOT_GOOD_ENOUGH
    assert say("trust", "approve", key_id, "--estate", BANK)[0] == Exit.INCOMPLETE
    assert say("trust", "approve", key_id, "--estate", BANK, who="lin")[1][0]["state"] == "trusted"
    assert say("verify", path)[0] == Exit.DONE
    say("trust", "revoke", key_id, "--why", "leaked", "--estate", BANK)
    assert say("verify", path)[0] == Exit.NOT_GOOD_ENOUGH


def test_every_system_and_one(say, tmp_path):
    with open_small_bank(Home(path=tmp_path / "home")):
        pass

    assert say("assess", "--all", "--estate", BANK)[1]["systems"] == 3
    code, one = say("show", SYSTEMS[0], "--estate", BANK)
    assert (code, one["releases"][0]["ssdf"]["evidenced"]) == (Exit.DONE, 0.0)
    assert say("show", "system:nobody", "--estate", BANK)[0] == Exit.USAGE


@pytest.mark.parametrize("language", ["en", "zh"])
def test_lines_for_people(say, tmp_path, capsys, language):
    with open_small_bank(Home(path=tmp_path / "home")):
        pass
    say("assess")
    for words in (["assess", "--all"], ["show", SYSTEMS[0], "--practices"], ["trust", "list"]):
        assert main(["secure-dev", *words, "--lang", language]) == Exit.DONE
        chinese = re.search(r"[\u4e00-\u9fff]", capsys.readouterr().out.splitlines()[0])
        assert bool(chinese) == (language == "zh" or words[0] == "show")
