"""What is read of a log: newest looks, all tests, all records."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from panshi.evidence.log import LogStore
from panshi.governance.assessment.gather import (
    RECORD_KINDS,
    gather,
    kinds_of_looks,
    kinds_of_tests,
)
from panshi.model.bodies.hosts import HostProtection
from panshi.model.observation import Observation
from panshi.store.evidence_log import open_log
from tests.governance.assessment.worlds import (
    DRILL,
    LOOK,
    NOW,
    River,
    assessor,
    attested,
    contradicted_by_drills,
    control,
    estate,
    framework,
    host,
)


class Shelf:
    """The reading half of a log, over a list."""

    def __init__(self, sealed):
        self._sealed = sealed
        self.asked = []

    def latest(self, kinds=None, *, as_of=None, without=()):
        self.asked.append(("latest", tuple(kinds), as_of, tuple(without)))
        return (each for each in self._sealed if each.observation.kind in kinds)

    def records(self, kind, *, as_of=None, without=()):
        self.asked.append(("records", kind, as_of, tuple(without)))
        return (each for each in self._sealed if each.observation.kind == kind)


def test_it_names_the_kinds():
    content = (framework(contradicted_by_drills(), attested(), control("d", made_of=("f/c",))),)
    assert kinds_of_looks(content) == {"host.protection/1"}
    assert kinds_of_tests(content) == {DRILL, "incident.finding/1", "assessor.finding/1"}


def test_it_reads_each_observation_once():
    river = River()
    river.looks(2)
    river.drill("system:core", passed=True)
    river.claim(1.0)
    river.add("audit.event/1", river.sealed[0].observation.body)
    shelf = Shelf(river.sealed)
    found = list(gather(shelf, (framework(contradicted_by_drills()),), without=("x",)))
    assert found == river.sealed[:4]
    assert [what[:2] for what in shelf.asked] == [
        ("latest", ("host.protection/1",)),
        ("records", "assessor.finding/1"),
        ("records", DRILL),
        ("records", "incident.finding/1"),
        *(("records", kind) for kind in RECORD_KINDS),
    ]
    assert {what[3] for what in shelf.asked} == {("x",)}


CONTENT = framework(control())


@pytest.fixture
def log(tmp_path: Path):
    opened = open_log(tmp_path)
    yield opened
    opened.close()


def looked(log: LogStore, *, minutes: float, passes: bool, facet: str = "") -> str:
    body = HostProtection(malware_protection=passes, detection_response=False)
    seen = Observation(
        kind=LOOK,
        subject=host(0),
        facet=facet,
        observed_at=NOW + timedelta(minutes=minutes),
        collector="test",
        body=body,
    )
    (known,) = log.append([seen], NOW).ids
    return known


def opened_on(log: LogStore, **changes):
    return assessor(estate(1), list(gather(log, (CONTENT,), **changes)), CONTENT)


def test_a_look_dated_ahead_counts_when_its_time_has_come(log: LogStore):
    # Given a look that stands, and two with later dates that the log already holds.
    older = looked(log, minutes=-60, passes=True)
    first = looked(log, minutes=5, passes=False)
    second = looked(log, minutes=10, passes=True)
    # When a live assessor is opened on it now.
    live = opened_on(log, now=NOW)
    # Then the older look counts, and each later one from its own time on.
    for minutes, expected, met in (
        (0, older, True),
        (4, older, True),
        (6, first, False),
        (9, first, False),
        (11, second, True),
    ):
        verdict = live.at(NOW + timedelta(minutes=minutes)).verdict("f/c")
        assert (verdict.evidence_ids, verdict.met) == ((expected,), met), minutes
    # Then an assessor opened on the log as of each moment says the same.
    for minutes in (0, 6, 11):
        moment = NOW + timedelta(minutes=minutes)
        evidence = list(gather(log, (CONTENT,), as_of=moment))
        cold = assessor(estate(1), evidence, CONTENT, as_of=moment).verdict("f/c")
        live = assessor(estate(1), list(gather(log, (CONTENT,), now=NOW)), CONTENT).at(moment)
        assert live.verdict("f/c") == cold


def test_without_the_ones_left_out(log: LogStore):
    older = looked(log, minutes=-60, passes=True)
    ahead = looked(log, minutes=5, passes=False)
    live = opened_on(log, now=NOW, without=(ahead,)).at(NOW + timedelta(minutes=6))
    assert live.verdict("f/c").evidence_ids == (older,)


def test_nothing_is_read_twice_where_nothing_is_ahead(log: LogStore):
    looked(log, minutes=-60, passes=True)
    looked(log, minutes=-50, passes=True, facet="x")
    found = [sealed.id for sealed in gather(log, (CONTENT,), now=NOW)]
    assert len(found) == len(set(found)) == 2


def test_a_bound_leaves_out_what_is_ahead(log: LogStore):
    older = looked(log, minutes=-60, passes=True)
    looked(log, minutes=5, passes=False)
    assert [each.id for each in gather(log, (CONTENT,), as_of=NOW, now=NOW)] == [older]


def test_what_waits_comes_in_by_its_time(log: LogStore):
    # Given an open assessor that is told, in the wrong order, of looks dated ahead.
    looked(log, minutes=-60, passes=True)
    live = opened_on(log, now=NOW)
    size = log.size()
    for minutes, passes in ((30, True), (20, False)):
        looked(log, minutes=minutes, passes=passes)
    for sealed in log.since(size):
        assert live.observe(sealed) == frozenset()
    # Then each counts from its own time on.
    assert [live.at(NOW + timedelta(minutes=m)).verdict("f/c").met for m in (10, 20, 30)] == [
        True,
        False,
        True,
    ]
