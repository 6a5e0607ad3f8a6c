"""A node over the small bank whose clock a test turns, with people to appoint."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from panshi.model.bodies.identity import AccountAuthenticators
from panshi.model.bodies.offices import Appointment
from panshi.model.observation import Observation
from panshi.node.accountability import confirm, propose
from panshi.node.home import Home
from panshi.node.node import Node
from tests.web.small_bank import ACCOUNTS, BANK, estate

BEGAN = datetime(2025, 11, 3, 4, tzinfo=UTC)
SECRETARY, SECOND = "he.peishan", "xu.wenbin"


class Clock:
    """A clock that stands until it is turned."""

    def __init__(self, now: datetime = BEGAN) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def to(self, now: datetime) -> None:
        """Turn it."""
        self.now = now


def open_institution(folder: Path, clock: Clock) -> Node:
    """Open a node that knows the small bank since November 2025; nothing is observed yet."""
    node = Node.open(Home(path=folder), clock=clock)
    node.commit_estate(estate(BEGAN), by="test", at=BEGAN)
    return node


def see_accounts(node: Node, passing: int, of: int = len(ACCOUNTS)) -> None:
    """Look at accounts now: so many with a second factor, the others without."""
    seen = tuple(
        Observation(
            kind="account.authenticators/1",
            subject=account,
            observed_at=node.clock() - timedelta(hours=2),
            collector="directory export",
            body=AccountAuthenticators(
                enabled=True, factors=2 if number < passing else 1, source="ad"
            ),
        )
        for number, account in enumerate(ACCOUNTS[:of])
    )
    node.log.append(seen, node.clock())


def terms(office: str, person: str, since: date, **more: object) -> Appointment:
    """Terms of an appointment."""
    return Appointment(
        person=person, office=office, since=since, appointed_by="", seconded_by="", **more
    )


def appoint(node: Node, office: str, person: str, **more: object) -> None:
    """Appoint someone by two people, from today on."""
    wanted = terms(office, person, node.clock().date(), **more)
    proposal = propose(node, wanted, actor=SECRETARY, estate_id=BANK)
    confirm(node, proposal, actor=SECOND, estate_id=BANK)
