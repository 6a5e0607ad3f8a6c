"""Interviews by workbook: written and read again alike, faults with cells, hostile bytes."""

import io

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.model.asset import AssetId
from panshi.model.resilience.graph import Delay, LayerKind
from panshi.model.resilience.plan import (
    ImpactCurve,
    ImpactEntry,
    ImpactKind,
    ImpactPoint,
    PlannedLayer,
    RecoveryNeed,
    TeamNeed,
)
from panshi.observe.impact_sheets import entries_of_sheets
from panshi.report.impact_files import analyses_xlsx, template_xlsx
from panshi.resilience.impact.entry_defects import defects
from tests.observe.hostile import mutations
from tests.simulators.two_site_bank import entry, estate

TEXTS = st.text(st.characters(categories=("L", "N"), max_codepoint=0xFFFF), max_size=12)
NAMES = st.text(st.characters(categories=("L", "N"), max_codepoint=0xFFFF), min_size=1, max_size=9)
IDS = st.lists(NAMES.map(lambda each: AssetId(f"system:{each}")), max_size=3).map(tuple)
MINUTES = st.integers(0, 100_000).map(float)
AMOUNTS = st.one_of(st.integers(0, 10**9).map(float), st.sampled_from((0.5, 12.25)))
PEOPLE = st.lists(
    st.builds(TeamNeed, team=NAMES, people=st.integers(1, 99)),
    max_size=2,
    unique_by=lambda each: each.team,
).map(tuple)
CURVES = st.builds(
    ImpactCurve,
    kind=st.sampled_from(ImpactKind),
    points=st.lists(
        st.builds(ImpactPoint, minutes=MINUTES, value=AMOUNTS), min_size=1, max_size=4
    ).map(tuple),
    limit=AMOUNTS,
    basis=TEXTS,
)
LAYERS = st.builds(
    PlannedLayer,
    id=NAMES,
    kind=st.sampled_from(LayerKind),
    name_zh=TEXTS,
    name_en=TEXTS,
    activation=st.tuples(MINUTES, MINUTES, MINUTES)
    .map(sorted)
    .map(lambda each: Delay(low=each[0], likely=each[1], high=each[2])),
    capacity=st.sampled_from((0.25, 1.0)),
    people=PEOPLE,
    stands_on=IDS,
    data_age=MINUTES,
    immutable=st.booleans(),
    retention_days=MINUTES,
    restore_gib=AMOUNTS,
    lasts=MINUTES,
    cost=st.integers(0, 10**9),
)
NEEDS = st.builds(
    RecoveryNeed,
    within=MINUTES,
    level=st.sampled_from((0.0, 0.5, 1.0)),
    people=PEOPLE,
    sites=IDS,
    systems=IDS,
    datasets=IDS,
    suppliers=IDS,
)
ENTRIES = st.builds(
    ImpactEntry,
    service=NAMES.map(lambda each: AssetId(f"service:{each}")),
    owner=NAMES,
    mtpd=MINUTES,
    rto=MINUTES,
    rpo=MINUTES,
    curves=st.lists(CURVES, max_size=3, unique_by=lambda each: each.kind).map(tuple),
    needs=st.lists(NEEDS, max_size=2).map(tuple),
    layers=st.lists(LAYERS, max_size=2).map(tuple),
    interviewed=TEXTS,
    note=TEXTS,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(ENTRIES, min_size=1, max_size=3, unique_by=lambda each: each.service))
def test_what_is_written_is_read_again(tmp_path_factory, entries):
    path = tmp_path_factory.mktemp("sheets") / "bia.xlsx"
    path.write_bytes(analyses_xlsx(entries))
    assert [each.entry for each in entries_of_sheets(path)] == entries


def test_a_template_asks_and_states_nothing(tmp_path):
    # Given the questions for a bank's services
    services = [each for each in estate().assets if each.id.startswith("service:")]
    path = tmp_path / "questions.xlsx"
    path.write_bytes(template_xlsx(services))
    # When they come back unanswered Then what is missing is told by cell, unanswered harm is not
    with pytest.raises(BadInputError) as refused:
        entries_of_sheets(path)
    assert "services!B3: owner is missing" in refused.value.problem
    assert "impact!" not in refused.value.problem


def edited(tmp_path, sheet, cell, value):
    """Give a good workbook with one cell changed by hand."""
    book = openpyxl.load_workbook(io.BytesIO(analyses_xlsx([entry()])))
    book[sheet][cell] = value
    path = tmp_path / "bia.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "said"),
    [
        ("services", "C3", "four hours", "services!C3"),
        ("services", "C3", "=60*4", "services!C3"),
        ("services", "B3", None, "services!B3"),
        ("services", "A3", "service:other", "is not on the sheet services"),
        ("impact", "B3", "reputation", "impact!B3"),
        ("impact", "C3", 5, "impact!C4"),
        ("impact", "D4", None, "impact!D4"),
        ("impact", "Z1", "colour", "impact!Z1"),
        ("needs", "D3", "role:operators two", "needs!D3"),
        ("layers", "G3", 500, "layers!G3"),
        ("layers", "C3", "moon", "layers!C3"),
        ("layers", "M3", "maybe", "layers!M3"),
        ("layers", "Q3", 1.5, "layers!Q3"),
    ],
)
def test_a_fault_names_its_cell(tmp_path, sheet, cell, value, said):
    with pytest.raises(BadInputError) as refused:
        entries_of_sheets(edited(tmp_path, sheet, cell, value))
    assert said in refused.value.problem
    assert refused.value.place == "bia.xlsx"


def test_a_missing_sheet_is_told(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(analyses_xlsx([entry()])))
    del book["layers"]
    book.save(tmp_path / "bia.xlsx")
    with pytest.raises(BadInputError, match="the sheet layers is missing"):
        entries_of_sheets(tmp_path / "bia.xlsx")


def test_parts_know_their_cells(tmp_path):
    path = tmp_path / "bia.xlsx"
    path.write_bytes(analyses_xlsx([entry()]))
    (read,) = entries_of_sheets(path)
    assert read.place("mtpd") == "services!C3"
    assert read.place("curves[0].points[1].value") == "impact!E4"
    assert read.place("layers[0].stands_on") == "layers!K3"
    assert read.place("needs[0].systems") == "needs!F3"
    assert read.place("layers[0].nothing") == "layers!A3"


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(raw=mutations([analyses_xlsx([entry()])]))
def test_hostile_bytes_are_refused_or_read(tmp_path, raw):
    path = tmp_path / "hostile.xlsx"
    path.write_bytes(raw)
    try:
        found = entries_of_sheets(path)
    except BadInputError as error:
        assert error.place  # noqa: PT017 -- either way of ending is right
    else:
        assert all(isinstance(each.entry, ImpactEntry) for each in found)


VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(categories=("L", "N", "P")), max_size=20)
    | st.sampled_from(("=1/0", "role:operators: 99999999999", "a: b: 3", ";;", "1e9", "-0", "０"))
)


@settings(max_examples=80, deadline=None)
@given(
    sheet=st.sampled_from(("services", "impact", "needs", "layers")),
    column=st.sampled_from("ABCDEFGHIJKLMNOPQ"),
    row=st.integers(1, 5),
    value=VALUES,
)
def test_whatever_is_typed_is_refused_with_its_cell_or_made_sense_of(
    tmp_path_factory, sheet, column, row, value
):
    folder = tmp_path_factory.mktemp("typed")
    try:
        path = edited(folder, sheet, f"{column}{row}", value)
        (read, *_) = entries_of_sheets(path)
    except BadInputError as error:
        assert "!" in error.problem or "sheet" in error.problem  # noqa: PT017 -- either way is right
    else:
        for defect in defects(read.entry, estate()):
            assert "!" in read.place(defect.part)
