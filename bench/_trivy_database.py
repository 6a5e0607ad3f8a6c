"""Trivy's offline database, written from OSV records.

Trivy reads a bbolt file (etcd-io/bbolt): pages of 4 KiB, B+ trees of sorted pairs, buckets within
buckets. It is written once here, bottom-up, so that the bench needs no Go tool chain. Buckets:
ecosystem and source → package → record id → versions reached; `data-source` tells what the first
are; `vulnerability` holds titles. Versions named one by one are written only where a record has no
ranges, as in the database Trivy is shipped with: otherwise they would slow it down.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

PAGE = 4096
HEADER = struct.Struct("<QHHI")
LEAF_PART = struct.Struct("<IIII")
BRANCH_PART = struct.Struct("<IIQ")
BUCKET = struct.Struct("<QQ")
META = struct.Struct("<IIIIQQQQQ")
BRANCH, LEAF, META_PAGE, FREE_LIST = 0x01, 0x02, 0x04, 0x10
IS_BUCKET = 1
INLINE = PAGE // 4
MAGIC, VERSION = 0xED0CDAED, 2
NAMES = {
    "PyPI": "pip::GitHub Security Advisory Pip",
    "Go": "go::The Go Vulnerability Database",
}
SIGNS = {"introduced": ">=", "fixed": "<", "last_affected": "<="}

type Tree = dict[bytes, "bytes | Tree"]


class _Pages:
    """Pages in the order of their numbers."""

    def __init__(self) -> None:
        self.written: list[bytes] = [b"", b"", self._page(2, FREE_LIST, 0, b"")]
        self.next = 3

    def leaf(self, parts: list[tuple[int, bytes, bytes]]) -> int:
        return self._add(LEAF, len(parts), leaf_body(parts))

    def branch(self, children: list[tuple[bytes, int]]) -> int:
        body, data = b"", b""
        for place, (key, page) in enumerate(children):
            offset = BRANCH_PART.size * (len(children) - place) + len(data)
            body += BRANCH_PART.pack(offset, len(key), page)
            data += key
        return self._add(BRANCH, len(children), body + data)

    def _add(self, kind: int, count: int, body: bytes) -> int:
        number = self.next
        page = self._page(number, kind, count, body)
        self.written.append(page)
        self.next += len(page) // PAGE
        return number

    @staticmethod
    def _page(number: int, kind: int, count: int, body: bytes) -> bytes:
        size = -(-(HEADER.size + len(body)) // PAGE)
        page = HEADER.pack(number, kind, count, size - 1) + body
        return page.ljust(size * PAGE, b"\0")

    def write(self, root: int, path: Path) -> None:
        for number in (0, 1):
            facts = META.pack(MAGIC, VERSION, PAGE, 0, root, 0, 2, self.next, number)
            body = facts + struct.pack("<Q", _fnv(facts))
            self.written[number] = self._page(number, META_PAGE, 0, body)
        path.write_bytes(b"".join(self.written))


def leaf_body(parts: list[tuple[int, bytes, bytes]]) -> bytes:
    """Lay out the pairs of a leaf: their places first, then keys and values."""
    body, data = [], []
    written = 0
    for place, (flags, key, value) in enumerate(parts):
        offset = LEAF_PART.size * (len(parts) - place) + written
        body.append(LEAF_PART.pack(flags, offset, len(key), len(value)))
        data += [key, value]
        written += len(key) + len(value)
    return b"".join(chain(body, data))


def write_bbolt(tree: Tree, path: Path) -> None:
    """Write nested buckets as a bbolt file."""
    pages = _Pages()
    pages.write(_root(tree, pages), path)


def _bucket(tree: Tree, pages: _Pages) -> bytes:
    parts = _parts(tree, pages)
    body = leaf_body(parts)
    if len(body) <= INLINE:
        return BUCKET.pack(0, 0) + HEADER.pack(0, LEAF, len(parts), 0) + body
    return BUCKET.pack(_tree(parts, pages), 0)


def _root(tree: Tree, pages: _Pages) -> int:
    return _tree(_parts(tree, pages), pages)


def _parts(tree: Tree, pages: _Pages) -> list[tuple[int, bytes, bytes]]:
    return [
        (0, key, value) if isinstance(value, bytes) else (IS_BUCKET, key, _bucket(value, pages))
        for key, value in sorted(tree.items(), key=lambda each: each[0])
    ]


def _tree(parts: list[tuple[int, bytes, bytes]], pages: _Pages) -> int:
    level = [
        (some[0][1], pages.leaf(some))
        for some in _filled(parts, lambda each: LEAF_PART.size + len(each[1]) + len(each[2]))
    ]
    if not level:
        return pages.leaf([])
    while len(level) > 1:
        level = [
            (some[0][0], pages.branch(some))
            for some in _filled(level, lambda each: BRANCH_PART.size + len(each[0]))
        ]
    return level[0][1]


def _filled[Part](parts: list[Part], size_of: Callable[[Part], int]) -> Iterable[list[Part]]:
    some: list[Part] = []
    used = HEADER.size
    for each in parts:
        size = size_of(each)
        if some and used + size > PAGE:
            yield some
            some, used = [], HEADER.size
        some.append(each)
        used += size
    if some:
        yield some


def _fnv(data: bytes) -> int:
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % (1 << 64)
    return value


def trivy_database(records: Iterable[Mapping[str, Any]], cache: Path) -> None:
    """Write database and metadata below a cache directory."""
    tree: Tree = {name.encode(): {} for name in NAMES.values()}
    titles: Tree = {}
    for record in records:
        if record.get("withdrawn"):
            continue
        identity = record["id"].encode()
        for (ecosystem, package), ranges in _reached(record).items():
            told = json.dumps({"VulnerableVersions": ranges}).encode()
            tree[NAMES[ecosystem].encode()].setdefault(package.encode(), {})[identity] = told
        titles[identity] = json.dumps(
            {"Title": record.get("summary", ""), "Severity": "UNKNOWN"}
        ).encode()
    tree[b"vulnerability"] = titles
    tree[b"data-source"] = {
        name.encode(): json.dumps({"ID": "osv", "Name": name, "URL": "https://osv.dev"}).encode()
        for name in NAMES.values()
    }
    (cache / "db").mkdir(parents=True, exist_ok=True)
    write_bbolt(tree, cache / "db" / "trivy.db")
    far = "2099-01-01T00:00:00Z"
    (cache / "db" / "metadata.json").write_text(
        json.dumps({"Version": 2, "NextUpdate": far, "UpdatedAt": far, "DownloadedAt": far})
    )


def _reached(record: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for affected in record["affected"]:
        ecosystem, name = affected["package"]["ecosystem"], affected["package"]["name"]
        name = name.lower().replace("_", "-") if ecosystem == "PyPI" else name
        ranges = found.setdefault((ecosystem, name), [])
        for each in affected.get("ranges", ()):
            if each["type"] != "GIT":
                ranges += _written(each["events"])
        if not any(each["type"] != "GIT" for each in affected.get("ranges", ())):
            ranges += (f"={version}" for version in affected.get("versions", ()))
    return found


def _written(events: Iterable[Mapping[str, str]]) -> Iterable[str]:
    """Write pairs of events the way Trivy reads ranges."""
    low: str | None = None
    for event in events:
        kind, version = next(iter(event.items()))
        if kind == "introduced":
            low = version
        elif low is not None:
            yield f">={low}, {SIGNS[kind]}{version}"
            low = None
    if low is not None:
        yield f">={low}"
