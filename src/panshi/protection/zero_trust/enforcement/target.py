"""One request, one name: method, host and path, refused wherever two readers could differ.

A proxy, the decision point and the application each read the path. Whoever finds a spelling that
they read differently walks around the policy. So nothing is repaired here (RFC 3986, section 6,
lists the repairs that programs disagree on): a target that is not already in its one plain form is
refused, and what is refused is denied.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"Methods that may be mapped; CONNECT and TRACE never are (RFC 9110, section 9.3)."

OVERRIDES = frozenset(
    {"x-http-method-override", "x-http-method", "x-method-override", "x-original-url"}
    | {"x-rewrite-url"}
)
"Headers by which some frameworks replace the method or the path that was decided on."

LONGEST = 4096
MOST_SEGMENTS = 64

_PLAIN = re.compile(r"[!-~]*")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)
_HOST_V6 = re.compile(r"\[[0-9a-f:.]{2,45}\]")
_PORT = re.compile(r":[0-9]{1,5}$")
_FORBIDDEN = frozenset('/\\%;?#"<>^`{|}*')
"Never inside a segment, encoded or not: separators to some, literal to others."


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A request in its one plain form."""

    method: str
    host: str
    "Lower case, without the port."
    segments: tuple[str, ...]
    "The path's parts, decoded; empty for `/`."

    @property
    def path(self) -> str:
        """The decoded path, for logs and pages."""
        return "/" + "/".join(self.segments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why a target has no plain form; for the log, never for whoever asked."""

    why: str


def target_of(method: str, host: str, uri: str, *, headers: Iterable[str] = ()) -> Target | Refused:
    """Give the plain form of a request, or say why it has none.

    `uri` is the request target as received, with its query; `headers` are the lower-case names of
    its headers.
    """
    if method not in METHODS:
        return Refused(why="method")
    if any(name in OVERRIDES for name in headers):
        return Refused(why="method or path replaced by a header")
    name = host_of(host)
    if name is None:
        return Refused(why="host")
    segments = segments_of(uri)
    if isinstance(segments, Refused):
        return segments
    return Target(method=method, host=name, segments=segments)


def host_of(host: str) -> str | None:
    """Give the host's name without its port, or None if it is not one plain name."""
    name = _PORT.sub("", host.lower()) if host.isascii() else ""
    if len(name) > 253 or not (_HOST.fullmatch(name) or _HOST_V6.fullmatch(name)):  # noqa: PLR2004 -- RFC 1035
        return None
    return name


def segments_of(uri: str) -> tuple[str, ...] | Refused:
    """Give the decoded segments of a path that every program reads the same way."""
    if len(uri) > LONGEST:
        return Refused(why="too long")
    if not uri.startswith("/") or not _PLAIN.fullmatch(uri) or "#" in uri:
        return Refused(why="not an absolute path of plain characters")
    path = uri.partition("?")[0]
    if path == "/":
        return ()
    parts = path[1:].removesuffix("/").split("/")
    if len(parts) > MOST_SEGMENTS:
        return Refused(why="too deep")
    found = []
    for part in parts:
        segment = _segment(part)
        if segment is None:
            return Refused(why="a segment that programs read differently")
        found.append(segment)
    return tuple(found)


def folded(segment: str) -> str:
    """Give the form in which a careless reader would confuse a segment with another."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", segment).casefold())


def _segment(part: str) -> str | None:
    if not part or _PERCENT.search(part):
        return None
    octets = unquote_to_bytes(part)
    try:
        segment = octets.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if segment != unicodedata.normalize("NFC", segment):
        return None
    if _hides_ascii(part) or any(_unsafe(each) for each in segment):
        return None
    careless = folded(segment)
    if any(each in _FORBIDDEN for each in careless) or _dotted(segment) or _dotted(careless):
        return None
    return segment


def _hides_ascii(part: str) -> bool:
    """Whether a character that needs no encoding is encoded: `%2e`, `%61`."""
    return any(
        chr(int(code, 16)).isalnum() or chr(int(code, 16)) in "-._~"
        for code in re.findall(r"%([0-7][0-9A-Fa-f])", part)
    )


def _unsafe(character: str) -> bool:
    return character in _FORBIDDEN or unicodedata.category(character) in {
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Cn",
        "Zl",
        "Zp",
    }


def _dotted(segment: str) -> bool:
    """Whether some file systems would drop the end: `..`, `admin.`, `admin%20`."""
    return segment != segment.strip() or segment.endswith(".")
