"""What people wrote wrongly is told with its file, line or path."""

from dataclasses import dataclass

import pytest

from panshi.errors import BadInputError
from panshi.observe.reading.settings_files import read_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    name: str
    many: int = 1


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.yaml", "name: x\nmany: ]\n", "at line 2, column"),
        ("a.toml", 'name = "x"\nmany = = 2\n', "at line 2, column"),
        ("a.json", '{"name": "x", "many": "two"}', "`$.many`"),
        ("a.yaml", "name: x\nmnay: 2\n", "unknown key 'mnay'"),
        ("a.yaml", "name: &a x\nmany: 2\n", "reference"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path, name, text, problem):
    path = tmp_path / name
    path.write_text(text)

    with pytest.raises(BadInputError) as refused:
        read_settings(path, Wish)

    assert problem in refused.value.problem
    assert refused.value.place.startswith(str(path))
    assert "\n" not in str(refused.value)
