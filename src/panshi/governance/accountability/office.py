"""The offices an institution has, and what rules ask of whoever holds them (`offices.yaml`).

offices*:
  - id*: ciso
    title*: {zh: 資安長, en: CISO}
    required: true              a vacancy is a finding
    several: true               more than one may hold it at once
    rank_at_least: vice_president
    reports_to: [general_manager, board_chair]
    not_with: [cio]             offices the same person must not hold
    not_concurrent: [資訊, IT]  words that must not occur in the concurrent posts
    background: true            a security background is asked for
    training_hours: 3           hours of security training a year
    mandate: true               its authority and resources must be stated
    references*: [BP-02]
ranks*: from the lowest to the highest, each {id*, title*: {zh, en}}

Keys marked * are required.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from panshi.errors import MissingError
from panshi.governance.frameworks.reading import Part, parsed

FEWEST_SIGNERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One office and what is asked of its holder."""

    id: str
    title_zh: str
    title_en: str
    required: bool = False
    "A vacancy is a finding."
    several: bool = False
    "More than one person may hold it at once, such as directors."
    rank_at_least: str = ""
    reports_to: tuple[str, ...] = ()
    "Offices it may report to; empty: any."
    not_with: tuple[str, ...] = ()
    "Offices the same person must not hold at the same time."
    not_concurrent: tuple[str, ...] = ()
    "Words that must not occur in the concurrent posts."
    background: bool = False
    training_hours: int = 0
    mandate: bool = False
    "Its authority and resources must be stated: responsibility without them is none."
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """A rank of the institution."""

    id: str
    title_zh: str
    title_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offices:
    """Every office and rank."""

    offices: Mapping[str, Office]
    ranks: tuple[Rank, ...]
    "From the lowest to the highest."
    signers: Mapping[str, tuple[tuple[str, ...], ...]]
    "By sector, `default` for the others: groups of offices of which one must sign."

    def signers_of(self, sector: str) -> tuple[tuple[str, ...], ...]:
        """Give who signs the yearly statement of an institution of a sector."""
        return self.signers.get(sector, self.signers["default"])

    def office(self, office_id: str) -> Office:
        """Give one office, or say which there are."""
        found = self.offices.get(office_id)
        if found is None:
            raise MissingError(
                f"there is no office {office_id!r}", remedy="offices: " + ", ".join(self.offices)
            )
        return found

    def height(self, rank: str) -> int | None:
        """Place of a rank from the lowest, 0; None where it is unknown."""
        return next((n for n, each in enumerate(self.ranks) if each.id == rank), None)


def load_offices(raw: bytes, *, source: str) -> Offices:
    """Read `offices.yaml`."""
    keys = parsed(raw, source=source).keys(required="offices ranks signers")
    ranks = tuple(_rank(part) for part in keys["ranks"].items())
    known = {rank.id for rank in ranks}
    offices: dict[str, Office] = {}
    for part in keys["offices"].items():
        office = _office(part)
        if office.id in offices:
            raise part.refuse(f"office {office.id} occurs twice", "keep one")
        if office.rank_at_least and office.rank_at_least not in known:
            raise part.refuse(
                f"unknown rank {office.rank_at_least!r}", "ranks: " + ", ".join(known)
            )
        offices[office.id] = office
    for part in keys["offices"].items():
        named = _office(part)
        for other in (*named.reports_to, *named.not_with):
            if other not in offices:
                raise part.refuse(f"unknown office {other!r}", "offices: " + ", ".join(offices))
    return Offices(offices=offices, ranks=ranks, signers=_signers(keys["signers"], offices))


def _signers(part: Part, offices: Mapping[str, Office]) -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for sector, each in part.keys(required="default", optional="securities insurance").items():
        groups = tuple(group.texts() for group in each.items())
        if len(groups) < FEWEST_SIGNERS:
            raise each.refuse("one person cannot sign alone", "two groups of offices or more")
        for office in (office for group in groups for office in group):
            if office not in offices:
                raise each.refuse(f"unknown office {office!r}", ", ".join(offices))
        found[sector] = groups
    return found


def _rank(part: Part) -> Rank:
    keys = part.keys(required="id title")
    title = keys["title"].keys(required="zh en")
    return Rank(id=keys["id"].text(), title_zh=title["zh"].text(), title_en=title["en"].text())


def _office(part: Part) -> Office:
    keys = part.keys(
        required="id title references",
        optional="required several background mandate rank_at_least training_hours "
        "reports_to not_with not_concurrent",
    )
    title = keys["title"].keys(required="zh en")

    def texts(name: str) -> tuple[str, ...]:
        return keys[name].texts() if name in keys else ()

    def flag(name: str) -> bool:
        return name in keys and keys[name].flag()

    hours = keys["training_hours"].whole(low=0, high=400) if "training_hours" in keys else 0
    return Office(
        id=keys["id"].text(),
        title_zh=title["zh"].text(),
        title_en=title["en"].text(),
        required=flag("required"),
        several=flag("several"),
        rank_at_least=keys["rank_at_least"].text() if "rank_at_least" in keys else "",
        reports_to=texts("reports_to"),
        not_with=texts("not_with"),
        not_concurrent=texts("not_concurrent"),
        background=flag("background"),
        training_hours=hours,
        mandate=flag("mandate"),
        references=texts("references"),
    )
