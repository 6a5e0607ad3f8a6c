"""Which kind a table holds."""

import pytest

from panshi.errors import BadInputError
from panshi.observe.lists.kinds import shape_named, shape_shown, shape_titled
from panshi.observe.lists.table import Line


def test_a_kind_is_stated_with_or_without_version_or_by_its_name():
    for name in ("device.posture/1", "device.posture", "設備", "Devices"):
        assert shape_named(name, "x").kind == "device.posture/1"
    with pytest.raises(BadInputError, match="no kind") as caught:
        shape_named("device.posturing", "list.csv:1:1")
    assert caught.value.place == "list.csv:1:1"


def test_a_sheet_is_named_after_its_kind():
    assert shape_titled("帳號與驗證器").kind == "account.authenticators/1"
    assert shape_titled("Supplier review").kind == "supplier.review/1"
    assert shape_titled("工作表1") is None


def test_a_heading_shows_its_kind_where_it_fits_one_alone():
    def shown(*names):
        line = Line(number=1, cells=dict(enumerate(names, start=1)))
        found = shape_shown(line, subject_given=False)
        return found and found.kind

    assert shown("人員", "課程", "主題", "時數", "完訓日") == "training.record/1"
    assert shown("設備", "納管", "EDR") == "device.posture/1"
    assert shown("subject", "passed") is None
    assert shown("名稱", "電話") is None
