"""From an event to what is done about it: governed rules, and the changes that follow from them.

The rules are content (`content/zero_trust/signal_actions.yaml`); this module knows what each step
means and refuses rules that could raise trust by accident. A change is what the decision point is
asked to do; whom it touches was settled before (`matching`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from panshi.protection.zero_trust.sessions.nouns import Session
from panshi.protection.zero_trust.signals.events import Event, EventType
from panshi.protection.zero_trust.signals.matching import Principal, Who, folded
from panshi.protection.zero_trust.signals.subjects import Subject


class Do(StrEnum):
    """The steps a rule may take."""

    END_SESSIONS = "end_sessions"
    END_CREDENTIAL_SESSIONS = "end_credential_sessions"
    SIGNAL = "signal"
    CHANGE_ATTRIBUTES = "change_attributes"
    SET_ASSURANCE = "set_assurance"
    DISABLE_USER = "disable_user"
    ENABLE_USER = "enable_user"
    NOTE_SESSION = "note_session"
    MOVE_IDENTIFIER = "move_identifier"
    DROP_IDENTIFIER = "drop_identifier"
    SET_PARTICIPATION = "set_participation"
    ANSWER_VERIFICATION = "answer_verification"
    SET_FEED_STATUS = "set_feed_status"
    RECORD = "record"


class About(StrEnum):
    """Of whom a signal speaks, as the trust engine names it."""

    USER = "user"
    DEVICE = "device"
    CREDENTIAL = "credential"
    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a rule."""

    do: Do
    kind: str = ""
    "Of a signal: which evidence it is, as the trust model names it."
    grade: str = ""
    "Of a signal: the weight class; of participation: the state."
    about: About | None = None
    "Of a signal: whom it concerns."
    fresh_for_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What one event brings about, where its claims are as `when` says."""

    event: EventType
    about: tuple[Principal, ...]
    "As what a simple subject is looked up, in this order."
    when: Mapping[str, frozenset[str]]
    "Claims and the values each must have; no claims: always."
    steps: tuple[Step, ...]
    zh: str
    en: str

    def fits(self, event: Event) -> bool:
        """Whether the rule speaks about this event."""
        return event.type is self.event and all(
            event.claims.get(name, "") in values for name, values in self.when.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """All rules, the claims that may become attributes, and levels of assurance by namespace."""

    version: str
    rules: tuple[Rule, ...]
    attributes: Mapping[str, str]
    "Token claims that are taken over, and the session attribute each becomes."
    levels: Mapping[str, Mapping[str, int]]
    "ISO/IEC 29115 level by namespace and folded name of the level."
    authenticators: Mapping[str, tuple[str, ...]]
    "RFC 8176 methods that each CAEP credential type can be."

    def rule(self, event: Event) -> Rule | None:
        """Give the first rule that fits."""
        return next((each for each in self.rules if each.fits(event)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSessions:
    """End these live sessions and no others."""

    sessions: tuple[str, ...]
    event: EventType
    reason: str = ""
    "What the sender said, for whoever reads why."


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSignal:
    """Tell the trust engine something about principals."""

    about: About
    ids: tuple[str, ...]
    kind: str
    grade: str
    value: str
    fresh_for_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAttributes:
    """Sessions have other attributes from now on."""

    sessions: tuple[str, ...]
    attributes: Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAssurance:
    """Sessions have another level of assurance from now on."""

    sessions: tuple[str, ...]
    level: int
    "1 to 4; never raises what a session has unless the feed may raise."


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAccount:
    """Users may, or may not, be let in at all."""

    users: tuple[str, ...]
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSession:
    """A session was seen elsewhere: kept with what is known about its user."""

    users: tuple[str, ...]
    established: bool
    methods: tuple[str, ...] = ()
    external: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveIdentifier:
    """An identifier means another name of the same user, or nobody any more."""

    old: str
    new: str
    "Empty: nobody; whoever has it now is somebody else (`identifier-recycled`)."
    user: str = ""
    "Whose it was, where that is known."


@dataclass(frozen=True, slots=True, kw_only=True)
class SetParticipation:
    """A user's state in the exchange of RISC events (RISC 1.0 section 2.8)."""

    users: tuple[str, ...]
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerVerification:
    """The feed proved itself alive."""

    stream_id: str
    state: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFeedStatus:
    """The transmitter changed the state of the stream by itself."""

    stream_id: str
    status: str
    reason: str = ""


type Change = (
    EndSessions
    | SendSignal
    | ChangeAttributes
    | SetAssurance
    | SetAccount
    | NoteSession
    | MoveIdentifier
    | SetParticipation
    | AnswerVerification
    | SetFeedStatus
)

LOWEST = 1
LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event with its subject, as it came and as it is understood here."""

    event: Event
    subject: Subject
    who: Who
    sessions: tuple[Session, ...] = ()
    "The live sessions that all named principals fit."

    @property
    def session_ids(self) -> tuple[str, ...]:
        """Give the ids of the sessions touched, in order."""
        return tuple(sorted(each.id for each in self.sessions))


def plan(told: Told, rule: Rule, actions: Actions) -> tuple[Change, ...]:
    """Give the changes an event brings about; none where it is about nobody here."""
    if told.who.nobody and not _about_the_feed(told.event):
        return ()
    changes = (_change(step, told, actions) for step in rule.steps)
    return tuple(each for each in changes if each is not None)


def _about_the_feed(event: Event) -> bool:
    return event.type in {
        EventType.VERIFICATION,
        EventType.STREAM_UPDATED,
        EventType.IDENTIFIER_CHANGED,
        EventType.IDENTIFIER_RECYCLED,
    }


def _change(step: Step, told: Told, actions: Actions) -> Change | None:
    return _STEPS[step.do](step, told, actions)


def _end(_step: Step, told: Told, _actions: Actions) -> Change | None:
    return _ended(told, told.sessions)


def _end_credential(_step: Step, told: Told, actions: Actions) -> Change | None:
    return _ended(told, _by_credential(told, actions))


def _ended(told: Told, sessions: tuple[Session, ...]) -> EndSessions | None:
    ids = tuple(sorted(each.id for each in sessions))
    return (
        EndSessions(sessions=ids, event=told.event.type, reason=told.event.reason())
        if ids
        else None
    )


def _by_credential(told: Told, actions: Actions) -> tuple[Session, ...]:
    """Give the sessions the credential may have established; a type we cannot tell is any."""
    claims = told.event.claims
    methods = actions.authenticators.get(claims.get("credential_type", ""))
    if methods is None:
        return told.sessions
    serial = claims.get("x509_serial", "")
    return tuple(
        each
        for each in told.sessions
        if not each.authenticators
        or (set(methods) & set(each.authenticators) and _of_serial(each, serial))
    )


def _of_serial(session: Session, serial: str) -> bool:
    """Whether a session may rest on a certificate; it may where either side names no number."""
    held = session.credential or ""
    return not serial or not held or folded(serial) in folded(held)


def _signal(step: Step, told: Told, actions: Actions) -> Change | None:
    ids = _spoken_of(step.about or About.USER, told, actions)
    if not ids:
        return None
    return SendSignal(
        about=step.about or About.USER,
        ids=tuple(sorted(ids)),
        kind=step.kind,
        grade=step.grade,
        value=told.event.reason()[:LONGEST_VALUE] or told.event.type.value,
        fresh_for_s=step.fresh_for_s,
    )


def _spoken_of(about: About, told: Told, actions: Actions) -> frozenset[str]:
    match about:
        case About.USER:
            return told.who.users or frozenset(each.user.id for each in told.sessions)
        case About.DEVICE:
            return told.who.devices or frozenset()
        case About.SESSION:
            return frozenset(told.session_ids)
        case About.CREDENTIAL:
            sessions = _by_credential(told, actions)
            return frozenset(each.credential for each in sessions if each.credential)


def _attributes(_step: Step, told: Told, actions: Actions) -> Change | None:
    taken = {
        actions.attributes[name]: value
        for name, value in told.event.changed.items()
        if name in actions.attributes and isinstance(value, str | int | bool)
    }
    if not taken or not told.sessions:
        return None
    return ChangeAttributes(sessions=told.session_ids, attributes=taken)


def _assurance(_step: Step, told: Told, actions: Actions) -> Change | None:
    claims = told.event.claims
    levels = actions.levels.get(claims["namespace"], {})
    level = levels.get(folded(claims["current_level"]))
    if level is None:
        if claims.get("change_direction") == "increase":
            return None  # an unknown level raises nothing
        level = LOWEST
    return SetAssurance(sessions=told.session_ids, level=level) if told.sessions else None


def _account(step: Step, told: Told, _actions: Actions) -> Change | None:
    users = tuple(sorted(told.who.users or ()))
    return SetAccount(users=users, enabled=step.do is Do.ENABLE_USER) if users else None


def _note(_step: Step, told: Told, _actions: Actions) -> Change | None:
    return NoteSession(
        users=tuple(sorted(told.who.users or ())),
        established=told.event.type is EventType.SESSION_ESTABLISHED,
        methods=told.event.methods,
        external=told.event.claims.get("ext_id", ""),
    )


def _moved(step: Step, told: Told, _actions: Actions) -> Change | None:
    recycled = step.do is Do.DROP_IDENTIFIER
    old = next(
        (each for each in told.subject.aliases if each.format in {"email", "phone_number"}), None
    )
    new = "" if recycled else told.event.claims.get("new-value", "")
    if old is None or not (new or recycled):
        return None
    users = told.who.users or frozenset()
    return MoveIdentifier(
        old=folded(old.values[0]),
        new=folded(new),
        user=next(iter(users)) if len(users) == 1 else "",
    )


def _participation(step: Step, told: Told, _actions: Actions) -> Change | None:
    users = tuple(sorted(told.who.users or ()))
    return SetParticipation(users=users, state=step.grade) if users else None


def _verified(_step: Step, told: Told, _actions: Actions) -> Change | None:
    return AnswerVerification(stream_id=_opaque(told.subject), state=told.event.claims.get("state"))


def _status(_step: Step, told: Told, _actions: Actions) -> Change | None:
    return SetFeedStatus(
        stream_id=_opaque(told.subject),
        status=told.event.claims["status"],
        reason=told.event.claims.get("reason", ""),
    )


def _recorded(_step: Step, _told: Told, _actions: Actions) -> Change | None:
    return None


def _opaque(subject: Subject) -> str:
    return next((each.values[0] for each in subject.aliases if each.format == "opaque"), "")


_STEPS: Mapping[Do, Callable[[Step, Told, Actions], Change | None]] = {
    Do.END_SESSIONS: _end,
    Do.END_CREDENTIAL_SESSIONS: _end_credential,
    Do.SIGNAL: _signal,
    Do.CHANGE_ATTRIBUTES: _attributes,
    Do.SET_ASSURANCE: _assurance,
    Do.DISABLE_USER: _account,
    Do.ENABLE_USER: _account,
    Do.NOTE_SESSION: _note,
    Do.MOVE_IDENTIFIER: _moved,
    Do.DROP_IDENTIFIER: _moved,
    Do.SET_PARTICIPATION: _participation,
    Do.ANSWER_VERIFICATION: _verified,
    Do.SET_FEED_STATUS: _status,
    Do.RECORD: _recorded,
}
