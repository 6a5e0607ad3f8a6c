"""Okta: sessions say what was asked, rules what is asked of all; a full page is no whole."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError, UsageError
from panshi.evidence.codec import encode_body
from panshi.model.observation import Outcome
from panshi.observe.okta.observer import OBSERVER
from panshi.observe.port import Look
from tests.observe.hostile import NOW, mutations, named_by_itself, observe, shapes

GOLDEN = Path(__file__).parents[2] / "golden" / "okta"
FILES = sorted(GOLDEN.glob("*.*"))
WORDS = (
    "status profile login factors factorType type name eventType published actor outcome result "
    "authenticationContext externalSessionId _embedded rules actions signon ACTIVE SUCCESS User"
)


def golden(name, subject=""):
    return observe(OBSERVER, GOLDEN / name, subject=subject)


def written(tmp_path, value):
    path = tmp_path / "export.json"
    path.write_text(json.dumps(value))
    return path


def policy(*rules, kind="OKTA_SIGN_ON", status="ACTIVE"):
    return {"type": kind, "status": status, "name": "p", "_embedded": {"rules": list(rules)}}


def rule(access="ALLOW", factor=True, status="ACTIVE"):
    signon = {"access": access, "requireFactor": factor}
    return {"status": status, "actions": {"signon": signon}}


def by_account(found):
    return {each.subject.partition("@")[0].removeprefix("account:"): each for each in found}


def test_the_least_that_was_asked_in_any_session_counts():
    accounts = by_account(golden("log.json")[0])

    assert set(accounts) == {"wang.daming", "chen.meili"}
    strong, weak = accounts["wang.daming"].body, accounts["chen.meili"].body
    assert (strong.factors, strong.phishing_resistant, strong.authenticators) == (
        2,
        True,
        ("FIDO_WEBAUTHN",),
    )
    assert (weak.factors, weak.phishing_resistant) == (1, False)


def test_only_active_factors_are_enrolled():
    accounts = by_account(golden("factors.jsonl")[0])

    assert accounts["wang.daming"].body.methods == ("webauthn",)
    assert accounts["wang.daming"].body.only_phishing_resistant is True
    assert accounts["chen.meili"].body.only_phishing_resistant is False
    assert accounts["lin.yating"].body.mfa_registered is False


def test_users_are_listed_with_their_state():
    accounts = by_account(golden("users.json")[0])

    assert (accounts["wang.daming"].body.enabled, accounts["old"].body.enabled) == (True, False)


def test_a_state_nobody_knows_is_a_failed_look(tmp_path):
    path = written(tmp_path, [{"status": "NEW", "profile": {"login": "a@b"}}])

    [seen], _ = observe(OBSERVER, path)

    assert seen.outcome is Outcome.FAILED


def test_policies_are_taken_together():
    [seen], _ = golden("policies.json")

    assert seen.subject == "system:okta"
    assert (seen.body.policies, seen.body.mfa_for_all, seen.body.device_required) == (
        3,
        True,
        False,
    )


@pytest.mark.parametrize(
    ("listed", "for_all"),
    [
        ([policy(rule())], True),
        ([policy(rule(), rule("DENY", factor=False))], True),
        ([policy(rule(), rule(factor=False, status="INACTIVE"))], True),
        ([policy(rule(), rule(factor=False))], False),
        ([policy(rule()), policy(rule(factor=False))], False),
        ([policy(rule("DENY"))], False),
    ],
)
def test_every_rule_that_lets_people_in_must_ask(listed, for_all, tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path, listed))

    assert seen.body.mfa_for_all is for_all


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ([policy()], "without its rules"),
        ([policy(rule(), status="INACTIVE")], "no active sign-in policy"),
        ([policy(rule(), kind="PASSWORD")], "no active sign-in policy"),
    ],
)
def test_policies_that_say_nothing_are_a_failed_look(listed, reason, tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path, listed))

    assert seen.outcome is Outcome.FAILED
    assert reason in seen.reason


def test_a_full_page_may_not_be_the_last(tmp_path):
    path = written(tmp_path, [policy(rule())] * 200)

    [seen], warnings = observe(OBSERVER, path)
    assert seen.outcome is Outcome.FAILED
    assert "full page" in warnings[0]
    [whole] = OBSERVER.observe(Look(path=path, now=NOW, options={"complete": "yes"}))
    assert whole.outcome is Outcome.SEEN


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_name_phone_or_address_of_a_person_is_kept(path):
    found, _ = observe(OBSERVER, path, subject="")

    sealed = b"".join(encode_body(each.body) for each in found if each.body is not None)
    for private in ("大明", "0912-345-678", "+886912345678", "203.0.113.9", "pet"):
        assert private.encode() not in sealed


def test_two_kinds_in_one_file_are_refused(tmp_path):
    user = {"status": "ACTIVE", "profile": {"login": "a@b"}}
    with pytest.raises(BadInputError, match="another than those before"):
        observe(OBSERVER, written(tmp_path, [user, policy(rule())]))


def test_one_name_does_not_stand_for_several_accounts():
    with pytest.raises(UsageError, match="can name only one"):
        golden("users.json", subject="account:a")


@given(raw=mutations([each.read_bytes() for each in FILES]))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_it_is_read_or_refused(raw, tmp_path):
    named_by_itself(OBSERVER, tmp_path / "mutated", raw)


@given(value=shapes(WORDS))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_shape_is_read_or_refused(value, tmp_path):
    named_by_itself(OBSERVER, tmp_path / "mutated", json.dumps([value]).encode())
