"""Tickets that were accepted become campaigns once each, whatever happens in between."""

import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from panshi.errors import BadInputError, MissingError, UsageError
from panshi.model.alliance.ticket import Observable, Severity, Ticket
from panshi.node.alliance import campaign_decisions, correlating
from panshi.node.alliance.campaign_decisions import merge, pin, split, undo, undo_last
from panshi.node.alliance.correlating import campaigns_store, correlate, picture_of
from panshi.node.alliance.hub import prepare_hub
from panshi.node.alliance.tickets import accept_tickets, tickets_of
from panshi.node.home import Home
from panshi.node.node import Node

BAD_B = ("domain", "bad-b.example.org")
START = datetime(2026, 3, 1, tzinfo=UTC)


def open_hub(path: Path) -> Node:
    node = Node.open(Home(path=path))
    prepare_hub(node, actor="lin")
    return node


@pytest.fixture
def hub(tmp_path):
    with open_hub(tmp_path) as node:
        yield node


def ticket(
    number: int, *values: tuple[str, str], day: float = 0, version: int = 1, **more
) -> Ticket:
    return Ticket(
        number=f"N{number}",
        title="通報",
        version=version,
        reported_at=START + timedelta(days=day, hours=2),
        occurred_at=START + timedelta(days=day),
        indicators=tuple(Observable(kind=kind, value=value) for kind, value in values),
        **more,
    )


def digest(name: str) -> tuple[str, str]:
    return "sha256", (name * 64)[:64]


def accept(node: Node, *tickets: tuple[str, Ticket]) -> list[str]:
    return [accept_tickets(node, member, (each,))[0].ticket for member, each in tickets]


def two_campaigns(node: Node) -> list[str]:
    """Six tickets of six members: three share one digest and name, three another."""
    return accept(
        node,
        *(
            (f"bank-{at:03d}", ticket(at, digest("a1"), ("domain", "evil-a.example.net"), day=at))
            for at in range(3)
        ),
        *(
            (f"bank-{at:03d}", ticket(at, digest("b2"), ("domain", "bad-b.example.org"), day=at))
            for at in range(3, 6)
        ),
    )


def homes(node: Node, ids: list[str]) -> list[int]:
    found = (campaigns_store(node).home_of(each) for each in ids)
    return [each.home for each in found if each]


def same_picture(one, other) -> bool:
    def told(each):
        return (
            list(each.homes),
            sorted(each.campaigns),
            {n: (c.counts, c.tried, c.matched, c.review_at) for n, c in each.campaigns.items()},
            {n: list(c.places) for n, c in each.campaigns.items()},
            {t: list(known) for t, known in each.owners.items()},
            each.pinned,
            each.apart,
            each.retired,
            each.formed,
        )  # fmt: skip

    return told(one) == told(other)


def test_tickets_become_campaigns_with_reasons(hub):
    # Given six tickets of two campaigns
    ids = two_campaigns(hub)
    # When they are correlated
    assert correlate(hub) == 6
    # Then each three are one campaign, and the third says which digest it shares
    one, other = sorted(set(homes(hub, ids)))
    assert homes(hub, ids) == [one] * 3 + [other] * 3
    third = campaigns_store(hub).tickets(one)[2]
    reason = msgspec.json.decode(third.reason)
    assert digest("a1")[1] in {part["value"] for part in reason["parts"]}
    assert reason["total"] > 0


def test_nothing_is_taken_in_twice(hub):
    # Given a hub whose tickets were correlated
    two_campaigns(hub)
    correlate(hub)
    before = campaigns_store(hub).history(1)
    # When it is asked again
    # Then nothing happens
    assert correlate(hub) == 0
    assert campaigns_store(hub).history(1) == before


def test_another_process_comes_to_the_same_picture(hub, tmp_path):
    # Given a hub that correlated in pieces, with decisions in between
    ids = two_campaigns(hub)
    correlate(hub, most=4)
    accept(hub, ("bank-009", ticket(9, digest("a1"), day=1)))
    correlate(hub)
    one, other = sorted(set(homes(hub, ids)))
    merge(hub, one, other, actor="lin", why="same actor")
    accept(hub, ("bank-010", ticket(10, digest("b2"), ("domain", "bad-b.example.org"), day=2)))
    correlate(hub)
    # When the picture is built again from the log
    again = Node.open(Home(path=tmp_path))
    # Then it is the same to the last count
    with again:
        assert same_picture(picture_of(hub).correlator, picture_of(again).correlator)


def test_a_failed_commit_leaves_no_trace_in_memory(hub, monkeypatch):
    # Given a hub where writing down the changes fails once
    ids = two_campaigns(hub)

    def fails(*_args, **_more):
        raise UsageError("no")

    monkeypatch.setattr(correlating, "record_changes", fails)
    with pytest.raises(UsageError):
        correlate(hub)
    monkeypatch.undo()
    # When it goes on
    # Then every ticket is taken in once
    assert correlate(hub) == 6
    assert len(set(homes(hub, ids))) == 2


def test_a_newer_version_takes_the_place_of_the_older(hub):
    # Given a ticket that belongs to a campaign
    ids = two_campaigns(hub)
    correlate(hub)
    one, other = homes(hub, ids)[0], homes(hub, ids)[-1]
    # When its member says in a newer version that it saw something else
    accept(
        hub,
        ("bank-002", ticket(2, digest("b2"), BAD_B, day=3, version=2)),
    )
    correlate(hub)
    # Then it belongs to the other campaign, once
    assert homes(hub, [ids[2]]) == [other]
    assert len(campaigns_store(hub).tickets(one)) == 2
    assert [each.ticket for each in campaigns_store(hub).tickets(other)].count(ids[2]) == 1


class TestDecisions:
    def test_a_merge_holds_and_is_taken_back(self, hub):
        # Given two campaigns
        ids = two_campaigns(hub)
        correlate(hub)
        one, other = sorted(set(homes(hub, ids)))
        before = homes(hub, ids)
        # When a person merges them
        assert merge(hub, one, other, actor="lin", why="one actor") == one
        # Then all are one, and the old number leads there
        assert set(homes(hub, ids)) == {one}
        assert campaigns_store(hub).campaign(other).number == one
        # When it is taken back
        assert undo_last(hub, one, actor="wu", why="wrong") == 3
        # Then all is as before, under the same numbers, and kept apart
        assert homes(hub, ids) == before
        assert (one, other) in picture_of(hub).correlator.apart

    def test_what_was_parted_stays_parted(self, hub):
        # Given a campaign of three of which one was split off
        ids = two_campaigns(hub)
        correlate(hub)
        one = homes(hub, ids)[0]
        made = split(hub, one, [ids[2]], actor="lin", why="another victim")
        # When further tickets of it come
        more = accept(
            hub,
            *(
                (
                    f"bank-02{at}",
                    ticket(20 + at, digest("a1"), ("domain", "evil-a.example.net"), day=2),
                )
                for at in range(6)
            ),
        )
        correlate(hub)
        # Then the one stays where it was put
        assert homes(hub, [ids[2]]) == [made]
        assert made not in {homes(hub, [each])[0] for each in ids[:2]}
        assert len(more) == 6

    def test_a_pinned_ticket_belongs_where_a_person_says(self, hub):
        # Given a ticket that a person took out of its campaign
        ids = two_campaigns(hub)
        correlate(hub)
        pin(hub, ids[0], None, actor="lin", why="a test of our own")
        # When another like it comes
        accept(hub, ("bank-030", ticket(30, digest("a1"), ("domain", "evil-a.example.net"), day=1)))
        correlate(hub)
        # Then it stays out
        assert homes(hub, [ids[0]]) == [-1]

    def test_a_change_is_taken_back_once(self, hub):
        # Given a decision that was taken back
        ids = two_campaigns(hub)
        correlate(hub)
        one, other = sorted(set(homes(hub, ids)))
        merge(hub, one, other, actor="lin", why="one actor")
        number = next(e.number for e in campaigns_store(hub).history(one) if e.by)
        undo(hub, number, actor="wu", why="wrong")
        # When it is taken back again
        # Then that is refused
        with pytest.raises(UsageError, match="was taken back"):
            undo(hub, number, actor="wu", why="wrong")

    @pytest.mark.parametrize(
        ("decide", "error"),
        [
            (lambda hub, one: merge(hub, one, one, actor="lin", why="x"), UsageError),
            (lambda hub, one: merge(hub, one, 999, actor="lin", why="x"), MissingError),
            (lambda hub, one: merge(hub, one, 999, actor="lin", why=" "), BadInputError),
            (lambda hub, one: split(hub, one, ["no"], actor="lin", why="x"), MissingError),
            (lambda hub, one: split(hub, one, [], actor="lin", why="x"), UsageError),
            (lambda hub, _one: undo(hub, 999, actor="lin", why="x"), MissingError),
            (lambda hub, one: undo_last(hub, one, actor="lin", why="x"), UsageError),
            (lambda hub, one: pin(hub, "no", one, actor="lin", why="x"), MissingError),
        ],
    )
    def test_what_cannot_be_decided_changes_nothing(self, hub, decide, error):
        # Given a campaign
        ids = two_campaigns(hub)
        correlate(hub)
        before = homes(hub, ids)
        # When something impossible is decided
        with pytest.raises(error):
            decide(hub, before[0])
        # Then nothing changed
        assert homes(hub, ids) == before

    def test_only_a_hub_decides(self, tmp_path):
        # Given a node that is no hub
        with Node.open(Home(path=tmp_path)) as node, pytest.raises(MissingError):
            # When something is decided
            # Then there is no such thing
            campaign_decisions.merge(node, 1, 2, actor="lin", why="x")


def test_priority_follows_from_what_the_tickets_say(hub):
    # Given one campaign whose members find it critical
    accept(
        hub,
        *(
            (
                f"bank-{at:03d}",
                ticket(at, digest("c3"), day=at, severity=Severity.CRITICAL, phase="impact"),
            )
            for at in range(4)
        ),
    )
    correlate(hub)
    # When it is listed
    (one,) = campaigns_store(hub).campaigns()
    # Then it is at least high
    body = msgspec.json.decode(one.body)
    assert body["level"] in {"high", "severe", "emergency"}
    assert one.score == body["score"]
    assert one.members == 4


KILLED = """
    import sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[2])
    from panshi.node.alliance.correlating import correlate
    from panshi.node.home import Home
    from panshi.node.node import Node
    with Node.open(Home(path=Path(sys.argv[1]))) as node:
        print("ready", flush=True)
        while correlate(node, most=3):
            print("piece", flush=True)
"""


@pytest.mark.slow
def test_killed_at_any_moment_it_takes_each_ticket_in_once(tmp_path):
    # Given a hub with many tickets waiting
    with open_hub(tmp_path) as node:
        batch = [
            (f"bank-{at % 9:03d}", ticket(at, digest(f"{at % 5}e"), day=at / 10))
            for at in range(60)
        ]
        ids = accept(node, *batch)
    # When the process that correlates is killed again and again
    for pieces in (1, 2, 0, 3, 1):
        command = (sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path), str(Path.cwd()))
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            for _ in range(pieces + 1):
                assert process.stdout is not None
                process.stdout.readline()
            process.send_signal(signal.SIGKILL)
    # Then, at the end, every ticket is there once, and the picture is that of a hub left alone
    with Node.open(Home(path=tmp_path)) as node:
        correlate(node)
        held = campaigns_store(node)
        assert [held.home_of(each).ticket for each in ids] == ids
        with held.reading() as turn:
            assert turn.reached()[0] == tickets_of(node).chain().position == 60
        kept = picture_of(node).correlator
        left_alone = correlating.Correlator(correlating.shipped_method())
        for position, each in tickets_of(node).since(0, 100):
            assert position
            left_alone.take(
                correlating.sketch_of(each, correlating.allow_list(), left_alone.limits.values)
            )
        assert same_picture(kept, left_alone)
