"""The streaming correlator: one ticket after the other, campaigns grow, merge, lose and split.

For each ticket: hold its traits in the index; let its rarest values and the campaigns known for its
weaker ones name candidates, in bounds; weigh each; join the best beyond the threshold. When a
campaign has doubled it is reviewed: tickets that fit no longer leave, tickets that were passed over
before it was known are weighed again. The work for one ticket is bounded however many are held.
Everything follows from the order of the tickets, so that replaying them gives the same picture.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping
from heapq import nlargest
from math import log

from panshi.alliance.correlation.campaign import Campaign
from panshi.alliance.correlation.changes import (
    NONE,
    CampaignChange,
    ChangeKind,
    Move,
    Reason,
    Shared,
)
from panshi.alliance.correlation.index import Index
from panshi.alliance.correlation.method import Method
from panshi.alliance.correlation.odds import DAY, DIFFERS, SHARED, Background, Odds, Part
from panshi.alliance.correlation.packed import CODE, HEAD, TRAIT, Reading, pack, read
from panshi.alliance.correlation.traits import Sketch

_KNOWN_AT = 4
"Tickets from which on a campaign is found by what is usual in it."
_USUAL = 0.3
"Share of a campaign's tickets that hold what is usual in it."
_NEAREST = 256
"Newest holders of a value among which the nearest ticket is looked for."
_OWNERS = 16
"Campaigns remembered per usual trait, the latest."


class Correlator:
    """The picture in memory; what rests is in the store."""

    def __init__(self, method: Method) -> None:
        """Begin without tickets."""
        self.method = method
        self.limits = method.limits
        self._family_of = method.family_of
        self._families = len(method.families)
        self._seeds = {each.code for each in method.kinds if each.seed}
        self._implied = {method.by_name[each].code for each in ("chain", "parent-technique")}
        self._members: dict[str, int] = {}
        self.whose = array("I")
        self.days = array("i")
        self.times = array("d")
        self.homes = array("i")
        "Number of the campaign by place; `NONE` where a ticket belongs to none."
        self.blobs: list[bytes] = []
        self.index = Index(self.whose, self.days)
        self.background = Background(self.index, self._families)
        self.odds = Odds(method, self.background)
        self.campaigns: dict[int, Campaign] = {}
        self.formed = 0
        "Campaigns ever formed; the next one's number is one more."
        self.owners: dict[int, dict[int, None]] = {}
        self.pinned: set[int] = set()
        "Tickets whose place a person decided."
        self.retired: set[int] = set()
        "Older versions of tickets."
        self.apart: set[tuple[int, int]] = set()
        "Pairs of campaigns a person wants kept apart, the lower number first."
        self.passed_over = 0

    def __len__(self) -> int:
        return len(self.blobs)

    # -- taking in -------------------------------------------------------------------------

    def take(self, sketch: Sketch) -> tuple[CampaignChange, ...]:
        """Take in one ticket and give what it changed."""
        return self.consider(self.hold(sketch.member, sketch.at, pack(sketch, self.method)))

    def hold(self, member: str, at: float | None, blob: bytes) -> int:
        """Hold a packed ticket without weighing it; gives its place."""
        place = len(self.blobs)
        self.whose.append(self._members.setdefault(member, len(self._members)))
        self.times.append(math.nan if at is None else at)
        self.days.append(0 if at is None else int(at // DAY))
        self.homes.append(NONE)
        self.blobs.append(blob)
        reading = self.reading(place)
        for trait in reading.traits:
            self.index.hold(trait, place)
        self.background.add(reading)
        return place

    def reading(self, place: int) -> Reading:
        """Read a ticket that is held."""
        return read(place, self.whose[place], self.times[place], self.blobs[place], self._family_of)

    def consider(self, place: int) -> tuple[CampaignChange, ...]:
        """Weigh a ticket against what is known; join it, and review what has doubled."""
        changes = list(self._join(self.reading(place)))
        grown = {each.campaign for each in changes}
        for number in sorted(grown):
            campaign = self.campaigns.get(number)
            if campaign is not None and campaign.size >= campaign.review_at:
                changes += self._doubled(campaign, place)
        return tuple(changes)

    def settle(self) -> Iterator[CampaignChange]:
        """Review every campaign once; for a file whose tickets are all there."""
        for number in sorted(self.campaigns):
            campaign = self.campaigns.get(number)
            if campaign is not None:
                yield from self._reviewed(campaign, len(self) - 1, wide=True)

    # -- what was decided before, and by people --------------------------------------------

    def supersede(self, place: int) -> CampaignChange:
        """Let an older version of a ticket stand back; the newer one is taken in after it."""
        change = CampaignChange(
            kind=ChangeKind.RENEWED,
            campaign=self.homes[place],
            at_place=place,
            moves=(Move(place=place, before=self.homes[place], after=NONE),),
        )
        self.apply(change)
        return change

    def apply(self, change: CampaignChange) -> None:
        """Do again what a change did, without weighing anything."""
        for move in change.moves:
            reading = self.reading(move.place)
            home = self.campaigns.get(self.homes[move.place])
            if home is not None:
                self._take_out(reading, home)
                if not home.size:
                    self._forget(home)
            if move.after != NONE:
                self.formed = max(self.formed, move.after)
                self._put(reading, self._campaign(move.after))
            if change.by:
                self.pinned.add(move.place)
        self._remember(change)

    def _campaign(self, number: int) -> Campaign:
        found = self.campaigns.get(number)
        if found is None:
            found = self.campaigns[number] = Campaign(number, self._families)
        return found

    def _remember(self, change: CampaignChange) -> None:
        pair = min(change.campaign, change.other), max(change.campaign, change.other)
        if change.apart > 0:
            self.apart.add(pair)
        elif change.apart < 0:
            self.apart.discard(pair)
        match change.kind:
            case ChangeKind.REVIEWED if change.campaign in self.campaigns:
                self._noted(self.campaigns[change.campaign])
            case ChangeKind.RENEWED:
                self.retired.add(change.at_place)
                for trait in self.reading(change.at_place).traits:
                    self.index.release(trait)
            case _:
                return

    # -- joining ---------------------------------------------------------------------------

    def _join(self, reading: Reading) -> Iterator[CampaignChange]:
        weighed = self._weighed(reading)
        if not weighed:
            return
        _, best = weighed[0]
        step = self._form if best.number == NONE else self._grow
        change = step(reading, best)
        yield change
        home = self.campaigns[change.campaign]
        for _, other in weighed[1:]:
            if other.number == NONE:
                late = self.reading(next(iter(other.places)))
                if self.odds.weigh(late, home) >= self.limits.join:
                    yield self._grow(late, home)
            elif home.number in self.campaigns and other.number in self.campaigns:
                merged = self._merge(home, other, reading.place)
                if merged:
                    home = self.campaigns[merged.campaign]
                    yield merged

    def _weighed(self, reading: Reading) -> list[tuple[float, Campaign]]:
        """Weigh candidates; those beyond the threshold, best first, older first among equals."""
        found = []
        for key in self._candidates(reading):
            campaign = self._candidate(key)
            weight = self.odds.weigh(reading, campaign)
            if weight >= self.limits.join:
                found.append((weight, campaign))
        found.sort(key=lambda each: (-each[0], each[1].number < 0, each[1].number))
        return found

    def _candidate(self, key: int) -> Campaign:
        if key >= 0:
            return self.campaigns[key]
        return Campaign.alone(self.reading(~key), self._families)

    def _candidates(self, reading: Reading) -> list[int]:
        """Name campaigns (by number) and single tickets (by inverted place), in bounds."""
        index, homes, limits = self.index, self.homes, self.limits
        whole = log(self.background.tickets + limits.unseen)
        rarity = {trait: whole - log(index.count(trait) + 1) for trait in reading.traits}
        campaigns: dict[int, float] = {}
        single: dict[int, float] = {}
        for trait, weight in rarity.items():
            if trait & CODE not in self._implied:
                for number in self.owners.get(trait, ()):
                    campaigns[number] = campaigns.get(number, 0.0) + weight
            if trait & CODE not in self._seeds or index.count(trait) > limits.hub:
                continue
            led = set()
            for one in index.newest(trait, limits.holders):
                home = homes[one]
                if home != NONE:
                    led.add(home)
                elif one != reading.place and not self._fixed(one):
                    single[one] = single.get(one, 0.0) + weight
            for number in led.difference(self.owners.get(trait, ())):
                campaigns[number] = campaigns.get(number, 0.0) + weight
        least = whole + limits.join - self.method.timing.most
        likely = {
            number: weight
            for number, weight in campaigns.items()
            if weight + log(self.campaigns[number].size) >= least
        }
        self.passed_over = max(len(likely) + len(single) - 2 * limits.candidates, 0)
        nearest = nlargest(limits.candidates, single, key=lambda one: (single[one], -one))
        return [
            *nlargest(limits.candidates, likely, key=lambda one: (likely[one], -one)),
            *(~one for one in nearest if self._in_common(rarity, one) >= least),
        ]

    def _in_common(self, rarity: Mapping[int, float], place: int) -> float:
        """Bound from above what a ticket can share with a single one."""
        words = array("Q")
        words.frombytes(self.blobs[place])
        total = best = 0.0
        for word in words:
            if word & HEAD:
                total += best
                best = 0.0
            weight = rarity.get(word & TRAIT)
            if weight is not None and weight > best and word & CODE not in self._implied:
                best = weight
        return total + best

    def _fixed(self, place: int) -> bool:
        """Whether a ticket is none to be moved by the method."""
        return place in self.pinned or place in self.retired

    def _form(self, reading: Reading, alone: Campaign) -> CampaignChange:
        first = self.reading(next(iter(alone.places)))
        reason = self.reason(reading, alone)
        self.formed += 1
        campaign = self.campaigns[self.formed] = Campaign(self.formed, self._families)
        self._put(first, campaign)
        self._put(reading, campaign)
        return CampaignChange(
            kind=ChangeKind.FORMED,
            campaign=campaign.number,
            at_place=reading.place,
            moves=(
                Move(place=first.place, before=NONE, after=campaign.number),
                Move(place=reading.place, before=NONE, after=campaign.number, reason=reason),
            ),
        )

    def _grow(self, reading: Reading, campaign: Campaign) -> CampaignChange:
        reason = self.reason(reading, campaign)
        self._put(reading, campaign)
        move = Move(place=reading.place, before=NONE, after=campaign.number, reason=reason)
        return CampaignChange(
            kind=ChangeKind.GREW, campaign=campaign.number, at_place=reading.place, moves=(move,)
        )

    def _put(self, reading: Reading, campaign: Campaign) -> None:
        campaign.add(reading)
        self.homes[reading.place] = campaign.number
        if campaign.size >= _KNOWN_AT:
            self._own(campaign, reading.traits)

    def _own(self, campaign: Campaign, traits: Iterable[int]) -> None:
        """Remember a campaign by what is usual in it."""
        least = campaign.size * _USUAL
        for trait in traits:
            if campaign.counts.get(trait, 0) >= least:
                known = self.owners.setdefault(trait, {})
                known.pop(campaign.number, None)
                known[campaign.number] = None
                if len(known) > _OWNERS:
                    del known[next(iter(known))]

    def _take_out(self, reading: Reading, campaign: Campaign) -> None:
        left = tuple(self.times[one] for one in campaign.places if one != reading.place)
        campaign.remove(reading, left)
        self.homes[reading.place] = NONE

    # -- merging ---------------------------------------------------------------------------

    def _merge(self, one: Campaign, other: Campaign, place: int) -> CampaignChange | None:
        """Merge two campaigns if the smaller one's tickets would have joined the larger."""
        if (min(one.number, other.number), max(one.number, other.number)) in self.apart:
            return None
        large, small = (
            (one, other) if (one.size, -one.number) >= (other.size, -other.number) else (other, one)
        )
        if any(each in self.pinned for each in small.places):
            return None
        if not self._would_join(small, large):
            return None
        return self._pour(small, large, place, ChangeKind.MERGED)

    def _would_join(self, small: Campaign, large: Campaign) -> bool:
        places = list(small.places)
        sample = places[:: max(len(places) // 12, 1)]
        fits = sum(self.odds.weigh(self.reading(one), large) >= self.limits.join for one in sample)
        return fits >= self.limits.merge_share * len(sample)

    def _pour(
        self, small: Campaign, large: Campaign, place: int, kind: ChangeKind
    ) -> CampaignChange:
        moves = []
        for one in tuple(small.places):
            reading = self.reading(one)
            moves.append(
                Move(
                    place=one,
                    before=small.number,
                    after=large.number,
                    reason=self.reason(reading, large) if one == place else None,
                )
            )
            self._put(reading, large)
        self._forget(small)
        return CampaignChange(
            kind=kind,
            campaign=large.number,
            at_place=place,
            other=small.number,
            moves=tuple(moves),
        )

    def _forget(self, campaign: Campaign) -> None:
        del self.campaigns[campaign.number]
        for trait in campaign.counts:
            known = self.owners.get(trait)
            if known is not None:
                known.pop(campaign.number, None)
                if not known:
                    del self.owners[trait]

    # -- reviewing -------------------------------------------------------------------------

    def _doubled(self, campaign: Campaign, place: int) -> Iterator[CampaignChange]:
        self._noted(campaign)
        yield CampaignChange(kind=ChangeKind.REVIEWED, campaign=campaign.number, at_place=place)
        yield from self._reviewed(campaign, place)

    def _noted(self, campaign: Campaign) -> None:
        campaign.review_at = campaign.size * 2
        self._own(campaign, tuple(campaign.counts))

    def _reviewed(
        self, campaign: Campaign, place: int, *, wide: bool = False
    ) -> Iterator[CampaignChange]:
        yield from self._let_go(campaign, place)
        if campaign.number not in self.campaigns:
            return
        for one in self._gathered(campaign, wide=wide):
            reading = self.reading(one)
            if self.odds.weigh(reading, campaign) >= self.limits.join:
                yield self._grow(reading, campaign)

    def _let_go(self, campaign: Campaign, place: int) -> Iterator[CampaignChange]:
        """Let tickets go that fit no longer; a campaign of one is none."""
        moves = []
        for one in tuple(campaign.places)[-self.limits.gathered :]:
            reading = self.reading(one)
            if one in self.pinned or (
                self.odds.weigh(reading, campaign, own=True) >= self.limits.leave
            ):
                continue
            self._take_out(reading, campaign)
            moves.append(Move(place=one, before=campaign.number, after=NONE))
        if campaign.size == 1:
            last = next(iter(campaign.places))
            self._take_out(self.reading(last), campaign)
            moves.append(Move(place=last, before=campaign.number, after=NONE))
        if not campaign.size:
            self._forget(campaign)
        if moves:
            yield CampaignChange(
                kind=ChangeKind.LEFT,
                campaign=campaign.number,
                at_place=place,
                moves=tuple(moves),
            )

    def _gathered(self, campaign: Campaign, *, wide: bool) -> list[int]:
        """Name single tickets that hold much of what is usual in a campaign, in bounds."""
        whole = self.background.tickets + self.limits.unseen
        most = self.limits.gathered * (10 if wide else 1)
        led: dict[int, float] = {}
        usual = [
            (self.index.count(trait), trait)
            for trait, held in campaign.counts.items()
            if held >= max(2, campaign.size * 0.15)
        ]
        slack = 30 * DAY + (campaign.latest - campaign.earliest)
        low, high = campaign.earliest - slack, campaign.latest + slack
        for count, trait in sorted(usual)[:64]:
            rarity = log((whole + 1) / (count + 1))
            for one in self.index.newest(trait, most):
                if self.homes[one] == NONE and not self._fixed(one):
                    at = self.times[one]
                    if at < low or at > high:
                        continue
                    led[one] = led.get(one, 0.0) + rarity
        return sorted(led, key=lambda one: (-led[one], one))[:most]

    # -- reasons ---------------------------------------------------------------------------

    def reason(
        self, reading: Reading, campaign: Campaign, *, own: bool = False, earlier: bool = False
    ) -> Reason:
        """Say why a ticket belongs to a campaign: each part of the odds and the nearest ticket.

        `own` where the campaign counts the ticket already, `earlier` to look for the nearest among
        tickets before it only, so that the edges of a campaign make a tree.
        """
        parts: list[Part] = []
        total = self.odds.weigh(reading, campaign, own=own, parts=parts)
        shared = []
        for what, which, weight in parts:
            if what == SHARED:
                kind, trait = self.method.by_code[which & CODE].kind, which
            elif what == DIFFERS:
                kind, trait = f"differs:{self.method.families[which].family}", 0
            else:
                kind, trait = "time", 0
            shared.append(Shared(kind=kind, trait=trait, weight=weight))
        return Reason(
            total=total,
            prior=self.odds.prior(campaign, own=own),
            parts=tuple(shared),
            partner=self._partner(reading, campaign, shared, earlier=earlier),
            passed_over=self.passed_over,
        )

    def _partner(
        self, reading: Reading, campaign: Campaign, shared: list[Shared], *, earlier: bool
    ) -> int:
        """Find the ticket of a campaign that shares most of what counts."""
        if campaign.number == NONE:
            return next(iter(campaign.places))
        last = reading.place if earlier else len(self)
        led: dict[int, float] = {}
        for part in shared:
            if part.trait and part.weight > 0:
                for one in self.index.newest(part.trait, _NEAREST):
                    if one in campaign.places and one < last and one != reading.place:
                        led[one] = led.get(one, 0.0) + part.weight
        if led:
            return max(led, key=lambda one: (led[one], -one))
        others = (one for one in campaign.places if one < last and one != reading.place)
        return next(others, NONE)
