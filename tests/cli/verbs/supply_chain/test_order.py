"""`panshi sbom order` at the terminal."""

from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace

import pytest

from panshi.cli.main import main


def _say(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text)))


def test_one_sign_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _say(monkeypatch, b"1.0rc1 1.0\n1.0 1.0.0\n2 1\n(devel) 1\n")
    assert main(["sbom", "order", "PyPI"]) == 0
    assert capsys.readouterr().out == "<\n=\n>\n?\n"


def test_json_names_the_pair(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _say(monkeypatch, b"v1.0.0 v1.1.0\n")
    assert main(["sbom", "order", "Go", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"left": "v1.0.0", "order": "<", "right": "v1.1.0"}
    ]


def test_an_unknown_ecosystem_is_a_usage_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _say(monkeypatch, b"1 2\n")
    assert main(["sbom", "order", "nowhere"]) == 2
    assert "no order is known" in capsys.readouterr().err
