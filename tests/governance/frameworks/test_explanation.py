"""The worked example of docs/explanation/frameworks-as-data.md runs as printed."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "frameworks-as-data.md"


def test_the_example_prints_what_the_page_shows(capsys):
    # Given the page and the Python in it
    text = PAGE.read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    # When the example runs
    exec(compile(example, str(PAGE), "exec"), {})
    # Then it prints the issue shown, with a line number
    printed = capsys.readouterr().out
    assert re.match(
        r"frameworks/zt36\.yaml:\d+: zt36/5-6: unknown field 'encripted' "
        r"\(known: classified, labelled, .*\) \[unknown_field\]",
        printed,
    )
    assert "zt36/5-6: unknown field 'encripted' (known: classified, labelled, …)" in text
