"""Mail to the disclosure channel: bounded, taken apart without being believed.

    letter = read_mail(raw, opener)

A message is plain, or OpenPGP (PGP/MIME, RFC 3156, or inline armour) or age (armour or an attached
`.age` file). What is encrypted is opened once and never again inside itself. HTML is never shown;
where there is no plain text its tags are dropped. Nothing in a message is fetched, and nothing in
it decides who the sender is.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parseaddr
from html.parser import HTMLParser

from panshi.errors import BadInputError

MOST_BYTES = 12 * 1024 * 1024
MOST_PARTS = 60
MOST_DEPTH = 8
MOST_FILES = 10
MOST_FILE_BYTES = 8 * 1024 * 1024
LONGEST_TEXT = 60_000
LONGEST_HEADER_BYTES = 64 * 1024
_PGP = b"-----BEGIN PGP MESSAGE-----"
_AGE = b"-----BEGIN AGE ENCRYPTED FILE-----"
_AGE_RAW = b"age-encryption.org/v1"
_HEAD = re.compile(rb"(?:[!-9;-~]+:.*\r?\n(?:[ \t].*\r?\n)*)*content-type:", re.IGNORECASE)
"A message of its own begins with headers, of which one tells its type."

type Opener = Callable[[str, bytes], bytes]
"""Opens what is encrypted: `openpgp` or `age`, and the bytes; BadInputError where it cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message as far as a report needs it."""

    sender: str
    "Address as it says; anybody can write it."
    sender_name: str
    subject: str
    text: str
    files: tuple[tuple[str, bytes], ...]
    encrypted: str
    "`openpgp`, `age` or empty."
    defects: tuple[str, ...] = ()
    "What was left out, and why."


def read_mail(raw: bytes, opener: Opener) -> Letter:
    """Take one message apart."""
    if len(raw) > MOST_BYTES:
        raise BadInputError(
            f"the message is larger than {MOST_BYTES // 2**20} MiB",
            remedy="send large files after the case number is known",
        )
    message = _parsed(raw)
    taking = _Taking(opener=opener)
    taking.take(message, depth=0)
    name, address = parseaddr(str(message.get("from", ""))[:1_000])
    return Letter(
        sender=_line(address, 200),
        sender_name=_line(name, 120),
        subject=_line(taking.subject or str(message.get("subject", "")), 200),
        text="\n\n".join(filter(None, taking.plain or taking.markup)).strip()[:LONGEST_TEXT],
        files=tuple(taking.files),
        encrypted=taking.encrypted,
        defects=tuple(dict.fromkeys(taking.defects)),
    )


@dataclass(slots=True, kw_only=True)
class _Taking:
    """One message while it is taken apart."""

    opener: Opener
    plain: list[str] = field(default_factory=list)
    markup: list[str] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    encrypted: str = ""
    subject: str = ""
    parts: int = 0

    def take(self, message: EmailMessage, depth: int) -> None:
        """Take a part and those inside it, as far as the bounds go."""
        self.parts += 1
        if depth > MOST_DEPTH or self.parts > MOST_PARTS:
            raise BadInputError(
                f"the message is nested deeper than {MOST_DEPTH} or has more than {MOST_PARTS}"
                " parts",
                remedy="send it as plain text",
            )
        kind = message.get_content_type()
        if kind == "multipart/encrypted":
            self._open_pgp_mime(message, depth)
        elif message.is_multipart():
            for part in _inside(message):
                self.take(part, depth + 1)
        else:
            self._take_leaf(message, kind, depth)

    def _open_pgp_mime(self, message: EmailMessage, depth: int) -> None:
        for part in _inside(message):
            if part.get_content_type() == "application/octet-stream":
                self._open("openpgp", _content(part), depth, mime=True)
                return
        self.defects.append("an encrypted message without its encrypted part")

    def _take_leaf(self, message: EmailMessage, kind: str, depth: int) -> None:
        content = _content(message)
        name = message.get_filename() or ""
        head = content.lstrip()[:64]
        if head.startswith(_PGP) or name.lower().endswith((".pgp", ".gpg")):
            self._open("openpgp", content, depth, mime=False)
        elif head.startswith((_AGE, _AGE_RAW)) or name.lower().endswith(".age"):
            self._open("age", content, depth, mime=False)
        elif not name and kind in {"text/plain", "text/html"}:
            shown = _text(message, content)
            (self.plain if kind == "text/plain" else self.markup).append(
                shown if kind == "text/plain" else _without_tags(shown)
            )
        elif kind not in {"application/pgp-signature", "application/pgp-keys"}:
            self._keep(name or f"part.{kind.rpartition('/')[2]}", content)

    def _open(self, kind: str, content: bytes, depth: int, *, mime: bool) -> None:
        if self.encrypted:
            self.defects.append("something encrypted inside what was encrypted; left closed")
            return
        self.encrypted = kind
        opened = self.opener(kind, content)
        if len(opened) > MOST_BYTES:
            raise BadInputError("what was encrypted is larger than a message may be")
        if mime or _HEAD.match(opened[:4_000]):
            inner = _parsed(opened)
            self.subject = str(inner.get("subject", ""))
            self.take(inner, depth + 1)
        else:
            self.plain.append(opened.decode("utf-8", "replace"))

    def _keep(self, name: str, content: bytes) -> None:
        if not content:
            return
        if len(self.files) >= MOST_FILES or len(content) > MOST_FILE_BYTES:
            self.defects.append(f"the file {_line(name, 60)} is one too many or too large")
            return
        self.files.append((name, content))


def _parsed(raw: bytes) -> EmailMessage:
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    if len(head) > LONGEST_HEADER_BYTES:
        raise BadInputError("the message has too long a head", remedy="send it as plain text")
    try:
        message = email.message_from_bytes(raw, policy=email.policy.default)
    except (MessageError, ValueError, LookupError, RecursionError, TypeError) as error:
        raise BadInputError(f"is no mail message: {type(error).__name__}") from error
    if not isinstance(message, EmailMessage):
        raise BadInputError("is no mail message")
    return message


def _inside(message: EmailMessage) -> Iterator[EmailMessage]:
    held = message.get_payload()
    for part in held if isinstance(held, list) else ():
        if isinstance(part, EmailMessage):
            yield part


def _content(message: EmailMessage) -> bytes:
    try:
        held = message.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError) as error:
        raise BadInputError(f"a part cannot be decoded: {type(error).__name__}") from error
    return held if isinstance(held, bytes) else b""


def _text(message: EmailMessage, content: bytes) -> str:
    try:
        charset = message.get_content_charset() or "utf-8"
        return content.decode(charset, "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


class _Tags(HTMLParser):
    """Drops tags; scripts and styles with all they hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 -- the parser's signature
        self.hidden += tag in {"script", "style"}
        if tag in {"p", "br", "div", "li", "tr"}:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"} and self.hidden:
            self.hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.said.append(data)


def _without_tags(markup: str) -> str:
    parser = _Tags()
    parser.feed(markup[: 4 * LONGEST_TEXT])
    return "".join(parser.said)


def _line(text: str, most: int) -> str:
    return "".join(each if each.isprintable() else " " for each in text).strip()[:most]
