"""The gate before the vault, and the choice of the last good copy behind it.

    reasons = judged(mark, history)            labelled reasons; any of them is quarantine
    choice = last_good(snapshots, before=…)    newest snapshot to trust, and why newer ones are not

A quarantined snapshot is sealed all the same (it may be all there is, and it is evidence) but never
chosen by itself. What is unusual is judged against this source's own history by median and median
absolute deviation, which a few bad snapshots cannot move, with a floor where history is even.
Ransomware is inside before it shows: nothing younger than the suspected entry is trusted, however
good it looks, because restoring it restores the intruder.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from panshi.model.resilience.mark import Mark, Seen

LEAST_HISTORY = 5
"Good snapshots before deviation is judged against them; absolute limits hold from the first."
DEVIATIONS = 6.0
NORMAL = 1.4826
"Makes a median absolute deviation comparable to a standard deviation."


class Code(StrEnum):
    """Why a snapshot is quarantined."""

    CANARY = "canary"
    OPAQUE = "opaque"
    CHANGED = "changed"
    GONE = "gone"
    CHECK = "check"
    SHRUNK = "shrunk"
    TORN = "torn"
    EMPTY = "empty"


WORDS: dict[Code, tuple[str, str]] = {
    Code.CANARY: ("誘餌資料遭變更或移除", "A canary was changed or removed"),
    Code.OPAQUE: ("內容突然大量呈現加密特徵", "Much of the content suddenly looks encrypted"),
    Code.CHANGED: ("變動比例遠高於以往", "Far more changed than ever before"),
    Code.GONE: ("大量資料列或檔案消失", "Many rows or files are gone"),
    Code.CHECK: ("業務控制總數不符", "A business control total is off"),
    Code.SHRUNK: ("資料列數大幅減少", "Far fewer rows than before"),
    Code.TORN: ("檔案在讀取期間持續變動", "Files never held still while they were read"),
    Code.EMPTY: ("沒有任何資料", "It is empty"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason, with what was seen and what would have been usual."""

    code: Code
    seen: str
    usual: str = ""

    @property
    def told(self) -> str:
        """One line for records: code and figures."""
        return f"{self.code}: {self.seen}" + (f" (usual {self.usual})" if self.usual else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the gate keeps of a snapshot for those after it."""

    seen: Seen
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    code: Code
    floor: float
    "So much above the median is never unusual, however even the history."
    ceiling: float
    "At or above this it is unusual whatever history says; over 1: never by itself."


_SHARES = (
    (_Limit(code=Code.OPAQUE, floor=0.05, ceiling=1.1), "opaque_share"),
    (_Limit(code=Code.CHANGED, floor=0.05, ceiling=0.8), "changed_share"),
    (_Limit(code=Code.GONE, floor=0.02, ceiling=0.5), "gone_share"),
)
_SUDDEN = 0.3
"Rise of the opaque share over the newest good snapshot that needs no history."
_LEAST_ROWS_KEPT = 0.5


def facts_of(mark: Mark) -> Facts:
    """Give what the gate keeps of a mark."""
    return Facts(seen=mark.seen, rows=mark.rows)


def judged(mark: Mark, history: Sequence[Facts]) -> tuple[Reason, ...]:
    """Give every reason against a snapshot; `history` are the good ones before it, oldest first."""
    return (
        *_certain(mark),
        *_shares(mark.seen, [each.seen for each in history]),
        *_rows(mark.rows, history),
    )


def _certain(mark: Mark) -> Iterable[Reason]:
    """Give what needs no history."""
    if mark.seen.canaries_wrong:
        yield Reason(code=Code.CANARY, seen=", ".join(mark.seen.canaries_wrong[:5]))
    for each in mark.checks:
        if not each.holds:
            yield Reason(code=Code.CHECK, seen=f"{each.name} = {each.value}")
    if mark.seen.torn:
        yield Reason(code=Code.TORN, seen=", ".join(mark.seen.torn[:5]))
    if not mark.rows and not mark.seen.files:
        yield Reason(code=Code.EMPTY, seen="0")


def _shares(seen: Seen, history: Sequence[Seen]) -> Iterable[Reason]:
    for limit, name in _SHARES:
        value = float(getattr(seen, name))
        past = [float(getattr(each, name)) for each in history if limit.code is Code.OPAQUE
                or each.compared]  # fmt: skip
        usual = usual_most(past, limit.floor)
        sudden = limit.code is Code.OPAQUE and past and value >= past[-1] + _SUDDEN
        if value >= limit.ceiling or sudden or (usual is not None and value > usual):
            shown = "" if usual is None else f"at most {usual:.1%}"
            yield Reason(code=limit.code, seen=f"{value:.1%}", usual=shown)


def _rows(rows: int, history: Sequence[Facts]) -> Iterable[Reason]:
    if history and rows < _LEAST_ROWS_KEPT * history[-1].rows:
        yield Reason(code=Code.SHRUNK, seen=f"{rows:,}", usual=f"{history[-1].rows:,}")


def usual_most(past: Sequence[float], floor: float) -> float | None:
    """Give the most that is usual after this history; None where it is too short to tell."""
    if len(past) < LEAST_HISTORY:
        return None
    middle = median(past)
    spread = NORMAL * median(abs(each - middle) for each in past)
    return middle + max(floor, DEVIATIONS * spread)


class Passed(StrEnum):
    """Why a snapshot is passed over."""

    QUARANTINED = "quarantined"
    AFTER_ENTRY = "after-entry"
    "Taken when the intruder may already have been inside."
    AFTER_LOSS = "after-loss"
    "Taken after the moment to which things are to be brought back."
    UNREADABLE = "unreadable"
    "A drill found that it does not come back."


PASSED_WORDS: dict[Passed, tuple[str, str]] = {
    Passed.QUARANTINED: ("已隔離檢疫", "quarantined"),
    Passed.AFTER_ENTRY: ("晚於可能遭入侵的時間", "younger than the suspected entry"),
    Passed.AFTER_LOSS: ("晚於宣告喪失的時間", "younger than the loss"),
    Passed.UNREADABLE: ("先前演練無法復原", "an earlier drill could not bring it back"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A snapshot as the choice sees it."""

    snapshot: str
    marked_at: datetime
    quarantined: bool
    reasons: tuple[str, ...] = ()
    unreadable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver:
    """A newer snapshot that is not used."""

    snapshot: str
    why: Passed
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The snapshot to restore."""

    chosen: Candidate | None
    loss: timedelta | None
    "Work lost: from its mark to the loss."
    passed_over: tuple[PassedOver, ...]


def last_good(
    candidates: Iterable[Candidate], *, lost_at: datetime, dwell: timedelta = timedelta()
) -> Choice:
    """Choose the newest snapshot to trust; `dwell` is how long somebody may have been inside."""
    entry = lost_at - dwell
    passed: list[PassedOver] = []
    for each in sorted(candidates, key=lambda one: one.marked_at, reverse=True):
        why = _against(each, lost_at, entry, dwell)
        if why is None:
            return Choice(chosen=each, loss=lost_at - each.marked_at, passed_over=tuple(passed))
        passed.append(PassedOver(snapshot=each.snapshot, why=why, reasons=each.reasons))
    return Choice(chosen=None, loss=None, passed_over=tuple(passed))


def _against(
    each: Candidate, lost_at: datetime, entry: datetime, dwell: timedelta
) -> Passed | None:
    if each.marked_at > lost_at:
        return Passed.AFTER_LOSS
    if each.quarantined:
        return Passed.QUARANTINED
    if dwell and each.marked_at > entry:
        return Passed.AFTER_ENTRY
    return Passed.UNREADABLE if each.unreadable else None
