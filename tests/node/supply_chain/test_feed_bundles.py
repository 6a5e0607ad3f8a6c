"""Bundles across an air gap: signed, in order, without gaps, taken whole."""

import pytest

from panshi.errors import BadInputError, IntegrityError, UsageError
from panshi.node.supply_chain.feed_bundles import position, receive, write
from panshi.node.supply_chain.feeds import advisories, feed_ages, import_feeds
from tests.node.supply_chain.test_feeds import NOW
from tests.simulators.advisories import damaged, feed_folder, osv_record, osv_records, osv_zip
from tests.simulators.institution import Clock, open_institution


@pytest.fixture
def outside(tmp_path):
    with open_institution(tmp_path / "outside", Clock(NOW)) as node:
        import_feeds(node, [feed_folder(tmp_path / "data")], actor="lin")
        yield node


@pytest.fixture
def inside(tmp_path):
    with open_institution(tmp_path / "inside", Clock(NOW)) as node:
        yield node


def publish(node, tmp_path, *records):
    path = osv_zip(tmp_path / "more" / "PyPI" / "all.zip", [*osv_records(5), *records])
    import_feeds(node, [path], actor="lin")


def take(node, path, sender):
    return receive(node, path, sender.verifier_keys(), actor="wang")


def content(node):
    with advisories(node, readonly=True) as store:
        return store.fingerprint(), sorted(store.ids()), store.epss("CVE-2026-0007")


def test_a_snapshot_then_deltas_give_the_same(outside, inside, tmp_path):
    # Given a snapshot taken inside
    first = write(outside, tmp_path / "1", since=0, actor="lin")
    done = take(inside, tmp_path / "1", outside)
    assert {each.feed: each.records for each in done.feeds} == {"epss": 7, "kev": 2, "osv/PyPI": 5}
    assert content(inside) == content(outside)
    assert [each.age_hours for each in feed_ages(inside)] == [
        each.age_hours for each in feed_ages(outside)
    ]

    # When something is published, something taken back, and a delta goes in
    publish(outside, tmp_path, osv_record("DEMO-2026-0006"))
    path = osv_zip(tmp_path / "less" / "PyPI" / "all.zip", [*osv_records(3)])
    import_feeds(outside, [path], actor="lin")
    second = write(outside, tmp_path / "2", since=first.upto, actor="lin")
    assert second.withdrawn == 3
    take(inside, tmp_path / "2", outside)

    # Then both know the same
    assert content(inside) == content(outside)
    assert position(inside, outside.signer.origin) == second.upto


def test_what_was_received_before_or_would_be_a_step_back_is_refused(outside, inside, tmp_path):
    old = write(outside, tmp_path / "1", since=0, actor="lin")
    publish(outside, tmp_path, osv_record("DEMO-2026-0006"))
    write(outside, tmp_path / "2", since=old.upto, actor="lin")
    take(inside, tmp_path / "1", outside)
    take(inside, tmp_path / "2", outside)
    before = content(inside)
    for name in ("1", "2"):
        with pytest.raises(IntegrityError, match="already"):
            take(inside, tmp_path / name, outside)
    assert content(inside) == before


def test_a_gap_is_refused_and_says_what_to_bring(outside, inside, tmp_path):
    first = write(outside, tmp_path / "1", since=0, actor="lin")
    take(inside, tmp_path / "1", outside)
    publish(outside, tmp_path, osv_record("DEMO-2026-0006"))
    lost = write(outside, tmp_path / "2", since=first.upto, actor="lin")
    publish(outside, tmp_path, osv_record("DEMO-2026-0006"), osv_record("DEMO-2026-0007"))
    write(outside, tmp_path / "3", since=lost.upto, actor="lin")
    with pytest.raises(IntegrityError, match=f"--since {first.upto}"):
        take(inside, tmp_path / "3", outside)


def test_a_delta_of_a_journal_nobody_follows_is_refused(outside, inside, tmp_path):
    write(outside, tmp_path / "1", since=2, actor="lin")
    with pytest.raises(IntegrityError, match="do not follow"):
        take(inside, tmp_path / "1", outside)
    with pytest.raises(UsageError):
        write(outside, tmp_path / "2", since=10_000, actor="lin")


def test_only_the_named_key_is_believed(outside, inside, tmp_path):
    write(outside, tmp_path / "1", since=0, actor="lin")
    with pytest.raises(IntegrityError, match="not signed by the key"):
        receive(inside, tmp_path / "1", inside.verifier_keys(), actor="wang")


def test_not_one_changed_byte_is_taken(outside, inside, tmp_path):
    write(outside, tmp_path / "1", since=0, actor="lin")
    raw = (tmp_path / "1").read_bytes()
    refusals = 0
    for seed in range(200):
        made = damaged(raw, seed)
        if made == raw:
            continue
        (tmp_path / "2").write_bytes(made)
        with pytest.raises((IntegrityError, BadInputError)):
            take(inside, tmp_path / "2", outside)
        refusals += 1
    assert refusals > 150
    assert feed_ages(inside) == ()


def test_a_bundle_cut_short_is_refused(outside, inside, tmp_path):
    write(outside, tmp_path / "1", since=0, actor="lin")
    (tmp_path / "2").write_bytes((tmp_path / "1").read_bytes()[:-1])
    with pytest.raises(IntegrityError, match="not those that were signed"):
        take(inside, tmp_path / "2", outside)


def test_what_fails_in_the_middle_leaves_everything_as_it_was(
    outside, inside, tmp_path, monkeypatch
):
    write(outside, tmp_path / "1", since=0, actor="lin")

    def fails(*_args, **_more):
        raise BadInputError("made up")

    from panshi.store.advisories import AdvisoryStore

    monkeypatch.setattr(AdvisoryStore, "put_kev", fails)
    with pytest.raises(BadInputError):
        take(inside, tmp_path / "1", outside)
    monkeypatch.undo()
    with advisories(inside) as store:
        assert (store.count(), store.epss("CVE-2026-0001"), store.feeds()) == (0, None, ())
    take(inside, tmp_path / "1", outside)
    assert content(inside) == content(outside)
