"""Who connects: `person+target`, by a registered key or a certificate of a known authority.

No password, no keyboard-interactive. A FIDO key (`sk-…`) is asked for a touch by its own signature,
which is checked. What level of assurance a key reaches follows from the methods it is registered
with. The session is established at the decision point once, and ended when the connection is.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable

import asyncssh

from panshi.errors import ForbiddenError
from panshi.pep.asking import Unanswered
from panshi.pep.bastion.configuration import Credential, Person, Target
from panshi.pep.bastion.guarded import Visitor
from panshi.pep.bastion.relay import Front
from panshi.pep.bastion.roles import House
from panshi.protection.zero_trust.assurance.mapping import SignIn, reached
from panshi.protection.zero_trust.enforcement.credential import session_id_of

ISSUER = "panshi:gateway"
_AUTHORITY = "PANSHI_AUTHORITY"
_DONE = 200


class Login(asyncssh.SSHServer):
    """One connection."""

    def __init__(self, bastion: House) -> None:
        self.bastion = bastion
        self.person: Person | None = None
        self.target: Target | None = None
        self.credential: Credential | None = None
        self.address = ""
        self._visitor: Visitor | None = None
        self._admitting = asyncio.Lock()
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Note where it comes from."""
        self._connection = conn
        peer = conn.get_extra_info("peername")
        self.address = str(peer[0]) if peer else ""

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- asyncssh's name
        """End the session that belongs to it."""
        if self._visitor is not None:
            self.bastion.leave(self._visitor)

    def begin_auth(self, username: str) -> bool:
        """Find person and target; both must be known, and neither is told apart from outside."""
        name, _, target = username.partition("+")
        settings = self.bastion.settings
        self.person, self.target = settings.people.get(name), settings.targets.get(target)
        if self.person is not None and self._connection is not None and settings.authorities:
            mark = _AUTHORITY
            lines = (
                f'cert-authority,principals="{name}",environment="{mark}={number}" {each.line}'
                for number, each in enumerate(settings.authorities)
            )
            self._connection.set_authorized_keys(asyncssh.import_authorized_keys("\n".join(lines)))
        return True

    def password_auth_supported(self) -> bool:
        """Refuse passwords."""
        return False

    def kbdint_auth_supported(self) -> bool:
        """Refuse questions and answers."""
        return False

    def public_key_auth_supported(self) -> bool:
        """Take keys."""
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002
        """Take a key the person registered; asyncssh checks the signature after."""
        if self.person is None or self.target is None:
            return False
        for each in self.person.keys:
            if each.key.public_data == key.public_data:
                self.credential = each
                return True
        return False

    def _used(self) -> Credential | None:
        """Give what the signature was made with: a certificate's authority, else the key.

        Keys that were only offered before do not count: asyncssh keeps the options of the
        certificate, or none, of what it looked at last, and that is what signed.
        """
        connection = self._connection
        options = connection.get_key_option("environment", {}) if connection is not None else {}
        number = options.get(_AUTHORITY, "") if isinstance(options, dict) else ""
        return self.bastion.settings.authorities[int(number)] if number else self.credential

    async def visitor(self) -> Visitor:
        """Establish the session at the decision point, once."""
        async with self._admitting:
            if self._visitor is None:
                self._visitor = await self._establish()
            return self._visitor

    async def _establish(self) -> Visitor:
        person, target, credential = self.person, self.target, self._used()
        if person is None or target is None or credential is None:
            raise ForbiddenError("nobody is signed in, or no target is named")
        assurance = reached(SignIn(issuer=ISSUER, amr=credential.methods), self.bastion.mapping)
        token = secrets.token_urlsafe(32)
        session = session_id_of(token) or ""
        body = {
            "id": session,
            "user": {"type": "User", "id": person.user},
            "device": credential.device or None,
            "credential": credential.fingerprint,
            "assurance": assurance.level,
            "authenticators": list(credential.methods),
            "address": self.address,
            "attributes": {"front": "bastion", "person": person.name},
        }
        try:
            status, answer = await self.bastion.channel.ask("POST", "/zt/v1/sessions", body)
        except Unanswered as error:
            raise ForbiddenError("the decision point cannot be asked") from error
        if status != _DONE:
            raise ForbiddenError(f"the decision point took no session: {answer}")
        return Visitor(
            person=person,
            credential=credential,
            target=target,
            address=self.address,
            assurance=assurance.level,
            token=token,
        )

    def session_requested(self) -> Front:
        """Take up one channel."""
        return Front(self.bastion)

    def connection_requested(
        self,
        dest_host: str,
        dest_port: int,
        orig_host: str,  # noqa: ARG002 -- asyncssh's names
        orig_port: int,  # noqa: ARG002
    ) -> bool | Callable[..., Awaitable[None]]:
        """Forward to the target itself and to its listed ports only."""
        target = self.target
        if target is None or dest_port not in target.ports:
            return False
        if dest_host not in {target.name, target.host, "localhost", "127.0.0.1"}:
            return False
        return self.bastion.forwarding(self, dest_port)
