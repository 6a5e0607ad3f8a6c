"""Write fault trees as Open-PSA documents (Model Exchange Format), for any tool that reads it.

Names there are identifiers: of ours, whatever is not a letter, digit, `_`, `-` or `.` becomes
`_`, with a number behind where two would become one; the full name stands as label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from panshi.model.resilience.fault_tree import Connective, FaultTree

_FOREIGN = re.compile(r"[^A-Za-z0-9_.-]+")


def document(tree: FaultTree, name: str) -> bytes:
    """Give the document; events without a probability are defined without one."""
    return "\n".join((*_lines(tree, name), "")).encode()


def _lines(tree: FaultTree, name: str) -> Iterator[str]:
    names = _identifiers(
        [*(each.name for each in tree.events), *(each.name for each in tree.gates)]
    )
    events = len(tree.events)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield "<opsa-mef>"
    yield f'<define-fault-tree name="{_identifiers([name])[0]}">'
    label = f"<label>{escape(name)}</label>"
    yield label
    for number in _top_first(tree):
        gate = tree.gates[number]
        yield f'<define-gate name="{names[events + number]}">'
        yield f"<label>{escape(gate.name)}</label>"
        yield from _formula(gate.connective, gate.least, [
            (f'<{"basic-event" if each < events else "gate"} name="{names[each]}"/>')
            for each in gate.inputs
        ])  # fmt: skip
        yield "</define-gate>"
    if tree.top < events:
        yield f'<define-gate name="top"><basic-event name="{names[tree.top]}"/></define-gate>'
    yield "</define-fault-tree>"
    yield "<model-data>"
    for number, event in enumerate(tree.events):
        yield f'<define-basic-event name="{names[number]}">'
        yield f"<label>{escape(event.name)}</label>"
        if event.probability is not None:
            yield f"<float value={quoteattr(repr(event.probability))}/>"
        yield "</define-basic-event>"
    yield "</model-data>"
    yield "</opsa-mef>"


def _formula(connective: Connective, least: int, inputs: list[str]) -> Iterator[str]:
    """Give a formula; the format has no `and` or `or` of one, and constants of its own."""
    if not inputs:
        yield f'<constant value="{"true" if connective is Connective.AND else "false"}"/>'
    elif len(inputs) == 1 and connective is not Connective.NOT:
        yield inputs[0]
    else:
        bound = f' min="{least}"' if connective is Connective.AT_LEAST else ""
        yield f"<{connective}{bound}>"
        yield from inputs
        yield f"</{connective}>"


def _top_first(tree: FaultTree) -> Iterator[int]:
    """Give the gates from the top down: readers that go by the file begin where people do."""
    yield from reversed(range(len(tree.gates)))


def _identifiers(names: list[str]) -> list[str]:
    taken: set[str] = set()
    found = []
    for name in names:
        plain = _FOREIGN.sub("_", name).strip("_.-") or "n"
        plain = plain if plain[0].isalpha() else f"n{plain}"
        chosen, number = plain, 1
        while chosen.lower() in taken:
            number += 1
            chosen = f"{plain}_{number}"
        taken.add(chosen.lower())
        found.append(chosen)
    return found
