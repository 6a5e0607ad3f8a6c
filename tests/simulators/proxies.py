"""Real proxies on free ports, from the configurations in docs/examples/enforcement."""

import contextlib
import http.client
import json
import shutil
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from panshi.pdp.gate import Caller, Gate
from tests.simulators.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples" / "enforcement"
TOKEN = "enforcement-point-token"
COMMANDS = {
    "nginx": ("nginx", "nginx.conf", ["-p", ".", "-c", "nginx.conf", "-e", "stderr"]),
    "envoy": ("envoy", "envoy.yaml", ["-c", "envoy.yaml", "--use-dynamic-base-id", "-l", "warn",
                                      "--concurrency", "1"]),
    "envoy-http": ("envoy", "envoy-http.yaml", ["-c", "envoy-http.yaml", "--use-dynamic-base-id",
                                                "-l", "warn", "--concurrency", "1"]),
    "traefik": ("traefik", "traefik.yaml", ["--configFile=traefik.yaml"]),
    "caddy": ("caddy", "Caddyfile", ["run", "--config", "Caddyfile"]),
    "haproxy": ("haproxy", "haproxy.cfg", ["-f", "haproxy.cfg", "-db"]),
}  # fmt: skip


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def program(name):
    beside = Path(sys.executable).parent / name
    found = (
        str(beside)
        if beside.exists()
        else shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    )
    if found is None:
        pytest.skip(f"{name} is not on this machine")
    return found


def pep_gate():
    """Let in the token of the examples, and nobody else."""
    caller = Caller(name="pep", scopes=frozenset({"zt.enforce", "zt.sessions"}))
    return Gate(find=lambda secret: caller if secret == TOKEN else None, version=lambda: 1)


@contextlib.contextmanager
def proxy(kind, folder, ports):
    """Run a proxy of the examples; `ports` maps the ports in its files to real ones."""
    command, _, arguments = COMMANDS[kind]
    path = program(command)
    home = Path(folder) / kind
    shutil.copytree(EXAMPLES / kind.partition("-")[0], home)
    chosen = {8080: free_port(), 8081: free_port(), 8440: 1, 8441: 1, 8431: 1, **ports}
    for file in home.iterdir():
        text = file.read_text("utf-8")
        for old in chosen:
            text = text.replace(f"127.0.0.1:{old}", f"127.0.0.1:@{old}@")
            text = text.replace(f"port_value: {old}", f"port_value: @{old}@")
            text = text.replace(f"http://:{old}", f"http://:@{old}@")
        for old, new in chosen.items():
            text = text.replace(f"@{old}@", str(new))
        file.write_text(text, "utf-8")
    with (home / "log").open("wb") as log:
        process = subprocess.Popen([path, *arguments], cwd=home, stdout=log, stderr=log)
    try:
        _wait(chosen[8080], process, home / "log")
        yield chosen[8080], chosen[8081]
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(port, process, log):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        # Traefik listens before it has read its routes, and says 404 until then
        with contextlib.suppress(OSError, http.client.HTTPException):
            if get(port, "/pay/x")[0] != 404:
                return
        time.sleep(0.05)
    pytest.fail(f"the proxy did not start: {log.read_text('utf-8', 'replace')[-3000:]}")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self):
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append((self.command, self.path, headers))
        told = json.dumps({"path": self.path, "headers": headers, "body": len(body)}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 -- the names the server calls

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def plain_application():
    """An application that tells what it was asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.seen = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def get(port, path="/pay/x", *, secret=None, method="GET", body=None, **headers):
    given = {"Host": "pay.test"} | {name.replace("_", "-"): each for name, each in headers.items()}
    if secret:
        given["Cookie"] = f"panshi_zt={secret}"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in given.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, found, answer.read()
    finally:
        connection.close()
