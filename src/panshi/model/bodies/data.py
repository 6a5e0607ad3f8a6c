"""Bodies about data sets: classification, encryption, leak prevention, backup, life cycle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("data.store/1", "資料儲存庫", "Data store")
@dataclass(frozen=True, slots=True, kw_only=True)
class DataStore(Body):
    """One data set as inventory, key management and leak prevention see it."""

    classified: bool
    labelled: bool = False
    sensitive: bool = False
    encrypted: bool = False
    key_custody: str = "none"
    "`self`, `provider`, `hsm` or `none`."
    key_isolated: bool = False
    key_rotated: date | None = None
    algorithm: str = ""
    key_bits: int = 0
    leak_prevention: bool = False
    "All exit channels of the data set are covered."
    leak_test_blocked: bool | None = None
    stop_seconds: float | None = None
    "From suspected leak to stop in the last test."
    access_monitored: bool = False
    dynamic_access: bool = False
    lifecycle_automated: bool = False
    "Retention, labels and encryption follow policy without a hand."
    location: str = ""
    "ISO 3166 country code of where it rests."
    domestic_copy: bool = False
    approved_abroad: bool = False
    production_in_test: bool = False
    minimised: bool = False
    plaintext_in_trails: bool = False


@observation_kind("backup.status/1", "備份狀態", "Backup status")
@dataclass(frozen=True, slots=True, kw_only=True)
class BackupStatus(Body):
    """The last backup run of one system or data set."""

    succeeded: bool
    finished: date
    local_high_availability: bool = False
    remote_copy: bool = False
    immutable: bool = False
    inventoried: bool = False
    media_protected: bool = False
    interval_hours: float = 24.0
