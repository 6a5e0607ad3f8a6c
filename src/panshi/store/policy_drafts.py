"""Drafts of policy sets while people work on them: one file each, replaced as a whole.

A draft proves nothing and is not sealed; what is handed in is, under its digest. Who edited it is
kept beside it, because none of them may approve it later.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from panshi.errors import BadInputError, MissingError, StoreError

FOLDER = Path("zero_trust") / "drafts"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDraft:
    """One draft as it rests."""

    name: str
    content: bytes
    "The set in its canonical bytes."
    base: str
    "The version it was begun from."
    editors: tuple[str, ...]
    "In the order they first edited it."
    edited_at: datetime


class PolicyDrafts:
    """The drafts below one PANSHI_HOME."""

    def __init__(self, home: Path) -> None:
        """Remember the place; the folder may not exist yet."""
        self._folder = home / FOLDER

    def names(self) -> tuple[str, ...]:
        """Name every draft, in order."""
        return tuple(sorted(each.stem for each in self._files()))

    def read(self, name: str) -> KeptDraft:
        """Give one draft."""
        try:
            value: dict[str, Any] = json.loads(self._place(name).read_text(encoding="utf-8"))
            return KeptDraft(
                name=name,
                content=str(value["content"]).encode(),
                base=str(value["base"]),
                editors=tuple(map(str, value["editors"])),
                edited_at=datetime.fromisoformat(value["edited_at"]),
            )
        except FileNotFoundError as error:
            raise MissingError(
                f"there is no draft {name!r}", remedy="drafts: " + ", ".join(self.names())
            ) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"the draft {name!r} cannot be read: {error}",
                place=str(self._folder),
                remedy="discard it and begin anew",
            ) from error

    def write(self, draft: KeptDraft) -> None:
        """Keep a draft in place of the one of its name."""
        place = self._place(draft.name)
        if not place.exists() and len(self.names()) >= MOST:
            raise BadInputError(f"more than {MOST} drafts", remedy="discard some")
        value = {
            "content": draft.content.decode(),
            "base": draft.base,
            "editors": draft.editors,
            "edited_at": draft.edited_at.isoformat(),
        }
        partial = place.with_suffix(f".{os.getpid()}.part")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            partial.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
            partial.replace(place)
        except OSError as error:
            raise StoreError(
                f"the draft cannot be kept: {error.strerror}",
                place=str(self._folder),
                remedy="make space, or make the place writable",
            ) from error
        finally:
            partial.unlink(missing_ok=True)

    def discard(self, name: str) -> None:
        """Forget a draft."""
        self._place(name).unlink(missing_ok=True)

    def _files(self) -> Iterator[Path]:
        return self._folder.glob("*.json") if self._folder.is_dir() else iter(())

    def _place(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise BadInputError(
                f"{name[:50]!r} cannot be the name of a draft",
                remedy="small letters, digits and hyphens, at most 40",
            )
        return self._folder / f"{name}.json"
