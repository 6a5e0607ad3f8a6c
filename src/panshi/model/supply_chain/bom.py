"""A bill of materials while it streams by: components one at a time, then what the whole says.

CycloneDX (ECMA-424) and SPDX (ISO/IEC 5962) both come down to this.
"""

from __future__ import annotations

from typing import NamedTuple


class Defect(NamedTuple):
    """One thing in a document that could not be taken as it stands."""

    place: str
    "Where, as a path or line of the document."
    problem: str


class BomComponent(NamedTuple):
    """One component; what the document does not say is empty."""

    name: str
    version: str = ""
    purl: str = ""
    "As written; normalising is judgement's work."
    ref: str = ""
    "`bom-ref` or SPDX id, by which dependencies name it."
    type: str = ""
    supplier: str = ""
    licence: str = ""
    cpe: str = ""
    scope: str = ""
    "`required`, `optional`, `excluded`; empty where unsaid."
    hashes: tuple[tuple[str, str], ...] = ()
    "Pairs of algorithm and value."
    place: str = ""
    "Where in the document it stands: a JSON pointer, or `line 12`."
    swid: str = ""
    "Id of its software identification tag (ISO/IEC 19770-2)."
    group: str = ""
    "Namespace of the name, such as `org.apache.logging.log4j`."


class BomHead(NamedTuple):
    """What a document says about itself; complete once its components have passed."""

    format: str
    "`CycloneDX` or `SPDX`."
    spec_version: str
    serial: str = ""
    version: int = 1
    "Edition of the same serial number."
    created: str = ""
    "As written, ISO 8601."
    tools: tuple[str, ...] = ()
    subject: BomComponent | None = None
    "What the document is about; not one of its own components."
    supplier: str = ""
    dependencies: tuple[tuple[str, tuple[str, ...]], ...] = ()
    "Per `ref` the refs it depends on."
    components: int = 0
    digest: str = ""
    "SHA-256 of the bytes, hexadecimal."
    size: int = 0
    "Bytes."
    authors: tuple[str, ...] = ()
    "Who made the document."
    lists_components: bool = True
    "Whether it has a place for components at all."
    instead: str = ""
    "What it carries where it has none, for example `vulnerabilities`."
