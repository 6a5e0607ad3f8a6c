"""The member's one file against a hub as a program of its own, which is killed now and then."""

import http.client
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from panshi.alliance.members.signatures import thumbprint
from panshi.alliance.tickets.reading import said
from tests.observe.tickets.test_alerts import WAZUH
from tests.simulators.patience import PATIENCE
from tests.simulators.tickets import NOW, spoken

FILE = Path(__file__).parents[2] / "sdk" / "panshi_member.py"
KILLS = 2


@pytest.fixture(scope="module")
def sdk():
    spec = importlib.util.spec_from_file_location("panshi_member", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Hub:
    """A hub that can be killed and started again."""

    def __init__(self, home):
        self.home = home
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {**os.environ, "PANSHI_HOME": str(home), "PANSHI_API_RATE": "500"}
        self.start()

    @property
    def address(self):
        return f"http://localhost:{self.port}"

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "panshi", "hub", "--port", str(self.port)],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def run(self, *arguments, person="chen.yiru"):
        done = subprocess.run(
            [sys.executable, "-m", "panshi", *arguments, "--json"],
            env={**self.environment, "LOGNAME": person},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    served = Hub(tmp_path_factory.mktemp("hub"))
    yield served
    served.kill()


@pytest.fixture(scope="module")
def member(sdk, hub, tmp_path_factory):
    path = tmp_path_factory.mktemp("bank") / "member.pem"
    client = sdk.Hub(hub.address, sdk.make_key(str(path)), pause=lambda s: time.sleep(min(s, 3)))
    _, invited = hub.run(
        "hub", "members", "invite", "bank-017", "--name", "bank-017", "--sector", "banking"
    )
    client.enrol(invited["code"])
    hub.run("hub", "members", "approve", "bank-017", person="lin.wei")
    return client


def tickets(*numbers, **fields):
    return [json.loads(spoken(each, **fields)) for each in numbers]


def test_the_file_digests_and_names_as_the_hub_does(sdk, tmp_path):
    ticket = tickets("1")[0]
    assert sdk.digest_of(ticket) == said(spoken("1"), "bank-a", NOW).ticket.digest
    private = sdk.make_key(str(tmp_path / "a.pem"))
    assert sdk.thumbprint(private) == thumbprint(private.public_key().public_bytes_raw())
    assert (tmp_path / "a.pem").stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        sdk.make_key(str(tmp_path / "a.pem"))


def test_another_machine_is_spoken_to_over_https_only(sdk, tmp_path):
    private = sdk.make_key(str(tmp_path / "a.pem"))
    for address in ("http://hub.example", "http://localhost.example:80", "ftp://hub.example"):
        with pytest.raises(sdk.HubError, match="https"):
            sdk.Hub(address, private)


@pytest.mark.slow
def test_tickets_are_sent_and_their_receipts_checked(sdk, member):
    # When
    good, bad = member.send([*tickets("a-1"), {"number": "a-2", "titel": "x"}])
    again = member.send([*tickets("a-1"), {"number": "a-2", "titel": "x"}])
    # Then
    assert (good["taking"], bad["taking"], bad["place"]) == ("accepted", "refused", "titel")
    assert again == [good, bad]  # the same submission, the same answer
    assert sdk.receipt_holds(good, member.receipt_key)
    assert not sdk.receipt_holds(good | {"number": "a-9"}, member.receipt_key)
    assert [each["number"] for each in member.tickets()["tickets"]] == ["a-1"]
    stranger = sdk.Hub(member.address, member.private, receipt_key="x+00+" + "A" * 44)
    with pytest.raises(sdk.HubError, match="not signed by the hub"):
        stranger.send(tickets("a-3"))


@pytest.mark.slow
def test_an_alert_is_posted_signed_or_by_a_token_of_its_source(member):
    # Given
    (receipt,) = member.alert("wazuh", json.dumps(WAZUH).encode())
    asked = {"name": "wazuh", "scopes": ["tickets.source"]}
    token = member.ask("POST", "/api/v1/hub/self/tokens", json.dumps(asked).encode())["token"]
    port = int(member.address.rpartition(":")[2])

    def posted(path, body, bearer):
        connection = http.client.HTTPConnection("localhost", port)
        headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
        connection.request("POST", f"/api/v1/hub/tickets{path}", body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    # When
    status, told = posted("/from/wazuh", json.dumps(WAZUH | {"id": "9"}), token)
    # Then
    assert (receipt["number"], receipt["taking"]) == (WAZUH["id"], "accepted")
    assert (status, told["accepted"]) == (200, 1)
    assert posted("/from/nothing", "{}", token)[0] == 404
    assert posted("/from/wazuh", "{", token)[0] == 422
    assert posted("", json.dumps({"tickets": []}), token)[0] == 403  # a token is no signature
    assert posted("/from/wazuh", "{}", "pmt_wrong")[0] == 401


@pytest.mark.slow
def test_what_is_open_is_open_and_what_is_held_is_not(member):
    port = int(member.address.rpartition(":")[2])

    def got(path):
        connection = http.client.HTTPConnection("localhost", port)
        connection.request("GET", f"/api/v1/hub/{path}")
        return connection.getresponse().status

    assert got("tickets/schema") == 200
    assert got("tickets/key") == 200
    assert got("tickets") == 401
    assert got("held-tickets") == 401


@pytest.mark.slow
def test_a_hub_that_is_killed_loses_nothing_and_takes_nothing_twice(hub, member, sdk):
    # Given a member that goes on sending while its hub dies
    acknowledged, failures, stop = [], [], threading.Event()

    def send():
        number = 0
        while not stop.is_set():
            batch = tickets(*(f"k-{number}-{n}" for n in range(5)))
            try:
                acknowledged.extend(each["number"] for each in member.send(batch))
            except sdk.HubError as error:  # it took long to come back: the same again
                failures.append(error.status)
                continue
            number += 1

    sender = threading.Thread(target=send)
    sender.start()
    # When
    for _ in range(KILLS):
        time.sleep(0.4)
        hub.kill()
        hub.start()
    time.sleep(1)
    stop.set()
    sender.join(5 * PATIENCE)
    # Then
    assert not sender.is_alive()
    held, before = [], 0
    while True:
        page = member.tickets(before)
        held += [each["number"] for each in page["tickets"] if each["number"][0] == "k"]
        before = page["before"]
        if not before:
            break
    assert acknowledged
    assert set(failures) <= {0}
    assert len(acknowledged) == len(set(acknowledged))
    assert set(acknowledged) <= set(held)
    assert len(held) == len(set(held))
    assert hub.run("soc", "ticket", "verify")[1]["damage"] == []
