"""Which places are watched: `watch.toml` below the home, or one named on the command line.

    [[place]]
    name = "scanners"
    folder = "/srv/panshi/scanners"

    [[place]]
    name = "cloud"
    bucket = "s3://evidence/prowler"
    endpoint = "https://s3.ap-northeast-1.amazonaws.com"
    region = "ap-northeast-1"
    credentials = "s3.toml"
    source = "prowler"

Whoever may write this file decides what is read and where requests go, so it must be the owner's
alone; so must be the file with credentials.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from panshi.errors import BadInputError, UsageError
from panshi.observe.reading.limits import MIB

FILE = "watch.toml"
DEFAULT_REGION = "us-east-1"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
_MOST_PLACES = 200
_LARGEST_FILE = MIB
_MOST_SECONDS = 86_400
_LARGEST_OBJECT = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One watched place."""

    name: str
    folder: str = ""
    "Absolute path of a spool on this machine."
    bucket: str = ""
    "`s3://bucket/prefix`."
    source: str = ""
    "Observer of everything that arrives; empty: told by sub-folder or content."
    subject: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    every_seconds: int = 30
    settle_seconds: int = 5
    "A file younger than that may still be written."
    endpoint: str = ""
    "Address of the S3 service; the only one requests are sent to."
    region: str = DEFAULT_REGION
    credentials: str = ""
    "File with `access_key_id` and `secret_access_key`; empty: from the environment."
    ca_file: str = ""
    "Certificates to trust beside no others, for a service with its own authority."
    ordered: bool = False
    "Keys only ever grow (dates): what sorts before the last one read is not asked for again."
    max_mib: int = _LARGEST_OBJECT

    def __post_init__(self) -> None:
        """Refuse a place that cannot be watched, before anything is."""
        where = f"place {self.name!r}"
        if not _NAME.fullmatch(self.name):
            raise BadInputError(
                f"{self.name!r} is no name of a place",
                remedy="small letters, digits, dots and dashes, at most 60",
            )
        if bool(self.folder) == bool(self.bucket):
            raise BadInputError("names not exactly one of folder and bucket", place=where)
        if self.folder and not Path(self.folder).is_absolute():
            raise BadInputError(
                f"folder {self.folder!r} is not an absolute path",
                place=where,
                remedy="begin with /",
            )
        if not 1 <= self.every_seconds <= _MOST_SECONDS:
            raise BadInputError("every_seconds is not from 1 to 86400", place=where)
        if not 0 <= self.settle_seconds <= _MOST_SECONDS:
            raise BadInputError("settle_seconds is not from 0 to 86400", place=where)
        if not 1 <= self.max_mib <= _LARGEST_OBJECT:
            raise BadInputError(f"max_mib is not from 1 to {_LARGEST_OBJECT}", place=where)
        if self.bucket:
            _check_bucket(self, where)

    @property
    def where(self) -> str:
        """The folder or the address of the bucket."""
        return self.folder or self.bucket

    @property
    def bucket_name(self) -> str:
        """Name of the bucket."""
        return urlsplit(self.bucket).netloc

    @property
    def prefix(self) -> str:
        """What keys begin with: empty or ending in a slash."""
        path = urlsplit(self.bucket).path.strip("/")
        return f"{path}/" if path else ""


def _check_bucket(place: Place, where: str) -> None:
    told = urlsplit(place.bucket)
    if told.scheme != "s3" or not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", told.netloc):
        raise BadInputError(
            f"{place.bucket!r} is no bucket", place=where, remedy="write s3://bucket/prefix"
        )
    if told.query or told.fragment:
        raise BadInputError("a bucket's address with ? or #", place=where)
    endpoint = urlsplit(place.endpoint)
    if endpoint.scheme not in {"https", "http"} or not endpoint.hostname or endpoint.username:
        raise BadInputError(
            f"endpoint {place.endpoint!r} is no address of a service",
            place=where,
            remedy='state it, for example endpoint = "https://s3.ap-northeast-1.amazonaws.com"',
        )
    if endpoint.path.strip("/") or endpoint.query:
        raise BadInputError("an endpoint with a path", place=where, remedy="leave the path away")
    if endpoint.scheme == "http" and not _is_loopback(endpoint.hostname):
        raise BadInputError(
            "an endpoint without TLS that is not this machine", place=where, remedy="use https://"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_places(home: Path) -> tuple[Place, ...]:
    """Read `watch.toml` below the home; none where there is no such file."""
    path = home / FILE
    if not path.exists():
        return ()
    raw = owned_file(path)
    try:
        told = msgspec.toml.decode(raw, type=dict[str, list[dict[str, object]]])
        places = tuple(
            msgspec.convert(each, Place, strict=True) for each in _known(told).get("place", [])
        )
    except (msgspec.DecodeError, ValueError) as error:
        raise BadInputError(
            f"is not a list of watched places: {error}",
            place=str(path),
            remedy="see docs/how-to/connect-your-sources.md",
        ) from error
    _refuse_doubles(places, str(path))
    return places


def _known(told: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    fields = set(Place.__slots__)
    if unknown := sorted(told.keys() - {"place"}):
        raise ValueError(f"unknown table {unknown[0]!r}")
    for each in told.get("place", []):
        if unknown := sorted(each.keys() - fields):
            raise ValueError(f"unknown key {unknown[0]!r}")
    return told


def _refuse_doubles(places: tuple[Place, ...], file: str) -> None:
    if len(places) > _MOST_PLACES:
        raise BadInputError(f"more than {_MOST_PLACES} places", place=file)
    for told in ([each.name for each in places], [each.where for each in places]):
        for one in told:
            if told.count(one) > 1:
                raise BadInputError(f"{one!r} stands twice", place=file, remedy="remove one")


def owned_file(path: Path) -> bytes:
    """Read a small file that only its owner may write, and nobody else read."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST_FILE:
            raise BadInputError("is no small plain file", place=str(path))
        if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO) or status.st_uid != os.geteuid():
            raise BadInputError(
                "may be read or written by others", place=str(path), remedy=f"chmod 600 {path}"
            )
        return path.read_bytes()
    except OSError as error:
        raise BadInputError(f"cannot be read: {error.strerror}", place=str(path)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A key pair for one S3 service."""

    access_key_id: str
    secret_access_key: str
    session_token: str = ""

    def __repr__(self) -> str:
        """Show whose key it is, never the key."""
        return f"Credentials({self.access_key_id!r})"


_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def credentials_of(place: Place, home: Path, environment: Mapping[str, str]) -> Credentials:
    """Read the key pair of a place from its file, else from the environment, and nowhere else."""
    if place.credentials:
        path = home / place.credentials
        try:
            return msgspec.toml.decode(owned_file(path), type=Credentials)
        except (msgspec.DecodeError, ValueError) as error:
            raise BadInputError(
                "does not hold access_key_id and secret_access_key",
                place=str(path),
                remedy='write access_key_id = "…" and secret_access_key = "…"',
            ) from error
    key, secret, token = (environment.get(name, "") for name in _VARIABLES)
    if not key or not secret:
        raise UsageError(
            f"no credentials for place {place.name!r}",
            remedy=f"name a file in credentials, or set {_VARIABLES[0]} and {_VARIABLES[1]}",
        )
    return Credentials(access_key_id=key, secret_access_key=secret, session_token=token)
