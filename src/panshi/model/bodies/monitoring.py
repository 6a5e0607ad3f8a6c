"""Bodies about logging, detection, cloud operation and tests of detection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("log.source/1", "日誌來源", "Log source")
@dataclass(frozen=True, slots=True, kw_only=True)
class LogSource(Body):
    """How one system's or host's event logs are collected; the facet names the layer."""

    layer: str
    "`identity`, `device`, `network`, `application`, `data` or `cloud`."
    collected: bool
    central: bool = False
    last_event_hours: float = 0.0
    "Age of the newest event in hours."
    retention_days: int = 0
    reviewed_on: date | None = None
    detection_rules: int = 0
    correlation_rules: int = 0
    soc_integrated: bool = False
    real_time: bool = False
    decision_events: bool = False
    "Policy decisions and dynamic attributes are among the events."
    plaintext_sensitive: bool = False
    operations_logged: bool = False
    login_failures_analysed: bool = False
    personal_data_use_logged: bool = False


@observation_kind("detection.replay/1", "偵測重播測試", "Detection replay", tests=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionReplay(Body):
    """A replayed or simulated attack against one system's detection."""

    passed: bool
    "The attack was detected within the demanded time."
    technique: str
    layer: str
    detect_seconds: float = 0.0


@observation_kind("incident.finding/1", "事件所示缺失", "Incident finding", tests=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFinding(Body):
    """What an incident, or the re-test after it, says about named controls on a subject."""

    passed: bool
    "False while the weakness stands, True by the re-test."
    controls: tuple[str, ...]
    "`<framework>/<control>`."
    ticket: str
    summary: str = ""


@observation_kind("cloud.service/1", "雲端服務", "Cloud service")
@dataclass(frozen=True, slots=True, kw_only=True)
class CloudService(Body):
    """Operation of one cloud service."""

    model: str
    "`IaaS`, `PaaS` or `SaaS`."
    monitored: bool = False
    "Load, protection and availability are monitored."
    open_api: bool = False
    hardened: bool = False
    "Only needed ports, protocols and services."
    customer_data: bool = False
    material: bool = False
    region: str = ""
    configuration_drift: int = 0
    inventoried: bool = True
