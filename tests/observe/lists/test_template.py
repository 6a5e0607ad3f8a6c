"""Empty lists to fill in are understood when they come back."""

import pytest

from panshi.errors import UsageError
from panshi.observe.lists.columns import listable, read_heading, shape
from panshi.observe.lists.table import open_tables
from panshi.observe.lists.template import header


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", listable())
def test_every_template_is_understood(tmp_path, kind, language):
    path = tmp_path / "list.csv"
    path.write_text(header(kind, language), encoding="utf-8")

    with open_tables(path) as tables:
        (table,) = tables
        stated, heading = table.lines
        read = read_heading(shape(kind), heading, subject_given=False)

    assert stated.cells == {1: f"# kind: {kind}"}
    assert (read.problems, read.missing) == ((), ())


def test_there_is_no_template_of_what_is_no_list():
    with pytest.raises(UsageError):
        header("record.claim/1")
