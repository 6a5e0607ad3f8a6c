"""Heads of requests and answers: read strictly, written anew, so that nothing rides along.

Whatever the client sent is parsed once and written by us (RFC 9112): one length or one coding, no
header twice that must be single, no name that an application may read as another (`X_Panshi_User`
and `X-Panshi-User` are one variable to WSGI). Identity headers are ours alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

COOKIE = "panshi_zt"
"Name of the cookie that carries a session."
SCHEME = "Bearer "
OURS = "x-panshi-"
"Prefix of the headers that tell an application who was let in."

MOST_HEADERS = 100

_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
_LENGTH = re.compile(r"[0-9]{1,15}")
_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"}
    | {"te", "trailer", "transfer-encoding", "upgrade", "expect", "http2-settings"}
)
_SINGLE = frozenset(
    {"host", "content-length", "transfer-encoding", "authorization", "upgrade", "expect"}
    | {"sec-websocket-key", "sec-websocket-version"}
)
_FORWARDED = frozenset({"forwarded", "x-real-ip"})

type Pair = tuple[str, str]


class BadHead(ValueError):  # noqa: N818 -- reads as what it is where it is caught
    """A head that could be read in two ways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHead:
    """A request's head, checked."""

    method: str
    uri: str
    host: str
    pairs: tuple[Pair, ...]
    "Names in lower case, in the order sent."
    websocket: bool = False
    length: int | None = None
    chunked: bool = False
    keep: bool = True
    "The client will send more on this connection."
    expects: bool = False
    "Waits for `100 Continue` before it sends its body."
    names: frozenset[str] = field(default_factory=frozenset)

    def first(self, name: str) -> str:
        """Give a header's value, or nothing."""
        return next((value for each, value in self.pairs if each == name), "")


def request_head(method: bytes, uri: bytes, headers: Iterable[tuple[bytes, bytes]]) -> RequestHead:
    """Check the parts a parser found; whatever is ambiguous is refused."""
    pairs = tuple(_pair(name, value) for name, value in headers)
    if len(pairs) > MOST_HEADERS:
        raise BadHead("too many headers")
    names = [name for name, _ in pairs]
    if any(names.count(each) > 1 for each in _SINGLE):
        raise BadHead("a header twice that must be single")
    values = dict(pairs)
    if "host" not in values:
        raise BadHead("no host")
    coding = values.get("transfer-encoding")
    length = values.get("content-length")
    if coding is not None and (length is not None or coding.lower() != "chunked"):
        raise BadHead("length and coding disagree")
    if length is not None and not _LENGTH.fullmatch(length):
        raise BadHead("no length")
    websocket = _websocket(method, values, has_body=coding is not None or length not in {None, "0"})
    expects = values.get("expect", "").lower()
    if expects not in {"", "100-continue"}:
        raise BadHead("an expectation nobody knows")
    return RequestHead(
        method=method.decode("ascii"),
        uri=uri.decode("latin-1"),
        host=values["host"],
        pairs=pairs,
        websocket=websocket,
        length=None if length is None else int(length),
        chunked=coding is not None,
        keep="close" not in _tokens(values),
        expects=bool(expects),
        names=frozenset(names),
    )


def _pair(name: bytes, value: bytes) -> Pair:
    if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise BadHead("a header that is none")
    return name.decode("ascii").lower(), value.decode("latin-1").strip()


def _websocket(method: bytes, values: Mapping[str, str], *, has_body: bool) -> bool:
    if "upgrade" not in values:
        return False
    if (
        values["upgrade"].lower() != "websocket"
        or "upgrade" not in _tokens(values)
        or method != b"GET"
        or has_body
        or values.get("sec-websocket-version") != "13"
        or not values.get("sec-websocket-key")
    ):
        raise BadHead("an upgrade that is no WebSocket of version 13")
    return True


def _tokens(values: Mapping[str, str]) -> frozenset[str]:
    """Give what `Connection` lists."""
    return frozenset(each.strip().lower() for each in values.get("connection", "").split(","))


def credential_of(head: RequestHead) -> str | None:
    """Give the session's credential; two that differ are none."""
    found = [
        value.strip()
        for name, cookies in head.pairs
        if name == "cookie"
        for key, _, value in (each.partition("=") for each in cookies.split(";"))
        if key.strip() == COOKIE
    ]
    bearer = head.first("authorization")
    if not found and bearer[: len(SCHEME)].lower() == SCHEME.lower():
        found = [bearer[len(SCHEME) :].strip()]
    return found[0] if len(found) == 1 and found[0] else None


def to_upstream(head: RequestHead, *, address: str, scheme: str, told: Iterable[Pair]) -> bytes:
    """Write the head the application gets."""
    named = {each.strip().lower() for each in head.first("connection").split(",")}
    lines = [f"{head.method} {head.uri} HTTP/1.1"]
    for name, value in head.pairs:
        if name in _HOP or name in named - {"host"} or _claims(name):
            continue
        kept = _without_session(value) if name == "cookie" else value
        if name == "authorization" and credential_of(head) == value[len(SCHEME) :].strip():
            continue
        if kept:
            lines.append(f"{name}: {kept}")
    lines += [f"{name}: {value}" for name, value in told if _safe(value)]
    lines += [f"x-forwarded-for: {address}", f"x-forwarded-proto: {scheme}"]
    lines.append(f"x-forwarded-host: {head.host}")
    if head.chunked:
        lines.append("transfer-encoding: chunked")
    if head.websocket:
        lines += ["connection: Upgrade", "upgrade: websocket"]
    else:
        lines.append("connection: close")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


def _claims(name: str) -> bool:
    """Whether a header says what only an enforcement point may say, or looks as if."""
    return name.startswith((OURS, "x-forwarded-")) or "_" in name or name in _FORWARDED


def _safe(value: str) -> bool:
    return "\r" not in value and "\n" not in value and "\0" not in value


def _without_session(cookies: str) -> str:
    parts = [each.strip() for each in cookies.split(";")]
    return "; ".join(each for each in parts if each.partition("=")[0].strip() != COOKIE)


def answer_head(
    status: int, pairs: Iterable[Pair], *, framing: Iterable[Pair], close: bool
) -> bytes:
    """Write the head of an answer to the client."""
    listed = list(pairs)
    named = {
        token.strip().lower()
        for name, value in listed
        if name == "connection"
        for token in value.split(",")
    }
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {status} {phrase}"]
    for name, value in listed:
        if name not in _HOP and name != "content-length" and name not in named:
            lines.append(f"{name}: {value}")
    lines += [f"{name}: {value}" for name, value in framing]
    lines.append(f"connection: {'close' if close else 'keep-alive'}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


def own_answer(status: int, text: str, *extra: Pair) -> bytes:
    """Write a short answer of our own; nothing after it."""
    body = text.encode()
    head = answer_head(
        status,
        (("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store"), *extra),
        framing=(("content-length", str(len(body))),),
        close=True,
    )
    return head + body
