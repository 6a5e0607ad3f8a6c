"""What is due runs by itself with the key kept for drills; without it, it waits for people."""

from datetime import timedelta

import psycopg
import pytest

from panshi.errors import BadInputError, StoreError, UsageError
from panshi.node.resilience import drill_watch, drills
from panshi.node.resilience.drill_due import plan_states
from panshi.node.resilience.drill_watch import keep_drilling, run_due
from panshi.node.resilience.drills import drills_of
from panshi.node.resilience.marking import seal_source, sources_told
from tests.simulators.vaulted import SYSTEM, drill_plan, vaulted_bank


@pytest.fixture
def bank(tmp_path):
    with vaulted_bank(tmp_path) as made:
        folder = tmp_path / "papers"
        folder.mkdir()
        (folder / "a.txt").write_text("契約")
        made.source(
            name="papers", kind="files", path=str(folder), asset=SYSTEM, drill_key="drill.key"
        )
        drill_plan(made.home, "monthly", source="papers", every_days=30)
        drill_plan(made.home, "when-asked", source="papers")
        yield made


def test_what_is_due_runs_once_and_again_when_its_period_is_over(bank):
    # Given a sealed source and a plan that never ran
    seal_source(bank.node, "papers", actor="cli:tester")
    assert [(each.plan.id, each.due) for each in plan_states(bank.node)] == [
        ("monthly", True),
        ("when-asked", False),
    ]

    # When due plans run twice, then it ran once
    assert run_due(bank.node) == ("monthly",)
    assert run_due(bank.node) == ()
    ((_, body, _),) = drills_of(bank.node)
    assert body.passed, body.failures
    assert body.scheduled

    # And when its period is over it runs again; its snapshot is too old by then, and that is told
    bank.clock.ahead = timedelta(days=30, minutes=1)
    assert run_due(bank.node) == ("monthly",)
    *_, (_, body, _) = drills_of(bank.node)
    assert [each.partition(":")[0] for each in body.failures] == ["RPO"]
    assert plan_states(bank.node)[0].passed is False


def test_a_drill_told_to_stop_proves_nothing_and_stays_due(bank):
    # Given a drill that is due
    seal_source(bank.node, "papers", actor="cli:tester")

    # When its process is to end while it restores
    assert run_due(bank.node, lambda: True) == ()

    # Then nothing is on record of it but that it was stopped, and it runs the next time
    assert not list(drills_of(bank.node))
    told = [
        each.observation.body.detail
        for each in bank.node.log.records("audit.event/1")
        if each.observation.body.action == "vault.drill"
    ]
    assert told == ["stopped with the process"]
    assert run_due(bank.node) == ("monthly",)


def test_a_drill_that_cannot_begin_keeps_none_back(bank):
    seal_source(bank.node, "papers", actor="cli:tester")
    drill_plan(
        bank.home,
        "lost-mars",
        source="papers",
        every_days=30,
        method=[{"func": "withhold", "places": ["mars"]}],
    )

    with pytest.raises(BadInputError, match="no place mars"):
        run_due(bank.node)

    assert [body.plan for _, body, _ in drills_of(bank.node)] == ["monthly"]


def test_a_verification_that_breaks_is_a_failed_drill_and_the_next_one_runs(bank, monkeypatch):
    # Given two drills that are due, whose data turns out to be corrupt as no message foresaw
    seal_source(bank.node, "papers", actor="cli:tester")
    drill_plan(bank.home, "yearly", source="papers", every_days=365)

    def broken(*_told, **_more):
        raise psycopg.errors.DataCorrupted("invalid page in block 7 \udcff")

    monkeypatch.setattr(drills, "verify", broken)

    # When they run by themselves
    assert run_due(bank.node) == ("monthly", "yearly")

    # Then both are on record as failed, with what was raised
    found = [body for _, body, _ in drills_of(bank.node)]
    assert [(each.plan, each.passed) for each in found] == [("monthly", False), ("yearly", False)]
    assert found[0].failures == ("DataCorrupted: invalid page in block 7 \\udcff",)


def test_what_breaks_the_look_itself_is_told_once_and_looked_for_again(bank, monkeypatch):
    # Given a look that breaks twice, the second time with a trail that cannot be written
    looks = []

    def broken(_node, _stop):
        looks.append(len(looks))
        raise ZeroDivisionError("no such thing \udcff")

    told = []

    def audit(*_words, detail):
        told.append(detail)
        raise StoreError("the disk is full")

    monkeypatch.setattr(drill_watch, "EVERY", 0.0)
    monkeypatch.setattr(drill_watch, "run_due", broken)
    monkeypatch.setattr(type(bank.node), "audit", audit)

    # When it is kept, then it goes on looking, and what cannot be told is told at the next look
    keep_drilling(bank.node, lambda: len(looks) == 3)
    assert told == ["ZeroDivisionError: no such thing \\udcff"] * 3


def test_without_a_kept_key_what_is_due_waits_and_is_told_once(bank):
    bank.source(name="papers", kind="files", path=str(bank.home.parent / "papers"), asset=SYSTEM)
    with pytest.raises(UsageError, match="no key is kept"):
        run_due(bank.node)

    looks = iter([False, True])
    keep_drilling(bank.node, lambda: next(looks))

    told = [
        each.observation.body.detail
        for each in bank.node.log.records("audit.event/1")
        if each.observation.body.action == "vault.drill_failure"
    ]
    assert len(told) == 1
    assert "no key is kept" in told[0]


def test_sources_are_told_with_their_newest_snapshot(bank):
    (before,) = sources_told(bank.node)
    taken = seal_source(bank.node, "papers", actor="cli:tester")
    (after,) = sources_told(bank.node)

    assert before.snapshot == ""
    assert after.snapshot == taken.snapshot
    assert not after.quarantined
