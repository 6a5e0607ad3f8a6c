"""Official places and limits of feeds, read from the content file; odd ones refused by line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from panshi.errors import UsageError
from panshi.governance.frameworks.reading import Part, parsed
from panshi.observe.feeds.exchange import checked_url
from panshi.observe.feeds.records import Kind
from panshi.store import library
from panshi.store.feed_places import is_feed_name


@dataclass(frozen=True, slots=True, kw_only=True)
class KindOfFeed:
    """What holds for every feed of a kind unless its place says otherwise."""

    kind: Kind
    zh: str
    en: str
    stale_after_hours: int
    every_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialPlace:
    """Where a publisher offers its feed."""

    name: str
    kind: Kind
    url: str
    licence: str
    "What the publisher states for its data."
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedContent:
    """All of it."""

    version: str
    kinds: dict[Kind, KindOfFeed]
    places: dict[str, OfficialPlace]

    def official(self, name: str) -> OfficialPlace:
        """Give one official place, or say which there are."""
        found = self.places.get(name)
        if found is None:
            raise UsageError(
                f"no official place is called {name!r}",
                remedy="`panshi feeds list` shows them; name your own with --kind and --url",
            )
        return found


@cache
def feed_content() -> FeedContent:
    """Give the content that ships."""
    name, raw = library.supply_chain("feeds.yaml")
    return load_feed_content(raw, source=name)


def load_feed_content(raw: bytes, *, source: str) -> FeedContent:
    """Read it; ContentError names the line of what is wrong."""
    part = parsed(raw, source=source)
    keys = part.keys(required="version kinds places")
    kinds = {each.kind: each for each in map(_kind, keys["kinds"].items())}
    if missing := sorted(set(Kind) - kinds.keys()):
        raise keys["kinds"].refuse(f"kind {missing[0]} is missing", "state its limits")
    places: dict[str, OfficialPlace] = {}
    for item in keys["places"].items():
        place = _place(item)
        if place.name in places:
            raise item.refuse(f"place {place.name!r} stands twice", "keep one")
        places[place.name] = place
    return FeedContent(version=keys["version"].text(), kinds=kinds, places=places)


def _kind(part: Part) -> KindOfFeed:
    keys = part.keys(required="id zh en stale_after_hours every_seconds")
    return KindOfFeed(
        kind=keys["id"].word(Kind),
        zh=keys["zh"].text(),
        en=keys["en"].text(),
        stale_after_hours=keys["stale_after_hours"].whole(low=1, high=87_600),
        every_seconds=keys["every_seconds"].whole(low=10, high=604_800),
    )


def _place(part: Part) -> OfficialPlace:
    keys = part.keys(required="name kind url licence zh en")
    place = OfficialPlace(
        name=keys["name"].text(),
        kind=keys["kind"].word(Kind),
        url=checked_url(keys["url"].text()).geturl(),
        licence=keys["licence"].text(),
        zh=keys["zh"].text(),
        en=keys["en"].text(),
    )
    if not is_feed_name(place.name):
        raise keys["name"].refuse(f"{place.name!r} is no name of a feed")
    if place.kind is Kind.OSV and not place.url.endswith("/"):
        raise keys["url"].refuse("the place of an ecosystem is a folder", "end it with /")
    return place
