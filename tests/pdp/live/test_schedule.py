"""What falls due comes up once, in its time, and only if it still holds."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from panshi.pdp.live.schedule import Due, Schedule


@given(
    puts=st.lists(
        st.tuples(st.sampled_from("abcde"), st.floats(0, 100) | st.just(inf)), max_size=60
    ),
    looks=st.lists(st.floats(0, 120), max_size=10).map(sorted),
)
def test_each_item_comes_up_at_its_last_time(puts, looks):
    schedule, times = Schedule(), {}
    for name, time in puts:
        schedule.put(Due.SESSION, name, time)
        times[name] = time
    for now in looks:
        expected = sorted((time, name) for name, time in times.items() if time <= now)
        assert schedule.next() == min(times.values(), default=inf)
        found = []
        while (item := schedule.pop(now)) is not None:
            found.append(item[1])
            times.pop(item[1])
        assert [name for _, name in expected] == found


def test_void_entries_do_not_pile_up():
    schedule = Schedule()
    for number in range(20_000):
        schedule.put(Due.SESSION, "s", 1_000.0 + number)

    assert len(schedule._heap) < 2_000
    assert schedule.next() == 20_999.0


def test_whoever_sleeps_is_woken_for_what_is_sooner():
    schedule, woken = Schedule(), []
    schedule.sooner = lambda: woken.append(True)
    for time in (10.0, 20.0, 5.0):
        schedule.put(Due.FEED, f"f{time}", time)

    assert len(woken) == 2
