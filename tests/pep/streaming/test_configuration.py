"""The file of the streaming enforcement point: strict, with file and line."""

import pytest

from panshi.cli.main import main
from panshi.errors import PanshiError
from panshi.pep.streaming.configuration import Narrowing, Proof, read_enforcement

GOOD = """
name: pep-1
decision_point: http://127.0.0.1:8421
web:
  - name: web
    bind: 127.0.0.1:0
    routes:
      - {path: /a/**, system: a, actions: {GET: read}, upstream: "http://127.0.0.1:1", grace_s: 0}
tcp:
  - name: raw
    bind: 127.0.0.1:0
    proof: preamble
    system: core
    narrowing: receive-only
    upstream: tcp://127.0.0.1:2
"""


def read(folder, text):
    file = folder / "enforce.yaml"
    file.write_text(text, "utf-8")
    return read_enforcement(file)


def test_a_plain_file_is_read(tmp_path):
    settings = read(tmp_path, GOOD)
    assert settings.web[0].behind["*/a/**"].grace_s == 0
    assert settings.tcp[0].proof is Proof.PREAMBLE
    assert settings.tcp[0].behind.narrowing is Narrowing.RECEIVE_ONLY
    assert settings.tcp[0].behind.grace_s == 10


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("name: pep-1", "name: Pep 1", 2),
        ("bind: 127.0.0.1:0", "bind: nowhere", 6),
        ("grace_s: 0", "grace_s: 99999", 8),
        ("http://127.0.0.1:1", "ftp://127.0.0.1:1", 8),
        ("http://127.0.0.1:1", "http://127.0.0.1:1/path", 8),
        ("proof: preamble", "proof: certificate", 12),
        ("proof: preamble", "proof: hope", 12),
        ("    bind: 127.0.0.1:0\n    proof", "    bind: 0.0.0.0:0\n    proof", 12),
        ("narrowing: receive-only", "narrowing: some", 14),
        ("GET: read", "TRACE: read", 8),
        ("/a/**", "/a/../b", 8),
        ("system: core", "system: core\n    colour: red", 14),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, old, new, line):
    assert old in GOOD
    with pytest.raises(PanshiError) as refused:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert refused.value.place == f"enforce.yaml:{line}"


def test_the_command_shows_what_it_read(tmp_path, capsys):
    file = tmp_path / "enforce.yaml"
    file.write_text(GOOD, "utf-8")
    assert main(["zt", "enforce", str(file), "--check", "--json"]) == 0
    assert '"system": "core"' in capsys.readouterr().out
    assert main(["zt", "enforce", str(tmp_path / "none.yaml"), "--check"]) == 3
