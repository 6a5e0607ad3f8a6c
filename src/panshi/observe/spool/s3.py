"""List and fetch objects of an S3 service: two signed GETs (Signature Version 4), nothing else.

Written on `http.client` on purpose (ADR 0113): requests go to the endpoint that was configured and
nowhere else. No redirect is followed, no proxy and no address is taken from the environment, no
metadata service is asked for keys, and there is no code that could write or delete.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO
from urllib.parse import quote, urlsplit

from lxml import etree

from panshi.errors import BadInputError, StoreError
from panshi.observe.reading.limits import MIB
from panshi.observe.reading.texts import clean
from panshi.observe.spool.places import Credentials, Place

TIMEOUT = 30.0
PAGE = 1_000
_CHUNK = 64 * 1024
_LARGEST_LISTING = 16 * MIB
_LARGEST_ERROR = 64 * 1024
_MOST_PAGES = 10_000
_EMPTY = hashlib.sha256(b"").hexdigest()
_OK = 200
_REDIRECTS = range(300, 400)
_PRECONDITION_FAILED, _NOT_FOUND = 412, 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """One object of a bucket."""

    key: str
    size: int
    etag: str
    written: datetime


class GoneError(StoreError):
    """The object is no longer the one that was listed; the next round sees what it is now."""


class Bucket:
    """One bucket of one service."""

    def __init__(self, place: Place, credentials: Credentials) -> None:
        """Keep where and as whom; nothing is sent yet."""
        self._place = place
        self._credentials = credentials
        told = urlsplit(place.endpoint)
        self._host = told.hostname or ""
        self._secure = told.scheme == "https"
        self._port = told.port or (443 if self._secure else 80)
        self._authority = told.netloc
        self._path = "/" + quote(place.bucket_name)

    def objects(self, now: datetime, after: str = "") -> Iterator[Object]:
        """Give the objects below the prefix in the order of their keys, page by page."""
        token, seen = "", ""
        for _ in range(_MOST_PAGES):
            query = {"list-type": "2", "max-keys": str(PAGE), "prefix": self._place.prefix}
            if token:
                query["continuation-token"] = token
            elif after:
                query["start-after"] = after
            with self._asked(self._path, query, now) as answer:
                raw = answer.read(_LARGEST_LISTING + 1)
            page, token = _listing(raw, self._place.where)
            for each in page:
                yield each
                seen = each.key
            if not token:
                return
        raise StoreError(f"the listing does not end (last {seen!r})", place=self._place.where)

    def fetch(self, found: Object, into: BinaryIO, now: datetime) -> None:
        """Copy one object; what is larger than listed, or another by now, is refused."""
        path = f"{self._path}/{quote(found.key, safe='/-_.~')}"
        taken = 0
        with self._asked(path, {}, now, {"if-match": found.etag}) as answer:
            while chunk := answer.read(_CHUNK):
                taken += len(chunk)
                if taken > found.size:
                    break
                into.write(chunk)
        if taken != found.size:
            raise GoneError(
                f"{taken:,} bytes came where {found.size:,} were listed",
                place=f"{self._place.where}: {found.key}",
            )

    @contextmanager
    def _asked(
        self,
        path: str,
        query: Mapping[str, str],
        now: datetime,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[http.client.HTTPResponse]:
        asked = "&".join(
            f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
            for name, value in sorted(query.items())
        )
        signed = sign(
            Request(path=path, query=asked, host=self._authority, headers=headers or {}),
            self._credentials,
            self._place.region,
            now,
        )
        connection = self._connection()
        try:
            connection.request("GET", f"{path}?{asked}" if asked else path, headers=signed)
            answer = connection.getresponse()
            if answer.status != _OK:
                raise self._refused(answer)
            yield answer
        except (OSError, http.client.HTTPException) as error:
            raise StoreError(
                f"the S3 service cannot be reached: {type(error).__name__}: {error}",
                place=self._place.endpoint,
                remedy="check endpoint, network and certificates",
            ) from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if not self._secure:
            return http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT)
        try:
            context = ssl.create_default_context(cafile=self._place.ca_file or None)
        except (OSError, ssl.SSLError) as error:
            raise StoreError(
                f"the certificates to trust cannot be read: {error}", place=self._place.ca_file
            ) from error
        return http.client.HTTPSConnection(self._host, self._port, timeout=TIMEOUT, context=context)

    def _refused(self, answer: http.client.HTTPResponse) -> StoreError:
        if answer.status in _REDIRECTS:
            return StoreError(
                f"the service answers {answer.status} and points elsewhere, which is not followed",
                place=self._place.endpoint,
                remedy="configure the endpoint and region the bucket is really in",
            )
        raw = answer.read(_LARGEST_ERROR)
        code = re.search(rb"<Code>(\w{1,60})</Code>", raw)
        word = code[1].decode() if code else answer.reason
        if answer.status in {_PRECONDITION_FAILED, _NOT_FOUND} and word != "NoSuchBucket":
            return GoneError(f"the object is another by now: {word}", place=self._place.where)
        return StoreError(
            f"the service answers {answer.status} {clean(word, 60)}",
            place=self._place.where,
            remedy="check bucket, credentials and what they permit (list and get)",
        )


def _listing(raw: bytes, place: str) -> tuple[list[Object], str]:
    """Read one page of a ListObjectsV2 answer; give its objects and the token of the next."""
    if len(raw) > _LARGEST_LISTING:
        raise StoreError("a page of the listing is too large", place=place)
    try:
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        root = etree.fromstring(raw, parser)
        found = [_object(each) for each in root.iterfind("{*}Contents")]
        more = root.findtext("{*}IsTruncated") == "true"
        token = root.findtext("{*}NextContinuationToken") or ""
    except (etree.XMLSyntaxError, ValueError, TypeError) as error:
        raise BadInputError(f"the listing cannot be read: {error}", place=place) from error
    if more and not token:
        raise BadInputError("the listing breaks off without saying how it goes on", place=place)
    return found, token if more else ""


def _object(element: etree._Element) -> Object:
    def told(name: str) -> str:
        return str(element.findtext(f"{{*}}{name}") or "")

    key, etag = told("Key"), told("ETag")
    if not key or not etag:
        raise ValueError("an object without key or ETag")
    written = datetime.fromisoformat(told("LastModified"))
    return Object(
        key=key,
        size=int(told("Size")),
        etag=etag,
        written=written if written.tzinfo else written.replace(tzinfo=UTC),
    )


# -- Signature Version 4 ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A GET to be signed; path and query are encoded already, the query in order."""

    path: str
    query: str
    host: str
    headers: Mapping[str, str]


def sign(
    request: Request, credentials: Credentials, region: str, now: datetime, service: str = "s3"
) -> dict[str, str]:
    """Give the headers of a signed GET without a body."""
    moment = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    headers = {
        **{name.lower(): value.strip() for name, value in request.headers.items()},
        "host": request.host,
        "x-amz-content-sha256": _EMPTY,
        "x-amz-date": moment,
    }
    if credentials.session_token:
        headers["x-amz-security-token"] = credentials.session_token
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = f"GET\n{request.path}\n{request.query}\n{lines}\n{names}\n{_EMPTY}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}"
    key = f"AWS4{credentials.secret_access_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key_id}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    return headers
