"""osquery logs: snapshots and whole differences are states, what is cut off is a failed look."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError, UsageError
from panshi.evidence.codec import encode_body
from panshi.model.observation import Outcome
from panshi.observe.osquery.observer import OBSERVER
from panshi.observe.port import Look
from tests.observe.hostile import NOW, mutations, named_by_itself, observe, shapes

GOLDEN = Path(__file__).parents[2] / "golden" / "osquery"
SNAPSHOTS, DIFFERENCES = GOLDEN / "snapshots.log", GOLDEN / "differential.log"
HOST = "host:web-01.bank.example.tw"
WORDS = (
    "name hostIdentifier columns snapshot action added removed counter epoch unixTime diffResults"
)


def written(tmp_path, *lines):
    path = tmp_path / "results.log"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines))
    return path


def line(name="listening_ports", host="a", counter=0, at=1_700_000_000, epoch=0, **more):
    return {
        "name": name,
        "hostIdentifier": host,
        "unixTime": at,
        "epoch": epoch,
        "counter": counter,
    } | more


def port(number, action="added", **more):
    columns = {
        "port": str(number),
        "protocol": "6",
        "address": "0.0.0.0",
        "cmdline": "--password x",
    }
    return line(columns=columns, action=action, **more)


def seen_in(found, kind, subject=HOST):
    [one] = [each for each in found if (each.kind, each.subject) == (kind, subject)]
    return one


def ports(path):
    [seen], _ = observe(OBSERVER, path, subject="")
    if seen.outcome is Outcome.FAILED:
        return None
    return [each.port for each in seen.body.sockets]


def test_snapshots_become_observations_of_each_host():
    found, warnings = observe(OBSERVER, SNAPSHOTS, subject="")

    assert len(warnings) == 1
    assert "query 'time' reads no known table" in warnings[0]
    assert {each.subject for each in found} == {HOST, "host:pc-0042"}
    listeners = seen_in(found, "host.listeners/1")
    assert listeners.observed_at == datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    assert [(each.port, each.protocol) for each in listeners.body.sockets] == [
        (22, "tcp"),
        (5432, "tcp"),
        (53, "udp"),
    ]
    assert listeners.body.exposed == 2
    users = seen_in(found, "host.users/1").body
    assert (users.login_accounts, users.superusers) == (("deploy", "root"), ("root",))
    assert (users.empty_passwords, users.sudo_rules, users.sudo_without_password) == (1, 2, 1)
    disks = seen_in(found, "host.disks/1").body
    assert (disks.volumes, disks.open_volumes) == (2, ("/dev/sda1",))
    kernel = seen_in(found, "host.kernel/1").body
    assert (kernel.release, kernel.ip_forward, kernel.hardened) == ("6.1.0-28-amd64", 1, 7)
    assert seen_in(found, "browser.extensions/1").body.sideloaded == 1
    patches = seen_in(found, "host.patches/1", "host:pc-0042").body
    assert patches.newest.isoformat() == "2026-11-12"
    assert seen_in(found, "host.software/1", "host:pc-0042").body.count == 1


def test_what_was_not_asked_is_not_told():
    found, _ = observe(OBSERVER, SNAPSHOTS, subject="")

    users = seen_in(found, "host.users/1", "host:pc-0042")
    assert users.outcome is Outcome.FAILED
    assert "not asked for: shadow, sudoers" in users.reason


def test_only_columns_that_are_needed_are_kept():
    found, _ = observe(OBSERVER, SNAPSHOTS, subject="")

    sealed = b"".join(encode_body(each.body) for each in found if each.body is not None)
    for private in ("0912-345-678", "王大明", "wang.daming"):
        assert private.encode() not in sealed


def test_differences_from_their_beginning_are_a_state():
    found, _ = observe(OBSERVER, DIFFERENCES, subject="")

    listeners = seen_in(found, "host.listeners/1")
    assert [each.port for each in listeners.body.sockets] == [22, 443]
    assert listeners.observed_at == datetime(2026, 11, 20, 5, 46, 40, tzinfo=UTC)


def test_differences_without_their_beginning_tell_nothing():
    found, _ = observe(OBSERVER, DIFFERENCES, subject="")

    software = seen_in(found, "host.software/1", "host:web-02")
    assert software.outcome is Outcome.FAILED
    assert "begins in the middle" in software.reason


def test_a_new_epoch_begins_anew_and_without_its_beginning_tells_nothing(tmp_path):
    first = port(1), port(2, counter=3)
    assert ports(written(tmp_path, *first)) == [1, 2]
    assert ports(written(tmp_path, *first, port(9, epoch=1))) == [9]
    assert ports(written(tmp_path, *first, port(9, epoch=1, counter=4))) is None
    assert ports(written(tmp_path, port(9, counter=4), *first)) == [1, 2]


def test_snapshots_row_by_row_replace_the_snapshot_before(tmp_path):
    def row(number, at, counter):
        return port(number, action="snapshot", at=at, counter=counter)

    old, new = (row(1, 10, 0), row(2, 10, 0)), (row(3, 20, 1), row(4, 20, 1))
    assert ports(written(tmp_path, *old)) == [1, 2]
    assert ports(written(tmp_path, *old, *new)) == [3, 4]


def test_batches_add_and_remove(tmp_path):
    rows = [{"port": str(each), "protocol": "6", "address": "::"} for each in (1, 2, 3)]
    first = line(diffResults={"added": rows[:2], "removed": ""})
    later = line(counter=4, diffResults={"added": rows[2:], "removed": rows[:1]})

    assert ports(written(tmp_path, first, later)) == [2, 3]


@given(
    changes=st.lists(
        st.tuples(st.sampled_from(["added", "removed"]), st.integers(1, 6)), max_size=30
    )
)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_history_ends_in_what_was_added_and_not_removed(changes, tmp_path):
    # Given a query that first lists port 7, when rows come and go
    expected = {7}
    for action, number in changes:
        (expected.add if action == "added" else expected.discard)(number)
    lines = [port(number, action, counter=n) for n, (action, number) in enumerate(changes, start=1)]

    # Then what is left is what a set would hold.
    assert ports(written(tmp_path, port(7), *lines)) == sorted(expected)


def test_a_query_of_any_name_is_told_by_its_columns_or_by_an_option(tmp_path):
    rows = [{"port": "1", "protocol": "6", "address": "::"}]
    assert ports(written(tmp_path, line("what is open", snapshot=rows, action="snapshot"))) == [1]

    path = written(tmp_path, line("q", snapshot=[{"name": "a", "version": "1"}], action="snapshot"))
    with pytest.raises(BadInputError, match="no query of a table"):
        observe(OBSERVER, path)
    look = Look(path=path, now=NOW, options={"q": "deb_packages"})
    [seen] = OBSERVER.observe(look)
    assert seen.body.software == ("a 1",)
    with pytest.raises(UsageError, match="no osquery table"):
        list(OBSERVER.observe(Look(path=path, now=NOW, options={"q": "tables"})))


def test_an_empty_snapshot_of_listeners_is_a_host_that_listens_nowhere(tmp_path):
    assert ports(written(tmp_path, line(snapshot=[], action="snapshot"))) == []


def test_one_name_does_not_stand_for_several_hosts():
    with pytest.raises(UsageError, match="2 hosts"):
        observe(OBSERVER, SNAPSHOTS)


@pytest.mark.parametrize(
    "lacking",
    [{"severity": 0, "filename": "x.cpp", "message": "status log"}, {"name": "a", "columns": {}}],
)
def test_other_logs_are_refused(lacking, tmp_path):
    with pytest.raises(BadInputError, match="no result of osquery"):
        observe(OBSERVER, written(tmp_path, lacking))


@given(raw=mutations([SNAPSHOTS.read_bytes(), DIFFERENCES.read_bytes()]))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_it_is_read_or_refused(raw, tmp_path):
    named_by_itself(OBSERVER, tmp_path / "mutated", raw)


@given(value=shapes(WORDS))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_shape_is_read_or_refused(value, tmp_path):
    named_by_itself(OBSERVER, tmp_path / "mutated", json.dumps(port(1) | value).encode())
