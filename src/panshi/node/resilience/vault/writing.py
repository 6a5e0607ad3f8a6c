"""Write to all places at once: fragments as they come, then what acknowledges them.

One thread per place keeps its order; a place that fails is left out from then on and named. An
entry of the chain is written only when everything it speaks of is durable, so an entry found at
any place may be believed, and is completed at the others by the next who opens the vault.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from panshi.errors import PanshiError, StoreError
from panshi.node.resilience.vault.opening import Vault
from panshi.resilience.vault import segment as segments
from panshi.resilience.vault.catalogue import Segment
from panshi.resilience.vault.chain import Entry
from panshi.resilience.vault.dispersal import disperse
from panshi.resilience.vault.fragments import frame
from panshi.resilience.vault.layout import ID_BYTES, entry_name, fragment_name
from panshi.store.vault.place import Part, Place

_IN_FLIGHT = 6
"Segments between the reader and the places: what bounds memory."
_PRESSERS = 2
RUN_BYTES = 8


class Writers:
    """Every reachable place, each with a thread of its own."""

    def __init__(self, vault: Vault, need: int = 0) -> None:
        self._vault = vault
        self._need = max(need, vault.terms.spread.need)
        self._threads = {i: ThreadPoolExecutor(1) for i in vault.places}
        self.failed: dict[int, PanshiError] = {}
        self.check()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Let go of the threads; what was waiting is not done."""
        for thread in self._threads.values():
            thread.shutdown(cancel_futures=True)

    def at(self, index: int, work: Callable[[Place], None]) -> Future[None] | None:
        """Do something at one place, in its turn; None where the place has failed."""
        if index in self.failed or index not in self._threads:
            return None
        return self._threads[index].submit(self._guarded, index, work)

    def everywhere(self, work: Callable[[Place], None]) -> None:
        """Do something at every place that still works, and wait for it."""
        waiting = [self.at(i, work) for i in self._vault.places]
        for each in waiting:
            if each is not None:
                each.result()
        self.check()

    def absent(self) -> tuple[int, ...]:
        """Places that miss what was written."""
        return tuple(sorted({*self._vault.absent(), *self.failed}))

    def _guarded(self, index: int, work: Callable[[Place], None]) -> None:
        if index in self.failed:
            return
        try:
            work(self._vault.places[index])
        except PanshiError as error:
            self.failed[index] = error
        except Exception as error:  # noqa: BLE001 -- the thread's entry point: nobody asks the future
            self.failed[index] = StoreError(
                f"{type(error).__name__}: {error}", place=self._vault.label(index)
            )

    def check(self) -> None:
        """Give up where too few places still work."""
        working = len(self._vault.places) - len(self.failed)
        if working < self._need:
            causes = [f"{self._vault.label(i)}: {error}" for i, error in self.failed.items()]
            causes += [f"{each.place}: {each.detail}" for each in self._vault.damages]
            raise StoreError(
                f"only {working} of {self._vault.terms.spread.n} places work, "
                f"{self._need} are needed to acknowledge",
                place="; ".join(causes)[:600],
                remedy="nothing was acknowledged and what `panshi vault list` shows stands; "
                "see to the places and try again",
            )


class Disperser:
    """Compress, encrypt and disperse segments beside the reader."""

    def __init__(self, vault: Vault, writers: Writers, session: bytes, number: int) -> None:
        self._vault = vault
        self._writers = writers
        self._session = session
        self._number = number
        self._pool = ThreadPoolExecutor(_PRESSERS)
        self._room = threading.BoundedSemaphore(_IN_FLIGHT)
        self._fault: BaseException | None = None
        self.rows: dict[bytes, Segment] = {}
        self.package_bytes = 0
        self.run = secrets.token_bytes(RUN_BYTES)

    def new_name(self) -> bytes:
        """Draw the name of a new segment; its beginning tells this run's from any other's."""
        return self.run + secrets.token_bytes(ID_BYTES - RUN_BYTES)

    def send(self, name: bytes, raw: bytes | bytearray, chunks: tuple[segments.Chunk, ...]) -> None:
        """Take a segment over; waits while too many are on their way."""
        self._room.acquire()
        if self._fault:
            raise self._fault
        self._writers.check()
        self._pool.submit(self._one, name, raw, chunks)

    def finish(self) -> None:
        """Wait until every segment is on its way to the places; the next flush makes it durable."""
        self._pool.shutdown()
        if self._fault:
            raise self._fault

    def stop(self) -> None:
        """Give up."""
        self._pool.shutdown(cancel_futures=True)

    def _one(self, name: bytes, raw: bytes | bytearray, chunks: tuple[segments.Chunk, ...]) -> None:
        try:
            self._disperse(name, segments.pack(raw, chunks, k=self._vault.terms.spread.k))
        except BaseException as error:
            self._fault = error
            self._room.release()
            raise

    def _disperse(self, name: bytes, body: bytearray) -> None:
        terms = self._vault.terms
        package = segments.encrypt(
            body,
            session=self._session,
            salt=secrets.token_bytes(segments.TAIL_BYTES),
            where=terms.vault + name,
        )
        framed = [
            frame(terms.vault, name, i, terms.spread, payload)
            for i, payload in enumerate(disperse(package, terms.spread))
        ]
        self.rows[name] = Segment(
            id=name,
            session=self._number,
            length=len(framed[0].payload),
            digests=b"".join(each.digest for each in framed),
        )
        self.package_bytes += len(package)
        left = _Countdown(len(framed), self._room.release)
        for i, each in enumerate(framed):
            parts: Sequence[Part] = (each.head, each.payload)
            sent = self._writers.at(i, _putting(fragment_name(self._number, name), parts))
            if sent is None:
                left.one(None)
            else:
                sent.add_done_callback(left.one)


class _Countdown:
    """Calls back when all places are done with a segment."""

    def __init__(self, count: int, done: Callable[[], None]) -> None:
        self._count = count
        self._done = done
        self._lock = threading.Lock()

    def one(self, _future: Future[None] | None) -> None:
        with self._lock:
            self._count -= 1
            last = self._count == 0
        if last:
            self._done()


def _putting(name: str, parts: Sequence[Part]) -> Callable[[Place], None]:
    return lambda place: place.put(name, parts)


def acknowledge(vault: Vault, writers: Writers, entry: Entry) -> Vault:
    """Write an entry of the chain everywhere; when this returns, it is part of the vault."""

    def work(place: Place) -> None:
        place.put(entry_name(entry.sequence), [entry.content])
        place.flush()

    writers.everywhere(work)
    vault.memory.see(entry.sequence, entry.digest)
    return vault.after(entry)
