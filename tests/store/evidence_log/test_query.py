"""Latest, records and pages, against a plain definition of each over all observations."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError, UsageError
from panshi.evidence.log import Filter
from panshi.model.observation import ObservationId, Outcome
from tests.simulators.observations import (
    DAY,
    RECEIVED,
    absent,
    account,
    device,
    shape,
    training,
    unreachable,
)


def newest_by_definition(everything, as_of=None, without=()):
    """What `latest` must give: the definition of the port, written down plainly."""
    best = {}
    for each in everything:
        seen = each.observation
        if each.id in without:
            continue
        if as_of is not None and (seen.observed_at > as_of or each.received_at > as_of):
            continue
        key = (seen.kind, seen.subject, seen.facet, seen.outcome.conclusive)
        held = best.get(key)
        if held is None or (held.observation.observed_at, held.position) <= (
            seen.observed_at,
            each.position,
        ):
            best[key] = each
    return {each.id for each in best.values()}


def test_an_older_look_that_arrives_later_does_not_replace_a_newer_one(log):
    log.append([device(1, day=5)], RECEIVED)
    log.append([device(1, day=3)], RECEIVED + timedelta(days=1))

    assert [shape(each)[-1] for each in log.latest()] == [5]


def test_of_two_looks_at_the_same_time_the_later_sealed_counts(log):
    log.append([device(1)], RECEIVED)
    second = log.append([absent(1)], RECEIVED).ids[0]

    assert [each.id for each in log.latest()] == [second]


def test_an_inconclusive_look_stands_beside_the_conclusive_one(log):
    log.append([device(1, day=1), unreachable(1, day=2), unreachable(1, day=3)], RECEIVED)

    assert sorted(shape(each)[-2:] for each in log.latest()) == [
        (Outcome.SEEN, 1),
        (Outcome.UNREACHABLE, 3),
    ]


def test_facets_do_not_replace_each_other(log):
    log.append([training("a", "cloud"), training("a", "ai", day=1)], RECEIVED)

    assert {shape(each)[2] for each in log.latest()} == {"cloud", "ai"}


def test_latest_of_some_kinds_only(log):
    log.append([device(1), account("a"), training("a", "ai")], RECEIVED)

    kinds = {shape(each)[0] for each in log.latest(["training.record/1", "device.posture/1"])}

    assert kinds == {"training.record/1", "device.posture/1"}
    assert list(log.latest(["tls.endpoint/1"])) == []
    assert list(log.latest([])) == []


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_latest_is_what_its_definition_says(log, data):
    # Given looks in any order, received on any of a few days
    look = st.tuples(st.sampled_from([device, absent, unreachable]), st.integers(0, 4))
    for received in data.draw(st.lists(st.integers(0, 6), min_size=1, max_size=5)):
        looks = data.draw(st.lists(st.tuples(look, st.integers(0, 6)), max_size=6))
        batch = [make(number, day=day) for (make, number), day in looks]
        log.append(batch, DAY + timedelta(days=received))
    everything = list(log.since(0))

    # When asked as of any day, with any left out
    as_of = data.draw(st.none() | st.integers(0, 7).map(lambda day: DAY + timedelta(days=day)))
    ids = [each.id for each in everything] or [ObservationId("0" * 32)]
    without = data.draw(st.lists(st.sampled_from(ids), max_size=4))

    # Then latest and records are what their definitions say
    answer = list(log.latest(as_of=as_of, without=without))
    assert {each.id for each in answer} == newest_by_definition(everything, as_of, without)
    assert len(answer) == len({each.id for each in answer})
    records = [each.id for each in log.records("device.posture/1", as_of=as_of, without=without)]
    assert records == [
        each.id
        for each in everything
        if each.id not in without
        and (as_of is None or max(each.observation.observed_at, each.received_at) <= as_of)
    ]


def test_records_come_oldest_first(log):
    log.append([device(n, day=9 - n) for n in range(5)], RECEIVED)

    assert [each.position for each in log.records("device.posture/1")] == [0, 1, 2, 3, 4]
    assert list(log.records("no.such/1")) == []


def test_kinds_are_counted(log):
    log.append([device(1), device(2), device(1), account("a")], RECEIVED)

    assert log.kinds() == {"account.authenticators/1": 1, "device.posture/1": 2}


def test_pages_walk_the_whole_log_once(log):
    log.append([device(n) for n in range(25)], RECEIVED)

    seen, before = [], None
    while page := log.page(Filter(), before=before, limit=10):
        seen += [each.position for each in page]
        before = page[-1].position

    assert seen == list(range(24, -1, -1))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(), 7),
        (Filter(kind="device.posture/1"), 4),
        (Filter(kind="no.such/1"), 0),
        (Filter(subject="person:林小美"), 2),
        (Filter(outcome=Outcome.UNREACHABLE), 1),
        (Filter(outcome=Outcome.SEEN), 5),
        (Filter(outcome=Outcome.ABSENT), 1),
        (Filter(collector="MDM"), 4),
        (Filter(collector="清單"), 2),
        (Filter(collector="nobody"), 0),
        (Filter(text="林"), 2),
        (Filter(text="D-0000"), 4),
        (Filter(text="設備狀態"), 4),
        (Filter(text="training"), 2),
        (Filter(text="%"), 1),
        (Filter(text="_"), 0),
        (Filter(text="!"), 0),
        (Filter(text="no such thing"), 0),
        (Filter(since=DAY + timedelta(days=2)), 2),
        (Filter(until=DAY + timedelta(days=1)), 4),
        (Filter(since=DAY + timedelta(days=1), until=DAY + timedelta(days=2)), 1),
        (Filter(text="device", outcome=Outcome.SEEN, collector="mdm"), 2),
    ],
)
def test_a_filter_narrows(log, wanted, expected):
    log.append(
        [
            device(1),
            device(2, day=1),
            unreachable(3, day=2),
            absent(4, day=3),
            training("林小美", "ai"),
            training("林小美", "cloud"),
            account("100%"),
        ],
        RECEIVED,
    )

    page = log.page(wanted)

    assert len(page) == expected
    assert [each.position for each in page] == sorted((e.position for e in page), reverse=True)


def test_a_text_in_very_many_subjects_is_still_paged(log):
    log.append([device(n) for n in range(2_100)], RECEIVED)

    assert [each.position for each in log.page(Filter(text="d-0"), limit=3)] == [2099, 2098, 2097]
    assert len(log.page(Filter(text="d-0"), before=2, limit=3)) == 2


def test_what_is_not_in_the_log_is_told_apart(log):
    log.append([device(1)], RECEIVED)

    assert log.get(ObservationId("0" * 32)) is None
    assert log.get(ObservationId("not an id")) is None
    assert log.leaf(ObservationId("")) is None
    with pytest.raises(UsageError, match="no observation"):
        log.inclusion(ObservationId("0" * 32))
    with pytest.raises(UsageError, match="1 observations"):
        log.root(2)
    with pytest.raises(UsageError):
        log.consistency(1, 2)
    with pytest.raises(UsageError):
        log.consistency(2, 1)
    with pytest.raises(BadInputError, match="zone"):
        list(log.latest(as_of=DAY.replace(tzinfo=None)))


def test_many_ids_at_once(log):
    ids = log.append([device(n) for n in range(20)], RECEIVED).ids

    found = log.get_many([*ids[:5], ObservationId("0" * 32)])

    assert set(found) == set(ids[:5])
    assert all(found[each].id == each for each in found)
