"""The inverted index: from a trait to the tickets that hold it, newest last.

A value held once costs one entry of a dictionary; more holders share an array, of which the newest
are kept. A member that sends a value many times a day makes it no commoner: it is counted once per
member and day.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

KEPT = 8192
"Newest holders kept per trait."
LOOKED_BACK = 8
"Newest holders among which a repetition is looked for."


class Posting:
    """Holders of one trait."""

    __slots__ = ("count", "places", "shared")

    def __init__(self, first: int) -> None:
        self.count = 1
        "Holders, each member once a day."
        self.places = array("I", (first,))
        self.shared = False
        "Whether more than one member holds it."


class Index:
    """Every trait with its holders."""

    def __init__(self, members: Sequence[int], days: Sequence[int]) -> None:
        """Keep to the columns that say whose a ticket is and of which day."""
        self.postings: dict[int, int | Posting] = {}
        self._members = members
        self._days = days

    def hold(self, trait: int, place: int) -> None:
        """Enter a ticket as holder of a trait."""
        found = self.postings.get(trait)
        if found is None:
            self.postings[trait] = place
            return
        if isinstance(found, int):
            found = self.postings[trait] = Posting(found)
        member, day = self._members[place], self._days[place]
        newest = found.places[-LOOKED_BACK:]
        if not any(self._members[one] == member and self._days[one] == day for one in newest):
            found.count += 1
        if not found.shared:
            found.shared = any(self._members[one] != member for one in newest)
        found.places.append(place)
        if len(found.places) > 2 * KEPT:
            del found.places[:KEPT]

    def release(self, trait: int) -> None:
        """Count one holder less; a newer version of its ticket speaks now."""
        found = self.postings.get(trait)
        if isinstance(found, Posting):
            found.count = max(found.count - 1, 1)

    def count(self, trait: int) -> int:
        """Count the holders of a trait."""
        found = self.postings.get(trait)
        return 0 if found is None else 1 if isinstance(found, int) else found.count

    def house(self, trait: int) -> bool:
        """Whether only one member has ever sent it, more than once."""
        found = self.postings.get(trait)
        return isinstance(found, Posting) and not found.shared

    def newest(self, trait: int, most: int) -> Sequence[int]:
        """Give the newest holders of a trait, oldest first."""
        found = self.postings.get(trait)
        if found is None:
            return ()
        return (found,) if isinstance(found, int) else found.places[-most:]
