"""Files: a copy of a folder, each file read while it held still, with a list of digests beside.

    files/           the copy
    panshi-files     one JSON line a file, by path: path, size, SHA-256, whether it looks opaque

A file whose size or time changed while it was read is read again; one that never holds still is
copied as it is and named as torn, for the gate to judge. Links are not followed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from panshi.errors import BadInputError, IntegrityError, StoreError
from panshi.model.resilience.mark import Mark, Seen, SourceKind
from panshi.observe.vault_sources.content import is_opaque
from panshi.observe.vault_sources.rows import Compared, sha256_of
from panshi.observe.vault_sources.source import Canary, Clock, Source

COPY = "files"
LIST = "panshi-files"
ATTEMPTS = 3
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFact:
    """One file as it was copied."""

    path: str
    size: int
    sha256: str
    opaque: bool = False
    torn: bool = False


def capture_files(source: Source, folder: Path, clock: Clock) -> Mark:
    """Copy the folder."""
    origin = Path(source.path)
    at = clock()
    if not origin.is_dir():
        raise BadInputError("is no folder", place=source.path, remedy="name a folder")
    shutil.rmtree(folder / COPY, ignore_errors=True)
    (folder / COPY).mkdir(parents=True)
    facts = [_copied(origin / path, folder / COPY / path, path) for path in paths_below(origin)]
    digest = write_list(folder, facts)
    return Mark(
        source=source.name,
        method=SourceKind.FILES,
        marked_at=at,
        position=f"tree {digest[:16]}",
        tree_sha256=digest,
        seen=seen_of(facts, wrong_canaries(facts, source.canary)),
    )


def paths_below(folder: Path) -> Iterator[str]:
    """Give the plain files below a folder, by path, in order."""
    found = []
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in names:
            path = Path(root, name)
            if stat.S_ISREG(path.lstat().st_mode):
                found.append(path.relative_to(folder).as_posix())
    yield from sorted(found)


def _copied(origin: Path, target: Path, path: str) -> FileFact:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        digest, still = _copy_still(origin, target)
        for _ in range(ATTEMPTS - 1):
            if not still:
                digest, still = _copy_still(origin, target)
        shutil.copystat(origin, target)
        size = target.stat().st_size
        with target.open("rb") as file:
            opaque = is_opaque(file, size)
    except OSError as error:
        raise StoreError(
            f"cannot be copied: {error.strerror}", place=str(origin), remedy="check rights and room"
        ) from error
    return FileFact(path=path, size=size, sha256=digest, opaque=opaque, torn=not still)


def _copy_still(origin: Path, target: Path) -> tuple[str, bool]:
    """Copy; say whether the file was the same before and after."""
    before = origin.stat()
    digest = _copy(origin, target)
    after = origin.stat()
    return digest, (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)


def _copy(origin: Path, target: Path) -> str:
    whole = hashlib.sha256()
    with origin.open("rb") as source, target.open("wb") as copy:
        while chunk := source.read(_CHUNK):
            whole.update(chunk)
            copy.write(chunk)
    return whole.hexdigest()


def write_list(folder: Path, facts: list[FileFact]) -> str:
    """Write the list of files; gives its digest."""
    lines = (
        json.dumps([each.path, each.size, each.sha256, each.opaque], ensure_ascii=False)
        for each in facts
    )
    raw = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
    (folder / LIST).write_bytes(raw)
    return hashlib.sha256(raw).hexdigest()


def read_list(folder: Path) -> dict[str, FileFact]:
    """Read the list of files."""
    found = {}
    try:
        for line in (folder / LIST).read_bytes().splitlines():
            path, size, digest, opaque = json.loads(line.decode("utf-8", "surrogateescape"))
            found[path] = FileFact(path=path, size=size, sha256=digest, opaque=opaque)
    except (OSError, ValueError) as error:
        raise IntegrityError("is no list of files", place=str(folder / LIST)) from error
    return found


def seen_of(facts: list[FileFact], canaries: tuple[str, ...]) -> Seen:
    """Tell the gate what the files look like."""
    octets = sum(each.size for each in facts)
    opaque = sum(each.size for each in facts if each.opaque)
    return Seen(
        files=len(facts),
        octets=octets,
        opaque_share=opaque / octets if octets else 0.0,
        canaries_wrong=canaries,
        torn=tuple(each.path for each in facts if each.torn),
    )


def wrong_canaries(facts: list[FileFact], canaries: tuple[Canary, ...]) -> tuple[str, ...]:
    """Name the canaries changed or missing."""
    known = {each.path: each.sha256 for each in facts}
    return tuple(each.name for each in canaries if known.get(each.path) != each.sha256)


def compare_lists(before: dict[str, FileFact], found: dict[str, FileFact]) -> Compared:
    """Compare two lists of files."""
    seen = Compared()
    for path, fact in before.items():
        other = found.get(path)
        if other is None:
            seen.missing += 1
            seen.named.append(f"missing: {path}")
        elif other.sha256 == fact.sha256:
            seen.same += 1
        else:
            seen.changed += 1
            seen.named.append(f"changed: {path}")
    for path in found.keys() - before.keys():
        seen.extra += 1
        seen.named.append(f"not there before: {path}")
    return seen


def found_files(folder: Path) -> dict[str, FileFact]:
    """List restored files."""
    return {
        path: FileFact(
            path=path, size=(folder / path).stat().st_size, sha256=sha256_of(folder / path)
        )
        for path in paths_below(folder)
    }
