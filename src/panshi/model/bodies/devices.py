"""Bodies about end-user devices, external devices, gateways and Internet-of-things devices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("device.posture/1", "設備狀態", "Device posture")
@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePosture(Body):
    """One device as its management or network admission system sees it."""

    managed: bool
    uniquely_identified: bool = False
    "Bound to a certificate or hardware identity."
    compliant: bool = False
    risk_controlled: bool = False
    "Unmanaged, but admitted only under a stated control."
    detection_response: bool = False
    disk_encrypted: bool = False
    patch_age_days: int = 0
    jailbroken: bool = False
    owner_kind: str = "issued"
    "`issued`, `byod` or `external`."
    gateway_only: bool = False
    "External device enters through a compliant relay gateway only."
    attested: bool = False
    "External device's owner attested controls no weaker than ours."
    remote_wipe: bool = False
    settings_locked: bool = False
    official_apps_only: bool = False
    wireless_restricted: bool = False
    storage_restricted: bool = False
    transfer_protected: bool = False
    screen_lock: bool = False
    agreement_signed: bool = False
    tethering_blocked: bool = False
    reset_on_handover: bool = False
    source: str = ""
    last_seen: date | None = None


@observation_kind("device.response/1", "設備事件應處", "Device response", tests=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceResponse(Body):
    """A breach-and-attack simulation or real event on a device or host."""

    passed: bool
    technique: str
    "MITRE ATT&CK technique id."
    contain_seconds: float = 0.0
    automatic: bool = False


@observation_kind("device.fleet_policy/1", "設備政策自動化", "Fleet policy automation")
@dataclass(frozen=True, slots=True, kw_only=True)
class FleetPolicy(Body):
    """How a policy change reaches a fleet of devices."""

    rollout_hours: float
    "95th percentile from publication to enforcement."
    auto_remediated_share: float
    "Share of deviations corrected without a hand, 0 to 1."


@observation_kind("iot.device/1", "物聯網設備", "Internet-of-things device")
@dataclass(frozen=True, slots=True, kw_only=True)
class IotDevice(Body):
    """One Internet-of-things device in inventory and scan."""

    inventoried: bool
    "Use, network settings, place and manager are recorded."
    inventory_reviewed: date | None = None
    updatable: bool = False
    firmware_age_days: int = 0
    default_password_changed: bool = False
    authenticated: bool = False
    unneeded_services: int = 0
    public_address: bool = False
    fronted_by_firewall: bool = False
    wireless_encrypted: bool = True
    bound: bool = False
    "Bound to its access point, for example by an address allow-list."
    known_weakness: bool = False
    disconnected: bool = False
    own_segment: bool = False
    labelled: bool = False
    "Carries a security label for such devices."
    replacement_due: date | None = None
