"""Which of the statements that apply wins, and which contradict it (ADR 0190).

1. Only what counts is heard: not barred, issued by the day, not past its last day; our own
   decision always has a last day.
2. Of one author the newest statement stands for all of theirs; of equally new ones the graver.
3. Our own decision, made by two people who knew our use, goes before what others say, except where
   somebody we trust newly says "affected" after it was made: then that counts until we decide
   again. Who had said "affected" before we decided says nothing new by saying it again.
4. Among others the best trusted go first; among equals the graver statement, then the newer.
5. Statements that disagree with the winner on whether there is anything to do are told beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from panshi.model.supply_chain.vex import VexStatement, VexStatus
from panshi.protection.supply_chain.vex.fitting import Asked, Fit, fit

GRAVITY = {
    VexStatus.FIXED: 0,
    VexStatus.NOT_AFFECTED: 1,
    VexStatus.UNDER_INVESTIGATION: 2,
    VexStatus.AFFECTED: 3,
}
LIFTS = frozenset({VexStatus.FIXED, VexStatus.NOT_AFFECTED})
"Statuses after which there is nothing to do."
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Voice(NamedTuple):
    """A statement and by what right it speaks."""

    statement: VexStatement
    own: bool = False
    "Decided by this institution."
    rank: int = 1
    "How far its author is trusted; the higher goes first."
    number: str = ""
    "Number of the decision, for example `VEX-2026-001`."
    evidence: str = ""
    "Id of the sealed record it rests on."
    barred: str = ""
    "Why it never counts, though it may be told: `waits`, `untrusted`, `unsigned` …"
    unapproved: bool = False
    "It counts only because the caller said so."


class Ruling(NamedTuple):
    """What stands for one component, and on what it rests."""

    status: VexStatus
    voice: Voice
    until: date | None
    "Last day; None where its author set none."
    against: tuple[Voice, ...] = ()
    "Statements that count too and say the contrary."

    @property
    def lifts(self) -> bool:
        """Whether there is nothing to do."""
        return self.status in LIFTS

    @property
    def unapproved(self) -> bool:
        """Whether it counts only because the caller said so."""
        return self.voice.unapproved

    @property
    def why(self) -> str:
        """Say it in one English sentence."""
        statement = self.voice.statement
        who = f"decision {self.voice.number}" if self.voice.own else (statement.author or "a file")
        reason = statement.justification or statement.impact or statement.action
        parts = [f"{who} says {self.status}"]
        parts += [f": {reason[:200]}"] if reason else []
        parts += [f", until {self.until}"] if self.until else []
        parts += [f"; contradicted by {_names(self.against)}"] if self.against else []
        parts += ["; not approved, taken because asked to"] if self.unapproved else []
        return "".join(parts)

    @property
    def why_zh(self) -> str:
        """Say it in one Chinese sentence."""
        statement = self.voice.statement
        who = f"決定 {self.voice.number}" if self.voice.own else (statement.author or "檔案")
        reason = statement.justification or statement.impact or statement.action
        parts = [f"{who} 認定{_ZH[self.status]}"]
        parts += [f"（{reason[:200]}）"] if reason else []
        parts += [f"，至 {self.until} 止"] if self.until else []
        parts += [f"；與 {_names(self.against)} 相反"] if self.against else []
        parts += ["；未經核准，依要求採計"] if self.unapproved else []
        return "".join(parts)


_ZH = {
    "not_affected": "不受影響",
    "affected": "受影響",
    "fixed": "已修復",
    "under_investigation": "調查中",
}


def counts(voice: Voice, on: date) -> bool:
    """Whether a voice is heard on a day at all."""
    if voice.barred or voice.rank < 1:
        return False
    expires = voice.statement.expires
    if expires is None:
        return not voice.own and issued(voice).date() <= on
    return on <= expires and issued(voice).date() <= on


def decide(voices: Iterable[Voice], asked: Asked, on: date) -> Ruling | None:
    """Give what stands for a component on a day; None where nobody who counts speaks of it."""
    heard = [each for each in voices if counts(each, on)]
    return among([each for each in heard if fit(each.statement, asked) is Fit.APPLIES])


def among(applying: list[Voice]) -> Ruling | None:
    """Give the one that wins among voices that count and apply."""
    if not applying:
        return None
    newest = _newest_of_each(applying)
    own = next((each for each in newest if each.own), None)
    others = [each for each in newest if not each.own]
    best = own
    if own is not None and own.statement.status is not VexStatus.AFFECTED:
        news = [each for each in others if _news(each, own, applying)]
        best = max(news, key=_order, default=own)
    elif own is None:
        best = max(others, key=lambda each: (each.rank, *_order(each)))
    if best is None:
        return None
    lifts = best.statement.status in LIFTS
    against = tuple(
        each
        for each in sorted(newest, key=_order, reverse=True)
        if each is not best and (each.statement.status in LIFTS) != lifts
    )
    return Ruling(best.statement.status, best, best.statement.expires, against)


def _newest_of_each(applying: list[Voice]) -> list[Voice]:
    found: dict[tuple[bool, str], Voice] = {}
    for each in applying:
        author = _author(each)
        known = found.get(author)
        if known is None or _recent(each) > _recent(known):
            found[author] = each
    return list(found.values())


def _news(other: Voice, own: Voice, applying: list[Voice]) -> bool:
    """Whether another says "affected" anew since our decision."""
    since = issued(own)
    if other.statement.status is not VexStatus.AFFECTED or issued(other) <= since:
        return False
    earlier = [
        each for each in applying if _author(each) == _author(other) and issued(each) <= since
    ]
    last = max(earlier, key=_recent, default=None)
    return last is None or last.statement.status is not VexStatus.AFFECTED


def issued(voice: Voice) -> datetime:
    """Give the moment a statement was made; what has none is older than all that have."""
    return moment_of(voice.statement.issued)


@lru_cache(maxsize=1 << 14)
def moment_of(text: str) -> datetime:
    """Read RFC 3339 with any number of decimals."""
    try:
        head, dot, rest = text.partition(".")
        if dot:
            digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
            text = f"{head}.{digits[:6]}{rest[len(digits) :]}"
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return LONG_AGO


def _author(voice: Voice) -> tuple[bool, str]:
    return voice.own, "" if voice.own else voice.statement.author.casefold()


def _recent(voice: Voice) -> tuple[datetime, int, str, str]:
    return issued(voice), *_order(voice)[:1], voice.evidence, voice.statement.place


def _order(voice: Voice) -> tuple[int, datetime, str, str]:
    statement = voice.statement
    return GRAVITY[statement.status], issued(voice), statement.author, statement.document


def _names(voices: tuple[Voice, ...]) -> str:
    return ", ".join(
        dict.fromkeys(each.number or each.statement.author or "a file" for each in voices)
    )
