"""The HTTP API over a real node: what anyone may read, what a role may, and clear refusals."""

import json
from pathlib import Path
from typing import Any

import pytest

from panshi.api import sender
from panshi.api.asgi import senders
from panshi.api.openapi import document
from panshi.api.routes import ROUTES
from panshi.model.bodies.records import Claim
from panshi.node.node import Node
from tests.api.asking import ask
from tests.simulators.small_estate import small_estate

NMAP = Path(__file__).parents[1] / "golden" / "nmap"


def token(node: Node, role: str) -> str:
    return node.tokens.make(name=f"t-{role}", role=role, days=1, now=node.clock())


@pytest.mark.usefixtures("node")
def test_health_is_for_anyone() -> None:
    status, _head, body = ask("GET", "/health")
    assert status == 200
    assert json.loads(body)["status"] == "ok"


def test_a_role_may_do_what_the_policy_permits_and_no_more(node: Node) -> None:
    # Given a board reader, when it reads verdicts it may; when it observes, it is refused, audited.
    board = token(node, "board_reader")
    assert ask("GET", "/frameworks", token=board)[0] == 200
    status, _head, body = ask("POST", "/observe/nmap", token=board, body=b"<x/>")
    assert status == 403
    assert "board_reader" in json.loads(body)["title"]


def test_an_expired_or_revoked_token_opens_nothing(node: Node) -> None:
    expired = node.tokens.make(name="old", role="ciso", days=0, now=node.clock())
    assert ask("GET", "/frameworks", token=expired)[0] == 401
    revoked = token(node, "ciso")
    node.tokens.revoke("t-ciso")
    assert ask("GET", "/frameworks", token=revoked)[0] == 401


def test_tokens_are_kept_as_digests_only(node: Node) -> None:
    clear = token(node, "ciso")
    kept = (node.home.path / "tokens.json").read_text(encoding="utf-8")
    assert clear not in kept


def test_an_uploaded_file_is_observed_and_its_proof_verifies(node: Node) -> None:
    # Given an analyst, when an Nmap file is sent, then it is sealed, can be read, proven, verified.
    analyst = token(node, "analyst")
    sample = next(iter(sorted(NMAP.glob("*.xml"))))
    status, _head, body = ask("POST", "/observe/nmap", token=analyst, body=sample.read_bytes())
    assert status == 201, body
    identity = json.loads(body)["ids"][0]
    status, _head, body = ask("GET", f"/evidence/{identity}", token=analyst)
    assert json.loads(body)["id"] == identity
    status, _head, proof = ask("GET", f"/evidence/{identity}/proof", token=analyst)
    assert status == 200
    status, _head, body = ask("POST", "/evidence/verify", token=analyst, body=proof)
    assert json.loads(body)["ok"] is True


def test_a_hostile_file_is_refused_with_its_place_and_nothing_is_kept(node: Node) -> None:
    analyst = token(node, "analyst")
    before = node.log.kinds()
    status, head, body = ask("POST", "/observe/nmap", token=analyst, body=b"<nmaprun><host>")
    assert status == 422, body
    assert head["content-type"] == "application/problem+json"
    assert {k: v for k, v in node.log.kinds().items() if not k.startswith("audit")} == {
        k: v for k, v in before.items() if not k.startswith("audit")
    }


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=ten", 422),
        ("limit=0", 422),
        ("limit=" + "9" * 180, 422),
        ("before=" + "9" * 30, 422),
        ("since=0001-01-01T00:00%2B14:00", 422),
        ("outcome=perhaps", 422),
        ("since=yesterday", 422),
        ("text=" + "x" * 5000, 422),
        ("limit=5", 200),
    ],
)
def test_a_bad_query_is_said_plainly(node: Node, query: str, status: int) -> None:
    assert ask("GET", "/evidence", token=token(node, "analyst"), query=query)[0] == status


def test_nobody_is_named_to_roles_that_may_not_read_personal_data(node: Node) -> None:
    # Given a claim and a changed threshold, then a board reader sees the figures, not the names.
    node.commit_estate(small_estate(), by="tester")
    body = Claim(framework="zt36", control="1-1", owner="王小明", share=1.0)
    node.record("record.claim/1", body, facet="zt36/1-1", actor="cli", estate_id="small")
    node.set_parameter("confidence", 0.95, actor="王小明", why="stricter")
    for role, named in (("board_reader", False), ("internal_audit", True)):
        answers = [
            ask("GET", path, token=token(node, role), query=query)[2].decode()
            for path, query in (("/proofs/zt36/1-1", "estate=small"),)
        ]
        assert ("王小明" in "".join(answers)) is named
    answer = ask("GET", "/parameters", token=token(node, "supervisor"))[2].decode()
    assert "confidence" in answer
    assert "王小明" not in answer


@pytest.mark.usefixtures("node")
def test_unknown_paths_and_methods() -> None:
    assert ask("GET", "/nowhere")[0] == 404
    assert ask("DELETE", "/health")[0] == 405


def test_the_openapi_document_describes_every_route() -> None:
    described = document()["paths"]
    assert isinstance(described, dict)
    operations = [(path, method) for path, found in described.items() for method in found]
    assert len(operations) == len(ROUTES)
    assert ask("GET", "/openapi.json")[0] == 200


@pytest.mark.usefixtures("node")
@pytest.mark.parametrize("path", ["/api/openapi.json", "/api/v1/openapi.json"])
def test_the_document_stands_at_a_stable_address(path: str) -> None:
    status, head, body = ask("GET", path, prefix="")
    assert status == 200
    assert head["content-type"] == "application/json"
    assert json.loads(body)["openapi"] == "3.1.0"


def test_what_did_not_change_is_not_sent_again(node: Node) -> None:
    analyst = token(node, "analyst")
    _status, head, body = ask("GET", "/frameworks", token=analyst)
    again = {"if-none-match": head["etag"]}
    assert ask("GET", "/frameworks", token=analyst, headers=again)[::2] == (304, b"")
    other = {"if-none-match": '"something else"'}
    assert ask("GET", "/frameworks", token=analyst, headers=other)[::2] == (200, body)


def test_head_answers_as_get_without_the_body(node: Node) -> None:
    analyst = token(node, "analyst")
    _status, told, body = ask("GET", "/frameworks", token=analyst)
    status, head, nothing = ask("HEAD", "/frameworks", token=analyst)
    assert (status, nothing) == (200, b"")
    assert head["content-length"] == told["content-length"] == str(len(body))


@pytest.mark.usefixtures("node")
def test_every_answer_carries_the_headers_that_keep_browsers_out() -> None:
    for path in ("/health", "/nowhere", "/frameworks"):
        head = ask("GET", path)[1]
        assert head["x-content-type-options"] == "nosniff"
        assert head["cache-control"] == "no-store"
        assert "default-src 'none'" in head["content-security-policy"]
        assert not [name for name in head if name.startswith("access-control")]


@pytest.mark.usefixtures("node")
def test_a_method_that_is_not_there_names_those_that_are() -> None:
    for method in ("PUT", "OPTIONS", "TRACE", "PATCH"):
        status, head, _body = ask(method, "/health")
        assert status == 405
        assert set(head["allow"].split(", ")) == {"GET", "HEAD"}


def sent(node: Node, body: bytes, **headers: str) -> tuple[int, dict[str, Any]]:
    person = named(node, "approver", "parameter.change")
    told = {"content-type": "application/json"} | headers
    status, _head, answer = ask(
        "POST", "/parameters/confidence", token=person, body=body, headers=told
    )
    return status, json.loads(answer)


def named(node: Node, role: str, *scopes: str) -> str:
    """Give a token of a person, whose account is made."""
    from panshi.node.accounts import accounts

    name = f"asgi-{role}"
    if accounts().find(name) is None:
        accounts().invite(name, [role])
    return node.tokens.make(
        name=f"{name}-{node.clock().timestamp()}",
        role=role,
        days=1,
        now=node.clock(),
        scopes=scopes,
        person=name,
    )


def test_a_person_changes_a_threshold_under_their_own_name(node: Node) -> None:
    status, answer = sent(node, b'{"value": 0.95, "why": "stricter"}')
    assert status == 201, answer
    change = node.log.get(answer["id"])
    assert change is not None
    assert change.observation.body.changed_by == "asgi-approver"  # type: ignore[union-attr]
    events = [each.observation.body for each in node.log.records("audit.event/1")]
    assert any(
        each.actor == "asgi-approver" and "by token asgi-approver-" in each.detail  # type: ignore[union-attr]
        for each in events
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "does not fit"),
        (b'{"value": 0.95}', "why"),
        (b'{"value": "0.95", "why": "x"}', "value"),
        (b'{"value": 0.95, "why": "x", "by": "somebody else"}', "by"),
        (b'{"value": 0.95, "why": "\\u0000"}', "NUL"),
        (b'{"value": 5, "why": "x"}', "outside its limits"),
        (b'{"value": 1e999, "why": "x"}', ""),
        (b"[" * 100_000, "deeper"),
        (b'{"value":' + b'{"a":' * 60 + b"1" + b"}" * 61, ""),
    ],
)
def test_a_body_that_does_not_fit_is_refused_and_changes_nothing(
    node: Node, body: bytes, said: str
) -> None:
    before = node.parameters()
    status, answer = sent(node, body)
    assert status == 422, answer
    assert said in answer["title"]
    assert node.parameters() == before


def test_a_body_of_another_type_is_refused(node: Node) -> None:
    status, _answer = sent(node, b"value=0.95&why=x", **{"content-type": "text/plain"})
    assert status == 415


def test_a_body_too_large_is_refused_before_it_is_read(node: Node) -> None:
    assert sent(node, b"{}", **{"content-length": str(10**9)})[0] == 413
    assert sent(node, b'{"why": "' + b"x" * (2 << 20) + b'"}')[0] == 413


@pytest.mark.parametrize(
    "query", ["kimd=host.users/1", "kind=a&kind=b", "kind=%00", "limit=null", "limit=5&x=1"]
)
def test_a_part_of_a_query_mistyped_is_no_filter_left_out(node: Node, query: str) -> None:
    assert ask("GET", "/evidence", token=token(node, "analyst"), query=query)[0] == 422


def test_a_sender_who_asks_too_often_is_told_how_long_to_wait(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a rate of one a second, of which four may come at once, and no second that passes
    monkeypatch.setenv("PANSHI_API_RATE", "1")
    monkeypatch.setattr(sender, "monotonic", lambda: 0.0)
    senders.cache_clear()
    one, other = token(node, "analyst"), token(node, "ciso")
    # When one token asks five times
    answers = [ask("GET", "/self", token=one) for _ in range(5)]
    # Then the fifth is to wait, and another token is not
    assert [each[0] for each in answers] == [200, 200, 200, 200, 429]
    assert int(answers[-1][1]["retry-after"]) >= 1
    assert ask("GET", "/self", token=other)[0] == 200
    senders.cache_clear()


def test_guessing_tokens_is_slowed_down(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANSHI_API_RATE", "10")
    monkeypatch.setattr(sender, "monotonic", lambda: 0.0)
    senders.cache_clear()
    found = [ask("GET", "/self", token=f"panshi_{number}")[0] for number in range(8)]
    assert found == [401] * 4 + [429] * 4
    assert ask("GET", "/self", token=token(node, "analyst"))[0] == 200
    senders.cache_clear()


def test_a_thousand_refusals_fill_no_log(node: Node) -> None:
    # Given a board reader who keeps asking for evidence
    board = token(node, "board_reader")
    size = node.log.size()
    # When they are refused thirty times within a minute
    for _ in range(30):
        assert ask("GET", "/evidence", token=board)[0] == 403
    # Then one leaf says so, and the rest is counted in one more
    assert node.log.size() == size + 1
    node._seal_refusals(None)
    assert node.log.size() == size + 2
    last = [each.observation.body for each in node.log.records("audit.event/1")][-1]
    assert last.detail.startswith("29 more")  # type: ignore[union-attr]
    assert not last.allowed  # type: ignore[union-attr]
