"""Vulnerabilities told from outside: the channel, reports, steps, messages and advisories.

The facet is the case's number, for example `VD-2026-001`; where a case stands is derived from its
steps and the day (`panshi.alliance.disclosure.case`) and is written nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

CHANNEL = "record.disclosure_channel/1"
REPORT = "record.disclosure_report/1"
STEP = "record.disclosure_step/1"
MESSAGE = "record.disclosure_message/1"
ADVISORY = "record.disclosure_advisory/1"


class Intake(StrEnum):
    """How a report came."""

    FORM = "form"
    MAIL = "mail"
    STAFF = "staff"
    "Typed in by staff, for example after a call."


class CaseStep(StrEnum):
    """What somebody did with a case."""

    VALIDATE = "validate"
    REJECT = "reject"
    "No vulnerability, out of scope, or told before."
    FORWARD = "forward"
    ACKNOWLEDGE = "acknowledge"
    "The institution has taken it up."
    FIX = "fix"
    EMBARGO = "embargo"
    "The day before which nothing is published is set or moved."
    PUBLISH = "publish"
    CLOSE = "close"
    REOPEN = "reopen"


@observation_kind(CHANNEL, "漏洞通報管道設定", "Disclosure channel")
@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureChannel(Body):
    """How the outside world reaches this node; the newest one counts."""

    accepting: bool
    base_url: str
    "Public address of the console, for example `https://f-isac.example`."
    name: str
    "Who answers, as advisories name their publisher."
    contacts: tuple[str, ...]
    "`mailto:` and `https:` addresses, the preferred one first."
    expires: date
    "Day from which security.txt is stale (RFC 9116, 2.5.5)."
    languages: tuple[str, ...]
    policy_url: str
    acknowledgments_url: str
    set_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinedFile:
    """A file that came with a report; its bytes lie in quarantine under the digest."""

    name: str
    "As the sender called it, made harmless."
    sha256: str
    size: int


@observation_kind(REPORT, "漏洞通報", "Vulnerability report", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureReport(Body):
    """What somebody told, as they told it."""

    intake: Intake
    headline: str
    text: str
    target: str
    "Address, system or product it is about, in the reporter's words."
    institution: str
    "Whom it concerns, in the reporter's words; empty where not known."
    reporter: str
    contact: str
    "How to answer, empty for an anonymous report; the secret link works without."
    credit: bool
    "Whether the reporter wants to be named in the advisory."
    cvss: str = ""
    "CVSS vector the reporter gives."
    attachments: tuple[QuarantinedFile, ...] = ()
    encrypted: str = ""
    "`openpgp` or `age` where it came encrypted."
    secret_sha256: str = ""
    "Digest of the secret in the follow-up link; the secret itself is kept nowhere."
    source_sha256: str = ""
    "Keyed digest of the sender's address, by which senders are counted."
    entered_by: str = ""


@observation_kind(STEP, "漏洞通報處理", "Disclosure step", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureStep(Body):
    """Somebody takes a case further."""

    step: CaseStep
    by: str
    why: str = ""
    member: str = ""
    "Member it is forwarded to, or that acknowledges."
    day: date | None = None
    "Day of the embargo, or of the fix."
    cvss: str = ""
    "CVSS vector as found by triage."
    duplicate_of: str = ""
    advisory: str = ""
    "Evidence id of the advisory that is published, by which every word of it is meant."


@observation_kind(MESSAGE, "漏洞通報往來訊息", "Disclosure message", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureMessage(Body):
    """What reporter and staff tell each other over the secret link."""

    text: str
    by: str = ""
    "Empty: the reporter."
    attachments: tuple[QuarantinedFile, ...] = ()


@observation_kind(ADVISORY, "安全公告內容", "Advisory", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureAdvisory(Body):
    """What would be published; another person than its writer publishes it."""

    headline: str
    summary: str
    vendor: str
    product: str
    affected_version: str
    fixed_version: str
    "Empty where there is no fix."
    purl: str
    "Package URL without version; empty where there is none."
    cve: str
    cwe: str
    "For example `CWE-79`."
    cwe_name: str
    cvss: str
    "CVSS 3.1 or 4.0 vector."
    remediation: str
    language: str
    "Of title, summary and remediation, for example `zh-TW`."
    written_by: str
    change: str = ""
    "What changed against the revision before."
