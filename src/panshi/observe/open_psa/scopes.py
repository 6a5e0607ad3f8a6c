"""Whose name is meant: public names are known everywhere, private ones by their path.

Names are public unless their definition, or the component it stands in, says `role="private"`. A
name that is used is looked up from where it is used outwards, then among the public ones. Events
and parameters do not share names.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

_APART = "\0"
"Between the path a reference stands in and the name it writes, until all names are known."


@dataclass(slots=True)
class Scopes:
    """Where the reader stands, and what was made public from where."""

    path: list[str] = field(default_factory=list)
    _private: list[bool] = field(default_factory=list)
    _public: dict[str, str] = field(default_factory=dict)
    "Path and name → name it is known by."

    def enter(self, name: str, role: str | None) -> None:
        """Begin a fault tree or component."""
        self.path.append(name)
        self._private.append(role == "private" or any(self._private[-1:]))

    def leave(self) -> None:
        """End it."""
        self.path.pop()
        self._private.pop()

    def key(self, name: str, role: str | None = None) -> str:
        """Give the name a definition is known by."""
        full = ".".join((*self.path, name))
        if role == "private" or (role != "public" and any(self._private[-1:])):
            return full
        self._public[full] = name
        return name

    def written(self, name: str) -> str:
        """Keep a name with the place it is used in."""
        return f"{'.'.join(self.path)}{_APART}{name}"

    def meant(self, written: str, known: Container[str]) -> str | None:
        """Give the name it is known by; None where nobody defined it."""
        scope, apart, name = written.partition(_APART)
        if not apart:
            return written
        path = scope.split(".") if scope else []
        for depth in range(len(path), -1, -1):
            full = ".".join((*path[:depth], name))
            for each in (self._public.get(full, full), full):
                if each in known:
                    return each
        return None


def bare(written: str) -> str:
    """Give a name as the file writes it."""
    return written.rpartition(_APART)[2]
