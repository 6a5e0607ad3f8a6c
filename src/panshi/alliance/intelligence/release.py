"""Who may receive what: the one question every way out asks, and its form for an index.

`may_see(marking, reader)` decides by TLP 2.0 as a hub applies it. The hub is the organisation
that received the information; its members are the clients on whose behalf it holds it.

    RED           originator, and members named as recipients
    AMBER+STRICT  the same: it stays with the hub and with whom it was sent to
    AMBER         members
    GREEN         members, and partners that share a community with the hub
    CLEAR         anybody

Wherever recipients are named, nobody else receives it whatever the colour, and a community opens
nothing that the colour closes. The hub's staff reads what was sent to the hub. Nothing else is
said of anything: what cannot be read is RED.

`shelves(marking)` and `shelves_of(reader)` say the same as two sets that meet exactly where
`may_see` says yes, so that a store can put each object on its shelves once and a poll reads a
range of few shelves. A property test holds the two together.
"""

from __future__ import annotations

from panshi.model.alliance.marking import COMMUNITY, Marking, Reader, ReaderRole, Tlp

STAFF = "hub"
"The shelf that holds everything, for the hub's staff."
NAMED = "named"
"Level of what only named members receive, RED and AMBER+STRICT alike."


def may_see(marking: Marking | None, reader: Reader, *, unmarked: Tlp = Tlp.AMBER_STRICT) -> bool:
    """Whether a reader may receive what is marked so; what bears no marking is read as told."""
    read = marking if marking is not None else Marking(tlp=unmarked)
    if reader.role == ReaderRole.HUB or (read.originator and read.originator in reader.own):
        return True
    if read.recipients and not _named(read, reader):
        return False
    match read.tlp:
        case Tlp.CLEAR:
            return True
        case Tlp.GREEN:
            return reader.role in {ReaderRole.MEMBER, ReaderRole.PARTNER}
        case Tlp.AMBER:
            return reader.role == ReaderRole.MEMBER
        case Tlp.AMBER_STRICT | Tlp.RED:
            return reader.role == ReaderRole.MEMBER and reader.member in read.recipients


def _named(marking: Marking, reader: Reader) -> bool:
    return (reader.member is not None and reader.member in marking.recipients) or any(
        f"{COMMUNITY}{each}" in marking.recipients for each in reader.communities
    )


def shelves(marking: Marking) -> frozenset[str]:
    """Shelves an object lies on; the hub's staff needs none."""
    own = {f"own:{marking.originator}"} if marking.originator else set()
    if not marking.recipients:
        narrow = marking.tlp in {Tlp.RED, Tlp.AMBER_STRICT}
        return frozenset(own if narrow else own | {marking.tlp.value})
    members = {each for each in marking.recipients if not each.startswith(COMMUNITY)}
    named = {f"{_needed(marking.tlp)}:{each}" for each in members}
    if marking.tlp not in {Tlp.RED, Tlp.AMBER_STRICT}:
        groups = set(marking.recipients) - members
        named |= {f"{_needed(marking.tlp)}:{each}" for each in groups}
    return frozenset(own | named)


def _needed(tlp: Tlp) -> str:
    """Name what a reader must be besides being named."""
    return NAMED if tlp in {Tlp.RED, Tlp.AMBER_STRICT} else tlp.value


def shelves_of(reader: Reader) -> frozenset[str]:
    """Shelves a reader may take from."""
    if reader.role == ReaderRole.HUB:
        return frozenset({STAFF})
    open_to = {Tlp.CLEAR.value}
    if reader.role in {ReaderRole.MEMBER, ReaderRole.PARTNER}:
        open_to.add(Tlp.GREEN.value)
    levels = set(open_to)
    if reader.role == ReaderRole.MEMBER:
        open_to.add(Tlp.AMBER.value)
        levels = open_to | {NAMED}
    names = {f"{COMMUNITY}{each}" for each in reader.communities}
    if reader.member is not None:
        names.add(reader.member)
    found = {f"own:{each}" for each in reader.own} | open_to
    return frozenset(found | {f"{level}:{name}" for level in levels for name in names})
