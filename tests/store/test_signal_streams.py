"""Where shared signals rest: repetitions, queues in order, owner only, several processes."""

import contextlib
import stat

import pytest

from panshi.errors import StoreError
from panshi.store import signal_keys
from panshi.store.signal_rows import Arrival, StreamRow
from panshi.store.signal_streams import FILE, FOLDER, KEPT_ARRIVALS, SignalStreams


@pytest.fixture
def store(tmp_path):
    with SignalStreams(tmp_path) as opened:
        yield opened


def stream(id_="s1"):
    return StreamRow(
        id=id_,
        receiver="r",
        audience=("a",),
        method="urn:ietf:rfc:8936",
        endpoint_url="",
        requested=None,
        description="",
        status="enabled",
        reason="",
        created_at=0.0,
    )


@pytest.mark.usefixtures("store")
def test_only_the_owner_may_read_it(tmp_path):
    assert stat.S_IMODE((tmp_path / FOLDER / FILE).stat().st_mode) == 0o600


def test_a_token_is_remembered_until_it_is_too_old(store):
    store.hear("i", "j", "digest", 100.0)
    assert store.heard("i", "j") == "digest"
    assert store.heard("other", "j") is None
    assert store.forget_heard(100.0) == 0
    assert store.forget_heard(101.0) == 1
    assert store.heard("i", "j") is None


def test_a_queue_keeps_its_order_and_loses_only_what_was_delivered(store):
    store.keep_stream(stream(), "")
    store.enqueue("s1", [(f"j{n}", f"t{n}") for n in range(5)], 0.0)
    store.enqueue("s1", [("j1", "again")], 0.0)
    assert [jti for jti, _ in store.waiting("s1", 10)] == ["j0", "j1", "j2", "j3", "j4"]
    assert store.waiting("s1", 10)[1] == ("j1", "t1")
    assert store.delivered("s1", ["j2", "unknown"]) == 1
    assert store.shorten("s1", 2) == 2
    assert [jti for jti, _ in store.waiting("s1", 10)] == ["j3", "j4"]
    store.drop_stream("s1")
    assert store.waits("s1") == 0


def test_what_was_begun_together_is_written_together(store):
    with contextlib.suppress(ZeroDivisionError), store.together():
        store.set("name", "value")
        store.set("other", str(1 // 0))
    assert store.setting("name") == ""


def test_another_process_sees_and_is_seen(store, tmp_path):
    before = store.changed()
    with SignalStreams(tmp_path) as other:
        other.set("name", "value")
    assert store.changed() != before
    assert store.setting("name") == "value"


def test_arrivals_are_kept_newest_and_paged(store):
    for number in range(KEPT_ARRIVALS + 5):
        store.arrive(
            Arrival(
                at=float(number), feed="f", jti=str(number), event="e", subject="s", outcome="o"
            )
        )
    assert store.trim_arrivals("f") == 5
    page = store.arrivals("f", most=2)
    assert [each.jti for _, each in page] == ["1004", "1003"]
    assert [each.jti for _, each in store.arrivals("f", most=1, before=page[-1][0])] == ["1002"]


def test_a_file_of_a_later_version_is_left_alone(tmp_path):
    with SignalStreams(tmp_path) as store:
        store._raw.execute("PRAGMA user_version=99")
    with pytest.raises(StoreError, match="version 99"):
        SignalStreams(tmp_path)


def test_keys_are_numbered_and_the_signing_one_cannot_be_retired(tmp_path):
    ((first, _),) = signal_keys.signing_pems(tmp_path)
    second = signal_keys.rotate(tmp_path)
    assert [name for name, _ in signal_keys.signing_pems(tmp_path)] == [first, second]
    with pytest.raises(StoreError):
        signal_keys.retire(tmp_path, second)
    signal_keys.retire(tmp_path, first)
    path = tmp_path / "zero_trust" / "keys" / f"{second}.pem"
    path.chmod(0o640)
    with pytest.raises(StoreError, match="others may read"):
        signal_keys.signing_pems(tmp_path)
