"""Passkeys at the gateway (WebAuthn Level 3, 7.1 and 7.2), user verification always required.

    POST /zt/passkey/register/begin, /finish     by somebody who is signed in
    POST /zt/passkey/sign-in/begin, /finish      by anybody; whose it is, the passkey says
    GET  /zt/passkey.js                          the one script of the page

A passkey made by somebody signed in proves no more of who they are than that sign-in's provider
does, so its proofing is kept with it. Nothing is claimed of the maker of an authenticator: level 4
needs an attestation that is verified, which is not asked for here.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from panshi.errors import BadInputError, ForbiddenError
from panshi.protection.zero_trust.assurance.mapping import (
    Assurance,
    AssuranceMapping,
    AuthenticatorFact,
    SignIn,
    reached,
)
from panshi.store.passkeys import PasskeyRow, Passkeys

ISSUER = "panshi:gateway"
OPEN_S = 300.0
MOST_OPEN = 20_000
MOST_PER_USER = 10
_VERIFIED = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """One registration or sign-in on its way."""

    state: Any
    ends_at: float
    user: str = ""
    handle: bytes = b""
    proofing: int = 0


class Ceremonies:
    """What is on its way, and the keys that are known."""

    def __init__(self, origin: str, keys: Passkeys) -> None:
        self.keys = keys
        host = urlsplit(origin).hostname or ""
        entity = PublicKeyCredentialRpEntity(id=host, name="Panshi 磐石")
        self._server = Fido2Server(entity, verify_origin=lambda given: given == origin)
        self._open: dict[str, Ceremony] = {}

    def begin_registration(self, user: str, proofing: int, now: float) -> tuple[str, object]:
        """Give the options of a new passkey and the name of the ceremony."""
        held = self.keys.of(user)
        if len(held) >= MOST_PER_USER:
            raise ForbiddenError("too many passkeys already", place=user)
        handle = held[0].handle if held else secrets.token_bytes(32)
        options, state = self._server.register_begin(
            PublicKeyCredentialUserEntity(name=user, id=handle, display_name=user),
            [AttestedCredentialData(each.credential) for each in held],
            resident_key_requirement=ResidentKeyRequirement.REQUIRED,
            user_verification=_VERIFIED,
        )
        made = Ceremony(
            state=state, ends_at=now + OPEN_S, user=user, handle=handle, proofing=proofing
        )
        return self._kept(made), dict(options)

    def finish_registration(self, name: str, user: str, answer: object, now: float) -> PasskeyRow:
        """Keep a new passkey."""
        ceremony = self._take(name, now)
        if ceremony.user != user or not user:
            raise ForbiddenError("this registration is another person's")
        data: AuthenticatorData = self._checked(
            self._server.register_complete, ceremony.state, answer
        )
        if data.credential_data is None or not data.is_user_verified():
            raise ForbiddenError("the authenticator did not verify the person")
        row = PasskeyRow(
            id=data.credential_data.credential_id,
            user=user,
            handle=ceremony.handle,
            credential=bytes(data.credential_data),
            counter=data.counter,
            proofing=ceremony.proofing,
            bound=not data.flags & AuthenticatorData.FLAG.BE,
            made_at=now,
        )
        self.keys.keep(row)
        return row

    def begin_sign_in(self, now: float) -> tuple[str, object]:
        """Give the options of a sign-in; the passkey says whose it is."""
        options, state = self._server.authenticate_begin(user_verification=_VERIFIED)
        return self._kept(Ceremony(state=state, ends_at=now + OPEN_S)), dict(options)

    def finish_sign_in(self, name: str, answer: object, now: float) -> PasskeyRow:
        """Give whose passkey signed."""
        ceremony = self._take(name, now)
        raw = answer.get("rawId", "") if isinstance(answer, dict) else ""
        row = self.keys.find(_raw(raw))
        if row is None:
            raise ForbiddenError("this passkey is not known here")
        credential = AttestedCredentialData(row.credential)
        self._checked(self._server.authenticate_complete, ceremony.state, [credential], answer)
        data = AuthenticatorData(_raw(answer["response"]["authenticatorData"]))  # type: ignore[index]
        if not self.keys.used(row.id, data.counter):
            raise ForbiddenError("the passkey's counter went back: it may be a copy")
        return row

    def _checked(self, complete: Any, *parts: object) -> Any:  # noqa: ANN401 -- fido2's own
        try:
            return complete(*parts)
        except (ValueError, TypeError, LookupError, InvalidSignature) as error:
            raise ForbiddenError("the passkey was not accepted") from error

    def _kept(self, ceremony: Ceremony) -> str:
        if len(self._open) >= MOST_OPEN:
            del self._open[next(iter(self._open))]
        name = secrets.token_urlsafe(24)
        self._open[name] = ceremony
        return name

    def _take(self, name: str, now: float) -> Ceremony:
        found = self._open.pop(name, None)
        if found is None or now >= found.ends_at:
            raise ForbiddenError("this is not open any more", remedy="begin again")
        return found


def assurance_of(row: PasskeyRow, mapping: AssuranceMapping) -> Assurance:
    """Give the level a passkey's sign-in reaches, capped by how surely its owner was known."""
    facts = {AuthenticatorFact.PASSKEY, AuthenticatorFact.USER_VERIFIED}
    if row.bound:
        facts.add(AuthenticatorFact.HARDWARE_BOUND)
    found = reached(SignIn(issuer=ISSUER, facts=frozenset(facts)), mapping)
    level, known = min(found.level, row.proofing), min(found.proofing, row.proofing)
    return replace(found, level=level, proofing=known)


def _raw(text: object) -> bytes:
    try:
        return websafe_decode(str(text))
    except ValueError as error:
        raise BadInputError("not base64url", place="rawId") from error
