"""What points are computed from: who takes part, who told what when, and what others said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """An enrolled member; nobody else earns or confirms anything."""

    member: str
    voice: str = ""
    "Whose voice it is: members of one financial group share one. Empty: its own."

    @property
    def speaks_as(self) -> str:
        """Give the voice it counts as."""
        return self.voice or self.member


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """Somebody tells of one value."""

    id: str
    member: str
    "Empty, or no participant: an outside source, which is known first and earns nothing."
    kind: str
    "Kind of observable: domain-name, url, ipv4-addr, sha256 …"
    value: str
    at: datetime
    "When the hub accepted it."
    published: datetime | None = None
    "From when others could read it; None: from `at`."

    @property
    def readable(self) -> datetime:
        """When others could have copied it."""
        return self.published or self.at


class EchoKind(StrEnum):
    """What a member says of a value somebody shared."""

    SIGHTED = "sighted"
    "It was seen in the member's own telemetry."
    USED = "used"
    "It was deployed: blocked, hunted for."
    FALSE_POSITIVE = "false_positive"
    UPHELD = "upheld"
    "The hub's analysts looked at a contested value and found it right."
    REFUTED = "refuted"
    "The hub's analysts found it wrong."


RULINGS = frozenset({EchoKind.UPHELD, EchoKind.REFUTED})
"Said by the hub, by two people."


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """A member, or the hub, says what became of a value."""

    member: str
    kind: EchoKind
    about: str
    "Kind of observable."
    value: str
    at: datetime
    seen_at: datetime | None = None
    "When it was seen; None: at `at`."
    contribution: str = ""
    "Where it was one report in particular that helped, its id."

    @property
    def seen(self) -> datetime:
        """When it was seen."""
        return self.seen_at or self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Contributions accepted within it are settled; echoes count until `until`."""

    name: str
    "For example `2026Q4`."
    begins: datetime
    ends: datetime
    "First moment that belongs to it no more."
    until: datetime
    "Echoes known by then."
