"""Bodies of what a machine tells of its own protection: system, firewall, start-up, screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("host.system/1", "作業系統版本", "Operating system release")
@dataclass(frozen=True, slots=True, kw_only=True)
class HostSystem(Body):
    """Which system runs, and whether its maker still mends it."""

    system: str
    "Name and release as the system itself says."
    kernel: str
    workstation: bool
    "People sit before it: it has a screen manager or the case of a laptop."
    support_ends: date | None = None
    "Last day of security updates; None where nothing on the machine says."
    supported: bool | None = None
    "None where it cannot be told, never true."


@observation_kind("host.firewall/1", "主機防火牆", "Host firewall")
@dataclass(frozen=True, slots=True, kw_only=True)
class HostFirewall(Body):
    """Rules of the packet filter on what comes in."""

    engine: str
    "`nftables` or `iptables`."
    input_chains: int
    input_rules: int
    drops_by_default: bool
    "A chain on incoming packets drops what no rule takes."
    filters_input: bool
    "It drops by default, or a rule drops or rejects."


@observation_kind("host.boot/1", "開機保護", "Protection at start-up")
@dataclass(frozen=True, slots=True, kw_only=True)
class HostBoot(Body):
    """Firmware, secure boot and TPM."""

    uefi: bool
    secure_boot: bool | None
    "None where the firmware's variable may not be read."
    tpm: bool
    "A TPM 2.0 is there."


@observation_kind("host.screen/1", "螢幕鎖定", "Screen lock")
@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenLock(Body):
    """The screen lock set for everybody on the machine."""

    locks: bool
    idle_seconds: int | None = None
    "None where not set for everybody."
    fixed: bool = False
    "Users cannot change it."
