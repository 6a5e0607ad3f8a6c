"""Use case: talking about an object. Sealed, personal, erasable; mentions reach people.

A comment is plain text. Names after an at sign are mentions where such an account exists; who
exists is told by the surface that asks, because accounts are the console's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from panshi.errors import BadInputError, ForbiddenError, MissingError
from panshi.model.bodies.comments import Comment
from panshi.model.observation import Observation, ObservationId, Sealed
from panshi.node.node import Node
from panshi.node.objects import LONGEST, ObjectKind, reference, split
from panshi.node.searching.feeding import bring_up_to_date, index_of

KIND = "record.comment/1"
LONGEST_TEXT = 4_000
MOST_MENTIONS = 20
MOST_SHOWN = 200
AT_SIGN = re.compile(r"(?<![\w.@+-])[@＠]([\w.@+-]{2,64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One comment as it is shown."""

    id: ObservationId
    at: datetime
    body: Comment


def comments(node: Node, about: str) -> tuple[Said, ...]:
    """Give what was said of an object, oldest first; what was erased is gone."""
    split(about)
    bring_up_to_date(node)
    ids = index_of(node).sources_about(reference(ObjectKind.COMMENT, about), limit=MOST_SHOWN)
    found = node.log.get_many([ObservationId(each) for each in ids])
    ordered = sorted(found.values(), key=lambda each: each.position)
    return tuple(said for each in ordered if (said := _said(each)) is not None)


def comment(
    node: Node, about: str, text: str, *, actor: str, exists: Callable[[str], bool]
) -> Said:
    """Say something about an object; whoever is mentioned and exists hears of it."""
    split(about)
    written = text.replace("\r\n", "\n").strip()
    if not written or len(written) > LONGEST_TEXT:
        raise BadInputError(
            f"a comment has 1 to {LONGEST_TEXT:,} characters", remedy="shorten it, or write one"
        )
    if any(not each.isprintable() and each not in "\n\t" for each in written):
        raise BadInputError("a comment holds characters that cannot be seen", remedy="type it anew")
    now = node.clock()
    body = Comment(about=about, text=written, author=actor, mentions=tuple(_named(written, exists)))
    made = Observation(
        kind=KIND,
        subject=f"actor:{actor}",
        facet=about[:LONGEST],
        observed_at=now,
        collector="panshi record",
        body=body,
    )
    sealed = node.log.append((made,), now).ids[0]
    node.checkpoint()
    return Said(id=sealed, at=now, body=body)


def erase(node: Node, comment_id: str, *, actor: str, anybody: bool = False) -> str:
    """Erase a comment: its author's own, or anybody's where the duty allows; give its object."""
    sealed = node.log.get(ObservationId(comment_id))
    body = sealed.observation.body if sealed else None
    if sealed is None or not isinstance(body, Comment):
        raise MissingError("there is no such comment", remedy="it may have been erased")
    if body.author != actor and not anybody:
        raise ForbiddenError("this comment is somebody else's", remedy="ask its author")
    node.redact((sealed.id,), why="comment withdrawn", actor=actor)
    return body.about


def mentions_of(node: Node, person: str, limit: int = MOST_SHOWN) -> Iterator[Said]:
    """Yield the newest comments that mention a person."""
    bring_up_to_date(node)
    ids = index_of(node).mentioning(person, limit=limit)
    for each in node.log.get_many([ObservationId(one) for one in ids]).values():
        said = _said(each)
        if said is not None:
            yield said


def _named(text: str, exists: Callable[[str], bool]) -> Iterator[str]:
    names = dict.fromkeys(found.rstrip(".") for found in AT_SIGN.findall(text))
    yield from (name for name in list(names)[:MOST_MENTIONS] if exists(name))


def _said(sealed: Sealed) -> Said | None:
    body = sealed.observation.body
    if not isinstance(body, Comment):
        return None
    return Said(id=sealed.id, at=sealed.observation.observed_at, body=body)
