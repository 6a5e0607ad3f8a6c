"""A kept model comes back as it was; what is damaged or runs is refused."""

import numpy as np
import pytest

from panshi.errors import StoreError
from panshi.store.technique_models import KeptModel, TechniqueModels


def kept(about=b'{"a":1}'):
    return KeptModel(
        about=about,
        names=("one", "two three"),
        weights=np.arange(6, dtype=np.int8).reshape(2, 3),
        numbers={"rarity": np.ones(2, dtype=np.float32)},
    )


def test_it_comes_back_and_the_newest_is_in_force(tmp_path):
    models = TechniqueModels(tmp_path / "models")
    assert models.current() is None
    assert models.edition() == 0

    models.keep(kept())
    models.keep(kept(b'{"a":2}'))

    back = models.current()
    assert back.about == b'{"a":2}'
    assert back.names == ("one", "two three")
    assert np.array_equal(back.weights, kept().weights)
    assert [each.name for each in models.folder.iterdir() if each.is_dir()] == [
        models.folder.joinpath("current").read_text()
    ]


@pytest.mark.parametrize("name", ["weights.npy", "numbers.npz", "names.txt", "about.json"])
def test_a_missing_part_is_told_with_what_to_do(tmp_path, name):
    models = TechniqueModels(tmp_path)
    models.keep(kept())
    (tmp_path / (tmp_path / "current").read_text() / name).unlink()

    with pytest.raises(StoreError, match="panshi soc learn"):
        models.current()


def test_a_pickle_is_refused(tmp_path):
    models = TechniqueModels(tmp_path)
    models.keep(kept())
    hostile = np.array([{"run": "me"}], dtype=object)
    folder = tmp_path / (tmp_path / "current").read_text()
    np.save(folder / "weights.npy", hostile, allow_pickle=True)

    with pytest.raises(StoreError):
        models.current()


def test_a_pointer_elsewhere_is_refused(tmp_path):
    (tmp_path / "current").write_text("../../elsewhere")

    with pytest.raises(StoreError, match="names no model"):
        TechniqueModels(tmp_path).current()
