"""Carrying out what an event brings about, on the live sessions and the entities of this point.

Each change names its sessions or principals; nothing else is touched. What must outlast a restart
(who is refused, which address moved) is kept per feed, so that a feed can only take back its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from panshi.pdp.live.tally import Change as Because
from panshi.protection.cedar import Uid
from panshi.protection.zero_trust.sessions.nouns import Cause, Session
from panshi.protection.zero_trust.signals.actions import (
    AnswerVerification,
    Change,
    ChangeAttributes,
    EndSessions,
    MoveIdentifier,
    NoteSession,
    SendSignal,
    SetAccount,
    SetAssurance,
    SetFeedStatus,
    SetParticipation,
)
from panshi.protection.zero_trust.signals.events import EventType
from panshi.protection.zero_trust.trust.signal import Signal, Subject, SubjectKind

if TYPE_CHECKING:
    from panshi.pdp.live.registry import Live
    from panshi.pdp.shared_signals.feeds import Listening
    from panshi.protection.cedar import EntityStore, Value
    from panshi.store.signal_streams import SignalStreams

REFUSED, MOVED, SEEN, PARTICIPATION = "refused", "moved", "seen", "participation"
"Kinds of what feeds teach."
_CAUSES = {
    EventType.CREDENTIAL_CHANGE: Cause.CREDENTIAL,
    EventType.CREDENTIAL_COMPROMISE: Cause.CREDENTIAL,
    EventType.ACCOUNT_DISABLED: Cause.LEAVER,
    EventType.ACCOUNT_PURGED: Cause.LEAVER,
}
_GRADES = {1: "aal1", 2: "aal1", 3: "aal2", 4: "aal3"}
"Grade of the sign-in in the trust model by ISO/IEC 29115 level."


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What changes are carried out on."""

    live: Live | None
    entities: EntityStore
    store: SignalStreams


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Who said it, and when it happened and came."""

    feed: Listening
    happened_at: float
    received_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one change did."""

    what: str
    "A short line for people; empty: nothing."
    sessions: tuple[str, ...] = ()


_NOTHING = Done(what="")


def carry_out(change: Change, word: Word, means: Means) -> Done:
    """Do one change."""
    match change:
        case EndSessions():
            return _end(change, word, means)
        case SendSignal():
            return _signal(change, word, means)
        case ChangeAttributes():
            return _attributes(change, word, means)
        case SetAssurance():
            return _assurance(change, word, means)
        case SetAccount():
            return _account(change, word, means)
        case NoteSession() | SetParticipation() | MoveIdentifier():
            return _learn(change, word, means)
        case AnswerVerification() | SetFeedStatus():
            return _NOTHING  # about the feed itself: done where feeds are kept
        case _:
            assert_never(change)


def refuse_again(means: Means) -> int:
    """Refuse, in entities just loaded, everybody whom some feed had refused; count them."""
    users = {name for _, name, _ in means.store.learned(REFUSED)}
    for user in users:
        _enable(means, user, enabled=False)
    return len(users)


def _end(change: EndSessions, word: Word, means: Means) -> Done:
    live = means.live
    ids = tuple(each for each in change.sessions if live is not None and each in live.held)
    if live is None or not ids:
        return _NOTHING
    cause = _CAUSES.get(change.event, Cause.SESSION_REVOKED)
    live.end_all(
        ids,
        Because(
            cause=cause,
            what=change.event.value,
            whom=f"session:{ids[0]}" if len(ids) == 1 else "",
            source=word.feed.source,
        ),
    )
    return Done(what=f"end {len(ids)}", sessions=ids)


def _signal(change: SendSignal, word: Word, means: Means) -> Done:
    live = means.live
    if live is None:
        return _NOTHING
    touched: set[str] = set()
    for name in change.ids:
        orders = live.signal(
            Signal(
                kind=change.kind,
                subject=Subject(SubjectKind(change.about.value), name),
                value=change.value,
                weight_class=change.grade,
                observed_at=min(word.happened_at, word.received_at),
                received_at=word.received_at,
                source=word.feed.source,
                fresh_for_s=change.fresh_for_s,
            )
        )
        touched.update(each.session for each in orders)
    said = ", ".join(f"{change.about.value}:{each}" for each in change.ids[:5])
    return Done(what=f"{change.kind} = {change.grade} ({said})", sessions=tuple(sorted(touched)))


def _attributes(change: ChangeAttributes, word: Word, means: Means) -> Done:
    found = _held(means, change.sessions)
    for session in found:
        attributes = {**session.attributes, **change.attributes}
        _amend(means, replace(session, attributes=attributes), word)
    said = ", ".join(f"{name} = {value}" for name, value in change.attributes.items())
    return Done(what=said, sessions=tuple(each.id for each in found)) if found else _NOTHING


def _assurance(change: SetAssurance, word: Word, means: Means) -> Done:
    done: list[str] = []
    for session in _held(means, change.sessions):
        raising = change.level > session.assurance
        if change.level == session.assurance or (raising and not word.feed.row.may_raise):
            continue
        _amend(means, replace(session, assurance=change.level), word)
        if means.live is not None:
            means.live.signal(
                Signal(
                    kind="authenticator",
                    subject=Subject(SubjectKind.SESSION, session.id),
                    value=str(change.level),
                    weight_class=_GRADES[change.level],
                    observed_at=min(word.happened_at, word.received_at),
                    received_at=word.received_at,
                    source=word.feed.source,
                )
            )
        done.append(session.id)
    return Done(what=f"assurance {change.level}", sessions=tuple(done)) if done else _NOTHING


def _account(change: SetAccount, word: Word, means: Means) -> Done:
    feed, done = word.feed.row.name, list[str]()
    earlier = {name: value for _, name, value in means.store.learned(REFUSED, feed)}
    for user in change.users:
        kept = _Refused.of(earlier.get(user))
        if kept is not None and word.happened_at < kept.at:
            continue  # older than what is known: tokens may overtake each other
        if not change.enabled:
            was = kept.was if kept else _enabled(means.entities, user)
            means.store.learn(REFUSED, feed, user, _Refused(at=word.happened_at, was=was).text())
            _enable(means, user, enabled=False)
            done.append(user)
        elif kept is not None and means.store.unlearn(REFUSED, feed, user):
            others = any(name == user for _, name, _ in means.store.learned(REFUSED))
            if not others:
                _enable(means, user, enabled=kept.was)
            done.append(user)
    verb = "enabled" if change.enabled else "disabled"
    return Done(what=f"{verb} {', '.join(done[:5])}") if done else _NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refused:
    """Since when a user is refused, and what the entity said before."""

    at: float
    was: bool | None

    @classmethod
    def of(cls, text: str | None) -> _Refused | None:
        if text is None:
            return None
        found = json.loads(text)
        return cls(at=float(found["at"]), was=found["was"])

    def text(self) -> str:
        return json.dumps({"at": self.at, "was": self.was})


def _learn(
    change: NoteSession | SetParticipation | MoveIdentifier, word: Word, means: Means
) -> Done:
    feed, learn = word.feed.row.name, means.store.learn
    match change:
        case NoteSession():
            seen = {"at": word.happened_at, "established": change.established}
            for user in change.users:
                learn(SEEN, feed, user, json.dumps({**seen, "ext_id": change.external}))
            return Done(what=f"seen {', '.join(change.users[:5])}" if change.users else "")
        case SetParticipation():
            for user in change.users:
                learn(PARTICIPATION, feed, user, change.state)
            return Done(what=f"{change.state} {', '.join(change.users[:5])}")
        case MoveIdentifier():
            return _move(change, word, means)


def _move(change: MoveIdentifier, word: Word, means: Means) -> Done:
    feed = word.feed.row.name
    moved = {name: user for _, name, user in means.store.learned(MOVED, feed)}
    user = change.user or moved.get(change.old, "")
    means.store.learn(MOVED, feed, change.old, "")
    if change.new and user:
        means.store.learn(MOVED, feed, change.new, user)
    return Done(what=f"an identifier moved ({user or 'nobody'})")


def _held(means: Means, ids: tuple[str, ...]) -> tuple[Session, ...]:
    if means.live is None:
        return ()
    return tuple(means.live.held[each].session for each in ids if each in means.live.held)


def _amend(means: Means, session: Session, word: Word) -> None:
    """Put a session as it now is and decide anew what it has open."""
    live = means.live
    if live is None:
        return
    live.register.put(session)
    live.held[session.id].session = session
    live.journal.note("session", session.id, session)
    live.reconsider((session.id,), Cause.SIGNAL, what="claims", source=word.feed.source)


def _enabled(entities: EntityStore, user: str) -> bool | None:
    entity = entities.get(Uid("User", user))
    value = entity.attributes.get("enabled") if entity is not None else None
    return value if isinstance(value, bool) else None


def _enable(means: Means, user: str, *, enabled: bool | None) -> None:
    uid = Uid("User", user)
    entity = means.entities.get(uid)
    if entity is None:
        return
    attributes: Mapping[str, Value] = {
        name: value for name, value in entity.attributes.items() if name != "enabled"
    }
    if enabled is not None:
        attributes = {**attributes, "enabled": enabled}
    means.entities.put(replace(entity, attributes=attributes))
