"""Whatever file an observer is given: exit 3 with the place, and log and estates untouched."""

import json
from pathlib import Path

import pytest

from panshi.cli.exit_codes import Exit
from panshi.cli.main import main
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.observe.sources import SOURCES

FILES = {name: SOURCES[name] for name in SOURCES if SOURCES[name].needs_path}
DEEP = 200_000
GIBIBYTE = 1 << 30

HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "binary": bytes(range(256)) * 64,
    "truncated-json": b'{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"na',
    "truncated-xml": b'<?xml version="1.0"?><nmaprun scanner="nmap"><host><status state="up"/>',
    "deep-json": b"[" * DEEP,
    "deep-object": b'{"a":' * DEEP,
    "deep-xml": b"<a>" * DEEP,
    "entities": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    b"<nmaprun>&b;</nmaprun>",
    "outside-file": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    b"<nmaprun>&f;</nmaprun>",
    "other-json": b'{"hello": "world"}',
    "other-xml": b"<html><body>hello</body></html>",
    "formula": b"subject,observed_at,course\n=cmd|' /C calc'!A0,2026-01-01,x\n",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "home"))
    made = Home(path=tmp_path / "home")
    Node.open(made).close()
    return made


def observed(source: str, path: Path, home: Home, capsys: pytest.CaptureFixture[str]) -> str:
    """Observe a file that must be refused; give what was said."""
    capsys.readouterr()
    code = main(["observe", source, str(path), "--subject", "system:x", "--json"])
    said = capsys.readouterr()
    assert code == Exit.BAD_INPUT, (code, said)
    assert path.name in said.err
    assert json.loads(said.out)["error"]["place"]
    with Node.open(home) as node:
        assert node.log.size() == 0
        assert node.estate_ids() == ()
    return said.err


@pytest.mark.parametrize("source", FILES)
@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused(
    source: str, case: str, home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"{case}{FILES[source].suffixes[0]}"
    path.write_bytes(HOSTILE[case])
    observed(source, path, home, capsys)


@pytest.mark.parametrize("source", FILES)
def test_a_file_of_a_gibibyte_is_refused_before_it_is_read(
    source: str, home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"huge{FILES[source].suffixes[0]}"
    with path.open("wb") as file:
        file.truncate(GIBIBYTE)
    assert "bytes" in observed(source, path, home, capsys)


@pytest.mark.parametrize("source", FILES)
def test_a_file_that_is_not_there_is_said_plainly(
    source: str, home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    observed(source, tmp_path / f"missing{FILES[source].suffixes[0]}", home, capsys)
