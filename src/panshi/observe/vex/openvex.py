"""OpenVEX 0.2.0 and the forms before it (openvex/spec).

Before 0.2.0 a vulnerability and a product are plain texts and `subcomponents` stand at the
statement; such documents name `https://openvex.dev/ns` without a version. A statement without its
own time takes the document's.
"""

from __future__ import annotations

from collections.abc import Iterator

from panshi.model.supply_chain.vex import VexProduct, VexStatement, VexStatus
from panshi.observe.vex.document import (
    LONGEST,
    PRODUCTS_KEPT,
    STATEMENTS_KEPT,
    Json,
    Reading,
    VexDocument,
    items,
    mapping,
    text,
    texts,
)
from panshi.observe.vex.identity import product

CONTEXT = "https://openvex.dev/ns"
PURL_LIMIT = 8_192
JUSTIFICATIONS = frozenset(
    {
        "component_not_present",
        "vulnerable_code_not_present",
        "vulnerable_code_not_in_execute_path",
        "vulnerable_code_cannot_be_controlled_by_adversary",
        "inline_mitigations_already_exist",
    }
)


def is_openvex(top: Json) -> bool:
    """Tell an OpenVEX document by its context."""
    context = top.get("@context")
    named = context if isinstance(context, list) else [context]
    return any(isinstance(each, str) and each.startswith(CONTEXT) for each in named)


def read_openvex(top: Json, digest: str) -> VexDocument:
    """Read a document that is OpenVEX by its context."""
    reading = Reading()
    context = text(top.get("@context"))
    issued = text(top.get("last_updated")) or text(top.get("timestamp"))
    author = text(top.get("author"))
    found: list[VexStatement] = []
    if not isinstance(top.get("statements"), list):
        reading.tell("/statements", "there is no list of statements")
    for each, place in items(top.get("statements"), "/statements"):
        if len(found) >= STATEMENTS_KEPT:
            reading.tell(place, f"more than {STATEMENTS_KEPT:,} statements; the rest is left out")
            break
        if not isinstance(each, dict):
            reading.tell(place, "a statement that is no object")
            continue
        taken = _statement(each, place, reading, author=author, digest=digest, issued=issued)
        if taken is not None:
            found.append(taken)
    return VexDocument(
        format="OpenVEX",
        spec_version=context.removeprefix(CONTEXT).strip("/").removeprefix("v"),
        digest=digest,
        id=text(top.get("@id")),
        author=author,
        issued=issued,
        statements=tuple(found),
        defects=reading.told(),
    )


def _statement(
    each: Json, place: str, reading: Reading, *, author: str, digest: str, issued: str
) -> VexStatement | None:
    vulnerability, aliases = _vulnerability(each.get("vulnerability"))
    if not vulnerability:
        reading.tell(f"{place}/vulnerability", "names no vulnerability")
        return None
    status = text(each.get("status"))
    if status not in set(VexStatus):
        reading.tell(f"{place}/status", f"{status[:40]!r} is no status")
        return None
    products = tuple(_products(each, place, reading))
    if not products:
        reading.tell(f"{place}/products", "names no product; it counts for nothing")
        return None
    justification, impact = (
        text(each.get("justification")),
        text(each.get("impact_statement"), LONGEST),
    )
    if justification and justification not in JUSTIFICATIONS:
        reading.tell(f"{place}/justification", f"{justification[:60]!r} is no justification")
        justification = ""
    if status == VexStatus.NOT_AFFECTED and not (justification or impact):
        reading.tell(place, "not_affected without justification or impact; it counts for nothing")
        return None
    return VexStatement(
        vulnerability=vulnerability,
        status=VexStatus(status),
        aliases=aliases,
        products=products,
        justification=justification,
        impact=impact or text(each.get("status_notes"), LONGEST),
        action=text(each.get("action_statement"), LONGEST),
        author=text(each.get("supplier")) or author,
        document=digest,
        issued=text(each.get("last_updated")) or text(each.get("timestamp")) or issued,
        place=place,
    )


def _vulnerability(value: object) -> tuple[str, tuple[str, ...]]:
    if isinstance(value, str):
        return text(value), ()
    named = mapping(value)
    name = text(named.get("name")) or text(named.get("@id"))
    return name, tuple(each for each in texts(named.get("aliases")) if each != name)


def _products(each: Json, place: str, reading: Reading) -> Iterator[VexProduct]:
    shared = tuple(_names(each.get("subcomponents"), f"{place}/subcomponents"))
    for number, (value, where) in enumerate(items(each.get("products"), f"{place}/products")):
        if number >= PRODUCTS_KEPT:
            reading.tell(where, f"more than {PRODUCTS_KEPT:,} products; the rest is left out")
            return
        names = [name for name in _identifiers(value) if name]
        if not names:
            reading.tell(where, "a product without a name")
        held = mapping(value).get("subcomponents")
        parts = tuple(_names(held, f"{where}/subcomponents")) or shared
        if isinstance(held, list) and held and not parts:
            reading.tell(where, "its subcomponents have no names; the product is left out")
            continue
        for name in names:
            yield product(name, subcomponents=parts)


def _names(value: object, place: str) -> Iterator[str]:
    for each, _ in items(value, place):
        yield from filter(None, _identifiers(each))


def _identifiers(value: object) -> Iterator[str]:
    """Give the names of a product or component: its id and its further identifiers, each once."""
    if isinstance(value, str):
        yield text(value, PURL_LIMIT)
        return
    held = mapping(value)
    named = mapping(held.get("identifiers"))
    found = (held.get("@id"), named.get("purl"), named.get("cpe23"), named.get("cpe22"))
    yield from dict.fromkeys(text(each, PURL_LIMIT) for each in found)
