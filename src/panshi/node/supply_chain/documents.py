"""What can be asked of bills of materials as documents: no home, no portfolio, only the files.

Every answer is a frozen dataclass, printed alike by the command line and the API.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from panshi.errors import MissingError, UsageError
from panshi.model.supply_chain.bom import BomComponent, BomHead, Defect
from panshi.observe.bom import open_bom
from panshi.observe.bom.converting import convert
from panshi.observe.bom.strict import check_bom
from panshi.observe.bom.writing import Form
from panshi.protection.supply_chain.bom.difference import Change, Kind, counts, difference
from panshi.protection.supply_chain.bom.freshness import OLDEST, Freshness, freshness
from panshi.protection.supply_chain.bom.graph import (
    SHOWN,
    BomGraph,
    cycles,
    graph_of,
    picture,
    pulled_in_by,
    shortest,
    ways,
)
from panshi.protection.supply_chain.bom.quality import Quality, Tally

type Source = Path | bytes

LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One thing that is wrong."""

    place: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One component."""

    name: str
    version: str
    purl: str
    type: str
    supplier: str
    licence: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a document says of itself."""

    format: str
    spec_version: str
    serial: str
    created: str
    tools: tuple[str, ...]
    authors: tuple[str, ...]
    subject: str
    supplier: str
    components: int
    dependencies: int
    "Edges of the graph."
    statements: int
    "Statements on exploitability it carries itself."
    digest: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Whether a document is valid, and what it is worth."""

    file: str
    valid: bool
    about: About
    schema: tuple[Place, ...]
    "What breaks the official schema or a rule beyond it."
    defects: tuple[Place, ...]
    "What the tolerant reading had to put aside."
    unreadable: int
    quality: Quality
    freshness: Freshness


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A document and a page of its components."""

    file: str
    about: About
    parts: tuple[Part, ...]
    left_out: int
    unreadable: int
    defects: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What two documents do not have in common."""

    before: About
    after: About
    changes: tuple[Change, ...]
    counts: dict[Kind, int]
    unchanged: int
    unreadable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNode:
    """One component of the picture."""

    ref: str
    name: str
    purl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Graphed:
    """The graph of a document, small enough to be drawn, or the ways to one component."""

    file: str
    root: str
    nodes: tuple[GraphNode, ...]
    edges: tuple[tuple[str, str], ...]
    left_out: int
    components: int
    unreached: int
    "Components the dependencies never lead to."
    cycles: tuple[tuple[str, ...], ...]
    focus: str
    ways: tuple[tuple[str, ...], ...]
    "Names from the root to the focus, shortest first."
    pulled_in_by: tuple[str, ...]
    "Direct dependencies of the root that bring the focus along."


@dataclass(frozen=True, slots=True, kw_only=True)
class LostMember:
    """One kind of content another form does not carry."""

    member: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A document in another form."""

    document: str
    lost: tuple[LostMember, ...]
    defects: tuple[Place, ...]


def check(source: Source, *, name: str, day: date, oldest: int = OLDEST) -> Checked:
    """Hold a document to its schema, read it, and measure quality and age."""
    schema = check_bom(source, source=name)
    stream = open_bom(source, source=name)
    tally = Tally()
    for each in stream:
        tally.add(each)
    head = stream.head
    about = _about(head, len(stream.vex))
    return Checked(
        file=name,
        valid=not schema,
        about=about,
        schema=_places(schema),
        defects=_places(stream.defects),
        unreadable=stream.unreadable,
        quality=tally.judged(head, unreadable=stream.unreadable),
        freshness=freshness(head.created, day, oldest=oldest),
    )


def show(source: Source, *, name: str, text: str = "", limit: int = LISTED) -> Shown:
    """Read a document; gives the components whose name or purl has the text."""
    stream = open_bom(source, source=name)
    wanted = text.casefold()
    fitting = (
        each for each in stream if wanted in each.name.casefold() or wanted in each.purl.casefold()
    )
    parts = tuple(_part(each) for each in islice(fitting, limit))
    left_out = sum(1 for _ in fitting)
    return Shown(
        file=name,
        about=_about(stream.head, len(stream.vex)),
        parts=parts,
        left_out=left_out,
        unreadable=stream.unreadable,
        defects=_places(stream.defects),
    )


def compare(before: Source, after: Source, *, names: tuple[str, str]) -> Compared:
    """Tell two documents apart, the older first."""
    older, newer = open_bom(before, source=names[0]), open_bom(after, source=names[1])
    found = difference(older, newer)
    return Compared(
        before=_about(older.head, len(older.vex)),
        after=_about(newer.head, len(newer.vex)),
        changes=found.changes,
        counts=counts(found.changes),
        unchanged=found.unchanged,
        unreadable=older.unreadable + newer.unreadable,
    )


def graph(source: Source, *, name: str, component: str = "", most: int = SHOWN) -> Graphed:
    """Give the graph of a document from its root, or around one component."""
    if not 1 <= most <= SHOWN:
        raise UsageError(f"a picture holds 1 to {SHOWN} nodes", remedy=f"give --most {SHOWN}")
    stream = open_bom(source, source=name)
    components = tuple(stream)
    built = graph_of(stream.head, components)
    focus = _focus(built, component) if component else None
    drawn = picture(built, focus=focus, most=most)
    return Graphed(
        file=name,
        root=built.name(built.root),
        nodes=tuple(
            GraphNode(
                ref=ref,
                name=built.name(ref),
                purl=built.components[ref].purl if ref in built.components else "",
            )
            for ref in drawn.nodes
        ),
        edges=drawn.edges,
        left_out=drawn.left_out,
        components=len(components),
        unreached=len(built.unreached),
        cycles=tuple(tuple(map(built.name, each)) for each in cycles(built)),
        focus=built.name(focus) if focus else "",
        ways=_named_ways(built, focus) if focus else (),
        pulled_in_by=tuple(map(built.name, pulled_in_by(built, focus))) if focus else (),
    )


def _named_ways(built: BomGraph, focus: str) -> tuple[tuple[str, ...], ...]:
    """Name the ways; a root the document does not name is left out."""
    return tuple(
        tuple(name for ref in each if (name := built.name(ref))) for each in ways(built, focus)
    )


def converted(source: Source, *, name: str, form: Form, at: datetime) -> Converted:
    """Give a document in another form, and what is lost."""
    made = convert(source, form, at=at, source=name)
    return Converted(
        document=made.raw.decode(),
        lost=tuple(LostMember(member=each.member, times=each.times) for each in made.lost),
        defects=_places(made.defects),
    )


def _focus(built: BomGraph, text: str) -> str:
    """Find a component by ref, purl, name or `name version`; the one nearest the root first."""
    matching = [
        ref
        for ref, each in built.components.items()
        if text in (ref, each.purl, each.name, f"{each.name} {each.version}")
    ]
    if not matching:
        raise MissingError(
            f"no component {text[:100]!r} with a reference of its own",
            remedy="name one as `panshi sbom show` prints it",
        )
    return min(matching, key=lambda ref: len(shortest(built, ref)) or len(built.components) + 2)


def _about(head: BomHead, statements: int) -> About:
    subject = head.subject
    return About(
        format=head.format,
        spec_version=head.spec_version,
        serial=head.serial,
        created=head.created,
        tools=head.tools,
        authors=head.authors,
        subject=f"{subject.name} {subject.version}".strip() if subject else "",
        supplier=head.supplier,
        components=head.components,
        dependencies=sum(len(on) for _, on in head.dependencies),
        statements=statements,
        digest=head.digest,
        size=head.size,
    )


def _part(each: BomComponent) -> Part:
    return Part(
        name=each.name,
        version=each.version,
        purl=each.purl,
        type=each.type,
        supplier=each.supplier,
        licence=each.licence,
        place=each.place,
    )


def _places(defects: tuple[Defect, ...] | list[Defect]) -> tuple[Place, ...]:
    return tuple(Place(place=each.place, problem=each.problem) for each in defects[:LISTED])
