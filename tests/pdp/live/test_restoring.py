"""A restart keeps sessions, trust, grants and orders, and never uses an epoch twice."""

import asyncio

import pytest

from panshi.errors import StoreError, UsageError
from panshi.pdp.live import emergency
from panshi.pdp.live.journal import Journal
from panshi.pdp.live.restoring import reconsidered
from panshi.pdp.live.snapshot import explained, snapshot
from panshi.protection.cedar import Uid
from panshi.protection.zero_trust.sessions.break_glass import Grant
from panshi.protection.zero_trust.sessions.nouns import Cause
from panshi.store.live_sessions import LiveStore
from tests.pdp.live.worlds import START, WRITE, World


class Runs:
    """One home through several runs of the decision point."""

    def __init__(self, home):
        self.home, self.store, self.now = home, None, START

    def start(self):
        """Begin a run; the one before ended without a farewell."""
        if self.store is not None:
            self.store.__exit__()
        self.store = LiveStore(self.home)
        return World(store=self.store, now=self.now)

    def rest(self, world):
        """Let everything noted rest on disk, as an acknowledged request does."""
        asyncio.run(world.live.journal.durable())
        self.now = world.now


@pytest.fixture
def runs(tmp_path):
    made = Runs(tmp_path)
    yield made
    made.store.__exit__()


def test_sessions_trust_and_what_is_open_survive(runs):
    # Given somebody at work, with compliance known and a feed heard
    world = runs.start()
    world.establish("s", attributes={"network": "internal"})
    world.compliant()
    world.live.heartbeat("mdm", ("device.compliance",), 60.0)
    assert world.open("a", "s", WRITE)
    before = explained(world.live, "s")
    runs.rest(world)

    # When the decision point starts again
    after = runs.start()

    # Then all of it is as it was
    assert explained(after.live, "s") == before
    assert snapshot(after.live).feeds == snapshot(world.live).feeds
    assert reconsidered(after.live) == ()
    assert after.open_now == {"a"}


def test_orders_nobody_confirmed_are_given_again_and_epochs_go_on(runs):
    world = runs.start()
    world.establish("s")
    world.open("a", "s")
    [order] = world.live.end("s", Cause.SESSION_REVOKED)
    runs.rest(world)

    after = runs.start()

    assert after.live.orders.queue("proxy").after(0) == (order,)
    after.establish("t", "bob")
    after.open("b", "t")
    [later] = after.live.end("t")
    assert later.epoch > order.epoch


def test_an_epoch_used_before_a_crash_is_not_used_again(runs):
    world = runs.start()
    world.establish("s")
    world.open("a", "s")
    runs.rest(world)
    [lost] = world.live.end("s")  # and nothing more reaches the disk

    after = runs.start()
    [again] = after.live.end("s")

    assert again.epoch > lost.epoch


def test_what_was_taken_back_stays_taken_back(runs):
    world = runs.start()
    world.establish("s")
    world.live.end("s", Cause.SESSION_REVOKED)
    runs.rest(world)

    with pytest.raises(UsageError, match="taken back"):
        runs.start().establish("s")


def test_a_grant_ends_in_time_although_the_process_was_restarted(runs):
    world = runs.start()
    world.establish("s")
    grant = Grant(
        id="g", user=Uid("User", "amy"), requester="bob", reason="core is down", lasts_s=600.0,
        requested_at=world.now,
    )  # fmt: skip
    emergency.ask(world.live, grant)
    emergency.approve(world.live, "g", "carol")
    runs.rest(world)

    after = runs.start()
    assert after.live.context_of("s", after.now)["break_glass"] is True
    after.pass_time(601)
    assert after.live.context_of("s", after.now)["break_glass"] is False


def test_what_changed_while_it_was_down_is_decided_at_the_start(runs):
    world = runs.start()
    world.establish("s")
    world.open("a", "s")
    runs.rest(world)

    after = runs.start()
    after.barred.add("amy")

    assert [each.access for each in reconsidered(after.live)] == ["a"]


def test_two_decision_points_do_not_share_a_home(runs, tmp_path, monkeypatch):
    runs.start()
    monkeypatch.setattr("panshi.store.live_sessions.WAIT_SECONDS", 0.01)

    with pytest.raises(StoreError):
        LiveStore(tmp_path)


def test_a_row_that_cannot_be_read_is_told(runs):
    world = runs.start()
    runs.store.put([("session", "s", b'{"id": 3}')])
    runs.rest(world)

    with pytest.raises(StoreError, match="session 's'"):
        runs.start()


def test_whoever_waits_for_the_disk_waits_for_the_group_being_written():
    written = []

    class Slow:
        def put(self, rows):
            written.append(sorted(name for _, name, _ in rows))

    async def write():
        journal = Journal(Slow())
        journal.note("a", "1", {})
        first = asyncio.ensure_future(journal.durable())
        await asyncio.sleep(0)
        journal.note("a", "2", {})
        journal.note("a", "2", None)
        await journal.durable()
        await first
        await journal.durable()

    asyncio.run(write())
    assert written == [["1"], ["2"]]


def test_a_group_that_could_not_be_written_is_written_with_the_next():
    written = []

    class Full:
        full = True

        def put(self, rows):
            if self.full:
                raise StoreError("the disk is full")
            written.extend(name for _, name, _ in rows)

    async def write():
        disk = Full()
        journal = Journal(disk)
        journal.note("a", "1", {})
        with pytest.raises(StoreError):
            await journal.durable()
        disk.full = False
        journal.note("a", "2", {})
        await journal.durable()

    asyncio.run(write())
    assert sorted(written) == ["1", "2"]
