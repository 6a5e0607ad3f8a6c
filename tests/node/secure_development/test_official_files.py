"""The official archives of ASVS 5.0 and SAMM 2 name exactly what the shipped catalogue numbers."""

from pathlib import Path

import pytest

from panshi.node.home import Home
from panshi.node.secure_development.catalogue import load_catalogue
from tests.web.small_bank import open_small_bank

DATA = Path(__file__).parents[4] / "shared" / "data"


@pytest.mark.data
@pytest.mark.parametrize(("name", "texts"), [("asvs-5.0.zip", 345), ("samm-2.zip", 90)])
def test_every_id_of_the_official_file_is_known_and_none_is_missing(name, texts, tmp_path):
    if not (DATA / name).exists():
        pytest.skip(f"{name} is not here")
    with open_small_bank(Home(path=tmp_path / "home")) as node:
        loaded = load_catalogue(node, DATA / name, actor="chen")

    assert (loaded.texts, loaded.unknown, loaded.missing) == (texts, (), ())
