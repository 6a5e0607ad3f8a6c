"""A set is valid, follows the rules of the house and passes its tests, or is told where not."""

import pytest

from panshi.protection.zero_trust.policies.checking import check
from panshi.protection.zero_trust.policies.policy_set import PolicySet
from tests.protection.zero_trust.policies.policy_texts import (
    SIGNALS,
    compiled,
    policy,
    shipped,
    texts,
    with_text,
)

TESTS = """
entities:
  - uid: User::"u"
    attributes: {enabled: true}
  - uid: System::"s"
    attributes: {fields: [], users: Team::"s"}
tests:
  - name: nothing known
    principal: User::"u"
    action: read
    resource: System::"s"
    context:
      signals: {missing: [], stale: [], conflicting: []}
      time: {hour: 1, weekday: 1}
      break_glass: false
    expect: allow
"""


def found(text, tests=TESTS, **more):
    report = check(with_text(text, tests, **more), compiled)
    return [(each.code, each.place, each.level) for each in report.issues]


def test_the_set_that_ships_is_clean_and_each_of_its_policies_is_tried():
    report = check(shipped(), compiled)
    assert report.issues == ()
    assert report.passed == len(report.results) >= 25


@pytest.mark.parametrize(
    ("old", "new", "word", "line_of"),
    [
        ("context.trust.level >= 50", "context.trust.levl >= 50", "levl", "levl"),
        (
            'Action::"transfer",\n    resource is System\n) when',
            'Action::"transfr",\n    resource is System\n) when',
            'Action::"transfr"',
            "transfr",
        ),
        (
            "context has trust.level && context.trust.level >= 70",
            "context.trust.level >= 70",
            "trust",
            "level >= 70",
        ),
        ("context.trust.level >= 60", 'context.trust.level >= "a"', "", ""),
    ],
)
def test_what_breaks_the_schema_is_told_with_its_line(old, new, word, line_of):
    # Given the shipped set with one mistake
    cedar, schema, tests = texts()
    assert old in cedar
    text = cedar.replace(old, new, 1)
    # When it is checked
    report = check(PolicySet.of({"x.cedar": text}, schema, tests), compiled)
    # Then every message names a line, and where it names a thing, the thing stands there
    assert report.errors
    assert not report.sound
    for issue in report.errors:
        assert issue.line
        assert issue.zh
    if word:
        lines = text.splitlines()
        assert any(line_of in lines[each.line - 1] for each in report.errors if word in each.en)


@pytest.mark.parametrize(
    "text",
    [
        "permit (principal, action",
        "foo;",
        'permit (principal, action, resource) when { "x };',
        "// nothing",
    ],
)
def test_what_is_not_cedar_is_told_and_nothing_is_run(text):
    report = check(with_text(text, TESTS), compiled)
    assert report.errors
    assert report.results == ()


def test_a_schema_that_cannot_be_read_is_told():
    report = check(PolicySet.of({"a.cedar": policy("a")}, "entity X in [;", TESTS), compiled)
    assert [(each.code, each.file) for each in report.issues] == [("schema-syntax", "schema")]


def test_names_reasons_and_obligations_are_asked_for():
    text = (
        policy("a")
        + policy("a", notes='@obligation("tell")\n')
        + f"permit (principal, action, resource is System) when {{ {SIGNALS} }};"
    )
    codes = {code for code, _place, _level in found(text)}
    assert {"duplicate-id", "obligation", "no-id", "no-reason"} <= codes


def test_a_permit_that_ignores_signals_is_refused_where_the_set_fails_secure():
    text = policy("a", when="context.break_glass == false")
    assert ("not-fail-secure", "a.cedar:1", "error") in found(text)
    assert "not-fail-secure" not in {code for code, *_ in found(text, fail_secure=False)}


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ("context.time.hour > 20 && context.time.hour < 8", "forbid-never-applies"),
        ("context.time.hour == 8 && context.time.hour == 9", "forbid-never-applies"),
        ("context.break_glass && !context.break_glass", "forbid-never-applies"),
        ("false", "forbid-never-applies"),
        ("context.time.hour > 7 && context.time.hour < 8", "forbid-never-applies"),
        ("context.time.hour > 6 && context.time.hour < 8", None),
        ("context.time.hour >= 8 || context.time.hour < 8", None),
    ],
)
def test_a_forbid_that_can_never_apply_is_told(when, code):
    codes = {each for each, *_ in found(policy("a") + policy("b", "forbid", when=when))}
    assert ("forbid-never-applies" in codes) is (code is not None)


def test_what_another_policy_covers_is_told_and_no_more():
    wide = policy("wide")
    narrow = policy(
        "narrow",
        scope='principal, action in [Action::"read", Action::"write"], resource is System',
        when=f"{SIGNALS} && context.time.hour >= 9",
    )
    covered = policy(
        "covered",
        scope='principal, action == Action::"read", resource is System',
        when=f"{SIGNALS} && context.time.hour == 10",
    )
    codes = [
        (code, place) for code, place, _ in found(wide + narrow + covered) if code == "shadowed"
    ]
    assert codes == [("shadowed", "a.cedar:6"), ("shadowed", "a.cedar:11")]
    # A group covers its actions, not the other way round
    group = policy("group", scope='principal, action in Action::"use", resource is System')
    assert [c for c, *_ in found(group + policy("all")) if c == "shadowed"] == ["shadowed"]
    assert "unreachable" in {c for c, *_ in found(group + policy("never", "forbid"))}


def test_a_policy_on_trial_covers_nothing_and_takes_no_effect():
    text = policy("a") + policy("b", "forbid", notes='@report_only("")\n')
    report = check(with_text(text, TESTS), compiled)
    assert report.issues == ()
    assert report.results[0].ruling.allowed


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("expect: allow", "expect: deny", "tests:7"),
        ("expect: allow", "expect: maybe", "tests:15"),
        ("enabled: true", "enabeld: true", "tests"),
        ("hour: 1", "hour: noon", "tests:7"),
        ("action: read", "action: fly", "tests:7"),
        ("name: nothing known", "name: &x nothing", None),
        ("principal: User", "principle: User", None),
        ("tests:", "tests: [", "tests"),
    ],
)
def test_tests_that_fail_or_cannot_be_read_are_told_where(old, new, place):
    issues = [
        each for each in found(policy("a"), TESTS.lstrip().replace(old, new)) if each[2] == "error"
    ]
    if place is not None:
        assert any(each[1].startswith(place) for each in issues), issues
    elif "principle" in new:
        assert issues


def test_a_set_without_tests_is_not_handed_in():
    assert [
        (code, level) for code, _place, level in found(policy("a"), "") if code == "no-tests"
    ] == [("no-tests", "error")]


def test_aliases_in_tests_are_refused():
    text = "entities: &a []\ncontexts: *a\n"
    assert [code for code, *_ in found(policy("a"), text)] == ["tests-unread"]
