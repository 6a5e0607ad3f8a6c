"""Bodies of what agents tell of hosts: software, disks, patches, browsers, their own alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("host.software/1", "主機軟體清冊", "Software on a host")
@dataclass(frozen=True, slots=True, kw_only=True)
class HostSoftware(Body):
    """Software an agent lists on one host; says nothing of pending updates."""

    count: int
    software: tuple[str, ...] = ()
    "`name version`, sorted; at most 20,000."
    kinds: tuple[str, ...] = ()
    "Tables read, for example `deb_packages`."


@observation_kind("host.disks/1", "主機磁碟加密", "Disk encryption of a host")
@dataclass(frozen=True, slots=True, kw_only=True)
class HostDisks(Body):
    """Volumes of one host and whether they are encrypted."""

    volumes: int
    encrypted: int
    unencrypted: int
    open_volumes: tuple[str, ...] = ()
    "Names of volumes that are not encrypted."


@observation_kind("host.patches/1", "主機修補紀錄", "Patches installed on a host")
@dataclass(frozen=True, slots=True, kw_only=True)
class HostPatches(Body):
    """Patches of the operating system on one host."""

    count: int
    newest: date | None = None
    "None where no patch says when it was installed."
    patches: tuple[str, ...] = ()


@observation_kind("browser.extensions/1", "瀏覽器擴充功能", "Browser extensions of a host")
@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserExtensions(Body):
    """Extensions in the browsers of one host, whoever uses it."""

    count: int
    sideloaded: int = 0
    "Not from the browser's own store."
    extensions: tuple[str, ...] = ()
    "`name version (identifier)`."


@observation_kind("monitoring.agent/1", "監控代理程式告警", "Alerts of a monitoring agent")
@dataclass(frozen=True, slots=True, kw_only=True)
class AgentAlerts(Body):
    """Alerts of one agent in the period of one file; no text of a log line is kept."""

    agent: str
    manager: str
    alerts: int
    critical: int
    "Rule level 12 and above."
    high: int
    "Rule level 7 to 11."
    rules: tuple[str, ...] = ()
    "`id level: count`, the gravest first; at most 200."
    groups: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    "MITRE ATT&CK technique ids."
    file_changes: int = 0
    "Alerts of file integrity monitoring."
    vulnerabilities: int = 0
    "Alerts of the vulnerability detector."
