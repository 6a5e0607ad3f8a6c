"""What lies in a folder: which files are feeds, told by their content, and which are left alone.

The layout of the OSV bucket (`osv/PyPI/all.zip`) names its feeds by itself; other packs are named
after their file, single records after their folder. Nothing is followed out of the folder.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from panshi.errors import BadInputError
from panshi.model.supply_chain.advisory import Advisory
from panshi.observe.feeds.epss import begins_as_epss
from panshi.observe.feeds.osv import read_osv_yaml
from panshi.observe.feeds.packs import holds_osv
from panshi.observe.feeds.records import FeedFile, Kind, LeftAlone

MOST_FILES = 500_000
_DEEPEST = 8
_LARGEST_SNIFFED = 64 << 20
_HEAD = 4_096
_PLAIN_NAME = re.compile(r"[^\w .@+-]+")
_PACK = "all.zip"
_YAML = {".yaml", ".yml"}


class _Marks(msgspec.Struct, rename="camel"):
    """Members that tell one kind of document from another."""

    id: msgspec.Raw = msgspec.Raw()
    modified: msgspec.Raw = msgspec.Raw()
    affected: msgspec.Raw = msgspec.Raw()
    withdrawn: msgspec.Raw = msgspec.Raw()
    catalog_version: msgspec.Raw = msgspec.Raw()
    vulnerabilities: msgspec.Raw = msgspec.Raw()
    document: msgspec.Raw = msgspec.Raw()
    context: msgspec.Raw = msgspec.field(name="@context", default=msgspec.Raw())
    bom_format: msgspec.Raw = msgspec.Raw()
    schema: msgspec.Raw = msgspec.field(name="$schema", default=msgspec.Raw())
    defs: msgspec.Raw = msgspec.field(name="$defs", default=msgspec.Raw())


_marks = msgspec.json.Decoder(_Marks).decode


def find(paths: Iterable[Path]) -> tuple[tuple[FeedFile, ...], tuple[LeftAlone, ...]]:
    """Give the feeds below the paths, in a fixed order, and what was left alone."""
    feeds: list[FeedFile] = []
    left: list[LeftAlone] = []
    single: dict[tuple[str, Kind], list[Path]] = defaultdict(list)
    for path in paths:
        if not path.exists():
            raise BadInputError("there is no such file or folder", place=str(path))
        for file in _files(path):
            told = _told(file)
            if isinstance(told, LeftAlone):
                left.append(told)
            elif told.members:
                single[told.feed, told.kind].append(file)
            else:
                feeds.append(told)
    feeds += [
        FeedFile(feed=name, kind=kind, path=files[0].parent, members=tuple(files))
        for (name, kind), files in sorted(single.items())
    ]
    _refuse_doubles(feeds)
    return tuple(feeds), tuple(left)


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise BadInputError("is neither file nor folder", place=str(path))
    count = 0
    for folder, names, files in os.walk(path):
        names.sort()
        if len(Path(folder).relative_to(path).parts) >= _DEEPEST:
            names.clear()
        for name in sorted(files):
            file = Path(folder, name)
            if not file.is_symlink() and file.is_file():
                count += 1
                if count > MOST_FILES:
                    raise BadInputError(f"holds more than {MOST_FILES:,} files", place=str(path))
                yield file


def _told(path: Path) -> FeedFile | LeftAlone:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        return LeftAlone(path=path, why=f"cannot be read: {error.strerror}")
    if head.startswith(b"PK\x03\x04"):
        return _pack(path)
    if begins_as_epss(head):
        return FeedFile(feed="epss", kind=Kind.EPSS, path=path)
    if size > _LARGEST_SNIFFED:
        return LeftAlone(path=path, why="is no feed, or too large for one document")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return _document(path)
    if path.suffix in _YAML and b"id:" in head:
        read = read_osv_yaml(path.read_bytes(), feed="", name=path.name)
        return (
            _record(path)
            if isinstance(read, Advisory)
            else LeftAlone(path=path, why="is no advisory")
        )
    return LeftAlone(path=path, why="is no feed")


def _pack(path: Path) -> FeedFile | LeftAlone:
    if path.name != _PACK and not holds_osv(path):
        return LeftAlone(path=path, why="a ZIP without OSV records")
    named = path.parent.name if path.name == _PACK else path.stem
    return FeedFile(feed=feed_name(named), kind=Kind.OSV, path=path)


def _document(path: Path) -> FeedFile | LeftAlone:
    raw = path.read_bytes().lstrip(b"\xef\xbb\xbf")
    try:
        marks = _marks(raw)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return LeftAlone(path=path, why="is no JSON document")
    if marks.schema and marks.defs:
        return LeftAlone(path=path, why="a schema, not data")
    if marks.catalog_version and marks.vulnerabilities:
        return FeedFile(feed="kev", kind=Kind.KEV, path=path)
    if marks.document and b'"csaf_version"' in bytes(marks.document):
        return FeedFile(
            feed=feed_name(path.parent.name, "csaf"), kind=Kind.CSAF, path=path, members=(path,)
        )
    if marks.context and b"openvex" in bytes(marks.context):
        return LeftAlone(path=path, why="OpenVEX; `panshi vex import` reads it")
    if marks.bom_format:
        return LeftAlone(path=path, why="a bill of materials; `panshi sbom ingest` reads it")
    if marks.id and marks.modified and (marks.affected or marks.withdrawn):
        return _record(path)
    return LeftAlone(path=path, why="is no feed")


def _record(path: Path) -> FeedFile:
    name = feed_name(path.parent.name)
    return FeedFile(feed=name, kind=Kind.OSV, path=path, members=(path,))


def feed_name(text: str, kind: str = "osv") -> str:
    """Name a feed after a file or folder."""
    return f"{kind}/{_PLAIN_NAME.sub('-', text).strip(' -.')[:80] or 'records'}"


def _refuse_doubles(feeds: list[FeedFile]) -> None:
    seen: dict[str, Path] = {}
    for each in feeds:
        if each.feed in seen:
            raise BadInputError(
                f"two files are the feed {each.feed}: {seen[each.feed]} and {each.path}",
                place=str(each.path),
                remedy="import them one after the other, the newer one last",
            )
        seen[each.feed] = each.path
