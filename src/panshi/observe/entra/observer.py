"""Exports of Microsoft Entra ID, recognised by their Graph context or by what entries hold.

| export | kind |
|---|---|
| `/auditLogs/signIns`, CSV of sign-ins | `account.authenticators/1`: what was really asked |
| `/reports/authenticationMethods/userRegistrationDetails` | `account.registration/1` |
| `/users`, CSV of users | `account.entry/1` |
| `/identity/conditionalAccess/policies` | `identity.policies/1` |
| `/roleManagement/directory/roleAssignments` | `identity.privileges/1` |
| `/identityProtection/riskyUsers` | `identity.risks/1` |

Display names, phone numbers, addresses, places and devices are passed over. An export whose last
page names a next one is incomplete and is never taken for the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from panshi.errors import UsageError
from panshi.model.observation import Observation
from panshi.observe.entra import people, tenant
from panshi.observe.entra.pages import EXPORTS, examine
from panshi.observe.entra.people import Reading
from panshi.observe.port import Look
from panshi.observe.reading.complaints import Warnings
from panshi.observe.reading.files import path_of
from panshi.observe.sign_ins import KIND as AUTHENTICATORS

_READERS: Mapping[str, Callable[[Reading], Iterator[Observation]]] = {
    "registration": people.registrations,
    "sign-ins": people.sign_ins,
    "users": people.directory,
    "policies": tenant.policies,
    "roles": tenant.privileges,
    "risks": tenant.risks,
}
_OF_ACCOUNTS = frozenset({"registration", "sign-ins", "users"})


class Entra:
    """Reads exports of Microsoft Entra ID."""

    name = "entra"
    title_zh = "Microsoft Entra ID 匯出"
    title_en = "Microsoft Entra ID export"
    needs_path = True
    kinds = (
        AUTHENTICATORS,
        people.REGISTRATION,
        people.ENTRY,
        tenant.POLICIES,
        tenant.PRIVILEGES,
        tenant.RISKS,
    )
    suffixes = (".json", ".csv")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation per account, or one of the tenant."""
        stated = look.options.get("export", "")
        if stated and stated not in EXPORTS:
            raise UsageError(
                f"option export is {stated!r}", remedy=f"choose one of: {', '.join(EXPORTS)}"
            )
        path = path_of(look)
        export = examine(path, stated)
        if look.subject and export.kind in _OF_ACCOUNTS and export.entries > 1:
            raise UsageError(
                f"the export lists {export.entries:,} entries; {look.subject} can name only one",
                place=str(path),
                remedy="leave the subject out; each account is named by itself",
            )
        if export.incomplete:
            look.warn(f"{path}: {export.incomplete}")
        warnings = Warnings(look)
        reading = Reading(look=look, path=path, export=export, warnings=warnings)
        yield from _READERS[export.kind](reading)
        warnings.close()


OBSERVER = Entra()
