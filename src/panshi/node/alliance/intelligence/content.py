"""How intelligence is weighed and what is allowed, read from content."""

from __future__ import annotations

from functools import cache
from ipaddress import ip_network

from panshi.alliance.intelligence.allow_list import AllowList, Ground, Network
from panshi.alliance.intelligence.worth import Curve, Letter, Scale, Worths
from panshi.governance.frameworks.reading import Part, parsed
from panshi.store import library

PERCENT = 100
PERMILLE = 1_000


@cache
def worths() -> Worths:
    """Give how intelligence is weighed."""
    name, raw = library.alliance("intelligence.yaml")
    return load_worths(raw, source=name)


@cache
def allow_list() -> AllowList:
    """Give what ships as allowed."""
    name, raw = library.alliance("allow_list.yaml")
    return load_allow_list(raw, source=name)


def load_worths(raw: bytes, *, source: str) -> Worths:
    """Read the content; ContentError names the line of what is wrong."""
    part = parsed(raw, source=source)
    keys = part.keys(
        required="version scales reliability unsaid sighting denial member kinds looked_for"
    )
    curves = [_curve(each) for each in keys["kinds"].items()]
    if "domain" not in {each.kind for each in curves}:
        raise keys["kinds"].refuse("kind domain is missing", "what has no curve takes it")
    return Worths(
        version=keys["version"].text(),
        curves={each.kind: each for each in curves},
        scales={each.id: each for each in map(_scale, keys["scales"].items())},
        letters={each.letter: each for each in map(_letter, keys["reliability"].items())},
        unsaid=keys["unsaid"].whole(low=0, high=PERCENT),
        sighting=keys["sighting"].whole(low=0, high=PERCENT),
        denial=keys["denial"].whole(low=0, high=PERCENT),
        member=keys["member"].text(),
        looked_for=keys["looked_for"].whole(low=0, high=PERCENT),
    )


def _curve(part: Part) -> Curve:
    keys = part.keys(required="kind prior lifetime_days speed_permille zh en")
    return Curve(
        kind=keys["kind"].text(),
        prior=keys["prior"].whole(low=1, high=PERCENT - 1) / PERCENT,
        lifetime_days=keys["lifetime_days"].whole(low=1, high=36_500),
        speed=keys["speed_permille"].whole(low=50, high=20 * PERMILLE) / PERMILLE,
        zh=keys["zh"].text(),
        en=keys["en"].text(),
    )


def _scale(part: Part) -> Scale:
    keys = part.keys(required="id title words")
    title = keys["title"].keys(required="zh en")
    pairs = getattr(keys["words"].node, "value", [])
    names = [Part(node=key, source=part.source).text() for key, _value in pairs]
    words = keys["words"].keys(required=" ".join(names))
    return Scale(
        id=keys["id"].text(),
        zh=title["zh"].text(),
        en=title["en"].text(),
        words={name: each.whole(low=0, high=PERCENT) for name, each in words.items()},
    )


def _letter(part: Part) -> Letter:
    keys = part.keys(required="letter zh en permille")
    return Letter(
        letter=keys["letter"].text(),
        zh=keys["zh"].text(),
        en=keys["en"].text(),
        share=keys["permille"].whole(low=0, high=PERMILLE) / PERMILLE,
    )


def load_allow_list(raw: bytes, *, source: str) -> AllowList:
    """Read the content; ContentError names the line of what is wrong."""
    keys = parsed(raw, source=source).keys(required="version lists")
    exact: dict[tuple[str, str], Ground] = {}
    below: dict[str, Ground] = {}
    networks: list[tuple[Network, Ground]] = []
    for part in keys["lists"].items():
        given = part.keys(required="id zh en", optional="networks domains digests below")
        ground = Ground(list=given["id"].text(), zh=given["zh"].text(), en=given["en"].text())
        for each in given["networks"].items() if "networks" in given else ():
            try:
                networks.append((ip_network(each.text()), ground))
            except ValueError as error:
                raise each.refuse(f"{each.text()!r} is no network") from error
        wide = "below" in given and given["below"].flag()
        for each in given["domains"].items() if "domains" in given else ():
            exact["domain", each.text()] = ground
            if wide:
                below[each.text()] = ground
        for each in given["digests"].items() if "digests" in given else ():
            kind = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}.get(len(each.text()))
            if kind is None:
                raise each.refuse("a digest of no known length")
            exact[kind, each.text()] = ground
    return AllowList(exact=exact, below=below, networks=tuple(networks))
