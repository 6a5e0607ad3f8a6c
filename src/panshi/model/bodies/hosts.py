"""Bodies about one host: benchmark results, audits, and what a host tells of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("xccdf.result/1", "組態基準檢測結果", "Configuration benchmark result")
@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkResult(Body):
    """One XCCDF TestResult of one host (OpenSCAP ARF or XCCDF)."""

    benchmark: str
    profile: str
    selected: int
    "Rules the profile selects."
    evaluated: int
    "Rules that ended in pass, fail or fixed."
    passed: int
    failed: int
    not_applicable: int
    unknown: int
    "Rules that ended in error, unknown, notchecked or notselected though selected."
    passed_share: float
    "passed / evaluated, 0 to 1; never over rules that were not evaluated."
    evaluated_share: float
    "evaluated / (selected - not_applicable), 0 to 1."
    failed_high: int = 0
    failed_rules: tuple[str, ...] = ()


@observation_kind("lynis.report/1", "Lynis 稽核報告", "Lynis audit report")
@dataclass(frozen=True, slots=True, kw_only=True)
class LynisReport(Body):
    """One Lynis run on one host."""

    lynis_version: str
    hardening_index: int
    "Lynis' own index 0 to 100; says nothing of tests that were skipped."
    tests_executed: int
    warnings: tuple[str, ...] = ()
    suggestions: int = 0
    firewall_active: bool | None = None
    malware_scanner: bool | None = None
    os_name: str = ""
    vulnerable_packages: int | None = None
    "None where no package audit ran, so that it cannot be told."
    file_integrity_tool: bool | None = None


@observation_kind("host.packages/1", "主機套件", "Host packages")
@dataclass(frozen=True, slots=True, kw_only=True)
class HostPackages(Body):
    """Packages of the operating system."""

    manager: str
    count: int
    packages: tuple[str, ...] = ()
    "`name version`, sorted."
    index_age_days: int | None = None
    "Age of the package index; None where there is none, so that updates cannot be told."
    updates: int | None = None
    security_updates: int | None = None
    "None where it cannot be told, never 0."


@observation_kind("host.sshd/1", "SSH 伺服器設定", "SSH server configuration")
@dataclass(frozen=True, slots=True, kw_only=True)
class SshServer(Body):
    """Effective configuration of the SSH server, or that there is none."""

    installed: bool
    listening: bool = False
    permit_root_login: str = ""
    password_authentication: bool = False
    permit_empty_passwords: bool = False
    public_key_authentication: bool = True
    max_auth_tries: int = 6
    x11_forwarding: bool = False
    ciphers: tuple[str, ...] = ()
    kex_algorithms: tuple[str, ...] = ()
    source: str = ""
    "`sshd -T` or the files read."


@observation_kind(
    "host.users/1", "主機帳號與 sudo 規則", "Host users and sudo rules", personal=True
)
@dataclass(frozen=True, slots=True, kw_only=True)
class HostUsers(Body):
    """Accounts and rights kept on the host itself."""

    login_accounts: tuple[str, ...]
    "Accounts with a login shell."
    superusers: tuple[str, ...]
    "Accounts with user id 0."
    empty_passwords: int
    sudo_rules: int
    sudo_without_password: int
    "Rules with NOPASSWD that name anyone but root."
    duplicate_ids: int = 0


@observation_kind("host.kernel/1", "核心參數", "Kernel parameters")
@dataclass(frozen=True, slots=True, kw_only=True)
class KernelParameters(Body):
    """Security-relevant kernel parameters."""

    release: str
    randomize_va_space: int | None = None
    kptr_restrict: int | None = None
    dmesg_restrict: int | None = None
    ip_forward: int | None = None
    accept_redirects: int | None = None
    tcp_syncookies: int | None = None
    protected_symlinks: int | None = None
    unprivileged_bpf_disabled: int | None = None
    yama_ptrace_scope: int | None = None
    hardened: int = 0
    "How many of the parameters that could be read hold their recommended value."
    readable: int = 0


@observation_kind("host.protection/1", "主機防護狀態", "Host protection state")
@dataclass(frozen=True, slots=True, kw_only=True)
class HostProtection(Body):
    """State of protective agents on a server, virtual machine or container host."""

    malware_protection: bool
    detection_response: bool
    "An agent detects and can isolate in real time (EDR)."
    file_integrity: bool = False
    contained_minutes: float | None = None
    "Median time to contain in the last test; None where untested."
    last_scan: date | None = None
    critical_open_days: int | None = None
    "Age of the oldest open critical vulnerability in days; None where not told, never 0."
    managed: bool = True
    trusted_image: bool | None = None
    image_signed: bool | None = None
    configuration_managed: bool = False
    changes_recorded: bool = False
    time_synchronised: bool | None = None
