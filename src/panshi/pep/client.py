"""What middleware holds on to: a decision kept is a decision open, so that orders reach it.

An answer is kept for a while under an access of its own. The decision point knows of it and takes
it back like an open stream: a cache that only expires would be a hole as wide as its expiry. While
no orders come nothing is used that was kept, and without an answer nothing is allowed.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import TimeoutError as NotInTime

from panshi.pep.asking import Address, Channel, Unanswered
from panshi.pep.streaming.enforcer import Claim, Enforcer, Grant
from panshi.pep.streaming.head import COOKIE, SCHEME
from panshi.pep.streaming.registry import Ending

KEEP_S = 30.0
GRACE_S = 10
MOST_KEPT = 10_000
ASK_S = 2.0
READY_S = 2.0

type Key = tuple[str | None, str | None, str, str]


class Kept:
    """An answer that is kept, until it is taken back or grows old."""

    def __init__(
        self, access: str, key: Key, *, until: float, grace_s: int, gone: Callable[[Kept], None]
    ) -> None:
        """Begin without an answer."""
        self.access = access
        self.session = ""
        self.grace_s = grace_s
        self.key = key
        self.until = until
        self.grant = Grant(allowed=False, outcome="denied")
        self.watchers: set[Callable[[Ending], None]] = set()
        self._gone = gone

    def end(self, why: Ending) -> None:
        """Forget the answer and tell those in the middle of using it."""
        self._gone(self)
        for each in tuple(self.watchers):
            each(why)

    def narrow(self, why: Ending) -> None:
        """Ask anew next time: what is left may differ."""
        self.end(why)

    def tell(self, why: Ending) -> None:
        """Nobody reads a notice here."""


class Gatekeeper:
    """Asks the decision point, keeps what it may keep, obeys orders; belongs to one event loop."""

    def __init__(
        self,
        name: str,
        decision_point: str,
        *,
        token: str = "",
        keep_s: float = KEEP_S,
        grace_s: int = GRACE_S,
    ) -> None:
        """Know where to ask; `start` connects. What runs ends when no orders came for the grace."""
        self.keep_s = keep_s
        self.grace_s = grace_s
        channel = Channel(Address.of(decision_point, token=token))
        self.enforcer = Enforcer(name, channel, frozenset({grace_s}))
        self._kept: dict[Key, Kept] = {}
        self._following: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Count what is kept."""
        return len(self._kept)

    async def start(self) -> None:
        """Follow orders; wait a moment for the first sign of life."""
        if self._following is None:
            self._following = asyncio.get_running_loop().create_task(self.enforcer.run())
        until = asyncio.get_running_loop().time() + READY_S
        while not self.enforcer.up and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Follow no more and keep nothing."""
        if self._following is not None:
            self._following.cancel()
            self._following = None
        for each in tuple(self._kept.values()):
            self._drop(each)
        self.enforcer.channel.close()

    async def ask(self, claim: Claim) -> tuple[Grant, Kept | None]:
        """Give a kept answer or ask; Unanswered where nobody could decide."""
        if self._following is None:
            await self.start()
        key = (claim.session, claim.certificate, claim.system, claim.action)
        now = asyncio.get_running_loop().time()
        kept = self._kept.get(key)
        if kept is not None and now < kept.until and self.enforcer.up:
            return kept.grant, kept
        if kept is not None:
            self._retire(kept)
        access, until = self.enforcer.new_access(), now + self.keep_s
        fresh = Kept(access, key, until=until, grace_s=self.grace_s, gone=self._drop)
        fresh.grant = await self.enforcer.open(fresh, claim)
        if not fresh.grant.allowed:
            return fresh.grant, None
        if self.enforcer.gone(fresh):
            raise Unanswered("taken back while it was being decided")
        if len(self._kept) >= MOST_KEPT:
            self._retire(next(iter(self._kept.values())))
        self._kept[key] = fresh
        return fresh.grant, fresh

    def hold(self, kept: Kept, watcher: Callable[[Ending], None]) -> None:
        """Let something stand on an answer: it is told when the answer is taken back."""
        kept.watchers.add(watcher)

    def release(self, kept: Kept, watcher: Callable[[Ending], None]) -> None:
        """Stand on it no more; an answer that was only kept for this is let go."""
        kept.watchers.discard(watcher)
        if not kept.watchers and self._kept.get(kept.key) is not kept:
            self.enforcer.forget(kept)

    def _retire(self, kept: Kept) -> None:
        """Give an old answer to nobody new; those who stand on it keep it open."""
        if self._kept.get(kept.key) is kept:
            del self._kept[kept.key]
        if not kept.watchers:
            self.enforcer.forget(kept)

    def _drop(self, kept: Kept) -> None:
        if self._kept.get(kept.key) is kept:
            del self._kept[kept.key]
        self.enforcer.forget(kept)


class Doorman:
    """A gatekeeper for synchronous code, on a loop in a thread of its own."""

    def __init__(
        self, name: str, decision_point: str, *, token: str = "", keep_s: float = KEEP_S
    ) -> None:
        """Start the thread; it ends with the process."""
        self._loop = asyncio.new_event_loop()
        self._keeper = Gatekeeper(name, decision_point, token=token, keep_s=keep_s)
        threading.Thread(target=self._loop.run_forever, name="zero-trust", daemon=True).start()
        self._wait(self._keeper.start(), READY_S + 1)

    def ask(self, claim: Claim) -> Grant:
        """Give a kept answer or ask; Unanswered where nobody could decide."""
        grant, _ = self._wait(self._keeper.ask(claim), ASK_S)
        return grant

    def stop(self) -> None:
        """Keep nothing and end the thread."""
        self._wait(self._keeper.stop(), ASK_S)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _wait[Result](self, work: Coroutine[object, object, Result], seconds: float) -> Result:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(seconds)
        except NotInTime as error:
            future.cancel()
            raise Unanswered("no answer from the decision point in time") from error


def credential_in(cookies: str, authorization: str) -> str | None:
    """Give the session's credential from headers; two cookies are none."""
    pairs = (each.partition("=") for each in cookies.split(";"))
    found = [value.strip() for name, _, value in pairs if name.strip() == COOKIE]
    if not found and authorization[: len(SCHEME)].lower() == SCHEME.lower():
        found = [authorization[len(SCHEME) :].strip()]
    return found[0] if len(found) == 1 and found[0] else None
