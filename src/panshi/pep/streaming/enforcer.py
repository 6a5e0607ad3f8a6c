"""The link to the decision point: asks at the opening, obeys orders, and fails closed without them.

While the stream of orders is down nothing new is opened, because it could not be taken back; what
is open ends when the grace of its route is over. After a reconnection everything still open is
asked about again, so that nothing that was taken back in the meantime stays.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Coroutine, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

import msgspec

from panshi.pep.asking import Channel, Unanswered
from panshi.pep.streaming.registry import UNREACHABLE, Ending, Opened, Registry

RECONNECT_S = 0.2
SILENCE_S = 6.0
"Three heart-beats of the decision point."
ASKED_AT_ONCE = 64
CONFIRM_S = 0.02
HEARTBEAT = "heartbeat"
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who a client says it is, and what it wants; asked again as it stands after a reconnection."""

    system: str
    action: str
    kind: str = "stream"
    session: str | None = None
    "Credential of a session, from cookie, bearer token or preamble."
    certificate: str | None = None
    "PEM of a verified client certificate."
    address: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What the decision point answered."""

    allowed: bool
    outcome: str
    "allowed, sign-in, step-up or denied."
    session: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    "What the application is told, or how the client may do better."
    reason_zh: str = ""
    reason_en: str = ""

    @classmethod
    def of(cls, answer: object) -> Grant:
        """Read an answer; anything unexpected is a denial."""
        if not isinstance(answer, Mapping):
            return cls(allowed=False, outcome="denied")
        headers = answer.get("headers")
        return cls(
            allowed=answer.get("outcome") == "allowed",
            outcome=str(answer.get("outcome", "denied")),
            session=str(answer.get("session", "")),
            headers=tuple((str(name), str(value)) for name, value in headers.items())
            if isinstance(headers, Mapping)
            else (),
            reason_zh=str(answer.get("reason_zh", "")),
            reason_en=str(answer.get("reason_en", "")),
        )


@dataclass(slots=True)
class _Link:
    up: bool = False
    heard: float = 0.0
    "When the decision point was last heard."
    confirming: bool = False
    timers: list[asyncio.TimerHandle] = field(default_factory=list)


class Enforcer:
    """Asks, registers, obeys."""

    def __init__(self, name: str, channel: Channel, graces: frozenset[int]) -> None:
        """Know the graces of all routes beforehand, so that one timer serves each."""
        self.name = name
        self.channel = channel
        self.registry = Registry()
        self.claims: dict[str, Claim] = {}
        self._graces = graces
        self._link = _Link()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def up(self) -> bool:
        """Whether orders reach us."""
        return self._link.up

    def new_access(self) -> str:
        """Name an access nobody can guess."""
        return f"{self.name}.{secrets.token_hex(12)}"

    async def open(self, opened: Opened, claim: Claim) -> Grant:
        """Ask whether something may open; it is registered before the question leaves."""
        if not self._link.up:
            raise Unanswered("no orders from the decision point")
        self.registry.add(opened)
        self.claims[opened.access] = claim
        try:
            grant = await self._ask(opened.access, claim)
        except BaseException:
            self.forget(opened, report=False)
            raise
        if not grant.allowed:
            self.forget(opened, report=False)
            return grant
        opened.session = grant.session
        if not self.gone(opened):
            self.registry.settle(opened)
        return grant

    async def _ask(self, access: str, claim: Claim) -> Grant:
        question = {
            "pep": self.name,
            "access": access,
            "kind": claim.kind,
            "system": claim.system,
            "action": claim.action,
            "session": claim.session,
            "certificate": claim.certificate,
            "address": claim.address,
            "path": claim.path,
        }
        status, answer = await self.channel.ask(
            "POST", "/zt/v1/ask", {key: value for key, value in question.items() if value}
        )
        if status != 200:  # noqa: PLR2004 -- every decision is a 200, also a denial
            raise Unanswered(f"the decision point answered HTTP {status}")
        return Grant.of(answer)

    def gone(self, opened: Opened) -> bool:
        """Whether it was ended while somebody waited."""
        return opened.access not in self.claims

    def forget(self, opened: Opened, *, report: bool = True) -> None:
        """Tell that something is open no more."""
        self.claims.pop(opened.access, None)
        if self.registry.remove(opened) and report:
            self._spawn(self._report(opened.access))

    async def _report(self, access: str) -> None:
        with suppress(Unanswered):  # it learns what is open when we register anew
            await self.channel.ask("DELETE", f"/zt/v1/accesses/{access}")

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def run(self) -> None:
        """Follow the orders until cancelled; whatever ends this, the graces begin to run."""
        try:
            while True:
                try:
                    await self._follow()
                except (Unanswered, msgspec.MsgspecError, ValueError):
                    self._down()
                await asyncio.sleep(RECONNECT_S)
        finally:
            self._down()

    async def _follow(self) -> None:
        path = f"/zt/v1/orders?pep={self.name}&after={self.registry.epoch}"
        if not self._link.heard:
            path += "&fresh=1"
        async with aclosing(self.channel.lines(path, silence_s=SILENCE_S)) as lines:
            async for line in lines:
                await self._take(_decode(line))

    async def _take(self, order: object) -> None:
        if not isinstance(order, Mapping):
            raise Unanswered("an order that is none")
        self._link.heard = asyncio.get_running_loop().time()
        self._check_sequence(order)
        if not self._link.up:
            await self._back()
        self.registry.obey(order)
        if order.get("kind") != HEARTBEAT:
            self._confirm_soon()

    def _check_sequence(self, beat: Mapping[str, object]) -> None:
        """Begin anew with a decision point that counts from the beginning: it kept nothing."""
        epoch = beat.get("epoch")
        if beat.get("kind") == HEARTBEAT and isinstance(epoch, int) and epoch < self.registry.epoch:
            self.registry.epoch = epoch
            raise Unanswered("the sequence of orders began anew")

    def _confirm_soon(self) -> None:
        """Tell how far orders were carried out, once for all that came together."""
        if not self._link.confirming:
            self._link.confirming = True
            self._spawn(self._confirm())

    async def _confirm(self) -> None:
        await asyncio.sleep(CONFIRM_S)
        self._link.confirming = False
        told = {"pep": self.name, "epoch": self.registry.epoch}
        with suppress(Unanswered):  # told again when the stream of orders is taken up again
            await self.channel.ask("POST", "/zt/v1/orders/confirm", told)

    async def _back(self) -> None:
        """Ask about all that is still open, then open again."""
        held = asyncio.Semaphore(ASKED_AT_ONCE)

        async def again(opened: Opened) -> None:
            claim = self.claims.get(opened.access)
            async with held:
                grant = None if claim is None else await self._ask(opened.access, claim)
            if grant is not None and not grant.allowed:
                opened.end(_denied(grant))

        await asyncio.gather(*map(again, self.registry))
        self._link.up = True
        for timer in self._link.timers:
            timer.cancel()
        self._link.timers.clear()

    def _down(self) -> None:
        if not self._link.up:
            return
        self._link.up = False
        loop = asyncio.get_running_loop()
        for grace in self._graces:
            over = self._link.heard + grace
            self._link.timers.append(loop.call_at(over, self._grace_over, grace))

    def _grace_over(self, grace: int) -> None:
        over = (each for each in self.registry if each.grace_s <= grace)
        self.registry.end_all(over, UNREACHABLE)


def _denied(grant: Grant) -> Ending:
    return Ending(
        code=4401 if grant.outcome in {"sign-in", "step-up"} else 1008,
        cause="decided_anew",
        zh=grant.reason_zh or "重新判定後不予許可。",
        en=grant.reason_en or "Decided anew and not allowed.",
    )
