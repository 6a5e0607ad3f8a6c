"""References to whatever can be talked about, watched or found: `<kind>/<id>`.

They stand in comments, in the inbox and in the search index; each surface turns them into its own
addresses. An id may hold further slashes (`control/zt36/1-1`).
"""

from __future__ import annotations

from enum import StrEnum

from panshi.errors import BadInputError


class ObjectKind(StrEnum):
    """What a reference points at."""

    CONTROL = "control"
    ASSET = "asset"
    OBSERVATION = "observation"
    EXCEPTION = "exception"
    ATTESTATION = "attestation"
    PROJECT = "project"
    INDICATOR = "indicator"
    REVIEW = "review"
    STATEMENT = "statement"
    REPORT = "report"
    OFFICE = "office"
    ACTION = "action"
    SOURCE = "source"
    "A kind of observation and whatever feeds it."
    COMMENT = "comment"
    DOCUMENT = "document"
    PERSON = "person"
    FRAMEWORK = "framework"
    INTELLIGENCE = "intelligence"
    MEMBER = "member"
    "Of a hub."
    VEX = "vex"
    "A decision on exploitability."
    IMPACT = "impact"
    "The impact analysis of a service."
    VAULT = "vault"
    "A source kept in the vault."


LONGEST = 240


def reference(kind: ObjectKind, name: str) -> str:
    """Join kind and id."""
    return f"{kind}/{name}"


def split(about: str) -> tuple[ObjectKind, str]:
    """Part a reference into kind and id, or refuse it."""
    kind, _, name = about.partition("/")
    if kind not in set(ObjectKind) or not name or len(about) > LONGEST or not name.isprintable():
        raise BadInputError(
            f"{about[:60]!r} points at nothing", remedy="for example control/zt36/1-1"
        )
    return ObjectKind(kind), name
