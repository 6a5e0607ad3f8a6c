"""Where a CSAF provider keeps its documents (CSAF 2.0 and 2.1, section 7.1): what changed there.

`provider-metadata.json` names ROLIE feeds (RFC 8322 in JSON), each entry with the document, its
hash and when it was updated; or directories with `changes.csv`. Documents marked TLP:WHITE or CLEAR
are read; others need an agreement and are left alone. Document addresses must lie on the hosts
that were listed, which the exchange sees to.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urljoin

import msgspec

from panshi.errors import BadInputError
from panshi.observe.feeds.records import moment

CHANGES = "changes.csv"
MOST_DOCUMENTS = 200_000
OPEN = {"WHITE", "CLEAR", "UNLABELED", ""}
_PATH = re.compile(r"[A-Za-z0-9._~/+-]{1,500}\.json")
_HEX = re.compile(r"[0-9a-fA-F]{64}")


class _RolieFeed(msgspec.Struct):
    url: str
    tlp_label: str = ""


class _Rolie(msgspec.Struct):
    feeds: list[_RolieFeed] = []


class _Directory(msgspec.Struct):
    url: str
    tlp_label: str = ""


class _Distribution(msgspec.Struct):
    directory_url: str = ""
    directory: _Directory | None = None
    rolie: _Rolie | None = None


class _Publisher(msgspec.Struct):
    name: str = ""


class _Provider(msgspec.Struct):
    distributions: list[_Distribution]
    publisher: _Publisher


class _Link(msgspec.Struct):
    rel: str
    href: str


class _Entry(msgspec.Struct):
    updated: str
    link: list[_Link]
    id: str = ""


class _Feed(msgspec.Struct):
    entry: list[_Entry] = []


class _Document(msgspec.Struct):
    feed: _Feed


class Provider(NamedTuple):
    """What a provider's metadata says."""

    publisher: str
    rolie: tuple[str, ...]
    directories: tuple[str, ...]


class Listed(NamedTuple):
    """One document of a provider."""

    url: str
    updated: datetime
    hash_url: str
    "Where its SHA-256 stands; empty where the list names none."


def read_provider(raw: bytes, *, url: str) -> Provider:
    """Read `provider-metadata.json`; feeds that are not open to all are left out."""
    said = _decoded(raw, _Provider, url, "provider metadata")
    rolie = [
        urljoin(url, feed.url)
        for each in said.distributions
        if each.rolie
        for feed in each.rolie.feeds
        if feed.tlp_label.upper() in OPEN
    ]
    folders = [
        urljoin(url, each.directory_url) for each in said.distributions if each.directory_url
    ]
    folders += [
        urljoin(url, each.directory.url)
        for each in said.distributions
        if each.directory and each.directory.tlp_label.upper() in OPEN
    ]
    return Provider(
        publisher=said.publisher.name[:200],
        rolie=tuple(dict.fromkeys(rolie)),
        directories=tuple(dict.fromkeys(f"{each.rstrip('/')}/" for each in folders)),
    )


def read_rolie(raw: bytes, *, url: str) -> tuple[Listed, ...]:
    """Read a ROLIE feed; documents oldest change first."""
    said = _decoded(raw, _Document, url, "ROLIE feed")
    if len(said.feed.entry) > MOST_DOCUMENTS:
        raise BadInputError(f"lists more than {MOST_DOCUMENTS:,} documents", place=url)
    found = []
    for each in said.feed.entry:
        links: dict[str, list[str]] = {}
        for link in each.link:
            links.setdefault(link.rel, []).append(urljoin(url, link.href))
        updated, own = moment(each.updated), links.get("self", [])
        if updated is None or not own or not own[0].endswith(".json"):
            raise BadInputError(
                f"lists {each.id[:80]!r} without time or document",
                place=url,
                remedy="tell its publisher",
            )
        hashes = [one for one in links.get("hash", []) if one.endswith((".sha256", ".sha-256"))]
        found.append(Listed(own[0], updated, hashes[0] if hashes else ""))
    return tuple(sorted(found, key=lambda each: (each.updated, each.url)))


def read_changes(raw: bytes, *, url: str) -> tuple[Listed, ...]:
    """Read `changes.csv` of a directory; documents oldest change first, hashes beside them."""
    found = []
    rows = csv.reader(io.StringIO(raw.decode("utf-8", "replace")))
    try:
        for row in rows:
            if not row:
                continue
            updated = moment(row[1]) if len(row) > 1 else None
            if updated is None or not _PATH.fullmatch(row[0]) or ".." in row[0]:
                raise BadInputError("is no path and time", place=f"{url}:{rows.line_num}")
            document = urljoin(url, row[0].lstrip("/"))
            found.append(Listed(document, updated, f"{document}.sha256"))
            if len(found) > MOST_DOCUMENTS:
                raise BadInputError(f"lists more than {MOST_DOCUMENTS:,} documents", place=url)
    except csv.Error as error:
        raise BadInputError(f"is no CSV: {error}", place=f"{url}:{rows.line_num}") from error
    return tuple(sorted(found, key=lambda each: (each.updated, each.url)))


def read_hash(raw: bytes, *, url: str) -> str:
    """Read the SHA-256 of a document from the file beside it (section 7.1.18)."""
    word = raw[:200].decode("ascii", "replace").split()
    if not word or not _HEX.fullmatch(word[0]):
        raise BadInputError("holds no SHA-256", place=url)
    return word[0].lower()


def _decoded[T](raw: bytes, shape: type[T], url: str, what: str) -> T:
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadInputError(f"is no {what}: {str(error)[:200]}", place=url) from error
