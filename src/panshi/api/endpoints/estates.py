"""Estates: what there is, how it changed, and a new version from a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import Moment, body_of, moment, queried
from panshi.api.exchange import Answered, Asked, answered, attached
from panshi.api.route import Route
from panshi.api.shapes import AssetPage, AssetWithRelations, EstateShape, PreviewShape
from panshi.errors import IntegrityError, MissingError
from panshi.model.asset import AssetId, AssetKind
from panshi.model.estate import Estate
from panshi.model.inventory import InventoryComparison, compare
from panshi.node.estate_import import import_estate, preview_estate
from panshi.node.node import Node
from panshi.observe.estate_files import Format, Mode
from panshi.report.answers import EstateAnswer, estate_answer
from panshi.report.estate_files import estate_cyclonedx, estate_xlsx, estate_yaml, template_xlsx
from panshi.store.estates.versions import EstateVersion

MAX_PAGE = 500
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = {
    Format.XLSX: (".xlsx", SPREADSHEET, estate_xlsx),
    Format.YAML: (".yaml", "application/yaml", estate_yaml),
    Format.CYCLONEDX_JSON: (".json", "application/vnd.cyclonedx+json", estate_cyclonedx),
}
SUFFIXES = {each: suffix for each, (suffix, _, _) in FILES.items()} | {Format.CYCLONEDX_XML: ".xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """Which moment is asked about."""

    as_of: Moment = ""
    "Date or time; the newest version without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetQuery:
    """Which assets are asked for."""

    kind: AssetKind | None = None
    inventory: Annotated[str, Meta(max_length=200)] = ""
    "Exactly this inventory claims it."
    text: Annotated[str, Meta(max_length=200)] = ""
    "A part of id, name or an identifier."
    after: Annotated[str, Meta(max_length=200)] = ""
    "Id of the last asset seen."
    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryQuery:
    """Which two inventories are compared over which kind."""

    kind: AssetKind
    first: Annotated[str, Meta(min_length=1, max_length=200)]
    second: Annotated[str, Meta(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportQuery:
    """As which file an estate is given."""

    format: Format = Format.YAML
    "`cyclonedx-xml` can be read, not written."
    as_of: Moment = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportQuery:
    """How the sent file is to be read."""

    format: Format
    "Form of the file sent."
    mode: Mode = Mode.REPLACE
    "Whether the file is the whole estate or adds to it."
    base_version: Annotated[int, Meta(ge=0, le=2**31)] | None = None
    "Version that was previewed; 409 where another one is the newest by now."


def estates(node: Node, _asked: Asked) -> Answered:
    """Answer the list of estates."""
    return answered([estate_answer(node.estate(each)) for each in node.estate_ids()])


def estate(node: Node, asked: Asked) -> Answered:
    """Answer one estate, whole."""
    return answered(_at(node, asked.names["estate"], queried(asked, AsOf).as_of))


def assets(node: Node, asked: Asked) -> Answered:
    """Answer a page of assets."""
    query = queried(asked, AssetQuery)
    found = node.estate(asked.names["estate"])
    pool = found.assets if query.kind is None else found.by_kind.get(query.kind, ())
    wanted = query.text.casefold()
    fitting = sorted(
        (
            each
            for each in pool
            if each.id > query.after
            and (not query.inventory or query.inventory in each.inventories)
            and any(wanted in part.casefold() for part in (each.id, each.name, *each.identifiers))
        ),
        key=lambda each: each.id,
    )
    page = fitting[: query.limit]
    more = len(fitting) > query.limit
    return answered({"assets": page, "next_after": page[-1].id if more else None})


def asset(node: Node, asked: Asked) -> Answered:
    """Answer one asset with its relations."""
    found = node.estate(asked.names["estate"])
    known = found.by_id.get(AssetId(asked.names["asset"]))
    if known is None:
        raise MissingError(
            f"estate {found.id} has no asset {asked.names['asset']}",
            remedy=f"GET /api/v1/estates/{found.id}/assets",
        )
    return answered({"asset": known, "relations": tuple(found.relations_of(known.id))})


def versions(node: Node, asked: Asked) -> Answered:
    """Answer what the history says of each version."""
    found = node.estate(asked.names["estate"])
    return answered(node.estates.history(found.id))


def inventories(node: Node, asked: Asked) -> Answered:
    """Answer what two inventories say of one kind of asset."""
    query = queried(asked, InventoryQuery)
    found = node.estate(asked.names["estate"])
    return answered(compare(found, query.kind, query.first, query.second))


def export(node: Node, asked: Asked) -> Answered:
    """Answer an estate as a file."""
    query = queried(asked, ExportQuery)
    if query.format not in FILES:
        raise MissingError(f"{query.format} is not written", remedy=", ".join(FILES))
    found = _at(node, asked.names["estate"], query.as_of)
    suffix, media_type, made = FILES[query.format]
    return attached(made(found), media_type, f"estate-v{found.version}{suffix}")


def template(_node: Node, _asked: Asked) -> Answered:
    """Answer an empty spreadsheet to fill in."""
    return attached(template_xlsx(), SPREADSHEET, "estate-template.xlsx")


def preview(node: Node, asked: Asked) -> Answered:
    """Answer what the sent file would change."""
    query = queried(asked, ImportQuery)
    found = preview_estate(node, _file(asked, query.format), asked.names["estate"], query.mode)
    head = node.estates.head(asked.names["estate"])
    return answered(
        {
            "format": found.format,
            "mode": found.mode,
            "base_version": head.version if head else 0,
            "errors": found.errors,
            "more_errors": found.more_errors,
            "added": found.added,
            "changed": found.changed,
            "removed": found.removed,
            "unchanged": found.unchanged,
            "relations_added": found.relations_added,
            "relations_removed": found.relations_removed,
        }
    )


def commit(node: Node, asked: Asked) -> Answered:
    """Make the sent file the next version; a faulty file changes nothing."""
    query = queried(asked, ImportQuery)
    before = node.estates.head(asked.names["estate"])
    version = before.version if before else 0
    if query.base_version is not None and query.base_version != version:
        raise IntegrityError(
            f"version {version} is the newest, not {query.base_version}", remedy="preview it again"
        )
    file = _file(asked, query.format)
    made = import_estate(node, file, asked.names["estate"], query.mode, actor=asked.actor)
    return answered(estate_answer(made), status=201 if made.version != version else 200)


def _at(node: Node, estate_id: str, as_of: str) -> Estate:
    found = node.estate(estate_id)
    when = moment(as_of)
    if when is None:
        return found
    past = node.estates.at(estate_id, when)
    if past is None:
        raise MissingError(f"estate {estate_id} did not exist at {when.isoformat()}")
    return past


def _file(asked: Asked, form: Format) -> Path:
    """Give the body a name by which its form is told."""
    body = body_of(asked)
    return body.rename(body.with_suffix(SUFFIXES[form]))


ROUTES = (
    Route(
        method="GET",
        path="/estates",
        action="estate.view",
        handler=estates,
        summary="Estates and their newest versions",
        answers=tuple[EstateAnswer, ...],
    ),
    Route(
        method="GET",
        path="/estate-template",
        action="estate.view",
        handler=template,
        summary="An empty spreadsheet for an estate",
        media_type=SPREADSHEET,
    ),
    Route(
        method="GET",
        path="/estates/{estate}",
        action="estate.view",
        handler=estate,
        query=AsOf,
        summary="One estate with its assets and relations",
        answers=EstateShape,
    ),
    Route(
        method="GET",
        path="/estates/{estate}/assets",
        action="estate.view",
        handler=assets,
        query=AssetQuery,
        summary="Assets of an estate, by id",
        answers=AssetPage,
    ),
    Route(
        method="GET",
        path="/estates/{estate}/assets/{asset:rest}",
        action="estate.view",
        handler=asset,
        summary="One asset with its relations",
        answers=AssetWithRelations,
    ),
    Route(
        method="GET",
        path="/estates/{estate}/versions",
        action="estate.view",
        handler=versions,
        summary="History of an estate, oldest first",
        answers=tuple[EstateVersion, ...],
    ),
    Route(
        method="GET",
        path="/estates/{estate}/inventories",
        action="estate.view",
        handler=inventories,
        query=InventoryQuery,
        summary="Compare two inventories over one kind of asset",
        answers=InventoryComparison,
    ),
    Route(
        method="GET",
        path="/estates/{estate}/file",
        action="estate.view",
        handler=export,
        query=ExportQuery,
        summary="An estate as a file",
        media_type="*/*",
    ),
    Route(
        method="POST",
        path="/estates/{estate}/preview",
        action="estate.view",
        handler=preview,
        query=ImportQuery,
        takes_body=True,
        summary="What a file would change in an estate; nothing is written",
        answers=PreviewShape,
    ),
    Route(
        method="POST",
        path="/estates/{estate}/versions",
        action="estate.change",
        handler=commit,
        query=ImportQuery,
        takes_body=True,
        summary="Make a file the next version of an estate, all or nothing",
        statuses=(200, 201),
        conflicts=True,
        answers=EstateAnswer,
    ),
)
