"""What the exact engine is asked and what it answers; plain values, nothing heavy.

Importance measures (as SCRAM and the handbooks of probabilistic risk assessment name them), with
P the probability of the top, P1 and P0 the same given that the event surely happens or not:

    MIF  marginal (Birnbaum)        P1 - P0
    CIF  critical                   p (P1 - P0) / P
    DIF  diagnostic (Fussell-Vesely of a single event): p P1 / P, how likely it had a part
    RAW  risk achievement worth     P1 / P
    RRW  risk reduction worth       P / P0
"""

from __future__ import annotations

from dataclasses import dataclass

from panshi.errors import UsageError

MIB = 1024 * 1024


class TooLargeError(UsageError):
    """What was asked has no answer within the bounds it was asked with."""

    exit_code = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How much is asked, and what it may cost."""

    order: int | None = None
    "Only sets of at most so many events; None: all."
    limit: int = 20
    "How many sets are listed, the most probable first."
    memory_mib: int = 4_096
    seconds: int = 240
    "Of processor time."

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if self.order is not None and not 1 <= self.order <= 60:  # noqa: PLR2004 -- far beyond use
            raise UsageError(f"sets of at most {self.order} events", remedy="give 1 to 60")
        if not 0 <= self.limit <= 100_000:  # noqa: PLR2004 -- what a reader can bear
            raise UsageError(f"a list of {self.limit} sets", remedy="give 0 to 100000")
        if not 64 <= self.memory_mib <= 65_536:  # noqa: PLR2004 -- below, not even the tables fit
            raise UsageError(f"{self.memory_mib} MiB of memory", remedy="give 64 to 65536")
        if not 1 <= self.seconds <= 86_400:  # noqa: PLR2004 -- a day
            raise UsageError(f"{self.seconds} s of processor time", remedy="give 1 to 86400")


@dataclass(frozen=True, slots=True, kw_only=True)
class CutSet:
    """Events that together suffice, none of which can be spared."""

    events: tuple[str, ...]
    probability: float | None
    "Product of the events' probabilities; None where one of them is not known."


@dataclass(frozen=True, slots=True, kw_only=True)
class Importance:
    """How much one event matters."""

    event: str
    probability: float
    sets: float
    "Of how many cut sets it is part; a float, since there may be more than integers hold."
    mif: float
    cif: float
    dif: float
    raw: float
    rrw: float | None
    "None where the top cannot happen without the event."


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonCause:
    """An event that alone takes two or more members of one redundant gate."""

    event: str
    probability: float | None
    gate: str
    taken: int
    "Members it takes."
    members: int
    needed: int
    "Members whose failure makes the gate happen."
    enough: bool
    "It takes as many as needed: the gate is no redundancy against it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """The short cut sets of one gate among many."""

    name: str
    minimal_cut_sets: int
    "Of at most `order` events."
    order: int
    "Sets of at most so many events are told: as many as asked, or fewer where `cut_off`."
    cut_off: bool = False
    """What it stands on has so many sets that longer ones were left out: of as many events as asked
    there may be more than those counted."""
    by_order: tuple[int, ...]
    single_points: tuple[str, ...]
    sets: tuple[CutSet, ...]
    "The most probable, at most as many as asked."


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """Everything the exact engine says of one tree."""

    top: str
    minimal_cut_sets: int
    "Exact, however many."
    probability: float | None
    "Exact probability of the top; None where it is not known, `unknown` tells why."
    unknown: str = ""
    sum_of_sets: float | None = None
    """Sum of the sets' probabilities: of all sets of a tree without negations an upper bound of the
    top's; of the sets up to an order what those contribute at most."""
    order: int | None = None
    "Sets of more events were left out."
    by_order: tuple[int, ...] | None = None
    "How many sets have 0, 1, 2 … events; None where they are too many to be told apart."
    coherent: bool = True
    "False: the tree negates, and the sets are minimal p-cuts, which do not say what must not be."
    algorithm: str
    "`bdd` or `zbdd`."
    nodes: int
    "Size of the diagram the sets rest in."
    events: int
    gates: int
    single_points: tuple[str, ...] = ()
    "Events that suffice alone."
    sets: tuple[CutSet, ...] = ()
    "The most probable, or where a probability is missing the shortest; at most as many as asked."
    importance: tuple[Importance, ...] = ()
    "By falling CIF; empty where probabilities are missing."
    common_causes: tuple[CommonCause, ...] | None = ()
    """What redundancy shares, that which defeats its gate first; at most as many as asked. None:
    the tree is too large to tell."""
    mission_hours: float | None = None
    "Time the probabilities speak of."
