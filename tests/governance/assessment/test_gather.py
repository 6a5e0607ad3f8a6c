"""What is read of a log: newest looks, all tests, all records."""

from __future__ import annotations

from panshi.governance.assessment.gather import (
    RECORD_KINDS,
    gather,
    kinds_of_looks,
    kinds_of_tests,
)
from tests.governance.assessment.worlds import (
    DRILL,
    River,
    attested,
    contradicted_by_drills,
    control,
    framework,
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
    assert kinds_of_tests(content) == {DRILL, "incident.finding/1"}


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
        ("records", DRILL),
        ("records", "incident.finding/1"),
        *(("records", kind) for kind in RECORD_KINDS),
    ]
    assert {what[3] for what in shelf.asked} == {("x",)}
