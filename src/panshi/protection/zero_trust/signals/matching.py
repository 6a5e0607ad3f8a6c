"""Whom of ours a subject means, and which live sessions that touches.

A member that names nobody here matches nothing: a subject is never widened because a part of it was
not understood. Several members narrow together (SSF 1.0 section 3.3.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from panshi.protection.zero_trust.sessions.nouns import Session
from panshi.protection.zero_trust.signals.subjects import Identifier, Subject


class Principal(StrEnum):
    """What of ours an identifier can name."""

    USER = "user"
    DEVICE = "device"
    SESSION = "session"


_SESSION_CLAIMS = {"jwt_id": "jti", "saml_assertion_id": "assertion_id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How one issuer names our people and things; what was agreed when its feed was added."""

    issuers: frozenset[str] = frozenset()
    "Issuers whose `iss_sub` names are ours; other issuers' names mean nobody."
    domains: frozenset[str] = frozenset()
    "Mail domains whose local part is a user's id here."
    tenant: str = ""
    "Our tenant at the issuer; an event about another tenant is not about us. Empty: not checked."


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names of our users and devices: ids, and attributes that name them uniquely."""

    users: Mapping[str, frozenset[str]] = field(default_factory=dict)
    "Ids of users by a folded name: id, mail address, telephone number."
    devices: Mapping[str, frozenset[str]] = field(default_factory=dict)
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    "Ids of the users of a group or organisational unit, by its folded name."
    moved: Mapping[str, str] = field(default_factory=dict)
    "Identifiers that changed or were recycled: the folded old one, and the user's id, or nothing."


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The principals a subject means; None: this kind was not named and narrows nothing."""

    users: frozenset[str] | None = None
    devices: frozenset[str] | None = None
    sessions: frozenset[str] | None = None
    foreign: bool = False
    "It speaks of another tenant."
    unprocessed: tuple[str, ...] = ()
    "Members that were left aside because nothing here answers to them."

    @property
    def nobody(self) -> bool:
        """Whether no principal of ours is meant."""
        named = [each for each in (self.users, self.devices, self.sessions) if each is not None]
        return self.foreign or not named or any(not each for each in named)


def who(
    subject: Subject,
    order: Iterable[Principal],
    naming: Naming,
    names: Names,
    sessions: Iterable[Session],
) -> Who:
    """Find whom a subject means; `order` says as what a simple subject is looked up.

    `sessions` are gone through, as often as needed, only for names nothing else knows.
    """
    live = sessions
    if not subject.complex:
        return _simple(subject, order, naming, names, live)
    users = devices = marked = None
    unprocessed: list[str] = []
    foreign = False
    for name, member in subject.members:
        match name:
            case "user":
                users = _both(users, _users(member, naming, names, live))
            case "group" | "org_unit":
                users = _both(users, _group(member, names))
            case "device":
                devices = _devices(member, naming, names, live)
            case "session":
                marked = _sessions(member, naming, live)
            case "tenant" if naming.tenant:
                foreign = naming.tenant not in _texts(member)
            case _:
                unprocessed.append(name)
    return Who(
        users=users,
        devices=devices,
        sessions=marked,
        foreign=foreign,
        unprocessed=tuple(unprocessed),
    )


def touched(found: Who, sessions: Iterable[Session]) -> tuple[Session, ...]:
    """Give the live sessions that every named principal fits; none where somebody is unknown."""
    if found.nobody:
        return ()
    return tuple(
        each
        for each in sessions
        if (found.users is None or each.user.id in found.users)
        and (found.devices is None or each.device in found.devices)
        and (found.sessions is None or each.id in found.sessions)
    )


def folded(name: str) -> str:
    """Fold a name as names are compared."""
    return name.strip().casefold()


def _simple(
    subject: Subject,
    order: Iterable[Principal],
    naming: Naming,
    names: Names,
    live: Iterable[Session],
) -> Who:
    found = Who()
    for principal in order:
        match principal:
            case Principal.USER:
                found = Who(users=_users(subject, naming, names, live))
            case Principal.DEVICE:
                found = Who(devices=_devices(subject, naming, names, live))
            case Principal.SESSION:
                found = Who(sessions=_sessions(subject, naming, live))
        if not found.nobody:
            return found
    return found


def _both(one: frozenset[str] | None, other: frozenset[str]) -> frozenset[str]:
    return other if one is None else one & other


def _users(
    subject: Subject, naming: Naming, names: Names, live: Iterable[Session]
) -> frozenset[str]:
    return frozenset(
        user
        for identifier in subject.aliases
        for user in _named(_candidates(identifier, naming), names, live)
    )


def _named(candidates: tuple[str, ...], names: Names, live: Iterable[Session]) -> frozenset[str]:
    """Give the users of the first name that somebody has; what moved is looked up nowhere else."""
    for name in candidates:
        moved = names.moved.get(name)
        if moved is not None:
            return frozenset({moved} - {""})
        if name in names.users:
            return names.users[name]
    return frozenset(each.user.id for each in live if each.user.id.casefold() in candidates)


def _devices(
    subject: Subject, naming: Naming, names: Names, live: Iterable[Session]
) -> frozenset[str]:
    """Give the devices meant; one that only a live session names is known by that."""
    found: set[str] = set()
    for identifier in subject.aliases:
        for name in _candidates(identifier, naming):
            known = names.devices.get(name)
            if known is None:
                known = frozenset(
                    each.device for each in live if each.device and folded(each.device) == name
                )
            found |= known
    return frozenset(found)


def _group(subject: Subject, names: Names) -> frozenset[str]:
    texts = _texts(subject)
    return frozenset(user for text in texts for user in names.groups.get(folded(text), frozenset()))


def _sessions(subject: Subject, naming: Naming, live: Iterable[Session]) -> frozenset[str]:
    return frozenset(
        session.id
        for session in live
        if any(_is_session(each, session, naming) for each in subject.aliases)
    )


def _is_session(identifier: Identifier, session: Session, naming: Naming) -> bool:
    claim = _SESSION_CLAIMS.get(identifier.format)
    if claim is not None:
        issuer, value = identifier.values
        return issuer in naming.issuers and session.attributes.get(claim) == value
    if identifier.format == "opaque":
        return identifier.values[0] in {session.id, session.attributes.get("ext_id")}
    if identifier.format == "iss_sub":
        return identifier.values[0] in naming.issuers and identifier.values[1] == session.id
    return False


def _texts(subject: Subject) -> frozenset[str]:
    return frozenset(identifier.values[-1] for identifier in subject.aliases if identifier.values)


def _candidates(identifier: Identifier, naming: Naming) -> tuple[str, ...]:
    """Give the folded names under which an identifier is looked up."""
    match identifier.format:
        case "email":
            return _mail(identifier.values[0], naming)
        case "account":
            return _mail(identifier.values[0].removeprefix("acct:"), naming)
        case "iss_sub":
            issuer, subject = identifier.values
            return (folded(subject),) if issuer in naming.issuers else ()
        case "opaque" | "phone_number" | "uri" | "did":
            return (folded(identifier.values[0]),)
        case _:
            return ()


def _mail(address: str, naming: Naming) -> tuple[str, ...]:
    local, _, domain = folded(address).rpartition("@")
    whole = folded(address)
    return (whole, local) if domain in naming.domains else (whole,)
