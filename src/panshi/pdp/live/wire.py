"""What enforcement points, identity fronts and sources of signals send, and how it is read.

Bodies are JSON; unknown fields, wrong types and texts beyond their length are refused before
anything happens.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from panshi.errors import BadInputError
from panshi.protection.cedar import Uid
from panshi.protection.zero_trust.sessions.nouns import Access, AccessKind, Session
from panshi.protection.zero_trust.trust.signal import Signal, Subject, SubjectKind

Name = Annotated[str, Meta(min_length=1, max_length=256)]
Short = Annotated[str, Meta(max_length=256)]
Text = Annotated[str, Meta(max_length=2_000)]
Seconds = Annotated[float, Meta(ge=0, le=32_503_680_000)]
"Up to the year 3000."
MOST_SIGNALS = 1_000
LONGEST_SESSION_S = 31 * 86_400.0
DEFAULT_SESSION_S = 12 * 3_600.0


class _Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body that carries nothing nobody asked for."""


class Reference(_Body, frozen=True, kw_only=True):
    """An entity."""

    type: Name
    id: Name

    def uid(self) -> Uid:
        """Give it as Cedar names it."""
        return Uid(self.type, self.id)


class SessionBody(_Body, frozen=True, kw_only=True):
    """Somebody signed in."""

    id: Name
    user: Reference
    device: Short | None = None
    credential: Short | None = None
    assurance: Annotated[int, Meta(ge=1, le=4)]
    authenticators: Annotated[tuple[Short, ...], Meta(max_length=16)] = ()
    established_at: Seconds | None = None
    expires_at: Seconds | None = None
    address: Annotated[str, Meta(max_length=64)] = ""
    country: Annotated[str, Meta(pattern="^([A-Z]{2})?$")] = ""
    attributes: Annotated[dict[Name, bool | int | Text], Meta(max_length=32)] = {}

    def session(self, now: float) -> Session:
        """Give it as a session; times that are not stated begin now and last half a day."""
        established = now if self.established_at is None else min(self.established_at, now)
        expires = now + DEFAULT_SESSION_S if self.expires_at is None else self.expires_at
        return Session(
            id=self.id,
            user=self.user.uid(),
            device=self.device or None,
            credential=self.credential or None,
            assurance=self.assurance,
            authenticators=self.authenticators,
            established_at=established,
            expires_at=min(expires, now + LONGEST_SESSION_S),
            address=self.address,
            country=self.country,
            attributes=self.attributes,
        )


class AccessBody(_Body, frozen=True, kw_only=True):
    """An enforcement point is about to open something."""

    id: Name
    session: Name
    action: Reference
    resource: Reference
    pep: Name
    kind: AccessKind = AccessKind.STREAM

    def access(self, now: float) -> Access:
        """Give it as an access."""
        return Access(
            id=self.id,
            session=self.session,
            action=self.action.uid(),
            resource=self.resource.uid(),
            pep=self.pep,
            opened_at=now,
            kind=self.kind,
        )


class SubjectBody(_Body, frozen=True, kw_only=True):
    """Whom a signal concerns."""

    kind: SubjectKind
    id: Name


class SignalBody(_Body, frozen=True, kw_only=True):
    """One word of a source."""

    kind: Name
    subject: SubjectBody
    grade: Short = ""
    value: bool | int | float | Text = ""
    source: Name
    observed_at: Seconds | None = None
    fresh_for_s: Annotated[float, Meta(ge=0, le=31_622_400)] = 0.0

    def signal(self, now: float) -> Signal:
        """Give it as a signal; without a time it was seen now."""
        return Signal(
            kind=self.kind,
            subject=Subject(self.subject.kind, self.subject.id),
            value=self.value if self.value != "" else self.grade,
            weight_class=self.grade,
            observed_at=now if self.observed_at is None else self.observed_at,
            received_at=now,
            source=self.source,
            fresh_for_s=self.fresh_for_s,
        )


class SignalsBody(_Body, frozen=True, kw_only=True):
    """Several words at once."""

    signals: Annotated[tuple[SignalBody, ...], Meta(min_length=1, max_length=MOST_SIGNALS)]


class FeedBody(_Body, frozen=True, kw_only=True):
    """A feed says that it is alive, and what depends on it."""

    source: Name
    families: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=64)]
    interval_s: Annotated[float, Meta(gt=0)]


class ConfirmBody(_Body, frozen=True, kw_only=True):
    """An enforcement point has carried out everything up to an epoch."""

    pep: Name
    epoch: Annotated[int, Meta(ge=0, lt=2**62)]


class LeaverBody(_Body, frozen=True, kw_only=True):
    """Somebody left."""

    user: Name
    source: Short = ""


class GrantBody(_Body, frozen=True, kw_only=True):
    """Break-glass is asked for."""

    id: Name
    user: Reference
    requester: Name
    reason: Text
    lasts_s: Annotated[float, Meta(gt=0, le=86_400)]
    actions: Annotated[tuple[Name, ...], Meta(max_length=64)] = ()
    resources: Annotated[tuple[Name, ...], Meta(max_length=256)] = ()


class StepBody(_Body, frozen=True, kw_only=True):
    """Somebody approves, ends or reviews break-glass."""

    step: Annotated[str, Meta(pattern="^(approve|end|review)$")]
    person: Name
    finding: Text = ""


def read[Body](raw: bytes, kind: type[Body], place: str) -> Body:
    """Read one body."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadInputError(
            str(error), place=place, remedy="see the reference of the API"
        ) from error
