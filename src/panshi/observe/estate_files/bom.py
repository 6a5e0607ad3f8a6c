"""A CycloneDX document as an estate, whichever notation it came in (ECMA-424).

What Panshi wrote carries `panshi:kind` and comes back as it was. In documents of others

* components become software (models, data and crypto assets their own kinds), with purl, version,
  publisher and licences; the component the document is about becomes a system;
* services become systems, their addresses endpoints they expose, their providers suppliers;
* `dependencies` become `depends_on`, nesting becomes `part_of`;
* the `bom-ref` is kept as an identifier: a BOM-Link where the document has a serial number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from panshi.model.asset import AssetKind, RelationKind
from panshi.model.attributes import ATTRIBUTES
from panshi.model.estate_layout import ATTRIBUTE_PROPERTY, BOM_REF, PROPERTY, RELATION_PROPERTY
from panshi.observe.estate_files.draft import Draft, Written, WrittenAsset
from panshi.observe.reading.texts import clean

_KIND_OF = {str(kind): kind for kind in AssetKind}
_KINDS = {
    "cryptographic-asset": AssetKind.CRYPTO,
    "data": AssetKind.DATASET,
    "machine-learning-model": AssetKind.AI_SYSTEM,
}
_SOFTWARE_TYPES = {
    "application": "application",
    "container": "container",
    "firmware": "firmware",
    "framework": "framework",
    "library": "library",
    "operating-system": "operating_system",
}
_CRYPTO_KINDS = {
    "algorithm": "algorithm",
    "certificate": "certificate",
    "protocol": "protocol",
    "related-crypto-material": "key",
}
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One component or service of a document."""

    place: str
    service: bool
    type: str = ""
    ref: str = ""
    group: str = ""
    name: str = ""
    version: str = ""
    publisher: str = ""
    purl: str = ""
    cpe: str = ""
    licences: tuple[str, ...] = ()
    crypto: str = ""
    "Kind of crypto asset."
    boundary: bool | None = None
    "A service's `x-trust-boundary`."
    endpoints: tuple[str, ...] = ()
    properties: tuple[tuple[str, str | None], ...] = ()
    children: tuple[Element, ...] = ()
    subject: bool = False
    "Whether the document is about it."


@dataclass(slots=True)
class Document:
    """Puts the elements of one document into a draft."""

    draft: Draft
    link: str = ""
    "BOM-Link of the document, up to the `#`."
    _refs: dict[str, str] = field(default_factory=dict)
    "Ids of assets by `bom-ref`."
    _relations: list[tuple[str, str, str, str]] = field(default_factory=list)
    _dependencies: list[tuple[str, str, str]] = field(default_factory=list)

    def about(self, serial: str, version: str) -> None:
        """Take the serial number, from which BOM-Links are made."""
        number = serial.removeprefix("urn:uuid:")
        self.link = f"urn:cdx:{quote(number)}/{quote(version or '1')}#" if number else ""

    def property(self, place: str, name: str, value: str | None) -> None:
        """Take a property of the document itself."""
        key = name.removeprefix("panshi:estate:")
        if key == name or value is None:
            return
        if key in {"name_zh", "name_en"}:
            self.draft.name(place, key, value)
        elif key == "demo":
            self.draft.name(place, key, value == "true")

    def element(self, element: Element, parent: str = "") -> None:
        """Take one component or service with all nested in it."""
        if element.ref in self._refs:
            self.draft.refuse(element.place, f"the bom-ref {element.ref[:80]!r} is used twice")
            return
        own = dict(element.properties).get(f"{PROPERTY}kind")
        identity = self._ours(element) if own is not None else self._foreign(element)
        if identity and element.ref:
            self._refs[element.ref] = identity
        if parent and identity and own is None:
            self._relations.append((element.place, RelationKind.PART_OF, identity, parent))
        for child in element.children:
            self.element(child, identity)

    def dependency(self, place: str, ref: str, target: str) -> None:
        """Take one dependency; both ends are `bom-ref`s."""
        self._dependencies.append((place, ref, target))

    def finish(self) -> None:
        """Resolve what refers to elements that may come later."""
        for place, kind, source, target in self._relations:
            self.draft.relation(place, kind, source, target)
        for place, ref, target in self._dependencies:
            ends = self._refs.get(ref), self._refs.get(target)
            if ends[0] is None or ends[1] is None:
                lost = ref if ends[0] is None else target
                self.draft.refuse(
                    place, f"nothing has the bom-ref {lost[:80]!r}", "export the document again"
                )
            else:
                self.draft.relation(place, RelationKind.DEPENDS_ON, ends[0], ends[1], again=True)

    def _ours(self, element: Element) -> str:
        """Take an element that Panshi wrote: everything stands in its properties."""
        told: dict[str, list[str | None]] = {}
        for name, value in element.properties:
            told.setdefault(name, []).append(value)
            if name.startswith(RELATION_PROPERTY):
                kind = name.removeprefix(RELATION_PROPERTY)
                self._relations.append((element.place, kind, element.ref, value or ""))
        self.draft.asset(
            WrittenAsset(
                place=element.place,
                id=element.ref,
                name=element.name,
                identifiers=_texts(told.get(f"{PROPERTY}identifier")),
                inventories=_texts(told.get(f"{PROPERTY}inventory")),
                attributes={
                    name.removeprefix(ATTRIBUTE_PROPERTY): _written(element.ref, name, values)
                    for name, values in told.items()
                    if name.startswith(ATTRIBUTE_PROPERTY)
                },
            )
        )
        return element.ref

    def _foreign(self, element: Element) -> str:
        name = clean(element.name)
        if not name:
            self.draft.refuse(element.place, "the element has no name")
            return ""
        service = element.service or element.subject
        kind = AssetKind.SYSTEM if service else _KINDS.get(element.type, AssetKind.SOFTWARE)
        identity = self._unused(f"{kind}:{clean(element.purl) or _title(element)}", element.ref)
        attributes = _attributes(kind, element)
        self.draft.asset(
            WrittenAsset(
                place=element.place,
                id=identity,
                name=name,
                identifiers=(self._identifier(element.ref),) if element.ref else (),
                attributes=attributes,
            )
        )
        if element.service:
            self._endpoints(element, identity)
            if clean(element.publisher):
                supplier = f"supplier:{clean(element.publisher)}"
                self._shared(element.place, supplier, clean(element.publisher), {})
                self._relations.append(
                    (element.place, RelationKind.SUPPLIED_BY, identity, supplier)
                )
        return identity

    def _identifier(self, ref: str) -> str:
        link = self.link or f"{BOM_REF}{quote(self.draft.source)}#"
        return f"{link}{quote(ref, safe=':/@')}"

    def _unused(self, identity: str, ref: str) -> str:
        """Tell apart elements of the same name, first by their `bom-ref`."""
        candidate, number = identity, 1
        while candidate in self.draft.places:
            number += 1
            told = clean(ref) if number == 2 and ref else str(number)  # noqa: PLR2004  (first try)
            candidate = f"{identity}#{told}"
        return candidate

    def _endpoints(self, element: Element, system: str) -> None:
        for url in map(clean, element.endpoints):
            host, port, protocol = _address(url)
            told = f"{host}:{port}" if host and port else url
            attributes: dict[str, Written] = {"url": url}
            attributes |= {"host": host} if host else {}
            attributes |= {"port": port} if port else {}
            attributes |= {"protocol": protocol} if protocol else {}
            attributes |= {} if element.boundary is None else {"internet_facing": element.boundary}
            if told:
                self._shared(element.place, f"endpoint:{told}", told, attributes)
                self._relations.append(
                    (element.place, RelationKind.EXPOSES, system, f"endpoint:{told}")
                )

    def _shared(self, place: str, identity: str, name: str, attributes: dict[str, Written]) -> None:
        """Put an asset that several elements name into the draft once."""
        if identity not in self.draft.places:
            self.draft.asset(
                WrittenAsset(place=place, id=identity, name=name, attributes=attributes)
            )


def _written(identity: str, name: str, values: list[str | None]) -> Written:
    """Give the value of an attribute that has one property per part, empty where surely none."""
    kind = _KIND_OF.get(identity.partition(":")[0])
    attribute = ATTRIBUTES[kind].get(name.removeprefix(ATTRIBUTE_PROPERTY)) if kind else None
    parts = _texts(values)
    many = attribute is not None and attribute.type.many
    return parts if many or len(parts) != 1 else parts[0]


def _texts(values: list[str | None] | None) -> tuple[str, ...]:
    return tuple(value for value in values or () if value is not None)


def _address(url: str) -> tuple[str, int | None, str]:
    """Give host, port and protocol of a URL; empty what it does not have."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return "", None, ""
    return host, port, parts.scheme


def _title(element: Element) -> str:
    title = "/".join(part for part in (clean(element.group), clean(element.name)) if part)
    return f"{title}@{clean(element.version)}" if clean(element.version) else title


def _attributes(kind: AssetKind, element: Element) -> dict[str, Written]:
    """Give what of an element the kind has attributes for."""
    told: dict[str, Written] = {
        "vendor": clean(element.publisher),
        "version": clean(element.version),
        "purl": clean(element.purl, 2_000),
        "cpe": clean(element.cpe),
        "software_type": _SOFTWARE_TYPES.get(element.type, "other"),
        "licences": tuple(filter(None, map(clean, element.licences))),
        "crypto_kind": _CRYPTO_KINDS.get(element.crypto, ""),
    }
    if element.boundary is not None:
        told["internet_facing"] = element.boundary
    known = ATTRIBUTES[kind]
    return {name: value for name, value in told.items() if name in known and value not in {"", ()}}
