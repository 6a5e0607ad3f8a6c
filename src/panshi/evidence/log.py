"""The evidence log's port and its nouns (design, section 3, Evidence log).

A log is append-only: observations go in, get a position and an id, and are covered from then on
by every later root (RFC 9162). Nothing is ever changed but a body, which may be erased while its
digest stays. Whoever implements `LogStore` keeps three promises:

1. `append` returns only when what it acknowledges would survive the loss of power.
2. A crash at any moment leaves a log that verifies and holds everything acknowledged.
3. Iterators read one consistent state of the log and hold only a few rows in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from panshi.evidence.checkpoint import Signer, VerifierKey
from panshi.evidence.merkle import ConsistencyProof, InclusionProof
from panshi.evidence.seal import Leaf
from panshi.model.observation import Observation, ObservationId, Outcome, Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """What became of the observations given to `append`."""

    ids: tuple[ObservationId, ...]
    "One per observation given, in that order; a known observation keeps the id it had."
    new: int
    "How many were sealed now."
    known: int
    "How many were in the log already, or occurred twice in what was given."


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which observations a page shows; an empty part does not narrow."""

    kind: str = ""
    "Exactly this kind."
    subject: str = ""
    "Exactly this subject."
    outcome: Outcome | None = None
    collector: str = ""
    "A part of the collector's name."
    text: str = ""
    "A part of the subject, of the kind or of a kind's title in either language."
    since: datetime | None = None
    "Observed at or after."
    until: datetime | None = None
    "Observed before."


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One thing that is not as it was sealed."""

    place: str
    "For example `position 17` or `tile 0/3`."
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReport:
    """What a complete re-reading of the log found."""

    size: int
    root: str
    "Root recomputed from the leaves, in hexadecimal digits."
    bodies: int
    "Bodies whose digest was recomputed and fits."
    erased: int
    "Bodies erased by a redaction that is itself sealed in the log."
    checkpoints: int
    "Signed checkpoints whose size and root fit the log, in the database and beside it."
    uncovered: int
    "Observations after the newest checkpoint that fits: not covered by a signature yet."
    damage: tuple[Damage, ...] = ()
    "At most 1,000, in the order found."

    @property
    def intact(self) -> bool:
        """Whether nothing was altered, removed or put in."""
        return not self.damage


class LogStore(Protocol):
    """The river: append, prove, query. Times have zones; positions count from 0."""

    def append(self, observations: Iterable[Observation], received_at: datetime) -> Appended:
        """Seal all of them or none, however many; durable when it returns.

        They may come from a generator: it is run to its end before anything is committed, and
        what it raises leaves the log as it was. An observation that is in the log already, in
        every field, is known and keeps its id, even where its body was erased since.
        """
        ...

    def size(self) -> int:
        """How many observations are sealed."""
        ...

    def learned_until(self) -> datetime | None:
        """Give the latest time of receipt of all observations; None for an empty log."""
        ...

    def root(self, size: int | None = None) -> bytes:
        """Merkle root over the first `size` leaves, by default over all."""
        ...

    def get(self, observation_id: ObservationId) -> Sealed | None:
        """One observation by its id."""
        ...

    def get_many(self, ids: Collection[ObservationId]) -> dict[ObservationId, Sealed]:
        """Those of the given ids that are in the log."""
        ...

    def leaf(self, observation_id: ObservationId) -> Leaf | None:
        """Give the sealed bytes of one observation, as a proof needs them."""
        ...

    def page(
        self, wanted: Filter, *, before: int | None = None, limit: int = 50
    ) -> tuple[Sealed, ...]:
        """Newest first by position, below position `before`: pass the last position seen."""
        ...

    def latest(
        self,
        kinds: Collection[str] | None = None,
        *,
        as_of: datetime | None = None,
        without: Collection[ObservationId] = (),
    ) -> Iterator[Sealed]:
        """Per (kind, subject, facet) the newest conclusive and the newest inconclusive one.

        Newest by `observed_at`, then by position. With `as_of` only what was observed and
        received by then counts; `without` leaves observations out as if never made.
        """
        ...

    def records(
        self,
        kind: str,
        *,
        as_of: datetime | None = None,
        without: Collection[ObservationId] = (),
    ) -> Iterator[Sealed]:
        """Every observation of a kind, oldest first by position."""
        ...

    def since(self, position: int) -> Iterator[Sealed]:
        """Every observation from `position` on, in order."""
        ...

    def kinds(self) -> Mapping[str, int]:
        """How many observations each kind has."""
        ...

    def inclusion(self, observation_id: ObservationId, size: int | None = None) -> InclusionProof:
        """Proof that the observation is among the first `size`, by default among all."""
        ...

    def proofs(
        self, ids: Collection[ObservationId], size: int
    ) -> Iterator[tuple[Leaf, InclusionProof]]:
        """Leaves with their proofs among the first `size`, oldest first; all are in the log."""
        ...

    def consistency(self, first: int, second: int) -> ConsistencyProof:
        """Proof that the tree of `second` leaves only appended to that of `first`."""
        ...

    def checkpoint(self) -> str:
        """Newest signed checkpoint, a C2SP note; empty before the first."""
        ...

    def sign_checkpoint(self, signer: Signer) -> str:
        """Sign size and root as they are now, keep the note and return it.

        Raises `IntegrityError` where the log does not fit the newest note kept.
        """
        ...

    def redact(
        self,
        ids: Collection[ObservationId],
        *,
        why: str,
        by: str,
        at: datetime | None = None,
    ) -> Appended:
        """Erase bodies for good; ids, digests and proofs stay.

        Each redaction is sealed as an `audit.event/1` with action `evidence.redact`. Records
        that steer judgement and looks that saw nothing are refused. Where other readers keep
        traces alive, a `StoreError` says so; the same call again clears them.
        """
        ...

    def verify(
        self,
        progress: Callable[[int, int], None] | None = None,
        *,
        keys: Collection[VerifierKey] = (),
    ) -> LogReport:
        """Re-read and re-hash everything; `progress` is told (done, size) now and then.

        With keys, checkpoints must be signed by one of them, and a log that none covers is damage.
        """
        ...

    def close(self) -> None:
        """Give connections back; the log stays as it is."""
        ...
