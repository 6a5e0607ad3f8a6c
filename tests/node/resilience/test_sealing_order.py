"""What is ordered to be sealed: one after another, resumed where a process ended, refused twice."""

from __future__ import annotations

from datetime import timedelta
from errno import EMFILE
from pathlib import Path

import pytest

from panshi.errors import MissingError, UsageError
from panshi.model.bodies.continuity_judged import SCENARIO
from panshi.model.bodies.records import AuditEvent
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.resilience.sealing import seal_continuity
from panshi.node.resilience.sealing_order import (
    FOLDER,
    keep_sealing,
    order_sealing,
    sealing_of,
    stop_sealing,
    work_off,
)
from panshi.node.resilience.story import scenarios_of
from tests.simulators.institution import Clock
from tests.simulators.two_site_bank import BANK, NOW, settle

TWO = ("cable-cut", "earthquake")


def opened(tmp_path, now=NOW):
    return Node.open(Home(path=tmp_path / "home"), clock=Clock(now))


@pytest.fixture
def node(tmp_path):
    with opened(tmp_path) as found:
        settle(found, seal=False)
        yield found


def sealed(node):
    return [each.observation.facet for each in node.log.records(SCENARIO)]


def trail(node):
    bodies = (each.observation.body for each in node.log.records("audit.event/1"))
    return [
        (each.action, each.actor)
        for each in bodies
        if isinstance(each, AuditEvent) and each.action.startswith("continuity.")
    ]


def until_gone(node):
    """Stop a loop once nothing is ordered any longer."""
    return lambda: sealing_of(node, BANK) is None


def test_what_is_ordered_is_sealed_one_after_another_and_then_gone(node):
    # Given outcomes of before, and an order of two disasters, one named twice
    seal_continuity(node, actor="lin", estate_id=BANK, trials=0, wanted=("cable-cut",))
    ordered = order_sealing(node, BANK, actor="lin", wanted=(*TWO, "cable-cut"), trials=0, seed=2)
    assert (ordered.done, ordered.waiting) == ((), TWO)
    assert sealing_of(node, BANK) == ordered
    # When the serving process works it off
    keep_sealing(node, until_gone(node))
    # Then each is sealed once more, nothing is ordered any longer, and the trail says who
    assert sealed(node) == ["cable-cut", *TWO]
    assert sealing_of(node, BANK) is None
    assert trail(node)[-2:] == [("continuity.order", "lin"), ("continuity.seal", "lin")]


def test_nothing_named_is_every_disaster_and_an_unknown_one_is_refused(node):
    with pytest.raises(MissingError, match="nonsense"):
        order_sealing(node, BANK, actor="lin", wanted=("cable-cut", "nonsense"))
    assert sealing_of(node, BANK) is None
    ordered = order_sealing(node, BANK, actor="lin", trials=0)
    assert ordered.waiting == tuple(each.id for each in scenarios_of(node, BANK))


def test_a_second_order_is_refused_while_one_is_worked_off(node):
    first = order_sealing(node, BANK, actor="lin", wanted=TWO, trials=0)
    with pytest.raises(UsageError, match="worked off"):
        order_sealing(node, BANK, actor="wang", trials=0)
    assert sealing_of(node, BANK) == first


def test_a_process_that_ends_goes_on_where_it_was(tmp_path, node):
    # Given a process that is to end while the first disaster is worked out
    order_sealing(node, BANK, actor="lin", wanted=TWO, trials=0)
    work_off(node, BANK, stop=lambda: True)
    assert sealed(node) == ["cable-cut"]
    # When the next one starts
    with opened(tmp_path, NOW + timedelta(hours=1)) as later:
        state = sealing_of(later, BANK)
        assert (state.done, state.waiting) == (("cable-cut",), ("earthquake",))
        work_off(later, BANK)
        # Then only what was missing is sealed
        assert sealed(later) == list(TWO)
        assert sealing_of(later, BANK) is None


def test_an_order_that_is_taken_back_ends_after_its_disaster(node):
    # Given an order that is taken back while the first disaster is worked out
    order_sealing(node, BANK, actor="lin", wanted=TWO, trials=0)

    def taken_back():
        stop_sealing(node, BANK, actor="wang")
        return False

    # When it is worked off
    work_off(node, BANK, stop=taken_back)
    # Then that one is sealed and the other is not; who took it back is told, once
    assert sealed(node) == ["cable-cut"]
    assert sealing_of(node, BANK) is None
    assert [who for what, who in trail(node) if what == "continuity.take_back"] == ["wang"]


def test_an_order_that_cannot_go_on_says_why_and_may_be_given_anew(node):
    # Given an order of a disaster that is gone meanwhile
    order_sealing(node, BANK, actor="lin", wanted=TWO, trials=0)
    (file,) = (node.home.path / FOLDER).iterdir()
    file.write_bytes(file.read_bytes().replace(b"earthquake", b"floods"))
    # When it is worked off, again and again
    asked = iter((False, False, False))
    keep_sealing(node, lambda: next(asked, True))
    # Then it stopped before anything was sealed, says why, and is tried no more
    state = sealing_of(node, BANK)
    assert "floods" in state.order.stopped
    assert sealed(node) == []
    assert [what for what, _who in trail(node)].count("continuity.seal_failure") == 1
    # And a new order takes its place
    assert not order_sealing(node, BANK, actor="lin", wanted=TWO, trials=0).order.stopped


def test_what_an_order_before_it_left_is_not_what_was_ordered(node):
    # Given an order that is taken back, and a disaster it sealed after the next was given
    order_sealing(node, BANK, actor="lin", wanted=TWO, trials=0)
    stop_sealing(node, BANK, actor="lin")
    order_sealing(node, BANK, actor="lin", wanted=TWO, trials=20, seed=7)
    seal_continuity(node, actor="lin", estate_id=BANK, wanted=TWO[:1], trials=0)
    # When it is asked how far the new order is, then none of that is done
    assert sealing_of(node, BANK).waiting == TWO


def test_an_order_that_cannot_be_read_now_is_looked_at_again(node, monkeypatch):
    # Given an order, and a folder that cannot be read at the first look
    order_sealing(node, BANK, actor="lin", wanted=TWO, trials=0)
    real, failing = Path.read_bytes, [OSError(EMFILE, "Too many open files")]

    def reading(path):
        if path.parent.name == FOLDER and failing:
            raise failing.pop()
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", reading)
    # When the process keeps sealing
    keep_sealing(node, lambda: not failing and sealing_of(node, BANK) is None)
    # Then all that was ordered is sealed
    assert sealed(node) == list(TWO)


def test_an_order_of_another_version_is_none(node):
    order_sealing(node, BANK, actor="lin", wanted=TWO, trials=0)
    (file,) = (node.home.path / FOLDER).iterdir()
    file.write_bytes(b'{"estate":"two-sites","disasters":[]}')
    assert sealing_of(node, BANK) is None
    work_off(node, BANK)
    assert sealed(node) == []
    assert order_sealing(node, BANK, actor="lin", wanted=TWO, trials=0).waiting == TWO
