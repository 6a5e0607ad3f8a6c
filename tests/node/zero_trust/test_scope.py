"""Answers and decisions about the scope: sealed, folded, taken back; labels, gap and roadmap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from panshi.errors import BadInputError, ForbiddenError, MissingError, UsageError
from panshi.model.bodies.zero_trust_scope import Choice
from panshi.node.demo_accountability import at_the_time
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.zero_trust.scope import ScopeDesk, scoped
from panshi.node.zero_trust.scope_content import scope_words
from panshi.node.zero_trust.scope_gap import gap, targets
from panshi.node.zero_trust.scope_paper import gap_of, paper, seen_answer
from panshi.protection.zero_trust.scope.facts import Field, Source
from tests.simulators.scope_cases import CASE_A, CHOSEN_A, case, estate_of
from tests.simulators.small_estate import NOW

FIRST, SECOND = "system:s001", "system:s002"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with Node.open(Home(path=tmp_path / "home"), clock=lambda: NOW) as opened:
        opened.commit_estate(estate_of({"vpn_only": False, "core": True}, {}), by="tester", at=NOW)
        yield opened


def desk(node: Node, actor: str = "chen") -> ScopeDesk:
    return ScopeDesk(node, actor=actor)


def fields_of(node: Node, system: str = FIRST) -> tuple[str, ...]:
    found = next(each for each in scoped(node).scope.systems if each.system.id == system)
    return tuple(map(str, found.in_fields))


def test_an_answer_is_sealed_with_who_and_when_and_taken_back(node: Node) -> None:
    # Given an answer about two systems at once
    number = desk(node).answer((FIRST, SECOND), {"remote_staff_access": "是"})

    # Then both are in the field, and the fact tells who said so
    assert fields_of(node) == fields_of(node, SECOND) == ("remote_work",)
    known = scoped(node).scope.systems[0].facts.known["remote_staff_access"]
    assert (known.source, known.by, known.since) == (Source.ANSWERED, "chen", NOW)

    # When it is taken back, it is unknown again, and cannot be taken back twice
    desk(node, "lin").withdraw(number)
    assert fields_of(node) == ()
    with pytest.raises(UsageError):
        desk(node).withdraw(number)


def test_a_correction_counts_until_it_is_taken_back(node: Node) -> None:
    desk(node).answer((FIRST,), {"remote_staff_access": "true"})
    second = desk(node).answer((FIRST,), {"remote_staff_access": "false"})
    assert fields_of(node) == ()

    desk(node).withdraw(second)
    assert fields_of(node) == ("remote_work",)


def test_an_answer_about_one_field_changes_that_field_only(node: Node) -> None:
    desk(node).answer((FIRST,), {"connections": "internal"})
    desk(node).answer((FIRST,), {"connections": "internet"}, in_field="app_admin")

    fields = scoped(node).scope.systems[0].fields
    assert fields[Field.APP_ADMIN].risk.scores[5].value == 3
    assert fields[Field.SYSTEM_OPERATION].risk.scores[5].value == 1


def test_an_answer_against_the_estate_needs_a_reason_and_is_a_clash(node: Node) -> None:
    with pytest.raises(BadInputError):
        desk(node).answer((FIRST,), {"vpn_only": "true"})

    desk(node).answer((FIRST,), {"vpn_only": "true"}, why="the register is out of date")
    (clash,) = scoped(node).scope.systems[0].facts.clashes
    assert (clash.counts.value, clash.other.value) == (True, False)


@pytest.mark.parametrize(
    ("systems", "answers", "field", "error"),
    [
        ((), {"vpn_only": "true"}, "", UsageError),
        (("system:nobody",), {"vpn_only": "true"}, "", MissingError),
        (("institution:case",), {"vpn_only": "true"}, "", MissingError),
        ((SECOND,), {}, "", UsageError),
        ((SECOND,), {"vpn_only": "perhaps"}, "", BadInputError),
        ((SECOND,), {"no_such": "true"}, "", BadInputError),
        ((SECOND,), {"fields": "remote_work"}, "", BadInputError),
        ((SECOND,), {"process_impact": "4"}, "", BadInputError),
        ((SECOND,), {"connections": ","}, "", BadInputError),
        ((SECOND,), {"vpn_only": "true"}, "elsewhere", UsageError),
    ],
)
def test_a_senseless_answer_leaves_nothing_behind(node, systems, answers, field, error):
    before = node.log.size()
    with pytest.raises(error):
        desk(node).answer(systems, answers, in_field=field)
    assert node.log.size() == before


def test_a_token_answers_and_decides_nothing(node: Node) -> None:
    with pytest.raises(ForbiddenError):
        desk(node, "token:ci").answer((SECOND,), {"vpn_only": "true"})
    with pytest.raises(ForbiddenError):
        desk(node, "token:ci").decide("remote_work", Choice.CHOSEN, why="because")


def test_a_decision_needs_a_reason_and_is_taken_back_by_another(node: Node) -> None:
    with pytest.raises(UsageError):
        desk(node).decide("remote_work", Choice.CHOSEN, why=" ")
    desk(node).answer((FIRST,), {"remote_staff_access": "true"})

    desk(node).decide("remote_work", Choice.CHOSEN, why="pilot")
    desk(node).decide("remote_work", Choice.CHOSEN, why="pilot", system=FIRST)
    chosen = scoped(node).scope
    assert chosen.chosen_fields == (Field.REMOTE_WORK,)
    assert [each.system.id for each in chosen.chosen_systems] == [FIRST]

    desk(node).decide("remote_work", Choice.COMPUTED, why="over")
    assert scoped(node).scope.chosen_fields == ()


def test_a_past_day_knows_what_was_known_then(node: Node) -> None:
    later = at_the_time(node, NOW + timedelta(days=2))
    desk(later).answer((FIRST,), {"remote_staff_access": "true"})

    assert scoped(later, as_of=NOW).scope.systems[0].in_fields == ()
    assert scoped(later).scope.systems[0].in_fields == (Field.REMOTE_WORK,)
    with pytest.raises(UsageError):
        scoped(node, as_of=NOW - timedelta(days=1))


def test_a_governed_reading_moves_the_scope(node: Node) -> None:
    desk(node).answer((SECOND,), {"external_users": "true", "vpn_only": "true"})
    assert fields_of(node, SECOND) == ()

    node.set_parameter("zt_vpn_exempts", 0, actor="chen", why="stricter")
    assert fields_of(node, SECOND) == ("cross_institution",)


def test_labels_make_a_new_version_and_the_gap_follows(node: Node) -> None:
    # Given case A, in which nothing carries a label
    node.commit_estate(replace(case(CASE_A), as_of=NOW - timedelta(hours=1)), by="tester")
    seen = scoped(node)
    assert tuple(map(str, seen.scope.chosen_fields)) == CHOSEN_A
    assert not any(each.labelled for each in gap(node, seen))

    # When the estate is labelled
    labelled = desk(node).label()
    assert labelled.version > seen.estate.version
    assert desk(node).label().version == labelled.version

    # Then systems carry their fields, the gap is judged in them and the scope is the same
    again = scoped(node)
    assert again.scope.funnel == seen.scope.funnel
    gaps, steps = gap_of(node, again, targets_text="I=2099Q4")
    assert all(each.labelled for each in gaps)
    assert [each.field for each in gaps] == list(again.scope.chosen_fields)
    assert {line.verdict.met for each in gaps for line in each.missing} == {False}
    assert steps[0].plan is None or not steps[0].plan.reachable


@pytest.mark.parametrize(
    "text", ["V=2027Q1", "I", "I=soon", "II=2027Q1,I=2027Q4", "I=2027Q1,I=2027Q2"]
)
def test_targets_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises((UsageError, BadInputError)):
        targets(text)


def test_the_sheet_and_the_answer_tell_the_same(node: Node) -> None:
    node.commit_estate(replace(case(CASE_A), as_of=NOW - timedelta(hours=1)), by="tester")
    seen = scoped(node)
    told = seen_answer(seen)

    assert told["chosen"]["fields"] == list(CHOSEN_A)
    assert paper(node, seen, "pdf", chinese=True).content.startswith(b"%PDF")
    assert paper(node, seen, "xlsx", chinese=False).content.startswith(b"PK")


def test_who_answered_is_withheld_where_people_are(node: Node) -> None:
    desk(node).answer((FIRST,), {"remote_staff_access": "true"})
    desk(node).decide("remote_work", Choice.CHOSEN, why="pilot")

    told = str(seen_answer(scoped(node), people=False))
    assert "chen" not in told
    assert "chen" in str(seen_answer(scoped(node)))


def test_every_rule_and_test_has_words() -> None:
    # Given every rule that systems of all kinds run into
    words = scope_words()
    kinds = (
        {},
        {"operated_by": ("supplier_on_site",), "external_users": True},
        {"cloud": True, "remote_staff_access": True, "fields": ("app_admin",)},
    )
    for attributes in kinds:
        for each in _scope_of(attributes).systems:
            for found in each.fields.values():
                assert all(words.reason(reason).zh for reason in found.finding.reasons)
                for score in (*found.risk.scores, *found.impact.scores):
                    assert words.score(score).zh
                    assert words.score(score).en
            assert all(test.name in words.tests for quick in each.quick for test in quick.tests)


def _scope_of(attributes):
    from panshi.node.library import Library
    from panshi.protection.zero_trust.scope.answering import Said
    from panshi.protection.zero_trust.scope.readings import Readings
    from panshi.protection.zero_trust.scope.scoping import scope

    controls = Library().framework("zt36").controls
    return scope(estate_of(attributes), Said(), Readings(), controls)
