"""Coverage of tests: Cobertura XML (coverage.py, gcovr, Istanbul) and JaCoCo XML.

Both are summed over the lines themselves where they stand in the file, not taken from the rates
in its head, which some writers round or leave at zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from panshi.errors import BadInputError
from panshi.model.bodies.secure_development import COVERAGE, TestCoverage
from panshi.model.observation import Observation
from panshi.observe.port import Look
from panshi.observe.reading.files import path_of
from panshi.observe.reading.members import epoch
from panshi.observe.reading.texts import clean, observed
from panshi.observe.reading.xml_events import At, Step, children, open_xml
from panshi.observe.secure_development.releases import facet_of, release_of, subject_of

_BRANCHES = re.compile(r"\((\d{1,9})/(\d{1,9})\)")
_MOST_DIGITS = 12


@dataclass(slots=True)
class _Tally:
    """Lines and branches so far."""

    format: str = ""
    stamp: str = ""
    lines: int = 0
    covered: int = 0
    branches: int = 0
    branches_covered: int = 0


class Coverage:
    """Reads coverage reports."""

    name = "coverage"
    title_zh = "測試涵蓋率（Cobertura、JaCoCo）"
    title_en = "Test coverage (Cobertura, JaCoCo)"
    needs_path = True
    kinds = (COVERAGE,)
    suffixes = ("coverage.xml", "cobertura.xml", "jacoco.xml")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation for the report."""
        subject, release = subject_of(look), release_of(look)
        path = path_of(look)
        tally = _Tally()
        with open_xml(path) as document:
            for step in document.walk(
                enter={"coverage", "report", "package"},
                keep={"class", "counter", "sessioninfo"},
                roots={"coverage", "report"},
            ):
                _take(tally, step)
        if not tally.lines:
            raise BadInputError(
                "counts no line of code", place=str(path), remedy="write it with its lines"
            )
        yield Observation(
            kind=COVERAGE,
            subject=subject,
            facet=facet_of(release, tally.format),
            observed_at=observed(tally.stamp, look, str(path)),
            collector=tally.format,
            body=TestCoverage(
                format=tally.format,
                lines=tally.lines,
                lines_covered=tally.covered,
                line_share=round(tally.covered / tally.lines, 4),
                branches=tally.branches,
                branches_covered=tally.branches_covered,
                release=release,
            ),
        )


OBSERVER = Coverage()


def _take(tally: _Tally, step: Step) -> None:
    element = step.element
    match step.at, step.name:
        case At.ENTER, "coverage":
            tally.format = "Cobertura"
            tally.stamp = _stamp(element.get("timestamp"))
        case At.ENTER, "report":
            tally.format = "JaCoCo"
        case At.WHOLE, "class" if tally.format == "Cobertura":
            for lines in children(element, "lines"):
                for line in children(lines, "line"):
                    _line(tally, line)
        case At.WHOLE, "class":
            for counter in children(element, "counter"):
                _counter(tally, counter)
        case _:
            pass


def _line(tally: _Tally, line: etree._Element) -> None:
    tally.lines += 1
    tally.covered += _whole(line.get("hits")) > 0
    found = _BRANCHES.search(line.get("condition-coverage") or "")
    if found:
        tally.branches_covered += min(int(found[1]), int(found[2]))
        tally.branches += int(found[2])


def _counter(tally: _Tally, counter: etree._Element) -> None:
    missed, covered = _whole(counter.get("missed")), _whole(counter.get("covered"))
    match counter.get("type"):
        case "LINE":
            tally.lines += missed + covered
            tally.covered += covered
        case "BRANCH":
            tally.branches += missed + covered
            tally.branches_covered += covered
        case _:
            pass


def _whole(text: str | None) -> int:
    fits = text is not None and text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text or 0) if fits else 0


def _stamp(text: str | None) -> str:
    """Cobertura tells seconds or milliseconds since 1970; coverage.py milliseconds."""
    return epoch({"at": _whole(text)}, "at") or clean(text, 40)
