"""Fault trees: how basic events combine, by gates, to the loss of what one asks about.

Gates are and, or, not, xor and at-least-k over events and other gates (IEC 61025; the formulae of
the Open-PSA Model Exchange Format that are not among them are written with them). `assembled`
makes a tree of named definitions: only what the top reaches, numbered in the order a reader meets
it, depth first and left to right, which is also a good order for decision diagrams.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from panshi.errors import BadInputError, MissingError


class Connective(StrEnum):
    """How a gate combines its inputs."""

    AND = "and"
    "All of them; of none: true."
    OR = "or"
    "Any of them; of none: false."
    NOT = "not"
    XOR = "xor"
    "An odd number of them."
    AT_LEAST = "atleast"


_TOLD = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A gate by the names of its inputs."""

    connective: Connective
    inputs: tuple[str, ...] = ()
    least: int = 0
    "Of at-least: how many."


@dataclass(frozen=True, slots=True, kw_only=True)
class BasicEvent:
    """Something that may happen by itself, independent of all other events."""

    name: str
    probability: float | None
    "Within the mission time; None where nobody said."


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A gate by the numbers of its inputs."""

    name: str
    connective: Connective
    inputs: tuple[int, ...]
    "Below `len(events)` an event, else the gate of that place; always before this gate."
    least: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultTree:
    """Events, gates in an order in which inputs come first, and the top."""

    events: tuple[BasicEvent, ...]
    gates: tuple[Gate, ...]
    top: int
    "Number of an event or gate."

    @property
    def coherent(self) -> bool:
        """Whether no gate negates: more failures never heal."""
        return not any(each.connective in {Connective.NOT, Connective.XOR} for each in self.gates)

    @property
    def known(self) -> bool:
        """Whether every event has a probability."""
        return all(each.probability is not None for each in self.events)

    @property
    def top_name(self) -> str:
        """Name of the top."""
        below = self.top - len(self.events)
        return self.gates[below].name if below >= 0 else self.events[self.top].name


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a document says: gates by name, and events with their probabilities."""

    definitions: Mapping[str, Definition]
    chances: Mapping[str, float | None]
    common_causes: int = 0
    "Groups of events with a shared cause that were split."
    mission_hours: float = 8_760.0
    "What rates were taken over."
    source: str = ""
    "File it was read from."

    @property
    def tops(self) -> tuple[str, ...]:
        """Give the gates that no gate names."""
        named = {each for gate in self.definitions.values() for each in gate.inputs}
        return tuple(name for name in self.definitions if name not in named)

    def tree(self, top: str = "") -> FaultTree:
        """Give the tree below a gate or event; without a name, below the only top."""
        above = self.tops
        told = ", ".join(above[:_TOLD]) + (" …" if len(above) > _TOLD else "")
        if top and top not in self.definitions and top not in self.chances:
            raise MissingError(f"there is no gate {top!r}", remedy=f"tops: {told}" if told else "")
        if not top and len(above) != 1:
            raise BadInputError(
                f"{len(above) or 'no'} gates stand above all others",
                place=self.source,
                remedy=f"name the one that is meant: {told}" if told else "define a gate",
            )
        return assembled(top or above[0], self.definitions, self.chances)


def assembled(
    top: str, definitions: Mapping[str, Definition], chances: Mapping[str, float | None]
) -> FaultTree:
    """Give the tree of what the top reaches; a name is a gate, or else an event of `chances`.

    Two walks: gates may be as deep as they like, a gate that reaches itself is refused.
    """
    reached, gate_order = _walked(top, definitions, chances)
    numbers = {name: place for place, name in enumerate((*reached, *gate_order))}
    return FaultTree(
        events=tuple(BasicEvent(name=each, probability=chances[each]) for each in reached),
        gates=tuple(
            Gate(
                name=name,
                connective=definitions[name].connective,
                inputs=tuple(numbers[each] for each in definitions[name].inputs),
                least=definitions[name].least,
            )
            for name in gate_order
        ),
        top=numbers[top],
    )


def _walked(
    top: str, definitions: Mapping[str, Definition], chances: Mapping[str, float | None]
) -> tuple[list[str], list[str]]:
    """Give events in order of first meeting, and gates after all their inputs."""
    events: dict[str, None] = {}
    done: dict[str, None] = {}
    open_: dict[str, int] = {}
    path = [top]
    while path:
        name = path[-1]
        if name not in definitions:
            if name not in chances:
                raise BadInputError(f"{name!r} is named and nowhere defined")
            events.setdefault(name)
            path.pop()
            continue
        inputs = definitions[name].inputs
        place = open_.get(name, 0)
        while place < len(inputs) and inputs[place] in done:
            place += 1
        if place == len(inputs):
            done[name] = None
            open_.pop(name, None)
            path.pop()
            continue
        open_[name] = place + 1
        if inputs[place] in open_:
            ring = path[path.index(inputs[place]) :]
            raise BadInputError(
                f"gate {name!r} stands on itself: {' → '.join((*ring[:8], inputs[place]))}",
                remedy="cut the ring",
            )
        path.append(inputs[place])
    return list(events), list(done)
