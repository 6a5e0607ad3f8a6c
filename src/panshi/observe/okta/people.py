"""Accounts of an Okta organisation: entries, enrolled factors, and what sign-ins really asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from panshi.errors import BadInputError
from panshi.model.bodies.directory import DirectoryEntry, MethodRegistration
from panshi.model.observation import Observation, Outcome
from panshi.observe.okta.reading import COLLECTOR, SOURCE, Reading, day
from panshi.observe.reading.members import listed, text
from panshi.observe.reading.records import Record
from panshi.observe.reading.texts import instant, observed, zone_of
from panshi.observe.sign_ins import SignIn, SignIns

ENTRY = "account.entry/1"
REGISTRATION = "account.registration/1"
_DISABLED = frozenset({"STAGED", "DEPROVISIONED", "SUSPENDED"})
_STATES = frozenset(
    {"ACTIVE", "PROVISIONED", "LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY", *_DISABLED}
)
_RESISTANT = ("webauthn", "fido", "u2f", "signed_nonce", "smart_card", "x509")
_MOST_SESSIONS = 1_000_000


def is_resistant(factor: str) -> bool:
    """Tell whether a factor is bound to a carrier and an origin."""
    return any(word in factor.lower() for word in _RESISTANT)


def directory(reading: Reading) -> Iterator[Observation]:
    """Give each account's entry."""
    for place, entry in reading.entries():
        name = _login(entry, reading, place)
        status = text(entry, "status", limit=40).upper()
        if not name:
            continue
        known = status in _STATES
        yield Observation(
            kind=ENTRY,
            subject=reading.look.subject or f"account:{name}",
            facet=SOURCE,
            observed_at=reading.look.now,
            collector=COLLECTOR,
            outcome=Outcome.SEEN if known else Outcome.FAILED,
            reason="" if known else f"status {status!r} is not known",
            body=DirectoryEntry(
                enabled=status not in _DISABLED,
                status=status,
                last_sign_in=day(entry, "lastLogin"),
                created=day(entry, "created"),
                source=SOURCE,
            )
            if known
            else None,
        )


def registrations(reading: Reading) -> Iterator[Observation]:
    """Give which factors each account enrolled; only active ones count."""
    for place, entry in reading.entries():
        name = _login(entry, reading, place)
        if not name:
            continue
        active = [
            each for each in listed(entry, "factors") if text(each, "status").upper() == "ACTIVE"
        ]
        kinds = tuple(sorted({text(each, "factorType", limit=60) for each in active} - {""}))
        yield Observation(
            kind=REGISTRATION,
            subject=reading.look.subject or f"account:{name}",
            facet=SOURCE,
            observed_at=reading.look.now,
            collector=COLLECTOR,
            body=MethodRegistration(
                mfa_registered=bool(kinds),
                phishing_resistant=any(map(is_resistant, kinds)),
                only_phishing_resistant=bool(kinds) and all(map(is_resistant, kinds)),
                methods=kinds,
                source=SOURCE,
            ),
        )


@dataclass(slots=True)
class _Session:
    account: str
    began: datetime | None = None
    factors: set[str] = field(default_factory=set)


def sign_ins(reading: Reading) -> Iterator[Observation]:
    """Join the events of each session: what was asked until it had begun."""
    sessions: dict[str, _Session] = {}
    for place, event in reading.entries():
        session = text(event, "authenticationContext", "externalSessionId", limit=100)
        name = _person(event)
        if not session or not name:
            continue
        if len(sessions) >= _MOST_SESSIONS:
            raise BadInputError(f"more than {_MOST_SESSIONS:,} sessions", place=place)
        _join(sessions.setdefault(f"{name} {session}", _Session(name)), event, reading, place)
    folded = SignIns(SOURCE)
    for each in sessions.values():
        if each.began is not None:
            strong = any(map(is_resistant, each.factors))
            folded.add(
                SignIn(
                    account=each.account,
                    at=each.began,
                    factors=2 if each.factors else 1,
                    methods=tuple(sorted(each.factors)),
                    resistant=strong,
                ),
                str(reading.path),
            )
    if not folded.accounts:
        raise BadInputError(
            "holds no session that began", place=str(reading.path), remedy="export a longer period"
        )
    subject = reading.look.subject
    yield from folded.observations(
        COLLECTOR,
        incomplete=reading.incomplete,
        subjects=dict.fromkeys(folded.accounts, subject) if subject else {},
    )


def _person(event: Record) -> str:
    """Give the account a successful event is of; empty for failures and for machines."""
    if text(event, "outcome", "result").upper() != "SUCCESS" or text(event, "actor", "type") != (
        "User"
    ):
        return ""
    name = text(event, "actor", "alternateId", limit=255).lower()
    return "" if " " in name else name


def _join(session: _Session, event: Record, reading: Reading, place: str) -> None:
    match text(event, "eventType", limit=80):
        case "user.session.start":
            stated = text(event, "published", limit=60)
            if instant(stated, zone_of(reading.look)) is None:
                reading.warnings.tell(place, "a sign-in without a time; it is left out")
            else:
                session.began = observed(stated, reading.look, place)
        case "user.authentication.auth_via_mfa" | "user.authentication.verify":
            session.factors.add(_factor(event))
        case _:
            pass


def _factor(event: Record) -> str:
    told = text(event, "debugContext", "debugData", "factor", limit=60)
    return told or text(event, "authenticationContext", "credentialType", limit=60) or "factor"


def _login(entry: Record, reading: Reading, place: str) -> str:
    name = text(entry, "profile", "login", limit=255) or text(entry, "login", limit=255)
    if not name or " " in name:
        reading.warnings.tell(place, "an entry without a login; it is left out")
        return ""
    return name.lower()
