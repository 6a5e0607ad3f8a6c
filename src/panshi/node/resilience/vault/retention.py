"""Whether a place really keeps what was sealed, whoever asks to remove it: asked, not assumed.

    retentions(vault)      for each place: proven, unproven or absent, with the reason

What is asked for is the newest entry of the chain, written with the newest snapshot. That the
fragments beside it are kept as long is inferred: a bucket's default retention holds for all it
takes, and `lock-days` in a place's address for all that is written there. A fragment an older
snapshot wrote has the older lock. A service that lies about it is believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from panshi.errors import PanshiError
from panshi.node.resilience.vault.opening import Vault
from panshi.resilience.vault.layout import entry_name
from panshi.store.vault.place import Lock, Locking

COMPLIANCE = "COMPLIANCE"
CLOCKS = timedelta(hours=1)
"How far the place's clock may be behind ours."


class Hold(StrEnum):
    """How far one may rely on a place to keep what it got."""

    PROVEN = "proven"
    "The service shows a lock nobody lifts, for as long as the vault's retention."
    UNPROVEN = "unproven"
    "The service could hold a lock, and shows none that is enough."
    ABSENT = "absent"
    "Who administers the storage can delete."


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRetention:
    """One place."""

    place: str
    hold: Hold
    why_zh: str
    why_en: str
    mode: str = ""
    until: datetime | None = None
    "As the service says, of the newest entry."


def retentions(vault: Vault) -> tuple[PlaceRetention, ...]:
    """Ask every place that could be reached."""
    return tuple(_asked(vault, number) for number in sorted(vault.places))


def _asked(vault: Vault, number: int) -> PlaceRetention:
    place, label = vault.places[number], vault.label(number)
    if not isinstance(place, Locking):
        return PlaceRetention(
            place=label,
            hold=Hold.ABSENT,
            why_zh="此種地點沒有保存鎖，管理儲存設備者可刪除",
            why_en="places of this kind hold no lock: who administers the storage can delete",
        )
    try:
        lock = place.lock(entry_name(vault.head.sequence))
    except PanshiError as error:
        return PlaceRetention(
            place=label,
            hold=Hold.UNPROVEN,
            why_zh=f"無法詢問：{error.problem}",
            why_en=f"it could not be asked: {error.problem}",
        )
    return _judged(label, lock, vault.head.time + vault.terms.retention)


def _judged(label: str, lock: Lock | None, needed: datetime) -> PlaceRetention:
    if lock is None:
        return PlaceRetention(
            place=label,
            hold=Hold.UNPROVEN,
            why_zh="服務未顯示鎖：沒有，或金鑰無權查看（s3:GetObjectRetention）",
            why_en="no lock is shown: there is none, or the keys may not see it"
            " (s3:GetObjectRetention)",
        )
    hold, zh, en = (
        Hold.PROVEN,
        "最新一筆已鎖定；其餘片段由此推論",
        "the newest entry is locked; of the fragments it is inferred",
    )
    if lock.mode != COMPLIANCE:
        hold = Hold.UNPROVEN
        zh = f"模式為 {lock.mode}，有權者可解除"
        en = f"the mode is {lock.mode}: who has the right lifts it"
    elif lock.until + CLOCKS < needed:
        hold = Hold.UNPROVEN
        zh, en = "鎖定期短於保險庫的保存期", "the lock ends before the vault's retention does"
    return PlaceRetention(
        place=label, hold=hold, why_zh=zh, why_en=en, mode=lock.mode, until=lock.until
    )
