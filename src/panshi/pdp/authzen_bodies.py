"""Bodies of AuthZEN requests, typed; what the specification does not name is ignored.

OpenID AuthZEN Authorization API 1.0, sections 5 to 8. A member that is absent, of another type or
null where it is required makes the request a bad one; optional members may be null.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from panshi.errors import BadInputError

type Properties = dict[str, Any] | None


class Entity(msgspec.Struct, frozen=True, gc=False):
    """A subject or a resource."""

    type: str
    id: str
    properties: Properties = None


class Action(msgspec.Struct, frozen=True, gc=False):
    """What is to be done."""

    name: str
    properties: Properties = None


class Evaluation(msgspec.Struct, frozen=True, gc=False):
    """Access Evaluation API, section 6.1."""

    subject: Entity
    action: Action
    resource: Entity
    context: Properties = None


class PartEntity(msgspec.Struct, frozen=True):
    """A subject or resource of which a batch may leave out what its default says."""

    type: str | None = None
    id: str | None = None
    properties: Properties = None


class PartAction(msgspec.Struct, frozen=True):
    """An action of a batch."""

    name: str | None = None
    properties: Properties = None


class Item(msgspec.Struct, frozen=True):
    """One evaluation of a batch, or the defaults of all."""

    subject: PartEntity | None = None
    action: PartAction | None = None
    resource: PartEntity | None = None
    context: Properties = None


class Options(msgspec.Struct, frozen=True):
    """How a batch is executed; `explain` is ours."""

    evaluations_semantic: str = "execute_all"
    explain: bool = False


class Evaluations(Item, frozen=True):
    """Access Evaluations API, section 7.1."""

    evaluations: list[msgspec.Raw] | None = None
    options: Options | None = None


class Explained(msgspec.Struct, frozen=True):
    """The options of a single evaluation."""

    options: Options | None = None


class OfType(msgspec.Struct, frozen=True):
    """The side a search looks for; an id is ignored."""

    type: str


class Page(msgspec.Struct, frozen=True):
    """Which part of the results; drafts called the token next_token."""

    token: str | None = None
    next_token: str | None = None
    limit: int | None = None
    properties: Properties = None


class SubjectSearch(msgspec.Struct, frozen=True):
    """Who may do this, section 8."""

    subject: OfType
    action: Action
    resource: Entity
    context: Properties = None
    page: Page | None = None


class ResourceSearch(msgspec.Struct, frozen=True):
    """With what this may be done."""

    subject: Entity
    action: Action
    resource: OfType
    context: Properties = None
    page: Page | None = None


class ActionSearch(msgspec.Struct, frozen=True):
    """What may be done."""

    subject: Entity
    resource: Entity
    context: Properties = None
    page: Page | None = None


def decoded[T](decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """Decode a body, or say what is wrong with it."""
    try:
        found = decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadInputError(f"not a valid request: {error}") from error
    except RecursionError as error:
        raise BadInputError("the request is nested too deeply") from error
    once(body)
    return found


def keys(document: Any) -> int:  # noqa: ANN401 -- JSON
    """Count the names in a record or a list."""
    if type(document) is dict:
        names, held = len(document), document.values()
    else:
        names, held = 0, document
    for each in held:
        kind = type(each)
        if kind is dict or kind is list:
            names += keys(each)
    return names


def surely_once(body: bytes, names: int) -> bool:
    """Whether a body of so many names can hold none twice, seen without parsing it again.

    Every name is followed by a colon, so as many colons as names leave room for no other. A text
    may hold colons too; then `":` is counted, which a text seldom holds.
    """
    if body.count(b":") == names:
        return True
    return body.count(b'":') == names and not (
        b" :" in body or b"\n:" in body or b"\t:" in body or b"\r:" in body
    )


def once(body: bytes) -> None:
    """Refuse a body that names something twice: others may have read the other one."""
    try:
        json.loads(body, object_pairs_hook=_pairs)
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"not a valid request: {error}") from error


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadInputError(f"{twice[:80]!r} is named twice")
    return found
