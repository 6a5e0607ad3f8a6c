"""Feeds as command line, API and console answer them; the same figures everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from panshi.node.node import Node
from panshi.node.supply_chain.feed_content import feed_content
from panshi.node.supply_chain.feed_reading import Taken
from panshi.node.supply_chain.feeds import FeedStanding, places_of, standings
from panshi.observe.feeds.records import LeftAlone

STATES_EN = {
    "fresh": "current",
    "stale": "out of date",
    "failing": "cannot be reached",
    "never": "never taken",
}
STATES_ZH = {"fresh": "最新", "stale": "逾期", "failing": "無法取得", "never": "尚未取得"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalAnswer:
    """A record that was not taken."""

    name: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenAnswer:
    """What a feed brought."""

    feed: str
    kind: str
    source: str
    records: int
    "Records it holds now."
    new: int
    changed: int
    unchanged: int
    withdrawn: int
    refused: tuple[RefusalAnswer, ...]
    unplaced: int
    "Bounds that cannot be placed; they match as unknown."
    newest: str
    sha256: str
    known: bool
    "Nothing changed since it was last taken."
    problem: str
    "Why nothing was taken; empty where it was."


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAnswer:
    """A file that is no feed."""

    path: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportAnswer:
    """What an import took and what it left alone."""

    feeds: tuple[TakenAnswer, ...]
    left_alone: tuple[LeftAnswer, ...]
    attack_version: str = ""
    "Release of ATT&CK that techniques were learned from; empty where there was no bundle."


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAnswer:
    """One feed."""

    name: str
    kind: str
    state: str
    "`fresh`, `stale`, `failing` or `never`."
    configured: bool
    "Whether this node may ask a place for it."
    url: str
    records: int
    newest: str
    "Time of its newest record; empty where it has none."
    as_of: str
    "Up to when what it says is known to hold."
    age_hours: int | None
    "None where it never brought anything."
    stale_after_hours: int
    via: str
    brought_at: str
    "When it last brought something."
    changed: int
    "Records it then brought."
    refused: int
    refusals: tuple[str, ...]
    asked_at: str
    next_at: str
    "When the watch asks next; empty where it does not."
    problem: str
    failures: int
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsAnswer:
    """Every feed, and the first sentence about them."""

    sentence_zh: str
    sentence_en: str
    feeds: tuple[FeedAnswer, ...]

    @property
    def good(self) -> bool:
        """Whether all are fresh."""
        return bool(self.feeds) and all(each.state == "fresh" for each in self.feeds)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceAnswer:
    """A place that can be, or is, asked."""

    name: str
    kind: str
    url: str
    official: bool
    added: bool
    licence: str
    title_zh: str
    title_en: str
    every_seconds: int
    stale_after_hours: int
    hosts: tuple[str, ...] = ()
    added_by: str = ""


def taken_answer(taken: Taken) -> TakenAnswer:
    """Answer what a feed brought."""
    return TakenAnswer(
        feed=taken.feed,
        kind=taken.kind,
        source=taken.source,
        records=taken.records,
        new=taken.new,
        changed=taken.changed,
        unchanged=taken.unchanged,
        withdrawn=taken.withdrawn,
        refused=tuple(RefusalAnswer(name=a, problem=b) for a, b in taken.refused),
        unplaced=taken.unplaced,
        newest=taken.newest,
        sha256=taken.sha256,
        known=taken.known,
        problem=taken.problem,
    )


def import_answer(feeds: Iterable[Taken], left: Iterable[LeftAlone]) -> ImportAnswer:
    """Answer what an import took."""
    return ImportAnswer(
        feeds=tuple(map(taken_answer, feeds)),
        left_alone=tuple(LeftAnswer(path=str(each.path), why=each.why) for each in left),
    )


def feeds_answer(node: Node) -> FeedsAnswer:
    """Answer how every feed stands."""
    found = tuple(map(feed_answer, standings(node)))
    zh, en = _sentence(found)
    return FeedsAnswer(sentence_zh=zh, sentence_en=en, feeds=found)


def feed_answer(standing: FeedStanding) -> FeedAnswer:
    """Answer how one feed stands."""
    age, mark, fare = standing.age, standing.mark, standing.fare
    return FeedAnswer(
        name=standing.name,
        kind=standing.kind,
        state=standing.state,
        configured=standing.configured,
        url=standing.url or mark.source,
        records=mark.records,
        newest=mark.newest,
        as_of=mark.as_of,
        age_hours=age.age_hours if age and age.as_of else None,
        stale_after_hours=mark.stale_after_hours,
        via=mark.via,
        brought_at=mark.brought_at,
        changed=mark.changed,
        refused=mark.refused,
        refusals=mark.refusals,
        asked_at=fare.asked_at,
        next_at=standing.next_at,
        problem=fare.problem,
        failures=fare.failures,
        since=fare.since,
    )


def places_answer(node: Node) -> tuple[PlaceAnswer, ...]:
    """Answer every official place and every one that was added."""
    content = feed_content()
    added = {each.name: each for each in places_of(node)}
    found = []
    for name in (*content.places, *sorted(added.keys() - content.places.keys())):
        official, place = content.places.get(name), added.get(name)
        kind = place.kind if place else official.kind if official else ""
        limits = next(each for each in content.kinds.values() if each.kind == kind)
        found.append(
            PlaceAnswer(
                name=name,
                kind=kind,
                url=place.url if place else official.url if official else "",
                official=official is not None and (place is None or place.url == official.url),
                added=place is not None,
                licence=official.licence if official else "",
                title_zh=official.zh if official else limits.zh,
                title_en=official.en if official else limits.en,
                every_seconds=place.every_seconds if place else limits.every_seconds,
                stale_after_hours=place.stale_after_hours if place else limits.stale_after_hours,
                hosts=place.hosts if place else (),
                added_by=place.added_by if place else "",
            )
        )
    return tuple(found)


def _sentence(found: tuple[FeedAnswer, ...]) -> tuple[str, str]:
    if not found:
        return (
            "尚無任何弱點情資；漏洞比對無所依據",
            "There is no feed yet; matching has nothing to rest on",
        )
    parts = {state: [each for each in found if each.state == state] for state in STATES_ZH}
    total = sum(each.records for each in found)
    zh = [f"{len(found)} 個情資來源，共 {total:,} 筆"]
    en = [f"{_counted(len(found), 'feed')} with {_counted(total, 'record')}"]
    for state in ("stale", "failing", "never"):
        if parts[state]:
            zh.append(f"{len(parts[state])} 個{STATES_ZH[state]}")
            en.append(f"{len(parts[state])} {STATES_EN[state]}")
    if len(zh) == 1:
        zh.append("全部在期限內")
        en.append("all within their limits")
    return "；".join(zh), "; ".join(en)


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
