"""Projects from a spreadsheet: the workbook we write is read again, faults name their cells."""

import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.observe.project_sheets import projects_of_sheets
from panshi.report.project_files import projects_xlsx
from tests.governance.path.test_project_yaml import PROJECTS


@settings(max_examples=25)
@given(st.lists(PROJECTS, min_size=1, max_size=3, unique_by=lambda each: each.id))
def test_what_is_written_is_read_again(tmp_path_factory, projects):
    path = tmp_path_factory.mktemp("sheets") / "p.xlsx"
    merged = [each for each in projects if len({x.control for x in each.lifts}) == 1]
    path.write_bytes(projects_xlsx(merged or projects))
    read = projects_of_sheets(path)
    assert [each.project for each in read] == (merged or projects)


def edited(tmp_path, change):
    """Give our workbook after a person edited it."""
    book = openpyxl.Workbook()
    projects, lifts = book.active, book.create_sheet("lifts")
    projects.title = "projects"
    projects.append(
        ["id", "title_zh", "title_en", "owner", "cost_low", "cost_likely", "cost_high", "quarters"]
    )
    projects.append(["P-1", "甲", "a", "Chen", 1, 2, 3, 1])
    lifts.append(["project", "control", "fixes", "sees", "attests"])
    lifts.append(["P-1", "zt36/1-2", 50, None, False])
    change(projects, lifts)
    path, file = tmp_path / "p.xlsx", io.BytesIO()
    book.save(file)
    path.write_bytes(file.getvalue())
    return path


def test_a_plain_workbook_is_read(tmp_path):
    (found,) = projects_of_sheets(edited(tmp_path, lambda _p, _l: None))
    assert found.place == "projects!A2"
    assert (found.project.cost_likely, found.project.lifts[0].fixes) == (2, 50)


@pytest.mark.parametrize(
    ("cell", "value", "place"),
    [
        ("E2", "much", "projects!E2"),
        ("F2", 2.5, "projects!F2"),
        ("E2", "=1+1", "projects!E2"),
        ("H1", "quartres", "projects!H1"),
        ("J2", "stray", "projects!"),
    ],
)
def test_a_fault_names_its_cell(tmp_path, cell, value, place):
    def change(projects, _lifts):
        projects[cell] = value

    with pytest.raises(BadInputError, match=place):
        projects_of_sheets(edited(tmp_path, change))


def test_a_lift_of_no_project_is_refused(tmp_path):
    def change(_projects, lifts):
        lifts.append(["P-9", "zt36/1-3", 10])

    with pytest.raises(BadInputError, match="P-9"):
        projects_of_sheets(edited(tmp_path, change))


def test_a_missing_sheet_is_told(tmp_path):
    def change(_projects, lifts):
        lifts.title = "elevators"

    with pytest.raises(BadInputError, match="the sheet lifts is missing"):
        projects_of_sheets(edited(tmp_path, change))


@settings(max_examples=50)
@given(st.binary(max_size=400))
def test_rubbish_is_refused(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("rubbish") / "p.xlsx"
    path.write_bytes(raw)
    with pytest.raises(BadInputError):
        projects_of_sheets(path)
