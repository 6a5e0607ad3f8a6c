"""Feeds are taken one by one, each whole or not at all; what they bring is sealed and ages."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from panshi.errors import BadInputError, MissingError, UsageError
from panshi.model.bodies.supply_chain_feeds import STATE
from panshi.node.supply_chain.feed_answers import feeds_answer, places_answer
from panshi.node.supply_chain.feeds import (
    NewPlace,
    add_place,
    advisories,
    feed_ages,
    history,
    import_feeds,
    place_named,
    remove_place,
    set_way,
)
from tests.simulators.advisories import (
    epss_file,
    feed_folder,
    kev_catalogue,
    kev_entry,
    osv_record,
    osv_records,
    osv_zip,
    write_json,
)
from tests.simulators.institution import Clock, open_institution

NOW = datetime(2026, 7, 3, tzinfo=UTC)
DATA = Path("../shared/data")


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def node(tmp_path, clock):
    with open_institution(tmp_path / "home", clock) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path):
    return feed_folder(tmp_path / "data")


def bring(node, *paths, **more):
    return import_feeds(node, paths, actor="cli:lin", **more)


def by_name(done):
    return {each.feed: each for each in done.feeds}


def content(node):
    with advisories(node, readonly=True) as store:
        return store.fingerprint(), sorted(store.ids())


def test_a_folder_is_taken_as_it_lies_and_what_is_no_feed_is_said(node, folder):
    # When a folder is imported
    done = bring(node, folder)

    # Then each feed is there, and one file was left alone
    found = by_name(done)
    assert {name: each.records for name, each in found.items()} == {
        "epss": 7,
        "kev": 2,
        "osv/PyPI": 5,
    }
    assert [each.path.name for each in done.left_alone] == ["README.md"]
    with advisories(node, readonly=True) as store:
        assert store.advisory("DEMO-2026-0003").source == "osv/PyPI"
        assert store.kev("CVE-2026-0002").ransomware
        assert store.epss("CVE-2026-0007").score == pytest.approx(0.07)

    # And each is sealed with its digest and who brought it
    sealed = {each.observation.facet: each.observation.body for each in node.log.records(STATE)}
    assert (sealed["osv/PyPI"].new, sealed["osv/PyPI"].sealed_by) == (5, "cli:lin")
    assert len(sealed["kev"].sha256) == 64


def test_the_same_again_changes_and_seals_nothing(node, folder):
    bring(node, folder)
    before = content(node), len(list(node.log.records(STATE)))
    assert all(each.known for each in bring(node, folder).feeds)
    assert (content(node), len(list(node.log.records(STATE)))) == before


def test_one_changed_record_is_one_change(node, folder):
    bring(node, folder)
    records = osv_records(5)
    records[2] |= {"modified": "2026-07-02T10:00:00Z", "summary": "says more now"}
    osv_zip(folder / "osv" / "PyPI" / "all.zip", records)
    found = by_name(bring(node, folder))["osv/PyPI"]
    assert (found.new, found.changed, found.unchanged) == (0, 1, 4)
    assert found.newest == "2026-07-02T10:00:00+00:00"


def test_a_bad_record_costs_itself_and_is_named_in_the_seal(node, folder):
    osv_zip(
        folder / "osv" / "PyPI" / "all.zip",
        [*osv_records(4), osv_record("DEMO-2026-0009", modified="soon")],
    )
    found = by_name(bring(node, folder))["osv/PyPI"]
    assert (found.new, [each.name for each in found.refused]) == (4, ["DEMO-2026-0009"])
    body = history(node, "osv/PyPI")[0].observation.body
    assert body.refused == 1
    assert body.refusals[0].startswith("DEMO-2026-0009: ")


def test_a_feed_that_cannot_be_taken_stops_no_other(node, folder):
    (folder / "epss" / "epss_scores-current.csv.gz").write_bytes(b"\x1f\x8b#model_version")
    path = folder / "kev" / "kev.json"
    write_json(path, kev_catalogue([kev_entry()], count=9))
    done = bring(node, folder)
    found = by_name(done)
    assert done.failed
    assert "states 9 entries" in found["kev"].problem
    assert found["osv/PyPI"].new == 5
    assert history(node, "kev")[0].observation.reason


def test_records_that_are_gone_from_a_whole_are_withdrawn(node, folder):
    bring(node, folder)
    osv_zip(folder / "osv" / "PyPI" / "all.zip", osv_records(4))
    assert by_name(bring(node, folder))["osv/PyPI"].withdrawn == 1
    with advisories(node, readonly=True) as store:
        assert store.advisory("DEMO-2026-0005") is None


def test_half_a_whole_is_not_believed(node, tmp_path):
    path = osv_zip(tmp_path / "PyPI" / "all.zip", osv_records(200))
    bring(node, path)
    before = content(node)
    osv_zip(path, osv_records(100))
    found = by_name(bring(node, path))["osv/PyPI"]
    assert "lacks 100 of 200" in found.problem
    assert content(node) == before
    assert by_name(bring(node, path, allow_removals=True))["osv/PyPI"].withdrawn == 100


def test_a_record_of_several_ecosystems_stays_while_another_feed_may_hold_it(node, tmp_path):
    shared = osv_record("DEMO-2026-0009")
    shared["affected"].append({"package": {"ecosystem": "npm", "name": "lib-a"}, "versions": ["1"]})
    path = osv_zip(tmp_path / "PyPI" / "all.zip", [*osv_records(2), shared])
    bring(node, path)
    osv_zip(path, osv_records(2))
    assert by_name(bring(node, path))["osv/PyPI"].withdrawn == 0
    with advisories(node, readonly=True) as store:
        assert store.advisory("DEMO-2026-0009") is not None


def test_steps_back_of_catalogue_and_scores_are_refused(node, folder):
    bring(node, folder)
    older = kev_catalogue([kev_entry()], released="2026-06-01T00:00:00Z")
    write_json(folder / "kev" / "kev.json", older)
    epss_file(
        folder / "epss" / "epss_scores-current.csv.gz", [("CVE-2026-0001", 1, 1)], day="2026-06-01"
    )
    found = by_name(bring(node, folder))
    assert "before" in found["kev"].problem
    assert "before" in found["epss"].problem
    with advisories(node, readonly=True) as store:
        assert store.kev("CVE-2026-0002") is not None


def test_what_a_bad_entry_said_before_stays(node, folder):
    bring(node, folder)
    entries = [kev_entry("CVE-2026-0001"), kev_entry("CVE-2026-0002", dueDate="never")]
    write_json(folder / "kev" / "kev.json", kev_catalogue(entries, released="2026-07-02T00:00:00Z"))
    epss_file(
        folder / "epss" / "epss_scores-current.csv.gz",
        [("CVE-2026-0001", 0.9, 0.9), ("CVE-2026-0002", 7, 7)],
        day="2026-07-03",
    )
    found = by_name(bring(node, folder))
    assert [len(found[name].refused) for name in ("kev", "epss")] == [1, 1]
    with advisories(node, readonly=True) as store:
        assert store.kev("CVE-2026-0002") is not None
        assert store.epss("CVE-2026-0002").score == pytest.approx(0.02)


def test_what_people_bring_is_as_old_as_its_newest_record(node, folder, clock):
    assert feed_ages(node) == ()
    bring(node, folder)
    ages = {each.feed: each for each in feed_ages(node)}
    assert ages["osv/PyPI"].age_hours == 38
    assert ages["osv/PyPI"].stale
    assert not ages["epss"].stale
    clock.to(NOW + timedelta(days=30))
    assert all(each.stale for each in feed_ages(node))
    answer = feeds_answer(node)
    assert not answer.good
    assert "3 個逾期" in answer.sentence_zh
    assert "osv/PyPI 的資料距今 31 天（上限 24 小時）" in [each.zh for each in feed_ages(node)]


def test_a_record_from_the_future_keeps_no_feed_young(node, tmp_path):
    records = [*osv_records(2), osv_record("DEMO-2026-0003", modified="2099-01-01T00:00:00Z")]
    path = osv_zip(tmp_path / "PyPI" / "all.zip", records)
    assert by_name(bring(node, path))["osv/PyPI"].newest.startswith("2026-07-01")


def test_a_place_is_official_or_ones_own_and_whoever_added_it_is_sealed(node):
    kev = add_place(node, NewPlace(name="kev"), actor="cli:lin")
    assert kev.url.startswith("https://www.cisa.gov/")
    own = NewPlace(name="osv/npm", url="https://mirror.example/osv/npm", stale_after_hours=6)
    assert add_place(node, own, actor="cli:lin").url.endswith("/npm/")
    listed = {each.name: each for each in places_answer(node)}
    assert listed["osv/npm"].added
    assert not listed["osv/npm"].official
    assert listed["kev"].official

    for new, error in (
        (NewPlace(name="nobody"), UsageError),
        (NewPlace(name="x/y", kind="lunar", url="https://x.example/"), UsageError),
        (NewPlace(name="x/y", kind="own", url="https://x.example/"), UsageError),
        (NewPlace(name="../x", kind="kev", url="https://x.example/"), BadInputError),
        (NewPlace(name="kev", url="https://u:p@x.example/"), BadInputError),
    ):
        with pytest.raises(error):
            add_place(node, new, actor="cli:lin")

    remove_place(node, "kev", actor="cli:lin")
    with pytest.raises(MissingError):
        place_named(node, "kev")
    audited = [each.observation.body for each in node.log.records("audit.event/1")]
    assert [each.target for each in audited if each.action == "feed.change"] == [
        "kev",
        "osv/npm",
        "kev",
    ]


def test_a_limit_that_is_changed_holds_at_once(node, folder):
    bring(node, folder)
    add_place(node, NewPlace(name="osv/PyPI", stale_after_hours=100), actor="cli:lin")
    assert not next(each for each in feed_ages(node) if each.feed == "osv/PyPI").stale


def test_ways_are_checked(node, tmp_path):
    for name, value, error in (
        ("moon", "x", UsageError),
        ("proxy", "socks://x", BadInputError),
        ("ca-file", str(tmp_path / "none.pem"), BadInputError),
    ):
        with pytest.raises(error):
            set_way(node, name, value, actor="cli:lin")
    set_way(node, "proxy", "http://user:secret@proxy.example:3128", actor="cli:lin")
    audited = [each.observation.body for each in node.log.records("audit.event/1")]
    assert "secret" not in str(audited)


KILLED = """
import os, signal, sys
from pathlib import Path
from panshi.node import supply_chain
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.supply_chain import feeds
from panshi.store.advisories import AdvisoryStore

def die(*_args, **_more):
    os.kill(os.getpid(), signal.SIGKILL)

left = int(sys.argv[3])
def after(real):
    def counted(*args, **more):
        global left
        done = real(*args, **more)
        left -= 1
        if left == 0:
            die()
        return done
    return counted

if sys.argv[4] == "inside":
    AdvisoryStore.apply = after(AdvisoryStore.apply)
    AdvisoryStore.put_epss = after(AdvisoryStore.put_epss)
    AdvisoryStore.put_kev = after(AdvisoryStore.put_kev)
else:
    AdvisoryStore.together = after(AdvisoryStore.together)
with Node.open(Home(path=Path(sys.argv[1]))) as node:
    feeds.import_feeds(node, [Path(sys.argv[2])], actor="x")
"""


@pytest.mark.parametrize("where", ["inside", "between"])
@pytest.mark.parametrize("step", [1, 2, 3])
def test_killed_in_the_middle_and_done_again_ends_as_undisturbed(tmp_path, clock, where, step):
    # Given an import killed at that step, inside its transaction or behind it
    data = feed_folder(tmp_path / "data", records=30)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "killed"), str(data), str(step), where],
        env=os.environ | {"PYTHONPATH": "src"},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL

    # When it is done again
    with open_institution(tmp_path / "killed", clock) as again:
        bring(again, data)
        found = content(again), marks(again)

    # Then everything is as where nothing happened
    with open_institution(tmp_path / "quiet", clock) as quiet:
        bring(quiet, data)
        assert found == (content(quiet), marks(quiet))


def marks(node):
    with advisories(node, readonly=True) as store:
        states = {name: store.feed_state(name) for name in store.feeds()}
    timed = {"brought_at", "sealed_at", "changed"}
    kept = {
        name: {key: value for key, value in state.items() if key not in timed}
        for name, state in states.items()
    }
    return json.dumps(kept, sort_keys=True)


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not beside the project")
def test_the_shared_data_are_taken_as_they_lie(node):
    found = by_name(bring(node, DATA))
    assert {name: (each.records, len(each.refused)) for name, each in found.items()} == {
        "osv/PyPI": (7_080, 0),
        "osv/Go": (4_291, 0),
        "kev": (1_404, 0),
        "epss": (360_142, 0),
    }
