"""Grants over the API: persons ask and decide, two of them; programs only read."""

import json

from panshi.node.zero_trust.grants import grants_answer
from tests.api.asking import ask as asked
from tests.web.small_bank import BANK, SYSTEMS

GRANTS = f"/estates/{BANK}/zero-trust/grants"
ASKING = {"system": SYSTEMS[0], "ticket": "CHG-1", "why": "patch"}


def ask(method, path, body=None, **how):
    path, _, query = path.partition("?")
    if body is not None:
        head = {"content-type": "application/json"}
        how |= {"body": json.dumps(body).encode(), "headers": head}
    status, _head, raw = asked(method, path, query=query, **how)
    return status, json.loads(raw or b"null")


def test_one_asks_another_decides_and_it_is_taken_back(bank, token_of):
    # Given somebody who asks
    asker = token_of("ciso", person="lin.yating")
    status, made = ask("POST", GRANTS, ASKING, token=asker)
    assert (status, made["state"], made["ways"]) == (201, "requested", ["shell", "exec"])
    one = f"{GRANTS}/{made['number']}"

    # Then they cannot approve it, and another can, once
    assert ask("POST", f"{one}/decision", {"approved": True}, token=asker)[0] == 403
    other = token_of("approver", person="he.peishan")
    status, told = ask("POST", f"{one}/decision", {"approved": True}, token=other)
    assert (status, told["state"], told["approved_by"]) == (201, "in_force", "he.peishan")
    assert ask("POST", f"{one}/decision", {"approved": False}, token=other)[0] == 422

    # And the list answers as the command line does
    _status, listed = ask("GET", f"{GRANTS}?state=in_force", token=asker)
    assert [each["number"] for each in listed] == [each.number for each in grants_answer(bank)]

    # And it is ended
    assert ask("POST", f"{one}/end", {"why": "incident"}, token=other)[1]["state"] == "revoked"


def test_people_are_named_by_duty_only_and_strangers_take_nothing_back(bank, token_of):
    owner = token_of("control_owner", person="hsieh.kuowei")
    number = ask("POST", GRANTS, ASKING, token=token_of("analyst", person="pan.yiling"))[1][
        "number"
    ]
    _status, listed = ask("GET", GRANTS, token=owner)
    assert [each["requested_by"] for each in listed] == [""]
    assert ask("POST", f"{GRANTS}/{number}/end", {"why": "x"}, token=owner)[0] == 403
    assert ask("GET", GRANTS, token=token_of("board_reader"))[0] == 403
    assert grants_answer(bank)[0].ended_at is None


def test_a_program_asks_and_decides_nothing(bank, token_of):
    assert ask("POST", GRANTS, ASKING, token=token_of("ciso"))[0] == 403
    assert not grants_answer(bank)


def test_lists_go_on_from_a_number(token_of):
    asker = token_of("analyst", person="pan.yiling")
    made = [ask("POST", GRANTS, ASKING, token=asker)[1]["number"] for _ in range(3)]
    _status, first = ask("GET", f"{GRANTS}?limit=2", token=asker)
    assert [each["number"] for each in first] == [made[2], made[1]]
    _status, rest = ask("GET", f"{GRANTS}?limit=2&after={made[1]}", token=asker)
    assert [each["number"] for each in rest] == [made[0]]


def test_another_estates_grant_is_not_found(token_of):
    asker = token_of("ciso", person="lin.yating")
    assert ask("POST", f"{GRANTS}/PG-1999-001/end", {"why": "x"}, token=asker)[0] == 404
