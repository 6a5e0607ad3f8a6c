"""A draw follows from the root alone: the same for everybody, another for another root."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.attestations.sampling import draw, quarter_begins, quarter_name
from panshi.model.observation import ObservationId

IDS = [ObservationId(f"{number:032x}") for number in range(40)]
DAY = date(2026, 11, 21)
roots = st.binary(min_size=32, max_size=32).map(bytes.hex)


def drawn(ids, root, wanted=5):
    return draw(ids, day=DAY, wanted=wanted, log_size=9, drawn_from=root)


@given(roots, st.permutations(IDS), st.integers(0, 60))
def test_the_order_they_are_given_in_chooses_nothing(root, shuffled, wanted):
    one, other = drawn(IDS, root, wanted), drawn(shuffled, root, wanted)
    assert one == other
    assert len(one.drawn) == min(wanted, len(IDS))
    assert set(one.drawn) <= set(IDS)


@given(roots, st.integers(1, 39))
def test_asking_for_more_keeps_what_was_drawn(root, wanted):
    fewer, more = drawn(IDS, root, wanted), drawn(IDS, root, wanted + 1)
    assert more.drawn[:wanted] == fewer.drawn


@given(roots, st.sampled_from(IDS))
def test_leaving_one_out_moves_the_others_up_and_nothing_else(root, gone):
    every = drawn(IDS, root, len(IDS)).drawn
    left = drawn([each for each in IDS if each != gone], root, len(IDS)).drawn
    assert left == tuple(each for each in every if each != gone)


def test_each_is_drawn_about_as_often_as_any_other():
    counts = dict.fromkeys(IDS, 0)
    for number in range(2_000):
        for each in drawn(IDS, f"{number:064x}").drawn:
            counts[each] += 1
    assert all(170 < count < 330 for count in counts.values())


def test_quarters_have_names_and_first_days():
    assert (quarter_name(DAY), quarter_begins(DAY)) == ("2026Q4", date(2026, 10, 1))
    assert quarter_begins(date(2026, 3, 31)) == date(2026, 1, 1)
