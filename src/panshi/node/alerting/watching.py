"""The watch: ask feeds, bring the portfolio up to date, tell people; again and again.

    for round_ in watch(node, every=30.0, leave=stopped.is_set): …

One process watches a home, held by a lock; another is told so, and may take over when the first is
gone. What the first had begun to send is sent again under the same key.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from panshi.errors import PanshiError
from panshi.node.alerting.raising import Followed, follow
from panshi.node.alerting.sending import Delivered, deliver
from panshi.node.node import Node
from panshi.node.supply_chain.alert_register import alerts_of
from panshi.node.supply_chain.feed_sync import sync
from panshi.node.supply_chain.standing import seal_summaries
from panshi.observe.spool.folder import HeldElsewhereError, held_alone
from panshi.store.place import ready_directory

LOCK = Path("supply_chain") / "watch.lock"
ACTOR = "panshi sbom watch"
EVERY = 30.0
"Seconds between two rounds."
STEP = 0.2
"Seconds after which the watch asks whether it is to leave."


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRound:
    """What one round did."""

    at: datetime
    seconds: float
    feeds: tuple[str, ...] = ()
    "Feeds that brought something new."
    followed: Followed = field(default_factory=Followed)
    delivered: Delivered = field(default_factory=Delivered)
    problems: tuple[str, ...] = ()

    @property
    def quiet(self) -> bool:
        """Whether nothing happened."""
        done = self.followed.changes or self.followed.alerts or self.delivered.sent
        return not (self.feeds or done or self.problems)


def watch(
    node: Node,
    *,
    every: float = EVERY,
    leave: Callable[[], bool] = lambda: False,
    once: bool = False,
    feeds: bool = True,
) -> Iterator[WatchRound]:
    """Do rounds until told to leave; a round that has begun is finished."""
    with alone(node):
        alerts_of(node).orphaned()
        while not leave():
            began = time.monotonic()
            yield _round(node, feeds=feeds)
            if once:
                return
            while time.monotonic() - began < every and not leave():
                time.sleep(STEP)


def keep_watching(node: Node, leave: Callable[[], bool]) -> None:
    """Watch within a serving process; stand by where another process watches this home."""
    told: tuple[str, ...] = ()
    while not leave():
        try:
            for round_ in watch(node, leave=leave):
                if round_.problems and round_.problems != told:
                    node.audit("", "background.failure", "sbom watch", detail=round_.problems[0])
                told = round_.problems
        except HeldElsewhereError:
            until = time.monotonic() + EVERY
            while time.monotonic() < until and not leave():
                time.sleep(STEP)


def alone(node: Node) -> AbstractContextManager[None]:
    """Hold the watch of a home; refuse where another process does."""
    ready_directory(node.home.path / LOCK.parent)
    return held_alone(node.home.path / LOCK)


def _round(node: Node, *, feeds: bool) -> WatchRound:
    began = time.monotonic()
    done = WatchRound(at=node.clock(), seconds=0.0)
    problems: list[str] = []
    brought: list[str] = []
    try:
        if feeds:
            for each in sync(node, actor=ACTOR, only_due=True, wait=False):
                if each.problem:
                    problems.append(f"{each.feed}: {each.problem}"[:200])
                elif each.brought:
                    brought.append(each.feed)
        done = replace(done, followed=follow(node))
        sent = deliver(node)
        seal_summaries(node)
        done = replace(done, delivered=sent)
        if sent.problem:
            problems.append(sent.problem[:200])
    except PanshiError as error:
        problems.append(error.problem[:200])
    return replace(
        done,
        seconds=round(time.monotonic() - began, 3),
        feeds=tuple(brought),
        problems=tuple(problems),
    )
