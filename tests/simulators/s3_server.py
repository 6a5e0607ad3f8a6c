"""A real S3 server (SeaweedFS) on loopback, with one key pair; for tests only."""

from __future__ import annotations

import hmac
import json
import shutil
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import md5, sha256
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import obstore
from obstore.store import S3Store

KEY, SECRET = "AKPANSHITEST", "a-made-up-secret-of-the-tests"
BUCKET = "evidence"
_STARTS_WITHIN = 60


def program() -> str | None:
    """Find the server beside the interpreter, else on the path."""
    return shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")


@dataclass(frozen=True, kw_only=True)
class S3Server:
    """A running server."""

    endpoint: str
    store: S3Store
    "Writes as the sender of evidence does; by another client than the one under test."

    def put(self, key: str, content: bytes) -> None:
        """Deliver an object."""
        obstore.put(self.store, key, content)

    def keys(self) -> list[str]:
        """Every key there is."""
        return [each["path"] for page in obstore.list(self.store) for each in page]

    def ask(
        self, method: str, path: str, query: dict[str, str], body: bytes = b"", **headers: str
    ) -> tuple[int, str]:
        """Ask what obstore cannot (versions, object lock), signed as SigV4 says."""
        host = urlsplit(self.endpoint).netloc
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        told = {
            **{name.replace("_", "-"): text for name, text in headers.items()},
            "content-md5": b64encode(md5(body, usedforsecurity=False).digest()).decode(),
            "host": host,
            "x-amz-content-sha256": sha256(body).hexdigest(),
            "x-amz-date": stamp,
        }
        names = ";".join(sorted(told))
        search = urlencode(sorted(query.items()), quote_via=quote)
        lines = [method, quote(path), search]
        lines += [f"{name}:{told[name]}" for name in sorted(told)]
        lines += ["", names, told["x-amz-content-sha256"]]
        scope = f"{stamp[:8]}/us-east-1/s3/aws4_request"
        digest = sha256("\n".join(lines).encode()).hexdigest()
        key = f"AWS4{SECRET}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signed = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}".encode()
        signature = hmac.digest(key, signed, "sha256").hex()
        told["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={KEY}/{scope}, SignedHeaders={names}, "
            f"Signature={signature}"
        )
        connection = HTTPConnection(host, timeout=30)
        try:
            connection.request(method, f"{quote(path)}?{search}", body, told)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


@contextmanager
def running_s3(folder: Path) -> Iterator[S3Server]:
    """Start a server in a folder and stop it again."""
    names = ("master", "volume", "filer", "s3")
    ports = dict(zip(names, _free_ports(len(names)), strict=True))
    identity = {
        "name": "tests",
        "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
        "actions": ["Admin"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    (folder / "data").mkdir()
    command = [str(program()), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3"]
    command += [f"-dir={folder / 'data'}", f"-s3.config={folder / 's3.json'}"]
    command += [f"-{name}.port={port}" for name, port in ports.items()]
    command += [f"-{name}.port.grpc={port}" for name, port in _grpc_ports(names)]
    command += ["-volume.max=4", "-master.volumeSizeLimitMB=64"]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]  # two tests at once share no fixed port
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield _ready(f"http://127.0.0.1:{ports['s3']}", process, folder / "log")
        finally:
            process.kill()
            process.wait()


def _ready(endpoint: str, process: subprocess.Popen[bytes], log: Path) -> S3Server:
    store = S3Store(
        BUCKET,
        endpoint=endpoint,
        region="us-east-1",
        access_key_id=KEY,
        secret_access_key=SECRET,
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    until = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            obstore.put(store, ".ready", b"")
        except obstore.exceptions.BaseError:
            time.sleep(0.2)
        else:
            obstore.delete(store, ".ready")
            return S3Server(endpoint=endpoint, store=store)
    raise RuntimeError(log.read_text(errors="replace")[-2000:])


def _grpc_ports(names: tuple[str, ...]) -> list[tuple[str, int]]:
    return list(zip(names, _free_ports(len(names)), strict=True))


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports
