"""One way through the bastion: let in by a grant and a decision, recorded, ended by either.

A way is open only while its grant is in force and the decision point allows it. An order that
closes cuts it at once; one that narrows leaves a shell to be watched, not typed into, and closes
everything else. Reasons are told at the terminal.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from panshi.errors import ForbiddenError
from panshi.pep.asking import Unanswered
from panshi.pep.bastion.configuration import Credential, Person, Target
from panshi.pep.bastion.recording import FOLDER, Recorder
from panshi.pep.streaming.enforcer import Claim, Enforcer
from panshi.pep.streaming.registry import Ending
from panshi.protection.zero_trust.privileged.grants import PrivilegedGrant

ACTIONS = {"shell": "administer", "exec": "administer", "sftp": "transfer", "forward": "connect"}
"What policies are asked about each way."
GRACE_S = 15
"How long a way stays open without word from the decision point."


@dataclass(slots=True, kw_only=True)
class Visitor:
    """Somebody who connected, and where to."""

    person: Person
    credential: Credential
    target: Target
    address: str
    assurance: int
    token: str
    "Stands for the session at the decision point; never leaves the bastion."


@dataclass(slots=True, kw_only=True, eq=False)
class Way:
    """Something open."""

    visitor: Visitor
    way: str
    command: str
    grant: PrivilegedGrant
    recorder: Recorder
    access: str
    session: str = ""
    grace_s: int = GRACE_S
    watching: bool = False
    "Narrowed: what is typed goes nowhere."
    used_at: float = 0.0
    ended_by: str = ""
    ended_why: str = ""
    say: Callable[[str], None] = lambda _text: None
    cut: Callable[[], None] = lambda: None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self, by: str, why: str) -> None:
        """End it now; the first reason counts."""
        if self.ended_by:
            return
        self.ended_by, self.ended_why = by, why
        if why:
            self.say(why)
        self.over.set()
        self.cut()

    def end(self, why: Ending) -> None:
        """Obey an order to close."""
        self.stop("order", f"{why.zh} {why.en}".strip())

    def narrow(self, why: Ending) -> None:
        """Obey an order to narrow."""
        if self.way != "shell":
            self.end(why)
            return
        if not self.watching:
            self.watching = True
            self.say(f"僅供觀看，輸入已停用。 Watching only: nothing you type is sent. {why.zh}")

    def tell(self, why: Ending) -> None:
        """Obey an order to say something; a program's output is left alone."""
        if self.way == "shell":
            self.say(f"{why.zh} {why.en}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatekeeper:
    """What lets somebody through."""

    home: Path
    enforcer: Enforcer
    clock: Callable[[], float]
    granted: Callable[[str, str, str], PrivilegedGrant | None]
    "Person, system and way to the grant in force."

    async def enter(self, visitor: Visitor, way: str, command: str = "") -> Way:
        """Open a way, or refuse with the reason."""
        target = visitor.target
        if way not in target.ways:
            raise ForbiddenError(f"{target.name} is not open to {way}")
        grant = self.granted(visitor.person.name, target.system, way)
        if grant is None:
            raise ForbiddenError(
                f"no grant lets {visitor.person.name} use {way} on {target.system} now",
                remedy=f"panshi zt grant request --system {target.system} --way {way} …",
            )
        made = Way(
            visitor=visitor,
            way=way,
            command=command,
            grant=grant,
            recorder=self._recorder(visitor, way, command, grant),
            access=self.enforcer.new_access(),
            used_at=self.clock(),
        )
        await self._decide(made)
        made.recorder.start()
        return made

    async def _decide(self, way: Way) -> None:
        visitor = way.visitor
        claim = Claim(
            system=visitor.target.system,
            action=ACTIONS[way.way],
            kind="shell",
            session=visitor.token,
            address=visitor.address,
        )
        try:
            answer = await self.enforcer.open(way, claim)
        except Unanswered as error:
            raise ForbiddenError(
                "the decision point cannot be asked, so nothing is opened", remedy="try again"
            ) from error
        if not answer.allowed:
            raise ForbiddenError(
                answer.reason_en or "the policies do not allow it", place=answer.reason_zh
            )

    def _recorder(
        self, visitor: Visitor, way: str, command: str, grant: PrivilegedGrant
    ) -> Recorder:
        now = self.clock()
        stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
        name = f"{grant.number}-{stamp}-{secrets.token_hex(4)}.cast"
        header = {
            "width": 80,
            "height": 24,
            "title": f"{visitor.person.name} → {visitor.target.name} ({way})",
            "command": command,
            "panshi": {"grant": grant.number, "system": visitor.target.system, "way": way},
        }
        return Recorder(path=self.home / FOLDER / name, began=now, header=header)
