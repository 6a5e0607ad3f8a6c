"""What one supplier, site, cloud or component takes down across the members of a hub.

    take_extract(node, member, signed, actor="bank-017")    by the member, which consented
    sector_concentration(node)                              for the hub's staff
    own_concentration(node, member)                         for a member: its own things, counts

The newest extract of each member counts as long as it is a member and consents; once it takes its
consent back, what it said counts no more. Staff sees who stands on what. A member sees only things
it named itself, and how many others stand on them where enough do (`count_told`); of an extract
that is TLP:RED it learns nothing.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from panshi.alliance.correlation.warning import count_told
from panshi.alliance.intelligence.release import may_see
from panshi.alliance.members.keys import dependence_text, proves
from panshi.alliance.sector.concentration import Shared, across, key_of
from panshi.errors import BadInputError, ForbiddenError, UsageError
from panshi.model.alliance.marking import Marking, Tlp
from panshi.model.alliance.member import Member, MemberId
from panshi.model.bodies.hub_dependence import DEPENDENCE, HubDependence
from panshi.model.observation import ObservationId
from panshi.model.resilience.dependence import (
    FORMAT,
    LONGEST,
    MOST_THINGS,
    Dependence,
    DependenceExtract,
    SharedKind,
    SignedExtract,
)
from panshi.node.alliance.campaign_warnings import reader_of
from panshi.node.alliance.correlating import scheme
from panshi.node.alliance.hub import check_hub
from panshi.node.alliance.members import members
from panshi.node.node import Node
from panshi.node.records import record

EARLY = timedelta(minutes=5)
"How far the clock of a member may be ahead."


@dataclass(frozen=True, slots=True, kw_only=True)
class StoodOn:
    """The extract of one member that counts."""

    member: MemberId
    evidence: ObservationId
    extract: DependenceExtract


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorConcentration:
    """What is shared, and on whose word."""

    extracts: tuple[StoodOn, ...]
    silent: tuple[MemberId, ...]
    "Members that gave none, or do not consent."
    shared: tuple[Shared, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnThing:
    """One thing a member stands on, with how many others do."""

    kind: SharedKind
    name: str
    critical: int
    "Own critical services that are late without it."
    late: int
    others: str
    "How many other members stand on it, not exactly where few would show who."
    others_stopped: str
    "Of how many a critical service is late."


def read_extract(statement: str) -> DependenceExtract:
    """Read what was said; refuse what is no extract, or one beyond all measure."""
    try:
        found = msgspec.json.decode(statement, type=DependenceExtract)
    except msgspec.DecodeError as error:
        raise BadInputError(f"this is no extract: {error}", place="statement") from error
    if found.format != FORMAT or found.tlp not in set(Tlp):
        raise BadInputError(
            f"format {found.format[:40]!r}, TLP {found.tlp[:40]!r}",
            place="statement",
            remedy=f"{FORMAT}; TLP {', '.join(Tlp)}",
        )
    if found.as_of.tzinfo is None:
        raise BadInputError("a moment without its zone", place="statement, as_of")
    if len(found.things) > MOST_THINGS:
        raise BadInputError(f"more than {MOST_THINGS:,} things", place="statement, things")
    for number, each in enumerate(found.things):
        _check(each, f"statement, things[{number}]", found.services)
    return found


def _check(each: Dependence, place: str, services: int) -> None:
    texts = (each.name, each.operator, each.city, *each.late, *each.carried)
    if not each.name.strip() or max(map(len, texts)) > LONGEST:
        raise BadInputError("a thing without a name, or with one that is too long", place=place)
    hit = len(each.late) + len(each.carried)
    if hit > services or not 0 <= each.critical <= len(each.late):
        raise BadInputError("more services than there are", place=place)


def take_extract(node: Node, one: Member, signed: SignedExtract) -> ObservationId:
    """Seal a member's extract in the place of its last one."""
    check_hub(node)
    if not one.exposure_consent:
        raise ForbiddenError(
            f"{one.id} has not agreed to be compared", remedy="the member gives its consent first"
        )
    said, now = _proven(one, signed, node.clock()), node.clock()
    last = _newest(node).get(one.id)
    if said.as_of > now + EARLY or (last is not None and said.as_of <= last.extract.as_of):
        raise UsageError(
            "this extract is not newer than the last one, or from the future",
            place="statement, as_of",
            remedy="make a new one, with the clock set",
        )
    body = HubDependence(statement=signed.statement, key=signed.key, signed=signed.signature)
    made = record(DEPENDENCE, body, subject=f"member:{one.id}", facet=one.id, at=now)
    sealed = node.log.append((made,), now).ids[0]
    node.checkpoint()
    node.audit(f"member:{one.id}", DEPENDENCE, one.id, detail=f"{len(said.things)} things")
    return sealed


def _proven(one: Member, signed: SignedExtract, now: datetime) -> DependenceExtract:
    """Read an extract its member signed with a key that counts."""
    key = one.key(signed.key)
    try:
        signature = b64decode(signed.signature, validate=True)
    except ValueError:
        signature = b""
    if (
        key is None
        or not key.counts(now)
        or not proves(b64decode(key.public), dependence_text(signed.statement), signature)
    ):
        raise ForbiddenError(
            f"the extract is not signed by a key of {one.id} that counts",
            place="signature",
            remedy="`panshi member dependence --send` signs it",
        )
    said = read_extract(signed.statement)
    if said.member != one.id:
        raise ForbiddenError(f"{one.id} speaks for {said.member[:40]!r}", place="statement, member")
    return said


def sector_concentration(node: Node) -> SectorConcentration:
    """Tell the hub's staff what takes down whom."""
    check_hub(node)
    standing = {each.member: each for each in _standing(node)}
    heard = [each.id for each in members(node) if each.heard]
    return SectorConcentration(
        extracts=tuple(standing[each] for each in sorted(standing)),
        silent=tuple(each for each in heard if each not in standing),
        shared=across({name: each.extract for name, each in standing.items()}),
    )


def own_concentration(node: Node, one: Member) -> tuple[OwnThing, ...]:
    """Tell a member of its own things how many others stand on them."""
    check_hub(node)
    reader, least = reader_of(one), scheme().tell_from_members
    seen = {
        each.member: each.extract
        for each in _standing(node)
        if may_see(Marking(tlp=Tlp(each.extract.tlp), originator=each.member), reader)
    }
    own = seen.get(one.id)
    if own is None:
        return ()
    mine = {key_of(each) for each in own.things}
    told = []
    for each in across(seen):
        if (each.kind, each.key) not in mine:
            continue
        (here,) = (touched for touched in each.touched if touched.member == one.id)
        others = [touched for touched in each.touched if touched.member != one.id]
        told.append(
            OwnThing(
                kind=each.kind,
                name=each.name,
                critical=here.critical,
                late=len(here.late),
                others=count_told(len(others), least),
                others_stopped=count_told(sum(one.critical > 0 for one in others), least),
            )
        )
    return tuple(told)


def _standing(node: Node) -> Iterator[StoodOn]:
    """Give the newest extract of each member that is heard and consents."""
    newest = _newest(node)
    for each in members(node):
        if each.heard and each.exposure_consent and each.id in newest:
            yield newest[each.id]


def _newest(node: Node) -> dict[MemberId, StoodOn]:
    found: dict[MemberId, StoodOn] = {}
    for sealed in node.log.records(DEPENDENCE):
        seen = sealed.observation
        if isinstance(seen.body, HubDependence):
            member = MemberId(seen.facet)
            extract = read_extract(seen.body.statement)
            found[member] = StoodOn(member=member, evidence=sealed.id, extract=extract)
    return found
