"""Bodies of exports of identity providers: accounts, registered methods, policies, roles, risks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("account.entry/1", "帳號目錄資料", "Directory entry of an account", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryEntry(Body):
    """One account as a directory lists it; names, phones and addresses are not kept."""

    enabled: bool
    external: bool = False
    status: str = ""
    "The directory's own word, for example `ACTIVE`."
    last_sign_in: date | None = None
    created: date | None = None
    synchronised: bool | None = None
    "Whether it comes from a directory on premises; None where not told."
    source: str = ""


@observation_kind("account.registration/1", "驗證方法登錄", "Registered methods", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRegistration(Body):
    """Which methods an account could sign in with; what is really asked, sign-ins tell."""

    mfa_registered: bool
    phishing_resistant: bool = False
    "At least one method is bound to a physical carrier and an origin."
    only_phishing_resistant: bool = False
    "Beside a password no weaker method is registered to fall back on."
    passwordless: bool = False
    privileged: bool | None = None
    external: bool = False
    methods: tuple[str, ...] = ()
    source: str = ""


@observation_kind("identity.policies/1", "登入政策", "Sign-in policies")
@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPolicies(Body):
    """Sign-in policies of one identity provider as a whole."""

    policies: int
    enforced: int
    "Switched on; those that only report do not count."
    report_only: int = 0
    mfa_for_all: bool = False
    "An enforced policy asks everyone for more than one factor, for every application."
    mfa_for_administrators: bool = False
    phishing_resistant_for_administrators: bool = False
    legacy_blocked: bool = False
    "Sign-in by old protocols, which cannot ask for a second factor, is refused to everyone."
    device_required: bool = False
    excluded: int = 0
    "Users, groups and roles that the policy for all leaves out."
    names: tuple[str, ...] = ()
    source: str = ""


@observation_kind("identity.privileges/1", "目錄特權角色", "Privileged directory roles")
@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryPrivileges(Body):
    """Who may administer an identity provider, in numbers."""

    assignments: int
    principals: int
    global_administrators: int
    custom_scopes: int = 0
    "Assignments bound to less than the whole directory."
    roles: tuple[str, ...] = ()
    "`role: count`."
    source: str = ""


@observation_kind("identity.risks/1", "風險帳號", "Accounts at risk")
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsAtRisk(Body):
    """Accounts the identity provider holds to be at risk and nobody dealt with, in numbers."""

    listed: int
    open: int
    "At risk or confirmed compromised, neither remediated nor dismissed."
    open_high: int
    compromised: int = 0
    oldest_days: int = 0
    "Age of the oldest open one in days."
    source: str = ""
