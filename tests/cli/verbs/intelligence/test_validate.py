"""`panshi intel validate` as people call it."""

import json

import pytest

from panshi.cli.main import main
from tests.alliance.stix.samples import DOMAIN, RIGHT, domain, ref


def judged(capsys, path):
    code = main(["intel", "validate", str(path), "--json"])
    return code, json.loads(capsys.readouterr().out)["files"][0]


@pytest.mark.parametrize(
    ("value", "objects"),
    [
        ({"type": "bundle", "id": ref("bundle"), "objects": list(RIGHT)}, len(RIGHT)),
        ({"objects": list(DOMAIN)}, len(DOMAIN)),
        (list(DOMAIN[:2]), 2),
        (DOMAIN[0], 1),
        (DOMAIN[-2], 1),
    ],
)
def test_what_is_right_passes_the_gate(tmp_path, capsys, value, objects):
    file = tmp_path / "x.json"
    file.write_text(json.dumps(value))
    code, verdict = judged(capsys, file)
    assert (code, verdict["objects"], verdict["valid"]) == (0, objects, True)


def test_what_breaks_a_must_is_told_and_fails_the_gate(tmp_path, capsys):
    file = tmp_path / "x.json"
    wrong = domain("tool", name=5)
    file.write_text(json.dumps({"type": "bundle", "id": "bundle", "objects": [DOMAIN[0], wrong]}))
    code, verdict = judged(capsys, file)
    assert (code, verdict["flawed"]) == (1, 2)
    assert {each["id"] for each in verdict["flaws"]} == {"bundle", wrong["id"]}


@pytest.mark.parametrize("raw", [b"", b"{", b"5", b"\xff", b"[" * 100_000])
def test_what_is_no_json_of_objects_is_bad_input(tmp_path, capsys, raw):
    file = tmp_path / "x.json"
    file.write_bytes(raw)
    assert main(["intel", "validate", str(file), "--json"]) == 3
    assert main(["intel", "validate", str(tmp_path / "none")]) == 3
    assert "intel" not in capsys.readouterr().err.partition("\n")[0]
