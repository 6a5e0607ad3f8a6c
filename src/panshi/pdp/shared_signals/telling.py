"""Following live sessions to tell others what was decided about them.

Whatever changes in live sessions passes through their journal; this one stands before it, notes
what others may want to know and passes everything on. What was heard from another feed is not told
on. Telling happens after the change was carried out and never holds it up.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from panshi.pdp.live.journal import Journal
from panshi.protection.zero_trust.sessions.nouns import Cause, Session
from panshi.protection.zero_trust.signals import telling
from panshi.protection.zero_trust.trust.signal import Signal

if TYPE_CHECKING:
    from panshi.pdp.live.registry import Live
    from panshi.pdp.shared_signals.sending import Sender
    from panshi.protection.zero_trust.signals.telling import Said

FOREIGN = "ssf:"
"How sources of shared signals begin."
_COMPLIANCE = {
    ("device.compliance", "compliant"): True,
    ("device.compliance", "not_compliant"): False,
    ("device.attestation", "failed"): False,
}


class Overheard(Journal):
    """A journal that is listened to."""

    def __init__(self, journal: Journal, teller: Teller) -> None:
        """Stand before a journal."""
        super().__init__(None)
        self._journal = journal
        self._teller = teller

    def note(self, kind: str, name: str, value: object | None) -> None:
        """Listen, and pass it on."""
        self._teller.overhear(kind, name, value)
        self._journal.note(kind, name, value)

    async def durable(self) -> None:
        """Wait for the journal behind."""
        await self._journal.durable()

    def write_now(self) -> None:
        """Have the journal behind write."""
        self._journal.write_now()


class Teller:
    """Notes what changed, and offers it once the change is done."""

    def __init__(self, live: Live, sender: Sender) -> None:
        """Know the sessions there are; what is live already is no news."""
        self._live = live
        self._sender = sender
        self._sessions = {each.session.id: each.session for each in live.held.values()}
        self._compliant: dict[str, bool] = {}
        self._risk: dict[str, str] = {}
        self._ended: list[Session] = []
        self._begun: list[Said] = []
        live.journal = Overheard(live.journal, self)

    def overhear(self, kind: str, name: str, value: object | None) -> None:
        """Note one change; where nothing is sent, only which sessions there are."""
        if kind == "session":
            self._session(name, value if isinstance(value, Session) else None)
        elif isinstance(value, Signal):
            self._signal(value)

    def look_at_risk(self) -> None:
        """Offer sessions whose risk is another than at the last look."""
        now, issuer = self._live.clock(), self._sender.named
        seen: dict[str, str] = {}
        for held in self._live.held.values():
            session = held.session
            risk = seen[session.id] = telling.risk_of(held.standing.level(now))
            before = self._risk.get(session.id)
            if before is not None and before != risk:
                self._begun.append(telling.risk_changed(session, before, risk, issuer, now))
        self._risk = seen
        self._soon()

    def _session(self, name: str, session: Session | None) -> None:
        before = self._sessions.pop(name, None)
        if session is None:
            if before is not None:
                self._ended.append(before)
                self._soon()
            return
        self._sessions[name] = session
        issuer, now = self._sender.named, self._live.clock()
        if before is None:
            self._begun.append(telling.established(session, issuer))
        elif said := telling.assurance_changed(before, session, issuer, now):
            self._begun.append(said)
        self._soon()

    def _signal(self, signal: Signal) -> None:
        compliant = _COMPLIANCE.get((signal.kind, signal.weight_class))
        device = signal.subject.id
        if compliant is None or signal.source.startswith(FOREIGN):
            return
        if self._compliant.get(device) is not compliant:
            self._compliant[device] = compliant
            self._begun.append(
                telling.device_changed(device, self._live.clock(), compliant=compliant)
            )
            self._soon()

    def _soon(self) -> None:
        try:
            asyncio.get_running_loop().call_soon(self._tell)
        except RuntimeError:  # restored at start, before the loop runs
            self._begun.clear()
            self._ended.clear()

    def _tell(self) -> None:
        ended, begun = self._ended, self._begun
        self._ended, self._begun = [], []
        if not self._sender.named:
            return
        txn = secrets.token_hex(8)
        for session in ended:
            cause, source = self._why(session)
            if source.startswith(FOREIGN):
                continue
            said = telling.ended(session, cause, self._sender.named, self._live.clock())
            if said is not None:
                self._sender.offer(said.event, said.subject, txn=txn)
        for each in begun:
            self._sender.offer(each.event, each.subject, txn=txn)

    def _why(self, session: Session) -> tuple[Cause | None, str]:
        """Give cause and source of an end, from the last consequences."""
        for fact in reversed(self._live.recent):
            if not fact.sessions_ended:
                continue
            named = session.id in fact.sessions or fact.whom in {
                f"session:{session.id}",
                f"user:{session.user.id}",
                f"device:{session.device}",
            }
            if named or not fact.whom:
                return fact.cause, fact.source
        return None, ""
