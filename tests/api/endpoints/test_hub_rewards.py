"""Points over the API: the standing, two people who correct, a member's own statement."""

import json

import pytest

from tests.api.asking import ask
from tests.api.asking_hub import by_member, by_staff
from tests.node.alliance.members_at_hub import HOST, member_of
from tests.node.alliance.sharing import BANKS, shared_among

OWN = "/hub/self/rewards"


@pytest.fixture
def keys(hub):
    """Seven members that shared something; their private keys by name."""
    made = {each: member_of(hub, each) for each in BANKS}
    shared_among(hub)
    return made


def quarter(hub):
    from panshi.node.alliance.reward.statements import standing

    return standing(hub).period


def test_a_member_reads_its_own_statement_signed(hub, keys):
    # When the first and the last to tell ask for their points
    status, first, _ = by_member(hub, keys[BANKS[0]], "GET", OWN)
    _, last, _ = by_member(hub, keys[BANKS[6]], "GET", OWN)

    # Then each sees its own reports with their reasons
    assert (status, first["points"]["member"]) == (200, BANKS[0])
    assert [each["why"] for each in first["awards"]] == ["earned"]
    assert first["awards"][0]["voices"] == 4
    assert (last["points"]["points"], last["awards"][0]["why"]) == (0, "known")
    # And of what others told only that it was told, no word of which object
    assert first["awards"][0]["contribution"] not in json.dumps(last)


def test_a_member_asks_for_another_quarter(hub, keys):
    key = keys[BANKS[0]]
    _, told, _ = by_member(hub, key, "GET", f"{OWN}?quarter=2020Q1")
    assert (told["period"], told["points"]["points"], told["awards"]) == ("2020Q1", 0, [])
    assert by_member(hub, key, "GET", f"{OWN}?quarter=soon")[0] == 422
    assert by_member(hub, key, "GET", f"{OWN}?quarter=1066Q1")[0] == 404


def token_of(hub, key, scope):
    asked = {"name": scope, "scopes": [scope]}
    return by_member(hub, key, "POST", "/hub/self/tokens", asked)[1]["token"]


def test_a_token_opens_the_statement_only_with_its_scope(hub, keys):
    key = keys[BANKS[0]]
    opens, other = (token_of(hub, key, scope) for scope in ("reward.read", "taxii.read"))

    status, _, raw = ask("GET", OWN, token=opens, headers={"host": HOST})
    assert (status, json.loads(raw)["points"]["member"]) == (200, BANKS[0])
    status, _, raw = ask("GET", OWN, token=other, headers={"host": HOST})
    assert (status, json.loads(raw)["reason"]) == (403, "scope")
    # And it opens nobody else's
    assert ask("GET", f"/hub/rewards/members/{BANKS[1]}", token=opens)[0] == 401


@pytest.mark.usefixtures("keys")
def test_nobody_reads_a_statement_without_saying_who_asks(token_at):
    assert ask("GET", OWN, headers={"host": HOST})[0] == 401
    assert ask("GET", OWN, token=token_at("lin.wei"), headers={"host": HOST})[0] == 401


def test_who_takes_no_part_has_no_statement(hub):
    key = member_of(hub, "isac-jp", kind="foreign_isac")
    assert by_member(hub, key, "GET", OWN)[0] == 404


def test_a_statement_follows_what_two_people_corrected_at_once(hub, keys, token_at):
    # Given an appeal that one analyst noted and proposed to correct
    lin, chen = token_at("lin.wei"), token_at("chen.yiru")
    asked = {"member": BANKS[0], "quarter": quarter(hub), "why": "漏計"}
    before = by_member(hub, keys[BANKS[0]], "GET", OWN)[1]["points"]["points"]
    status, told = by_staff("POST", "/hub/rewards/appeals", lin, asked)
    place = f"/hub/rewards/appeals/{told['appeals'][0]['number']}"
    assert status == 201
    correction = {"correction": 5, "why": "是"}
    assert by_staff("POST", f"{place}/corrections", lin, correction)[0] == 201

    # When she confirms it herself it is refused, when another does it counts
    assert by_staff("POST", f"{place}/confirmations", lin, {"why": "是"})[0] == 403
    status, told = by_staff("POST", f"{place}/confirmations", chen, {"why": "核對過"})
    assert (status, told["appeals"][0]["settled_by"]) == (201, "chen.yiru")
    after = by_member(hub, keys[BANKS[0]], "GET", OWN)[1]["points"]
    assert (after["corrections"], after["points"]) == (5, pytest.approx(before + 5))


@pytest.mark.usefixtures("keys")
def test_a_ruling_takes_two_people(token_at):
    lin, chen = token_at("lin.wei"), token_at("chen.yiru")
    said = {"kind": "domain", "value": "evil.example", "upheld": True, "why": "seen in our lab"}
    _, told = by_staff("POST", "/hub/rewards/rulings", lin, said)
    place = f"/hub/rewards/rulings/{told['proposal']}/confirmations"
    assert by_staff("POST", place, lin, {"why": "yes"})[0] == 403
    assert by_staff("POST", place, chen, {"why": "yes"})[0] == 201
    nowhere = "/hub/rewards/rulings/nothing/confirmations"
    assert by_staff("POST", nowhere, chen, {"why": "yes"})[0] == 404


def test_the_standing_is_read_by_those_who_may_and_closed_when_it_is_over(hub, keys, token_at):
    assert keys
    audit = token_at("wang.audit", "internal_audit")
    status, told = by_staff("GET", "/hub/rewards", audit)
    assert (status, told["members"][0]["member"]) == (200, BANKS[0])
    assert by_staff("GET", f"/hub/rewards/members/{BANKS[0]}", audit)[0] == 200
    assert by_staff("GET", "/hub/rewards/members/nobody", audit)[0] == 404
    assert by_staff("GET", "/hub/rewards", token_at("ko", "control_owner"))[0] == 403
    # Who reads all changes nothing, and a quarter that runs is not closed
    running = {"quarter": quarter(hub)}
    assert by_staff("POST", "/hub/rewards/closings", audit, running)[0] == 403
    lin = token_at("lin.wei")
    assert by_staff("POST", "/hub/rewards/closings", lin, running)[0] == 422
    status, told = by_staff("POST", "/hub/rewards/closings", lin, {"quarter": "2020Q1"})
    assert (status, told["statements"]) == (201, len(BANKS))
    assert by_staff("POST", "/hub/rewards/closings", lin, {"quarter": "2020Q1"})[0] == 422


@pytest.mark.usefixtures("bank")
def test_a_bank_keeps_no_points(token_of):
    assert ask("GET", "/hub/rewards", token=token_of("analyst"))[0] == 404
    assert ask("GET", OWN)[0] == 404
