"""Reports come in: by the public form, by mail, typed in by staff; and reporters come back.

    number, link = receive(node, Told(…), sender="192.0.2.7")

A report is sealed with the digest of a secret; the secret itself is in the link given to the
reporter and kept nowhere. How many reports come is counted in what is sealed, so that a flood ends
at a bound whatever process it reaches.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from panshi.alliance.disclosure.case import Case
from panshi.errors import BadInputError, MissingError, PanshiError
from panshi.governance.persons import acting_person
from panshi.model.bodies.disclosure import (
    MESSAGE,
    REPORT,
    DisclosureMessage,
    DisclosureReport,
    Intake,
    QuarantinedFile,
)
from panshi.model.observation import Body, Observation
from panshi.model.zone import day_of
from panshi.node.alliance.disclosure.cases import all_cases, case_named
from panshi.node.alliance.disclosure.channel import keys, open_channel
from panshi.node.node import Node
from panshi.observe.disclosure.mail import read_mail
from panshi.store.attachments import Attachments
from panshi.store.keys import load_or_create_secret

COLLECTOR = "panshi disclosure"
QUARANTINE = "quarantine"
LONGEST_TEXT = 60_000
LONGEST_LINE = 300
MOST_FILES = 10
MOST_FILE_BYTES = 8 * 1024 * 1024
HOUR = timedelta(hours=1)
MOST_AN_HOUR = 60
"Reports from outside in all."
MOST_OF_A_SENDER = 5
MOST_MESSAGES = 40
"Of a reporter in one case in a day."
_SECRET_BYTES = 24


class TooManyError(PanshiError):
    """More came than is taken in an hour; what came before is safe."""

    exit_code = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a reporter tells."""

    headline: str
    text: str
    target: str = ""
    institution: str = ""
    reporter: str = ""
    contact: str = ""
    credit: bool = False
    cvss: str = ""
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What the reporter is given back."""

    number: str
    secret: str
    "Shown once; its digest is all that is kept."
    path: str
    "Of the follow-up page, below the public address."


def receive(
    node: Node,
    told: Told,
    *,
    intake: Intake = Intake.FORM,
    sender: str = "",
    actor: str = "",
    encrypted: str = "",
) -> Taken:
    """Take one report in; refused whole or sealed whole."""
    open_channel(node)
    _check(told)
    source = _source(node, sender)
    if intake is not Intake.STAFF:
        _check_rate(node, source)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    number = _free_number(node)
    body = DisclosureReport(
        intake=intake,
        headline=_line(told.headline),
        text=_lines(told.text),
        target=_line(told.target),
        institution=_line(told.institution),
        reporter=_line(told.reporter),
        contact=_line(told.contact),
        credit=told.credit,
        cvss=_line(told.cvss),
        attachments=_quarantined(node, told.files),
        encrypted=encrypted,
        secret_sha256=hashlib.sha256(secret.encode()).hexdigest(),
        source_sha256=source,
        entered_by=acting_person(actor) if actor else "",
    )
    seal(node, number, REPORT, body)
    node.audit(actor or f"{intake.value}:outside", "disclosure.receive", number)
    return Taken(number=number, secret=secret, path=f"/disclose/{number}/{secret}/")


def receive_mail(node: Node, raw: bytes, *, actor: str) -> Taken:
    """Take one message in, opened where it is encrypted; the sender counts as it says."""
    letter = read_mail(raw, keys(node).open)
    left_out = "".join(f"\n[{each}]" for each in letter.defects)
    told = Told(
        headline=letter.subject or "(no subject)",
        text=f"{letter.text}{left_out}" or "(no text)",
        reporter=letter.sender_name,
        contact=f"mailto:{letter.sender}" if letter.sender else "",
        files=letter.files,
    )
    return receive(
        node,
        told,
        intake=Intake.MAIL,
        sender=letter.sender or "unknown",
        actor=actor,
        encrypted=letter.encrypted,
    )


def followed(node: Node, number: str, secret: str) -> Case:
    """Give the case a secret link leads to; a wrong one leads nowhere, whatever is wrong."""
    held = all_cases(node).get(number)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    kept = held.report.secret_sha256 if held is not None and held.report is not None else ""
    if held is None or not hmac.compare_digest(digest, kept or "-" * 64):
        raise MissingError("the link leads to no case", remedy="check that it is whole")
    return held


def write(
    node: Node, number: str, text: str, *, secret: str = "", actor: str = "", sender: str = ""
) -> None:
    """Add a message: the reporter's by the secret, staff's by their name."""
    if not text.strip():
        raise BadInputError("there is no text", place=number)
    if actor:
        case_named(node, number)
        body = DisclosureMessage(text=_lines(text), by=acting_person(actor))
    else:
        held = followed(node, number, secret)
        since = node.clock() - timedelta(days=1)
        own = [at for at, each in held.messages if not each.by and at > since]
        if len(own) >= MOST_MESSAGES:
            raise TooManyError("too many messages today", remedy="write again tomorrow")
        body = DisclosureMessage(text=_lines(text))
    seal(node, number, MESSAGE, body)
    node.audit(actor or "form:outside", "disclosure.write", number, detail=sender and "by link")


def quarantined(node: Node, number: str, sha256: str) -> tuple[QuarantinedFile, bytes]:
    """Give a file out of quarantine, for somebody who may; never to be shown in place."""
    held = case_named(node, number)
    files = held.report.attachments if held.report is not None else ()
    found = next((each for each in files if each.sha256 == sha256), None)
    if found is None:
        raise MissingError("the case has no such file", place=number)
    return found, quarantine(node).read(sha256)


def quarantine(node: Node) -> Attachments:
    """Give the place where files from outside lie by digest, opened by nothing here."""
    return Attachments(_folder(node))


def seal(node: Node, number: str, kind: str, body: Body) -> str:
    """Seal one thing about a case; gives its evidence id."""
    at = max(node.clock(), node.log.learned_until() or node.clock())
    made = Observation(
        kind=kind,
        subject=f"disclosure:{number}",
        facet=number,
        observed_at=at,
        collector=COLLECTOR,
        body=body,
    )
    sealed = node.log.append((made,), at).ids[-1]
    node.checkpoint()
    return sealed


def _folder(node: Node) -> Path:
    return node.home.path / QUARANTINE


def _check(told: Told) -> None:
    for name, value in (("subject", told.headline), ("description", told.text)):
        if not value.strip():
            raise BadInputError(f"the {name} is missing", remedy="say what you found, and where")
    if len(told.text) > LONGEST_TEXT:
        raise BadInputError(
            f"the description is longer than {LONGEST_TEXT:,} characters", remedy="attach it"
        )
    lines = (
        told.headline,
        told.target,
        told.institution,
        told.reporter,
        told.contact,
        told.cvss,
    )
    if any(len(each) > LONGEST_LINE for each in lines):
        raise BadInputError(f"a field is longer than {LONGEST_LINE} characters")
    if len(told.files) > MOST_FILES or any(len(each) > MOST_FILE_BYTES for _, each in told.files):
        raise BadInputError(
            f"at most {MOST_FILES} files of {MOST_FILE_BYTES // 2**20} MiB each",
            remedy="send more once the case has its number",
        )


def _check_rate(node: Node, source: str) -> None:
    since = node.clock() - HOUR
    recent = [
        each
        for each in all_cases(node).values()
        if each.received_at > since and each.report and each.report.intake is not Intake.STAFF
    ]
    own = sum(each.report is not None and each.report.source_sha256 == source for each in recent)
    if len(recent) >= MOST_AN_HOUR or (source and own >= MOST_OF_A_SENDER):
        raise TooManyError(
            "more reports came than are taken in an hour",
            remedy="try again in an hour, or write to an address in security.txt",
        )


def _source(node: Node, sender: str) -> str:
    """Give a keyed digest of where it came from, so that senders are counted, not known."""
    if not sender:
        return ""
    key = load_or_create_secret(node.home.path)
    return hmac.new(key, f"disclosure:{sender}".encode(), hashlib.sha256).hexdigest()[:32]


def _quarantined(node: Node, files: tuple[tuple[str, bytes], ...]) -> tuple[QuarantinedFile, ...]:
    place = quarantine(node)
    return tuple(
        QuarantinedFile(name=_line(name)[-100:] or "file", sha256=place.keep(each), size=len(each))
        for name, each in files
        if each
    )


def _free_number(node: Node) -> str:
    prefix = f"VD-{day_of(node.clock()).year}-"
    taken = [
        int(each.removeprefix(prefix))
        for each in all_cases(node)
        if each.startswith(prefix) and each.removeprefix(prefix).isdecimal()
    ]
    return f"{prefix}{max(taken, default=0) + 1:03}"


def _line(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text).strip()[:LONGEST_LINE]


def _lines(text: str) -> str:
    kept = (each for each in text.replace("\r\n", "\n") if each.isprintable() or each in "\n\t")
    return "".join(kept).strip()[:LONGEST_TEXT]
