"""Read a fault tree of the Open-PSA Model Exchange Format: gates, events, common causes.

Names are public unless their definition, or the component it stands in, says `role="private"`;
a private name is known by its path, and within its own component. What would change the answer
and is not read is refused by name: other files (`include`, XInclude), substitutions, and groups
of common causes other than beta factors. Event trees, labels and attributes are passed over.

A beta factor splits each member in two: itself alone, (1 - beta) of its probability, and a cause
all members share, beta of it. Both appear in cut sets, as `[member]` and `[group]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from lxml import etree

from panshi.errors import BadInputError, UsageError
from panshi.model.resilience.fault_tree import Connective, Definition, Described
from panshi.observe.open_psa.expressions import Expression, expression, truth
from panshi.observe.open_psa.formulae import Formulae
from panshi.observe.reading.limits import MIB, Limits
from panshi.observe.reading.xml_events import At, Step, child, children, local_name, open_xml

LIMITS = Limits(
    max_bytes=64 * MIB, max_depth=64, max_items=1_000_000, max_entry=100_000, max_text=10_000
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
_APART = "\0"
"Between the path a reference stands in and the name it writes, until all names are known."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Events with a shared cause."""

    name: str
    members: tuple[str, ...]
    chance: Expression
    beta: Expression
    place: str


@dataclass(slots=True)
class _Reading:
    """What has been read of the file so far."""

    mission_hours: float
    path: list[str] = field(default_factory=list)
    private: list[bool] = field(default_factory=list)
    formulae: Formulae = field(default_factory=Formulae)
    places: dict[str, str] = field(default_factory=dict)
    "Name of each definition → where it stands."
    events: dict[str, Expression | None] = field(default_factory=dict)
    parameters: dict[str, Expression] = field(default_factory=dict)
    groups: list[_Group] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)
    "Path and name of what is public → name it is known by."


def read_fault_trees(path: Path, *, mission_hours: float = 8_760.0) -> Described:
    """Read a file; `BadInputError` with the line for whatever is wrong with it."""
    if not 0 < mission_hours < float("inf"):
        raise UsageError(f"a mission time of {mission_hours} hours")
    reading = _Reading(mission_hours=mission_hours)
    with open_xml(path, LIMITS) as document:
        for step in document.walk(enter=_SCOPES, keep=_KEPT, roots=ROOTS):
            _take(reading, step)
    known = _parameters(reading)
    chances = {
        name: None if each is None else _worth(name, each, reading.places[name], known)
        for name, each in reading.events.items()
    }
    definitions = dict(_resolved(reading, chances))
    for group in reading.groups:
        _split(group, definitions, chances, known)
    return Described(
        definitions=definitions,
        chances=chances,
        common_causes=len(reading.groups),
        mission_hours=mission_hours,
    )


def _take(reading: _Reading, step: Step) -> None:
    if step.at is At.LEAVE:
        reading.path.pop()
        reading.private.pop()
        return
    if step.name in ("include", "define-substitution"):
        raise BadInputError(
            f"<{step.name}> is not followed",
            place=step.place,
            remedy="put all definitions into one file, without substitutions",
        )
    if step.name == "define-CCF-group":
        _take_group(reading, step)
        return
    name = _defined(step)
    if step.at is At.ENTER:
        reading.path.append(name)
        reading.private.append(step.element.get("role") == "private" or any(reading.private[-1:]))
        return
    content = [each for each in step.element if local_name(each) not in _PASSED_OVER]
    if len(content) > 1:
        raise BadInputError(f"{name!r} is defined by {len(content)} elements", place=step.place)
    _keep(reading, step, name, content[0] if content else None)


def _keep(reading: _Reading, step: Step, name: str, content: etree._Element | None) -> None:
    """Keep one definition; a basic event alone may do without content."""
    if step.name == "define-parameter":
        key, known = name, name in reading.parameters
    else:
        key = _key(reading, step, name)
        known = key in reading.places
    if known:
        raise BadInputError(f"{name!r} is defined twice", place=step.place)
    if step.name != "define-parameter":
        reading.places[key] = step.place
    scope = ".".join(reading.path)
    match step.name, content:
        case "define-basic-event", None:
            reading.events[key] = None
        case _, None:
            raise BadInputError(f"{name!r} is defined by nothing", place=step.place)
        case "define-parameter", _:
            reading.parameters[key] = expression(content, step.place, reading.mission_hours)
        case "define-basic-event", _:
            reading.events[key] = expression(content, step.place, reading.mission_hours)
        case "define-house-event", _:
            happens = Connective.AND if truth(content, step.place) else Connective.OR
            reading.formulae.found[key] = Definition(connective=happens)
        case _:
            reading.formulae.define(key, content, step.place, lambda each: f"{scope}{_APART}{each}")


def _defined(step: Step) -> str:
    name = (step.element.get("name") or "").strip()
    if not name or any(sign in name for sign in "#[]") or not name.isprintable():
        raise BadInputError(f"<{step.name}> has the name {name[:80]!r}", place=step.place)
    return name


def _key(reading: _Reading, step: Step, name: str) -> str:
    """Give the name a definition is known by, and remember it under its path too."""
    full = ".".join((*reading.path, name))
    role = step.element.get("role")
    private = role == "private" or (role != "public" and any(reading.private[-1:]))
    key = full if private else name
    if not private:
        reading.shown[full] = key
    return key


def _resolved(
    reading: _Reading, chances: dict[str, float | None]
) -> Iterator[tuple[str, Definition]]:
    """Give all gates with the names of their inputs resolved."""
    found = reading.formulae.found
    for owner, gate in found.items():
        place = reading.places.get(owner.partition("#")[0], "")
        inputs = tuple(_meant(reading, each, place, chances) for each in gate.inputs)
        yield owner, Definition(connective=gate.connective, inputs=inputs, least=gate.least)


def _meant(reading: _Reading, written: str, place: str, chances: dict[str, float | None]) -> str:
    """Look a name up from where it is used outwards, then among the public names."""
    if _APART not in written:
        return written
    scope, _, name = written.partition(_APART)
    path = scope.split(".") if scope else []
    for depth in range(len(path), -1, -1):
        full = ".".join((*path[:depth], name))
        meant = reading.shown.get(full, full)
        if meant in reading.formulae.found or meant in chances:
            return meant
    if any(name in group.members for group in reading.groups):
        return name
    raise BadInputError(
        f"{name!r} is used and nowhere defined",
        place=place,
        remedy="define it as a gate, a basic event or a house event",
    )


def _parameters(reading: _Reading) -> dict[str, float]:
    """Give every parameter its number, in an order in which none is needed before it is known."""
    needs = {name: each.parameters() for name, each in reading.parameters.items()}
    known: dict[str, float] = {}
    try:
        for name in TopologicalSorter(needs).static_order():
            if name not in reading.parameters:
                raise BadInputError(f"parameter {name!r} is used and nowhere defined")
            known[name] = reading.parameters[name].worth(known)
    except CycleError as error:
        ring = " → ".join(error.args[1][:8])
        raise BadInputError(f"a parameter is defined by itself: {ring}") from error
    return known


def _worth(name: str, given: Expression, place: str, known: dict[str, float]) -> float:
    """Give a probability its number."""
    for parameter in sorted(given.parameters()):
        if parameter not in known:
            raise BadInputError(f"parameter {parameter!r} is nowhere defined", place=place)
    worth = given.worth(known)
    if not 0 <= worth <= 1:
        raise BadInputError(f"{name!r} has a probability of {worth}", place=place)
    return worth


def _take_group(reading: _Reading, step: Step) -> None:
    name, model = _defined(step), step.element.get("model")
    if model != "beta-factor":
        raise BadInputError(
            f"group {name!r} is of model {str(model)[:80]!r}",
            place=step.place,
            remedy="beta-factor is read; write other models as shared basic events",
        )
    members = child(step.element, "members")
    named = tuple(
        (each.get("name") or "").strip()
        for each in (() if members is None else children(members, "basic-event"))
    )
    chance = _only(child(step.element, "distribution"))
    factors = child(step.element, "factors")
    factor = _only(child(step.element if factors is None else factors, "factor"))
    if len(named) < 2 or len(set(named)) < len(named) or chance is None or factor is None:  # noqa: PLR2004 -- a group is more than one
        raise BadInputError(
            f"group {name!r} lacks two members, a distribution or a factor", place=step.place
        )
    reading.groups.append(
        _Group(
            name=name,
            members=named,
            chance=expression(chance, step.place, reading.mission_hours),
            beta=expression(factor, step.place, reading.mission_hours),
            place=step.place,
        )
    )


def _only(holder: etree._Element | None) -> etree._Element | None:
    return None if holder is None or len(holder) != 1 else holder[0]


def _split(
    group: _Group,
    definitions: dict[str, Definition],
    chances: dict[str, float | None],
    known: dict[str, float],
) -> None:
    """Split the members of a group into themselves alone and the cause they share."""
    chance = _worth(group.name, group.chance, group.place, known)
    beta = _worth(group.name, group.beta, group.place, known)
    together = f"[{group.name}]"
    chances[together] = beta * chance
    for member in group.members:
        alone = f"[{member}]"
        if member in definitions or chances.get(member) is not None or alone in chances:
            raise BadInputError(
                f"{member!r} of group {group.name!r} has a probability of its own or another group",
                place=group.place,
            )
        chances.pop(member, None)
        chances[alone] = (1 - beta) * chance
        definitions[member] = Definition(connective=Connective.OR, inputs=(alone, together))
