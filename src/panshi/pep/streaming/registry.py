"""What is open here, and how orders reach it.

An order that arrives before the answer it belongs to is not lost: an access stands in the registry
under an id of ours from the moment the decision point is asked about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from panshi.pep.streaming.frames import POLICY_VIOLATION, SESSION_ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Why something open is ended or narrowed, as its client is told."""

    code: int
    "For a WebSocket: 4401 where signing in again helps, else 1008."
    cause: str
    "One word, such as `session_revoked`."
    zh: str
    en: str

    @property
    def told(self) -> dict[str, str]:
        """What a last server-sent event says."""
        return {"cause": self.cause, "reason_zh": self.zh, "reason_en": self.en}


UNREACHABLE = Ending(
    code=POLICY_VIOLATION,
    cause="decision_point_unreachable",
    zh="無法向決策點確認，連線依規定關閉。",
    en="The decision point cannot be reached; the connection is closed.",
)


class Opened(Protocol):
    """Something open that can be ended."""

    access: str
    session: str
    grace_s: int

    def end(self, why: Ending) -> None:
        """End it now."""
        ...

    def narrow(self, why: Ending) -> None:
        """Leave what its route leaves; end it where that is nothing."""
        ...

    def tell(self, why: Ending) -> None:
        """Say something on it where its protocol can; it stays open."""
        ...


class Registry:
    """Everything open, by access and by session."""

    def __init__(self) -> None:
        """Begin with nothing open."""
        self._open: dict[str, Opened] = {}
        self._sessions: dict[str, set[str]] = {}
        self.epoch = 0
        self.ended = 0

    def __len__(self) -> int:
        """Count what is open."""
        return len(self._open)

    def __iter__(self) -> Iterator[Opened]:
        """Walk over a copy of what is open."""
        return iter(tuple(self._open.values()))

    def add(self, opened: Opened) -> None:
        """Keep what the decision point is being asked about."""
        self._open[opened.access] = opened

    def settle(self, opened: Opened) -> None:
        """Keep under which session it was let in."""
        self._sessions.setdefault(opened.session, set()).add(opened.access)

    def remove(self, opened: Opened) -> bool:
        """Forget it; False if it was not there."""
        if self._open.pop(opened.access, None) is None:
            return False
        kept = self._sessions.get(opened.session)
        if kept is not None:
            kept.discard(opened.access)
            if not kept:
                del self._sessions[opened.session]
        return True

    def obey(self, order: Mapping[str, object]) -> int:
        """Do what an order says; gives how much was ended or narrowed."""
        epoch = order.get("epoch")
        if isinstance(epoch, int):
            self.epoch = max(self.epoch, epoch)
        kind, why = order.get("kind"), _why(order)
        reached = tuple(self._named(order))
        for each in reached:
            match kind:
                case "close" | "end_session":
                    self.remove(each)  # the decision point counts it closed: nothing to report
                    each.end(why)
                case "narrow":
                    each.narrow(why)
                case "step_up" | "notify":
                    each.tell(why)
                case _:  # an order of a later version: what is not understood closes
                    each.end(why)
        return len(reached)

    def end_all(self, opened: Iterable[Opened], why: Ending) -> int:
        """End several."""
        ended = 0
        for each in tuple(opened):
            each.end(why)
            ended += 1
        return ended

    def _named(self, order: Mapping[str, object]) -> Iterator[Opened]:
        access, session = order.get("access"), order.get("session")
        if isinstance(access, str):
            if access in self._open:
                yield self._open[access]
        elif order.get("kind") != "narrow" and isinstance(session, str):
            for each in tuple(self._sessions.get(session, ())):
                yield self._open[each]


def _why(order: Mapping[str, object]) -> Ending:
    kind = order.get("kind")
    ends = kind in {"end_session", "step_up"} or order.get("cause") == "step_up_overdue"
    return Ending(
        code=SESSION_ENDED if ends else POLICY_VIOLATION,
        cause=str(order.get("cause") or kind or "policy"),
        zh=str(order.get("reason_zh") or "存取已被收回。"),
        en=str(order.get("reason_en") or "Access was taken back."),
    )
