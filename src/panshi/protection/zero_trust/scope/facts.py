"""What is known of one system: a value per fact, with where it comes from.

A fact has the name of the attribute of systems that states it (`panshi.model.attributes`), so that
an estate file can carry every one. What is not known is left out; nothing is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from panshi.model.asset import AttributeValue
from panshi.protection.zero_trust.scope.ternary import Ternary, any_of


class Field(StrEnum):
    """The six fields 場域, F1 to F6."""

    REMOTE_WORK = "remote_work"
    CLOUD_ACCESS = "cloud_access"
    SYSTEM_OPERATION = "system_operation"
    APP_ADMIN = "app_admin"
    SERVICE_PROVIDER = "service_provider"
    CROSS_INSTITUTION = "cross_institution"


class Source(StrEnum):
    """Where a fact comes from."""

    STATED = "stated"
    "The system's own attribute in the estate."
    RELATED = "related"
    "Told by assets the system is related to."
    INFERRED = "inferred"
    "Follows from other facts of the system."
    ANSWERED = "answered"
    "A person said so; sealed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One fact of one system."""

    name: str
    value: AttributeValue
    source: Source
    assets: tuple[str, ...] = ()
    "Assets whose attributes tell it."
    attribute: str = ""
    evidence_id: str = ""
    by: str = ""
    since: datetime | None = None
    in_field: str = ""
    "The field an answer is about; empty: all."


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Two sources that disagree; which one counts, and what the other says."""

    name: str
    counts: Known
    other: Known


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything known of one system."""

    known: Mapping[str, Known]
    "Of the system as a whole."
    special: Mapping[tuple[str, str], Known] = field(default_factory=dict)
    "Of the system as reached in one field: (field, fact); goes before the former."
    clashes: tuple[Clash, ...] = ()

    def seen_in(self, field: Field) -> Facts:
        """Give the facts as they are in one field."""
        own = {name: each for (of, name), each in self.special.items() if of == field}
        return Facts(known={**self.known, **own}) if own else self

    def yes(self, name: str) -> Ternary:
        """Give a yes/no fact."""
        found = self.known.get(name)
        return found.value if found is not None and isinstance(found.value, bool) else None

    def word(self, name: str) -> str:
        """Give a fact of one word; empty where it is not known."""
        found = self.known.get(name)
        return found.value if found is not None and isinstance(found.value, str) else ""

    def words(self, name: str) -> frozenset[str]:
        """Give a fact of several words; empty where it is not known."""
        found = self.known.get(name)
        is_many = found is not None and isinstance(found.value, tuple)
        return frozenset(found.value) if found and is_many else frozenset()  # type: ignore[arg-type]

    def number(self, name: str) -> float | None:
        """Give a fact that is a number."""
        found = self.known.get(name)
        if found is None or isinstance(found.value, bool):
            return None
        return float(found.value) if isinstance(found.value, int | float) else None

    def has(self, name: str, *among: str) -> Ternary:
        """Whether a fact of several words names one of these; None where it is not known."""
        found = self.words(name)
        return bool(found & set(among)) if found else None


def important(facts: Facts) -> Ternary:
    """Whether a system is important: core, or of high criticality."""
    if facts.yes("core"):
        return True
    criticality = facts.word("criticality")
    return criticality == "high" if criticality else facts.yes("core")


def personal(facts: Facts) -> Ternary:
    """Whether it holds personal data of customers or staff."""
    if facts.word("data_class") == "personal":
        return True
    return any_of((facts.yes("holds_personal_data"), facts.yes("holds_staff_data")))


def sensitive(facts: Facts) -> Ternary:
    """Whether it holds sensitive data, whatever the amount."""
    data_class = facts.word("data_class")
    if data_class == "confidential":
        return True
    return facts.yes("sensitive")


def open_to_internet(facts: Facts) -> Ternary:
    """Whether it is reached over the internet; a known yes goes before any no."""
    only_vpn = facts.yes("vpn_only")
    ways = facts.has("connections", "internet")
    told = (facts.yes("internet_facing"), ways, False if only_vpn else None)
    if True in told:
        return True
    return False if False in told else None
