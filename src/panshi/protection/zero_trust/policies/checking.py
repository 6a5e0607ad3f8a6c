"""Everything that is asked of a set before somebody may hand it in.

report = check(policies, compile_policies)
report.sound      no error: valid by its schema, by the rules of the house, all tests pass
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from panshi.errors import PanshiError
from panshi.protection.cedar import Schema
from panshi.protection.zero_trust.policies.issue import Issue, Level
from panshi.protection.zero_trust.policies.linting import lint
from panshi.protection.zero_trust.policies.policy_set import PolicySet
from panshi.protection.zero_trust.policies.ruling import Judge, report_only
from panshi.protection.zero_trust.policies.statements import Statement, statements
from panshi.protection.zero_trust.policies.testing import (
    SOURCE,
    Result,
    read_suite,
    run_tests,
    test_issues,
)
from panshi.protection.zero_trust.policies.validating import validate

type Compile = Callable[[PolicySet], Judge]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found."""

    version: str
    policies: tuple[Statement, ...]
    issues: tuple[Issue, ...]
    results: tuple[Result, ...]

    @property
    def errors(self) -> tuple[Issue, ...]:
        """What keeps it from being handed in."""
        return tuple(each for each in self.issues if each.level is Level.ERROR)

    @property
    def warnings(self) -> tuple[Issue, ...]:
        """What whoever approves should know."""
        return tuple(each for each in self.issues if each.level is Level.WARNING)

    @property
    def sound(self) -> bool:
        """Whether it may be handed in."""
        return not self.errors

    @property
    def passed(self) -> int:
        """Tests that passed."""
        return sum(each.passed for each in self.results)


def check(policies: PolicySet, compiled: Compile) -> Report:
    """Validate, then lint, then test; what is not valid is not run."""
    parts = statements(policies)
    issues = list(validate(policies, parts))
    results: tuple[Result, ...] = ()
    if not issues:
        issues += lint(policies, parts)
        try:
            suite = read_suite(policies.tests)
            schema = Schema.parse(policies.schema)
            results = run_tests(suite, compiled(policies), schema, fail_secure=policies.fail_secure)
            trials = report_only(parts)
            effective = (each.name for each in parts if each not in trials)
            issues += test_issues(results, tuple(effective))
        except PanshiError as error:
            issues.append(_unread(error))
    return Report(version=policies.version, policies=parts, issues=tuple(issues), results=results)


def _unread(error: PanshiError) -> Issue:
    file, _, line = error.place.partition(":")
    said = error.problem + (f" ({error.remedy})" if error.remedy else "")
    return Issue(
        level=Level.ERROR,
        code="tests-unread",
        file=file or SOURCE,
        line=int(line) if line.isdecimal() else 0,
        zh=f"測試檔無法讀取：{said}",
        en=f"the tests cannot be read: {said}",
    )
