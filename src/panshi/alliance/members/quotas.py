"""What each member may ask of a hub at once and over time, so that none harms another.

Two buckets per member, one of requests and one of bytes, a count of requests in hand, and a share
of the room the hub has for bodies that are still arriving. A flooding member empties its own
buckets; the room itself is refused to all only when it is full, and no member may hold more than
its share of it. Seconds are an argument; nothing here asks a clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from panshi.model.alliance.member import MIB, Member, Quotas, Reason, Refused

BURST_SECONDS = 4.0
ROOM = 512 * MIB
"Bytes of bodies in hand over all members."
SHARE = 0.25
"Of the room, for one member."
MOST_IN_HAND = 256
"Requests over all members."
WAIT_BUSY = 2.0
MINUTE = 60.0


@dataclass(slots=True, kw_only=True)
class _Account:
    requests: float
    bytes: float
    at: float
    in_hand: int = 0
    held: int = 0


@dataclass(slots=True, kw_only=True)
class Allowances:
    """What every member has left; one for a hub, used under its caller's lock."""

    room: int = ROOM
    most_in_hand: int = MOST_IN_HAND
    _accounts: dict[str, _Account] = field(default_factory=dict)

    def take(self, member: Member, size: int, now: float) -> Refused | None:
        """Take one request with a body of so many bytes in hand, or say when to come again."""
        quotas, account = member.quotas, self._account(member, now)
        refusal = self._refusal(quotas, account, size)
        if refusal is not None:
            return _of(refusal, member)
        account.requests -= 1
        account.bytes -= size
        account.in_hand += 1
        account.held += size
        return None

    def give_back(self, member: Member, size: int, now: float) -> None:
        """End what `take` began."""
        account = self._account(member, now)
        account.in_hand = max(0, account.in_hand - 1)
        account.held = max(0, account.held - size)

    def settle(self, member: Member, reserved: int, used: int, now: float) -> None:
        """Return bytes that were reserved and did not come."""
        account = self._account(member, now)
        account.bytes = min(
            float(member.quotas.bytes_per_minute), account.bytes + max(0, reserved - used)
        )

    def _refusal(self, quotas: Quotas, account: _Account, size: int) -> Refused | None:
        if size > quotas.body_bytes:
            return Refused(
                reason=Reason.TOO_LARGE,
                problem=f"larger than {quotas.body_bytes:,} bytes",
                remedy="send smaller batches",
            )
        if account.requests < 1:
            wait = (1 - account.requests) / quotas.requests_per_second
            return _later(Reason.TOO_FAST, "too many requests", wait)
        if account.bytes < size:
            wait = (size - account.bytes) / (quotas.bytes_per_minute / MINUTE)
            return _later(Reason.TOO_MANY_BYTES, "too many bytes within a minute", wait)
        if account.in_hand >= quotas.at_once or account.held + size > self.room * SHARE:
            return _later(Reason.TOO_MANY_AT_ONCE, "too much at the same time", 1.0)
        held = sum(each.held for each in self._accounts.values())
        in_hand = sum(each.in_hand for each in self._accounts.values())
        if held + size > self.room or in_hand >= self.most_in_hand:
            return _later(Reason.BUSY, "the hub has too much in hand", WAIT_BUSY)
        return None

    def _account(self, member: Member, now: float) -> _Account:
        quotas = member.quotas
        burst = max(1.0, quotas.requests_per_second * BURST_SECONDS)
        account = self._accounts.get(member.id)
        if account is None:
            account = _Account(requests=burst, bytes=float(quotas.bytes_per_minute), at=now)
            self._accounts[member.id] = account
        passed = max(0.0, now - account.at)
        account.at = now
        account.requests = min(burst, account.requests + passed * quotas.requests_per_second)
        account.bytes = min(
            float(quotas.bytes_per_minute),
            account.bytes + passed * quotas.bytes_per_minute / MINUTE,
        )
        return account


def _later(reason: Reason, problem: str, wait: float) -> Refused:
    seconds = max(1, int(-(-wait // 1)))
    return Refused(
        reason=reason,
        problem=problem,
        remedy=f"try again in {seconds} s",
        retry_after=float(seconds),
    )


def _of(refusal: Refused, member: Member) -> Refused:
    return Refused(
        reason=refusal.reason,
        problem=refusal.problem,
        remedy=refusal.remedy,
        retry_after=refusal.retry_after,
        member=member.id,
    )
