"""The packaged knowledge is found by name, in a stable order."""

from __future__ import annotations

import pytest

from panshi.errors import UsageError
from panshi.store import library


def test_the_four_frameworks_come_in_the_order_people_look_for_them():
    # When the packaged frameworks are listed
    names = [name for name, _ in library.frameworks()]
    # Then the zero-trust guide comes first and nothing is left out
    assert names[:4] == [
        "frameworks/zt36.yaml",
        "frameworks/blueprint.yaml",
        "frameworks/actionplan.yaml",
        "frameworks/emerging.yaml",
    ]


def test_a_framework_is_found_by_its_id():
    assert library.framework("zt36") == library.frameworks()[0]


def test_an_unknown_framework_names_those_there_are():
    with pytest.raises(UsageError, match="zt36, blueprint, actionplan, emerging"):
        library.framework("zt37")


def test_crosswalks_and_parameters_are_packaged():
    assert {name for name, _ in library.mappings()} >= {"crosswalks/zt36-emerging.yaml"}
    name, raw = library.parameters()
    assert name == "parameters.yaml"
    assert raw.startswith(b"#")
