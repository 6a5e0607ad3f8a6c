"""A TAXII 2.1 client (OASIS standard of 10 June 2021) over one kept connection.

TLS 1.2 or later with certificate and name checked; plain HTTP to loopback only. A redirect is
never followed, since it would carry the credential elsewhere. Answers are bounded in size and
time; what passes (429, 5xx, a lost connection) is tried again, as late as the server asks.
"""

from __future__ import annotations

import http.client
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlencode, urljoin, urlsplit

import msgspec

from panshi.errors import BadInputError, ForbiddenError, StoreError
from panshi.observe.feeds.exchange import PassingError, checked_url, place_of
from panshi.observe.reading.limits import MIB

MEDIA = "application/taxii+json;version=2.1"
WAIT_S = 30.0
LONGEST_ANSWER = 256 * MIB
ATTEMPTS = 4
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 120.0
MOST_COLLECTIONS = 10_000
_OK, _ACCEPTED = 200, 202
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_BARRED = frozenset({401, 403})
_EXPIRED = frozenset({400, 404, 410, 416})
"What servers answer to a cursor they no longer know."

type Pause = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where a server is and by what it knows us."""

    url: str
    "Of the discovery resource, an API root, or a collection."
    token: str = ""
    "Bearer token."
    user: str = ""
    password: str = ""
    ca_file: str = ""

    def __repr__(self) -> str:
        """Say where it is, never a secret."""
        return f"Access({place_of(self.url)})"

    @property
    def credential(self) -> dict[str, str]:
        """The header that says who asks."""
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        if self.user:
            both = b64encode(f"{self.user}:{self.password}".encode()).decode()
            return {"Authorization": f"Basic {both}"}
        return {}


class RemoteCollection(msgspec.Struct, frozen=True, kw_only=True):
    """A collection as its server tells of it."""

    id: str
    title: str = ""
    description: str = ""
    alias: str = ""
    can_read: bool = False
    can_write: bool = False
    url: str = ""
    "Where it is; set by the client."


class _Collections(msgspec.Struct, frozen=True):
    collections: list[RemoteCollection] = []


class _Discovery(msgspec.Struct, frozen=True):
    title: str = ""
    default: str = ""
    api_roots: list[str] = []


class _Envelope(msgspec.Struct, frozen=True):
    more: bool = False
    next: str | int | None = None
    objects: list[msgspec.Raw] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a collection."""

    objects: tuple[bytes, ...]
    more: bool
    next: str
    "Cursor of the next page; empty where the server gives none."
    added_last: str
    "When the last object of the page was added, by the server's clock; empty where unsaid."
    raw: bytes
    "The answer as it came."


class CursorLostError(StoreError):
    """The server no longer knows how far we were; ask anew by time."""


@dataclass(slots=True)
class TaxiiClient:
    """One server; use it within `with`, in one thread."""

    access: Access
    pause: Pause = time.sleep
    _kept: http.client.HTTPConnection | None = field(default=None, init=False)
    _kept_for: tuple[str, str] = field(default=("", ""), init=False)

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self._drop()

    def collections(self) -> Iterator[RemoteCollection]:
        """Yield every collection of every API root, or the one the address names."""
        url = self.access.url
        if "/collections/" in urlsplit(url).path:
            raw, _head = self._ask("GET", _folder(url))
            yield _with_url(_decoded(raw, RemoteCollection, url), _folder(url))
            return
        for root in self._roots():
            place = urljoin(_folder(root), "collections/")
            raw, _head = self._ask("GET", place)
            for each in _decoded(raw, _Collections, place).collections[:MOST_COLLECTIONS]:
                yield _with_url(each, urljoin(place, f"{each.id}/"))

    def page(
        self, collection: str, *, added_after: str = "", cursor: str = "", limit: int = 1_000
    ) -> Page:
        """Ask for a page of a collection, all versions, in the order they were added."""
        asked = {"limit": str(limit), "match[version]": "all"}
        asked |= {"added_after": added_after} if added_after else {}
        asked |= {"next": cursor} if cursor else {}
        place = f"{urljoin(_folder(collection), 'objects/')}?{urlencode(asked)}"
        raw, head = self._ask("GET", place, cursor=bool(cursor))
        envelope = _decoded(raw, _Envelope, place)
        following = "" if envelope.next is None else str(envelope.next)
        if len(following) > 4_096:  # noqa: PLR2004 -- no cursor is that long
            raise BadInputError("a cursor longer than 4,096 characters", place=place_of(place))
        return Page(
            objects=tuple(bytes(each) for each in envelope.objects),
            more=envelope.more,
            next=following if envelope.more else "",
            added_last=head.get("x-taxii-date-added-last", "")[:40],
            raw=raw,
        )

    def add(self, collection: str, envelope: bytes) -> bytes:
        """Add objects; gives the status resource as it came."""
        place = urljoin(_folder(collection), "objects/")
        raw, _head = self._ask("POST", place, body=envelope)
        return raw

    def _roots(self) -> Iterator[str]:
        url = self.access.url
        raw, _head = self._ask("GET", _folder(url))
        found = _decoded(raw, _Discovery, url)
        if not found.api_roots:
            yield url
            return
        for each in found.api_roots[:MOST_COLLECTIONS]:
            root = urljoin(_folder(url), each)
            if urlsplit(root)[:2] == urlsplit(url)[:2]:
                yield root

    def _ask(
        self, method: str, url: str, *, body: bytes = b"", cursor: bool = False
    ) -> tuple[bytes, Mapping[str, str]]:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once(method, url, body, cursor=cursor)
            except PassingError as error:
                self._drop()
                if attempt == ATTEMPTS:
                    raise
                wait = max(error.wait_s, FIRST_PAUSE_S * 2 ** (attempt - 1))
                self.pause(min(wait, LONGEST_PAUSE_S))
        raise StoreError("cannot be asked", place=place_of(url))

    def _once(
        self, method: str, url: str, body: bytes, *, cursor: bool
    ) -> tuple[bytes, Mapping[str, str]]:
        parts = checked_url(url)
        place = place_of(url)
        headers = {"Accept": MEDIA, "User-Agent": "panshi", **self.access.credential}
        if body:
            headers["Content-Type"] = MEDIA
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        try:
            connection = self._connection(parts.scheme, parts.netloc)
            connection.request(method, path, body=body or None, headers=headers)
            answer = connection.getresponse()
            raw = answer.read(LONGEST_ANSWER + 1)
        except ssl.SSLCertVerificationError as error:
            raise StoreError(
                f"its certificate is not trusted: {error.verify_message}",
                place=place,
                remedy="name the authority's PEM file with --ca-file",
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise PassingError(f"cannot be reached: {type(error).__name__}", place=place) from error
        if len(raw) > LONGEST_ANSWER:
            self._drop()
            raise BadInputError(f"answers more than {LONGEST_ANSWER:,} bytes", place=place)
        said = {name.lower(): value for name, value in answer.getheaders()}
        _check(answer.status, said, place, cursor=cursor)
        return raw, said

    def _connection(self, scheme: str, netloc: str) -> http.client.HTTPConnection:
        if self._kept is not None and self._kept_for == (scheme, netloc):
            return self._kept
        self._drop()
        if scheme == "https":
            context = ssl.create_default_context(cafile=self.access.ca_file or None)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            self._kept = http.client.HTTPSConnection(netloc, timeout=WAIT_S, context=context)
        else:
            self._kept = http.client.HTTPConnection(netloc, timeout=WAIT_S)
        self._kept_for = (scheme, netloc)
        return self._kept

    def _drop(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None


def _check(status: int, headers: Mapping[str, str], place: str, *, cursor: bool) -> None:
    if status in {_OK, _ACCEPTED}:
        kind = headers.get("content-type", "").partition(";")[0].strip()
        if kind not in {"application/taxii+json", "application/json"}:
            raise BadInputError(f"answers {kind[:60] or 'no type'}, not TAXII 2.1", place=place)
        return
    if status in _PASSING:
        error = PassingError(f"answers {status}", place=place)
        asked = headers.get("retry-after", "")
        error.wait_s = float(asked) if asked.isascii() and asked.isdecimal() else 0.0
        raise error
    if status in _BARRED:
        raise ForbiddenError(
            f"answers {status}: it does not know us or may not serve us",
            place=place,
            remedy="see `panshi intel sources`, and ask its operator",
        )
    if cursor and status in _EXPIRED:
        raise CursorLostError(f"answers {status} to its own cursor", place=place)
    raise StoreError(f"answers {status}", place=place, remedy="check the address")


def _decoded[Kind](raw: bytes, kind: type[Kind], url: str) -> Kind:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadInputError("answers what is no TAXII 2.1", place=place_of(url)) from error


def _with_url(one: RemoteCollection, url: str) -> RemoteCollection:
    return msgspec.structs.replace(one, url=url)


def _folder(url: str) -> str:
    return url if url.endswith("/") else f"{url}/"
