"""Entries of a Graph export: one page, several pages, or a bare list; and CSV from the portal.

Graph gives long lists in pages and ends a page with `@odata.nextLink` where more follows. An
export whose last page still has one is incomplete: the rest was never fetched. CSV from the
portal says nothing of that, but is cut at round numbers of rows.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from panshi.errors import BadInputError
from panshi.observe.lists.table import open_tables
from panshi.observe.reading.files import open_source
from panshi.observe.reading.json_events import JsonCursor
from panshi.observe.reading.members import text
from panshi.observe.reading.texts import clean

_NEXT = "@odata.nextLink"
_NOT_FETCHED = "the export ends with a link to a next page that was not fetched"
_LONGEST = 10_000
_PORTAL_CUTS = frozenset({10_000, 100_000, 250_000})
"Rows after which the portal stops without saying so."
_REMEDY = (
    "name a Graph export of users, userRegistrationDetails, signIns, conditional access policies, "
    "role assignments or risky users, or the portal's CSV of users or sign-ins"
)

# Export → (part of its Graph context, members that give it away), the most telling first.
_EXPORTS: Mapping[str, tuple[str, frozenset[str]]] = {
    "registration": (
        "userregistrationdetails",
        frozenset({"isMfaRegistered", "methodsRegistered"}),
    ),
    "sign-ins": ("auditlogs/signins", frozenset({"createdDateTime", "authenticationRequirement"})),
    "policies": (
        "conditionalaccess/policies",
        frozenset({"conditions", "state", "grantControls"}),
    ),
    "roles": ("roleassignments", frozenset({"roleDefinitionId", "principalId"})),
    "risks": ("riskyusers", frozenset({"riskState", "riskLevel"})),
    "users": ("#users", frozenset({"userPrincipalName"})),
}
EXPORTS = tuple(_EXPORTS)

_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "sign-ins": {
        "date (utc)": "createdDateTime",
        "username": "userPrincipalName",
        "authentication requirement": "authenticationRequirement",
        "status": "status",
        "user type": "userType",
        "multifactor authentication auth method": "method",
    },
    "users": {
        "userprincipalname": "userPrincipalName",
        "user principal name": "userPrincipalName",
        "accountenabled": "accountEnabled",
        "account enabled": "accountEnabled",
        "usertype": "userType",
        "user type": "userType",
        "createddatetime": "createdDateTime",
        "creation time": "createdDateTime",
        "dirsyncenabled": "onPremisesSyncEnabled",
        "on-premises sync enabled": "onPremisesSyncEnabled",
    },
}
_NEEDED = {
    "sign-ins": {"createdDateTime", "userPrincipalName", "authenticationRequirement", "status"},
    "users": {"userPrincipalName", "accountEnabled"},
}

type Entry = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What a first look at a file tells of it."""

    kind: str
    incomplete: str
    "Why it cannot be whole; empty where nothing shows that."
    entries: int
    csv: bool = False


def examine(path: Path, stated: str = "") -> Export:
    """Tell what an export is of and whether it is whole."""
    if not _is_json(path):
        return _examine_csv(path)
    contexts, kind, count = "", stated, 0
    pages, followed = 0, 0
    with open_source(path) as source:
        cursor = JsonCursor(source)
        for what, _place, value in _walk(cursor):
            match what:
                case "page":
                    pages += 1
                case "next" if value:
                    followed += 1
                case "context":
                    contexts += clean(value, 500).lower() if len(contexts) < _LONGEST else ""
                case "entry":
                    count += 1
                    kind = kind or _kind_by_members(value)
                case _:
                    pass
        cursor.finish()
    by_context = next((name for name, (part, _) in _EXPORTS.items() if part in contexts), "")
    kind = stated or by_context or kind
    if not kind or (not count and not by_context):
        raise BadInputError(
            "is no export of Entra ID that is read", place=str(path), remedy=_REMEDY
        )
    return Export(
        kind=kind,
        entries=count,
        # Every page but the last names the next one.
        incomplete=_NOT_FETCHED if followed and followed >= pages else "",
    )


def entries(path: Path, export: Export) -> Iterator[tuple[str, Entry]]:
    """Yield the entries with their places."""
    if export.csv:
        yield from _csv_entries(path, export.kind)
        return
    with open_source(path) as source:
        cursor = JsonCursor(source)
        for what, place, value in _walk(cursor):
            if what != "entry":
                continue
            if not isinstance(value, dict):
                raise BadInputError("an entry that is no object", place=place, remedy=_REMEDY)
            yield place, value
        cursor.finish()


def _walk(cursor: JsonCursor) -> Iterator[tuple[str, str, object]]:
    """Walk one page, or a list of pages or of bare entries: what, where, value.

    `page` begins one, `context` and `next` are its links, `entry` is an entry.
    """
    if cursor.at("object"):
        if not (yield from _page(cursor)):
            cursor.refuse("a page without a list of values", _REMEDY)
        return
    if not cursor.at("array"):
        cursor.refuse("is no export of Entra ID that is read", _REMEDY)
    for _ in cursor.elements():
        if not cursor.at("object"):
            cursor.refuse("an entry that is no object", _REMEDY)
        yield from _page(cursor)


def _page(cursor: JsonCursor) -> Generator[tuple[str, str, object], None, bool]:
    """Walk a page, or give an object that is none as a bare entry; tells whether it was a page."""
    at = cursor.place
    bare: dict[str, object] = {}
    is_page = False
    for key in cursor.members():
        place = cursor.place
        if key == "value" and cursor.at("array"):
            is_page = True
            yield "page", place, None
            for _ in cursor.elements():
                place = cursor.place
                yield "entry", place, cursor.value()
        elif key == "@odata.context":
            yield "context", place, cursor.value()
        elif key == _NEXT:
            yield "next", place, cursor.value()
        else:
            bare[key] = cursor.value()
    if not is_page and bare:
        yield "entry", at, bare
    return is_page


def _kind_by_members(value: object) -> str:
    held = frozenset(value) if isinstance(value, dict) else frozenset()
    return next((name for name, (_, needed) in _EXPORTS.items() if needed <= held), "")


def _is_json(path: Path) -> bool:
    with open_source(path) as source:
        head = source.peek(4096).replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head[:1] in {b"{", b"["}


# -- CSV -------------------------------------------------------------------------------------


def _examine_csv(path: Path) -> Export:
    with open_tables(path) as tables:
        lines = next(iter(tables)).lines
        heading = next(lines, None)
        names = [str(each) for each in heading.cells.values()] if heading is not None else []
        kind = _kind_by_columns(names)
        if not kind:
            raise BadInputError(
                "has none of the columns an export of Entra ID has", place=str(path), remedy=_REMEDY
            )
        rows = sum(1 for _ in lines)
    if not rows:
        raise BadInputError("lists nothing", place=str(path), remedy="export it again")
    cut = f"the portal stops at {rows:,} rows; what came after was not exported"
    return Export(kind=kind, entries=rows, csv=True, incomplete=cut if rows in _PORTAL_CUTS else "")


def _kind_by_columns(names: list[str]) -> str:
    for kind, columns in _COLUMNS.items():
        held = {columns.get(_plain(name), "") for name in names}
        if _NEEDED[kind] <= held:
            return kind
    return ""


def _csv_entries(path: Path, kind: str) -> Iterator[tuple[str, Entry]]:
    with open_tables(path) as tables:
        found = next(iter(tables))
        heading = next(found.lines)
        wanted = {
            column: name
            for column, cell in heading.cells.items()
            if (name := _COLUMNS[kind].get(_plain(str(cell))))
        }
        for line in found.lines:
            entry = {
                name: str(line.cells[column])
                for column, name in wanted.items()
                if column in line.cells
            }
            yield f"{path}:{line.number}", entry


def _plain(name: str) -> str:
    return text({"n": name}, "n").strip("﻿ ").lower()
