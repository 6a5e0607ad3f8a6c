"""Mail of small institutions (RFC 5322, MIME): a form in the body, files beside it.

    單號：2026-0001
    標題：網路銀行前置主機異常登入
    事件說明：自 203.0.113[.]7 登入後
      執行編碼過的指令。

A label and a colon begin a part, further lines belong to it. A body without labels is one ticket:
its subject the title, its text the text. Spreadsheets of the template beside it are tickets of
their own; text files are kept as attachments; everything else is kept by name, size and digest.
Who sent a mail is decided by what its receiver knows, never by what it says of itself.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from datetime import datetime
from email import policy
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path

from lxml import etree

from panshi.errors import BadInputError
from panshi.model.alliance.ticket import MAX_TEXT
from panshi.model.alliance.ticket_layout import Holds, Part
from panshi.observe.reading.files import open_source
from panshi.observe.reading.limits import MIB, Limits
from panshi.observe.tickets.draft import Draft, long_text, name, put, title, when
from panshi.observe.tickets.filled import PARTS, Written, filled
from panshi.observe.tickets.sheet import sheet

LIMITS = Limits(max_bytes=25 * MIB)
MOST_HEAD = 256 * 1024
"Bytes of the headers of one part."
MOST_PARTS = 100
MOST_DEPTH = 8
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LABEL = re.compile(r"(?P<label>[^\s:：][^:：]{0,39}?)\s*[:：](?P<rest>.*)")
_BREAKS = ("br", "p", "div", "tr", "li")
"Where a page begins a line."
_BOUNDARY = re.compile(rb"\r?\n\r?\n")


def mail(path: Path, now: datetime) -> tuple[Draft, ...]:
    """Give the tickets of one message."""
    message = _parsed(path)
    parts = tuple(_parts(message))
    body = _body(parts)
    drafts = [draft for part in parts if _is_sheet(part) for draft in _from_sheet(part, now)]
    own = _form(body)
    if own or not drafts:
        attachments = [each for part in parts if (each := _attachment(part))]
        drafts.insert(0, _whole(message, own, body, attachments, now))
    return tuple(drafts)


def _parsed(path: Path) -> Message:
    with open_source(path, LIMITS) as source:
        raw = b"".join(iter(source.read, b""))
    head = _BOUNDARY.search(raw, 0, MOST_HEAD + 4)
    if head is None and len(raw) > MOST_HEAD:
        raise BadInputError(f"headers of more than {MOST_HEAD:,} bytes", place="mail")
    try:
        # compat32 leaves header values as they came: what is not looked at is not parsed.
        return BytesParser(policy=policy.compat32).parsebytes(raw)
    except (MessageError, ValueError, RecursionError) as error:
        raise BadInputError(f"is no mail: {error}", place="mail") from error


def _parts(message: Message) -> Iterator[Message]:
    """Give the parts that hold something, within bounds."""
    waiting: list[tuple[Message, int]] = [(message, 0)]
    count = 0
    while waiting:
        part, depth = waiting.pop(0)
        count += 1
        if count > MOST_PARTS or depth > MOST_DEPTH:
            raise BadInputError(
                f"more than {MOST_PARTS} parts, or deeper than {MOST_DEPTH}",
                place="mail",
                remedy="send the files apart",
            )
        inner = part.get_payload() if part.is_multipart() else None
        if isinstance(inner, list):
            waiting.extend((each, depth + 1) for each in inner if isinstance(each, Message))
        else:
            yield part


def _header(part: Message, called: str, limit: int = 1_000) -> str:
    """Give a header in plain text (RFC 2047 undone)."""
    return _plain(str(part.get(called, ""))[: 4 * limit])[:limit]


def _plain(raw: str) -> str:
    try:
        return "".join(
            piece.decode(charset or "ascii", "replace") if isinstance(piece, bytes) else piece
            for piece, charset in decode_header(raw)
        )
    except (HeaderParseError, LookupError, ValueError):
        return raw


def _bytes(part: Message) -> bytes:
    try:
        raw = part.get_payload(decode=True)
    except (ValueError, LookupError):  # a charset that is none
        return b""
    return raw if isinstance(raw, bytes) else b""


def _text(part: Message) -> str:
    raw = _bytes(part)
    told = str(part.get_content_charset("") or "utf-8")
    for charset in (told, "utf-8", "big5"):
        try:
            return raw.decode(charset)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return raw.decode("utf-8", "replace")


def _file_name(part: Message) -> str:
    told = part.get_filename()
    plain = _plain(str(told)) if told else ""
    return name(plain.replace("\\", "/").rpartition("/")[2])


def _is_sheet(part: Message) -> bool:
    return part.get_content_type() == XLSX or _file_name(part).lower().endswith(".xlsx")


def _from_sheet(part: Message, now: datetime) -> tuple[Draft, ...]:
    with tempfile.NamedTemporaryFile(prefix="panshi-", suffix=".xlsx") as file:
        file.write(_bytes(part))
        file.flush()
        return sheet(Path(file.name), now)


def _body(parts: tuple[Message, ...]) -> str:
    """Give the text of the message: plain where there is some, else what its HTML says."""
    unnamed = [part for part in parts if not _file_name(part)]
    plain = [part for part in unnamed if part.get_content_type() == "text/plain"]
    if plain:
        return "\n".join(map(_text, plain))
    marked = [part for part in unnamed if part.get_content_type() == "text/html"]
    return "\n".join(_words(_text(part)) for part in marked)


def _words(page: str) -> str:
    """Give the words of a page, without its scripts and styles."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(page[:MAX_TEXT].encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return ""
    if root is None:
        return ""
    etree.strip_elements(root, "script", "style", with_tail=False)
    words: list[str] = []
    for event, each in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            words.append("\n" if each.tag in _BREAKS else "")
        words.append((each.text if event == "start" else each.tail) or "")
    return "".join(words)


def _form(body: str) -> dict[str, tuple[Part, Written, str]]:
    """Give the parts of the form that the body fills in; empty where it is none."""
    written: dict[str, tuple[Part, Written, str]] = {}
    current: Part | None = None
    for number, line in enumerate(body.splitlines(), start=1):
        plain = line.removeprefix(">").strip("　 \t")
        found = _LABEL.fullmatch(plain)
        part = PARTS.get(found["label"].strip("*_ ").casefold()) if found else None
        if part is not None and found is not None:
            current = part if part.name not in written else None
            if current is not None:
                written[part.name] = (part, found["rest"].strip(), f"mail line {number}")
        elif current is not None and plain == "--":
            break
        elif current is not None and current.holds in {Holds.LONG, Holds.TEXTS}:
            _part, before, place = written[current.name]
            written[current.name] = (current, f"{before}\n{plain}".strip("\n"), place)
    return {field: each for field, each in written.items() if each[1]}


def _whole(
    message: Message,
    own: dict[str, tuple[Part, Written, str]],
    body: str,
    attachments: list[dict[str, object]],
    now: datetime,
) -> Draft:
    draft = filled(own)
    draft.setdefault("title", title(_header(message, "subject")) or "郵件通報")
    identity = sha256(_header(message, "message-id").encode() or body.encode()).hexdigest()
    draft.setdefault("number", f"mail-{identity[:32]}")
    draft.setdefault("reported_at", _date(message, now))
    if not own:
        put(draft, "text", long_text(body))
    put(draft, "attachments", attachments)
    return draft


def _date(message: Message, now: datetime) -> str:
    try:
        sent = parsedate_to_datetime(_header(message, "date", 100))
    except (ValueError, TypeError, IndexError, OverflowError):
        return now.isoformat()
    # A date of the future would be refused; the clock of a sender is nobody's fault.
    return when(min(sent, now) if sent.tzinfo else now)


def _attachment(part: Message) -> dict[str, object]:
    """Give a file beside the message by digest; its words where it is text."""
    called = _file_name(part)
    if not called or _is_sheet(part):
        return {}
    raw = _bytes(part)
    kept: dict[str, object] = {
        "name": called,
        "media_type": part.get_content_type()[:200],
        "size": len(raw),
        "sha256": sha256(raw).hexdigest(),
    }
    if part.get_content_maintype() == "text":
        put(kept, "text", long_text(_text(part)))
    return kept
