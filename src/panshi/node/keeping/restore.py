"""Restore a home from a backup: unpack beside, check everything, then swap in one rename.

Nothing is believed before it was checked: names and sizes of the archive's members, the SHA-256
of each against the manifest, then the whole log, hashed anew against its signed checkpoints.
A home that is there already is kept aside, never deleted. Checkpoints that were signed after the
backup stay with the restored home: they tell what was lost, and it takes consent to go on.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from panshi.errors import BadInputError, StoreError, UsageError
from panshi.evidence.checkpoint import parse_note
from panshi.node.home import Home
from panshi.node.keeping.backup import FORMAT, MANIFEST, Manifest
from panshi.node.keeping.moving import move
from panshi.node.keeping.serving import alone
from panshi.store.evidence_log import VERSION, open_log, stored_version
from panshi.store.evidence_log.notes import FILE_NAME as NOTES
from panshi.store.evidence_log.notes import FOLDER as CHECKPOINTS
from panshi.store.evidence_log.notes import NoteFile
from panshi.store.keys import FOLDER as KEYS
from panshi.store.keys import verifier_keys
from panshi.store.place import OWNER_ONLY_DIRECTORY, OWNER_ONLY_FILE, flush_directory

MAX_PARTS = 1_000_000
MAX_MANIFEST = 256 << 20
PIECE = 1 << 20

type Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreReport:
    """What came back."""

    home: str
    made_at: datetime
    panshi: str
    "Release that wrote the backup."
    parts: int
    observations: int
    lost: int
    "Observations signed after the backup that are not in it."
    kept_aside: str
    "Where the home that was there before lies now; empty where there was none."
    needs_upgrade: bool


def restore(
    archive: Path,
    home: Home,
    *,
    keys: Path | None = None,
    replace: bool = False,
    accept_loss: bool = False,
    progress: Progress = lambda _bytes: None,
) -> RestoreReport:
    """Put a backup in the home's place; whatever fails leaves the place as it was."""
    if home.exists and not replace:
        raise UsageError(
            "there is a home in this place already",
            place=str(home.path),
            remedy="--replace keeps it aside under another name, or set PANSHI_HOME elsewhere",
        )
    home.path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{home.path.name}.restoring-", dir=home.path.parent
    ) as folder:
        unpacked = Path(folder) / "home"
        unpacked.mkdir(mode=OWNER_ONLY_DIRECTORY)
        manifest = _unpack(archive, unpacked, progress)
        _bring_keys(keys, unpacked, manifest, archive)
        observations = _verified(unpacked, archive)
        lost = _carry_later_notes(home.path, unpacked, observations, accept_loss=accept_loss)
        aside = _swap(unpacked, home)
    if home.database:
        move(Home(path=home.path), home, progress)
    return RestoreReport(
        home=str(home.path),
        made_at=manifest.made_at,
        panshi=manifest.panshi,
        parts=len(manifest.parts),
        observations=observations,
        lost=lost,
        kept_aside=aside,
        needs_upgrade=stored_version(home.path) != VERSION,
    )


def _unpack(archive: Path, target: Path, progress: Progress) -> Manifest:
    try:
        with (
            gzip.open(archive, "rb") as packed,
            tarfile.open(fileobj=packed, mode="r|") as members,
        ):
            found, raw = _members(members, target, archive, progress)
        manifest = msgspec.json.decode(raw, type=Manifest)
    except FileNotFoundError as error:
        raise UsageError("there is no such file", place=str(archive), remedy="check it") from error
    except _DAMAGED as error:
        raise _refused(archive, f"it is cut short or damaged ({error})") from error
    if manifest.format != FORMAT:
        raise _refused(archive, f"its format {manifest.format} is not {FORMAT}")
    for part in manifest.parts:
        if found.pop(part.name, None) != (part.bytes, part.sha256):
            raise _refused(archive, f"{part.name} is not the file that was backed up")
    if found:
        raise _refused(archive, f"{min(found)} is in no manifest")
    return manifest


_DAMAGED = (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, msgspec.MsgspecError)


def _members(
    members: tarfile.TarFile, target: Path, archive: Path, progress: Progress
) -> tuple[dict[str, tuple[int, str]], bytes]:
    """Unpack every member; give sizes and digests by name, and the manifest that ends them."""
    found: dict[str, tuple[int, str]] = {}
    done = 0
    for member in members:
        content = members.extractfile(member) if member.isfile() else None
        if content is None or member.name in found or len(found) > MAX_PARTS:
            raise _refused(archive, f"member {member.name[:80]!r} does not belong there")
        if member.name == MANIFEST:
            return found, content.read(MAX_MANIFEST)
        found[member.name] = _write(content, _place(target, member.name, archive))
        done += member.size
        progress(done)
    raise _refused(archive, "its manifest is missing: it was not finished")


def _place(target: Path, name: str, archive: Path) -> Path:
    """Give where a member goes: below the target, whatever its name says."""
    parts = PurePosixPath(name).parts
    if not parts or PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name:
        raise _refused(archive, f"member {name[:80]!r} points elsewhere")
    path = target.joinpath(*parts)
    path.parent.mkdir(mode=OWNER_ONLY_DIRECTORY, parents=True, exist_ok=True)
    return path


def _write(content: IO[bytes], path: Path) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY_FILE)
        with os.fdopen(descriptor, "wb") as file:
            while piece := content.read(PIECE):
                file.write(piece)
                digest.update(piece)
                size += len(piece)
            file.flush()
            os.fsync(descriptor)
    except OSError as error:
        raise StoreError(
            f"cannot unpack: {error.strerror}",
            place=str(path),
            remedy="free some space; what was there before is as it was",
        ) from error
    return size, digest.hexdigest()


def _bring_keys(keys: Path | None, unpacked: Path, manifest: Manifest, archive: Path) -> None:
    """Put keys that were kept apart beside what they signed."""
    if manifest.keys:
        return
    if keys is None:
        raise UsageError(
            "this backup holds no keys", place=str(archive), remedy="--keys names their folder"
        )
    try:
        shutil.copytree(keys, unpacked / KEYS)
    except OSError as error:
        raise StoreError(
            f"the keys cannot be read: {error.strerror}", place=str(keys), remedy="check --keys"
        ) from error


def _verified(unpacked: Path, archive: Path) -> int:
    """Hash the log anew against its checkpoints; gives the number of observations."""
    if stored_version(unpacked) != VERSION:
        # A log of an older release verifies once `panshi upgrade` has run.
        return _size_of_older(unpacked)
    log = open_log(unpacked)
    try:
        report = log.verify(keys=verifier_keys(unpacked))
        if report.damage:
            first = report.damage[0]
            raise _refused(archive, f"the log in it does not verify: {first.problem}")
        return log.size()
    finally:
        log.close()


def _size_of_older(unpacked: Path) -> int:
    note = NoteFile(unpacked).last()
    return parse_note(note).checkpoint.size if note else 0


def _carry_later_notes(
    before: Path, unpacked: Path, observations: int, *, accept_loss: bool
) -> int:
    """Keep the checkpoints this node signed after the backup; give how much they speak of more."""
    newest = NoteFile(before).last()
    if not newest:
        return 0
    lost = parse_note(newest).checkpoint.size - observations
    if lost <= 0:
        return 0
    if not accept_loss:
        raise UsageError(
            f"this node signed {lost:,} observations after the backup was made; they would be lost",
            place=str(before / CHECKPOINTS / NOTES),
            remedy="restore a newer backup, or say --accept-loss and tell holders of checkpoints",
        )
    folder = unpacked / CHECKPOINTS
    folder.mkdir(mode=OWNER_ONLY_DIRECTORY, exist_ok=True)
    later = folder / f"given-up-after-{observations}.log"
    later.write_bytes((before / CHECKPOINTS / NOTES).read_bytes())
    later.chmod(OWNER_ONLY_FILE)
    return lost


def _swap(unpacked: Path, home: Home) -> str:
    """Rename the old home aside and the new one into its place."""
    if not home.path.exists():
        unpacked.rename(home.path)
        flush_directory(home.path.parent)
        return ""
    with alone(home.path, doing="restore"):
        number = 1
        while (aside := home.path.with_name(f"{home.path.name}.before-restore-{number}")).exists():
            number += 1
        home.path.rename(aside)
        try:
            unpacked.rename(home.path)
        except OSError:
            aside.rename(home.path)
            raise
    flush_directory(home.path.parent)
    return str(aside)


def _refused(archive: Path, problem: str) -> BadInputError:
    return BadInputError(
        f"this backup cannot be used: {problem}",
        place=str(archive),
        remedy="take another backup; nothing was changed",
    )
