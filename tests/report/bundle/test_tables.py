"""Tables in a bundle: what a spreadsheet would run is marked, and the mark comes off again."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from panshi.report.bundle.tables import sheet


@given(
    st.lists(
        st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\x00")), min_size=1
    )
)
def test_texts_come_back_and_none_begins_as_a_formula(texts):
    raw = b"".join(sheet(["a"] * len(texts), [texts])).decode("utf-8-sig")
    row = list(csv.reader(io.StringIO(raw, newline="")))[-1]
    assert not any(each.startswith(("=", "+", "-", "@", "\t", "\r")) for each in row)
    assert [each.removeprefix("'") for each in row] == texts
