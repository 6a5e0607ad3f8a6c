"""The vault's drills at the command line: a placement proven, a drill run, its history told."""

import json
from pathlib import Path

import pytest

from panshi.cli.main import main
from tests.simulators.vaulted import SYSTEM, drill_plan, vaulted_bank

EXAMPLES = Path(__file__).parents[4] / "docs" / "examples" / "vault"


def call(capsys, *words):
    code = main([*map(str, words), "--json"])
    return int(code), json.loads(capsys.readouterr().out)


def test_a_placement_is_proven_and_a_broken_one_ends_with_one(capsys, tmp_path):
    sound = EXAMPLES / "placement.toml"
    broken = tmp_path / "broken.toml"
    broken.write_text(sound.read_text().replace('country = "TW"', 'country = "US"', 1))

    assert call(capsys, "vault", "placement", sound, "--on", "2026-11-21")[0] == 0
    code, found = call(capsys, "vault", "placement", broken, "--on", "2026-11-21")

    assert (code, found["holds"]) == (1, False)
    assert main(["vault", "placement", str(broken), "--on", "2026-11-21", "--lang", "zh"]) == 1
    told = capsys.readouterr().out
    assert "反例：domestic-shards { taoyuan, taichung, kaohsiung," in told


@pytest.fixture
def bank(tmp_path, monkeypatch):
    with vaulted_bank(tmp_path) as made:
        (tmp_path / "papers").mkdir()
        (tmp_path / "papers" / "a.txt").write_text("契約")
        made.source(name="papers", kind="files", path=str(tmp_path / "papers"), asset=SYSTEM)
        drill_plan(made.home, "monthly", source="papers", every_days=30)
        (tmp_path / "shares.txt").write_text("\n".join(made.mnemonics[:3]))
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "home"))
    return tmp_path


def test_a_source_is_sealed_drilled_and_told(bank, capsys):
    # Given a sealed source
    code, (taken,) = call(capsys, "vault", "source", "seal", "papers")
    assert (code, taken["quarantined"]) == (0, False)

    # When it is drilled with three officers' shares
    code, done = call(capsys, "vault", "drill", "run", "monthly", "--shares", bank / "shares.txt")

    # Then it is on record, not due any more, and told
    assert (code, done["drill"]["passed"]) == (0, True)
    (state,) = call(capsys, "vault", "drill", "list")[1]
    assert (state["due"], state["passed"]) == (False, True)
    (told,) = call(capsys, "vault", "drill", "history", "--plan", "monthly")[1]
    assert told["snapshot"] == taken["snapshot"]
    (source,) = call(capsys, "vault", "source", "list")[1]
    assert source["snapshot"] == taken["snapshot"]


def test_any_place_or_layer_may_be_declared_lost_when_asked(bank, capsys):
    # Given a sealed source and a placement on record that tells each place's country
    call(capsys, "vault", "source", "seal", "papers")
    call(capsys, "vault", "placement", EXAMPLES / "placement.toml", "--seal")
    run = ("vault", "drill", "run", "monthly", "--shares", bank / "shares.txt", "--lost")

    # When a place is declared lost, then the others restore; with all abroad lost too, still
    code, done = call(capsys, *run, "taipei")
    assert (code, len(done["drill"]["places_used"])) == (0, 5)
    code, done = call(capsys, *run, "country=JP", "country=SG")
    assert (code, len(done["drill"]["places_used"])) == (0, 4)

    # When so much is lost that k is not reached, then it is sealed as failed and ends with one
    assert call(capsys, *run, "country=JP", "country=SG", "taipei")[0] == 1

    # And what is no place and no layer is told, and nothing is sealed
    for wrong in ("mars", "planet=mars", "zone="):
        assert main([str(each) for each in (*run, wrong)]) in {2, 3}
        assert wrong in capsys.readouterr().err
    assert len(call(capsys, "vault", "drill", "history")[1]) == 3


@pytest.mark.usefixtures("bank")
def test_a_switch_over_too_slow_is_sealed_as_failed(capsys):
    code, found = call(
        capsys, "vault", "drill", "switch-over", SYSTEM, "remote",
        "--minutes", 90, "--target", 60, "--held", "2026-11-01",
    )  # fmt: skip

    assert (code, found["passed"]) == (1, False)


@pytest.mark.usefixtures("bank")
def test_a_home_without_plans_says_so_and_nothing_due_is_told(bank, capsys):
    for each in (bank / "home" / "drills").iterdir():
        each.unlink()

    for words, told in (("list", "No drill plans"), ("due", "Nothing is due"), ("history", "No ")):
        assert main(["vault", "drill", words, "--lang", "en"]) == 0
        assert told in capsys.readouterr().out
