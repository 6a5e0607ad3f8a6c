"""The reference pages say what the content says."""

from __future__ import annotations

from panshi.governance.frameworks.coverage import coverage
from panshi.governance.frameworks.documents import load_documents
from panshi.governance.frameworks.load import load_framework
from panshi.report.framework_pages import coverage_page, framework_page
from panshi.store import library

FRAMEWORKS = [load_framework(raw, source=name) for name, raw in library.frameworks()]


def test_every_control_stands_on_the_coverage_page_once():
    # When the page is written
    lines = coverage_page(FRAMEWORKS).splitlines()
    # Then each control of each framework has one row that names how it is judged
    for framework in FRAMEWORKS:
        for entry in coverage(framework).entries:
            rows = [line for line in lines if line.startswith(f"| {entry.id} | {entry.title_zh}")]
            assert len(rows) >= 1, entry.control
    evidence = sum("依證據 from evidence |" in line for line in lines if line.startswith("| "))
    assert evidence >= sum(coverage(each).count.evidence for each in FRAMEWORKS)


def test_a_framework_page_shows_check_population_and_notes():
    documents = load_documents(library.documents()[1], source="documents.yaml")
    page = framework_page(FRAMEWORKS[0], documents)
    assert "### 5-6 資料加密" in page
    assert "`key_rotated within_days 400`" in page
    assert "非 `sensitive is false`" in page
    assert page.count("\n### ") == 36
    named = framework_page(FRAMEWORKS[3], documents)
    assert "董事會議事錄 Board minutes" in named
