"""The nouns of a Cedar decision: what is asked, and the answer with its why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from panshi.protection.cedar.values import Uid, Value


class Request(NamedTuple):
    """Someone asks to do something with something, in some context."""

    principal: Uid
    action: Uid
    resource: Uid
    context: Mapping[str, Value] = {}


class PolicyError(NamedTuple):
    """A policy that could not be evaluated and was therefore skipped."""

    policy: str
    message: str


class Decision(NamedTuple):
    """Allowed or not, by which policies, and which of them could not be evaluated."""

    allowed: bool
    reasons: tuple[str, ...] = ()
    "Ids of the determining policies; empty where none applied, which denies."
    errors: tuple[PolicyError, ...] = ()
    compiled: bool = True
    "False where cedarpy decided, because the set holds something the compiler does not know."
