"""Hold content to its own rules: every issue is collected with file and line, none is raised.

Each validator looks at one subject (checks, contradictions, populations, references, texts, counts)
and knows nothing of the others. `lint` takes what was loaded; `lint_files` takes the files as they
are and turns what cannot even be read into issues too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Protocol

from panshi.errors import ContentError
from panshi.governance.frameworks.documents import load_documents
from panshi.governance.frameworks.issue import Issue, Rule, Shelf, Validator
from panshi.governance.frameworks.lint_checks import (
    validate_checks,
    validate_contradictions,
    validate_populations,
    validate_windows,
)
from panshi.governance.frameworks.lint_counts import (
    validate_counts,
    validate_judgement,
    validate_stages,
)
from panshi.governance.frameworks.lint_references import (
    validate_crosswalks,
    validate_documents,
    validate_frameworks,
    validate_groups,
    validate_membership,
    validate_parts,
)
from panshi.governance.frameworks.lint_texts import validate_headings, validate_texts
from panshi.governance.frameworks.load import (
    Located,
    load_parameters,
    locate_framework,
    locate_mappings,
)
from panshi.model.control import Framework, Mapping


class Loader[Content](Protocol):
    """Reads one content file."""

    def __call__(self, raw: bytes, *, source: str) -> Content:
        """Give what the file holds."""
        ...


VALIDATORS: tuple[Validator, ...] = (
    validate_frameworks,
    validate_groups,
    validate_membership,
    validate_parts,
    validate_documents,
    validate_crosswalks,
    validate_checks,
    validate_windows,
    validate_contradictions,
    validate_populations,
    validate_stages,
    validate_judgement,
    validate_counts,
    validate_texts,
    validate_headings,
)


def lint(
    frameworks: Iterable[Located[Framework]],
    mappings: Iterable[Located[tuple[Mapping, ...]]] = (),
    documents: Iterable[str] = (),
) -> tuple[Issue, ...]:
    """Give every issue in what was loaded, by place."""
    shelf = Shelf(
        frameworks=tuple(frameworks), mappings=tuple(mappings), documents=frozenset(documents)
    )
    found = chain.from_iterable(validator(shelf) for validator in VALIDATORS)
    return tuple(sorted(found, key=lambda issue: (*_by_line(issue.place), issue.problem)))


def lint_proposal(
    proposed: Located[Framework], shipped: Iterable[Framework], documents: Iterable[str] = ()
) -> tuple[Issue, ...]:
    """Give every issue in a proposed text that would stand beside, or in place of, a shipped one.

    The numbers of entries a shipped text must have are no rule for its next version.
    """
    beside = (
        Located(content=each, source=each.id) for each in shipped if each.id != proposed.content.id
    )
    shelf = Shelf(frameworks=(proposed, *beside), documents=frozenset(documents))
    found = chain.from_iterable(
        validator(shelf) for validator in VALIDATORS if validator is not validate_counts
    )
    ours = (issue for issue in found if issue.place.startswith(proposed.source))
    return tuple(sorted(ours, key=lambda issue: (*_by_line(issue.place), issue.problem)))


def lint_files(
    frameworks: Iterable[tuple[str, bytes]],
    mappings: Iterable[tuple[str, bytes]] = (),
    parameters: tuple[str, bytes] | None = None,
    documents: tuple[str, bytes] | None = None,
) -> tuple[Issue, ...]:
    """Give every issue in content files, each a pair of name and bytes."""
    unreadable: list[Issue] = []

    def read[Content](loader: Loader[Content], name: str, raw: bytes) -> Iterator[Content]:
        try:
            yield loader(raw, source=name)
        except ContentError as error:
            unreadable.append(_unreadable(name, error))

    shelves = [found for each in frameworks for found in read(locate_framework, *each)]
    crosswalks = [found for each in mappings for found in read(locate_mappings, *each)]
    kinds = list(read(load_documents, *documents)) if documents else []
    if parameters is not None:
        list(read(load_parameters, *parameters))
    if unreadable:  # what refers to an unreadable file would only look broken
        return tuple(unreadable)
    return lint(shelves, crosswalks, chain.from_iterable(kinds))


def _unreadable(name: str, error: ContentError) -> Issue:
    return Issue(
        rule=Rule.UNREADABLE,
        place=error.place or name,
        subject=name,
        problem=error.problem,
        remedy=error.remedy,
    )


def _by_line(place: str) -> tuple[str, int]:
    name, _, line = place.rpartition(":")
    return (name, int(line)) if line.isdigit() else (place, 0)
