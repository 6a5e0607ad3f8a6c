"""A device complies only when everything required was seen lately and holds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import ContentError
from panshi.node.zero_trust.posture_content import load_posture, posture_policy
from panshi.protection.zero_trust.devices.posture import Fact, Form, Standing, judge_posture
from panshi.store import library

NOW = 1_000_000.0
POLICY = posture_policy()
GOOD = {
    "system.supported": True,
    "packages.security_updates": 0,
    "packages.index_age_days": 1,
    "disks.unencrypted": 0,
    "firewall.filters_input": True,
    "protection.malware_protection": True,
    "protection.time_synchronised": True,
    "sshd.password_authentication": False,
    "sshd.permit_root_login": "no",
    "screen.locks": True,
}


def facts(changes=None):
    return [
        Fact(name=name, value=value, observed_at=NOW - 60)
        for name, value in (GOOD | (changes or {})).items()
    ]


def judge(given, form=Form.WORKSTATION, now=NOW):
    return judge_posture("nb-1", given, POLICY, form=form, now=now)


def test_all_that_is_required_makes_a_device_compliant():
    result = judge(facts())

    assert result.standing is Standing.COMPLIANT
    assert result.named(Standing.UNKNOWN, required=False) == ("audit", "tpm", "secure-boot")


@pytest.mark.parametrize(
    ("fact", "value", "check"),
    [
        ("packages.security_updates", 3, "security-updates"),
        ("packages.index_age_days", 30, "index-age"),
        ("disks.unencrypted", 1, "disks"),
        ("firewall.filters_input", False, "firewall"),
        ("sshd.permit_root_login", "yes", "ssh-root"),
    ],
)
def test_one_that_fails_makes_it_not_compliant(fact, value, check):
    result = judge(facts({fact: value}))

    assert result.standing is Standing.NOT_COMPLIANT
    assert result.named(Standing.NOT_COMPLIANT) == (check,)


def test_a_failed_look_is_unknown_and_says_why():
    given_facts = [
        *facts()[:-1],
        Fact(name="screen.locks", value=None, observed_at=NOW, reason="x"),
    ]

    result = judge(given_facts)

    assert result.standing is Standing.UNKNOWN
    assert [each.reason for each in result.checks if each.check.id == "screen-lock"] == ["x"]


def test_what_was_seen_too_long_ago_or_in_the_future_is_unknown():
    assert judge(facts(), now=NOW + 86_400).standing is Standing.UNKNOWN
    assert judge(facts(), now=NOW - 120).standing is Standing.UNKNOWN


def test_the_newest_look_counts():
    older = Fact(name="packages.security_updates", value=9, observed_at=NOW - 600)

    assert judge([older, *facts()]).standing is Standing.COMPLIANT
    assert judge([*facts(), older]).standing is Standing.COMPLIANT


def test_no_ssh_server_is_no_open_door_but_a_look_nobody_took_is_unknown():
    without = [each for each in facts() if not each.name.startswith("sshd.")]
    absent = [
        Fact(name=f"sshd.{name}", value=None, observed_at=NOW, absent=True)
        for name in ("password_authentication", "permit_root_login")
    ]

    assert judge([*without, *absent]).standing is Standing.COMPLIANT
    assert judge(without).standing is Standing.UNKNOWN


def test_a_server_needs_no_screen_lock():
    on_server = [each for each in facts() if each.name not in {"screen.locks", "disks.unencrypted"}]

    assert judge(on_server, Form.SERVER).standing is Standing.COMPLIANT


@given(
    lost=st.sets(st.sampled_from(sorted(GOOD))),
    odd=st.dictionaries(
        st.sampled_from(sorted(GOOD)), st.one_of(st.booleans(), st.integers(), st.text(max_size=3))
    ),
)
def test_less_or_odder_evidence_never_makes_it_more_compliant(lost, odd):
    changed = facts(odd)
    fewer = [each for each in changed if each.name not in lost]

    before, after = judge(changed).standing, judge(fewer).standing
    if lost:
        assert after is not Standing.COMPLIANT
    if before is not Standing.COMPLIANT:
        assert after is not Standing.COMPLIANT


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("    at_most: 0\n", "", "asks nothing"),
        ("required: true", "required: maybe", "maybe"),
        ("id: disks", "id: firewall", "occurs twice"),
    ],
)
def test_a_bent_policy_is_refused(old, new, problem):
    name, raw = library.zero_trust("posture.yaml")

    with pytest.raises(ContentError, match=problem):
        load_posture(raw.decode().replace(old, new, 1).encode(), source=name)


def test_a_check_of_another_type_is_unknown():
    check = replace(POLICY.checks[0])

    assert check.holds(value=1) is None
    assert check.holds("true") is None
