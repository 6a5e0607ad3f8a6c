"""Cells become values of a type, or an error that says what was expected."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.observe.lists.values import (
    CellError,
    read_bool,
    read_day,
    read_moment,
    read_number,
    read_share,
    read_text,
    read_whole,
    reader,
)
from panshi.observe.spreadsheet import Refused

TAIPEI = timezone(timedelta(hours=8))


@pytest.mark.parametrize("cell", ["是", "有", "yes", "Y", "TRUE", "１", 1, 1.0, True])
def test_yes(cell):
    assert read_bool(cell) is True


@pytest.mark.parametrize("cell", ["否", "無", "No", "n", "false", "0", 0, False])
def test_no(cell):
    assert read_bool(cell) is False


@pytest.mark.parametrize("cell", ["maybe", "2", 2, "是否", date(2026, 1, 1), "-"])
def test_neither_yes_nor_no(cell):
    with pytest.raises(CellError):
        read_bool(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-09-30",
        "2026/9/30",
        "2026.9.30",
        "115/09/30",
        "115-9-30",
        "民國115年9月30日",
        "民國 115年9月30日",
        "115年09月30日",
        "１１５/０９/３０",
        "2026-09-30 08:15",
        "2026-09-30T08:15:00+08:00",
        date(2026, 9, 30),
        datetime(2026, 9, 30, 8, 15),  # noqa: DTZ001  as spreadsheets give them
    ],
)
def test_days_of_both_calendars(cell):
    assert read_day(cell) == date(2026, 9, 30)


@pytest.mark.parametrize(
    "cell",
    [
        *("30/09/2026", "09/30/2026", "2026-02-30", "113/02/30", "民國2026年9月30日"),
        *(
            "0/1/1",
            "民國0年1月1日",
            "26/09/30",
            "9999-01-01",
            "20260930",
            "yesterday",
            46295,
            "2026-09",
        ),
    ],
)
def test_what_is_no_day_or_could_be_two_is_refused(cell):
    with pytest.raises(CellError):
        read_day(cell)


def test_moments_without_a_zone_are_taken_in_the_zone_of_the_look():
    assert read_moment("2026-09-30T08:00", TAIPEI) == datetime(2026, 9, 30, 0, 0, tzinfo=UTC)
    assert read_moment("2026-09-30T08:00Z", TAIPEI) == datetime(2026, 9, 30, 8, 0, tzinfo=UTC)
    assert read_moment("115/09/30", TAIPEI) == datetime(2026, 9, 29, 16, 0, tzinfo=UTC)
    with pytest.raises(CellError):
        read_moment("2026-09-30T99:00", TAIPEI)


def test_numbers_are_plain_and_not_negative():
    assert (read_whole("17"), read_whole(17.0), read_whole("１７")) == (17, 17, 17)
    assert (read_number("1.5"), read_number(2)) == (1.5, 2.0)
    for cell in ("1,000", "-1", "1e9", "", "inf", True, float("nan"), 1.5, "1 h"):
        with pytest.raises(CellError):
            read_whole(cell)


def test_a_share_is_from_0_to_1_or_a_percentage_with_its_sign():
    assert (read_share("0.95"), read_share("95%"), read_share("９５％"), read_share(1)) == (
        *(0.95, 0.95, 0.95, 1.0),
    )
    for cell in ("95", 1.01, "101%", "%"):
        with pytest.raises(CellError):
            read_share(cell)


def test_formulas_are_no_values_wherever_they_come_from():
    for cell in (Refused("a formula; only values are read"), "=1+1", " =cmd()"):
        with pytest.raises(CellError, match="formula"):
            read_text(cell)


def test_words_in_chinese_become_ours_and_others_stay():
    several = reader("authenticators", tuple[str, ...])

    assert several("密碼；FIDO2、 簡訊 ;硬體權杖") == ("password", "FIDO2", "sms", "硬體權杖")
    assert reader("owner_kind", str)("自攜") == "byod"
    assert reader("source", str)("自攜") == "自攜"


def test_optional_fields_read_as_their_type_and_nested_ones_are_not_for_cells():
    assert reader("owner_active", bool | None)("否") is False
    assert reader("components", tuple[dict, ...]) is None


CELLS = st.one_of(
    st.text(max_size=30),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.builds(Refused, st.text(max_size=5)),
)


@given(CELLS, st.sampled_from([str, int, float, bool, date, tuple[str, ...], bool | None]))
def test_any_cell_becomes_a_value_of_the_type_or_an_error(cell, annotation):
    read = reader("tested_share" if annotation is float else "field", annotation)
    try:
        value = read(cell)
    except CellError as error:
        said = str(error)
        assert said
        return
    expected = {tuple[str, ...]: tuple, bool | None: bool}.get(annotation, annotation)
    assert type(value) is expected


@given(st.dates(date(1912, 1, 1), date(2199, 12, 31)))
def test_a_day_reads_the_same_in_both_calendars(day):
    roc = f"民國{day.year - 1911}年{day.month}月{day.day}日"

    assert read_day(roc) == read_day(day.isoformat()) == day
