"""What redundancy shares: single events that alone take two or more members of one gate.

A gate that needs two or more of its inputs (and, at-least) is redundancy; an event that alone
makes several of them happen is a common cause, and where it makes enough of them happen the gate
is no redundancy against it. What happens anyway (a gate that needs nothing: a member that switches
too slowly) is no member, and the gate needs one fewer of the others. Sets of events are kept as
bits of one number each. What a gate that negates does is not looked through.
"""

from __future__ import annotations

from collections.abc import Iterator

from panshi.model.resilience.fault_tree import Connective, FaultTree, Gate
from panshi.resilience.faults.solution import CommonCause

_MOST_BITS = 1 << 31
_MOST_ROWS = 100_000


def common_causes(tree: FaultTree, limit: int) -> tuple[CommonCause, ...] | None:
    """Give the common causes, those that defeat their gate first; None of too large a tree."""
    if len(tree.events) * (len(tree.events) + len(tree.gates)) > _MOST_BITS:
        return None
    alone = [1 << number for number in range(len(tree.events))]
    sure: set[int] = set()
    rows: list[CommonCause] = []
    for place, gate in enumerate(tree.gates, len(tree.events)):
        inputs = [alone[each] for each in gate.inputs if each not in sure]
        needed = _needed(gate) - (len(gate.inputs) - len(inputs))
        if _looked_through(gate) and needed <= 0:
            sure.add(place)
        alone.append(_at_least(inputs, needed) if 0 < needed <= len(inputs) else 0)
        if needed > 1 and len(rows) < _MOST_ROWS:
            rows.extend(_rows(tree, gate, inputs, needed))
    rows.sort(key=lambda row: (not row.enough, -(row.probability or 0.0), row.gate, row.event))
    return tuple(rows[:limit])


def _needed(gate: Gate) -> int:
    """How many inputs it takes; 0 where that is not the question."""
    match gate.connective:
        case Connective.AND:
            return len(gate.inputs)
        case Connective.OR:
            return 1
        case Connective.AT_LEAST:
            return gate.least
        case _:
            return 0


def _looked_through(gate: Gate) -> bool:
    return gate.connective in {Connective.AND, Connective.OR, Connective.AT_LEAST}


def _at_least(inputs: list[int], least: int) -> int:
    """Give the events that are in at least so many of these."""
    if least == len(inputs):
        found = inputs[0]
        for each in inputs[1:]:
            found &= each
        return found
    row = [0] * least
    for each in inputs:
        for place in reversed(range(1, least)):
            row[place] |= row[place - 1] & each
        row[0] |= each
    return row[-1]


def _rows(tree: FaultTree, gate: Gate, inputs: list[int], needed: int) -> Iterator[CommonCause]:
    for number in _numbers(_at_least(inputs, 2)):
        taken = sum(each >> number & 1 for each in inputs)
        event = tree.events[number]
        yield CommonCause(
            event=event.name,
            probability=event.probability,
            gate=gate.name,
            taken=taken,
            members=len(inputs),
            needed=needed,
            enough=taken >= needed,
        )


def _numbers(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
