"""The tape of requests: what was kept comes back in order, and a torn line harms nothing."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.store.request_tape import FOLDER, KEPT_DAYS, Line, RequestTape

DAY = 86_400.0
NOW = 1_790_000_000.0


def line(at, name="1"):
    return Line(
        at, name, ("User", "u"), ("Action", "a"), ("System", "s"), {"x": {"y": [1]}}, True, ()
    )


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.floats(0, 3 * DAY), max_size=40).map(sorted), st.integers(1, 9))
def test_both_directions_give_what_was_kept(tmp_path_factory, moments, every):
    home = tmp_path_factory.mktemp("tape")
    tape = RequestTape(home)
    for number, moment in enumerate(moments):
        tape.add(line(NOW + moment, str(number)))
        if number % every == 0:
            tape.flush(NOW + moment)
    if moments:
        tape.flush(NOW + moments[-1])
    there = [each.id for each in RequestTape(home).read(NOW, NOW + 4 * DAY)]
    back = [each.id for each in RequestTape(home).backwards(NOW + 4 * DAY)]
    assert there == [str(number) for number in range(len(moments))]
    assert sorted(back) == sorted(there)


def test_a_torn_or_foreign_line_is_passed_over(tmp_path):
    # Given a tape whose last line was cut by a crash
    tape = RequestTape(tmp_path)
    tape.add(line(NOW))
    tape.flush(NOW)
    (file,) = (tmp_path / FOLDER).glob("*.jsonl")
    with file.open("ab") as torn:
        torn.write(b'{"foreign": 1}\n[1790000000.5,"2",["User"')
    # Then what is whole is read
    assert [each.id for each in tape.read(NOW, NOW + 1)] == ["1"]
    assert [each.id for each in tape.backwards(NOW + 1)] == ["1"]
    assert file.stat().st_mode & 0o077 == 0


def test_old_days_go(tmp_path):
    tape = RequestTape(tmp_path)
    for moment in (NOW, NOW + (KEPT_DAYS + 1) * DAY):
        tape.add(line(moment))
        tape.flush(moment)
    assert len(list((tmp_path / FOLDER).glob("*.jsonl"))) == 1
