"""CycloneDX VEX (ECMA-424), alone or inside a bill of materials; JSON here, XML beside it.

    parts = Parts(serial=…, components={bom_ref: component})
    statements, defects = statements_of(vulnerabilities, parts, author=…, digest=…, issued=…)

An entry without `analysis` tells of a vulnerability and states nothing. `affects` names components
of the document or, by BOM-Link, of another one; `versions` there narrow or widen to versions or
vers ranges. An entry that affects nothing by name counts for nothing: it is never read as one about
everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote, unquote

from panshi.model.supply_chain.bom import BomComponent, Defect
from panshi.model.supply_chain.vex import (
    EXPIRES_PROPERTY,
    SYSTEM_PROPERTY,
    VexProduct,
    VexStatement,
    VexStatus,
    bom_link,
)
from panshi.observe.vex.document import (
    LONGEST,
    PRODUCTS_KEPT,
    STATEMENTS_KEPT,
    Json,
    Reading,
    VexDocument,
    items,
    mapping,
    objects,
    text,
)
from panshi.observe.vex.identity import PURL, purl_parts, split_range
from panshi.observe.vex.openvex import PURL_LIMIT

STATES = {
    "resolved": VexStatus.FIXED,
    "resolved_with_pedigree": VexStatus.FIXED,
    "exploitable": VexStatus.AFFECTED,
    "in_triage": VexStatus.UNDER_INVESTIGATION,
    "false_positive": VexStatus.NOT_AFFECTED,
    "not_affected": VexStatus.NOT_AFFECTED,
}
OPPOSED = {
    VexStatus.AFFECTED: "unaffected",
    VexStatus.NOT_AFFECTED: "affected",
    VexStatus.FIXED: "affected",
}
"The status of a version that says the opposite of its entry's state."
JUSTIFICATIONS = {
    "code_not_present": "vulnerable_code_not_present",
    "code_not_reachable": "vulnerable_code_not_in_execute_path",
    "requires_configuration": "vulnerable_code_cannot_be_controlled_by_adversary",
    "requires_dependency": "component_not_present",
    "requires_environment": "vulnerable_code_cannot_be_controlled_by_adversary",
    "protected_by_compiler": "inline_mitigations_already_exist",
    "protected_at_runtime": "inline_mitigations_already_exist",
    "protected_at_perimeter": "inline_mitigations_already_exist",
    "protected_by_mitigating_control": "inline_mitigations_already_exist",
}
"Its justifications in the words that CSAF and OpenVEX share."


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What `affects` can name in the document itself."""

    serial: str = ""
    version: int = 1
    digest: str = ""
    components: Mapping[str, BomComponent] = field(default_factory=dict)
    "By `bom-ref`, the subject too."

    def link(self, ref: str) -> str:
        """Name a component for others."""
        if ref.startswith("urn:cdx:"):
            head, _, fragment = ref.partition("#")
            return head.lower() + "#" + fragment
        return bom_link(ref, serial=self.serial, version=self.version, digest=self.digest)

    def purl(self, ref: str) -> str:
        """Give the purl behind a reference; empty where it has none."""
        known = self.components.get(ref)
        if known is not None:
            return known.purl
        fragment = ref.partition("#")[2] if ref.startswith("urn:cdx:") else ref
        named = fragment if fragment.startswith(PURL) else unquote(fragment)
        return named if named.startswith(PURL) else ""


def read_cyclonedx(top: Json, digest: str) -> VexDocument:
    """Read a CycloneDX document for the statements in it."""
    metadata = mapping(top.get("metadata"))
    issued = text(metadata.get("timestamp"))
    author = author_of(metadata)
    version = top.get("version")
    parts = Parts(
        serial=text(top.get("serialNumber")),
        version=version if isinstance(version, int) else 1,
        digest=digest,
        components=dict(_components(top, metadata)),
    )
    statements, defects = statements_of(
        (each for each, _ in items(top.get("vulnerabilities"), "")),
        parts,
        author=author,
        digest=digest,
        issued=issued,
    )
    return VexDocument(
        format="CycloneDX",
        spec_version=text(top.get("specVersion")),
        digest=digest,
        id=text(top.get("serialNumber")),
        author=author,
        issued=issued,
        statements=statements,
        defects=defects,
    )


def author_of(metadata: Json) -> str:
    """Say who speaks: supplier, manufacturer or authors of the document."""
    for key in ("supplier", "manufacturer", "manufacture"):
        if name := text(mapping(metadata.get(key)).get("name")):
            return name
    return ", ".join(
        filter(None, (text(each.get("name")) for each, _ in objects(metadata.get("authors"), "")))
    )


def statements_of(
    vulnerabilities: Iterable[object],
    parts: Parts,
    *,
    author: str = "",
    digest: str = "",
    issued: str = "",
) -> tuple[tuple[VexStatement, ...], tuple[Defect, ...]]:
    """Give the statements in `vulnerabilities`, and what could not be taken."""
    reading = Reading()
    found: list[VexStatement] = []
    for number, each in enumerate(vulnerabilities):
        place = f"/vulnerabilities/{number}"
        if len(found) >= STATEMENTS_KEPT:
            reading.tell(place, f"more than {STATEMENTS_KEPT:,} statements; the rest is left out")
            break
        if not isinstance(each, dict):
            reading.tell(place, "a vulnerability that is no object")
            continue
        entry = _Entry(each, place, parts, reading)
        taken = entry.statement(author=author, digest=digest, issued=issued)
        if taken is not None:
            found.append(taken)
    return tuple(found), reading.told()


@dataclass(frozen=True, slots=True)
class _Entry:
    """One element of `vulnerabilities`."""

    held: Json
    place: str
    parts: Parts
    reading: Reading

    def statement(self, *, author: str, digest: str, issued: str) -> VexStatement | None:
        """Give what it states; None where it states nothing, which is told if it tried to."""
        analysis = mapping(self.held.get("analysis"))
        if not analysis:
            return None
        state = text(analysis.get("state"))
        status = STATES.get(state)
        if status is None:
            self.reading.tell(f"{self.place}/analysis/state", f"{state[:40]!r} is no state")
            return None
        vulnerability = text(self.held.get("id"))
        if not vulnerability:
            self.reading.tell(f"{self.place}/id", "names no vulnerability")
            return None
        products = tuple(self._products(status))
        if not products:
            self.reading.tell(f"{self.place}/affects", "names no component; it counts for nothing")
            return None
        justification = JUSTIFICATIONS.get(text(analysis.get("justification")), "")
        impact = text(analysis.get("detail"), LONGEST)
        if status is VexStatus.NOT_AFFECTED and not (justification or impact):
            self.reading.tell(self.place, "not_affected without a reason; it counts for nothing")
            return None
        properties = dict(self._properties())
        system = properties.get(SYSTEM_PROPERTY, "")
        own = text(analysis.get("lastUpdated")) or text(analysis.get("firstIssued"))
        return VexStatement(
            vulnerability=vulnerability,
            status=status,
            aliases=tuple(self._aliases(vulnerability)),
            products=tuple(each._replace(system=system) for each in products),
            justification=justification,
            impact=impact,
            action=text(self.held.get("recommendation"), LONGEST),
            author=author,
            document=digest,
            issued=own or text(self.held.get("updated")) or issued,
            expires=_day(properties.get(EXPIRES_PROPERTY, "")),
            place=self.place,
        )

    def _aliases(self, own: str) -> Iterator[str]:
        seen = {own}
        for each, _ in objects(self.held.get("references"), ""):
            name = text(each.get("id"))
            if name and name not in seen:
                seen.add(name)
                yield name

    def _properties(self) -> Iterator[tuple[str, str]]:
        for each, _ in objects(self.held.get("properties"), ""):
            yield text(each.get("name")), text(each.get("value"))

    def _products(self, status: VexStatus) -> Iterator[VexProduct]:
        place = f"{self.place}/affects"
        taken = 0
        for each, where in items(self.held.get("affects"), place):
            ref = text(mapping(each).get("ref"), PURL_LIMIT)
            if not ref:
                self.reading.tell(where, "affects something without naming it")
                continue
            for one in self._versions(mapping(each), ref, where, status):
                taken += 1
                if taken > PRODUCTS_KEPT:
                    self.reading.tell(where, f"more than {PRODUCTS_KEPT:,}; the rest is left out")
                    return
                yield one

    def _versions(
        self, affected: Json, ref: str, place: str, status: VexStatus
    ) -> Iterator[VexProduct]:
        purl, own = split_range(self.parts.purl(ref))
        known = self.parts.components.get(ref)
        base = VexProduct(purl=purl, cpe=known.cpe if known else "", ref=self.parts.link(ref))
        listed = affected.get("versions")
        if not isinstance(listed, list) or not listed:
            yield base._replace(versions=own)
            return
        for each, where in objects(listed, f"{place}/versions"):
            said = text(each.get("status"))
            if said == "unknown":
                continue
            if said and said == OPPOSED.get(status):
                self.reading.tell(where, f"{said} under a state that says {status}; left out")
                continue
            exact, span = text(each.get("version")), text(each.get("range"), PURL_LIMIT)
            if exact:
                scheme = purl_parts(purl)[0] or "generic"
                yield base._replace(versions=f"vers:{scheme}/{quote(exact, safe=':')}")
            elif span:
                yield base._replace(versions=span)
            else:
                self.reading.tell(where, "neither version nor range; left out")


def _components(top: Json, metadata: Json) -> Iterator[tuple[str, BomComponent]]:
    """Give the components by `bom-ref`, nested ones too; depth costs no stack."""
    waiting: list[object] = [metadata.get("component")]
    for key in ("components", "services"):
        held = top.get(key)
        waiting += held if isinstance(held, list) else []
    while waiting:
        each = waiting.pop()
        if not isinstance(each, dict):
            continue
        nested = each.get("components")
        waiting += nested if isinstance(nested, list) else []
        if ref := text(each.get("bom-ref"), PURL_LIMIT):
            yield (
                ref,
                BomComponent(
                    name=text(each.get("name")),
                    version=text(each.get("version")),
                    purl=text(each.get("purl"), PURL_LIMIT),
                    ref=ref,
                    cpe=text(each.get("cpe")),
                ),
            )


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return date.min
