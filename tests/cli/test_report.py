"""`panshi report`: each report is written whole or not at all, as asked for."""

import io
import json
import subprocess
import sys
import zipfile
from hashlib import sha256

import pypdf
import pytest

from panshi.cli.main import main
from panshi.node.home import Home
from tests.web.small_bank import open_small_bank


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    place = tmp_path_factory.mktemp("home")
    with open_small_bank(Home(path=place)):
        pass
    return place


@pytest.fixture
def panshi(home, monkeypatch, capsys):
    monkeypatch.setenv("PANSHI_HOME", str(home))

    def run(*words):
        code = main(["report", *map(str, words), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


@pytest.mark.parametrize(
    ("lang", "title"), [("zh-TW", "董事會資安韌性報告"), ("en", "report to the board")]
)
def test_the_board_pack_has_at_most_eight_pages(panshi, tmp_path, lang, title):
    # When the pack is written as the stable interface says
    code, told = panshi("board", "--lang", lang, "--out", tmp_path / "pack.pdf")

    # Then the answer describes the file
    raw = (tmp_path / "pack.pdf").read_bytes()
    reader = pypdf.PdfReader(io.BytesIO(raw))
    assert code == 0
    assert told["sha256"] == sha256(raw).hexdigest()
    assert told["pages"] == len(reader.pages) <= 8
    assert told["language"] == lang
    assert told["figures"] > 50
    assert title in reader.metadata.title


@pytest.mark.parametrize(
    ("name", "begins"), [("a.docx", b"PK"), ("a.xlsx", b"PK"), ("a.json", b"{")]
)
def test_the_form_follows_the_name_of_the_file(panshi, tmp_path, name, begins):
    code, told = panshi("board", "--out", tmp_path / name)
    assert code == 0
    assert told["format"] == name[2:]
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_an_unknown_form_is_refused_and_nothing_written(panshi, tmp_path):
    code, told = panshi("board", "--out", tmp_path / "a.exe")
    assert code == 2
    assert "pdf" in told["error"]["remedy"]
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_does_not_exist_yet_is_said_so(panshi, tmp_path):
    code, told = panshi("statement", "--out", tmp_path / "a.pdf")
    assert code == 2
    assert "no statement" in told["error"]["problem"]


def test_what_fails_leaves_the_old_file_as_it_was(panshi, tmp_path):
    # Given a bundle of an earlier day
    place = tmp_path / "bundle.zip"
    place.write_bytes(b"of an earlier day")

    # When another fails while it is written
    code, _told = panshi("bundle", "--controls", "99-99", "--out", place)

    # Then the earlier one is still there, and no half of another
    assert code != 0
    assert place.read_bytes() == b"of an earlier day"
    assert [each.name for each in tmp_path.iterdir()] == ["bundle.zip"]


def test_a_bundle_is_written_and_named(panshi, tmp_path):
    place = tmp_path / "bundle.zip"
    code, told = panshi("bundle", "--controls", "1-1", "5-4", "--out", place)
    assert code == 0
    assert told["controls"] == 2
    assert told["sha256"] == sha256(place.read_bytes()).hexdigest()
    with zipfile.ZipFile(place) as archive:
        assert {"verify.py", "panshi_verify.py", "MANIFEST", "report.pdf"} <= set(
            archive.namelist()
        )


HELP = """
import sys
from panshi.cli.main import main
try:
    main(["report", "--help"])
except SystemExit:
    pass
print(sorted({"typst", "docx", "xlsxwriter", "ortools"} & set(sys.modules)))
"""


def test_help_brings_in_no_heavy_library():
    found = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True)
    assert found.stdout.strip().endswith("[]")
