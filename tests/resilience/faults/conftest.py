"""The published trees of the Aralia set."""

import json
import zipfile
from pathlib import Path

import pytest

from panshi.observe.open_psa.document import read_fault_trees

ARALIA = Path(__file__).parents[4] / "shared" / "data" / "aralia.zip"


@pytest.fixture(scope="session")
def aralia(tmp_path_factory):
    """Read a published tree by its name."""
    if not ARALIA.exists():
        pytest.skip("the published trees ../shared/data/aralia.zip are not here")
    folder = tmp_path_factory.mktemp("aralia")
    with zipfile.ZipFile(ARALIA) as bundle:
        bundle.extractall(folder)
    return lambda name: read_fault_trees(folder / f"{name}.xml").tree()


@pytest.fixture(scope="session")
def published():
    """What is published of each tree."""
    if not ARALIA.exists():
        return {}
    with zipfile.ZipFile(ARALIA) as bundle:
        return json.loads(bundle.read("expected.json"))
