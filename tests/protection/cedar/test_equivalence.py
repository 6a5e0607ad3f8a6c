"""Random policies, entities and requests: decision, reasons and errors are Cedar's own."""

from random import Random

import cedar_equivalence
import pytest
from cedar_cases import Generator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(random=st.randoms(use_true_random=False), typed=st.booleans(), policies=st.integers(1, 8))
def test_every_decision_and_every_search_is_cedars(random, typed, policies):
    # Given a case that Hypothesis can shrink
    case = Generator(random, typed=typed).case(policies=policies, requests=20)

    # When every request is decided by both, before and after entities change
    different, compiled = cedar_equivalence.differences(case)

    # Then nothing differs, and nothing was left to cedarpy
    assert not different
    assert compiled.fallback_count == 0


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_fifty_thousand_requests_are_decided_as_cedar_does(part):
    # Given 8 x 98 cases of 64 requests
    done = 0
    for seed in range(part * 98, (part + 1) * 98):
        case = cedar_equivalence.case_of(seed)

        # When they are decided by both
        different, compiled = cedar_equivalence.differences(case)

        # Then nothing differs
        assert not different, f"seed {seed}"
        assert compiled.fallback_count == 0
        done += len(case.requests)
    assert done >= 50_000 / 8


def test_the_cases_cover_the_language():
    # Given the texts and answers of a few hundred cases
    texts, allowed, denied = "", 0, 0
    for seed in range(150):
        case = Generator(Random(seed), typed=seed % 3 == 0).case(policies=6, requests=4)
        texts += case.policies
        _, compiled = cedar_equivalence.differences(case)
        for view in next(iter(compiled._desks.values())).views.values():
            for answer in view.answers.values():
                allowed += answer.allowed
                denied += bool(answer.reasons) and not answer.allowed

    # Then every operator is there, and every kind of answer
    for operator in (
        *(".contains(", ".containsAll(", ".containsAny(", ".isEmpty(", " like ", " has ", " is "),
        *(".hasTag(", ".getTag(", "if ", "&&", "||", "!(", " in ", "==", "!=", "<=", ">="),
        *("decimal(", "ip(", "datetime(", "duration(", ".isInRange(", ".isMulticast("),
        *(".lessThan(", ".greaterThanOrEqual(", ".offset(", ".durationSince(", ".toDate("),
        *(".toTime(", ".toDays(", "?principal", "?resource", "unless", "-9223372036854775808"),
    ):
        assert operator in texts, operator
    assert min(allowed, denied) > 10
