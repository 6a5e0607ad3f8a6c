"""Pages begin after a named row."""

from hypothesis import given
from hypothesis import strategies as st

from panshi.web.paging import page_after


@given(st.lists(st.text(min_size=1), unique=True), st.integers(1, 7))
def test_pages_in_turn_give_every_row_once(rows, size):
    seen, after = [], ""
    while True:
        shown, after = page_after(rows, after, size, str)
        seen += shown
        assert len(shown) <= size
        if not after:
            break
    assert seen == rows


def test_a_row_that_is_gone_begins_anew():
    assert page_after(["a", "b"], "gone", 1, str) == (["a"], "a")
