"""Markings: how far a piece of information may travel, and what may be done with it.

TLP 2.0 (FIRST) orders who may read; the Permissible Actions Protocol (PAP) orders what a reader
may do with it so that the adversary does not notice. Who may read a marking is decided in one
place, `panshi.alliance.intelligence.release.may_see`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from panshi.errors import BadInputError

COMMUNITY = "community:"
"A recipient that is a community is written with this prefix; others are members."

NOBODY = COMMUNITY
"The recipient that is no member and no community: of two markings that name nobody in common."


class Tlp(StrEnum):
    """Traffic Light Protocol 2.0, the most restricted first."""

    RED = "red"
    AMBER_STRICT = "amber+strict"
    AMBER = "amber"
    GREEN = "green"
    CLEAR = "clear"

    @property
    def breadth(self) -> int:
        """How far it may travel: 0 is RED, 4 is CLEAR."""
        return _TLP_BREADTH[self]

    @property
    def label(self) -> str:
        """As it is printed."""
        return f"TLP:{self.value.upper()}"


class Pap(StrEnum):
    """Permissible Actions Protocol, the most restricted first."""

    RED = "red"
    "Look at what you hold; nothing the adversary or anybody else could notice."
    AMBER = "amber"
    "Ask third parties passively; nothing that reaches the adversary."
    GREEN = "green"
    "Active measures that are everyday defence: block, sinkhole at your own border."
    CLEAR = "clear"
    "No limit."

    @property
    def breadth(self) -> int:
        """How much it permits: 0 is RED, 3 is CLEAR."""
        return _PAP_BREADTH[self]

    @property
    def label(self) -> str:
        """As it is printed."""
        return f"PAP:{self.value.upper()}"


_TLP_BREADTH = {each: place for place, each in enumerate(Tlp)}
_PAP_BREADTH = {each: place for place, each in enumerate(Pap)}


class ReaderRole(StrEnum):
    """In what capacity somebody reads what a hub holds."""

    HUB = "hub"
    "Staff of the hub, to which members send: reads whatever was sent to it."
    MEMBER = "member"
    "An enrolled institution."
    PARTNER = "partner"
    "An organisation outside the membership that shares communities, such as a foreign ISAC."
    PUBLIC = "public"
    "Anybody."


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """How far one thing may travel."""

    tlp: Tlp
    pap: Pap = Pap.CLEAR
    recipients: tuple[str, ...] = ()
    "Members and `community:<name>`; where any is named, nobody else receives it."
    caveat: str = ""
    "Handling in words, such as a statement of copyright."
    originator: str = ""
    "Member that set the marking and always sees its own; empty where it is unknown."

    def narrowed(self, other: Marking) -> Marking:
        """Give what satisfies both, of two things: of what is narrow, recipients named by both."""
        return replace(self.together(other), recipients=_shared(self._named(), other._named()))

    def together(self, other: Marking) -> Marking:
        """Give what one thing bears that bears both: names of one go with the other's colour."""
        return Marking(
            tlp=min(self.tlp, other.tlp, key=lambda each: each.breadth),
            pap=min(self.pap, other.pap, key=lambda each: each.breadth),
            recipients=_shared(self.recipients, other.recipients),
            caveat="; ".join(dict.fromkeys(each for each in (self.caveat, other.caveat) if each)),
            originator=self.originator if self.originator == other.originator else "",
        )

    def _named(self) -> tuple[str, ...]:
        """Give who is named, and nobody where the colour asks for names and there are none."""
        narrow = self.tlp in {Tlp.RED, Tlp.AMBER_STRICT}
        return self.recipients or ((NOBODY,) if narrow else ())


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    if not one or not other:
        return one or other
    return tuple(each for each in one if each in other) or (NOBODY,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whoever would receive something."""

    member: str | None
    "The member read for; None where the reader is none."
    role: str
    "A `ReaderRole`; what is none reads as the public."
    communities: frozenset[str] = frozenset()
    "Names, without prefix."
    originator_of: frozenset[str] = frozenset()
    "Further originators whose information is the reader's own, such as STIX identities."

    def __post_init__(self) -> None:
        """Refuse a member whose name would read as a community, and a community without one."""
        if self.member is not None and (not self.member or self.member.startswith(COMMUNITY)):
            raise BadInputError(f"no name of a member: {self.member[:80]!r}")
        if "" in self.communities:
            raise BadInputError("a community without a name")

    @property
    def own(self) -> frozenset[str]:
        """Every originator that is this reader."""
        return self.originator_of | {self.member} if self.member else self.originator_of


PUBLIC = Reader(member=None, role=ReaderRole.PUBLIC)
"Anybody."
