"""Orders arrive in their order, each of them, however often a reader comes back."""

import asyncio

import pytest

from panshi.pdp.live import orders as module
from panshi.pdp.live.orders import BATCH, BLIND_AFTER_S, OrderBook
from panshi.protection.zero_trust.sessions.nouns import Cause, Order, OrderKind


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def book(clock):
    return OrderBook(clock=clock)


def order(book, pep="p", access="a", kind=OrderKind.CLOSE, session="s"):
    return Order(
        kind=kind, session=session, access=access, reason_zh="", reason_en="",
        epoch=book.next_epoch(), cause=Cause.SIGNAL, pep=pep,
    )  # fmt: skip


def epochs(batch):
    return [each.epoch for each in batch]


async def some(stream, count):
    found = []
    while len(found) < count:
        found += await anext(stream)
    return found


def test_a_reader_gets_what_is_pending_and_what_comes(book):
    async def read():
        book.post([order(book), order(book, pep="other"), order(book)], {})
        stream = book.subscribe("p")
        first = await some(stream, 2)
        coming = asyncio.ensure_future(some(stream, 1))
        await asyncio.sleep(0)
        book.post([order(book)], {})
        second = await coming
        await stream.aclose()
        return epochs(first), epochs(second)

    assert asyncio.run(read()) == ([1, 3], [4])
    assert book.queue("p").listeners == 0


def test_a_reader_that_comes_back_gets_what_it_has_not_seen(book):
    book.post([order(book) for _ in range(3)], {})

    async def read():
        stream = book.subscribe("p", after=2)
        return epochs(await anext(stream))

    assert asyncio.run(read()) == [3]


def test_a_slow_reader_is_given_batches_and_loses_none(book):
    book.post([order(book) for _ in range(BATCH * 2 + 5)], {})

    async def read():
        stream = book.subscribe("p")
        return [len(await anext(stream)) for _ in range(3)]

    assert asyncio.run(read()) == [BATCH, BATCH, 5]


def test_silence_is_a_heartbeat(book, monkeypatch):
    monkeypatch.setattr(module, "HEARTBEAT_S", 0.001)

    async def read():
        stream = book.subscribe("p")
        return [await anext(stream) for _ in range(3)]

    assert asyncio.run(read()) == [(), (), ()]


def test_what_is_confirmed_is_not_repeated(book):
    book.post([order(book, access=f"a{n}") for n in range(4)], {})

    assert epochs(book.confirm("p", 2)) == [1, 2]
    assert epochs(book.queue("p").after(0)) == [3, 4]
    assert book.queue("p").confirmed == 2
    assert set(book.queue("p").about) == {"a2", "a3"}


def test_nobody_confirms_what_was_never_ordered(book):
    book.post([order(book)], {})
    book.confirm("p", 10**15)
    book.post([order(book)], {})

    assert epochs(book.queue("p").after(0)) == [2]


def test_an_order_is_done_when_what_it_closes_is_closed(book):
    one, all_of_them = order(book), order(book, access=None, kind=OrderKind.END_SESSION)
    book.post([one, all_of_them], {all_of_them.epoch: ("b", "c")})

    assert book.carried_out("p", "a") == (one,)
    assert book.carried_out("p", "b") == ()
    assert book.carried_out("p", "c") == (all_of_them,)
    assert book.carried_out("p", "c") == ()
    assert not book.queue("p").pending
    assert book.carried_out("unheard of", "a") == ()


def test_who_has_not_been_heard_of_is_blind(book, clock):
    queue = book.queue("p")
    clock.now = BLIND_AFTER_S + 1
    assert queue.blind(clock.now)

    book.confirm("p", 0)

    assert not queue.blind(clock.now)
