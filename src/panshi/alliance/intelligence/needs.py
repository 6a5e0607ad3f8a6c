"""Subscriptions: what a member needs, compiled once, evaluated when an object comes in.

A need names topics; within a topic any value fits, between topics all must. `Needs` keeps an
inverted index from one feature to the needs that name it, so that an object costs as many look-ups
as it has features however many needs there are, and a poll of a feed is a range of what was filed
there when it came. A need without any topic takes everything its member may see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from panshi.alliance.intelligence.features import Feature, Spoken, Topic, folded
from panshi.errors import BadInputError

MOST_VALUES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one member wants to be told of."""

    id: str
    member: str
    title: str = ""
    topics: Mapping[Topic, tuple[str, ...]] = field(default_factory=dict)
    types: tuple[str, ...] = ()
    "Types of STIX objects; empty: all."
    least: int = 0
    "Confidence, in percent, an object must state; one that states none passes."

    def __post_init__(self) -> None:
        """Refuse what is too much or cannot be."""
        if sum(map(len, self.topics.values())) > MOST_VALUES:
            raise BadInputError(f"a subscription of more than {MOST_VALUES} values")
        if not 0 <= self.least <= 100:  # noqa: PLR2004 -- percent
            raise BadInputError(f"a confidence of {self.least}", remedy="0 to 100")

    @property
    def asked(self) -> frozenset[Feature]:
        """Every feature it names."""
        return frozenset(
            (topic, folded(each)) for topic, values in self.topics.items() for each in values
        )


@dataclass(frozen=True, slots=True)
class Needs:
    """Needs, compiled."""

    all: tuple[Need, ...]
    _by_feature: Mapping[Feature, tuple[int, ...]]
    _topics: tuple[int, ...]
    "How many topics each need names."
    _everything: tuple[int, ...]

    @classmethod
    def compiled(cls, needs: Iterable[Need]) -> Needs:
        """Compile."""
        kept = tuple(needs)
        index: dict[Feature, list[int]] = defaultdict(list)
        for place, need in enumerate(kept):
            for feature in need.asked:
                index[feature].append(place)
        return cls(
            kept,
            {feature: tuple(places) for feature, places in index.items()},
            tuple(len([1 for each in need.topics.values() if each]) for need in kept),
            tuple(place for place, need in enumerate(kept) if not any(need.topics.values())),
        )

    def met(self, spoken: Spoken, *, kind: str, confidence: int | None) -> tuple[Need, ...]:
        """Give the needs an object meets, in their order; who may see it is another question."""
        hits: dict[int, set[Topic]] = defaultdict(set)
        for feature in spoken.features:
            for place in self._by_feature.get(feature, ()):
                hits[place].add(feature[0])
        met = {place for place, topics in hits.items() if len(topics) == self._topics[place]}
        found = (self.all[place] for place in sorted(met.union(self._everything)))
        return tuple(
            need
            for need in found
            if (not need.types or kind in need.types)
            and (confidence is None or confidence >= need.least)
        )
