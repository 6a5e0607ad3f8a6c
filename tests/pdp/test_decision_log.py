"""The log of decisions: whole after a crash, goes on where it ended, says what it left out."""

import pytest

from panshi.errors import IntegrityError, StoreError
from panshi.node.zero_trust.point_files import records, verify_log
from panshi.pdp.decision_log import DecisionLog, LogPolicy
from panshi.pdp.point import Question
from panshi.protection.cedar import Uid
from panshi.store.decision_chain import segments
from tests.simulators.served_point import point_of

POLICIES = """@id("reads") permit (principal, action == Action::"read", resource)
when { context.device.token == "t" || context.device.compliant };
@id("moves") @obligation("notify") permit (principal, action == Action::"move", resource);
@id("never") forbid (principal == User::"eve", action, resource) when { principal.age > 3 };"""
READ, MOVE, DROP = (Uid("Action", name) for name in ("read", "move", "drop"))
CONTEXT = {"device": {"compliant": True, "token": "secret value"}}


def asked(action=READ, user="amy"):
    return Question(Uid("User", user), action, Uid("System", "core"), CONTEXT, request_id="r1")


@pytest.fixture
def logged(tmp_path):
    """A point with a log; closes whatever is open in the end."""
    opened = []

    def make(**policy):
        if opened:
            opened[-1].close()
        batches = []
        log = DecisionLog(
            tmp_path / "log",
            policy=LogPolicy(**policy),
            version=lambda: "v1",
            sealed=batches.append,
        )
        opened.append(log)
        return point_of(POLICIES, log=log), log, batches

    make.folder = tmp_path / "log"
    yield make
    for each in opened:
        each.close()


def test_every_decision_is_kept_with_its_why_and_no_secret(logged):
    # Given a point with a log
    point, log, batches = logged()
    # When it permits, obliges, denies and meets an error
    ids = [point.decide(each).decision_id for each in
           (asked(), asked(MOVE), asked(DROP), asked(user="eve"))]  # fmt: skip
    log.close()
    # Then all of it is there, newest first, numbered as the answers said
    found = list(records(logged.folder))
    assert [str(each.number) for each in reversed(found)] == ids == ["1", "2", "3", "4"]
    eve, drop, move, read = found
    assert (read.allowed, read.policies, read.subject) == (True, ["reads"], 'User::"amy"')
    assert read.attributes == {"context.device.compliant": True, "context.device.token": "•••"}
    assert "secret value" not in segments(logged.folder)[0].read_text()
    assert move.obligations == ["notification"]
    assert (drop.allowed, drop.policies) == (False, [])
    assert not eve.allowed
    assert eve.errors
    # And the batch counts them
    (batch,) = batches
    assert (batch.allowed, batch.denied, batch.errors, batch.obliged) == (2, 2, 1, 1)
    assert batch.by_action == (("drop", 0, 1), ("move", 1, 0), ("read", 1, 1))
    assert (batch.first_number, batch.last_number, batch.policy_version) == (1, 4, "v1")
    assert verify_log(logged.folder).head == batch.last_head


def test_sampling_leaves_out_plain_permits_only_and_counts_them(logged):
    point, log, batches = logged(sample=10)
    ids = [point.decide(asked()).decision_id for _ in range(100)]
    for _ in range(5):
        assert point.decide(asked(MOVE)).decision_id
        assert point.decide(asked(DROP)).decision_id
    log.close()

    assert sum(map(bool, ids)) == 10
    assert (batches[0].allowed, batches[0].denied, batches[0].permits_not_kept) == (105, 5, 90)
    assert verify_log(logged.folder).records == 20


def test_segments_follow_each_other_across_restarts(logged):
    for _ in range(3):
        point, log, _ = logged(segment_records=7)
        for _ in range(20):
            point.decide(asked())
            log.flush()
    log.close()

    found = verify_log(logged.folder)
    assert (found.records, found.last_number, found.uncovered) == (60, 60, 0)
    assert found.segments >= 8


def test_a_torn_tail_is_cut_and_the_chain_goes_on(logged):
    # Given a log whose last line a crash left half written
    point, log, _ = logged()
    for _ in range(3):
        point.decide(asked())
    log.close()
    (segment,) = segments(logged.folder)
    whole = segment.read_bytes()
    segment.write_bytes(whole + b'[4,1700000000.0,"r')
    # When it is opened again and written
    point, log, _ = logged()
    assert point.decide(asked()).decision_id == "4"
    log.close()
    # Then nothing of the torn line is left and all follows
    assert verify_log(logged.folder).records == 4
    assert segment.read_bytes().startswith(whole)


def test_records_after_the_last_head_line_are_taken_up(logged):
    point, log, _ = logged()
    for _ in range(3):
        point.decide(asked())
    log.close()
    (segment,) = segments(logged.folder)
    lines = segment.read_bytes().splitlines(keepends=True)
    segment.write_bytes(b"".join(lines[:-1]))
    assert verify_log(logged.folder).uncovered == 3

    point, log, _ = logged()
    assert point.decide(asked()).decision_id == "4"
    log.close()
    assert verify_log(logged.folder).uncovered == 0


def change(line, old, new):
    assert old in line
    return line.replace(old, new)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda lines: [lines[0], change(lines[1], b"true", b"false"), *lines[2:]],
        lambda lines: [*lines[:2], *lines[3:]],
        lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
        lambda lines: [*lines[:2], lines[1], *lines[2:]],
        lambda lines: [change(lines[0], b'"number":1', b'"number":2'), *lines[1:]],
        lambda lines: [change(lines[0], b"panshi", b"pansh1"), *lines[1:]],
        lambda lines: [*lines[:-1], change(lines[-1], b'"records":3', b'"records":2')],
        lambda lines: [lines[0], b"no json\n", *lines[2:]],
        lambda lines: [lines[0], b"[1]\n", *lines[2:]],
    ],
)
def test_whatever_is_altered_left_out_or_put_in_is_named_with_its_line(logged, tamper):
    point, log, _ = logged()
    for _ in range(3):
        point.decide(asked())
    log.close()
    (segment,) = segments(logged.folder)
    segment.write_bytes(b"".join(tamper(segment.read_bytes().splitlines(keepends=True))))

    with pytest.raises(IntegrityError) as told:
        verify_log(logged.folder)
    assert str(segment) in told.value.place
    with pytest.raises(IntegrityError):
        DecisionLog(logged.folder)


def test_a_missing_segment_is_noticed(logged):
    point, log, _ = logged(segment_records=2)
    for _ in range(6):
        point.decide(asked())
        log.flush()
    log.close()
    segments(logged.folder)[1].unlink()

    with pytest.raises(IntegrityError, match="does not follow"):
        verify_log(logged.folder)


def test_a_second_writer_is_refused(logged):
    logged()
    with pytest.raises(StoreError, match="another decision point"):
        DecisionLog(logged.folder)


def test_what_cannot_be_remembered_is_not_decided(logged, monkeypatch):
    # Given a log on a disk that is full
    point, log, _ = logged()

    def full(_block):
        raise StoreError("no space left on device")

    monkeypatch.setattr(log._writer, "append", full)
    # When more is decided than may wait in memory
    for _ in range(512):
        point.decide(asked())
    # Then nothing more is decided until it can be written again, and nothing is lost
    for _ in range(3):
        with pytest.raises(StoreError):
            point.decide(asked())
    assert log.cannot_write is not None
    monkeypatch.undo()
    assert point.decide(asked()).decision_id
    log.close()
    assert log.cannot_write is None
    assert verify_log(logged.folder).records == 513
