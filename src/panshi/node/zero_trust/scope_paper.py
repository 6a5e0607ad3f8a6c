"""The scope as an answer, a sheet and a workbook: what command line, API and console give away."""

from __future__ import annotations

from datetime import datetime

from panshi.node.node import Node
from panshi.node.reporting import Form, Rendered, rendered
from panshi.node.zero_trust.scope import FRAMEWORK, ScopeSeen
from panshi.node.zero_trust.scope_content import scope_words
from panshi.node.zero_trust.scope_gap import gap, roadmap, targets
from panshi.report.paper.document import Document, Source
from panshi.report.zero_trust_scope.answers import ScopeAnswerShape, scope_answer
from panshi.report.zero_trust_scope.gaps import FieldGap, Milestone
from panshi.report.zero_trust_scope.paper import ScopePaper, scope_paper


def seen_answer(seen: ScopeSeen, *, people: bool = True) -> ScopeAnswerShape:
    """Give the scope in its JSON form."""
    return scope_answer(
        seen.scope,
        seen.estate,
        scope_words(),
        as_of=seen.as_of,
        framework=(FRAMEWORK, seen.framework_version),
        log=(seen.log_size, seen.log_root),
        people=people,
    )


def gap_of(
    node: Node, seen: ScopeSeen, *, targets_text: str = "", as_of: datetime | None = None
) -> tuple[tuple[FieldGap, ...], tuple[Milestone, ...]]:
    """Give what the chosen fields lack, and the roadmap; of a past day only the former."""
    gaps = gap(node, seen, as_of)
    wanted = targets(targets_text)
    return gaps, roadmap(node, seen, gaps, wanted) if as_of is None else ()


def document(
    node: Node, seen: ScopeSeen, *, chinese: bool, as_of: datetime | None = None
) -> Document:
    """Compose the sheet."""
    gaps, steps = gap_of(node, seen, as_of=as_of)
    estate = seen.estate
    return scope_paper(
        ScopePaper(
            scope=seen.scope,
            gaps=gaps,
            steps=steps,
            words=scope_words(),
            parameters=node.library.parameters,
            source=Source(
                estate=estate.id,
                estate_version=estate.version,
                framework=FRAMEWORK,
                framework_version=seen.framework_version,
                origin=node.signer.origin,
                log_size=seen.log_size,
                log_root=seen.log_root,
                keys=tuple(map(str, node.verifier_keys())),
            ),
            as_of=seen.as_of,
            institution_zh=estate.name_zh,
            institution_en=estate.name_en,
            demo=estate.demo,
        ),
        chinese=chinese,
    )


def paper(
    node: Node, seen: ScopeSeen, form: str, *, chinese: bool, as_of: datetime | None = None
) -> Rendered:
    """Give the sheet as a file: `pdf`, `xlsx`, `docx` or `json`."""
    return rendered(document(node, seen, chinese=chinese, as_of=as_of), Form(form))
