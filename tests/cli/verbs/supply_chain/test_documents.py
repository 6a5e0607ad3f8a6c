"""`panshi sbom check|show|diff|graph|generate|export` at the terminal."""

import gzip
import json
from pathlib import Path

import pytest

from panshi.cli.main import main
from panshi.observe.bom import open_bom

GOLDEN = Path(__file__).parents[3] / "golden"
OLD = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
    "metadata": {"component": {"type": "application", "name": "app", "bom-ref": "app"}},
    "components": [
        {
            "type": "library",
            "bom-ref": each,
            "name": each,
            "version": "1.0.0",
            "purl": f"pkg:npm/{each}@1.0.0",
        }
        for each in ("direct", "deep", "gone")
    ],
    "dependencies": [
        {"ref": "app", "dependsOn": ["direct", "gone"]},
        {"ref": "direct", "dependsOn": ["deep"]},
    ],
}


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "old.json"
    path.write_text(json.dumps(OLD))
    return path


@pytest.fixture
def said(capsys):
    def say(*words):
        code = main(["sbom", *map(str, words)])
        out = capsys.readouterr()
        return code, (json.loads(out.out) if "--json" in words and out.out else out.out), out.err

    return say


def test_check_judges_each_file_and_names_what_is_none(old, said, tmp_path):
    bad, none = tmp_path / "bad.json", tmp_path / "none.json"
    bad.write_text(json.dumps(OLD | {"components": [{"name": "x"}]}))
    none.write_text("{}")

    code, found, _ = said("check", old, bad, "--json")
    assert code == 0
    assert [each["valid"] for each in found] == [True, False]
    assert found[1]["schema"][0]["place"] == "/components/0"
    assert {each["profile"] for each in found[0]["quality"]["profiles"]} == {"ntia", "bsi"}

    code, text, error = said("check", old, none)
    assert code == 3
    assert f"{old}: CycloneDX 1.6, valid" in text
    assert str(none) in error


def test_the_gate_stops_what_is_invalid_old_or_poor(old, said, tmp_path):
    assert said("check", old, "--gate")[0] == 1  # undated
    dated = tmp_path / "dated.json"
    metadata = OLD["metadata"] | {"timestamp": "2026-01-01T00:00:00Z"}
    dated.write_text(json.dumps(OLD | {"metadata": metadata}))
    assert said("check", dated, "--gate", "--oldest", "36500")[0] == 0
    assert said("check", dated, "--gate", "--oldest", "1")[0] == 1
    assert said("check", dated, "--gate", "--oldest", "36500", "--least", "99")[0] == 1


def test_show_finds_components(old, said):
    code, found, _ = said("show", old, "--find", "deep", "--json")

    assert code == 0
    assert [each["purl"] for each in found["parts"]] == ["pkg:npm/deep@1.0.0"]
    assert found["about"]["subject"] == "app"
    assert "1 more" in said("show", old, "--limit", "2")[1]


def test_diff_tells_what_changed(old, said, tmp_path):
    new = tmp_path / "new.json"
    parts = [OLD["components"][0] | {"version": "1.1.0", "purl": "pkg:npm/direct@1.1.0"}]
    new.write_text(json.dumps(OLD | {"components": [*parts, OLD["components"][1]]}))

    code, found, _ = said("diff", old, new, "--json")

    assert code == 0
    assert [(each["kind"], each["package"]) for each in found["changes"]] == [
        ("up", "pkg:npm/direct"),
        ("removed", "pkg:npm/gone"),
    ]
    assert found["counts"]["up"] == 1
    assert said("diff", old, new)[1].startswith("removed 1, up 1; 1 unchanged")


def test_graph_answers_how_a_component_came_in(old, said):
    code, found, _ = said("graph", old, "--to", "deep", "--json")

    assert code == 0
    assert found["ways"] == [["app", "direct 1.0.0", "deep 1.0.0"]]
    assert found["pulled_in_by"] == ["direct 1.0.0"]
    assert said("graph", old, "--to", "nobody")[0] == 2
    assert "app → direct 1.0.0" in said("graph", old)[1]


def test_export_gives_the_bytes_or_tells_what_is_lost(old, said, tmp_path):
    out, packed = tmp_path / "out", tmp_path / "old.json.gz"
    packed.write_bytes(gzip.compress(old.read_bytes()))

    assert said("export", packed, "--output", out)[0] == 0
    assert out.read_bytes() == old.read_bytes()
    golden = GOLDEN / "cyclonedx" / "webshop-1.6.json"
    code, found, _ = said("export", golden, "--output", out, "--format", "spdx-json", "--json")
    assert code == 0
    assert found["lost"]
    assert open_bom(out).head.format == "SPDX"


def test_generate_repeats_itself_to_the_byte(said, tmp_path, monkeypatch):
    (tmp_path / "root/var/lib/dpkg").mkdir(parents=True)
    (tmp_path / "root/var/lib/dpkg/status").write_text(
        "Package: tar\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n"
    )
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")

    code, text, _ = said("generate", "--root", tmp_path / "root")

    assert code == 0
    assert json.loads(text)["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    assert said("generate", "--root", tmp_path / "root")[1] == text
    out = tmp_path / "own.xml"
    code, found, _ = said(
        *("generate", "--root", tmp_path / "root", "--format", "cyclonedx-xml"),
        *("--output", out, "--json"),
    )
    assert (code, found["components"]) == (0, 1)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert said("generate", "--root", tmp_path / "root")[0] == 2


def test_a_missing_file_is_bad_input(said, tmp_path):
    for verb in (["show"], ["graph"], ["export", "--output", tmp_path / "x"]):
        assert said(verb[0], tmp_path / "none", *verb[1:])[0] == 3
    assert not (tmp_path / "x").exists()
