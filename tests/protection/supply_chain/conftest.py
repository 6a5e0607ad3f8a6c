"""Published test vectors, and the few of them that are not followed, each with its reason."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DATA = HERE.parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def exceptions() -> dict[str, dict[str, dict[str, str]]]:
    """Suite → file → vector → reason."""
    return json.loads((HERE / "exceptions.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def vectors() -> Callable[[str], dict[str, str]]:
    """Read a set of vectors: name of the file → its text."""

    def read(name: str) -> dict[str, str]:
        path = DATA / name
        if not path.exists():
            pytest.skip(f"the published vectors ../shared/data/{name} are not here")
        with zipfile.ZipFile(path) as bundle:
            return {
                member.rpartition("/")[2]: bundle.read(member).decode()
                for member in bundle.namelist()
                if not member.endswith("/")
            }

    return read
