"""References: groups, parents, parts and crosswalks name what exists, and nothing names itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from panshi.governance.frameworks.issue import Issue, Rule, Shelf, at
from panshi.governance.frameworks.load import Located
from panshi.model.control import Basis, Framework


def validate_groups(shelf: Shelf) -> Iterator[Issue]:
    """Check that groups are distinct, have parents that exist, and form a tree."""
    for located in shelf.frameworks:
        framework = located.content
        parents = {group.id: group.parent for group in framework.groups}
        twice = [key for key, n in Counter(g.id for g in framework.groups).items() if n > 1]
        for name in twice:
            yield _of_group(located, name, Rule.DUPLICATE, "the group occurs twice")
        for group in framework.groups:
            if group.parent and group.parent not in parents:
                problem = f"unknown parent group {group.parent!r}"
                yield _of_group(located, group.id, Rule.UNKNOWN_REFERENCE, problem)
            elif _circles(group.id, {key: (value,) for key, value in parents.items() if value}):
                yield _of_group(located, group.id, Rule.CYCLE, "the group stands below itself")


def validate_membership(shelf: Shelf) -> Iterator[Issue]:
    """Check that controls stand in groups and below controls that exist."""
    for located, control in shelf.each_control():
        framework = located.content
        known = {group.id for group in framework.groups}
        if control.group not in known:
            problem, remedy = f"unknown group {control.group!r}", f"groups: {', '.join(known)}"
            yield at(located, control, "group", Rule.UNKNOWN_REFERENCE, problem, remedy)
        if control.parent and control.parent not in framework.by_id:
            problem = f"unknown parent control {control.parent!r}"
            yield at(located, control, "parent", Rule.UNKNOWN_REFERENCE, problem, "name an id")
        parents = {each.id: (each.parent,) for each in framework.controls if each.parent}
        if control.parent and _circles(control.id, parents):
            problem = "the control stands below itself"
            yield at(located, control, "parent", Rule.CYCLE, problem, "remove the parent")


def validate_parts(shelf: Shelf) -> Iterator[Issue]:
    """Check that a derived control is made of controls that are judged, and not of itself."""
    parts = {key: control.made_of for key, control in shelf.controls.items() if control.made_of}
    for located, control in shelf.each_control():
        for key in control.made_of:
            part = shelf.controls.get(key)
            if part is None:
                problem = f"made of the unknown control {key!r}"
                remedy = "write `<framework>/<control>`"
                yield at(located, control, "made_of", Rule.UNKNOWN_REFERENCE, problem, remedy)
            elif part.basis in {Basis.NOT_YET, Basis.NOT_JUDGED}:
                problem = f"made of {key}, which is not judged"
                remedy = "leave it out, or give it a check"
                yield at(located, control, "made_of", Rule.JUDGEMENT, problem, remedy)
        for key, count in Counter(control.made_of).items():
            if count > 1:
                problem = f"made of {key} twice"
                yield at(located, control, "made_of", Rule.DUPLICATE, problem, "name it once")
        if control.made_of and _circles(control.key, parts):
            problem = "the control is made of itself"
            yield at(located, control, "made_of", Rule.CYCLE, problem, "break the circle")


def validate_documents(shelf: Shelf) -> Iterator[Issue]:
    """Check that attestations rest on kinds of document that have a name."""
    for located, control in shelf.each_control():
        for kind in control.attesting.evidence if control.attesting else ():
            if shelf.documents and kind not in shelf.documents:
                problem = f"unknown kind of document {kind!r}"
                remedy = "name it in documents.yaml"
                yield at(located, control, "attesting", Rule.UNKNOWN_KIND, problem, remedy)


def validate_crosswalks(shelf: Shelf) -> Iterator[Issue]:
    """Check that crosswalk pairs name controls that exist, each pair once."""
    seen: set[tuple[str, str]] = set()
    for located in shelf.mappings:
        for mapping in located.content:
            pair = f"{mapping.source} {mapping.target}"
            place = located.place(pair)
            for key in (mapping.source, mapping.target):
                if key not in shelf.controls:
                    yield Issue(
                        rule=Rule.UNKNOWN_REFERENCE,
                        place=place,
                        subject=pair,
                        problem=f"unknown control {key!r}",
                        remedy="write `<framework>/<control>`",
                    )
            ends = (mapping.source, mapping.target)
            if mapping.source == mapping.target or ends in seen or ends[::-1] in seen:
                yield Issue(
                    rule=Rule.DUPLICATE,
                    place=place,
                    subject=pair,
                    problem="a pair that says nothing new",
                    remedy="keep one direction of each pair, between two controls",
                )
            seen.add(ends)


def validate_frameworks(shelf: Shelf) -> Iterator[Issue]:
    """Check that no two files hold the same framework."""
    seen: dict[str, str] = {}
    for located in shelf.frameworks:
        name = located.content.id
        if name in seen:
            yield Issue(
                rule=Rule.DUPLICATE,
                place=located.source,
                subject=name,
                problem=f"the framework also stands in {seen[name]}",
                remedy="keep one file",
            )
        seen.setdefault(name, located.source)


def _of_group(located: Located[Framework], name: str, rule: Rule, problem: str) -> Issue:
    return Issue(
        rule=rule,
        place=located.place(f"group {name}"),
        subject=f"{located.content.id}, group {name}",
        problem=problem,
        remedy="groups form a tree of distinct ids",
    )


def _circles(start: str, edges: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether following the edges from `start` leads back to it."""
    seen: set[str] = set()
    open_names = list(edges.get(start, ()))
    while open_names:
        name = open_names.pop()
        if name == start:
            return True
        if name not in seen:
            seen.add(name)
            open_names.extend(edges.get(name, ()))
    return False
