"""`panshi vault …` from founding to new shares, as a person and as a machine would call it."""

import json

import pytest

from panshi.cli.main import main
from panshi.model.bodies.vault import SHARES
from tests.simulators.vaulted import vaulted_bank


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "home"))

    def call(*arguments, code=0):
        given = main(["vault", *map(str, arguments)])
        told = capsys.readouterr()
        assert given == code, told.err
        return told.out

    return call


def test_from_founding_to_new_shares(run, tmp_path):
    places = ["--places", *(tmp_path / f"place-{n}" for n in range(4)), "--k", "2"]
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "balances.csv").write_text("100,TWD\n" * 5_000)

    told = json.loads(run("init", *places, "--officers", "2/3", "--json"))
    assert (told["k"], told["n"], len(told["shares"])) == (2, 4, 3)
    shares = tmp_path / "shares"
    shares.write_text("\n".join(told["shares"][:2]))
    sealed = json.loads(run("seal", tmp_path / "core", *places, "--mark", "lsn=7", "--json"))
    assert sealed["files"] == 1
    assert sealed["source_bytes"] == 40_000

    run("restore", *places, "--shares", shares, "--into", tmp_path / "out")
    assert (tmp_path / "out/core/balances.csv").read_text() == "100,TWD\n" * 5_000
    whole = json.loads(run("verify", *places, "--shares", shares, "--json"))
    assert whole["read"]["marks"] == {"lsn": "7"}
    assert whole["damages"] == []

    # A damaged fragment fails the gate and is named; repair mends it
    path = next((tmp_path / "place-1").glob("f/*/*"))
    path.chmod(0o600)
    path.write_bytes(b"?")
    found = json.loads(run("scrub", *places, "--json", code=1))
    assert [each["place"] for each in found["damages"]] == [str(tmp_path / "place-1")]
    assert "修復" in run("scrub", *places, "--repair", "--lang", "zh")
    assert json.loads(run("scrub", *places, "--json"))["damages"] == []

    assert len(json.loads(run("list", *places, "--json"))["snapshots"]) == 1
    assert json.loads(run("prune", *places, "--json"))["released"] == []
    run("keys", "recipient", "--into", tmp_path / "heir")
    rotated = json.loads(
        run(
            "keys", "rotate", *places, "--shares", shares,
            "--recipient", f"heir={tmp_path / 'heir.pub'}", "--json",
        )
    )  # fmt: skip
    assert rotated["epoch"] == 2
    # The old shares open until the new ones were used
    run("verify", *places, "--shares", shares)
    run("keys", "confirm", *places, "--shares", shares, code=4)
    new = tmp_path / "new"
    new.write_text("\n".join(rotated["shares"][1:]))
    run("keys", "confirm", *places, "--shares", new)
    run("verify", *places, "--shares", shares, code=4)
    run("verify", *places, "--shares", new)
    run("verify", *places, "--recipient-key", tmp_path / "heir")


def test_new_shares_are_put_on_record_where_sources_are_sealed(tmp_path, monkeypatch, capsys):
    # Given the machine that seals the institution's sources
    with vaulted_bank(tmp_path) as bank:
        bank.source(name="papers", kind="files", path=str(tmp_path))
        monkeypatch.setenv("PANSHI_HOME", str(bank.home))
        old, new = tmp_path / "old.txt", tmp_path / "new.txt"
        old.write_text("\n".join(bank.mnemonics[:3]))

        def keys(act, shares):
            words = ["keys", act, "--places", *bank.places, "--shares", shares, "--json"]
            assert main(["vault", *map(str, words)]) == 0
            return json.loads(capsys.readouterr().out)

        # When shares are changed and confirmed
        new.write_text("\n".join(keys("rotate", old)["shares"][:3]))
        assert main(["vault", "list", "--lang", "en", "--places", *bank.places]) == 0
        assert "epoch 2 are not confirmed" in capsys.readouterr().out
        keys("confirm", new)
        # Then both are evidence
        told = [each.observation.body for each in bank.node.log.records(SHARES)]
        assert [(each.epoch, each.opening) for each in told] == [(2, 2), (2, 1)]


def test_shares_that_cannot_be_kept_change_nothing(run, tmp_path):
    places = ["--places", *(tmp_path / f"place-{n}" for n in range(4)), "--k", "2"]
    into = ["--shares-into", tmp_path / "shares"]
    run("init", *places, "--officers", "2/3", *into)
    before = {path.name: path.read_bytes() for path in (tmp_path / "shares").iterdir()}
    given = ["--shares", *(tmp_path / "shares" / f"share-{n}.txt" for n in (1, 2))]

    # The same folder is full of the old shares
    run("keys", "rotate", *places, *given, *into, code=2)

    assert {path.name: path.read_bytes() for path in (tmp_path / "shares").iterdir()} == before
    assert json.loads(run("list", *places, "--json"))["epochs"] == [1]
    # And a vault is not founded where its shares could not be kept
    run("init", "--places", *(tmp_path / f"other-{n}" for n in range(4)), "--k", "2", *into, code=2)
    run("init", "--places", *(tmp_path / f"other-{n}" for n in range(4)), "--k", "2")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["seal", "x", "--places", "/nowhere/a", "/nowhere/b"], 2),
        (["init", "--places", "ftp://a/b", "--k", "4"], 2),
        (["restore", "--places", "/nowhere/a", "--into", "out"], 2),
        (["init", "--places", "a", "b", "--k", "2"], 2),
    ],
)
def test_what_cannot_be_is_refused_in_words(run, tmp_path, monkeypatch, arguments, code):
    monkeypatch.chdir(tmp_path)
    run(*arguments, code=code)
    assert not (tmp_path / "a").exists()
