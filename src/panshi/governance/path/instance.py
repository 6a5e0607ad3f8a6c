"""A path problem in whole numbers: what must hold, what each project brings, what limits there are.

Nothing here knows of controls or evidence. A need is an evidence population with failing and
unseen items; it holds once its failing and unseen items lie below one of its corners and all its
flags are settled. Shares are whole per cent of whole per cent, so that everything is counted in
ten-thousandths of an item and nothing is rounded before the last step, and then against us.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

SCALE = 10_000
"Parts of an item: per cent of a per cent."


@dataclass(frozen=True, slots=True, kw_only=True)
class Corner:
    """A need holds with at most so many unseen and so many failing items."""

    unseen: int
    failing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One control over one population that must hold in the end."""

    key: str
    in_field: str = ""
    failing: int = 0
    unseen: int = 0
    corners: tuple[Corner, ...] = ()
    "Holds below any of them; none: nothing known makes it hold."
    flags: frozenset[str] = frozenset()
    "What must be settled besides: tests to repeat, an attestation to make."
    holds: bool = False
    "It holds today and must go on holding."


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What one project does to one need, in per cent."""

    need: int
    "Index of the need."
    fixes: int = 0
    sees: int = 0
    passing: int = 100
    settles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A project that may be chosen."""

    id: str
    cost: int
    quarters: int = 1
    hours: tuple[tuple[str, int], ...] = ()
    requires: tuple[int, ...] = ()
    "Indices of candidates that must be finished before."
    excludes: tuple[int, ...] = ()
    effects: tuple[Effect, ...] = ()

    def spread(self, total: int) -> tuple[int, ...]:
        """Spread a sum over its quarters evenly, the remainder over the first ones."""
        each, rest = divmod(total, self.quarters)
        return tuple(each + (1 if at < rest else 0) for at in range(self.quarters))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long, how much money and how many hours there are."""

    quarters: int
    budget: tuple[int, ...] = ()
    "TWD per quarter; empty: no limit."
    hours: tuple[tuple[str, tuple[int, ...]], ...] = ()
    "Hours per quarter of the roles that are limited."
    total: int | None = None
    "TWD over all quarters."

    @property
    def free(self) -> bool:
        """Whether no quarter has a limit of its own."""
        return not self.budget and not self.hours


@dataclass(frozen=True, kw_only=True)
class Instance:
    """Needs, candidates and limits."""

    needs: tuple[Need, ...]
    candidates: tuple[Candidate, ...]
    limits: Limits
    forced: frozenset[int] = frozenset()
    "Candidates that must be chosen."
    effects_on: dict[int, tuple[tuple[int, Effect], ...]] = field(init=False)
    "By need: candidates with what they do to it."

    def __post_init__(self) -> None:
        """Turn the effects round once."""
        found: dict[int, list[tuple[int, Effect]]] = {at: [] for at in range(len(self.needs))}
        for number, candidate in enumerate(self.candidates):
            for effect in candidate.effects:
                found[effect.need].append((number, effect))
        object.__setattr__(self, "effects_on", {at: tuple(each) for at, each in found.items()})

    @cached_property
    def open_needs(self) -> tuple[int, ...]:
        """Needs that do not hold today."""
        return tuple(at for at, need in enumerate(self.needs) if not need.holds)

    def holds(self, need: int, chosen: Collection[int]) -> bool:
        """Whether a need holds once the chosen candidates are done."""
        effects = [effect for number, effect in self.effects_on[need] if number in chosen]
        return holds(self.needs[need], effects)

    def held(self, chosen: Collection[int]) -> tuple[int, ...]:
        """Give the needs, open today, that hold once the chosen candidates are done."""
        return tuple(at for at in self.open_needs if self.holds(at, chosen))

    def closure(self, candidate: int) -> frozenset[int]:
        """Give a candidate with everything it requires."""
        found: set[int] = set()
        open_ = [candidate]
        while open_:
            number = open_.pop()
            if number not in found:
                found.add(number)
                open_.extend(self.candidates[number].requires)
        return frozenset(found)

    def cost(self, chosen: Iterable[int]) -> int:
        """Sum of the likely costs."""
        return sum(self.candidates[number].cost for number in chosen)

    @cached_property
    def earliest(self) -> tuple[int, ...]:
        """Give the first quarter each candidate can start in, whatever the limits of quarters."""
        known: dict[int, int] = {}
        for number in self._in_order():
            before = self.candidates[number].requires
            known[number] = max(
                (known[each] + self.candidates[each].quarters for each in before), default=0
            )
        return tuple(known[number] for number in range(len(self.candidates)))

    def _in_order(self) -> list[int]:
        """Candidates, each after what it requires."""
        done: dict[int, None] = {}
        waiting = list(range(len(self.candidates)))
        while waiting:
            ready = [n for n in waiting if all(r in done for r in self.candidates[n].requires)]
            if not ready:
                raise ValueError("projects require each other in a circle")
            done.update(dict.fromkeys(ready))
            waiting = [n for n in waiting if n not in done]
        return list(done)


def after(need: Need, effects: Sequence[Effect]) -> tuple[int, int]:
    """Give failing and unseen items, in parts, once these effects have come about."""
    fixed = 100 * need.failing * sum(effect.fixes for effect in effects)
    seen = 100 * need.unseen * sum(effect.sees for effect in effects)
    found = need.unseen * sum(effect.sees * (100 - effect.passing) for effect in effects)
    failing = max(0, SCALE * need.failing - fixed)
    unseen = max(0, SCALE * need.unseen - seen)
    return failing + min(found, SCALE * need.unseen - unseen), unseen


def holds(need: Need, effects: Sequence[Effect]) -> bool:
    """Whether a need holds once these effects have come about."""
    settled = frozenset[str]().union(*(effect.settles for effect in effects))
    if not need.flags <= settled:
        return False
    failing, unseen = after(need, effects)
    return any(
        failing <= SCALE * corner.failing and unseen <= SCALE * corner.unseen
        for corner in need.corners
    )


def whole(parts: int) -> int:
    """Give whole items of parts, rounded against us."""
    return -(-parts // SCALE)
