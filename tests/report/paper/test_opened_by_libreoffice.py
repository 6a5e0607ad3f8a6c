"""LibreOffice opens DOCX and XLSX unrepaired, recalculates, and reads the same figures.

A second program's reading is the check here: what it converts must hold every text and figure, and
what its own calculation of the formulas gives must be the value we wrote beside them.
"""

import io
import os
import re
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pypdf
import pytest

from panshi.report.paper.document import Gantt, Table
from panshi.report.paper.figures import shown
from panshi.report.paper.word import word
from panshi.report.paper.workbook import workbook
from tests.simulators.papers import HOSTILE, a_document

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
FONTS = (
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
    '<include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{folder}</dir></fontconfig>'
)
SOFFICE = shutil.which("soffice")


def converted(raw, name, form, folder):
    """What LibreOffice makes of a file."""
    if SOFFICE is None:
        pytest.skip("the machine has no LibreOffice: `make system-packages` installs it")
    (folder / name).write_bytes(raw)
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS.format(folder=ROOT / "src" / "panshi" / "content" / "fonts"))
    home = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    done = subprocess.run(
        [SOFFICE, home, "--headless", "--norestore", "--convert-to", form, "--outdir", "out", name],
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "FONTCONFIG_FILE": str(fonts)},
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    said = done.stdout + done.stderr
    assert "repair" not in said.casefold()
    made = next(iter((folder / "out").glob(f"*.{form.partition(':')[0]}")), None)
    assert made is not None, said
    return made.read_bytes()


def flat(text):
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("chinese", [True, False], ids=["zh", "en"])
def test_docx_opens_and_reads_the_same(chinese, tmp_path):
    # Given a document with one of every block, hostile texts in it
    document = a_document(chinese=chinese)

    # When LibreOffice prints it
    raw = converted(word(document), "report.docx", "pdf", tmp_path)
    pages = pypdf.PdfReader(io.BytesIO(raw)).pages
    text = flat("".join(page.extract_text() for page in pages))

    # Then every figure of every table is there
    table = next(document.tables)
    for row in table.printed:
        for cell in row[1:8]:
            assert flat(shown(cell)) in text, shown(cell)
    assert flat(document.title.replace(HOSTILE, "")) in text


@pytest.mark.parametrize("chinese", [True, False], ids=["zh", "en"])
def test_xlsx_opens_and_its_formulas_give_what_we_wrote(chinese, tmp_path):
    # Given a workbook with our values beside its formulas, and the same without any
    document = a_document(chinese=chinese)
    ours = openpyxl.load_workbook(io.BytesIO(workbook(document)), data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(workbook(document)))
    bare = io.BytesIO()
    formulas.save(bare)

    # When LibreOffice, which has to calculate the latter itself, writes it again
    form = "xlsx:Calc MS Excel 2007 XML"
    raw = converted(bare.getvalue(), "bare.xlsx", form, tmp_path)
    theirs = openpyxl.load_workbook(io.BytesIO(raw), data_only=True)
    kept = openpyxl.load_workbook(io.BytesIO(bare.getvalue()), data_only=True)

    # Then each formula gave the value beside it, and no cell became an error
    seen = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                other = theirs[sheet.title][cell.coordinate].value
                assert not str(other).startswith("#"), cell.coordinate
                if cell.data_type == "f":
                    seen += 1
                    assert kept[sheet.title][cell.coordinate].value is None
                    assert other == pytest.approx(ours[sheet.title][cell.coordinate].value)
    assert seen == 7


def test_blocks_that_are_drawn_have_rows_too():
    document = a_document(chinese=True)
    drawn = [b for s in document.sections for b in s.blocks if isinstance(b, Table | Gantt)]
    assert len(list(document.tables)) == len(drawn)
