"""The tenant as a whole: conditional access, privileged roles, accounts at risk.

An incomplete export says nothing of a whole, so each of these is then a look that failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from panshi.model.bodies.directory import AccountsAtRisk, DirectoryPrivileges, SignInPolicies
from panshi.model.observation import Body, Observation, Outcome
from panshi.observe.entra.pages import Entry, entries
from panshi.observe.entra.people import SOURCE, Reading
from panshi.observe.reading.members import listed, table, text, texts
from panshi.observe.reading.texts import instant, zone_of

POLICIES = "identity.policies/1"
PRIVILEGES = "identity.privileges/1"
RISKS = "identity.risks/1"
SUBJECT = "system:microsoft-entra-id"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
"Template id of the role, the same in every tenant."
PHISHING_RESISTANT = "00000000-0000-0000-0000-000000000004"
"Id of the built-in authentication strength."
KEPT = 300
_OLD_CLIENTS = frozenset({"exchangeActiveSync", "other"})
_MODERN_CLIENTS = frozenset({"browser", "mobileAppsAndDesktopClients"})
_OPEN = frozenset({"atRisk", "confirmedCompromised"})


def policies(reading: Reading) -> Iterator[Observation]:
    """Give what the conditional access policies ask, taken together."""
    read = [_policy(entry) for _place, entry in entries(reading.path, reading.export)]
    enforced = [each for each in read if each.state == "enabled"]
    for_all = [each for each in enforced if each.everyone and each.asks_mfa]
    administrators = [each for each in enforced if each.administrators and each.asks_mfa]
    body = SignInPolicies(
        policies=len(read),
        enforced=len(enforced),
        report_only=sum(each.state == "enabledForReportingButNotEnforced" for each in read),
        mfa_for_all=bool(for_all),
        mfa_for_administrators=bool(administrators),
        phishing_resistant_for_administrators=any(each.resistant for each in administrators),
        legacy_blocked=any(each.blocks_old for each in enforced),
        device_required=any(each.everyone and each.asks_device for each in enforced),
        excluded=min((each.excluded for each in for_all), default=0),
        names=tuple(each.name for each in enforced)[:KEPT],
        source=SOURCE,
    )
    yield _whole(reading, POLICIES, body, "the tenant has no policy" if not read else "")


def privileges(reading: Reading) -> Iterator[Observation]:
    """Count who holds which role."""
    roles: Counter[str] = Counter()
    principals: set[str] = set()
    highest: set[str] = set()
    scoped = 0
    for _place, entry in entries(reading.path, reading.export):
        role = text(entry, "roleDefinitionId", limit=60)
        principal = text(entry, "principalId", limit=60)
        roles[text(entry, "roleDefinition", "displayName", limit=100) or role] += 1
        principals.add(principal)
        scoped += text(entry, "directoryScopeId", limit=200) not in {"", "/"}
        template = text(entry, "roleDefinition", "templateId", limit=60)
        if GLOBAL_ADMINISTRATOR in {role, template}:
            highest.add(principal)
    body = DirectoryPrivileges(
        assignments=roles.total(),
        principals=len(principals),
        global_administrators=len(highest),
        custom_scopes=scoped,
        roles=tuple(f"{name}: {count:,}" for name, count in roles.most_common(KEPT)),
        source=SOURCE,
    )
    # Every tenant has at least one assignment: an empty list was made without the right to see.
    yield _whole(reading, PRIVILEGES, body, "" if roles else "the export lists no assignment")


def risks(reading: Reading) -> Iterator[Observation]:
    """Count accounts at risk that nobody dealt with; a whole list may be empty."""
    listed_, open_, grave, compromised, oldest = 0, 0, 0, 0, 0
    for _place, entry in entries(reading.path, reading.export):
        listed_ += 1
        state = text(entry, "riskState", limit=40)
        if state not in _OPEN:
            continue
        open_ += 1
        grave += text(entry, "riskLevel", limit=20) not in {"low", "medium"}
        compromised += state == "confirmedCompromised"
        since = instant(entry.get("riskLastUpdatedDateTime"), zone_of(reading.look))
        if since is not None:
            oldest = max(oldest, (reading.look.now - since).days)
    body = AccountsAtRisk(
        listed=listed_,
        open=open_,
        open_high=grave,
        compromised=compromised,
        oldest_days=oldest,
        source=SOURCE,
    )
    yield _whole(reading, RISKS, body, "")


def _whole(reading: Reading, kind: str, body: Body, lacking: str) -> Observation:
    reason = reading.export.incomplete or lacking
    return Observation(
        kind=kind,
        subject=reading.look.subject or SUBJECT,
        facet=SOURCE,
        observed_at=reading.look.now,
        collector="Microsoft Entra ID",
        outcome=Outcome.FAILED if reason else Outcome.SEEN,
        reason=reason,
        body=None if reason else body,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Policy:
    """One conditional access policy, as far as it matters here."""

    name: str
    state: str
    everyone: bool
    "For all users and applications, whatever the place, platform, client or risk."
    administrators: bool
    "As `everyone`, or for the role of global administrators."
    asks_mfa: bool
    resistant: bool
    asks_device: bool
    blocks_old: bool
    excluded: int


def _policy(entry: Entry) -> _Policy:
    conditions = table(entry, "conditions")
    users = table(conditions, "users")
    grant = table(entry, "grantControls")
    controls = texts(grant, "builtInControls", limit=60)
    strength = table(grant, "authenticationStrength")
    demands = len(controls) + bool(strength)
    # With OR and a second demand, the other one may be chosen.
    surely = demands == 1 or text(grant, "operator").upper() == "AND"
    all_users = "All" in texts(users, "includeUsers")
    all_apps = "All" in texts(conditions, "applications", "includeApplications")
    wide = all_apps and not listed(conditions, "applications", "excludeApplications")
    clients = frozenset(texts(conditions, "clientAppTypes", limit=60))
    unconditional = wide and not _narrowed(conditions)
    modern = not clients or "all" in clients or clients >= _MODERN_CLIENTS
    roles = texts(users, "includeRoles", limit=60)
    return _Policy(
        name=text(entry, "displayName", limit=200),
        state=text(entry, "state", limit=60),
        everyone=all_users and unconditional and modern,
        administrators=(all_users or GLOBAL_ADMINISTRATOR in roles) and unconditional and modern,
        asks_mfa=surely and ("mfa" in controls or bool(strength)),
        resistant=surely and text(strength, "id", limit=60) == PHISHING_RESISTANT,
        asks_device=surely and bool({"compliantDevice", "domainJoinedDevice"} & {*controls}),
        blocks_old=all_users
        and unconditional
        and "block" in controls
        and (clients >= _OLD_CLIENTS or "all" in clients),
        excluded=sum(
            len(listed(users, name)) for name in ("excludeUsers", "excludeGroups", "excludeRoles")
        ),
    )


def _narrowed(conditions: Entry) -> bool:
    """Tell whether a policy holds only here or there, now or then."""
    places = table(conditions, "locations")
    platforms = table(conditions, "platforms")
    some_place = bool(places) and (
        "All" not in texts(places, "includeLocations") or bool(listed(places, "excludeLocations"))
    )
    some_platform = bool(platforms) and (
        "all" not in texts(platforms, "includePlatforms")
        or bool(listed(platforms, "excludePlatforms"))
    )
    risks_named = any(
        listed(conditions, name)
        for name in ("signInRiskLevels", "userRiskLevels", "servicePrincipalRiskLevels")
    )
    flows = bool(table(conditions, "devices") or table(conditions, "authenticationFlows"))
    return some_place or some_platform or risks_named or flows
