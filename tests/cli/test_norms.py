"""`panshi framework …` about norms: one JSON value, kept keys, exit codes."""

import json
from pathlib import Path

import pytest

from panshi.cli.main import main
from panshi.store import library


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PANSHI_LANG", "en")

    def run(*words):
        code = main(["framework", *words])
        said = capsys.readouterr().out
        return code, json.loads(said) if "--json" in words else said

    return run


@pytest.fixture
def next_version(tmp_path) -> Path:
    raw = dict(library.frameworks())["frameworks/actionplan.yaml"]
    path = tmp_path / "next.yaml"
    path.write_bytes(raw.replace(b'version: "2022-12-27"', b'version: "2027-01-01"'))
    assert path.read_bytes() != raw
    return path


def test_overlap_keeps_its_keys(call):
    code, pairs = call("overlap", "actionplan", "blueprint", "--json")
    assert code == 0
    assert {"a", "b", "relation", "score"} <= set(pairs[0])
    assert all(0 <= pair["score"] <= 1 for pair in pairs)
    first = [pair for pair in pairs if pair["a"] == pairs[0]["a"]]
    assert [pair["score"] for pair in first[:10]] == sorted(
        (pair["score"] for pair in first[:10]), reverse=True
    )


def test_overlap_reads_files_and_writes_oscal(call, next_version, tmp_path):
    out = tmp_path / "mapping.json"
    code, pairs = call("overlap", str(next_version), "blueprint", "--json", "--oscal", str(out))
    assert code == 0
    assert pairs
    assert "mapping-collection" in json.loads(out.read_bytes())


def test_gaps_and_plain_lines(call):
    assert set(call("overlap", "zt36", "blueprint", "--only", "gap", "--json")[1]) == {"a", "b"}
    code, text = call("overlap", "actionplan", "blueprint")
    assert code == 0
    assert "intersects-with" in text


def test_importing_comparing_trying_out(call, next_version):
    code, found = call("import", str(next_version), "--json")
    assert (code, found["version"], found["imported"]) == (0, "2027-01-01", True)
    code, versions = call("versions", "actionplan", "--json")
    assert [each["version"] for each in versions] == ["2022-12-27", "2027-01-01"]
    code, changed = call("diff", "actionplan", "actionplan@2027-01-01", "--json")
    assert (code, changed["changes"]) == (0, [])
    assert "0 clauses changed" in call("diff", "actionplan", "actionplan@2027-01-01")[1]
    assert "2027-01-01" in call("versions")[1]


def test_deciding(call):
    pair = ("actionplan/AP2-4-3-1", "blueprint/BP-22")
    code, _made = call("confirm", *pair, "--reason", "continued", "--json")
    assert code == 0
    decided = call("overlap", "actionplan", "blueprint", "--only", "decided", "--json")[1]
    assert [(each["a"], each["b"], each["state"]) for each in decided] == [
        ("AP2-4-3-1", "BP-22", "confirmed")
    ]
    call("withdraw", *pair, "--reason", "too early")
    assert call("overlap", "actionplan", "blueprint", "--only", "decided", "--json")[1] == []


def test_the_burden(call):
    code, found = call("burden", "emerging", "--json")
    assert code == 0
    assert found["clauses"] == 189
    assert found["covered"] == 0
    assert found["next"][0]["covered"] == len(found["next"][0]["adds"])
    assert "kinds of evidence" in call("burden")[1]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("overlap", "nothing", "zt36"), 2),
        (("import", "/nowhere.yaml"), 3),
        (("confirm", "zt36", "emerging/1", "--reason", "x"), 2),
        (("diff", "zt36", "zt36@1"), 2),
        (("versions", "nothing"), 2),
        (("impact", "nothing"), 2),
    ],
)
def test_what_does_not_exist_is_told(call, words, code):
    assert call(*words)[0] == code
