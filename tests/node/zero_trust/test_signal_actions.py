"""The rules of signals as content: complete, known to the trust model, refused by line when odd."""

import pytest

from panshi.errors import ContentError
from panshi.node.zero_trust.signal_actions import (
    check_grades,
    load_signal_actions,
    signal_actions,
)
from panshi.node.zero_trust.trust_content import trust_model
from panshi.protection.zero_trust.signals.events import EventType
from panshi.store import library

NAME, RAW = library.zero_trust("signal_actions.yaml")


def test_what_ships_is_complete_and_speaks_the_trust_models_words():
    actions = signal_actions()
    assert {rule.event for rule in actions.rules} == set(EventType)
    assert all(rule.zh.endswith("。") and rule.en.endswith(".") for rule in actions.rules)
    check_grades(actions, trust_model(), source=NAME)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("event: risc/opt-in\n", "event: risc/opt-inn\n", "no event"),
        ("step: end_sessions}", "step: end_session}", "not known"),
        ("kind: device.compliance, grade: compliant, about: device", "grade: compliant", "takes"),
        ("grade: opt-in}", "grade: opted}", "no such state"),
        ("current_status: [compliant]", "current_status: [not-compliant]", "without an action"),
        ("  NIST-AAL: {nist-aal1: 2", "  NIST-AAL: {nist-aal1: 9", "out of range"),
        ("event: risc/sessions-revoked", "event: risc/opt-in", "no rule for"),
    ],
)
def test_odd_rules_are_refused(old, new, said):
    text = RAW.decode()
    assert old in text
    with pytest.raises(ContentError, match=said):
        load_signal_actions(text.replace(old, new, 1).encode(), source=NAME)


def test_a_grade_the_trust_model_does_not_know_is_refused():
    text = RAW.decode().replace("grade: recovering", "grade: dubious", 1)
    with pytest.raises(ContentError, match="dubious"):
        check_grades(load_signal_actions(text.encode(), source=NAME), trust_model(), source=NAME)
