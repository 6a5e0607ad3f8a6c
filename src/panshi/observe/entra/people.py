"""Accounts of a tenant: directory entries, registered methods, and what sign-ins really asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from panshi.errors import BadInputError
from panshi.model.bodies.directory import DirectoryEntry, MethodRegistration
from panshi.model.observation import Body, Observation, Outcome
from panshi.observe.entra.pages import Entry, Export, entries
from panshi.observe.port import Look
from panshi.observe.reading.complaints import Warnings
from panshi.observe.reading.members import flag, listed, text, texts
from panshi.observe.reading.texts import instant, observed, zone_of
from panshi.observe.sign_ins import SignIn, SignIns

ENTRY = "account.entry/1"
REGISTRATION = "account.registration/1"
SOURCE = "entra"
_RESISTANT = (
    "fido2",
    "passkeydevicebound",
    "windowshelloforbusiness",
    "windows hello for business",
    "x509certificate",
    "certificate",
    "passkey",
    "platformcredential",
    "macossecureenclavekey",
)
_NO_SECOND_FACTOR = frozenset({"password", "email", "securityquestion", "temporaryaccesspass"})
_REMEMBERED = "previously satisfied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One export being read."""

    look: Look
    path: Path
    export: Export
    warnings: Warnings


def is_resistant(method: str) -> bool:
    """Tell whether a method is bound to a carrier and an origin; an authenticator app is not."""
    return method.replace(" ", "").lower().startswith(tuple(m.replace(" ", "") for m in _RESISTANT))


def registrations(reading: Reading) -> Iterator[Observation]:
    """Give what each account registered (userRegistrationDetails)."""
    for place, entry in entries(reading.path, reading.export):
        name = _name(entry, reading, place)
        if not name:
            continue
        registered = flag(entry, "isMfaRegistered")
        methods = texts(entry, "methodsRegistered", limit=60)
        strong = [m for m in methods if m.lower() not in _NO_SECOND_FACTOR]
        body = reason = None
        if registered is None:
            reason = "the export does not say whether a second factor is registered"
        else:
            body = MethodRegistration(
                mfa_registered=registered,
                phishing_resistant=any(map(is_resistant, methods)),
                only_phishing_resistant=bool(strong) and all(map(is_resistant, strong)),
                passwordless=flag(entry, "isPasswordlessCapable") is True,
                privileged=flag(entry, "isAdmin"),
                external=text(entry, "userType").lower() == "guest",
                methods=methods,
                source=SOURCE,
            )
        stated = text(entry, "lastUpdatedDateTime", limit=60)
        yield _account(reading, REGISTRATION, name, place, (body, reason or "", stated))


def directory(reading: Reading) -> Iterator[Observation]:
    """Give each account's entry (users)."""
    for place, entry in entries(reading.path, reading.export):
        name = _name(entry, reading, place)
        if not name:
            continue
        enabled = flag(entry, "accountEnabled")
        body = reason = None
        if enabled is None:
            reason = "the export does not say whether the account is enabled; select accountEnabled"
        else:
            activity = "signInActivity"
            body = DirectoryEntry(
                enabled=enabled,
                external=text(entry, "userType").lower() == "guest" or "#ext#" in name,
                status="enabled" if enabled else "disabled",
                last_sign_in=_day(entry, activity, "lastSuccessfulSignInDateTime")
                or _day(entry, activity, "lastSignInDateTime"),
                created=_day(entry, "createdDateTime"),
                synchronised=flag(entry, "onPremisesSyncEnabled"),
                source=SOURCE,
            )
        yield _account(reading, ENTRY, name, place, (body, reason or "", ""))


def sign_ins(reading: Reading) -> Iterator[Observation]:
    """Give, per account, the least that was asked in any sign-in that succeeded."""
    folded = SignIns(SOURCE)
    for place, entry in entries(reading.path, reading.export):
        name = _name(entry, reading, place)
        if not name or not _succeeded(entry):
            continue
        stated = text(entry, "createdDateTime", limit=60)
        if instant(stated, zone_of(reading.look)) is None:
            reading.warnings.tell(place, "a sign-in without a time; it is left out")
            continue
        folded.add(_sign_in(entry, name, observed(stated, reading.look, place)), place)
    if not folded.accounts:
        raise BadInputError(
            "holds no sign-in that succeeded",
            place=str(reading.path),
            remedy="export a longer period",
        )
    yield from folded.observations(
        "Microsoft Entra ID",
        incomplete=reading.export.incomplete,
        subjects=dict.fromkeys(folded.accounts, reading.look.subject)
        if reading.look.subject
        else {},
    )


def _succeeded(entry: Entry) -> bool:
    code = entry.get("status")
    if isinstance(code, dict):
        return code.get("errorCode") == 0
    return text(entry, "status").lower() == "success"


def _sign_in(entry: Entry, name: str, at: datetime) -> SignIn:
    steps = [each for each in listed(entry, "authenticationDetails") if flag(each, "succeeded")]
    methods = [text(each, "authenticationMethod", limit=60) for each in steps]
    if told := text(entry, "method", limit=60):
        methods.append(told)
    fresh = [each for each in methods if each and each.lower() != _REMEMBERED]
    requirement = text(entry, "authenticationRequirement", limit=60).lower().replace("-", "")
    strong = any(map(is_resistant, fresh))
    several = requirement.replace(" ", "").startswith("multifactor")
    return SignIn(
        account=name,
        at=at,
        # A device-bound key is opened by a gesture of its own: two factors in one step.
        factors=2 if several or strong else 1,
        methods=tuple(fresh),
        resistant=strong if fresh else (None if several else False),
        external=text(entry, "userType").lower() == "guest",
    )


def _account(
    reading: Reading, kind: str, name: str, place: str, told: tuple[Body | None, str, str]
) -> Observation:
    body, reason, stated = told
    return Observation(
        kind=kind,
        subject=reading.look.subject or f"account:{name}",
        facet=SOURCE,
        observed_at=observed(stated, reading.look, place),
        collector="Microsoft Entra ID",
        outcome=Outcome.SEEN if body is not None else Outcome.FAILED,
        reason=reason,
        body=body,
    )


def _name(entry: Entry, reading: Reading, place: str) -> str:
    name = text(entry, "userPrincipalName", limit=255).lower()
    if not name or " " in name:
        reading.warnings.tell(place, "an entry without a user principal name; it is left out")
        return ""
    return name


def _day(entry: Entry, *path: str) -> date | None:
    try:
        return date.fromisoformat(text(entry, *path, limit=60)[:10])
    except ValueError:
        return None
