"""Pairs of versions are answered line by line."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError, UsageError
from panshi.node.version_order import LONGEST_LINE, order_pairs


def test_each_pair_has_one_answer() -> None:
    # Given pairs with and without a sign, a comment, an empty line and lines that are no pair
    text = b"1.0 2.0\n2.0 = 1.0\n\n# no pair\n1.0\t1.0.0\nalone\n1 2 3\n(devel) 1\n"
    # When they are put in order
    answers = [str(each.order) for each in order_pairs("PyPI", io.BytesIO(text))]
    # Then comments are passed over and what cannot be told says so
    assert answers == ["<", ">", "=", "?", "?", "?"]


def test_a_line_without_end_is_refused_with_its_place() -> None:
    text = b"1 2\n" + b"1" * (LONGEST_LINE + 1)
    with pytest.raises(BadInputError, match="line 2"):
        list(order_pairs("npm", io.BytesIO(text)))


def test_an_unknown_ecosystem_is_refused_before_anything_is_read() -> None:
    with pytest.raises(UsageError, match="nowhere"):
        next(order_pairs("nowhere", io.BytesIO(b"1 2\n")))


@given(st.lists(st.binary(max_size=60).map(lambda raw: raw.replace(b"\n", b""))))
def test_no_bytes_stop_it(lines: list[bytes]) -> None:
    answers = list(order_pairs("Maven", io.BytesIO(b"\n".join(lines))))
    assert len(answers) <= len(lines)
