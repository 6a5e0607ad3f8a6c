"""A real decision point over a home: what it decides and takes back ends up as graded evidence."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from panshi.model.asset import Asset, AssetId, AssetKind, Relation, RelationKind
from panshi.model.bodies.zero_trust import DECISIONS, SIGN_IN, WITHDRAWAL
from panshi.model.estate import Estate
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.zero_trust.point_files import verify_log
from tests.simulators.patience import PATIENCE

pytestmark = pytest.mark.slow
PARTNER = "https://id.partner.example"


class Control(http.client.HTTPConnection):
    """HTTP over the control socket of a home."""

    def __init__(self, path):
        super().__init__("control", timeout=PATIENCE)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def asset(kind, name, **attributes):
    return Asset(id=AssetId(f"{kind}:{name}"), kind=kind, name=name, attributes=attributes)


def estate():
    person = {"enabled": True, "human": True, "external": False, "privileged": False}
    assets = (
        asset(AssetKind.INSTITUTION, "bank", sector="bank"),
        asset(AssetKind.SYSTEM, "core", criticality="high", holds_personal_data=True),
        asset(AssetKind.SYSTEM, "notes", criticality="low", holds_personal_data=False),
        asset(AssetKind.ACCOUNT, "amy", **person),
        asset(AssetKind.ACCOUNT, "bob", **person),
        asset(AssetKind.DEVICE, "nb-1", ownership="issued"),
        asset(AssetKind.DEVICE, "nb-2", ownership="issued"),
    )
    return Estate(
        id="bank",
        name_zh="銀行",
        name_en="Bank",
        version=1,
        as_of=datetime.now(UTC),
        assets=assets,
        relations=tuple(
            Relation(
                kind=RelationKind.MEMBER_OF,
                source=AssetId(f"account:{who}"),
                target=AssetId(f"system:{what}"),
            )
            for who in ("amy", "bob")
            for what in ("core", "notes")
        ),
    )


@pytest.fixture
def home(tmp_path):
    with Node.open(Home(path=tmp_path / "home")) as node:
        node.commit_estate(estate(), by="test", at=datetime.now(UTC))
    return tmp_path / "home"


@pytest.fixture
def point(home):
    process = subprocess.Popen(
        [sys.executable, "-m", "panshi", "zt", "serve", "--port", "0", "--json"],
        env=os.environ | {"PANSHI_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        said = "".join(iter(process.stdout.readline, "}\n"))
        assert json.loads(said + "}")["address"]
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE)


def ask(home, method, path, body=None):
    control = Control(home / "zero_trust" / "control.sock")
    raw = None if body is None else json.dumps(body)
    control.request(method, path, raw, {"Content-Type": "application/json"} if raw else {})
    answer = control.getresponse()
    told = answer.read()
    control.close()
    assert answer.status < 300, told
    return json.loads(told)


def signed_in(home, who, device):
    now = time.time()
    ask(home, "POST", "/zt/v1/sessions", {
        "id": f"s-{who}", "user": {"type": "User", "id": who}, "device": device, "assurance": 3,
        "authenticators": ["hwk"], "established_at": now, "expires_at": now + 3600,
        "country": "TW", "address": "10.0.0.9", "attributes": {"issuer": PARTNER},
    })  # fmt: skip
    says(home, device, "compliant")


def says(home, device, grade):
    return ask(home, "POST", "/zt/v1/signals", {"signals": [{
        "kind": "device.compliance", "subject": {"kind": "device", "id": device}, "grade": grade,
        "source": "mdm",
    }]})  # fmt: skip


def opened(home, who, system):
    return ask(home, "POST", "/zt/v1/accesses", {
        "id": f"a-{who}-{system}", "session": f"s-{who}", "pep": "gate",
        "action": {"type": "Action", "id": "read"}, "resource": {"type": "System", "id": system},
    })  # fmt: skip


def test_what_was_decided_and_taken_back_is_sealed_and_read_by_the_controls(home, point):
    # Given two people at work on two systems
    for who, device in (("amy", "nb-1"), ("bob", "nb-2")):
        signed_in(home, who, device)
        for system in ("core", "notes"):
            assert opened(home, who, system)["allowed"], (who, system)
    # When one device falls out of compliance
    ordered = says(home, "nb-1", "not_compliant")
    assert ordered["sessions"] == ["s-amy"]
    live = ask(home, "GET", "/zt/v1/sessions")
    still = {each["session"]["id"]: len(each["accesses"]) for each in live["sessions"]}
    assert still["s-bob"] == 2
    # And the decision point is stopped as an operator stops it
    point.send_signal(signal.SIGTERM)
    assert point.wait(PATIENCE) == 0
    # Then the chain holds, and the log holds who signed in, what was decided, what was taken back
    assert verify_log(home / "zero_trust" / "decisions").records >= 5
    with Node.open(Home(path=home)) as node:
        assert {each.observation.facet for each in node.log.records(SIGN_IN)} >= {"s-amy", "s-bob"}
        batches = [each.observation.body for each in node.log.records(DECISIONS)]
        assert sum(each.allowed + each.denied for each in batches) >= 5
        cut = [
            each.observation.body
            for each in node.log.records(WITHDRAWAL)
            if each.observation.body.systems
        ]
        assert [each.whom for each in cut] == ["device:nb-1"]
        assert "core" in cut[0].systems
        # And each system has its figures, which the zero-trust controls read
        figures = {
            each.observation.subject: each.observation.body
            for each in node.log.records("access.decisions/1")
        }
        assert set(figures) == {"system:core", "system:notes"}
        core = figures["system:core"]
        assert core.decisions >= 3
        assert core.dynamic_share > 0.9
        assert core.isolation_tested
        assert core.revocation_tested
        assert core.standing_privileges == 0
        # (nothing was ever taken back on the other one, so that it cannot count as tested)
        assert not figures["system:notes"].revocation_tested
        tally = node.verdict("zt36/1-5", "bank").tally
        assert (tally.passing, tally.failing, tally.unseen) == (1, 1, 0)
        # And a source of identities without a place in the standard is told
        sources = [each.observation.body for each in node.log.records("identity.federation/1")]
        assert sources
        assert not any(each.mapped for each in sources)


def test_a_killed_decision_point_loses_no_fact_it_had_written(home, point):
    # Given a decision point that was killed a moment after what it did was written
    signed_in(home, "amy", "nb-1")
    opened(home, "amy", "core")
    spool = home / "zero_trust" / "facts" / "open.jsonl"
    deadline = time.monotonic() + PATIENCE
    while not spool.exists() or b"zt.sign_in/1" not in spool.read_bytes():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    point.kill()
    point.wait(PATIENCE)
    # Then sealing by hand brings it in
    done = subprocess.run(
        [sys.executable, "-m", "panshi", "zt", "seal", "--json"],
        env=os.environ | {"PANSHI_HOME": str(home)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["facts"] >= 1
    with Node.open(Home(path=home)) as node:
        assert [each.observation.facet for each in node.log.records(SIGN_IN)] == ["s-amy"]
