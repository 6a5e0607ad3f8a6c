"""Exports of Okta's API, arrays or JSON lines, recognised by what their entries hold.

| export | kind |
|---|---|
| `/api/v1/logs` (system log) | `account.authenticators/1`: what sign-ins really asked |
| `/api/v1/users/{id}/factors`, gathered as `{login, factors}` | `account.registration/1` |
| `/api/v1/users` | `account.entry/1` |
| `/api/v1/policies` with their rules | `identity.policies/1` |

Okta names the next page in an HTTP header, which a file does not hold. A count of entries that is
exactly a full page (200; 1,000 for the log) is therefore told as a warning, and never taken for a
whole: policies and sign-ins of such a file are failed looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from panshi.errors import BadInputError, UsageError
from panshi.model.observation import Observation
from panshi.observe.okta import people, policies
from panshi.observe.okta.reading import Reading
from panshi.observe.port import Look
from panshi.observe.reading.complaints import Warnings
from panshi.observe.reading.files import path_of
from panshi.observe.reading.records import records
from panshi.observe.sign_ins import KIND as AUTHENTICATORS

EXPORTS: Mapping[str, frozenset[str]] = {
    "log": frozenset({"eventType", "published", "actor"}),
    "factors": frozenset({"factors"}),
    "users": frozenset({"status", "profile"}),
    "policies": frozenset({"type", "status", "name"}),
}
"Export → members that give it away, the most telling first."
_READERS: Mapping[str, Callable[[Reading], Iterator[Observation]]] = {
    "log": people.sign_ins,
    "factors": people.registrations,
    "users": people.directory,
    "policies": policies.policies,
}
_PAGES = {"log": 1_000, "users": 200, "policies": 200, "factors": 0}
"Entries a page holds at most; 0 where it is not a list Okta gave in pages."


class Okta:
    """Reads exports of Okta."""

    name = "okta"
    title_zh = "Okta 匯出"
    title_en = "Okta export"
    needs_path = True
    kinds = (AUTHENTICATORS, people.REGISTRATION, people.ENTRY, policies.KIND)
    suffixes = (".json", ".jsonl", ".ndjson")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation per account, or one of the organisation."""
        path = path_of(look)
        kind, entries = _examine(path, look.options.get("export", ""))
        page = _PAGES[kind]
        incomplete = ""
        if page and entries % page == 0 and look.options.get("complete", "") != "yes":
            incomplete = (
                f"exactly {entries:,} entries: a full page, after which more may follow; "
                "fetch the next page, or state complete=yes"
            )
            look.warn(f"{path}: {incomplete}")
        if look.subject and kind != "policies" and entries > 1:
            raise UsageError(
                f"the export lists {entries:,} entries, and {look.subject} can name only one",
                place=str(path),
                remedy="leave the subject out; each account is named by itself",
            )
        warnings = Warnings(look)
        yield from _READERS[kind](
            Reading(look=look, path=path, incomplete=incomplete, warnings=warnings)
        )
        warnings.close()


OBSERVER = Okta()


def _examine(path: Path, stated: str) -> tuple[str, int]:
    if stated and stated not in EXPORTS:
        raise UsageError(
            f"option export is {stated!r}", remedy=f"choose one of: {', '.join(EXPORTS)}"
        )
    kind, count = stated, 0
    for place, entry in records(path):
        count += 1
        found = next((name for name, needed in EXPORTS.items() if needed <= entry.keys()), "")
        kind = kind or found
        if not kind or (not stated and found != kind):
            raise BadInputError(
                "is no entry of an Okta export that is read, or another than those before",
                place=place,
                remedy="name an export of users, factors, policies or the system log",
            )
    return kind, count
