"""Bodies about accounts, authenticators, assurance, decisions and the account life cycle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind(
    "account.authenticators/1",
    "帳號與驗證器",
    "Account and authenticators",
    personal=True,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAuthenticators(Body):
    """One account in a directory or identity provider export."""

    enabled: bool
    privileged: bool = False
    external: bool = False
    "The account belongs to someone outside the institution."
    factors: int = 1
    "Distinct kinds of factor asked at sign-in: knowledge, possession, inherence."
    authenticators: tuple[str, ...] = ()
    "For example `password`, `totp`, `sms`, `fido2`, `smartcard`, `push`."
    phishing_resistant: bool = False
    "Every sign-in is bound to a physical carrier and an origin (FIDO2, smart card)."
    assurance_level: int = 0
    "ISO/IEC 29115 level 1 to 4; 0 where not known."
    last_sign_in: date | None = None
    owner_active: bool | None = None
    "Whether the person behind it is on the payroll or under contract; None where not known."
    source: str = ""
    roles: int = 0
    excess_permissions: int = 0
    "Permissions not used within the review period, or beyond the role."
    last_reviewed: date | None = None
    shared: bool = False


@observation_kind("account.lifecycle/1", "帳號生命週期", "Account life cycle")
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLifecycle(Body):
    """How joiners, movers and leavers of one system's accounts were handled in the period."""

    automated_share: float
    "Share of changes made by workflow without a hand, 0 to 1."
    leaver_hours_p95: float
    "95th percentile from leaving to disabled, in hours."
    orphan_accounts: int = 0


@observation_kind("identity.federation/1", "身分互通設定", "Identity federation")
@dataclass(frozen=True, slots=True, kw_only=True)
class Federation(Body):
    """Assurance mapping of one system's identity sources."""

    sources: int
    internal_level: int
    "Lowest ISO/IEC 29115 level of internal users."
    external_level: int
    "Lowest level of external users; equals the internal one where there are none."
    mapped: bool
    "Every source is mapped to one assurance standard."
    external_not_weaker: bool


@observation_kind("access.decisions/1", "存取決策統計", "Access decisions")
@dataclass(frozen=True, slots=True, kw_only=True)
class AccessDecisions(Body):
    """What a policy decision point decided for one system in the period."""

    decisions: int
    dynamic_share: float
    "Share that used at least one dynamic attribute (time, place, health, behaviour), 0 to 1."
    device_share: float = 0.0
    "Share that used a device signal, 0 to 1."
    revocation_tested: bool = False
    revocation_seconds: float = 0.0
    "95th percentile from signal to session revoked or narrowed."
    data_reverified_share: float = 0.0
    "Share of accesses to sensitive data that asked for re-verification, 0 to 1."
    privileged_sessions: int = 0
    just_in_time_share: float = 0.0
    "Share of privileged sessions granted just in time, 0 to 1."
    standing_privileges: int = 0
    isolation_tested: bool = False
    abnormal_revoked: bool = False
    "Authorisation was withdrawn on abnormal operation in the last test."


@observation_kind("access.roles/1", "角色與權限矩陣", "Roles and permissions")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoleMatrix(Body):
    """Role model of one system."""

    roles_separated: bool
    "Duties are separated by task and risk."
    excess_share: float
    "Share of granted permissions beyond need, 0 to 1."
    privileged_approved: bool
    "Privileged tasks need a separate authorisation."
    reviewed_on: date | None = None
    purpose_bound: bool = False
    source_restricted: bool = False
    "Access from the internet also checks device and source address."
