"""Advisories: which versions of which packages a vulnerability reaches (OSV schema 1.7)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class AffectedRange(NamedTuple):
    """One range as its events tell it, in the order written."""

    type: str
    "`ECOSYSTEM`, `SEMVER`, `GIT`, or `VERS` where `events` holds one vers expression."
    events: tuple[tuple[str, str], ...]
    "Pairs of event (`introduced`, `fixed`, `last_affected`, `limit`) and version."


class Affected(NamedTuple):
    """One package an advisory speaks of."""

    ecosystem: str
    "As OSV names it, with its release where it has one: `PyPI`, `Debian:12`."
    name: str
    purl: str = ""
    ranges: tuple[AffectedRange, ...] = ()
    versions: tuple[str, ...] = ()
    "Versions named one by one."


class Advisory(NamedTuple):
    """One advisory of one source."""

    id: str
    aliases: tuple[str, ...] = ()
    published: str = ""
    "As written, RFC 3339."
    modified: str = ""
    withdrawn: str = ""
    "Empty while it stands."
    summary: str = ""
    details: str = ""
    severity: tuple[tuple[str, str], ...] = ()
    "Pairs of scheme (`CVSS_V3`) and vector or score."
    affected: tuple[Affected, ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    "Pairs of kind and address."
    weaknesses: tuple[str, ...] = ()
    "CWE ids."
    source: str = ""
    "Name of the feed."
    related: tuple[str, ...] = ()
    digest: str = ""
    "SHA-256 of the record as received, so that an unchanged one is known."


class KnownExploited(NamedTuple):
    """One entry of CISA's catalogue of known exploited vulnerabilities."""

    cve: str
    added: date
    due: date | None = None
    ransomware: bool = False
    product: str = ""
    action: str = ""


class Withdrawn(NamedTuple):
    """A record its feed no longer carries."""

    id: str
