"""A bucket as a place: S3 and what speaks like it, by obstore.

`s3://bucket/prefix?endpoint=https://…&region=…&lock-days=…`; keys come from AWS_ACCESS_KEY_ID and
AWS_SECRET_ACCESS_KEY or the machine's role, never from the address. Objects are created on
condition that the name is free, and carry a SHA-256 the service verifies: AWS takes nothing into a
bucket with a default retention without one.

What is locked can be removed by nobody before its lock ends; removing then only hides the newest
version. A bucket's default retention locks all it takes; `lock-days` locks each object as it is
written, in mode COMPLIANCE. obstore has no lock of an object, but signs the headers a client sends
with every request: those that write have a client of their own. It does not give the headers of an
answer either, but signs an address one can ask for them; no redirect is followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import S3Store

from panshi.errors import MissingError, StoreError, UsageError
from panshi.store.vault.place import MOST_OBJECT, Lock, Part, too_large

_OPTIONS = {"endpoint", "region", "lock-days"}
_MOST_DAYS = 36_500
_TIMEOUT = "60s"
_LOOK_SECONDS = 30
_SIGNED_FOR = timedelta(minutes=5)
_PIECE = 4 << 20
"Bytes read at once."
_MODE, _UNTIL = "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date"
_GONE = (NotFoundError, FileNotFoundError)
"obstore raises one or the other, by store."


class S3Place:
    """A place below a prefix of one bucket."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        asked = parse_qs(parts.query, keep_blank_values=True)
        options = {name: given[-1] for name, given in asked.items()}
        if not parts.netloc or set(options) - _OPTIONS or parts.username:
            raise UsageError(
                "this is no address of a bucket",
                place=address.partition("?")[0],
                remedy="s3://bucket/prefix?endpoint=https://host&region=name&lock-days=30",
            )
        self._label = f"s3://{parts.netloc}{parts.path}"
        self._bucket, self._prefix = parts.netloc, parts.path.strip("/") or None
        self._options = options
        self._days = _days(options.get("lock-days", "0"), self._label)
        self._store = self._opened({})
        self._locking: tuple[str, S3Store] = ("", self._store)

    def _opened(self, headers: dict[str, str]) -> S3Store:
        endpoint = self._options.get("endpoint", "")
        return S3Store(
            self._bucket,
            prefix=self._prefix,
            region=self._options.get("region", "us-east-1"),
            checksum_algorithm="sha256",
            config={"endpoint": endpoint} if endpoint else {},
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "timeout": _TIMEOUT,
                "default_headers": headers,
            },
        )

    def _writer(self) -> S3Store:
        """Give the client to write with; one that locks is made anew every hour."""
        if not self._days:
            return self._store
        hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        until = f"{hour + timedelta(days=self._days):%Y-%m-%dT%H:%M:%SZ}"
        if self._locking[0] != until:
            self._locking = (until, self._opened({_MODE: "COMPLIANCE", _UNTIL: until}))
        return self._locking[1]

    @property
    def label(self) -> str:
        """Bucket and prefix."""
        return self._label

    def put(self, name: str, parts: Sequence[Part]) -> None:
        """Create an object; the same again is no fault."""
        content = b"".join(parts)
        with self._faults(f"cannot write {name}"):
            try:
                obstore.put(self._writer(), name, content, mode="create", use_multipart=False)
            except AlreadyExistsError as error:
                if self.read(name) != content:
                    raise StoreError(
                        f"{name} is there already with other content",
                        place=self.label,
                        remedy="names are written once; is another machine sealing here?",
                    ) from error

    def flush(self) -> None:
        """Nothing waits: the service acknowledges what it keeps."""

    def replace(self, name: str, content: bytes) -> None:
        """Write an object in the place of a damaged one."""
        with self._faults(f"cannot repair {name}"):
            obstore.put(self._writer(), name, content, use_multipart=False)

    def read(self, name: str, most: int = MOST_OBJECT) -> bytes:
        """Read an object whole."""
        content = bytearray()
        with self._faults(f"cannot read {name}"):
            for piece in obstore.get(self._store, name).stream(min_chunk_size=_PIECE):
                content += piece
                if len(content) > most:
                    raise too_large(name, self.label)
        return bytes(content)

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Name every object below a folder."""
        with self._faults(f"cannot list {prefix}"):
            for page in obstore.list(self._store, prefix=prefix.rstrip("/") or None):
                for each in page:
                    yield each["path"], each["size"]

    def remove(self, name: str) -> None:
        """Remove an object."""
        with self._faults(f"cannot remove {name}"), suppress(*_GONE):
            obstore.delete(self._store, name)

    def lock(self, name: str) -> Lock | None:
        """Give the lock the service shows of an object; None where it shows none to these keys."""
        with self._faults(f"cannot sign a look at {name}"):
            signed = urlsplit(obstore.sign(self._store, "HEAD", name, _SIGNED_FOR))
        kind = HTTPSConnection if signed.scheme == "https" else HTTPConnection
        connection = kind(signed.netloc, timeout=_LOOK_SECONDS)
        try:
            connection.request("HEAD", f"{signed.path}?{signed.query}")
            answer = connection.getresponse()
            if answer.status != 200:  # noqa: PLR2004 -- OK
                raise StoreError(
                    f"the service answers {answer.status} when asked for the lock of {name}",
                    place=self.label,
                    remedy="the keys need s3:GetObject and s3:GetObjectRetention",
                )
            return _lock_in(answer)
        except (OSError, HTTPException) as error:
            raise StoreError(
                f"cannot ask for the lock of {name}: {type(error).__name__}",
                place=self.label,
                remedy="check endpoint, network and certificates",
            ) from error
        finally:
            connection.close()

    def tidy(self) -> None:
        """Nothing is left half-written: an object appears whole."""

    def close(self) -> None:
        """Nothing to let go of."""

    @contextmanager
    def _faults(self, problem: str) -> Iterator[None]:
        try:
            yield
        except _GONE as error:
            raise MissingError(f"{problem}: there is no such object", place=self.label) from error
        except BaseError as error:
            raise StoreError(
                f"{problem}: {str(error).splitlines()[0][:300]}",
                place=self.label,
                remedy="check endpoint, keys and rights; the other places are not touched",
            ) from error


def _days(text: str, label: str) -> int:
    short = text.isascii() and text.isdecimal() and len(text) <= len(str(_MOST_DAYS))
    if not short or int(text) > _MOST_DAYS:
        raise UsageError(
            f"lock-days={text[:20]!r} is no number of days",
            place=label,
            remedy=f"at least the vault's retention, at most {_MOST_DAYS:,}",
        )
    return int(text)


def _lock_in(answer: HTTPResponse) -> Lock | None:
    mode = answer.headers.get(_MODE, "")
    try:
        until = datetime.fromisoformat(answer.headers[_UNTIL])
    except (TypeError, ValueError):
        return None
    return Lock(mode=mode.upper()[:20], until=until) if mode and until.tzinfo else None
