"""The observer port: a source and a path in, observations out (house style, rules 2 and 6).

An observer never judges and never touches the log. It yields what it saw as it reads; a look
that failed is yielded as an observation with its reason, a file that cannot be trusted at all
raises `BadInputError` with the place, and then nothing of that file is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from panshi.model.observation import Observation

MADE_HERE = ("record.", "estate.", "observer.", "audit.", "watch.")
"Prefixes of the kinds that people and the node itself make; no observer may yield them."


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What an observer is asked to look at."""

    path: Path | None
    "The file to read; None for observers that look at this machine."
    now: datetime
    "Time of the look, used where the source does not carry its own time."
    subject: str = ""
    "Asset the file speaks of, where the file itself cannot say, for example `system:core`."
    options: Mapping[str, str] = field(default_factory=dict)
    warn: Callable[[str], None] = lambda _text: None
    "Told of parts that could not be read although the rest could, with their place."


class Observer(Protocol):
    """One kind of source."""

    name: str
    "Name on the command line, for example `nmap`."
    title_zh: str
    title_en: str
    needs_path: bool
    kinds: tuple[str, ...]
    "Kinds of observation it yields."
    suffixes: tuple[str, ...]
    "File name endings it usually reads, for the console's hint only."

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield what is seen; raise `BadInputError` with the place for what cannot be read."""
        ...
