"""Advisories as CSAF 2.1 documents (OASIS), profile security advisory (4.4).

One case is one document; each revision published is one entry of its revision history, and the
version counts them. What is written is read back by our own reader of CSAF before it is served.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from panshi.errors import BadInputError
from panshi.model.bodies.disclosure import DisclosureAdvisory, DisclosureChannel

SCHEMA = "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json"
CATEGORY = "csaf_security_advisory"
AFFECTED, FIXED = "CSAFPID-0001", "CSAFPID-0002"
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}")
_CWE = re.compile(r"CWE-[1-9][0-9]{0,5}")
CWE_VERSION = "4.18"

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a document is made of beside its text."""

    number: str
    "Of the case."
    revisions: tuple[tuple[datetime, DisclosureAdvisory], ...]
    "When each was published, oldest first."
    credit: str = ""
    "Name of the reporter, where they want it."
    reported_at: datetime | None = None
    scores: Mapping[str, Mapping[str, Any]]
    "Scores worked out from the vector, by name of the content: `cvss_v3` or `cvss_v4`."
    engine: str = ""
    "Version of the program that writes it."


def document_id(channel: DisclosureChannel, number: str) -> str:
    """Give the document's id: short name of the publisher and the case."""
    return f"{_letters(channel.base_url) or 'panshi'}-{number}".lower()


def file_name(document: str) -> str:
    """Give the name a document must be served under (5.1)."""
    return re.sub(r"[^+\-a-z0-9]+", "_", document.lower()) + ".json"


def advisory_defect(body: DisclosureAdvisory) -> str:
    """Say why an advisory cannot be written; empty where it can."""
    for name, value in (
        ("title", body.headline),
        ("summary", body.summary),
        ("vendor", body.vendor),
        ("product", body.product),
        ("affected version", body.affected_version),
        ("remediation", body.remediation),
    ):
        if not value.strip():
            return f"the {name} is missing"
    if body.cve and not _CVE.fullmatch(body.cve):
        return f"{body.cve[:30]} is no CVE id"
    if body.cwe and not (_CWE.fullmatch(body.cwe) and body.cwe_name.strip()):
        return f"{body.cwe[:30]} is no CWE id with its name"
    if body.cvss and not body.cvss.startswith(("CVSS:3.1/", "CVSS:3.0/", "CVSS:4.0/")):
        return "the vector is one of CVSS 3.0, 3.1 or 4.0"
    if body.fixed_version and body.fixed_version == body.affected_version:
        return "the fixed version is the affected one"
    return ""


def csaf(channel: DisclosureChannel, told: Published) -> bytes:
    """Write the document."""
    if not told.revisions:
        raise BadInputError("nothing was published yet", place=told.number)
    newest = told.revisions[-1][1]
    if defect := advisory_defect(newest):
        raise BadInputError(defect, place=told.number)
    document: Json = {
        "$schema": SCHEMA,
        "document": {
            "category": CATEGORY,
            "csaf_version": "2.1",
            "distribution": {
                "tlp": {"label": "CLEAR", "url": "https://www.first.org/tlp/"},
            },
            "lang": newest.language,
            "notes": [
                {"category": "summary", "text": newest.summary},
                {
                    "category": "legal_disclaimer",
                    "text": "Given as is; see the institution's own notices for its services.",
                },
            ],
            "publisher": publisher_of(channel),
            "references": [
                {
                    "category": "self",
                    "summary": newest.headline,
                    "url": document_url(channel, told),
                }
            ],
            "title": newest.headline,
            "tracking": _tracking(channel, told),
        },
        "product_tree": _products(newest),
        "vulnerabilities": [_vulnerability(channel, told, newest)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def document_url(channel: DisclosureChannel, told: Published) -> str:
    """Give where a document is served: below its year of first release (7.1.11)."""
    year = _utc(told.revisions[0][0]).year
    name = file_name(document_id(channel, told.number))
    return f"{channel.base_url.rstrip('/')}/csaf/clear/{year}/{name}"


def publisher_of(channel: DisclosureChannel) -> Json:
    """Give who publishes, as documents and lists name it."""
    mail = next((each for each in channel.contacts if each.startswith("mailto:")), "")
    contact: Json = {"details": f"{channel.base_url.rstrip('/')}/disclose/"}
    if mail:
        contact["email"] = mail.removeprefix("mailto:")
    return {
        "category": "coordinator",
        "contact": contact,
        "name": channel.name,
        "namespace": channel.base_url.rstrip("/"),
    }


def _tracking(channel: DisclosureChannel, told: Published) -> Json:
    history = [
        {
            "date": _time(at),
            "number": str(number),
            "summary": body.change.strip() or ("Published." if number == 1 else "Revised."),
        }
        for number, (at, body) in enumerate(told.revisions, 1)
    ]
    return {
        "current_release_date": history[-1]["date"],
        "generator": {"engine": {"name": "Panshi", "version": told.engine or "0"}},
        "id": document_id(channel, told.number),
        "initial_release_date": history[0]["date"],
        "revision_history": history,
        "status": "final",
        "version": str(len(history)),
    }


def _products(body: DisclosureAdvisory) -> Json:
    versions = [(AFFECTED, body.affected_version)]
    if body.fixed_version:
        versions.append((FIXED, body.fixed_version))
    return {
        "branches": [
            {
                "category": "vendor",
                "name": body.vendor,
                "branches": [
                    {
                        "category": "product_name",
                        "name": body.product,
                        "branches": [_version(body, name, each) for name, each in versions],
                    }
                ],
            }
        ]
    }


def _version(body: DisclosureAdvisory, product_id: str, version: str) -> Json:
    product: Json = {"name": f"{body.vendor} {body.product} {version}", "product_id": product_id}
    ranged = version.startswith("vers:")
    if body.purl and not ranged:
        product["product_identification_helper"] = {"purls": [f"{body.purl}@{version}"]}
    elif body.purl:
        product["product_identification_helper"] = {"purls": [body.purl]}
    return {
        "category": "product_version_range" if ranged else "product_version",
        "name": version,
        "product": product,
    }


def _vulnerability(channel: DisclosureChannel, told: Published, body: DisclosureAdvisory) -> Json:
    found: Json = {
        "ids": [{"system_name": channel.name, "text": told.number}],
        "notes": [{"category": "description", "text": body.summary}],
        "product_status": {"known_affected": [AFFECTED]},
        "remediations": [
            {
                "category": "vendor_fix" if body.fixed_version else "mitigation",
                "details": body.remediation,
                "product_ids": [AFFECTED],
            }
        ],
        "title": body.headline,
    }
    if body.fixed_version:
        found["product_status"]["fixed"] = [FIXED]
    if body.cve:
        found["cve"] = body.cve
    if body.cwe:
        found["cwes"] = [{"id": body.cwe, "name": body.cwe_name, "version": CWE_VERSION}]
    if told.credit:
        found["acknowledgments"] = [{"names": [told.credit], "summary": "reported it"}]
    if told.reported_at is not None:
        found["discovery_date"] = _time(told.reported_at)
        found["disclosure_date"] = _time(told.revisions[0][0])
    if told.scores:
        content = {name: dict(score) for name, score in told.scores.items()}
        found["metrics"] = [{"content": content, "products": [AFFECTED]}]
    return found


def _letters(url: str) -> str:
    host = url.partition("://")[2].partition("/")[0].partition(":")[0]
    return "".join(each for each in host.split(".")[0] if each.isalnum() or each == "-")


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _time(moment: datetime) -> str:
    return _utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ")
