"""The official schemas of CycloneDX 1.2 to 1.7, as cyclonedx-python-lib carries them.

They are compiled once; what they refer to (SPDX licence ids, JSON signatures, names of
cryptography) is taken from beside them, and nothing is ever fetched.
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from panshi.errors import StoreError

if TYPE_CHECKING:
    import jsonschema_rs
    from lxml import etree

VERSIONS = ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7")
_STRICT = frozenset({"1.2", "1.3"})
"Versions whose schema has a strict twin; later ones are strict themselves."


@lru_cache(maxsize=len(VERSIONS))
def json_schema(version: str) -> jsonschema_rs.Validator:
    """Give the compiled schema of the JSON form."""
    import jsonschema_rs  # noqa: PLC0415 -- only strict checking needs it

    strict = "-strict" if version in _STRICT else ""
    schema = json.loads((_folder() / f"bom-{version}{strict}.SNAPSHOT.schema.json").read_bytes())
    return jsonschema_rs.validator_for(schema, retriever=_beside, validate_formats=True)


@lru_cache(maxsize=len(VERSIONS))
def xml_schema(version: str) -> etree.XMLSchema:
    """Give the compiled schema of the XML form."""
    from lxml import etree  # noqa: PLC0415 -- only strict checking needs it

    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    return etree.XMLSchema(etree.parse(_folder() / f"bom-{version}.SNAPSHOT.xsd", parser))


def _beside(address: str) -> Any:  # noqa: ANN401 -- the library's own
    file = _folder() / address.rpartition("/")[2]
    if file.suffix != ".json" or not file.is_file():
        raise ValueError(f"{address} is not among the schemas")
    return json.loads(file.read_bytes())


@cache
def _folder() -> Path:
    found = importlib.util.find_spec("cyclonedx")
    places = found.submodule_search_locations if found is not None else None
    for place in places or ():
        return Path(place) / "schema" / "_res"
    raise StoreError(
        "the official schemas of CycloneDX are not installed", remedy="install cyclonedx-python-lib"
    )


@cache
def licence_ids() -> frozenset[str]:
    """Give the licence ids SPDX knows."""
    return frozenset(json.loads((_folder() / "spdx.SNAPSHOT.schema.json").read_bytes())["enum"])
