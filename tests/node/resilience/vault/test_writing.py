"""What goes wrong in a place's own thread is never swallowed."""

import pytest

from panshi.errors import StoreError
from panshi.node.resilience.vault.restoring import verify
from panshi.store.vault.directory import DirectoryPlace
from tests.node.resilience.vault.conftest import founded


@pytest.fixture
def little(tmp_path):
    return founded(tmp_path, [str(tmp_path / f"place-{n}") for n in range(6)], noise=100_000)


def fail_at(monkeypatch, places):
    """Let writing fragments fail at some places in a way no place is meant to."""
    put = DirectoryPlace.put

    def failing(self, name, parts):
        if name.startswith("f/") and self.label in places:
            raise MemoryError("no memory")
        return put(self, name, parts)

    monkeypatch.setattr(DirectoryPlace, "put", failing)


def test_a_place_whose_thread_fails_is_named_as_absent(little, monkeypatch):
    fail_at(monkeypatch, little.places[1:2])

    sealed = little.seal()

    assert sealed.absent == (little.places[1],)
    with little.open(1, 5) as vault:
        assert verify(vault, little.keys(vault)).files


def test_too_many_such_places_acknowledge_nothing(little, monkeypatch):
    fail_at(monkeypatch, little.places[1:4])

    with pytest.raises(StoreError, match="MemoryError: no memory"):
        little.seal()

    with little.open() as vault:
        assert vault.head.kind == "keys"
