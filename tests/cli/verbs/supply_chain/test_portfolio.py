"""`panshi sbom ingest|list|findings|affected|owners|forget|rebuild` at the terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from panshi.cli.exit_codes import Exit
from panshi.cli.main import main
from panshi.model.supply_chain.advisory import Advisory, Affected, AffectedRange
from panshi.node.home import Home
from panshi.node.supply_chain.advisories import open_advisories
from tests.web.small_bank import SYSTEMS, open_small_bank

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "CVE-2026-0042"
WEAK, SOUND = "pkg:pypi/inner@1.0", "pkg:pypi/inner@2.0"

type Asked = Callable[..., Any]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """A home with two systems, and a function that runs a verb and reads its JSON."""
    place = tmp_path / "home"
    monkeypatch.setenv("PANSHI_HOME", str(place))
    open_small_bank(Home(path=place)).close()
    with open_advisories(place) as store:
        events = (("introduced", "0"), ("fixed", "2"))
        affected = Affected("PyPI", "inner", ranges=(AffectedRange("ECOSYSTEM", events),))
        record = Advisory(NAME, affected=(affected,))
        store.apply([record], feed="test", at=datetime(2026, 8, 1, tzinfo=UTC))

    def asked(*words: str, code: Exit = Exit.DONE) -> Any:
        capsys.readouterr()
        assert main(["sbom", *map(str, words), "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return asked


def bill(folder: Path, name: str, *purls: str) -> Path:
    """Write a bill."""
    components = [{"type": "library", "name": "inner", "purl": each} for each in purls]
    path = folder / name
    path.write_text(
        json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components})
    )
    return path


def test_a_bill_goes_in_and_the_next_one_proves_the_repair(ask: Asked, tmp_path: Path):
    # Given a bill with a weak component
    day = ("--at", "2026-09-01T00:00:00Z")
    took = ask("ingest", bill(tmp_path, "one.json", WEAK), "--system", SYSTEMS[0], *day)
    assert [(each["system"], each["new"]) for each in took] == [(SYSTEMS[0], True)]
    # Then it is found, by system and by advisory, and its package is owned
    (found,) = ask("findings")["items"]
    assert (found["system"], found["purl"], found["status"]) == (SYSTEMS[0], WEAK, "affected")
    assert [each["system"] for each in ask("affected", NAME)] == [SYSTEMS[0]]
    assert SYSTEMS[0] in json.dumps(ask("owners", "PyPI/inner"))
    # When a newer bill lists the repaired release, then it is proven
    ask("ingest", bill(tmp_path, "two.json", SOUND), "--system", SYSTEMS[0])
    assert ask("findings")["items"] == []
    (gone,) = ask("findings", "--state", "gone")["items"]
    assert gone["fixed_at"]
    assert [each["stands"] for each in ask("list", SYSTEMS[0])].count(True) == 1
    # And making everything anew from the log says the same
    ask("rebuild")
    assert ask("findings", "--state", "gone")["items"] == [gone]
    # When it is forgotten, then no system has it any more
    ask("forget", SYSTEMS[0], "--why", "delivered for the wrong system")
    assert ask("findings", "--state", "all")["items"] == []


def test_a_table_says_which_file_is_for_which_system(ask: Asked, tmp_path: Path):
    for number in range(2):
        bill(tmp_path, f"{number}.json", WEAK)
    table = tmp_path / "map.csv"
    good = "".join(f"{i}.json,{SYSTEMS[i]}\n" for i in range(2))
    table.write_text(f"file,system\n0.json,system:none\n{good}9.json,{SYSTEMS[2]}\n")
    # When two lines of it are wrong, then they are named, and the others are taken
    *took, first, last = ask("ingest", "--map", table, code=Exit.BAD_INPUT)
    assert [each["system"] for each in took] == list(SYSTEMS[:2])
    assert "system:none" in first["error"]["problem"]
    assert last["file"].endswith("9.json")
    assert len(ask("affected", NAME)) == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("ingest", "nowhere.json", "--system", SYSTEMS[0]), Exit.BAD_INPUT),
        (("ingest", "{bill}", "--system", "system:none"), Exit.USAGE),
        (("findings", "--after", "no place"), Exit.BAD_INPUT),
        (("findings", "--status", "cheerful"), Exit.BAD_INPUT),
        (("forget", SYSTEMS[0], "--why", "there is none"), Exit.USAGE),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_changes(
    ask: Asked, tmp_path: Path, words: tuple[str, ...], code: Exit
):
    path = bill(tmp_path, "one.json", WEAK)
    said = ask(*(each.replace("{bill}", str(path)) for each in words), code=code)
    assert said["error"]["problem"]
    assert ask("list") == []
