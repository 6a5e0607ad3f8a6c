"""A made-up quarter of a sector, to try the terms of the reward mechanism against whoever cheats.

Honest members find real indicators, a part of which others see too; copiers, flooders and a ring
play strategies that are written down here one by one, the adaptive ones included. Everything
follows from the seed; every figure is synthetic. No analyst rules on anything, so that what holds
holds without people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import count
from random import Random

from panshi.alliance.reward.events import Contribution, Echo, EchoKind, Participant, Period

BEGINS = datetime(2026, 7, 1, tzinfo=UTC)
DAYS = 92
PERIOD = Period(
    name="2026Q3",
    begins=BEGINS,
    ends=BEGINS + timedelta(days=DAYS),
    until=BEGINS + timedelta(days=DAYS + 30),
)
PUBLISHED_AFTER = timedelta(hours=1)


class Ring(StrEnum):
    """How a ring of members that confirm one another plays."""

    OPEN = "open"
    "Every member sights every fake of the others, and nothing else."
    ROTATING = "rotating"
    "Each fake is sighted by three others, drawn anew, so that no pair stands out."
    CHAIN = "chain"
    "Each member is confirmed by the next three in a circle, never the other way round."
    CAMOUFLAGED = "camouflaged"
    "Rotating, and each member sights honest indicators as often as honest members do."
    LOUD = "loud"
    "As camouflaged, but each member claims to have seen everything anybody reported."
    MIXING = "mixing"
    "As camouflaged, and one report in ten is genuine."
    QUIET = "quiet"
    "As mixing, with so few fakes that the rules clip nearly none: the best answer to them found."
    SLANDERING = "slandering"
    "As mixing, and each member calls honest indicators false positives."


RING_FAKES = {Ring.QUIET: 4}
"Fakes of each member in a quarter where they differ from the usual."
USUAL_FAKES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How large the sector is and who cheats in it."""

    honest: int = 60
    found: int = 18
    "Real indicators each honest member finds in the quarter."
    copiers: int = 10
    flooders: int = 6
    ring: int = 10
    playing: Ring = Ring.MIXING
    ring_fakes: int = 0
    "Fakes of each member of the ring; 0: as the strategy has it."


@dataclass(slots=True, kw_only=True)
class World:
    """One quarter as the hub would hold it, and the truth the hub does not know."""

    participants: list[Participant] = field(default_factory=list)
    contributions: list[Contribution] = field(default_factory=list)
    echoes: list[Echo] = field(default_factory=list)
    sides: dict[str, str] = field(default_factory=dict)
    "Member to honest, copier, flooder or ring."
    genuine: set[str] = field(default_factory=set)
    "Ids of reports that are true."


def made(seed: int, shape: Shape | None = None) -> World:
    """Make one quarter."""
    shape = shape or Shape()
    maker = _Maker(Random(seed), shape)  # noqa: S311 -- a repeatable simulation, no secret
    maker.play()
    return maker.world


class _Maker:
    """Plays everybody's part, one after the other."""

    def __init__(self, chance: Random, shape: Shape) -> None:
        self.chance, self.shape, self.world = chance, shape, World()
        self._ids = count(1)
        self.honest = self._side("honest", shape.honest)
        self.copiers = self._side("copier", shape.copiers)
        self.flooders = self._side("flooder", shape.flooders)
        self.ring = self._side("ring", shape.ring)
        self.active = {each: chance.uniform(0.5, 1.5) for each in self.honest}
        self.seen_share = 0.0

    def play(self) -> None:
        """Let the honest work, then those who live off them."""
        for member in self.honest:
            for _ in range(self._about(self.shape.found * self.active[member])):
                self._real(member)
        self._mistakes()
        public = list(self.world.contributions)
        per_member = sum(each.kind is EchoKind.SIGHTED for each in self.world.echoes)
        self.seen_share = per_member / max(1, len(self.honest)) / max(1, len(public))
        for place, member in enumerate(self.copiers):
            self._copy(member, place, public)
        for place, member in enumerate(self.flooders):
            self._flood(member, place, public)
        self._circle(public)

    # -- the honest ------------------------------------------------------------------------

    def _real(self, member: str, at: datetime | None = None) -> Contribution:
        """Find something real; how widely it is seen differs by orders of magnitude."""
        kind, value = self._value()
        told = self._tell(member, kind, value, at or self._moment())
        self.world.genuine.add(told.id)
        spread = min(0.6, self.chance.paretovariate(1.3) * 0.04)
        if self.chance.random() < 0.1:  # noqa: PLR2004 -- one in ten is never seen again
            spread = 0.0
        for other in self.honest:
            if other == member or self.chance.random() > spread * self.active[other]:
                continue
            self._say(other, EchoKind.SIGHTED, told, before=self.chance.random() < 0.2)  # noqa: PLR2004
        for other in self.chance.sample(self.honest, 5):
            self._say(other, EchoKind.USED, told)
        if self.chance.random() < 0.05:  # noqa: PLR2004 -- found by two, independently or not
            later = told.at + timedelta(hours=self.chance.uniform(0.1, 48))
            self._tell(self.chance.choice(self.honest), kind, value, later)
        return told

    def _mistakes(self) -> None:
        """Honest members err too: one report in fifty is benign, and some say so."""
        for member in self.chance.sample(self.honest, max(1, len(self.honest) * self._found // 50)):
            told = self._tell(member, *self._value(), self._moment())
            for other in self.chance.sample(self.honest, self.chance.randint(0, 3)):
                self._say(other, EchoKind.FALSE_POSITIVE, told)

    @property
    def _found(self) -> int:
        return min(self.shape.found, 50)

    # -- copiers ---------------------------------------------------------------------------

    def _copy(self, member: str, place: int, public: list[Contribution]) -> None:
        """Copy at once, later, changed in trifles, or a part each; and confirm one another."""
        copying: tuple[Callable[[Contribution], tuple[str, str]], ...] = (
            lambda each: (each.kind, each.value),
            lambda each: (each.kind, each.value),
            lambda each: _trifle(each, self.chance),
            lambda each: _below(each, self.chance),
        )
        way = place % len(copying)
        delay = (timedelta(minutes=1), timedelta(days=5), timedelta(hours=2), timedelta(hours=3))
        wanted = self.chance.sample(public, len(public) // 3)
        if place >= len(copying):  # the rest are identities of one copier, a part each
            parts = max(1, len(self.copiers) - len(copying))
            wanted = public[place - len(copying) :: parts]
        mine = [
            self._tell(member, *copying[way](each), each.readable + delay[way]) for each in wanted
        ]
        for told in self.chance.sample(mine, min(len(mine), 40)):
            for other in self.copiers:
                if other != member:
                    self._say(other, EchoKind.SIGHTED, told, helped=True)

    # -- flooders --------------------------------------------------------------------------

    def _flood(self, member: str, place: int, public: list[Contribution]) -> None:
        """Send made-up values, names everybody sees every day, or pages below known hosts."""
        for number in range(800):
            match place % 3:
                case 0:
                    kind, value = self._value()
                case 1:
                    kind, value = "domain-name", f"cdn{number}.popular-{place}.example"
                case _:
                    kind, value = _below(self.chance.choice(public), self.chance)
            told = self._tell(member, kind, value, self._moment())
            if place % 3 == 1 and number % 8 == 0:  # automatic matches, and people who object
                for other in self.chance.sample(self.honest, 6):
                    self._say(other, EchoKind.SIGHTED, told)
                for other in self.chance.sample(self.honest, 4):
                    self._say(other, EchoKind.FALSE_POSITIVE, told)

    # -- the ring --------------------------------------------------------------------------

    def _circle(self, public: list[Contribution]) -> None:
        """Let a ring play; it knows the rules."""
        playing = self.shape.playing
        fakes = self.shape.ring_fakes or RING_FAKES.get(playing, USUAL_FAKES)
        for place, member in enumerate(self.ring):
            for number in range(fakes):
                if playing in _MIXING and number % 10 == 9:  # noqa: PLR2004 -- one in ten
                    self._real(member)
                    continue
                told = self._tell(member, *self._value(), self._moment())
                for other in self._confirmers(place, playing):
                    self._say(other, EchoKind.SIGHTED, told)
        for member in self.ring:
            self._hide(member, playing, public)

    def _confirmers(self, place: int, playing: Ring) -> Iterator[str]:
        others = [*self.ring[place + 1 :], *self.ring[:place]]
        if playing is Ring.OPEN:
            yield from others
        elif playing is Ring.CHAIN:
            yield from others[:3]
        else:
            yield from self.chance.sample(others, min(3, len(others)))

    def _hide(self, member: str, playing: Ring, public: list[Contribution]) -> None:
        """Sight honest indicators to look like everybody else, or call them wrong."""
        if playing in {Ring.OPEN, Ring.ROTATING, Ring.CHAIN}:
            return
        share = 1.0 if playing is Ring.LOUD else self.seen_share
        for told in public:
            if self.chance.random() < share:
                self._say(member, EchoKind.SIGHTED, told)
        if playing is Ring.SLANDERING:
            for told in self.chance.sample(public, len(public) // 4):
                self._say(member, EchoKind.FALSE_POSITIVE, told)

    # -- parts -----------------------------------------------------------------------------

    def _side(self, side: str, many: int) -> list[str]:
        names = [f"{side}-{number:02d}" for number in range(1, many + 1)]
        for name in names:
            self.world.participants.append(Participant(member=name))
            self.world.sides[name] = side
        return names

    def _about(self, mean: float) -> int:
        return max(0, round(self.chance.gauss(mean, mean**0.5)))

    def _moment(self) -> datetime:
        return BEGINS + timedelta(days=self.chance.uniform(0, DAYS - 10))

    def _value(self) -> tuple[str, str]:
        letters = f"{self.chance.getrandbits(48):012x}"
        return self.chance.choice(
            (
                ("domain-name", f"{letters}.example"),
                ("url", f"https://{letters}.example/login"),
                ("sha256", f"{self.chance.getrandbits(256):064x}"),
                ("ipv4-addr", ".".join(str(self.chance.randint(1, 254)) for _ in range(4))),
            )
        )

    def _tell(self, member: str, kind: str, value: str, at: datetime) -> Contribution:
        told = Contribution(
            id=f"c{next(self._ids)}",
            member=member,
            kind=kind,
            value=value,
            at=at,
            published=at + PUBLISHED_AFTER,
        )
        self.world.contributions.append(told)
        return told

    def _say(
        self,
        member: str,
        kind: EchoKind,
        told: Contribution,
        *,
        before: bool = False,
        helped: bool = False,
    ) -> None:
        later = told.readable + timedelta(hours=self.chance.expovariate(1 / 60))
        self.world.echoes.append(
            Echo(
                member=member,
                kind=kind,
                about=told.kind,
                value=told.value,
                at=later,
                seen_at=told.at - timedelta(days=1) if before else later,
                contribution=told.id if helped else "",
            )
        )


_MIXING = frozenset({Ring.MIXING, Ring.QUIET, Ring.SLANDERING})


def _trifle(told: Contribution, chance: Random) -> tuple[str, str]:
    """Write the same thing otherwise."""
    match told.kind:
        case "domain-name":
            return told.kind, chance.choice((f"WWW.{told.value}", f"{told.value}.", told.value))
        case "url":
            return told.kind, chance.choice(
                (f"{told.value}/?id={chance.getrandbits(16)}", told.value.replace("https", "http"))
            )
        case "sha256":
            return told.kind, told.value.upper()
        case _:
            return told.kind, f"{told.value}/32"


def _below(told: Contribution, chance: Random) -> tuple[str, str]:
    """Derive something from it: a page below a host, a name below a domain."""
    letters = f"{chance.getrandbits(32):08x}"
    match told.kind:
        case "domain-name":
            return told.kind, f"{letters}.{told.value}"
        case "url":
            return "url", f"{told.value}/{letters}"
        case "ipv4-addr":
            return "url", f"http://{told.value}/{letters}"
        case _:
            return told.kind, f"{chance.getrandbits(256):064x}"
