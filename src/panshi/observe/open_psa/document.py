"""Read fault trees of the Open-PSA Model Exchange Format: gates, events, common causes.

A model may be spread over several files, as when gates and probabilities come from different
tools. What would change the answer and is not read is refused by name: `include`, XInclude (name
the files instead) and substitutions. Event trees, alignments, labels and attributes are passed
over. A house event nobody set does not happen. Gates that stand on themselves are refused, also
where no top reaches them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from lxml import etree

from panshi.errors import BadInputError, UsageError
from panshi.model.resilience.fault_tree import Connective, Definition, Described
from panshi.observe.open_psa.common_causes import CauseGroup, cause_group, member_names, split
from panshi.observe.open_psa.expressions import Expression, Reader, truth
from panshi.observe.open_psa.formulae import Formulae
from panshi.observe.open_psa.scopes import Scopes, bare
from panshi.observe.reading.limits import MIB, Limits
from panshi.observe.reading.xml_events import At, Step, local_name, open_xml

LIMITS = Limits(
    max_bytes=64 * MIB, max_depth=200, max_items=1_000_000, max_entry=100_000, max_text=10_000
)
ROOTS = ("opsa-mef", "open-psa")
_SCOPES = ("define-fault-tree", "define-component")
_KEPT = (
    "define-gate",
    "define-basic-event",
    "define-house-event",
    "define-parameter",
    "define-CCF-group",
    "define-substitution",
    "include",
)
_PASSED_OVER = frozenset({"label", "attributes"})


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    mission_hours: float
    scopes: Scopes = field(default_factory=Scopes)
    formulae: Formulae = field(default_factory=Formulae)
    places: dict[str, str] = field(default_factory=dict)
    "Name of each event → where its definition stands."
    houses: set[str] = field(default_factory=set)
    events: dict[str, Expression | None] = field(default_factory=dict)
    parameter_scopes: Scopes = field(default_factory=Scopes)
    parameters: dict[str, Expression] = field(default_factory=dict)
    groups: list[CauseGroup] = field(default_factory=list)

    def reader(self, place: str) -> Reader:
        """Give what reads expressions here."""
        return Reader(scopes=self.parameter_scopes, mission_hours=self.mission_hours, place=place)


def read_fault_trees(*paths: Path, mission_hours: float = 8_760.0) -> Described:
    """Read one model; `BadInputError` with file and line for whatever is wrong with it."""
    if not 0 < mission_hours < float("inf"):
        raise UsageError(f"a mission time of {mission_hours} hours", remedy="give 8760 for a year")
    reading = _Reading(mission_hours=mission_hours)
    for path in paths:
        with open_xml(path, LIMITS) as document:
            for step in document.walk(enter=_SCOPES, keep=_KEPT, roots=ROOTS):
                _take(reading, step)
    known = _parameters(reading)
    chances = {
        name: None if each is None else _worth(reading, f"{name!r} has", each, known)
        for name, each in reading.events.items()
    }
    definitions: dict[str, Definition] = {}
    for group in reading.groups:
        chance = _worth(reading, f"group {group.name!r} has", group.chance, known)
        factors = tuple(
            _worth(reading, f"group {group.name!r} has a factor and", each, known)
            for each in group.factors
        )
        split(group, (chance, factors), definitions, chances)
    definitions |= _resolved(reading, {*chances, *definitions})
    _refuse_rings(definitions, reading.places)
    return Described(
        definitions=_without_unused(definitions, reading),
        chances=chances,
        common_causes=len(reading.groups),
        mission_hours=mission_hours,
        source=str(paths[0]) if paths else "",
    )


def _take(reading: _Reading, step: Step) -> None:
    if step.at is At.LEAVE:
        reading.scopes.leave()
        reading.parameter_scopes.leave()
        return
    if step.name in ("include", "define-substitution"):
        raise BadInputError(
            f"<{step.name}> is not followed",
            place=step.place,
            remedy="name the other files behind this one"
            if step.name == "include"
            else "leave substitutions out",
        )
    name = _defined(step)
    if step.at is At.ENTER:
        reading.scopes.enter(name, step.element.get("role"))
        reading.parameter_scopes.enter(name, step.element.get("role"))
        return
    if step.name == "define-CCF-group":
        members = [reading.scopes.key(each) for each in member_names(step)]
        reading.groups.append(cause_group(step, name, members, reading.reader(step.place)))
        return
    content = [each for each in step.element if local_name(each) not in _PASSED_OVER]
    if len(content) > 1:
        raise BadInputError(
            f"{name!r} is defined by {len(content)} elements",
            place=step.place,
            remedy="put them into one formula or expression",
        )
    _keep(reading, step, name, content[0] if content else None)


def _keep(reading: _Reading, step: Step, name: str, content: etree._Element | None) -> None:
    """Keep one definition."""
    role = step.element.get("role")
    if step.name == "define-parameter":
        key = reading.parameter_scopes.key(name, role)
        _refuse_twice(key in reading.parameters, name, step)
        reading.parameters[key] = reading.reader(step.place).read(_whole(content, name, step))
        return
    key = reading.scopes.key(name, role)
    _refuse_twice(key in reading.places, name, step, reading.places.get(key, ""))
    reading.places[key] = step.place
    match step.name:
        case "define-basic-event":
            read = reading.reader(step.place).read
            reading.events[key] = None if content is None else read(content)
        case "define-house-event":
            happens = content is not None and truth(content, step.place)
            reading.houses.add(key)
            reading.formulae.found[key] = Definition(
                connective=Connective.AND if happens else Connective.OR
            )
        case _:
            formula = _whole(content, name, step)
            reading.formulae.define(key, formula, step.place, reading.scopes.written)


def _refuse_twice(known: bool, name: str, step: Step, first: str = "") -> None:  # noqa: FBT001 -- the question itself
    if known:
        also = f", first at {first}" if first else ""
        raise BadInputError(
            f"{name!r} is defined twice{also}", place=step.place, remedy="keep one of them"
        )


def _whole(content: etree._Element | None, name: str, step: Step) -> etree._Element:
    if content is None:
        raise BadInputError(
            f"{name!r} is defined by nothing",
            place=step.place,
            remedy="give it a formula or an expression",
        )
    return content


def _defined(step: Step) -> str:
    name = (step.element.get("name") or "").strip()
    if not name or any(sign in name for sign in "#[]") or not name.isprintable():
        raise BadInputError(
            f"<{step.name}> has the name {name[:80]!r}",
            place=step.place,
            remedy="name it with letters, digits, - and _",
        )
    return name


def _resolved(reading: _Reading, others: set[str]) -> Iterator[tuple[str, Definition]]:
    """Give all gates with the names of their inputs resolved."""
    known = {*reading.formulae.found, *others}
    for owner, gate in reading.formulae.found.items():
        inputs = []
        for written in gate.inputs:
            meant = reading.scopes.meant(written, known)
            if meant is None:
                raise BadInputError(
                    f"{bare(written)!r} is used and nowhere defined",
                    place=reading.places.get(owner.partition("#")[0], ""),
                    remedy="define it as a gate, a basic event or a house event, or name the file"
                    " that does behind this one",
                )
            inputs.append(meant)
        yield owner, Definition(connective=gate.connective, inputs=tuple(inputs), least=gate.least)


def _refuse_rings(definitions: Mapping[str, Definition], places: Mapping[str, str]) -> None:
    """Refuse gates that stand on themselves, with the line of the first."""
    gates = {name: [each for each in gate.inputs if each in definitions]
             for name, gate in definitions.items()}  # fmt: skip
    try:
        TopologicalSorter(gates).prepare()
    except CycleError as error:
        ring = [str(each) for each in reversed(error.args[1])]
        named = list(dict.fromkeys(each.partition("#")[0] for each in ring))
        told = " → ".join((*named[:8], *(("…",) if len(named) > 8 else ()), named[0]))  # noqa: PLR2004 -- legible
        raise BadInputError(
            f"gate {named[0]!r} stands on itself: {told}",
            place=places.get(named[0], ""),
            remedy="cut the ring: no gate may need itself",
        ) from error


def _without_unused(definitions: dict[str, Definition], reading: _Reading) -> dict[str, Definition]:
    """Leave out what no gate names and is none: house events, and members of groups."""
    used = {each for gate in definitions.values() for each in gate.inputs}
    spare = {*reading.houses, *(each for group in reading.groups for each in group.members)} - used
    return {name: gate for name, gate in definitions.items() if name not in spare}


def _parameters(reading: _Reading) -> dict[str, float]:
    """Give every parameter its number under each name it is written by."""
    meant = {
        name: {written: _parameter(reading, written, each.place) for written in each.parameters()}
        for name, each in reading.parameters.items()
    }
    known: dict[str, float] = {}
    try:
        order = TopologicalSorter({name: each.values() for name, each in meant.items()})
        for name in order.static_order():
            own = {written: known[key] for written, key in meant[name].items()}
            known[name] = reading.parameters[name].worth(own)
    except CycleError as error:
        ring = [str(each) for each in reversed(error.args[1])]
        raise BadInputError(
            f"a parameter is defined by itself: {' → '.join(ring[:8])}",
            place=reading.parameters[ring[0]].place,
            remedy="cut the ring: give one of them a number",
        ) from error
    return known


def _parameter(reading: _Reading, written: str, place: str) -> str:
    meant = reading.parameter_scopes.meant(written, reading.parameters)
    if meant is None:
        raise BadInputError(
            f"parameter {bare(written)!r} is used and nowhere defined",
            place=place,
            remedy="define it with <define-parameter>",
        )
    return meant


def _worth(reading: _Reading, whose: str, given: Expression, known: Mapping[str, float]) -> float:
    """Give a probability its number."""
    own = {
        written: known[_parameter(reading, written, given.place)] for written in given.parameters()
    }
    worth = given.worth(own)
    if not 0 <= worth <= 1:
        raise BadInputError(
            f"{whose} a probability of {worth:g}",
            place=given.place,
            remedy="give a number from 0 to 1",
        )
    return worth
