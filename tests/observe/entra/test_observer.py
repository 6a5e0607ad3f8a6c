"""Entra ID: sign-ins say what was asked, policies what is asked of all; half an export is none."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError, UsageError
from panshi.evidence.codec import encode_body
from panshi.model.observation import Outcome
from panshi.observe.entra.observer import OBSERVER
from panshi.observe.port import Look
from tests.observe.hostile import NOW, mutations, named_by_itself, observe, shapes

GOLDEN = Path(__file__).parents[2] / "golden" / "entra"
FILES = sorted(GOLDEN.glob("*.*"))
ALL_APPS = {"includeApplications": ["All"]}
MFA = {"operator": "OR", "builtInControls": ["mfa"]}
WORDS = (
    "value @odata.context @odata.nextLink userPrincipalName accountEnabled isMfaRegistered "
    "createdDateTime authenticationRequirement status errorCode conditions grantControls state "
    "roleDefinitionId principalId riskState riskLevel methodsRegistered authenticationDetails"
)


def golden(name, subject=""):
    return observe(OBSERVER, GOLDEN / name, subject=subject)


def written(tmp_path, value):
    path = tmp_path / "export.json"
    path.write_text(json.dumps(value))
    return path


def policy(grant=MFA, state="enabled", **conditions):
    told = {"users": {"includeUsers": ["All"]}, "applications": ALL_APPS, "clientAppTypes": ["all"]}
    return {
        "displayName": "p",
        "state": state,
        "conditions": told | conditions,
        "grantControls": grant,
    }


def policies(tmp_path, *listed):
    [seen], _ = observe(OBSERVER, written(tmp_path, {"value": list(listed)}), subject="")
    return seen.body


def by_account(found):
    return {each.subject.partition("@")[0].removeprefix("account:"): each for each in found}


def test_the_least_that_was_asked_in_any_sign_in_counts():
    found, warnings = golden("sign-ins.json")

    assert warnings == []
    accounts = by_account(found)
    assert set(accounts) == {"wang.daming", "chen.meili"}  # a failed sign-in says nothing
    strong, weak = accounts["wang.daming"].body, accounts["chen.meili"].body
    assert (strong.factors, strong.phishing_resistant) == (2, True)
    assert strong.last_sign_in == date(2026, 11, 19)
    assert (weak.factors, weak.phishing_resistant) == (1, False)
    assert {each.facet for each in found} == {"sign-ins"}


def test_half_of_the_sign_ins_shows_nothing_good_yet_still_what_is_bad():
    found, warnings = golden("sign-ins-first-page.json")

    accounts = by_account(found)
    assert accounts["wang.daming"].outcome is Outcome.FAILED
    assert "next page" in accounts["wang.daming"].reason
    assert accounts["chen.meili"].body.factors == 1
    assert "next page" in warnings[0]


def test_pages_in_one_file_are_whole_when_the_last_names_no_next():
    found, warnings = golden("registration.json")

    assert warnings == []
    accounts = by_account(found)
    admin, phone, guest = accounts["wang.daming"], accounts["chen.meili"], accounts["guest_x#ext#"]
    assert (admin.body.privileged, admin.body.only_phishing_resistant) == (True, True)
    assert (phone.body.mfa_registered, phone.body.phishing_resistant) == (True, False)
    assert (guest.body.mfa_registered, guest.body.external) == (False, True)


def test_an_account_whose_state_is_not_told_is_not_seen():
    found, _ = golden("users.json")

    accounts = by_account(found)
    assert accounts["wang.daming"].body.last_sign_in == date(2026, 11, 19)
    assert accounts["old"].body.enabled is False
    assert accounts["no.status"].outcome is Outcome.FAILED


def test_the_portal_s_csv_is_read_too():
    accounts = by_account(golden("users.csv")[0])
    assert (accounts["wang.daming"].body.enabled, accounts["old"].body.enabled) == (True, False)

    accounts = by_account(golden("sign-ins.csv")[0])
    assert (accounts["wang.daming"].body.factors, accounts["chen.meili"].body.factors) == (2, 1)


def test_policies_are_taken_together():
    [seen], _ = golden("policies.json")

    assert seen.subject == "system:microsoft-entra-id"
    body = seen.body
    assert (body.policies, body.enforced, body.report_only, body.excluded) == (5, 4, 1, 2)
    assert (body.mfa_for_all, body.mfa_for_administrators, body.legacy_blocked) == (True,) * 3
    assert body.phishing_resistant_for_administrators is True
    assert body.device_required is False


@pytest.mark.parametrize(
    "narrow",
    [
        {"state": "disabled"},
        {"state": "enabledForReportingButNotEnforced"},
        {"users": {"includeUsers": ["GuestsOrExternalUsers"]}},
        {"applications": {"includeApplications": ["Office365"]}},
        {"applications": ALL_APPS | {"excludeApplications": ["x"]}},
        {"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}},
        {"platforms": {"includePlatforms": ["android"]}},
        {"signInRiskLevels": ["high"]},
        {"devices": {"deviceFilter": {"mode": "exclude"}}},
        {"clientAppTypes": ["browser"]},
        {"grant": {"operator": "OR", "builtInControls": ["mfa", "compliantDevice"]}},
        {"grant": {"operator": "AND", "builtInControls": ["compliantDevice"]}},
        {"grant": None},
    ],
)
def test_what_leaves_someone_out_is_not_for_all(narrow, tmp_path):
    assert policies(tmp_path, policy()).mfa_for_all is True
    assert policies(tmp_path, policy(**narrow)).mfa_for_all is False


def test_roles_are_counted_by_who_holds_them():
    [seen], _ = golden("roles.json")

    body = seen.body
    assert (body.assignments, body.principals, body.global_administrators) == (3, 2, 2)
    assert body.custom_scopes == 1


def test_risks_that_nobody_dealt_with_are_counted():
    [seen], _ = golden("risks.json")

    body = seen.body
    assert (body.listed, body.open, body.open_high, body.compromised) == (3, 2, 1, 1)
    [none], _ = golden("no-risks.json")
    assert (none.outcome, none.body.open) == (Outcome.SEEN, 0)


@pytest.mark.parametrize("name", ["policies", "roles", "risks"])
def test_half_an_export_says_nothing_of_a_tenant(name, tmp_path):
    value = json.loads((GOLDEN / f"{name}.json").read_bytes())
    path = written(tmp_path, value | {"@odata.nextLink": "https://graph.microsoft.com/next"})

    [seen], warnings = observe(OBSERVER, path, subject="")

    assert seen.outcome is Outcome.FAILED
    assert "next page" in seen.reason
    assert warnings


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_name_phone_or_address_of_a_person_is_kept(path):
    found, _ = observe(OBSERVER, path, subject="")

    sealed = b"".join(encode_body(each.body) for each in found if each.body is not None)
    for private in ("王大明", "0912-345-678", "203.0.113.9", "Taipei"):
        assert private.encode() not in sealed


@pytest.mark.parametrize(
    "value", [[], {}, {"value": []}, {"error": {"code": "x"}}, {"value": [{"a": 1}]}, [1]]
)
def test_what_is_no_export_is_refused(value, tmp_path):
    with pytest.raises(BadInputError):
        observe(OBSERVER, written(tmp_path, value))


def test_an_export_may_be_named_and_is_then_held_to_it(tmp_path):
    path = written(tmp_path, {"value": []})
    look = Look(path=path, now=NOW, options={"export": "risks"})
    with pytest.raises(BadInputError):
        list(OBSERVER.observe(look))  # nothing shows that an empty list is one of risks
    with pytest.raises(UsageError, match="export"):
        list(OBSERVER.observe(Look(path=path, now=NOW, options={"export": "groups"})))


def test_one_name_does_not_stand_for_several_accounts():
    with pytest.raises(UsageError, match="can name only one"):
        golden("sign-ins.json", subject="account:a")


@given(raw=mutations([each.read_bytes() for each in FILES]))
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_it_is_read_or_refused(raw, tmp_path):
    named_by_itself(OBSERVER, tmp_path / "mutated", raw)


@given(value=shapes(WORDS))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_shape_is_read_or_refused(value, tmp_path):
    named_by_itself(OBSERVER, tmp_path / "mutated", json.dumps({"value": [value]} | value).encode())
    named_by_itself(OBSERVER, tmp_path / "mutated", json.dumps([value, value]).encode())
