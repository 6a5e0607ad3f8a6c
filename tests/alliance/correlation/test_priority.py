"""Priority and class of a campaign follow the scheme that ships."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.correlation.priority import Facts, load_scheme, priority
from panshi.errors import ContentError
from panshi.node.alliance.correlating import scheme
from panshi.store import library

SCHEME = scheme()


def facts(**more) -> Facts:
    told = {
        "severities": (3, 3), "categories": ("intrusions", "other"), "phases": ("execution", ""),
        "members": 2, "reach": 0, "odds": (5.0,),
    }  # fmt: skip
    return Facts(**{**told, **more})


def test_the_parts_are_weighed_as_the_scheme_says():
    # Given two members, medium, at execution, believed
    # When it is scored
    found = priority(facts(odds=(40.0,)), SCHEME)
    # Then it is the weighed mean: (4*55 + 4*35 + 3*55 + 2*0) / 13
    assert found.parts == {"severity": 55, "spread": 35, "activity": 55, "reach": 0}
    assert found.score == round((4 * 55 + 4 * 35 + 3 * 55) / 13)
    assert found.level == "low"
    assert found.classification == "intrusions"


@given(st.integers(1, 60), st.integers(0, 5), st.floats(-5, 20), st.integers(0, 10**7))
def test_more_of_anything_is_never_less_urgent(members, severity, odds, reach):
    # Given a campaign
    one = facts(
        members=members, severities=(severity,), categories=("fraud",), odds=(odds,), reach=reach
    )
    # When it spreads, is believed more or touches more
    worse = facts(
        members=members + 5,
        severities=(severity,),
        categories=("fraud",),
        odds=(odds + 1,),
        reach=reach * 10,
    )
    # Then it is no less urgent, and stays within 0 to 100
    assert 0 <= priority(one, SCHEME).score <= priority(worse, SCHEME).score <= 100


def test_a_scheme_without_a_lowest_level_is_refused():
    # Given the scheme without its lowest level
    name, raw = library.alliance("campaign_priority.yaml")
    # When it is read
    # Then it is refused
    with pytest.raises(ContentError, match="lowest"):
        load_scheme((name, raw.replace(b"{from: 0, level: baseline", b"{from: 1, level: baseline")))
