"""Groups of common causes of Open-PSA: each member fails alone, or together with others.

Of n members with probability Q each, so many given members and no other fail from one cause with

    beta-factor   (1 - b) Q alone, b Q all of them
    MGL           Q / C(n-1, k-1) · r2 r3 … rk (1 - r(k+1)), of the highest level without the last
    alpha-factor  k Q / C(n-1, k-1) · ak / (a1 + 2 a2 + … + n an)
    phi-factor    fk Q

A member becomes "alone, or any cause it shares": `[a]` is a alone, `[a b]` what a and b share, and
`[group]` what all members share.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from panshi.errors import BadInputError
from panshi.model.resilience.fault_tree import Connective, Definition
from panshi.observe.open_psa.expressions import Expression, Reader
from panshi.observe.reading.xml_events import Step, child, children

_LOWEST = {"beta-factor": 2, "MGL": 2, "alpha-factor": 1, "phi-factor": 1}
"Models that are read, and the level of their first factor."
_BETA = "beta-factor"
_MOST_CAUSES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseGroup:
    """Events with shared causes."""

    name: str
    model: str
    members: tuple[str, ...]
    chance: Expression
    factors: tuple[Expression, ...]
    "By rising level."
    place: str

    def wrong(self, problem: str, remedy: str) -> BadInputError:
        """Give the refusal of this group."""
        return BadInputError(f"group {self.name!r} {problem}", place=self.place, remedy=remedy)

    def causes(self, chance: float, factors: tuple[float, ...]) -> Iterator[Cause]:
        """Give every cause with its members and probability."""
        for level, worth in self._levels(chance, factors):
            for members in itertools.combinations(self.members, level):
                whole = level == len(self.members)
                name = f"[{self.name}]" if whole else f"[{' '.join(members)}]"
                yield Cause(name=name, members=members, chance=worth)

    def _levels(self, chance: float, factors: tuple[float, ...]) -> Iterator[tuple[int, float]]:
        size = len(self.members)
        match self.model:
            case "beta-factor":
                yield 1, (1 - factors[0]) * chance
                yield size, factors[0] * chance
            case "MGL":
                further = (*factors, 0.0)
                for level in range(1, len(factors) + 2):
                    worth = math.prod(further[: level - 1]) * (1 - further[level - 1])
                    yield level, worth * chance / math.comb(size - 1, level - 1)
            case "alpha-factor":
                whole = math.fsum(level * each for level, each in enumerate(factors, 1))
                for level, each in enumerate(factors, 1):
                    share = level * each / whole if whole else 0.0
                    yield level, share * chance / math.comb(size - 1, level - 1)
            case _:
                for level, each in enumerate(factors, 1):
                    yield level, each * chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What takes some members of a group and no other."""

    name: str
    members: tuple[str, ...]
    chance: float


def cause_group(step: Step, name: str, members: Iterable[str], reader: Reader) -> CauseGroup:
    """Read a group; `members` are the names its members are known by."""
    model = step.element.get("model") or ""
    if model not in _LOWEST:
        raise BadInputError(
            f"group {name!r} is of model {model[:80]!r}",
            place=step.place,
            remedy=f"{', '.join(_LOWEST)} are read; write others as shared basic events",
        )
    chance = _only(child(step.element, "distribution"))
    holder = child(step.element, "factors")
    factors = list(children(step.element if holder is None else holder, "factor"))
    values = [_only(each) for each in factors]
    if chance is None or not values or None in values:
        raise BadInputError(
            f"group {name!r} lacks a distribution or a factor",
            place=step.place,
            remedy="give <distribution> and <factor>, each with one expression",
        )
    found = CauseGroup(
        name=name,
        model=model,
        members=tuple(members),
        chance=reader.read(chance),
        factors=tuple(reader.read(each) for each in values if each is not None),
        place=step.place,
    )
    _refuse_odd(found, [each.get("level") for each in factors])
    return found


def member_names(step: Step) -> Iterator[str]:
    """Give the members as the file writes them."""
    members = child(step.element, "members")
    for each in () if members is None else children(members, "basic-event"):
        yield (each.get("name") or "").strip()


def _refuse_odd(group: CauseGroup, levels: list[str | None]) -> None:
    size, first = len(group.members), _LOWEST[group.model]
    if size < 2 or len(set(group.members)) < size or "" in group.members:  # noqa: PLR2004 -- more than one
        raise group.wrong("lacks two members", "name at least two different basic events")
    most = 1 if group.model == _BETA else size - first + 1
    if len(group.factors) > most:
        raise group.wrong(
            f"has {len(group.factors)} factors for {size} members", f"give at most {most}"
        )
    if group.model != _BETA and any(
        level is not None and level.strip() != str(place)
        for place, level in enumerate(levels, first)
    ):
        raise group.wrong("skips a level", f"give the factors of levels {first}, {first + 1}, …")
    highest = len(group.factors) + first - 1
    if group.model != _BETA and (
        sum(math.comb(size, level) for level in range(1, highest + 1)) > _MOST_CAUSES
    ):
        raise group.wrong(
            f"has more than {_MOST_CAUSES:,} causes", "give fewer levels, or a beta-factor"
        )


def _only(holder: etree._Element | None) -> etree._Element | None:
    return None if holder is None or len(holder) != 1 else holder[0]


def split(
    group: CauseGroup,
    known: tuple[float, tuple[float, ...]],
    definitions: dict[str, Definition],
    chances: dict[str, float | None],
) -> None:
    """Split the members into what they do alone and with others; `known`: chance and factors."""
    for member in group.members:
        if member in definitions or chances.get(member) is not None:
            raise group.wrong(
                f"has a member {member!r} with a probability or group of its own",
                "leave the member to the group",
            )
        chances.pop(member, None)
    struck: dict[str, list[str]] = {member: [] for member in group.members}
    for cause in group.causes(*known):
        if cause.name in chances:
            raise group.wrong(f"makes {cause.name!r} twice", "rename the group")
        chances[cause.name] = _share(group, cause)
        for member in cause.members:
            struck[member].append(cause.name)
    for member, causes in struck.items():
        definitions[member] = Definition(connective=Connective.OR, inputs=tuple(causes))


def _share(group: CauseGroup, cause: Cause) -> float:
    if not -1e-12 <= cause.chance <= 1:  # noqa: PLR2004 -- 1 - (sum of factors) may miss 0 by a bit
        raise group.wrong(
            f"gives {cause.name!r} a probability of {cause.chance:g}", "correct its factors"
        )
    return max(cause.chance, 0.0)
