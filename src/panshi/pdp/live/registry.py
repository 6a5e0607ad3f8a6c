"""The doors to live sessions: what enforcement points, sources of signals, analysts and time do.

Each door changes the registry, carries out what follows and gives the orders that were issued.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from panshi.errors import MissingError, UsageError
from panshi.pdp.live.held import (
    Held,
    context_of_nobody,
    next_hour,
    phishing_resistant,
    whole_context,
)
from panshi.pdp.live.keeping import Keeping, order_name
from panshi.pdp.live.schedule import Due
from panshi.pdp.live.tally import Change
from panshi.protection.zero_trust.sessions.facts import BreakGlassStep, SignedIn
from panshi.protection.zero_trust.sessions.nouns import Access, Cause, Order, Session
from panshi.protection.zero_trust.sessions.register import user_name
from panshi.protection.zero_trust.sessions.ruling import AS_OPENED, Ruling, fate
from panshi.protection.zero_trust.trust.ledger import Feed
from panshi.protection.zero_trust.trust.signal import Signal, Subject, SubjectKind

if TYPE_CHECKING:
    from panshi.protection.cedar import Uid, Value
    from panshi.protection.zero_trust.sessions.break_glass import Grant

_CAUSES = {"policies": Cause.POLICY, "entities": Cause.ENTITY}
"What the decision point calls its own changes."
SETTLED_AT_ONCE = 500
"Sessions whose next look is worked out in one turn, so that orders and questions are not held up."
_NO_SESSION = Ruling(
    allowed=False,
    reason_zh="沒有這個工作階段，或已到期。",
    reason_en="There is no such session, or it has expired.",
    terminate=True,
)


class Live(Keeping):
    """Live sessions of one decision point."""

    # ---- sessions and accesses ------------------------------------------------------------

    def establish(self, session: Session) -> tuple[Order, ...]:
        """Take up a session, or note that it was signed in to again (step-up)."""
        now = self.clock()
        if not now < session.expires_at:
            raise UsageError(f"session {session.id} has expired already", remedy="sign in again")
        if now < self.ended.get(session.id, now):
            raise UsageError(
                f"session {session.id} was taken back", remedy="sign in anew, with a new session id"
            )
        again = self.held.get(session.id)
        if again is not None and again.session.user != session.user:
            raise UsageError(
                f"session {session.id} belongs to somebody else", remedy="use a new session id"
            )
        self.register.put(session)
        self.journal.note("session", session.id, session)
        for signal in self.sign_in_signals(session, now):
            if self.ledger.put(signal):
                self.note_signal(signal)
        held = Held(session=session, standing=self.stand(session, now), used_at=now)
        if again is not None:
            held.postures = again.postures
        self.held[session.id] = held
        self.tell(
            SignedIn(
                session=session.id,
                user=session.user.id,
                issuer=str(session.attributes.get("issuer", "")),
                assurance=session.assurance,
                phishing_resistant=phishing_resistant(session),
                at=now,
            )
        )
        change = Change(cause=Cause.SIGNAL, what="sign-in", whom=f"session:{session.id}")
        return self.carry_out((session.id,), change, restand=True)

    def end(
        self, session_id: str, cause: Cause = Cause.MANUAL, *, source: str = ""
    ) -> tuple[Order, ...]:
        """End a session and everything it has open."""
        if session_id not in self.held:
            raise MissingError(f"there is no live session {session_id!r}")
        whom = f"session:{session_id}"
        return self.end_all((session_id,), Change(cause=cause, whom=whom, source=source))

    def leaver(self, user: str, *, source: str = "") -> tuple[Order, ...]:
        """Somebody left or was disabled: all their sessions end."""
        return self.end_about(Subject(SubjectKind.USER, user), Cause.LEAVER, source=source)

    def end_about(self, subject: Subject, cause: Cause, *, source: str = "") -> tuple[Order, ...]:
        """End every session of a user, device, credential or address."""
        change = Change(cause=cause, whom=f"{subject.kind}:{subject.id}", source=source)
        return self.end_all(self.register.about((subject,)), change)

    def open(self, access: Access) -> Ruling:
        """Decide an access and, where it is allowed, hold it as open."""
        held, now = self.held.get(access.session), self.clock()
        if held is None or now >= held.session.expires_at:
            return _NO_SESSION
        held.used_at = now
        if not held.current(now):
            self.restand(held, now)
        ruling = self.ruled(held.session, access)
        if ruling.terminate:
            whom = f"session:{access.session}"
            self.end_all((access.session,), Change(cause=Cause.POLICY, whom=whom))
        elif ruling.allowed:
            self._hold(held, access, ruling, now)
        return ruling

    def _hold(self, held: Held, access: Access, ruling: Ruling, now: float) -> None:
        """Note an access as open and as the enforcement point was told to open it."""
        self.register.open(access)
        self.orders.queue(access.pep)
        self.journal.note("access", access.id, access)
        posture = fate(AS_OPENED, ruling, now=now, step_up_s=self.model.step_up_s).posture
        held.postures.pop(access.id, None)
        if posture is not None and posture != AS_OPENED:
            held.postures[access.id] = posture
        for grant in self.grants.values():
            if grant.covers(held.session.user, access.action, access.resource, now):
                self._used(grant, access, now)
        self.reschedule(held.session.id)

    def _used(self, grant: Grant, access: Access, now: float) -> None:
        grant = self.grants[grant.id] = replace(grant, uses=grant.uses + 1)
        self.journal.note("grant", grant.id, grant)
        self.tell(
            BreakGlassStep(
                grant=grant.id,
                step="used",
                person=grant.user.id,
                at=now,
                detail=f"{access.action.id} {access.resource.id}",
            )
        )

    def _carried_out(self, access_id: str) -> None:
        for pep in self.orders.queues:
            for order in self.orders.carried_out(pep, access_id):
                self.journal.note("order", order_name(order.epoch), None)

    def closed(self, access_id: str) -> bool:
        """Note that an enforcement point closed an access; False where it is not known."""
        self._carried_out(access_id)
        access = self.register.close(access_id)
        if access is None:
            return False
        self.journal.note("access", access_id, None)
        held = self.held[access.session]
        held.postures.pop(access_id, None)
        held.used_at = self.clock()
        self.reschedule(access.session)
        return True

    # ---- signals and feeds ----------------------------------------------------------------

    def signal(self, signal: Signal, *, cause: Cause = Cause.SIGNAL) -> tuple[Order, ...]:
        """Take a word and do at once what follows from it."""
        if not self.ledger.put(signal):
            return ()
        self.note_signal(signal)
        touched = self.register.about((signal.subject,))
        return self.carry_out(touched, _change_by(signal, cause), restand=True)

    async def signal_in_turns(self, signal: Signal) -> tuple[Order, ...]:
        """Do the same where it may concern thousands: orders leave while others are judged."""
        if not self.ledger.put(signal):
            return ()
        self.note_signal(signal)
        touched = self.register.about((signal.subject,))
        return await self.carry_out_in_turns(touched, _change_by(signal, Cause.SIGNAL))

    def heartbeat(
        self, source: str, families: tuple[str, ...], interval_s: float
    ) -> tuple[Order, ...]:
        """Hear from a feed; it is lost when it stays silent for some intervals."""
        now = self.clock()
        feed = Feed(source=source, families=families, interval_s=interval_s, heard_at=now)
        earlier = self.ledger.beat(feed)
        self.journal.note("feed", source, feed)
        self.schedule.put(Due.FEED, source, feed.overdue_at(self.model.missed_beats))
        if earlier is None or not earlier.lost:
            return ()
        return self._feed_changed(feed, Cause.FEED_BACK)

    def retire_feed(self, source: str) -> tuple[Order, ...]:
        """Take a feed out of use on purpose."""
        feed = self.ledger.retire(source)
        if feed is None:
            raise MissingError(f"there is no feed {source!r}")
        self.journal.note("feed", source, None)
        self.schedule.put(Due.FEED, source, inf)
        return self._feed_changed(feed, Cause.FEED_BACK) if feed.lost else ()

    def _feed_changed(self, feed: Feed, cause: Cause) -> tuple[Order, ...]:
        kinds = {self.model.families[name].about for name in feed.families}
        touched = dict.fromkeys(each for kind in kinds for each in self.register.with_subject(kind))
        change = Change(
            cause=cause,
            what=", ".join(feed.families),
            whom=f"feed:{feed.source}",
            source=feed.source,
        )
        return self.carry_out(touched, change, restand=True)

    # ---- deciding anew --------------------------------------------------------------------

    def reconsider(
        self,
        session_ids: Iterable[str] | None,
        cause: Cause | str,
        *,
        actions: Iterable[Uid] | None = None,
        what: str = "",
        source: str = "",
    ) -> tuple[Order, ...]:
        """Decide anew what these sessions have open; None: all, or those that use some actions."""
        if session_ids is None:
            session_ids = self.held if actions is None else self.register.using(actions=actions)
        known = _CAUSES.get(cause) or Cause(cause)
        if known is Cause.POLICY:
            self.watch(self._policies_watch())
        change = Change(cause=known, what=what, source=source)
        return self.carry_out(tuple(session_ids), change, restand=True)

    def context_of(
        self,
        session_id: str,
        now: float,
        *,
        subject: Uid | None = None,
        action: Uid | None = None,
        resource: Uid | None = None,
    ) -> Mapping[str, Value]:
        """Give what Cedar is told; a session used for another subject is not known."""
        held = self.held.get(session_id)
        if held is None or now >= held.session.expires_at:
            return context_of_nobody(now)
        if subject is not None and subject != held.session.user:
            return context_of_nobody(now)
        if not held.current(now):
            self.restand(held, now)
        granted = bool(self.grants) and any(
            grant.covers(held.session.user, action, resource, now) for grant in self.grants.values()
        )
        return whole_context(held, now, break_glass=granted)

    # ---- enforcement points ---------------------------------------------------------------

    def subscribe(self, pep: str, after: int = 0) -> AsyncIterator[tuple[Order, ...]]:
        """Yield batches of orders for an enforcement point beyond an epoch; empty: a heart-beat."""
        return self.orders.subscribe(pep, after)

    def confirm(self, pep: str, epoch: int) -> int:
        """Note that an enforcement point has carried out everything up to an epoch; count it."""
        done = self.orders.confirm(pep, epoch)
        for order in done:
            self.journal.note("order", order_name(order.epoch), None)
        return len(done)

    def forget_open(self, pep: str) -> int:
        """Let an enforcement point begin with nothing open: what it held is closed."""
        held = self.register.held_by(pep)
        for access in held:
            self.closed(access.id)
        self.confirm(pep, self.orders.epoch)
        return len(held)

    # ---- time -----------------------------------------------------------------------------

    def next_look(self, session_id: str) -> float:
        """Give when a session is looked at next if nothing happens; infinite: never."""
        if session_id in self.unscheduled:
            del self.unscheduled[session_id]
            self.reschedule(session_id)
        return self.schedule.time_of(Due.SESSION, session_id)

    def next_due(self) -> float:
        """Give when `tick` has something to do; infinite: nothing is due."""
        return self.clock() if self.unscheduled else self.schedule.next()

    def tick(self) -> tuple[Order, ...]:
        """Do whatever is due by now."""
        now, orders = self.clock(), list[Order]()
        self.settle(SETTLED_AT_ONCE)
        while (item := self.schedule.pop(now)) is not None:
            due, name = item
            match due:
                case Due.SESSION:
                    orders += self._session_due(name, now)
                case Due.FEED:
                    orders += self._feed_due(name, now)
                case Due.GRANT:
                    orders += self.grant_changed(self.grants[name], Cause.BREAK_GLASS_END)
                    self.tell(BreakGlassStep(grant=name, step="ended", person="", at=now))
                case Due.HOUR:
                    self.schedule.put(Due.HOUR, "", next_hour(now))
                    orders += self.carry_out(tuple(self.held), Change(cause=Cause.TIME))
        return tuple(orders)

    def _session_due(self, session_id: str, now: float) -> tuple[Order, ...]:
        held = self.held.get(session_id)
        if held is None:
            return ()
        whom = f"session:{session_id}"
        if now >= held.session.expires_at:
            return self.end_all((session_id,), Change(cause=Cause.EXPIRED, whom=whom))
        idle_s, open_now = self.model.idle_s, bool(self.register.open_of(session_id))
        if idle_s and not open_now and now >= held.used_at + idle_s:
            return self.end_all((session_id,), Change(cause=Cause.IDLE, whom=whom))
        overdue = any(0 < each.due_at <= now for each in held.postures.values())
        cause = Cause.STEP_UP_OVERDUE if overdue else Cause.TRUST_CROSSING
        return self.carry_out((session_id,), Change(cause=cause, whom=whom), restand=True)

    def _feed_due(self, source: str, now: float) -> tuple[Order, ...]:
        feed = self.ledger.feeds.get(source)
        if feed is None or now < feed.overdue_at(self.model.missed_beats):
            return ()
        lost = self.ledger.lose(source)
        self.journal.note("feed", source, lost)
        return self._feed_changed(lost, Cause.LOST_FEED)

    # ---- break-glass ----------------------------------------------------------------------

    def keep_grant(self, grant: Grant) -> None:
        """Keep a grant as it now is, where that opens or closes nothing."""
        self.grants[grant.id] = grant
        self.journal.note("grant", grant.id, grant)

    def grant_changed(self, grant: Grant, cause: Cause) -> tuple[Order, ...]:
        """Keep a grant as it now is, and decide anew what its user has open."""
        now = self.clock()
        self.keep_grant(grant)
        ends = grant.ends_at if grant.approver and now < grant.ends_at else inf
        self.schedule.put(Due.GRANT, grant.id, ends)
        user = user_name(grant.user)
        return self.carry_out(
            self.register.about((Subject(SubjectKind.USER, user),)),
            Change(cause=cause, what=grant.id, whom=f"user:{user}"),
        )


def _change_by(signal: Signal, cause: Cause) -> Change:
    return Change(
        cause=cause,
        what=f"{signal.kind} {signal.weight_class or signal.value}",
        whom=f"{signal.subject.kind}:{signal.subject.id}",
        source=signal.source,
    )
