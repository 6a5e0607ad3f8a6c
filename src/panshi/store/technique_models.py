"""The technique model at rest: numbers as arrays, the rest as JSON; nothing in it can run.

A model is a folder of its own, named after its content; `current` names the one in force. The
weights are mapped, not read: a text touches few of their rows.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from panshi.errors import StoreError
from panshi.store.place import ready_directory

PLACE = Path("extraction") / "techniques"
_CURRENT = "current"
_ABOUT, _NAMES, _WEIGHTS, _NUMBERS = "about.json", "names.txt", "weights.npy", "numbers.npz"
_REMEDY = "learn it again: `panshi soc learn FILE`"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptModel:
    """One model as it rests."""

    about: bytes
    "JSON."
    names: tuple[str, ...]
    "Features, in the order of the rows."
    weights: np.ndarray[Any, Any]
    numbers: Mapping[str, np.ndarray[Any, Any]]


class TechniqueModels:
    """The models of one home, or of a folder named by `--model`."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder; nothing is opened yet."""
        self.folder = folder

    def current(self) -> KeptModel | None:
        """Give the model in force; None where none was learned."""
        try:
            name = (self.folder / _CURRENT).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(
                "which model is in force cannot be read", place=str(self.folder), remedy=_REMEDY
            ) from error
        if not name.isalnum():
            raise StoreError("names no model", place=str(self.folder / _CURRENT), remedy=_REMEDY)
        return self._read(self.folder / name)

    def edition(self) -> int:
        """Give a number that changes when another model is put in force."""
        try:
            return (self.folder / _CURRENT).stat().st_mtime_ns
        except OSError:
            return 0

    def _read(self, folder: Path) -> KeptModel:
        try:
            with np.load(folder / _NUMBERS, allow_pickle=False) as numbers:
                kept = {name: numbers[name] for name in numbers.files}
            return KeptModel(
                about=(folder / _ABOUT).read_bytes(),
                names=tuple((folder / _NAMES).read_text(encoding="utf-8").split("\n")),
                weights=np.load(folder / _WEIGHTS, mmap_mode="r", allow_pickle=False),
                numbers=kept,
            )
        except (OSError, ValueError, EOFError, KeyError) as error:
            raise StoreError(
                f"the kept model cannot be read: {error}", place=str(folder), remedy=_REMEDY
            ) from error

    def keep(self, model: KeptModel) -> None:
        """Write a model whole, put it in force, and forget the one before."""
        ready_directory(self.folder)
        name = sha256(model.about + "\n".join(model.names).encode()).hexdigest()[:16]
        making = self.folder / f".{name}.{os.getpid()}"
        try:
            shutil.rmtree(making, ignore_errors=True)
            ready_directory(making)
            (making / _ABOUT).write_bytes(model.about)
            (making / _NAMES).write_text("\n".join(model.names), encoding="utf-8")
            np.save(making / _WEIGHTS, model.weights, allow_pickle=False)
            np.savez(making / _NUMBERS, allow_pickle=False, **model.numbers)
            shutil.rmtree(self.folder / name, ignore_errors=True)
            making.rename(self.folder / name)
            pointer = self.folder / f".{_CURRENT}.{os.getpid()}"
            pointer.write_text(name, encoding="ascii")
            pointer.replace(self.folder / _CURRENT)
            for other in self.folder.iterdir():
                if other.is_dir() and other.name != name:
                    shutil.rmtree(other, ignore_errors=True)
        except OSError as error:
            raise StoreError(
                f"the model cannot be kept: {error.strerror}",
                place=str(self.folder),
                remedy="free space or permissions, then learn again",
            ) from error
