"""How pulled objects are marked: what their source says, by the definitions it sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from panshi.alliance.stix.markings import DEFINITION, UNKNOWN, definition_of, marking_of
from panshi.model.alliance.marking import Marking, Tlp


@dataclass(slots=True)
class Markings:
    """The definitions of one source; what cannot be read restricts most."""

    learnt: dict[str, Marking] = field(default_factory=dict)

    def learn(self, thing: Mapping[str, object]) -> None:
        """Take a definition."""
        if thing.get("type") == DEFINITION:
            try:
                found = definition_of(thing)
            except (KeyError, TypeError, AttributeError, ValueError):
                found = UNKNOWN
            self.learnt[str(thing.get("id"))] = found

    def of(self, thing: Mapping[str, object]) -> Marking:
        """Give how an object is marked, with all that is marked within it."""
        try:
            return marking_of(thing, self.learnt, unmarked=Tlp.AMBER_STRICT, originator="")
        except (KeyError, TypeError, AttributeError, ValueError):
            return UNKNOWN
