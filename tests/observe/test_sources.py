"""The registry names every observer, and loads one only when it is asked for."""

import subprocess
import sys

import pytest

from panshi.errors import UsageError
from panshi.model.bodies import KINDS
from panshi.observe.sources import SOURCES, TABLE, source


@pytest.mark.parametrize("name", SOURCES)
def test_every_observer_fulfils_the_port(name):
    observer = source(name)

    assert observer.name == name
    assert observer.title_zh
    assert observer.title_en
    assert set(observer.kinds) <= set(KINDS)
    assert isinstance(observer.needs_path, bool)
    assert callable(observer.observe)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(UsageError, match="choose one of: cyclonedx, spdx"):
        source("cyclonedy")


def test_nothing_is_loaded_before_it_is_used():
    loaded = (
        "import sys, panshi.observe.sources as s;"
        "print(len(s.SOURCES), [m for m in ('lxml', 'ijson', 'openpyxl') if m in sys.modules])"
    )

    said = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )

    assert said.stdout.strip() == f"{len(TABLE)} []"
