"""How pulled objects are marked: what their source says, the narrowest of all that is said.

Markings a source defines itself are learnt from the definitions it sends; one that is not known is
read as RED, for whoever set it meant something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce

from panshi.model.alliance.marking import Marking, Tlp

_KNOWN = {
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": Tlp.CLEAR,
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": Tlp.GREEN,
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": Tlp.AMBER,
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": Tlp.AMBER_STRICT,
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": Tlp.RED,
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
}
"TLP 2.0 and 1.0 (STIX 2.1, 7.2.1.4)."
_STATEMENTS = "statement"


@dataclass(slots=True)
class Markings:
    """The definitions of one source."""

    learnt: dict[str, Tlp | None] = field(default_factory=dict)
    "None: it restricts nothing, such as a statement of copyright."

    def learn(self, thing: Mapping[str, object]) -> None:
        """Take a definition."""
        if thing.get("type") != "marking-definition" or thing.get("id") in _KNOWN:
            return
        if thing.get("definition_type") == _STATEMENTS:
            self.learnt[str(thing.get("id"))] = None

    def of(self, thing: Mapping[str, object]) -> Marking:
        """Give how an object is marked, with all that is marked within it."""
        granular = thing.get("granular_markings")
        refs = (
            *_refs(thing.get("object_marking_refs")),
            *(
                str(each["marking_ref"])
                for each in (granular if isinstance(granular, list) else ())
                if isinstance(each, Mapping) and "marking_ref" in each
            ),
        )
        found = [tlp for ref in refs if (tlp := self._tlp(ref)) is not None]
        if not found:
            return Marking(tlp=Tlp.AMBER_STRICT)
        return reduce(Marking.narrowed, (Marking(tlp=each) for each in found))

    def _tlp(self, ref: str) -> Tlp | None:
        return _KNOWN[ref] if ref in _KNOWN else self.learnt.get(ref, Tlp.RED)


def _refs(found: object) -> tuple[str, ...]:
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()
