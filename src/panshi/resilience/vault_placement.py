"""Where the shards and key shares of a vault lie, and the proof of what any coalition can do.

    proof = prove(placement, rules, on=day, pair_defect=pair_defect)

Every coalition of the parties that hold anything is enumerated: 2^n sets of places and of people
who keep a key share elsewhere. A rule says what some of them must reach (the places in Taiwan
alone restore, guideline article 8.6(3)) or must never reach (places abroad or run by a supplier,
articles 8.6(3) and 8.7(3)) unless that was approved, by two people and by the authority named.
What a rule finds comes with a witness: the smallest coalition that breaks it, or what is lacking.
Rules are data (`content/resilience/placement.yaml`), so that a sector may have others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from panshi.errors import BadInputError
from panshi.model.resilience.placement import (
    Among,
    Approval,
    Each,
    KeyShare,
    Must,
    Placement,
    Rule,
    Scenario,
    Secret,
)

MOST_PARTIES = 18
"Parties whose coalitions are enumerated; 2^18 take about a second."
MOST_SHOWN = 100
"Minimal coalitions that are listed; all are counted."


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Whoever holds something: a place, or a person who keeps a key share elsewhere."""

    id: str
    name: str
    home: bool
    own: bool
    zone: str
    provider: str
    custodian: str
    country: str
    shards: int
    "Bit per shard."
    keys: int
    "Bit per key share."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule says of the placement."""

    rule: Rule
    holds: bool
    approved: bool
    "It holds only because an approval is in force."
    looked_at: int
    "Coalitions this rests on."
    most: int
    "What those meant reach at most (or keep at least, where the rest must survive)."
    need: int
    witness: tuple[str, ...] = ()
    "The smallest coalition that breaks it, or the parties that fall short."
    group: str = ""
    "Which zone, provider or custodian, where the rule looks at each."


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a disaster leaves."""

    scenario: Scenario
    lost: tuple[str, ...]
    shards: int
    need: int
    keys: bool
    "Those left still meet the key quorum."
    restorable: bool

    @property
    def spare(self) -> int:
        """How many shards more may be lost."""
        return self.shards - self.need


@dataclass(frozen=True, slots=True, kw_only=True)
class Coalitions:
    """The minimal coalitions that reach something, smallest first."""

    reaching: int
    "Of all coalitions, how many reach it."
    minimal: int
    shown: tuple[tuple[str, ...], ...]
    "The first of the minimal ones."


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Everything that was found, for print and page."""

    vault: str
    k: int
    n: int
    on: date
    parties: tuple[Party, ...]
    enumerated: int
    shards: Coalitions
    keys: Coalitions
    opening: Coalitions
    "Those that reach both, and so can read the data."
    findings: tuple[Finding, ...]
    scenarios: tuple[Left, ...]
    refused_approvals: tuple[str, ...]
    "Why an approval counts for nothing, in words."

    @property
    def holds(self) -> bool:
        """Whether every rule holds."""
        return all(each.holds for each in self.findings)

    @property
    def broken(self) -> tuple[Finding, ...]:
        """Rules that do not hold."""
        return tuple(each for each in self.findings if not each.holds)


def parties_of(placement: Placement) -> tuple[Party, ...]:
    """Give the places and the people who keep key shares apart from them."""
    at_place: dict[str, int] = {}
    apart: dict[str, tuple[KeyShare, int]] = {}
    for number, share in enumerate(placement.shares):
        if share.place:
            at_place[share.place] = at_place.get(share.place, 0) | 1 << number
        else:
            kept = apart.get(share.holder)
            apart[share.holder] = (share, (kept[1] if kept else 0) | 1 << number)
    places = (
        Party(
            id=each.id,
            name=each.name or each.id,
            home=each.country == placement.home,
            own=each.operator in placement.institution,
            zone=each.zone,
            provider=each.provider
            or ("" if each.operator in placement.institution else each.operator),
            custodian=each.custodian,
            country=each.country,
            shards=sum(1 << shard for shard in set(placement.shards_of(each))),
            keys=at_place.get(each.id, 0),
        )
        for each in placement.places
    )
    people = (
        Party(
            id=f"key:{holder}",
            name=holder,
            home=(share.country or placement.home) == placement.home,
            own=not share.operator or share.operator in placement.institution,
            zone="",
            provider="",
            custodian=holder,
            country=share.country or placement.home,
            shards=0,
            keys=bits,
        )
        for holder, (share, bits) in apart.items()
    )
    found = (*places, *people)
    if len(found) > MOST_PARTIES:
        raise BadInputError(
            f"{len(found)} parties are too many to enumerate their coalitions",
            place=f"placement of {placement.vault}",
            remedy=f"at most {MOST_PARTIES} places and holders of key shares",
        )
    return found


class Reach:
    """What every coalition holds: all 2^n of them, by bit mask."""

    def __init__(self, placement: Placement, parties: Sequence[Party]) -> None:
        """Enumerate once."""
        self.parties = tuple(parties)
        self.k = placement.k
        self._groups = tuple(
            (sum(1 << i for i, s in enumerate(placement.shares) if s.group == group.id), group)
            for group in placement.groups
        )
        self.groups_needed = placement.groups_needed if placement.groups else 1
        size = 1 << len(parties)
        self.shards = _unions([each.shards for each in parties], size)
        self._keys = _unions([each.keys for each in parties], size)

    def amount(self, secret: Secret, mask: int) -> int:
        """How much of a secret a coalition holds: shards, or opened key groups."""
        match secret:
            case Secret.SHARDS:
                return self.shards[mask].bit_count()
            case Secret.KEYS:
                held = self._keys[mask]
                return sum((held & of).bit_count() >= g.threshold for of, g in self._groups)
            case _:
                assert_never(secret)

    def need(self, secret: Secret) -> int:
        """How much is enough."""
        return self.k if secret is Secret.SHARDS else self.groups_needed

    def reaches(self, secret: Secret, mask: int) -> bool:
        """Whether a coalition has enough."""
        return self.amount(secret, mask) >= self.need(secret)

    def minimal(self, enough: Callable[[int], bool]) -> tuple[int, list[int]]:
        """Count the coalitions that have enough, and give those that can spare nobody."""
        reaching = [enough(mask) for mask in range(1 << len(self.parties))]
        least = [
            mask
            for mask, yes in enumerate(reaching)
            if yes and not any(reaching[mask ^ bit] for bit in _bits(mask))
        ]
        least.sort(key=lambda mask: (mask.bit_count(), mask))
        return sum(reaching), least

    def names(self, mask: int) -> tuple[str, ...]:
        """Ids of a coalition's parties."""
        return tuple(each.id for i, each in enumerate(self.parties) if mask >> i & 1)

    def mask(self, chosen: Callable[[Party], bool]) -> int:
        """Give the coalition of those chosen."""
        return sum(1 << i for i, each in enumerate(self.parties) if chosen(each))


def prove(
    placement: Placement,
    rules: Iterable[Rule],
    *,
    on: date,
    pair_defect: Callable[[str, str], str],
) -> Proof:
    """Hold a placement to the rules, on a day; `pair_defect` says why two names are not two."""
    reach = Reach(placement, parties_of(placement))
    approvals, refused = _in_force(placement, on, pair_defect)
    granted = [
        (each.secrets, reach.mask(lambda party, of=each.parties: party.id in of))  # type: ignore[misc]
        for each in approvals
    ]
    coalitions = {secret: _coalitions(reach, (secret,)) for secret in Secret}
    return Proof(
        vault=placement.vault,
        k=placement.k,
        n=placement.n,
        on=on,
        parties=reach.parties,
        enumerated=len(reach.shards),
        shards=coalitions[Secret.SHARDS],
        keys=coalitions[Secret.KEYS],
        opening=_coalitions(reach, tuple(Secret)),
        findings=tuple(
            _finding(reach, rule, [mask for secrets, mask in granted if rule.secret in secrets])
            for rule in rules
            if rule.secret is Secret.SHARDS or placement.groups
        ),
        scenarios=tuple(_left(reach, each) for each in placement.scenarios),
        refused_approvals=refused,
    )


def _coalitions(reach: Reach, secrets: Sequence[Secret]) -> Coalitions:
    reaching, least = reach.minimal(
        lambda mask: all(reach.reaches(secret, mask) for secret in secrets)
    )
    return Coalitions(
        reaching=reaching,
        minimal=len(least),
        shown=tuple(reach.names(mask) for mask in least[:MOST_SHOWN]),
    )


def _in_force(
    placement: Placement, on: date, pair_defect: Callable[[str, str], str]
) -> tuple[list[Approval], tuple[str, ...]]:
    """Part the approvals that count from those that do not, with the reason."""
    good: list[Approval] = []
    refused = []
    known = {each.id for each in placement.places} | {f"key:{e.holder}" for e in placement.shares}
    for each in placement.approvals:
        defect = pair_defect(each.requested_by, each.approved_by)
        if not each.reference.strip() or not each.authority.strip():
            defect = defect or "no authority or letter is named"
        if not each.since <= on < each.until:
            defect = defect or f"not in force on {on}: {each.since} to {each.until}"
        if not set(each.parties) <= known:
            defect = defect or "it names parties that are not there"
        if defect:
            refused.append(f"{each.reference or ', '.join(each.parties)}: {defect}")
        else:
            good.append(each)
    return good, tuple(refused)


def _finding(reach: Reach, rule: Rule, approved: Sequence[int]) -> Finding:
    """Look at each group a rule speaks of; the worst one is the finding."""
    meant = reach.mask(lambda party: _is_among(party, rule.among))
    found = [
        _looked(reach, rule, group, mask, approved if rule.approvable else ())
        for group, mask in _each(reach, rule.each, meant)
    ]
    if not found:
        return _looked(reach, rule, "", 0, ())
    shortfall = -1 if rule.must is Must.NOT_REACH else 1
    return min(found, key=lambda each: (each.holds, not each.approved, shortfall * each.most))


def _looked(reach: Reach, rule: Rule, group: str, mask: int, approved: Sequence[int]) -> Finding:
    everybody = (1 << len(reach.parties)) - 1
    need = reach.need(rule.secret)
    if rule.must is not Must.NOT_REACH:
        kept = mask if rule.must is Must.REACH else everybody & ~mask
        most = reach.amount(rule.secret, kept)
        return Finding(
            rule=rule,
            holds=most >= need,
            approved=False,
            looked_at=1 << mask.bit_count(),
            most=most,
            need=need,
            witness=() if most >= need else reach.names(kept if rule.must is Must.REACH else mask),
            group=group,
        )
    looked, worst, exempt = 0, 0, False
    for coalition in _subsets(mask):
        looked += 1
        if reach.reaches(rule.secret, coalition):
            if any(coalition & ~grant == 0 for grant in approved):
                exempt = True
            elif not worst or (coalition.bit_count(), coalition) < (worst.bit_count(), worst):
                worst = coalition
    return Finding(
        rule=rule,
        holds=not worst,
        approved=exempt and not worst,
        looked_at=looked,
        most=reach.amount(rule.secret, mask),
        need=need,
        witness=reach.names(worst),
        group=group,
    )


def _is_among(party: Party, among: Among) -> bool:
    match among:
        case Among.ALL:
            return True
        case Among.HOME:
            return party.home
        case Among.ABROAD:
            return not party.home
        case Among.SUPPLIER:
            return not party.own
        case Among.OUTSIDE:
            return not party.home or not party.own
        case _:
            assert_never(among)


def _each(reach: Reach, each: Each, meant: int) -> Iterator[tuple[str, int]]:
    """Give the groups a rule looks at, by name."""
    if each is Each.TOGETHER:
        yield "", meant
        return
    groups: dict[str, int] = {}
    for number, party in enumerate(reach.parties):
        name = party.id if each is Each.PLACE else str(getattr(party, each.value))
        if name and meant >> number & 1:
            groups[name] = groups.get(name, 0) | 1 << number
    yield from groups.items()


def _left(reach: Reach, scenario: Scenario) -> Left:
    lost = reach.mask(
        lambda party: (
            party.id in scenario.places
            or party.country in scenario.countries
            or (party.zone != "" and party.zone in scenario.zones)
            or party.provider in scenario.providers
            or (party.id.startswith("key:") and party.custodian in scenario.custodians)
        )
    )
    kept = ((1 << len(reach.parties)) - 1) & ~lost
    keys = reach.reaches(Secret.KEYS, kept)
    return Left(
        scenario=scenario,
        lost=reach.names(lost),
        shards=reach.amount(Secret.SHARDS, kept),
        need=reach.k,
        keys=keys,
        restorable=keys and reach.reaches(Secret.SHARDS, kept),
    )


def _unions(held: Sequence[int], size: int) -> list[int]:
    """For every coalition, everything its members hold."""
    unions = [0] * size
    for mask in range(1, size):
        lowest = mask & -mask
        unions[mask] = unions[mask ^ lowest] | held[lowest.bit_length() - 1]
    return unions


def _bits(mask: int) -> Iterator[int]:
    while mask:
        yield mask & -mask
        mask &= mask - 1


def _subsets(mask: int) -> Iterator[int]:
    """Every coalition within one, the empty one too."""
    subset = mask
    while True:
        yield subset
        if not subset:
            return
        subset = (subset - 1) & mask
