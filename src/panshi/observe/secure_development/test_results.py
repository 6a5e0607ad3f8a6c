"""Test records: JUnit XML as pytest, Maven, Gradle, Jest and others write it.

A test speaks of a requirement where a property of it or of its suite is called `asvs` or
`requirement` (several ids by commas or blanks), or its name carries an id such as `V6.2.1`, also
written `v6_2_1` as programming languages force it. What was skipped was not run. Messages and
output of tests are not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from panshi.errors import BadInputError
from panshi.model.bodies.secure_development import TEST_RECORD, RequirementTest, TestRecord
from panshi.model.observation import Observation
from panshi.observe.port import Look
from panshi.observe.reading.files import path_of
from panshi.observe.reading.texts import clean, observed
from panshi.observe.reading.xml_events import At, child, children, content, open_xml
from panshi.observe.secure_development.releases import facet_of, release_of, subject_of

MOST_REQUIREMENTS = 2_000
_ID = re.compile(r"(?<![A-Za-z0-9])[vV](\d{1,2})[._](\d{1,2})[._](\d{1,2})(?![0-9])")
_PROPERTIES = frozenset({"asvs", "requirement", "requirements", "asvs_id"})
_LONGEST_NAME = 2_000


@dataclass(slots=True)
class _Run:
    """What has been read so far."""

    suite: str = ""
    stamp: str = ""
    tests: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    security: int = 0
    requirements: dict[str, list[int]] = field(default_factory=dict)
    "Passed, failed, skipped per requirement."


class JUnit:
    """Reads test results."""

    name = "junit"
    title_zh = "測試結果（JUnit XML）"
    title_en = "Test results (JUnit XML)"
    needs_path = True
    kinds = (TEST_RECORD,)
    suffixes = (".junit.xml", "junit.xml", ".xml")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation for the file."""
        subject, release = subject_of(look), release_of(look)
        path = path_of(look)
        run = _Run()
        with open_xml(path) as document:
            # A property of a suite stands before its tests, and is taken for all that follow.
            inherited: tuple[str, ...] = ()
            for step in document.walk(
                enter={"testsuites", "testsuite"},
                keep={"testcase", "properties"},
                roots={"testsuites", "testsuite"},
            ):
                match step.at, step.name:
                    case At.ENTER, "testsuite":
                        run.suite = run.suite or clean(step.element.get("name"), 200)
                        run.stamp = max(run.stamp, clean(step.element.get("timestamp"), 40))
                        inherited = ()
                    case At.WHOLE, "properties":
                        inherited = tuple(_properties(step.element))
                    case At.WHOLE, "testcase":
                        _take(run, step.element, inherited)
                    case _:
                        pass
        if not run.tests:
            raise BadInputError(
                "holds no test", place=str(path), remedy="an empty record says nothing"
            )
        yield Observation(
            kind=TEST_RECORD,
            subject=subject,
            facet=facet_of(release, run.suite),
            observed_at=observed(run.stamp, look, str(path)),
            collector="JUnit XML",
            body=_body(run, release),
        )


OBSERVER = JUnit()


def requirement_ids(text: str) -> Iterator[str]:
    """Give the ids a text names, in one spelling."""
    for found in _ID.finditer(text[:_LONGEST_NAME]):
        yield "V" + ".".join(str(int(each)) for each in found.groups())


def _properties(element: etree._Element) -> Iterator[str]:
    for each in children(element, "property"):
        if str(each.get("name", "")).lower() in _PROPERTIES:
            yield from requirement_ids(str(each.get("value") or content(each)))


def _take(run: _Run, case: etree._Element, inherited: Iterable[str]) -> None:
    run.tests += 1
    skipped = child(case, "skipped") is not None
    failed = any(child(case, each) is not None for each in ("failure", "error"))
    run.failed += failed
    run.skipped += skipped and not failed
    run.seconds += _seconds(case.get("time"))
    own = child(case, "properties")
    named = {*inherited, *requirement_ids(str(case.get("name", "")))}
    named.update(requirement_ids(str(case.get("classname", ""))))
    if own is not None:
        named.update(_properties(own))
    run.security += bool(named) and (failed or not skipped)
    at = 1 if failed else 2 if skipped else 0
    for each in named:
        if each in run.requirements or len(run.requirements) < MOST_REQUIREMENTS:
            run.requirements.setdefault(each, [0, 0, 0])[at] += 1


def _seconds(text: str | None) -> float:
    try:
        found = float((text or "0").replace(",", "")[:20])
    except ValueError:
        return 0.0
    return found if 0 <= found < 10**7 else 0.0


def _body(run: _Run, release: str) -> TestRecord:
    ran = run.tests - run.skipped
    return TestRecord(
        suite=run.suite or "tests",
        tests=run.tests,
        failed=run.failed,
        skipped=run.skipped,
        seconds=round(run.seconds, 3),
        passed_share=round((ran - run.failed) / ran, 4) if ran else 0.0,
        security_tests=run.security,
        requirements=tuple(
            RequirementTest(id=each, passed=counts[0], failed=counts[1], skipped=counts[2])
            for each, counts in sorted(run.requirements.items(), key=lambda item: _order(item[0]))
        ),
        release=release,
    )


def _order(requirement: str) -> tuple[int, ...]:
    return tuple(map(int, requirement[1:].split(".")))
