"""An estate as a CycloneDX 1.6 document (ECMA-424), in JSON.

Services, APIs and endpoints become `services`, everything else `components`, `depends_on`
becomes `dependencies`. What CycloneDX has no word for stands in properties `panshi:…`, so that
nothing is lost on the way back; other tools leave properties they do not know alone.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC

from panshi.model.asset import Asset, AssetId, AssetKind, RelationKind
from panshi.model.attributes import written
from panshi.model.changes import ordered
from panshi.model.estate import Estate
from panshi.model.estate_layout import ATTRIBUTE_PROPERTY, PROPERTY, RELATION_PROPERTY

type _Json = str | int | bool | list[_Json] | dict[str, _Json]

SERVICES = frozenset({AssetKind.SERVICE, AssetKind.API, AssetKind.ENDPOINT})
"Kinds that are `services` in CycloneDX."

_TYPES = {
    AssetKind.SYSTEM: "application",
    AssetKind.SOFTWARE: "application",
    AssetKind.MOBILE_APP: "application",
    AssetKind.HOST: "device",
    AssetKind.DEVICE: "device",
    AssetKind.IOT_DEVICE: "device",
    AssetKind.ZONE: "platform",
    AssetKind.CRYPTO: "cryptographic-asset",
    AssetKind.AI_SYSTEM: "machine-learning-model",
}
"Types of components; everything else (people, suppliers, contracts, …) is `data`."

_SOFTWARE_TYPES = {
    "library": "library",
    "framework": "framework",
    "operating_system": "operating-system",
    "container": "container",
    "firmware": "firmware",
}


def estate_cyclonedx(estate: Estate) -> bytes:
    """Write the estate as CycloneDX."""
    estate = ordered(estate)
    serial = uuid.uuid5(uuid.NAMESPACE_URL, f"panshi:estate:{estate.id}")
    document: _Json = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": max(1, estate.version),
        "metadata": {
            "timestamp": estate.as_of.astimezone(UTC).isoformat(),
            "properties": [
                _property("panshi:estate:name_zh", estate.name_zh),
                _property("panshi:estate:name_en", estate.name_en),
                _property("panshi:estate:demo", written(estate.demo)),
            ],
        },
        "components": [_component(a, estate) for a in estate.assets if a.kind not in SERVICES],
        "services": [_service(a, estate) for a in estate.assets if a.kind in SERVICES],
        "dependencies": _dependencies(estate),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _component(asset: Asset, estate: Estate) -> _Json:
    kind = _SOFTWARE_TYPES.get(str(asset.attributes.get("software_type")), "")
    component: dict[str, _Json] = {
        "type": kind or _TYPES.get(asset.kind, "data"),
        "bom-ref": asset.id,
        "name": asset.name,
    }
    if asset.kind is AssetKind.SOFTWARE:
        for ours, theirs in (("vendor", "publisher"), ("version", "version"), ("purl", "purl")):
            if ours in asset.attributes:
                component[theirs] = str(asset.attributes[ours])
    return {**component, "properties": list(_properties(asset, estate))}


def _service(asset: Asset, estate: Estate) -> _Json:
    service: dict[str, _Json] = {"bom-ref": asset.id, "name": asset.name}
    if "internet_facing" in asset.attributes:
        service["x-trust-boundary"] = bool(asset.attributes["internet_facing"])
    return {**service, "properties": list(_properties(asset, estate))}


def _properties(asset: Asset, estate: Estate) -> Iterator[_Json]:
    yield _property(f"{PROPERTY}kind", asset.kind)
    for identifier in asset.identifiers:
        yield _property(f"{PROPERTY}identifier", identifier)
    for inventory in asset.inventories:
        yield _property(f"{PROPERTY}inventory", inventory)
    for name in sorted(asset.attributes):
        value = asset.attributes[name]
        if isinstance(value, tuple):
            # A property without value says: surely none.
            yield from (_property(f"{ATTRIBUTE_PROPERTY}{name}", part) for part in value or (None,))
        else:
            yield _property(f"{ATTRIBUTE_PROPERTY}{name}", written(value))
    for relation in estate.relations_of(asset.id):
        if relation.source == asset.id and relation.kind is not RelationKind.DEPENDS_ON:
            yield _property(f"{RELATION_PROPERTY}{relation.kind}", relation.target)


def _dependencies(estate: Estate) -> list[_Json]:
    targets: dict[AssetId, list[_Json]] = {}
    for relation in estate.relations:
        if relation.kind is RelationKind.DEPENDS_ON:
            targets.setdefault(relation.source, []).append(relation.target)
    return [{"ref": source, "dependsOn": found} for source, found in targets.items()]


def _property(name: str, value: str | None) -> dict[str, _Json]:
    return {"name": name} if value is None else {"name": name, "value": value}
