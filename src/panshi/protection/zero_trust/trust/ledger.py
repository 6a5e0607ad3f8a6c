"""What has been said of whom: the newest word of each source and kind, and which feeds are silent.

A feed is a source that promised to be heard from within an interval. When it falls silent, nothing
it said in favour counts any longer; what it said against somebody does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from panshi.errors import BadInputError
from panshi.protection.zero_trust.trust.model import TrustModel
from panshi.protection.zero_trust.trust.signal import WITHDRAWN, Signal, Subject
from panshi.protection.zero_trust.trust.standing import Term, term_of

MOST_SOURCES = 64
"Sources that may speak of one subject and kind."
LONGEST_INTERVAL_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A source that promised to be heard from."""

    source: str
    families: tuple[str, ...]
    "Kinds of evidence that depend on it."
    interval_s: float
    heard_at: float
    lost: bool = False

    def overdue_at(self, missed_beats: int) -> float:
        """When its silence makes it lost."""
        return self.heard_at + self.interval_s * missed_beats


class Ledger:
    """Signals by subject, and feeds by source."""

    def __init__(self, model: TrustModel) -> None:
        """Begin with nothing said."""
        self.model = model
        self.feeds: dict[str, Feed] = {}
        self._said: dict[Subject, dict[tuple[str, str], Signal]] = {}
        self._terms: dict[Subject, tuple[Term, ...]] = {}
        "The same words as they are weighed, read once."
        self._lost: dict[str, frozenset[str]] = {}

    def __iter__(self) -> Iterator[Signal]:
        """Give every word that counts."""
        return (signal for words in self._said.values() for signal in words.values())

    def check(self, signal: Signal) -> None:
        """Refuse what the model cannot weigh; nothing is guessed."""
        family = self.model.families.get(signal.kind)
        if family is None:
            raise BadInputError(
                f"the trust model knows no signal {signal.kind!r}",
                remedy="kinds: " + ", ".join(self.model.families),
            )
        if signal.subject.kind is not family.about or not signal.subject.id:
            raise BadInputError(
                f"{signal.kind} speaks of a {family.about}, not of a {signal.subject.kind}",
                remedy=f"name the {family.about}",
            )
        if not signal.source:
            raise BadInputError("a signal without a source", remedy="name who says it")
        if signal.weight_class == WITHDRAWN:
            return
        if family.weight_of(signal.weight_class, signal.value) is None:
            grades = ", ".join(family.grades) or "a number in `value`"
            raise BadInputError(
                f"{signal.kind} cannot be {signal.weight_class or signal.value!r}",
                remedy=f"one of: {grades}",
            )

    def put(self, signal: Signal) -> bool:
        """Take a word; False where the source has said something newer already."""
        self.check(signal)
        horizon = signal.received_at + self.model.skew_s
        if signal.observed_at > horizon:
            raise BadInputError(
                f"observed {signal.observed_at - signal.received_at:.0f} seconds ahead of us",
                remedy="set the clock of the source",
            )
        if signal.observed_at > signal.received_at:
            signal = replace(signal, observed_at=signal.received_at)
        words = self._said.setdefault(signal.subject, {})
        key = (signal.kind, signal.source)
        earlier = words.get(key)
        if earlier is not None and not self._supersedes(signal, earlier):
            return False
        if earlier is None and sum(kind == signal.kind for kind, _ in words) >= MOST_SOURCES:
            raise BadInputError(
                f"more than {MOST_SOURCES} sources say {signal.kind} of {signal.subject.id}",
                remedy="withdraw sources that no longer speak",
            )
        words[key] = signal
        self._terms.pop(signal.subject, None)
        return True

    def about(self, subjects: Iterable[Subject]) -> list[Signal]:
        """Give every word about these subjects."""
        return [
            signal
            for each in subjects
            if each in self._said
            for signal in self._said[each].values()
        ]

    def terms(self, subjects: Iterable[Subject]) -> Iterator[Term]:
        """Give every word about these subjects, ready to be weighed."""
        for each in subjects:
            found = self._terms.get(each)
            if found is None:
                words = self._said.get(each)
                if words is None:
                    continue
                read = (term_of(self.model, signal) for signal in words.values())
                found = self._terms[each] = tuple(term for term in read if term is not None)
            yield from found

    def forget(self, subject: Subject) -> tuple[Signal, ...]:
        """Forget what was said of a subject that is no more."""
        self._terms.pop(subject, None)
        return tuple(self._said.pop(subject, {}).values())

    def beat(self, feed: Feed) -> Feed | None:
        """Note that a feed was heard from; give the earlier state."""
        unknown = [name for name in feed.families if name not in self.model.families]
        if unknown or not feed.families or not feed.source:
            raise BadInputError(
                f"a feed of {', '.join(unknown) or 'nothing'}",
                remedy="kinds: " + ", ".join(self.model.families),
            )
        if not 0 < feed.interval_s <= LONGEST_INTERVAL_S:
            raise BadInputError(
                f"an interval of {feed.interval_s:g} seconds",
                remedy=f"above 0, at most {LONGEST_INTERVAL_S:g}",
            )
        earlier = self.feeds.get(feed.source)
        self.feeds[feed.source] = feed
        self._tell(feed)
        return earlier

    def lose(self, source: str) -> Feed:
        """Note that a feed fell silent."""
        feed = self.feeds[source] = replace(self.feeds[source], lost=True)
        self._tell(feed)
        return feed

    def retire(self, source: str) -> Feed | None:
        """Take a feed out of use: nothing depends on it any longer."""
        self._lost.pop(source, None)
        return self.feeds.pop(source, None)

    @property
    def lost(self) -> Mapping[str, frozenset[str]]:
        """Silent feeds with the families they covered."""
        return self._lost

    def _tell(self, feed: Feed) -> None:
        if feed.lost:
            self._lost[feed.source] = frozenset(feed.families)
        else:
            self._lost.pop(feed.source, None)

    def _supersedes(self, signal: Signal, earlier: Signal) -> bool:
        """Whether a word is newer; of two at once the worse one counts."""
        if signal.observed_at != earlier.observed_at:
            return signal.observed_at > earlier.observed_at
        return self._weight(signal) <= self._weight(earlier)

    def _weight(self, signal: Signal) -> float:
        if signal.weight_class == WITHDRAWN:
            return 0.0
        family = self.model.families[signal.kind]
        weight = family.weight_of(signal.weight_class, signal.value)
        return 0.0 if weight is None else weight
