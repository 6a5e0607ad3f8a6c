"""A hub and a member as two programs on loopback, and hostile senders against the hub.

The hub is `panshi hub`, the member `panshi member`; what is hostile speaks HTTP by hand. Each case
is refused with its reason, within bounds, while an honest member is answered.
"""

import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from panshi.alliance.members.signing import signed_headers
from panshi.model.alliance.member import Quotas
from panshi.node.alliance.member_client import HubClient
from panshi.node.alliance.members import MemberDesk
from panshi.node.home import Home
from panshi.node.node import Node
from tests.simulators.patience import PATIENCE

pytestmark = pytest.mark.slow
SELF = "/api/v1/hub/self"
CONSENT = f"{SELF}/consent"
MIB = 1024 * 1024


def panshi(home, *arguments, person="chen.yiru"):
    """Run the program; gives exit code and what it answered."""
    done = subprocess.run(
        [sys.executable, "-m", "panshi", *arguments, "--json", "--lang", "en"],
        env={**os.environ, "PANSHI_HOME": str(home), "LOGNAME": person},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """Serve a new hub; gives its home, port and process id."""
    home, port = tmp_path_factory.mktemp("hub"), free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "panshi", "hub", "--port", str(port), "--json"],
        env={**os.environ, "PANSHI_HOME": str(home), "PANSHI_API_RATE": "200"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield home, port
    process.terminate()
    process.wait(PATIENCE)


def enrolled(hub, home, name):
    """Make a home a member of the hub, let in by two people; gives its private key."""
    place, port = hub
    with Node.open(Home(path=place)) as node:
        code = MemberDesk(node, actor="chen.yiru").invite(name, called=name, sector="banking")
        client = HubClient(home)
        client.enrol(f"http://localhost:{port}", code)
        MemberDesk(node, actor="lin.wei").approve(name)
    return client.keys.private(client.enrolment.key)


def bounded(hub, name, quotas):
    """Set the quotas of a member."""
    with Node.open(Home(path=hub[0])) as node:
        MemberDesk(node, actor="chen.yiru").set_terms(name, quotas, ())


@pytest.fixture(scope="module")
def bank(hub, tmp_path_factory):
    home = tmp_path_factory.mktemp("bank")
    return home, enrolled(hub, home, "bank-017")


def send(hub, key, method=None, path=SELF, body=None, **more):
    """Send a signed request; gives status and the JSON answered."""
    port, now = hub[1], more.pop("now", datetime.now(UTC))
    url = f"http://localhost:{port}{path}"
    method = method or ("GET" if body is None else "PUT")
    headers = signed_headers(
        method, url, body, key, now=now, nonce=more.pop("nonce", secrets.token_urlsafe(18))
    )
    headers |= more.pop("headers", {})
    sent = more.pop("sent", body)
    return asked(port, method, path, sent, headers)


def asked(port, method, path, body, headers):
    connection = http.client.HTTPConnection("localhost", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        raw = answer.read()
        return answer.status, json.loads(raw) if raw else None, dict(answer.getheaders())
    finally:
        connection.close()


def test_a_member_enrols_rotates_and_is_revoked(hub, tmp_path):
    place, port = hub
    # Given a member that two people let in
    address, bank = (
        f"http://localhost:{port}",
        ("bank-001", "--name", "一號", "--sector", "banking"),
    )
    _, invited = panshi(place, "hub", "members", "invite", *bank)
    shown = ("--hub", address, "--code", invited["code"])
    assert panshi(tmp_path, "member", "enrol", *shown)[0] == 0
    assert panshi(place, "hub", "members", "approve", "bank-001")[0] == 4
    assert panshi(place, "hub", "members", "approve", "bank-001", person="lin.wei")[0] == 0
    _, status = panshi(tmp_path, "member", "status")
    assert status["member"]["member"]["state"] == "active"
    # When it rotates its key, then both are heard, and it signs with the new one
    _, before = panshi(tmp_path, "member", "status")
    assert panshi(tmp_path, "member", "rotate", "--overlap-days", "1")[0] == 0
    _, after = panshi(tmp_path, "member", "status")
    assert [each["state"] for each in after["member"]["keys"]] == ["active", "overlapping"]
    assert after["member"]["keys"][1]["id"] == before["member"]["keys"][0]["id"]
    # And it reads its own points, of the quarter it names
    code, told = panshi(tmp_path, "member", "rewards", "--quarter", "2026Q1")
    assert (code, told["period"], told["points"]["member"]) == (0, "2026Q1", "bank-001")
    assert panshi(tmp_path, "member", "rewards", "--quarter", "soon")[0] == 2
    # And when the hub revokes it, the next request is refused
    assert panshi(place, "hub", "members", "revoke", "bank-001", "--why", "test")[0] == 0
    code, told = panshi(tmp_path, "member", "status")
    assert code == 4
    assert "revoked" in told["error"]["problem"]


def test_forged_replayed_skewed_cut_and_wrongly_addressed_are_refused(hub, bank):
    key, stranger = bank[1], Ed25519PrivateKey.generate()
    body, other = b'{"granted":true}', b'{"granted":false}'
    nonce = secrets.token_urlsafe(18)
    assert send(hub, key, body=body, path=CONSENT, nonce=nonce)[0] == 200
    ahead = datetime.now(UTC) + timedelta(minutes=9)
    cases = {
        "unknown_key": lambda: send(hub, stranger),
        "replayed": lambda: send(hub, key, body=body, path=CONSENT, nonce=nonce),
        "clock": lambda: send(hub, key, now=ahead),
        "digest": lambda: send(hub, key, body=body, sent=other[:16], path=CONSENT),
        "wrong_host": lambda: send(hub, key, headers={"Host": "hub.example"}),
        "unsigned": lambda: asked(hub[1], "GET", SELF, None, {}),
        "token": lambda: asked(hub[1], "GET", SELF, None, {"Authorization": "Bearer pmt_x"}),
        "signature": lambda: send(hub, key, headers={"Signature": f"hub=:{'A' * 86}==:"}),
    }
    for reason, tried in cases.items():
        status, told, _ = tried()
        assert (told["reason"], status >= 400) == (reason, True), (reason, told)
    _, told, _ = send(hub, key, now=ahead)
    assert 530 < told["skew_seconds"] <= 541
    # And the honest member is answered
    assert send(hub, key)[0] == 200


def resident(port):
    """Give the memory of the process that listens, in MiB."""
    from_line = {}
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if f"--port\0{port}\0" in each.read_text():
                status = (each.parent / "status").read_text()
                from_line[each.parent.name] = int(
                    next(line for line in status.splitlines() if "VmRSS" in line).split()[1]
                )
        except OSError:
            continue
    return max(from_line.values()) / 1024


def stream(port, path, headers, megabytes):
    """Send one line of so many megabytes in chunks; gives the status and how much was taken."""
    sent = 0
    with socket.create_connection(("localhost", port), timeout=PATIENCE) as raw:
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        raw.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\n{head}\r\n".encode())
        raw.settimeout(5)
        try:
            for _ in range(megabytes):
                raw.sendall(b"100000\r\n" + b"a" * MIB + b"\r\n")
                sent += 1
        except OSError:
            pass
        try:
            answer = raw.recv(65536)
        except OSError:
            answer = b""
    return answer.partition(b"\r\n")[0].decode(), sent


def test_one_line_of_a_hundred_megabytes_is_refused_at_the_bound(hub, bank):
    _home, port = hub
    before = resident(port)
    # When it says how long it is, it is refused before it comes
    said = {"Content-Length": str(100 * MIB)}
    status, told, _ = send(hub, bank[1], "PUT", CONSENT, b"x", sent=b"", headers=said)
    assert (status, told["reason"]) == (413, "too_large")
    # When it does not, it is cut at the member's quota, and strangers are not read at all
    url = f"http://localhost:{port}{SELF}/tokens"
    headers = signed_headers(
        "POST", url, b"x", bank[1], now=datetime.now(UTC), nonce=secrets.token_urlsafe(18)
    )
    line, taken = stream(port, f"{SELF}/tokens", headers | {"Transfer-Encoding": "chunked"}, 100)
    assert taken < 60, (line, taken)
    assert " 413 " in f"{line} " or not line  # the sender may be cut off before it reads
    stream(port, f"{SELF}/tokens", {"Transfer-Encoding": "chunked"}, 100)
    # Then the hub holds little more than before and answers
    assert resident(port) - before < 80
    assert send(hub, bank[1])[0] == 200


def test_a_flood_of_one_member_and_of_strangers_harms_no_other(hub, bank, tmp_path):
    loud = enrolled(hub, tmp_path, "loud")
    bounded(hub, "loud", Quotas(requests_per_second=0.2, at_once=2))
    stranger, answers, failed = Ed25519PrivateKey.generate(), [], []

    def flood(key):
        for _ in range(100):
            try:
                answers.append(send(hub, key))
            except OSError as error:
                failed.append(error)

    threads = [Thread(target=flood, args=(key,)) for key in (loud, loud, stranger)]
    for each in threads:
        each.start()
    # When the others flood, the honest member is answered every time
    honest = [send(hub, bank[1])[0] for _ in range(30)]
    for each in threads:
        each.join()
    assert honest == [200] * 30
    assert not failed
    # And who floods is told when to come again
    told = [each for each in answers if each[0] == 429]
    assert len(told) > 100
    assert all(int(each[2]["retry-after"]) >= 1 for each in told)


def test_a_slow_sender_holds_nothing_back(hub, bank):
    _home, port = hub
    url = f"http://localhost:{port}{SELF}/tokens"
    held = []
    for _ in range(12):
        headers = signed_headers(
            "POST", url, b"x", bank[1], now=datetime.now(UTC), nonce=secrets.token_urlsafe(18)
        )
        raw = socket.create_connection(("localhost", port), timeout=PATIENCE)
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        raw.sendall(
            f"POST {SELF}/tokens HTTP/1.1\r\nHost: localhost:{port}\r\n{head}"
            "Content-Length: 1000\r\n\r\n{".encode()
        )
        held.append(raw)
    # Given a member that holds all it may hold at once, it is told so; strangers hear theirs
    for _ in range(5 * PATIENCE):
        status, told, _ = send(hub, bank[1])
        if status == 429:
            break
        time.sleep(0.2)
    assert (status, told["reason"]) == (429, "too_many_at_once")
    assert asked(port, "GET", SELF, None, {})[1]["reason"] == "unsigned"
    for raw in held:
        raw.close()
    for _ in range(5 * PATIENCE):
        if send(hub, bank[1])[0] == 200:
            break
        time.sleep(0.2)
    assert send(hub, bank[1])[0] == 200
