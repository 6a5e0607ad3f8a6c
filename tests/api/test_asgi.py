"""The HTTP API over a real node: what anyone may read, what a role may, and clear refusals."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from panshi.api.asgi import application, senders
from panshi.api.openapi import document
from panshi.api.route import PREFIX
from panshi.api.routes import ROUTES
from panshi.model.bodies.records import Claim
from panshi.node.node import Node
from panshi.node.running import running_node
from panshi.protection.access.roles import ACTIONS
from tests.simulators.small_estate import small_estate

NMAP = Path(__file__).parents[1] / "golden" / "nmap"


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path))
    running_node.cache_clear()
    senders.cache_clear()
    yield running_node()
    running_node().close()
    running_node.cache_clear()


def ask(
    method: str, path: str, *, token: str = "", query: str = "", body: bytes = b""
) -> tuple[int, dict[str, str], bytes]:
    """Send one request through the ASGI application, as a server would."""
    sent: list[dict[str, Any]] = []
    headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
    scope = {
        "type": "http",
        "method": method,
        "path": PREFIX + path,
        "query_string": query.encode(),
        "headers": headers,
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(application(scope, receive, send))
    head = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    return sent[0]["status"], head, sent[1]["body"]


def token(node: Node, role: str) -> str:
    return node.tokens.make(name=f"t-{role}", role=role, days=1, now=node.clock())


@pytest.mark.usefixtures("node")
def test_health_is_for_anyone() -> None:
    status, _head, body = ask("GET", "/health")
    assert status == 200
    assert json.loads(body)["status"] == "ok"


@pytest.mark.usefixtures("node")
@pytest.mark.parametrize("route", [r for r in ROUTES if r.action], ids=lambda r: r.path)
def test_everything_else_needs_a_token(route: Any) -> None:
    path = route.path.replace("{control:rest}", "zt36/1-1")
    for name in ("framework", "estate", "id", "source"):
        path = path.replace("{" + name + "}", "x")
    status, head, body = ask(route.method, path)
    assert status == 401
    assert head["www-authenticate"].startswith("Bearer")
    assert head["content-type"] == "application/problem+json"
    assert "Authorization" in json.loads(body)["detail"]


def test_every_action_is_one_the_policies_know() -> None:
    assert {route.action for route in ROUTES if route.action} <= set(ACTIONS)


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
