"""`panshi zt serve` as a process: vectors, bad input, reload, TLS, tokens, stop."""

import contextlib
import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
import trustme

from panshi.cli.main import main
from panshi.errors import PanshiError
from panshi.node.zero_trust.point_files import verify_log
from tests.simulators.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[4]
INTEROP = ROOT / "docs" / "examples" / "authzen" / "interop"
VECTORS = ROOT.parent / "shared" / "data" / "authzen-interop.zip"
GOOD = {
    "subject": {"type": "user", "id": "alice"},
    "action": {"name": "view"},
    "resource": {"type": "record", "id": "101"},
}
ONE = "/access/v1/evaluation"


class Process:
    """One running `panshi zt serve`."""

    def __init__(self, arguments, home):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "panshi", "zt", "serve", "--port", "0", "--json", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PANSHI_HOME": str(home)},
            text=True,
        )
        told = ""
        while not told.endswith("}\n"):
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError(self.process.stderr.read())
            told += line
        self.ready = json.loads(told)
        self.port = int(self.ready["address"].rpartition(":")[2])

    def ask(self, path, body, context=None, **headers):
        made = http.client.HTTPSConnection if context else http.client.HTTPConnection
        more = {"context": context} if context else {}
        connection = made("localhost", self.port, timeout=PATIENCE, **more)
        told = {"Content-Type": "application/json"} | headers
        with contextlib.closing(connection):
            connection.request("POST", path, json.dumps(body), told)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())


@pytest.fixture
def serve(tmp_path):
    running = []

    def start(*arguments):
        running.append(Process(list(map(str, arguments)), tmp_path / "no-home"))
        return running[-1]

    yield start
    for each in running:
        each.process.kill()
        each.process.communicate()


def vectors(name):
    if not VECTORS.exists():
        pytest.skip("the interoperability vectors are not on this machine")
    with zipfile.ZipFile(VECTORS) as archive:
        return json.loads(archive.read(f"interop/{name}"))


@pytest.mark.slow
def test_all_interoperability_vectors_pass(serve):
    # Given the published requests and the answers all vendors are to give
    todo = vectors("authzen-todo-backend/test/decisions-authorization-api-1_0-02.json")
    gateway = vectors("authzen-api-gateways/test-harness/test/decisions.json")
    cases = [(ONE, each, "decision") for each in (*todo["evaluation"], *gateway["evaluation"])]
    cases += [("/access/v1/evaluations", each, "evaluations") for each in todo["evaluations"]]
    for side in ("subject", "resource", "action"):
        found = vectors(f"authzen-search-demo/test/{side}/results.json")["evaluation"]
        cases += [(f"/access/v1/search/{side}", each, "results") for each in found]
    # When they are asked of the process
    running = serve("--policies", INTEROP, "--entities", INTEROP / "entities.json")
    wrong = []
    for path, case, member in cases:
        status, answer = running.ask(path, case["request"])
        expected = case["expected"]
        if member == "results":
            expected = expected["results"]
        got = answer[member]
        if member == "evaluations":
            got = [{"decision": each["decision"]} for each in got]
        if (status, got) != (200, expected):
            wrong.append((path, case, answer))
    # Then all of them are answered so
    assert len(cases) == 266
    assert wrong == []


PERMIT = "permit (principal, action, resource);\n"


GIVEN = {"P/a.cedar": PERMIT}
POLICIES = ["--policies", "P"]
BOTH = [*POLICIES, "--entities", "E"]
SCHEMA = "P/x.cedarschema"


@pytest.mark.parametrize(
    ("files", "arguments", "code", "said"),
    [
        ({}, BOTH, 3, "no such folder"),
        ({"P/readme": ""}, POLICIES, 3, "holds no *.cedar"),
        (GIVEN | {"P/b.cedar": "\n\npermit (oops);"}, POLICIES, 3, "b.cedar:3"),
        (GIVEN | {"P/b.cedar": b"\n// \xff"}, POLICIES, 3, "b.cedar:2: not UTF-8"),
        (GIVEN, BOTH, 3, "E: cannot be read"),
        (GIVEN | {"E": "[\n{]"}, BOTH, 3, "E:2"),
        (GIVEN | {"E": "{}"}, BOTH, 3, "list of entities"),
        (GIVEN | {"E": '[{"uid": 1}]'}, BOTH, 3, "E: "),
        (GIVEN | {SCHEMA: "entity ;"}, POLICIES, 3, "x.cedarschema"),
        (GIVEN | {SCHEMA: "", "P/y.cedarschema": ""}, POLICIES, 3, "2 schemas"),
        (
            {
                "P/a.cedar": "permit (principal is A, action, resource) when { principal.b };",
                SCHEMA: "entity A; action go appliesTo {principal: A, resource: A};",
            },
            POLICIES,
            3,
            "break the schema",
        ),
        ({"P/a.cedar": '@obligation("dance") ' + PERMIT}, POLICIES, 3, "dance"),
        (GIVEN, [*POLICIES, "--host", "0.0.0.0"], 2, "nobody would be barred"),
        (GIVEN, [*POLICIES, "--tls-cert", "E"], 2, "both halves"),
        ({}, [], 2, "neither policies nor a home"),
    ],
)
def test_bad_input_is_named_with_its_place_and_a_remedy(
    tmp_path, monkeypatch, capsys, files, arguments, code, said
):
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "no-home"))
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    placed = [str(tmp_path / each) if each in {"P", "E"} else each for each in arguments]

    got = main(["zt", "serve", "--port", "0", *placed])

    told = capsys.readouterr().err
    assert (got, said in told) == (code, True), told


@pytest.mark.slow
def test_a_reload_takes_a_good_set_whole_and_leaves_a_bad_one_out(serve, tmp_path):
    # Given a process with a set that permits
    (tmp_path / "a.cedar").write_text(PERMIT)
    running = serve("--policies", tmp_path)
    assert running.ask(ONE, GOOD)[1]["decision"] is True
    # When a set is put there that cannot be read
    (tmp_path / "b.cedar").write_text("forbid (")
    running.process.send_signal(signal.SIGHUP)
    assert "not reloaded" in running.process.stderr.readline()
    # Then the old one decides
    assert running.ask(ONE, GOOD)[1]["decision"] is True
    # When it is mended
    (tmp_path / "b.cedar").write_text("forbid (principal, action, resource);")
    running.process.send_signal(signal.SIGHUP)
    assert "reloaded: 2 policies" in running.process.stderr.readline()
    # Then the new one decides, under a higher epoch
    after = running.ask(ONE, GOOD)[1]
    assert after["decision"] is False
    assert after["context"]["epoch"] > 1


@pytest.mark.slow
def test_a_stopped_process_leaves_a_whole_log(serve, tmp_path):
    (tmp_path / "a.cedar").write_text(PERMIT)
    running = serve("--policies", tmp_path, "--log", tmp_path / "log")
    for _ in range(20):
        assert running.ask(ONE, GOOD)[1]["context"]["id"]
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(PATIENCE) == 0

    told = panshi(tmp_path, "zt", "log", "verify", "--log", tmp_path / "log", "--json")
    assert (told["records"], told["uncovered"]) == (20, 0)
    shown = panshi(
        tmp_path, "zt", "log", "show", "--log", tmp_path / "log", "--limit", "3", "--json"
    )
    assert [each["number"] for each in shown] == [20, 19, 18]


@pytest.mark.slow
def test_a_killed_process_leaves_a_log_that_verifies_up_to_its_last_flush(serve, tmp_path):
    (tmp_path / "a.cedar").write_text(PERMIT)
    running = serve("--policies", tmp_path, "--log", tmp_path / "log")
    for _ in range(20):
        running.ask(ONE, GOOD)
    deadline = time.monotonic() + PATIENCE
    while written(tmp_path / "log") < 20:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    running.process.kill()
    running.process.wait(PATIENCE)

    told = panshi(tmp_path, "zt", "log", "verify", "--log", tmp_path / "log", "--json")
    assert told["records"] == 20


def written(folder):
    """How many records of a log that still grows have reached its files."""
    with contextlib.suppress(PanshiError):  # none yet, or a line half written
        return verify_log(folder).records
    return 0


def panshi(tmp_path, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "panshi", *map(str, arguments)],
        capture_output=True, text=True, timeout=2 * PATIENCE, check=True,
        env=os.environ | {"PANSHI_HOME": str(tmp_path / "no-home")},
    )  # fmt: skip
    return json.loads(done.stdout)


@pytest.mark.slow
def test_tokens_let_in_what_their_scopes_say_until_they_are_revoked(serve, tmp_path):
    (tmp_path / "a.cedar").write_text(PERMIT)
    kept = ("--tokens", tmp_path / "tokens")
    clear = panshi(tmp_path, "zt", "token", "add", "pep-1", *kept, "--json")["token"]
    assert clear not in (tmp_path / "tokens" / "tokens.json").read_text()
    running = serve("--policies", tmp_path, *kept)

    bearer = {"Authorization": f"Bearer {clear}"}
    assert running.ask(ONE, GOOD)[0] == 401
    assert running.ask(ONE, GOOD, **bearer)[0] == 200
    asked = {"subject": GOOD["subject"], "resource": GOOD["resource"]}
    assert running.ask("/access/v1/search/action", asked, **bearer)[0] == 403
    panshi(tmp_path, "zt", "token", "revoke", "pep-1", *kept, "--json")
    assert panshi(tmp_path, "zt", "token", "list", *kept, "--json") == []
    deadline = time.monotonic() + PATIENCE
    while running.ask(ONE, GOOD, **bearer)[0] != 401:
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.slow
def test_with_a_client_ca_only_its_certificates_are_let_in(serve, tmp_path):
    (tmp_path / "a.cedar").write_text(PERMIT)
    ours, theirs = trustme.CA(), trustme.CA()
    server = ours.issue_cert("localhost")
    server.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    server.private_key_pem.write_to_path(tmp_path / "key.pem")
    ours.cert_pem.write_to_path(tmp_path / "ca.pem")
    running = serve(
        "--policies", tmp_path, "--tls-cert", tmp_path / "cert.pem", "--tls-key",
        tmp_path / "key.pem", "--client-ca", tmp_path / "ca.pem",
    )  # fmt: skip
    assert running.ready["address"].startswith("https://")

    def context(authority):
        found = ssl.create_default_context()
        ours.configure_trust(found)
        if authority is not None:
            authority.issue_cert("pep.bank.example").configure_cert(found)
        return found

    assert running.ask(ONE, GOOD, context(ours))[1]["decision"] is True
    for authority in (theirs, None):
        with pytest.raises((ssl.SSLError, ConnectionError, http.client.HTTPException)):
            running.ask(ONE, GOOD, context(authority))
