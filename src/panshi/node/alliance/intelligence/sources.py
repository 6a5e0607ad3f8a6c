"""From where intelligence is pulled: TAXII servers, each with a letter of reliability.

    place = add_source(node, "https://hub.example/taxii2/", name="f-isac", actor=…)

Credentials rest in the home, readable by its owner only, and are never printed, sealed or logged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from panshi.errors import MissingError, UsageError
from panshi.model.alliance.pulled import SourcePlace
from panshi.model.bodies.intelligence import SOURCE, IntelligenceSource
from panshi.node.alliance.intelligence.content import worths
from panshi.node.alliance.intelligence.sealing import seal
from panshi.node.node import Node
from panshi.observe.feeds.exchange import checked_url, host_of
from panshi.store.pulled_intelligence import PulledIntelligence

NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,38}[a-z0-9])?")


def pulled(node: Node) -> PulledIntelligence:
    """Open what was pulled."""
    return PulledIntelligence(node.home.path)


def sources(node: Node) -> tuple[SourcePlace, ...]:
    """Give every source by name."""
    with pulled(node) as store:
        return store.sources()


def source(node: Node, name: str) -> SourcePlace:
    """Give one source."""
    found = next((each for each in sources(node) if each.name == name), None)
    if found is None:
        raise MissingError(
            f"there is no source {name[:40]!r}",
            remedy="`panshi intel pull URL` adds one, `panshi intel sources` shows them",
        )
    return found


def keep_source(node: Node, place: SourcePlace, *, actor: str) -> SourcePlace:
    """Add a source or change it, and seal that it was done."""
    parts = checked_url(place.url)
    if not NAME.fullmatch(place.name):
        raise UsageError(
            f"{place.name[:40]!r} is no name of a source",
            remedy="letters a to z, digits, dots and hyphens; at most 40",
        )
    if place.reliability not in worths().letters:
        raise UsageError(
            f"{place.reliability[:10]!r} is no letter of reliability",
            remedy="A (completely reliable) to E (unreliable), or F (cannot be judged)",
        )
    with pulled(node) as store:
        known = next((each for each in store.sources() if each.name == place.name), None)
        if known == place:
            return place
        store.keep_source(place)
    body = IntelligenceSource(host=host_of(parts), reliability=place.reliability, by=actor)
    seal(node, SOURCE, body, facet=place.name, actor=actor)
    return place


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is newly said of a source; what is empty stays as it was."""

    name: str = ""
    reliability: str = ""
    collections: tuple[str, ...] = ()
    report_to: str = ""
    token: str = ""
    user: str = ""
    password: str = ""
    ca_file: str = ""


def source_of(node: Node, url: str, given: Given) -> SourcePlace:
    """Give the source an address is, with what is newly given; its host names a new one."""
    known = sources(node)
    wanted = (
        each for each in known if (each.name == given.name if given.name else each.url == url)
    )
    found = next(wanted, None) or _new(url, given.name, {each.name for each in known})
    return replace(
        found,
        url=url,
        reliability=given.reliability or found.reliability,
        collections=given.collections or found.collections,
        report_to=given.report_to or found.report_to,
        token=given.token or found.token,
        user=given.user or found.user,
        password=given.password or found.password,
        ca_file=given.ca_file or found.ca_file,
    )


def _new(url: str, name: str, taken: set[str]) -> SourcePlace:
    host = (urlsplit(url).hostname or "").lower()
    base = name or re.sub(r"[^a-z0-9.-]", "-", host)[:36].strip(".-") or "source"
    names = (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3)))
    return SourcePlace(name=next(each for each in names if each not in taken), url=url)


def forget_source(node: Node, name: str, *, actor: str) -> None:
    """Forget a source and everything that came from it."""
    place = source(node, name)
    with pulled(node) as store:
        store.forget_source(name)
    body = IntelligenceSource(
        host=host_of(checked_url(place.url)),
        reliability=place.reliability,
        by=actor,
        forgotten=True,
    )
    seal(node, SOURCE, body, facet=name, actor=actor)
