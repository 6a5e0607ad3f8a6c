"""The command line: every verb answers, exit codes mean what they say, JSON is one value."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from panshi.cli.exit_codes import Exit
from panshi.cli.main import VERBS, main
from panshi.cli.output import percent, table


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PANSHI_LANG", "en")
    return tmp_path / "home"


def call(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(words)
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_the_table_is_a_module_that_declares_and_runs(verb: str) -> None:
    module = importlib.import_module(f"panshi.cli.verbs.{verb.replace('-', '_')}")
    assert callable(module.arguments)
    assert callable(module.run)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    assert f"panshi {verb}" in capsys.readouterr().out


def test_help_imports_nothing_but_the_parser() -> None:
    # Given a fresh interpreter, when help is asked for, then no heavy room was imported.
    probe = (
        "import sys, contextlib, io\n"
        "from panshi.cli.main import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        "    main(['--help'])\n"
        "heavy = ('msgspec', 'yaml', 'django', 'lxml', 'sqlite3', 'inspect')\n"
        "print([m for m in heavy if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_keeps_to_the_width_of_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def lines(columns: str) -> list[str]:
        monkeypatch.setenv("COLUMNS", columns)
        with pytest.raises(SystemExit):
            main(["sbom", "--help"])
        return capsys.readouterr().out.splitlines()

    assert max(map(len, lines("60"))) <= 60
    assert 80 < max(map(len, lines("200"))) <= 200
    assert lines("nonsense") == lines("80")


def test_a_sub_verb_loads_no_other() -> None:
    # Given a fresh interpreter, when one sub-verb is asked, then it alone of its verb was loaded.
    probe = (
        "import sys, contextlib, io\n"
        "from panshi.cli.main import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        "    main(['sbom', 'match', '--help'])\n"
        "print(*(m for m in sys.modules if m == 'shutil' or '.verbs.supply_chain.' in m))\n"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["panshi.cli.verbs.supply_chain.match"]


def test_the_collector_runs_while_a_verb_does() -> None:
    # Given the command as it is installed, when a verb runs, then rings of objects are freed again
    probe = (
        "import gc, sys\n"
        "from panshi.cli import main\n"
        "from panshi.cli.verbs import framework\n"
        "framework.run = lambda *_: print(gc.isenabled(), gc.get_freeze_count() > 0) or 0\n"
        "sys.argv = ['panshi', 'framework', 'list']\n"
        "main.command()\n"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]


def test_an_unknown_verb_is_a_usage_error() -> None:
    assert main(["divine"]) == Exit.USAGE


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["assess", "--as-of", "garbage"], Exit.USAGE),
        (["assess", "--as-of", "2026-11-21T05:00"], Exit.USAGE),
        (["assess", "--nonsense"], Exit.USAGE),
        (["assess", "--gate", "I", "--framework", "emerging"], Exit.USAGE),
        (["evidence", "list", "--limit", "99999999999999999999"], Exit.USAGE),
        (["evidence", "verify", "/dev/zero"], Exit.BAD_INPUT),
        (["token", "make", "x", "--role", "ciso", "--days", "-5"], Exit.USAGE),
        (["serve", "--port", "99999999"], Exit.USAGE),
        (["serve", "--host", "nope.invalid"], Exit.INCOMPLETE),
    ],
)
def test_every_refusal_is_one_json_value_and_its_exit_code(
    words: list[str], code: Exit, capsys: pytest.CaptureFixture[str]
) -> None:
    found, out, err = call(capsys, *words, "--json")
    assert found == code
    assert json.loads(out)["error"]["problem"]
    assert err.startswith("panshi: ")
    assert "Traceback" not in err


@pytest.mark.usefixtures("home")
def test_an_id_that_is_not_in_the_log_is_not_left_out_in_silence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    imported(capsys, tmp_path)
    code, _out, err = call(capsys, "assess", "--without", "deadbeef")
    assert code == Exit.USAGE
    assert "deadbeef" in err


def test_init_makes_a_home_and_says_its_key(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _err = call(capsys, "init", "--json")
    answer = json.loads(out)
    assert code == Exit.DONE
    assert answer["observations"] == 0
    assert answer["verifier_key"]
    assert home.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("home")
def test_an_unknown_framework_names_the_ones_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "assess", "--framework", "iso", "--json")
    assert code == Exit.USAGE
    assert json.loads(out)["error"]["problem"]
    assert "zt36" in err


@pytest.mark.usefixtures("home")
def test_a_file_that_is_not_what_it_says_is_bad_input_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a truncated file, when it is observed, then exit 3, the place is named, nothing is kept.
    broken = tmp_path / "broken.xml"
    broken.write_text("<nmaprun><host>", encoding="utf-8")
    assert call(capsys, "init")[0] == Exit.DONE
    code, _out, err = call(capsys, "observe", "nmap", str(broken))
    assert code == Exit.BAD_INPUT
    assert "broken.xml" in err
    _code, out, _err = call(capsys, "evidence", "list", "--kind", "network.host/1", "--json")
    assert json.loads(out) == []


def test_a_home_that_cannot_be_written_is_said_plainly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("not a directory", encoding="utf-8")
    monkeypatch.setenv("PANSHI_HOME", str(occupied / "home"))
    code, _out, err = call(capsys, "init")
    assert code == Exit.INCOMPLETE
    assert "PANSHI_HOME" in err


def imported(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    estate = tmp_path / "estate.yaml"
    estate.write_text(ESTATE, encoding="utf-8")
    done = call(capsys, "estate", "import", str(estate), "--estate", "small", "--commit")
    assert done[0] == Exit.DONE, done


ESTATE = """
panshi_estate: 1
name_zh: 小型銀行
name_en: Small bank
assets:
  - {id: "institution:small", name: 小型銀行, attributes: {sector: bank}}
"""


def test_an_entry_point_runs_as_a_module(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "panshi", "--version"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PANSHI_HOME": str(home)},
    )
    assert done.stdout.startswith("panshi ")


def test_columns_line_up_with_han_characters() -> None:
    lines = list(table(("名稱", "n"), (("磐石", 1), ("ab", 2))))
    assert lines == ["名稱  n", "磐石  1", "ab    2"]


def test_what_is_unknown_is_never_printed_as_zero() -> None:
    assert percent(None) == "–"
    assert percent(0.0) == "0.0%"
