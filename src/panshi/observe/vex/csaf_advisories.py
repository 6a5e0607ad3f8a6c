"""What a CSAF document says is reached, as an advisory every feed could have sent.

One advisory per vulnerability; a product counts where a purl names it, at its version or within
its vers range. What is fixed is told as the version a product is fixed in.
"""

from __future__ import annotations

from collections.abc import Iterator

from panshi.model.supply_chain.advisory import Advisory, Affected, AffectedRange
from panshi.observe.vex.csaf_tree import Tree
from panshi.observe.vex.document import LONGEST, Json, mapping, objects, text, texts
from panshi.observe.vex.identity import ECOSYSTEMS, purl_parts

REACHED = ("first_affected", "known_affected", "last_affected")
SCORES = {"cvss_v2": "CVSS_V2", "cvss_v3": "CVSS_V3", "cvss_v4": "CVSS_V4"}


def advisories_of(top: Json, tree: Tree, digest: str) -> tuple[Advisory, ...]:
    """Give one advisory per vulnerability that reaches a product with a purl."""
    document = mapping(top.get("document"))
    tracking = mapping(document.get("tracking"))
    found = []
    for each, _ in objects(top.get("vulnerabilities"), ""):
        affected = tuple(_affected(each, tree, digest))
        ids = [text(entry.get("text")) for entry, _ in objects(each.get("ids"), "")]
        names = tuple(dict.fromkeys(filter(None, (text(each.get("cve")), *ids))))
        if not affected or not names:
            continue
        found.append(
            Advisory(
                id=f"{text(tracking.get('id'))}:{names[0]}",
                aliases=names,
                published=text(tracking.get("initial_release_date")),
                modified=text(tracking.get("current_release_date")),
                summary=text(each.get("title")) or text(document.get("title")),
                details=_note(each),
                severity=tuple(_scores(each)),
                affected=affected,
                references=tuple(_references(document, each)),
                weaknesses=tuple(_weaknesses(each)),
                source="CSAF",
                digest=digest,
            )
        )
    return tuple(found)


def _affected(each: Json, tree: Tree, digest: str) -> Iterator[Affected]:
    status = mapping(each.get("product_status"))
    seen = set()
    for group in REACHED:
        for product_id in texts(status.get(group)):
            for product in tree.named(product_id, digest):
                parts = product.subcomponents or (product.purl,)
                for purl in filter(None, parts):
                    versions = "" if product.subcomponents else product.versions
                    if (purl, versions) not in seen:
                        seen.add((purl, versions))
                        yield _one(purl, versions)


def _one(purl: str, versions: str) -> Affected:
    kind, name, version = purl_parts(purl)
    if versions:
        ranges: tuple[AffectedRange, ...] = (
            AffectedRange(type="VERS", events=(("introduced", versions),)),
        )
    elif version:
        ranges = ()
    else:
        ranges = (AffectedRange(type="ECOSYSTEM", events=(("introduced", "0"),)),)
    separator = ":" if kind == "maven" else "/"
    return Affected(
        ecosystem=ECOSYSTEMS.get(kind, ""),
        name=separator.join(name.rsplit("/", 1)) if kind == "maven" else name,
        purl=purl,
        ranges=ranges,
        versions=(version,) if version and not versions else (),
    )


def _scores(each: Json) -> Iterator[tuple[str, str]]:
    held = [entry for entry, _ in objects(each.get("scores"), "")]
    held += [mapping(entry.get("content")) for entry, _ in objects(each.get("metrics"), "")]
    seen = set()
    for entry in held:
        for key, name in SCORES.items():
            vector = text(mapping(entry.get(key)).get("vectorString"))
            if vector and (name, vector) not in seen:
                seen.add((name, vector))
                yield name, vector


def _note(each: Json) -> str:
    notes = [note for note, _ in objects(each.get("notes"), "")]
    described = [note for note in notes if note.get("category") in {"description", "summary"}]
    return text((described or notes or [{}])[0].get("text"), LONGEST)


def _references(document: Json, each: Json) -> Iterator[tuple[str, str]]:
    for holder in (document, each):
        for reference, _ in objects(holder.get("references"), ""):
            if url := text(reference.get("url"), 2_000):
                yield text(reference.get("category")) or "external", url


def _weaknesses(each: Json) -> Iterator[str]:
    held = [mapping(each.get("cwe")), *(entry for entry, _ in objects(each.get("cwes"), ""))]
    yield from dict.fromkeys(filter(None, (text(entry.get("id")) for entry in held)))
