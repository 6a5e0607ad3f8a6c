"""Row digests: whatever is done to a table is found, whatever order it comes back in."""

from hypothesis import given
from hypothesis import strategies as st

from panshi.observe.vault_sources.rows import compare, digest, digests_of, write_rows

ROWS = st.dictionaries(st.binary(min_size=1, max_size=4), st.binary(max_size=6), max_size=30)


def found(rows):
    return [(digest(key), digest(value), key) for key, value in rows]


def sealed(rows):
    return [(digest(key), digest(value)) for key, value in rows]


@given(before=ROWS, after=ROWS, order=st.randoms())
def test_every_difference_is_counted_in_any_order(before, after, order):
    shuffled = list(after.items())
    order.shuffle(shuffled)

    seen = compare(sealed(before.items()), found(shuffled))

    assert seen.same == sum(after.get(key) == value for key, value in before.items())
    assert seen.changed == sum(k in after and after[k] != v for k, v in before.items())
    assert seen.missing == len(before.keys() - after.keys())
    assert seen.extra == len(after.keys() - before.keys())


@given(rows=st.lists(st.binary(max_size=2), max_size=20), order=st.randoms())
def test_equal_rows_without_a_key_count_as_often_as_they_stand(rows, order):
    shuffled = [(each, each) for each in rows]
    order.shuffle(shuffled)

    assert compare(sealed((r, r) for r in rows), found(shuffled)).wrong == 0
    one_more = [*shuffled, (b"new", b"new")]
    assert compare(sealed((r, r) for r in rows), found(one_more)).extra == 1


def test_a_file_of_digests_gives_back_what_was_written(tmp_path):
    rows = [(b"%d" % n, b"row %d" % n) for n in range(10_000)]

    written = write_rows(tmp_path / "t.rows", rows)

    assert written.rows == 10_000
    assert list(digests_of(tmp_path / "t.rows")) == sealed(rows)
