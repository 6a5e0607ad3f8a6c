"""All shared signals of one decision point: its feeds, its streams, and what they are tied to.

One hub stands beside a decision point that has a home; without a home there is nothing to remember
repetitions in, so there are no shared signals either. What is set up by command line or console is
read again as soon as another process has written it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from panshi.pdp.shared_signals.acting import Means, refuse_again
from panshi.pdp.shared_signals.feeds import Listening, listening
from panshi.pdp.shared_signals.naming import names_of
from panshi.pdp.shared_signals.sending import Sender
from panshi.pdp.shared_signals.telling import Teller
from panshi.protection.zero_trust.signals.matching import Names, Who, touched
from panshi.protection.zero_trust.trust.signal import Subject, SubjectKind

if TYPE_CHECKING:
    from panshi.pdp.live.registry import Live
    from panshi.pdp.point import DecisionPoint
    from panshi.protection.cedar import EntityStore
    from panshi.protection.zero_trust.sessions.nouns import Session
    from panshi.protection.zero_trust.signals.actions import Actions
    from panshi.store.signal_streams import SignalStreams

SILENT = 0.001
"Interval of a feed that promises nothing: it is lost at once."
_HUBS: WeakKeyDictionary[DecisionPoint, Hub] = WeakKeyDictionary()


class Sessions:
    """The live sessions, gone through anew each time somebody has to."""

    def __init__(self, live: Live | None) -> None:
        """Look at a registry."""
        self._live = live

    def __iter__(self) -> Iterator[Session]:
        """Go through them."""
        if self._live is not None:
            for held in self._live.held.values():
                yield held.session


class Hub:
    """Feeds and streams."""

    def __init__(
        self,
        *,
        home: Path,
        store: SignalStreams,
        actions: Actions,
        point: DecisionPoint,
        live: Live | None,
        clock: Callable[[], float],
    ) -> None:
        """Read what is set up."""
        self.home = home
        self.store = store
        self.actions = actions
        self.live = live
        self.clock = clock
        self.point = point
        self.sender = Sender(home=home, store=store, clock=clock)
        self.teller = None if live is None else Teller(live, self.sender)
        self.feeds: dict[str, Listening] = {}
        self._names = Names()
        self._named: tuple[EntityStore, int] | None = None
        self._beaten: dict[str, float] = {}
        self.reload()

    # ---- what is set up ---------------------------------------------------------------------

    def reload(self) -> None:
        """Read the feeds again; keys and counters of a feed that is the same stay."""
        rows = {row.name: row for row in self.store.feeds()}
        gone = self.feeds.keys() - rows.keys()
        for name in gone:
            self._retire(self.feeds.pop(name))
        for name, row in rows.items():
            known = self.feeds.get(name)
            if known is None or known.row != row:
                self.feeds[name] = listening(row)
                self._take_up(self.feeds[name])
        self.sender.reload()

    def means(self) -> Means:
        """Give what changes are carried out on."""
        return Means(
            live=self.live,
            entities=self.point.entities,
            store=self.store,
        )

    def sessions(self) -> Sessions:
        """Give the live sessions, to be gone through."""
        return Sessions(self.live)

    def fitting(self, found: Who) -> tuple[Session, ...]:
        """Give the live sessions that every named principal fits, by the registry's index."""
        live = self.live
        if live is None or found.nobody:
            return ()
        ids: Iterable[str]
        if found.sessions is not None:
            ids = found.sessions
        else:
            kind = SubjectKind.DEVICE if found.users is None else SubjectKind.USER
            named = found.devices if found.users is None else found.users
            ids = live.register.about(Subject(kind, each) for each in named or ())
        return touched(found, [live.held[each].session for each in ids if each in live.held])

    def names(self) -> Names:
        """Give the names of users and devices, made anew when other entities are in force."""
        seen = (self.point.entities, len(self.point.entities))
        if self._named is None or self._named[0] is not seen[0] or self._named[1] != seen[1]:
            self._named = seen
            self._names = names_of(self.point.entities)
            refuse_again(self.means())
        return self._names

    def heard(self, feed: Listening) -> None:
        """Note that a feed was heard; the trust engine counts on it for another interval."""
        self._beat(feed)

    # ---- feeds and the trust engine ---------------------------------------------------------

    def _beat(self, feed: Listening) -> None:
        if self.live is None or not feed.row.families or feed.row.status != "enabled":
            return
        fare = self.store.fare(feed.row.name)
        if fare.heard_at is None:
            return  # nothing was ever heard: it is missing, not lost
        self.live.heartbeat(feed.source, feed.row.families, feed.row.interval_s)
        self._beaten[feed.row.name] = self.clock()

    def _take_up(self, feed: Listening) -> None:
        """Let the trust engine know a feed as it was left: heard lately, or lost meanwhile."""
        heard_at = self.store.fare(feed.row.name).heard_at
        if self.live is None or heard_at is None or feed.row.status != "enabled":
            return
        silent = self.clock() - heard_at
        if silent <= feed.row.interval_s * self.live.model.missed_beats:
            self._beat(feed)
        elif feed.row.families:
            self.live.heartbeat(feed.source, feed.row.families, SILENT)

    def silence(self, feed: Listening) -> None:
        """Let a feed that was paused, by whomever, be unavailable at once."""
        if feed.row.status == "enabled" or self._beaten.pop(feed.row.name, None) is None:
            return
        if self.live is not None:
            self.live.heartbeat(feed.source, feed.row.families, SILENT)
            self.live.tick()

    def _retire(self, feed: Listening) -> None:
        if self.live is not None and feed.source in self.live.ledger.feeds:
            self.live.retire_feed(feed.source)
        self._beaten.pop(feed.row.name, None)


def install(point: DecisionPoint, hub: Hub) -> None:
    """Let the handlers of a decision point find its hub."""
    _HUBS[point] = hub


def hub_of(point: DecisionPoint) -> Hub | None:
    """Give the hub of a decision point; None where it has no home."""
    return _HUBS.get(point)
