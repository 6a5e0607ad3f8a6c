"""The advisory snapshot: packages, records, aliases, KEV, EPSS and the journal of what changed.

Everything in it follows from the feeds; it is kept ready for matching, so that a fresh process
answers at once. `apply` takes records of a feed in one transaction: an unchanged or older record is
passed over, a changed one replaces what it said of its packages, its group of aliases is joined
anew, and one line of the journal says so. The order in which records arrive does not matter. Who
follows keeps its own place in the journal (`changes`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

from panshi.errors import UsageError
from panshi.model.supply_chain.advisory import Advisory, KnownExploited, Withdrawn
from panshi.model.supply_chain.compiled import Compiled, Entry, PackageKey
from panshi.store.advisory_files import FIRST_SIZE, AdvisoryFiles, borrow, give_back
from panshi.store.advisory_rows import Change, Epss, Group, encode
from panshi.store.advisory_snapshot import Snapshot

if TYPE_CHECKING:
    from panshi.store.advisory_applying import Applied

PLACE = Path("supply_chain") / "advisories"
CACHED_PACKAGES = 1 << 16

type Compile = Callable[[Advisory], Compiled]
type Write[Result] = Callable[[Any, dict[bytes, Any]], Result]
type Put = Callable[[Any, dict[bytes, Any], datetime, object], int]


class AdvisoryStore:
    """The snapshot of one home; shared by threads, and by processes side by side."""

    def __init__(self, files: AdvisoryFiles, compiler: Compile | None) -> None:
        """Use `open`."""
        self._files = files
        self._compile = compiler
        self._cache: tuple[int, dict[PackageKey, tuple[Entry, ...]]] = (-1, {})

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        readonly: bool = False,
        compiler: Compile | None = None,
        size: int = FIRST_SIZE,
    ) -> Self:
        """Open the snapshot below a home.

        `readonly` refuses where nothing was ever imported, since no advisories would mean no
        findings. Whoever applies records names the compiler: `matching.compile_advisory`.
        """
        return cls(borrow(home / PLACE, readonly=readonly, size=size), compiler)

    def close(self) -> None:
        """Let go of the files."""
        give_back(self._files)

    def __enter__(self) -> Self:
        """Use it within `with`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """Read one state of everything, whatever others write meanwhile."""
        with self._files.reading() as txn:
            state, cache = self._cache
            if state != txn.id() or len(cache) > CACHED_PACKAGES:
                cache = {}
                self._cache = (txn.id(), cache)
            yield Snapshot(txn, self._files.tables, cache)

    def apply(self, changes: Iterable[Advisory | Withdrawn], *, feed: str, at: datetime) -> Applied:
        """Take a batch of records in one transaction; the records' own source is kept if named."""
        if self._compile is None:
            raise UsageError(
                "the snapshot was opened without a compiler",
                remedy="open it with compiler=compile_advisory",
            )
        batch = [
            each if isinstance(each, Withdrawn) or each.source else each._replace(source=feed)
            for each in changes
        ]
        write: Write[Applied] = _writes().applying(self._compile, batch, feed, at)
        return self._files.write(lambda txn: write(txn, self._files.tables))

    def together[Result](self, work: Callable[[], Result]) -> Result:
        """Do several of these writes in one transaction; `work` may be called again."""
        return self._files.together(work)

    def put_kev(self, entries: Iterable[KnownExploited], at: datetime) -> int:
        """Take the whole catalogue; tells how many entries changed."""
        catalogue = {each.cve: each for each in entries}
        put: Put = _writes().put_kev
        return self._files.write(lambda txn: put(txn, self._files.tables, at, catalogue))

    def put_epss(self, given: Iterable[tuple[str, float, float]], day: date, at: datetime) -> int:
        """Take a day's scores: CVE, score, percentile; tells how many scores changed."""
        table = list(given)
        put: Put = _writes().put_epss
        return self._files.write(lambda txn: put(txn, self._files.tables, at, (day, table)))

    def put_feed_state(self, feed: str, state: Mapping[str, object] | None) -> None:
        """Keep what a feed must remember; None forgets it."""

        def work(txn: Any) -> None:  # noqa: ANN401 -- lmdb loads with the files
            table = self._files.tables[b"feeds"]
            if state is None:
                txn.delete(feed.encode(), db=table)
            else:
                txn.put(feed.encode(), encode(dict(state)), db=table)

        self._files.write(work)

    def lookup(self, key: PackageKey) -> tuple[Entry, ...]:
        """Give what is known against a package."""
        with self.reading() as snapshot:
            return snapshot.lookup(key)

    def advisory(self, advisory: str) -> Advisory | None:
        """Give a record as its feed had it."""
        with self.reading() as snapshot:
            return snapshot.advisory(advisory)

    def by_alias(self, name: str) -> Group | None:
        """Give the group a name belongs to."""
        with self.reading() as snapshot:
            return snapshot.group(name)

    def keys_of(self, advisory: str) -> tuple[PackageKey, ...]:
        """Give the packages a record speaks of."""
        with self.reading() as snapshot:
            return snapshot.keys_of(advisory)

    def reached(self, advisory: str) -> int:
        """Give when a record first reached us, in seconds since 1970; 0 where it never did."""
        with self.reading() as snapshot:
            return snapshot.reached(advisory)

    def kev(self, cve: str) -> KnownExploited | None:
        """Give a vulnerability's entry among those known to be exploited."""
        with self.reading() as snapshot:
            return snapshot.kev(cve)

    def epss(self, cve: str) -> Epss | None:
        """Give the estimate for a vulnerability."""
        with self.reading() as snapshot:
            return snapshot.epss(cve)

    def changes(self, after: int, limit: int = 1000) -> tuple[Change, ...]:
        """Give the journal's lines behind a place."""
        with self.reading() as snapshot:
            return snapshot.changes(after, limit)

    def sequence(self) -> int:
        """Give the journal's last line."""
        with self.reading() as snapshot:
            return snapshot.sequence()

    def feed_state(self, feed: str) -> dict[str, object] | None:
        """Give what a feed remembers."""
        with self.reading() as snapshot:
            return snapshot.feed_state(feed)

    def feeds(self) -> tuple[str, ...]:
        """Name the feeds that remember something."""
        with self.reading() as snapshot:
            return snapshot.feeds()

    def ecosystems(self) -> dict[str, int]:
        """Give how many packages of each ecosystem are known."""
        with self.reading() as snapshot:
            return snapshot.ecosystems()

    def ids(self, source: str = "") -> Iterator[str]:
        """Name every record, or those of one feed, in order."""
        with self.reading() as snapshot:
            yield from snapshot.ids(source)

    def count(self) -> int:
        """Count the records."""
        with self.reading() as snapshot:
            return snapshot.count()

    def fingerprint(self) -> str:
        """Give what changes whenever the content does, and never otherwise."""
        with self.reading() as snapshot:
            return snapshot.fingerprint()


def _writes() -> ModuleType:
    """Load what writes only for who writes: a process that only matches starts faster."""
    from panshi.store import advisory_applying  # noqa: PLC0415 -- as said

    return advisory_applying
