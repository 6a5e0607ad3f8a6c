"""Where a vault's shards and key shares lie, as people state it, and the rules it is held to.

`panshi.resilience.vault_placement` proves the one against the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from panshi.errors import BadInputError


class Secret(StrEnum):
    """What a coalition may come to hold."""

    SHARDS = "shards"
    KEYS = "keys"


class Among(StrEnum):
    """Which parties a rule speaks of."""

    ALL = "all"
    HOME = "home"
    ABROAD = "abroad"
    SUPPLIER = "supplier"
    OUTSIDE = "outside"
    "Abroad or run by a supplier."


class Must(StrEnum):
    """What a rule asks of them."""

    REACH = "reach"
    NOT_REACH = "not_reach"
    SURVIVE_WITHOUT = "survive_without"
    "All others still reach it where these are lost."


class Each(StrEnum):
    """By what parties are taken together before a rule looks at them."""

    TOGETHER = "together"
    PLACE = "place"
    ZONE = "zone"
    PROVIDER = "provider"
    CUSTODIAN = "custodian"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place that holds shards."""

    id: str
    country: str
    "ISO 3166 code of where the disks stand."
    operator: str
    "Who runs the machines and could read the disks."
    name: str = ""
    provider: str = ""
    "Whose building, cloud or network it is; empty: the operator's, if that is somebody else."
    zone: str = ""
    "What fails together: a power region, a fault line, a cloud region."
    custodian: str = ""
    "The person who answers for it."
    shards: tuple[int, ...] = ()
    "Numbers of the shards it holds; empty: the one of its position."


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyShare:
    """One share of the master key."""

    holder: str
    "The person, or the place it lies at."
    group: str = "officers"
    place: str = ""
    "Id of the place where it lies, if it lies at one: whoever holds the place holds it."
    country: str = ""
    "Where the holder keeps it; empty: at home."
    operator: str = ""
    "Who the holder works for; empty: the institution."


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyGroup:
    """A group of key shares (SLIP-39, section 3): so many of its shares open it."""

    id: str
    threshold: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """That some places may together reach what is otherwise not allowed."""

    parties: tuple[str, ...]
    authority: str
    "Who approved from outside, for example 金管會."
    reference: str
    "Number of the letter."
    requested_by: str
    approved_by: str
    until: date
    secrets: tuple[Secret, ...] = (Secret.SHARDS,)
    since: date = date.min


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A disaster: everything named here is lost at once."""

    id: str
    zh: str
    en: str
    places: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    custodians: tuple[str, ...] = ()
    "People who cannot be reached."


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Everything that is said of where a vault lies."""

    vault: str
    k: int
    places: tuple[Place, ...]
    institution: tuple[str, ...]
    "Names under which the institution itself is an operator."
    home: str = "TW"
    groups: tuple[KeyGroup, ...] = ()
    groups_needed: int = 1
    shares: tuple[KeyShare, ...] = ()
    approvals: tuple[Approval, ...] = ()
    scenarios: tuple[Scenario, ...] = ()

    @property
    def n(self) -> int:
        """How many different shards there are."""
        return len({shard for each in self.places for shard in self.shards_of(each)})

    def shards_of(self, place: Place) -> tuple[int, ...]:
        """Give the shards a place holds."""
        return place.shards or (self.places.index(place),)

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        names = [each.id for each in self.places]
        groups = {each.id for each in self.groups}
        for wrong, problem in (
            (not names or len(set(names)) < len(names), "places need ids of their own"),
            (not 1 <= self.k <= self.n, f"k = {self.k} is not from 1 to n = {self.n}"),
            (not self.institution, "the institution's name as operator is missing"),
            (any(each.group not in groups for each in self.shares), "a share of no group"),
            (any(each.place and each.place not in names for each in self.shares), "no such place"),
            (any(each.threshold < 1 for each in self.groups), "a group's threshold is below 1"),
            (
                bool(groups) and not 1 <= self.groups_needed <= len(groups),
                f"{self.groups_needed} of {len(groups)} groups cannot be needed",
            ),
        ):
            if wrong:
                raise BadInputError(problem, place=f"placement of {self.vault}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of placement."""

    id: str
    secret: Secret
    among: Among
    must: Must
    zh: str
    en: str
    reference: str
    each: Each = Each.TOGETHER
    approvable: bool = False
    ours: bool = False
    "Stricter than the text it refers to: our reading."
