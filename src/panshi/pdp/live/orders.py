"""Orders on their way to enforcement points: one sequence, nothing lost, nothing doubled.

Each enforcement point has its own queue in the order of epochs. An order stays until it is
confirmed, so that whoever reconnects with the last epoch it saw gets the rest. A point that holds
something open and neither listens nor confirms is blind: nobody knows what it still lets through.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from panshi.protection.zero_trust.sessions.nouns import Order

BATCH = 512
"Orders handed over at once; a slow reader is given the next ones when it comes back."
HEARTBEAT_S = 2.0
BLIND_AFTER_S = 3 * HEARTBEAT_S


@dataclass(slots=True, kw_only=True)
class Queue:
    """What one enforcement point has yet to confirm."""

    pep: str
    heard_at: float
    "When it last listened or confirmed."
    pending: dict[int, Order] = field(default_factory=dict)
    confirmed: int = 0
    "The last epoch it confirmed."
    listeners: int = 0
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    about: dict[str, list[int]] = field(default_factory=dict)
    "Pending orders by the access they are about, or close along with its session."
    closing: dict[int, int] = field(default_factory=dict)
    "How many accesses an order to close has yet to be carried out for."

    def blind(self, now: float) -> bool:
        """Whether nobody listens at the other end."""
        return now - self.heard_at > BLIND_AFTER_S

    def after(self, epoch: int) -> tuple[Order, ...]:
        """Give the next orders beyond an epoch."""
        found = []
        for number, order in self.pending.items():
            if number > epoch:
                found.append(order)
                if len(found) == BATCH:
                    break
        return tuple(found)


class OrderBook:
    """The queues of all enforcement points."""

    def __init__(self, *, clock: Callable[[], float], epoch: int = 0) -> None:
        """Begin after the last epoch that may have been used before."""
        self._clock = clock
        self.epoch = epoch
        self.queues: dict[str, Queue] = {}

    def queue(self, pep: str) -> Queue:
        """Give the queue of an enforcement point."""
        found = self.queues.get(pep)
        if found is None:
            found = self.queues[pep] = Queue(pep=pep, heard_at=self._clock())
        return found

    def next_epoch(self) -> int:
        """Give the next order its number."""
        self.epoch += 1
        return self.epoch

    def post(self, orders: Iterable[Order], ended: Mapping[int, tuple[str, ...]]) -> None:
        """Put orders on their way; `ended` names the accesses that the end of a session closes."""
        for order in orders:
            queue = self.queue(order.pep)
            queue.pending[order.epoch] = order
            names = ended.get(order.epoch, (order.access,) if order.access else ())
            for name in names:
                queue.about.setdefault(name, []).append(order.epoch)
            queue.closing[order.epoch] = len(names)
            queue.wake.set()

    def carried_out(self, pep: str, access: str) -> tuple[Order, ...]:
        """Note that an access is closed: what was ordered of it is done; give that."""
        queue = self.queues.get(pep)
        done = []
        if queue is None:
            return ()
        for epoch in queue.about.pop(access, ()):
            queue.closing[epoch] -= 1
            if not queue.closing[epoch]:
                del queue.closing[epoch]
                done.append(queue.pending.pop(epoch))
        return tuple(done)

    def confirm(self, pep: str, epoch: int) -> tuple[Order, ...]:
        """Everything up to an epoch was carried out; give what is thereby done."""
        queue = self.queue(pep)
        queue.heard_at = self._clock()
        epoch = min(epoch, self.epoch)
        done = []
        for number in queue.pending:  # ascending: epochs are given in order
            if number > epoch:
                break
            done.append(queue.pending[number])
        for order in done:
            del queue.pending[order.epoch]
            queue.closing.pop(order.epoch, None)
        if done:
            left = queue.closing
            kept = {
                name: [each for each in epochs if each in left]
                for name, epochs in queue.about.items()
            }
            queue.about = {name: epochs for name, epochs in kept.items() if epochs}
        queue.confirmed = max(queue.confirmed, epoch)
        return tuple(done)

    async def subscribe(self, pep: str, after: int = 0) -> AsyncIterator[tuple[Order, ...]]:
        """Yield batches of orders beyond an epoch, for ever; an empty one is a heart-beat.

        The next batch is put together when the last one was taken.
        """
        queue = self.queue(pep)
        queue.listeners += 1
        seen = after
        try:
            while True:
                queue.heard_at = self._clock()
                queue.wake.clear()
                orders = queue.after(seen)
                if orders:
                    seen = orders[-1].epoch
                yield orders
                if not orders:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(queue.wake.wait(), HEARTBEAT_S)
        finally:
            queue.listeners -= 1
