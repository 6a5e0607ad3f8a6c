"""Controls are found by the names people write."""

from __future__ import annotations

import pytest

from panshi.governance.frameworks.load import load_framework
from panshi.governance.frameworks.naming import control_named
from panshi.store import library


@pytest.mark.parametrize(
    ("framework", "name", "control"),
    [
        ("zt36", "1-1", "1-1"),
        ("zt36", "1.1", "1-1"),
        ("zt36", "zt36/5.8", "5-8"),
        ("zt36", "１－２", "1-2"),
        ("blueprint", "bp-8", "BP-08"),
        ("emerging", "8.1（1）", "8.1(1)"),
        ("emerging", "4.1(3)1", "4.1(3)1"),
        ("actionplan", "ap2-1-1-1a", "AP2-1-1-1a"),
    ],
)
def test_other_spellings_find_the_control(framework, name, control):
    source, raw = library.framework(framework)
    found = control_named(load_framework(raw, source=source), name)
    assert found is not None
    assert found.id == control


@pytest.mark.parametrize("name", ["", "6-1", "1-1-1", "1"])
def test_what_fits_nothing_finds_nothing(name):
    source, raw = library.framework("zt36")
    assert control_named(load_framework(raw, source=source), name) is None


def test_spellings_never_mix_up_two_controls():
    # Given every packaged framework
    for source, raw in library.frameworks():
        framework = load_framework(raw, source=source)
        # Then each control is found under its own id
        for control in framework.controls:
            assert control_named(framework, control.id) is control
