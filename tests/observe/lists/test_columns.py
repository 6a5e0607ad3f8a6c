"""Headings: both languages, our field names, and nothing else."""

import pytest

from panshi.model.bodies import KINDS
from panshi.observe.lists.columns import listable, read_heading, shape
from panshi.observe.lists.table import Line
from panshi.observe.lists.words import ASSETS, FACETS, FIELDS, MOMENTS, NAMES_OF_KINDS


def heading(kind, *names, subject_given=False):
    cells = dict(enumerate(names, start=1))
    return read_heading(shape(kind), Line(number=1, cells=cells), subject_given=subject_given)


def test_columns_are_known_in_both_languages_whatever_their_width_and_case():
    read = heading("account.authenticators/1", "帳號", "Enabled", "最後 登入日", "ＭＦＡ methods")

    assert read.problems == ()
    assert read.columns == {1: "subject", 2: "enabled", 3: "last_sign_in", 4: "authenticators"}


def test_an_unknown_heading_is_refused_with_a_hint():
    ((column, problem),) = heading("device.posture/1", "設備", "managd").problems

    assert column == 2
    assert "did you mean managed?" in problem


def test_two_columns_of_one_meaning_are_refused():
    ((column, problem),) = heading("device.posture/1", "設備", "納管", "managed").problems

    assert (column, "second column for managed" in problem) == (3, True)


def test_columns_to_leave_out_begin_with_a_hash_or_are_notes():
    read = heading("device.posture/1", "設備", "managed", "# internal", "備註", "note")

    assert (read.problems, read.missing) == ((), ())


def test_required_columns_are_named_where_missing():
    assert heading("training.record/1", "課程").missing == (
        *("completed", "hours", "subject", "topic"),
    )
    given = heading("device.posture/1", "managed", subject_given=True)
    assert given.missing == ()


@pytest.mark.parametrize("kind", ["record.claim/1", "host.listeners/1", "observer.run/1"])
def test_records_and_nested_bodies_do_not_come_as_lists(kind):
    assert kind not in listable()


def test_every_word_of_the_tables_means_a_field_that_exists():
    for kind, names in FIELDS.items():
        assert set(names) - {"subject"} <= set(KINDS[kind].field_names), kind
    for table in (NAMES_OF_KINDS, ASSETS, FACETS, MOMENTS):
        assert set(table) <= KINDS.keys()
    for table in (FACETS, MOMENTS):
        assert all(field in KINDS[kind].field_names for kind, field in table.items())


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_no_word_means_two_fields_of_one_kind(kind):
    from panshi.observe.lists.words import plain

    words = [plain(word) for names in FIELDS[kind].values() for word in names]

    assert len(words) == len(set(words))
