"""Places of feeds: checked, kept for their owner only, and how each fares."""

import stat

import pytest

from panshi.errors import BadInputError, StoreError
from panshi.store.feed_places import FILE, Fare, FeedPlace, FeedPlaces


def place(name="kev", **more):
    return FeedPlace(name=name, kind="kev", url="https://kev.example/kev.json", **more)


def test_a_place_is_kept_replaced_and_dropped(tmp_path):
    with FeedPlaces(tmp_path) as places:
        places.keep(place())
        places.keep(place(hosts=("cdn.example",), added_by="lin"))
        places.keep_fare("kev", Fare(problem="made up", failures=2))
    with FeedPlaces(tmp_path) as places:
        assert [each.hosts for each in places.places()] == [("cdn.example",)]
        assert places.fares()["kev"].failures == 2
        assert places.drop("kev")
        assert not places.drop("kev")
        assert (places.places(), places.fares()) == ((), {})


def test_settings(tmp_path):
    with FeedPlaces(tmp_path) as places:
        places.set("proxy", "http://proxy.example:3128")
        assert (places.setting("proxy"), places.setting("ca-file")) == (
            "http://proxy.example:3128",
            "",
        )


def test_the_file_belongs_to_its_owner(tmp_path):
    with FeedPlaces(tmp_path):
        assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "../x"},
        {"name": "osv/" + "x" * 100},
        {"hosts": ("not a host",)},
        {"every_seconds": 1},
        {"stale_after_hours": 0},
        {"max_mib": 100_000},
    ],
)
def test_what_cannot_be_asked_is_refused(wrong):
    with pytest.raises(BadInputError):
        place(**wrong)


def test_places_of_another_version_are_not_touched(tmp_path):
    with FeedPlaces(tmp_path) as places:
        places._raw.execute("PRAGMA user_version=9")
    with pytest.raises(StoreError, match="version 9"):
        FeedPlaces(tmp_path)
