"""Uploaded files between preview and commit: bound to one session, short-lived."""

from __future__ import annotations

import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile

FOLDER = "uploads"
SALT = "panshi.web.upload"
KEPT_SECONDS = 3600
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file waiting for its commit."""

    path: Path
    name: str
    size: int
    token: str
    "Signed address of the file, worth nothing in another session."


def keep(uploaded: UploadedFile[bytes], session: str) -> Kept:
    """Put an uploaded file aside, streamed; forget those nobody came back for."""
    folder = _folder()
    _forget_old(folder)
    inside = folder / secrets.token_hex(16)
    inside.mkdir(mode=0o700)
    name = _harmless(uploaded.name or "file")
    path = inside / name
    with path.open("wb") as file:
        for chunk in uploaded.chunks():
            file.write(chunk)
    told = {"at": inside.name, "name": name, "session": session}
    return Kept(
        path=path, name=name, size=path.stat().st_size, token=signing.dumps(told, salt=SALT)
    )


def kept(token: str, session: str) -> Kept | None:
    """Find a file again by its token; None where it is gone or of another session."""
    try:
        told = signing.loads(token, salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return None
    path = _folder() / told["at"] / told["name"]
    if told["session"] != session or not path.is_file():
        return None
    return Kept(path=path, name=told["name"], size=path.stat().st_size, token=token)


def throw_away(file: Kept) -> None:
    """Delete a file and its folder."""
    shutil.rmtree(file.path.parent, ignore_errors=True)


def _folder() -> Path:
    folder: Path = settings.HOME.path / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _forget_old(folder: Path) -> None:
    limit = time.time() - KEPT_SECONDS
    for inside in folder.iterdir():
        if inside.stat().st_mtime < limit:
            shutil.rmtree(inside, ignore_errors=True)


def _harmless(name: str) -> str:
    """Give a file name without folders and control characters; its endings stay."""
    last = Path(name.replace("\\", "/")).name
    kept_part = "".join(each for each in last if each.isprintable() and each not in '/\\:*?"<>|')
    return kept_part.lstrip(".")[-LONGEST_NAME:] or "file"
