"""What is kept of live sessions, and the one way in which a change to it is carried out.

A change names the sessions it concerns; each of their open accesses is decided anew and only the
difference is ordered. Every method runs to its end without waiting: between two of them the state
is whole.
"""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from math import inf
from typing import TYPE_CHECKING

from panshi.errors import PanshiError
from panshi.pdp.live.held import (
    Held,
    hour_and_weekday,
    lasting_context,
    next_hour,
    phishing_resistant,
)
from panshi.pdp.live.journal import Journal
from panshi.pdp.live.orders import OrderBook
from panshi.pdp.live.schedule import Due, Schedule
from panshi.pdp.live.tally import Change, Tally
from panshi.protection.zero_trust.sessions.facts import BreakGlassStep, Consequence, SignedIn
from panshi.protection.zero_trust.sessions.nouns import Access, Cause, Order, OrderKind, Session
from panshi.protection.zero_trust.sessions.register import Register, user_name
from panshi.protection.zero_trust.sessions.ruling import AS_OPENED, Ruling, fate
from panshi.protection.zero_trust.sessions.watched import EVERYTHING, Watched
from panshi.protection.zero_trust.trust.crossing import next_change
from panshi.protection.zero_trust.trust.ledger import Ledger
from panshi.protection.zero_trust.trust.level import bounds_of
from panshi.protection.zero_trust.trust.novelty import History, learned, novelty
from panshi.protection.zero_trust.trust.signal import (
    SIGN_IN_GRADES,
    Signal,
    Subject,
    SubjectKind,
)
from panshi.protection.zero_trust.trust.standing import Standing, weigh

if TYPE_CHECKING:
    from panshi.protection.zero_trust.sessions.break_glass import Grant
    from panshi.protection.zero_trust.trust.model import TrustModel

type Decide = Callable[[Session, Access], Ruling]
type Sink = Callable[[Consequence | BreakGlassStep | SignedIn], None]

EVERYBODY = ""
"Whose habits are those of all."
OWN_SOURCE = "panshi"
"The source of what the decision point itself sees at sign-in."
MOST_ENDED = 20_000
"Sessions taken back before those are forgotten that would have expired anyway."
TURN = 250
"Sessions judged before others have a turn, where a change concerns thousands."
REMEMBERED = 256
"Consequences kept for the console."
_QUIET = frozenset({Cause.SIGNAL, Cause.TRUST_CROSSING, Cause.TIME, Cause.RESTART})
"Causes that are no fact unless something was ordered: they come by the thousand."
_WELL_ENDED = frozenset({Cause.SIGNED_OUT, Cause.EXPIRED, Cause.IDLE})
"Ends after which place and hour of the sign-in are taken for habits."
_SPOKEN = {
    Cause.EXPIRED: ("工作階段已到期。", "The session has expired."),
    Cause.IDLE: ("工作階段閒置過久。", "The session was idle for too long."),
    Cause.LEAVER: ("帳號已停用或離職。", "The account was disabled or its holder left."),
    Cause.SESSION_REVOKED: ("工作階段已被撤銷。", "The session was revoked."),
    Cause.MANUAL: ("分析人員終止工作階段。", "An analyst ended the session."),
    Cause.SIGNED_OUT: ("已登出。", "Signed out."),
    Cause.CREDENTIAL: ("憑證已撤銷或遭竊。", "The credential was revoked or stolen."),
}
_UNDECIDABLE = Ruling(
    allowed=False,
    reason_zh="無法判定，故拒絕。",
    reason_en="It cannot be decided, so it is denied.",
)


class Keeping:
    """Live sessions of one decision point and the one way a change reaches them."""

    def __init__(
        self,
        *,
        model: TrustModel,
        clock: Callable[[], float],
        journal: Journal | None = None,
        sink: Sink | None = None,
        epoch: int = 0,
    ) -> None:
        """Begin empty; nothing is allowed until somebody decides (`attach`)."""
        self.model = model
        self.clock = clock
        self.register = Register()
        self.ledger = Ledger(model)
        self.orders = OrderBook(clock=clock, epoch=epoch)
        self.schedule = Schedule()
        self.journal = journal or Journal(None)
        self.held: dict[str, Held] = {}
        self.unscheduled: dict[str, None] = {}
        "Sessions whose next look is worked out after the orders are on their way."
        self.grants: dict[str, Grant] = {}
        self.histories: dict[str, History] = {}
        self.ended: dict[str, float] = {}
        "Sessions that were taken back, with when they would have expired: none comes back."
        self.recent: deque[Consequence] = deque(maxlen=REMEMBERED)
        self._sink = sink
        self._decide: Decide = _nobody_decides
        self._device_known: Callable[[str], bool] = bool
        self._policies_watch: Callable[[], Watched] = lambda: EVERYTHING
        self._watched: Watched = EVERYTHING
        self._bounds = bounds_of(EVERYTHING.levels)

    def attach(
        self,
        decide: Decide,
        *,
        device_known: Callable[[str], bool] = bool,
        watched: Callable[[], Watched] = lambda: EVERYTHING,
    ) -> None:
        """Let somebody decide accesses, say which devices are known and what policies compare."""
        self._decide, self._device_known, self._policies_watch = decide, device_known, watched
        self.watch(watched())

    def watch(self, watched: Watched) -> None:
        """Schedule what the policies in force compare with."""
        self._watched, self._bounds = watched, bounds_of(watched.levels)
        self.schedule.put(Due.HOUR, "", next_hour(self.clock()) if watched.hours else inf)
        for session_id in self.held:
            self.reschedule(session_id)

    def tell(self, fact: Consequence | BreakGlassStep | SignedIn) -> None:
        """Hand a fact over to be sealed."""
        if isinstance(fact, Consequence):
            self.recent.append(fact)
        if self._sink is not None:
            self._sink(fact)

    def ruled(self, session: Session, access: Access) -> Ruling:
        """Decide one access; what cannot be decided is denied."""
        try:
            return self._decide(session, access)
        except PanshiError:
            return _UNDECIDABLE

    # ---- carrying out ---------------------------------------------------------------------

    def carry_out(
        self, session_ids: Iterable[str], change: Change, *, restand: bool = False
    ) -> tuple[Order, ...]:
        """Decide anew what these sessions have open, and order the difference."""
        now = self.clock()
        tally = Tally(change=change, at=now)
        with _undisturbed():
            for session_id in session_ids:
                self._look(session_id, tally, now, restand=restand)
            self.schedule.sooner()
            return self._done(tally)

    async def carry_out_in_turns(
        self, session_ids: tuple[str, ...], change: Change
    ) -> tuple[Order, ...]:
        """Do the same some hundred at a time, so that the first orders leave before the last.

        Whoever asks in between is answered by what is known now, not by what was weighed before.
        """
        tally, sent = Tally(change=change, at=self.clock()), 0
        for session_id in session_ids:
            self.held[session_id].outdated = True
        for start in range(0, len(session_ids), TURN):
            with _undisturbed():
                for session_id in session_ids[start : start + TURN]:
                    self._look(session_id, tally, self.clock(), restand=True)
            self.orders.post(tally.orders[sent:], tally.ends)
            sent = len(tally.orders)
            await asyncio.sleep(0)
        self.schedule.sooner()
        self._conclude(tally)
        return tuple(tally.orders)

    def _look(self, session_id: str, tally: Tally, now: float, *, restand: bool) -> None:
        """Look at one session again."""
        held = self.held.get(session_id)
        if held is None:
            return
        tally.touched += 1
        if restand or not held.current(now):
            self.restand(held, now)
        self._judge(held, tally, now)
        if session_id in self.held:
            self.unscheduled[session_id] = None

    def end_all(self, session_ids: Iterable[str], change: Change) -> tuple[Order, ...]:
        """End several sessions for one reason."""
        tally = Tally(change=change, at=self.clock())
        with _undisturbed():
            for session_id in session_ids:
                if session_id in self.held:
                    tally.touched += 1
                    self._end(session_id, tally, _SPOKEN.get(change.cause, ("", "")))
            return self._done(tally)

    def _judge(self, held: Held, tally: Tally, now: float) -> None:
        """Decide each open access of one session."""
        for access in self.register.open_of(held.session.id):
            before = held.postures.get(access.id, AS_OPENED)
            ruling = self.ruled(held.session, access)
            found = fate(before, ruling, now=now, step_up_s=self.model.step_up_s)
            if ruling.terminate:
                self._end(held.session.id, tally, (ruling.reason_zh, ruling.reason_en))
                return
            for kind, detail in found.orders:
                self._order(
                    kind,
                    access,
                    ruling,
                    tally,
                    detail,
                    found.posture.due_at if found.posture else 0.0,
                )
            if found.posture is None:
                self._shut(access)
                held.postures.pop(access.id, None)
            elif found.posture != before:
                held.postures[access.id] = found.posture
            if not found.orders:
                tally.kept += 1

    def _end(self, session_id: str, tally: Tally, spoken: tuple[str, str]) -> None:
        """Take a session out and tell every enforcement point that holds something of it."""
        held = self.held.pop(session_id)
        gone = self.register.drop(session_id)
        self.journal.note("session", session_id, None)
        for access in gone:
            self.journal.note("access", access.id, None)
        self.schedule.put(Due.SESSION, session_id, inf)
        for signal in self.ledger.forget(Subject(SubjectKind.SESSION, session_id)):
            self.journal.note("signal", signal_name(signal), None)
        ruling = Ruling(allowed=False, reason_zh=spoken[0], reason_en=spoken[1])
        held_by: dict[str, list[Access]] = {}
        for access in gone:
            held_by.setdefault(access.pep, []).append(access)
        for accesses in held_by.values():
            epoch = self._order(OrderKind.END_SESSION, accesses[0], ruling, tally)
            tally.ends[epoch] = tuple(access.id for access in accesses)
        tally.ended += 1
        tally.closed += len(gone)
        tally.resources.update(str(access.resource) for access in gone)
        if tally.change.cause in _WELL_ENDED:
            self._learn(held.session)
        else:
            self._bury(held.session)

    def _bury(self, session: Session) -> None:
        """Keep a session that was taken back from being established again."""
        if len(self.ended) >= MOST_ENDED:
            now = self.clock()
            for name in [each for each, expires in self.ended.items() if expires <= now]:
                del self.ended[name]
                self.journal.note("ended", name, None)
        self.ended[session.id] = session.expires_at
        self.journal.note("ended", session.id, session.expires_at)

    def _shut(self, access: Access) -> None:
        """Hold an access as closed from the moment it is ordered to be."""
        self.register.close(access.id)
        self.journal.note("access", access.id, None)

    def _order(
        self,
        kind: OrderKind,
        access: Access,
        ruling: Ruling,
        tally: Tally,
        detail: str = "",
        due_at: float = 0.0,
    ) -> int:
        """Give one order to the enforcement point that holds an access; give its epoch."""
        tally.resources.add(str(access.resource))
        order = Order(
            kind=kind,
            session=access.session,
            access=None if kind is OrderKind.END_SESSION else access.id,
            reason_zh=ruling.reason_zh,
            reason_en=ruling.reason_en,
            epoch=self.orders.next_epoch(),
            cause=tally.change.cause,
            pep=access.pep,
            issued_at=tally.at,
            detail=detail,
            due_at=due_at if kind is OrderKind.STEP_UP else 0.0,
        )
        tally.orders.append(order)
        tally.count(kind)
        self.journal.note("order", order_name(order.epoch), order)
        return order.epoch

    def _done(self, tally: Tally) -> tuple[Order, ...]:
        """Send what was ordered and tell the fact."""
        self.orders.post(tally.orders, tally.ends)
        self._conclude(tally)
        return tuple(tally.orders)

    def _conclude(self, tally: Tally) -> None:
        if tally.orders or tally.ended or tally.change.cause not in _QUIET:
            self.tell(tally.fact(self.clock()))

    # ---- trust ----------------------------------------------------------------------------

    def stand(self, session: Session, now: float) -> Standing:
        """Weigh all that is said of a session."""
        subjects, ledger = self.register.subjects(session.id), self.ledger
        terms = ledger.terms(subjects)
        return weigh(self.model, terms, subjects=subjects, lost=ledger.lost, now=now)

    def restand(self, held: Held, now: float) -> None:
        """Weigh anew, after a signal or the end of one."""
        session = held.session
        held.standing, held.outdated = self.stand(session, now), False
        known = session.device is not None and self._device_known(session.device)
        held.lasting = lasting_context(session, held.standing, known=known)

    def settle(self, most: int) -> None:
        """Work out the next look at some sessions for which that was put off."""
        for session_id in list(islice(self.unscheduled, most)):
            del self.unscheduled[session_id]
            if session_id in self.held:
                self.reschedule(session_id)

    def reschedule(self, session_id: str) -> None:
        """Let a session be looked at when the next thing about it changes."""
        held, now, change_at = self.held[session_id], self.clock(), inf
        open_now = bool(self.register.open_of(session_id))
        if open_now:  # with nothing open a crossing closes nothing: trust is weighed when asked for
            change_at = next_change(held.standing, self._bounds, now)
            established = held.session.established_at
            for age in self._watched.ages:
                if now < established + age < change_at:
                    change_at = established + age
        time = held.due(idle_s=self.model.idle_s, open_now=open_now, change_at=change_at)
        self.schedule.put(Due.SESSION, session_id, time)

    def sign_in_signals(self, session: Session, now: float) -> Iterator[Signal]:
        """Say what the sign-in itself tells: how strong it is, and how usual place and hour are."""
        grade = SIGN_IN_GRADES[min(max(session.assurance, 1), 4)]
        if session.assurance > 1 and phishing_resistant(session):
            grade = "phishing_resistant"
        hour, _ = hour_and_weekday(session.established_at)
        person = self.histories.get(user_name(session.user), History())
        everybody = self.histories.get(EVERYBODY, History())
        place = session.country
        found = novelty(person, everybody, place=place, hour=hour, model=self.model.novelty)
        words: tuple[tuple[str, float | None, str], ...] = (
            ("authenticator", float(session.assurance), grade),
            ("place", found.place, ""),
            ("hour", found.hour, ""),
        )
        for kind, value, weight_class in words:
            if value is not None and kind in self.model.families:
                yield Signal(
                    kind=kind,
                    subject=Subject(SubjectKind.SESSION, session.id),
                    value=value,
                    weight_class=weight_class,
                    observed_at=min(session.established_at, now),
                    received_at=now,
                    source=OWN_SOURCE,
                )

    def note_signal(self, signal: Signal) -> None:
        """Let a word rest on disk."""
        self.journal.note("signal", signal_name(signal), signal)

    def _learn(self, session: Session) -> None:
        """Take place and hour of a session that ended well for habits."""
        hour, _ = hour_and_weekday(session.established_at)
        for name in (EVERYBODY, user_name(session.user)):
            history = self.histories[name] = learned(
                self.histories.get(name, History()),
                place=session.country,
                hour=hour,
                now=self.clock(),
                model=self.model.novelty,
            )
            self.journal.note("history", name, history)


def signal_name(signal: Signal) -> str:
    """Name a word by what a newer one replaces."""
    kind, subject = signal.subject
    return f"{kind}\x1f{subject}\x1f{signal.kind}\x1f{signal.source}"


def order_name(epoch: int) -> str:
    """Name an order so that names sort as epochs do."""
    return f"{epoch:020d}"


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let no garbage be looked for in the midst of a change: that would double its time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _nobody_decides(_session: Session, _access: Access) -> Ruling:
    return _UNDECIDABLE
