"""A world in which live sessions are tried: a clock one sets and a policy one can read."""

import asyncio

from panshi.pdp.live.registry import Live
from panshi.pdp.live.restoring import restored
from panshi.protection.cedar import Uid
from panshi.protection.zero_trust.sessions.nouns import Access, Session
from panshi.protection.zero_trust.sessions.ruling import Ruling
from panshi.protection.zero_trust.sessions.watched import Watched
from panshi.protection.zero_trust.trust.signal import Signal, Subject, SubjectKind
from tests.protection.zero_trust.trust.models import MODEL

START = 1_763_683_200.0  # 2025-11-21 08:00 in Taipei
WATCHED = Watched(levels=frozenset({50}), ages=frozenset({3_601}), hours=True)
READ, WRITE, TRANSFER, EMERGENCY = (
    Uid("Action", name) for name in ("read", "write", "transfer", "emergency")
)
BOOKS = Uid("System", "books")


class World:
    """One decision point's live sessions with a policy in three lines and a clock."""

    def __init__(self, *, model=MODEL, store=None, now=START):
        self.now = now
        self.facts = []
        self.barred = set()
        "Users whom the policy in force bars."
        self.decided = 0
        parts = {"model": model, "clock": lambda: self.now, "sink": self.facts.append}
        self.live = Live(**parts) if store is None else restored(store, **parts)
        self.live.attach(self.decide, watched=lambda: WATCHED)

    def decide(self, session, access):
        """Read: trust of 50. Write: also a compliant device, by day. Transfer: within the hour."""
        self.decided += 1
        return Ruling(
            allowed=self.allows(session, access),
            reason_zh="政策",
            reason_en="policy",
            terminate=session.user.id in self.barred and access.action == TRANSFER,
        )

    def allows(self, session, access):
        context = self.live.context_of(
            session.id, self.now, action=access.action, resource=access.resource
        )
        if session.user.id in self.barred or "level" not in context["trust"]:
            return False
        if access.action == EMERGENCY:
            return context["break_glass"]
        if context["trust"]["level"] < 50:
            return False
        if access.action == READ:
            return True
        if access.action == TRANSFER:
            return context["session"]["age_s"] <= 3_600
        return context["device"].get("compliant") is True and 8 <= context["time"]["hour"] < 20

    def establish(self, name, user="amy", **changes):
        session = Session(
            **{
                "id": name,
                "user": Uid("User", user),
                "device": f"nb-{user}",
                "assurance": 3,
                "authenticators": ("hwk",),
                "established_at": self.now,
                "expires_at": self.now + 36_000,
                "country": "TW",
            }
            | changes
        )
        return self.live.establish(session)

    def open(self, name, session, action=READ, pep="proxy", resource=BOOKS):
        return self.live.open(
            Access(
                id=name, session=session, action=action, resource=resource, pep=pep,
                opened_at=self.now,
            )
        ).allowed  # fmt: skip

    def signal(self, kind, grade, subject, source="src", *, in_turns=False):
        about = MODEL.families[kind].about
        word = Signal(
            kind=kind, subject=Subject(SubjectKind(about), subject), value=grade,
            weight_class=grade, observed_at=self.now, received_at=self.now, source=source,
        )  # fmt: skip
        if in_turns:
            return asyncio.run(self.live.signal_in_turns(word))
        return self.live.signal(word)

    def compliant(self, user="amy"):
        return self.signal("device.compliance", "compliant", f"nb-{user}", "mdm")

    def pass_time(self, seconds):
        """Let time pass as the running loop does: looking exactly when something falls due."""
        until, orders = self.now + seconds, []
        while (due := self.live.next_due()) <= until:
            self.now = max(self.now, due)
            orders += self.live.tick()
        self.now = until
        return (*orders, *self.live.tick())

    @property
    def open_now(self):
        return set(self.live.register.accesses)
