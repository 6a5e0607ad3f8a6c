"""The nouns of an access decision: who asks to do what, and the answer with its why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

type Attribute = str | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Someone, in some roles, asks to do something with something."""

    principal: str
    "Name of the account or token; empty for someone not signed in."
    roles: tuple[str, ...] = ()
    action: str
    "For example `evidence.view`."
    resource: str = "console"
    in_person: bool = True
    "A person decides, not a program on its own; the policies read it as `principal.in_person`."
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    "Of the principal; `signed_in` and `in_person` are always there."
    context: Mapping[str, Attribute] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Allowed or not, and by which policies."""

    allowed: bool
    reasons: tuple[str, ...] = ()
    "Ids of the policies that decided; empty where none applied, which denies."
    errors: tuple[str, ...] = ()
    "What could not be evaluated; any error denies."
