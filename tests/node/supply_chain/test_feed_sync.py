"""Places are asked over real HTTP: little when little changed; failures told, one at a time."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from panshi.model.bodies.supply_chain_feeds import STATE
from panshi.node.supply_chain.feed_answers import feeds_answer
from panshi.node.supply_chain.feed_sync import FOLDER, sync
from panshi.node.supply_chain.feeds import NewPlace, add_place, advisories, standings
from panshi.node.supply_chain.vex import received
from panshi.node.supply_chain.vex_desk import TrustProposed, VexDesk
from tests.simulators.advisories import (
    epss_file,
    kev_catalogue,
    kev_entry,
    osv_record,
    osv_records,
    osv_zip,
)
from tests.simulators.feed_publisher import FeedPublisher
from tests.simulators.institution import Clock, open_institution
from tests.simulators.patience import PATIENCE

NOW = datetime(2026, 7, 3, tzinfo=UTC)
MODIFIED = "2026-07-01T10:00:00Z"


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def node(tmp_path, clock):
    with open_institution(tmp_path / "home", clock) as opened:
        yield opened


@pytest.fixture
def publisher():
    with FeedPublisher() as running:
        yield running


@pytest.fixture
def bucket(publisher, tmp_path, node):
    """An ecosystem as the OSV bucket offers it, and a function that publishes records."""
    records = {}

    def publish(*changed, gone=(), whole=True):
        for each in changed:
            records[each["id"]] = each
            publisher.files[f"/PyPI/{each['id']}.json"] = json.dumps(each).encode()
        for name in gone:
            records.pop(name)
            publisher.files.pop(f"/PyPI/{name}.json", None)
        rows = sorted(((each["modified"], name) for name, each in records.items()), reverse=True)
        rows += [(MODIFIED, name) for name in gone]
        lines = "".join(f"{at},{name}\n" for at, name in sorted(rows, reverse=True))
        publisher.files["/PyPI/modified_id.csv"] = lines.encode()
        if whole:
            path = osv_zip(tmp_path / "bucket.zip", records.values())
            publisher.files["/PyPI/all.zip"] = path.read_bytes()

    publish(*osv_records(5))
    add_place(node, NewPlace(name="osv/PyPI", url=f"{publisher.url}/PyPI/"), actor="lin")
    return publish


def ask(node, *names, **more):
    found = list(sync(node, names, actor="lin", pause=lambda _seconds: None, **more))
    return found[0] if len(found) == 1 else found


def paths(publisher):
    asked, publisher.asked[:] = [path for path, _head in publisher.asked], []
    return asked


def test_first_the_whole_then_only_what_changed(node, bucket, publisher, clock):
    # Given a first sync, which fetches the whole
    first = ask(node)
    assert (first.new, first.problem) == (5, "")
    assert paths(publisher) == ["/PyPI/modified_id.csv", "/PyPI/all.zip"]

    # When nothing changed, then one question is asked
    assert ask(node).known
    assert paths(publisher) == ["/PyPI/modified_id.csv"]

    # And when one record changed and one is new, then these are fetched and no others
    clock.to(NOW + timedelta(hours=1))
    changed = osv_record("DEMO-2026-0002", modified="2026-07-03T00:10:00Z", summary="more")
    bucket(changed, osv_record("DEMO-2026-0006", modified="2026-07-03T00:20:00Z"))
    found = ask(node)
    assert (found.new, found.changed, found.records) == (1, 1, 6)
    asked = paths(publisher)
    assert {"/PyPI/DEMO-2026-0002.json", "/PyPI/DEMO-2026-0006.json"} < set(asked)
    assert "/PyPI/all.zip" not in asked


def test_a_record_that_is_gone_is_withdrawn(node, bucket, clock):
    ask(node)
    clock.to(NOW + timedelta(hours=1))
    bucket(osv_record("DEMO-2026-0007", modified="2026-07-03T00:30:00Z"), gone=["DEMO-2026-0001"])
    assert ask(node).withdrawn == 1


def test_once_a_day_the_whole_shows_what_the_list_does_not(node, bucket, publisher, clock):
    ask(node)
    publisher.files["/PyPI/modified_id.csv"] += b""
    bucket(gone=["DEMO-2026-0005"])
    publisher.files["/PyPI/modified_id.csv"] = publisher.files["/PyPI/modified_id.csv"].replace(
        b"DEMO-2026-0005", b"DEMO-2026-0004"
    )
    clock.to(NOW + timedelta(hours=25))
    assert ask(node).withdrawn == 1


def test_a_bad_record_is_named_and_the_others_taken(node, bucket, publisher, clock):
    ask(node)
    clock.to(NOW + timedelta(hours=1))
    late = "2026-07-03T00:10:00Z"
    bucket(osv_record("DEMO-2026-0002", modified=late), osv_record("DEMO-2026-0003", modified=late))
    publisher.files["/PyPI/DEMO-2026-0003.json"] = b"{"
    found = ask(node)
    assert (found.changed, [each.name for each in found.refused]) == (1, ["DEMO-2026-0003"])


@pytest.mark.usefixtures("bucket")
def test_a_mirror_without_a_list_of_changes_is_asked_for_the_whole(node, publisher):
    del publisher.files["/PyPI/modified_id.csv"]
    assert ask(node).new == 5
    assert ask(node).known
    assert publisher.served["/PyPI/all.zip"] == len(publisher.files["/PyPI/all.zip"])


@pytest.mark.usefixtures("bucket")
def test_a_place_that_fails_is_told_sealed_and_asked_less_often(node, publisher, clock):
    # Given a feed that was taken, and a publisher that breaks
    ask(node)
    publisher.faults = [("status", 500)] * 20
    before = len(list(node.log.records(STATE)))

    # When it is asked twice
    assert "answers 500" in ask(node).problem
    publisher.faults = [("status", 500)] * 20
    ask(node)

    # Then it is told as failing, sealed once, and the watch waits longer each time
    standing = standings(node)[0]
    assert (standing.state, standing.fare.failures) == ("failing", 2)
    assert len(list(node.log.records(STATE))) == before + 1
    assert list(sync(node, actor="", only_due=True)) == []
    assert "1 個無法取得" in feeds_answer(node).sentence_zh

    # And what it brought is still there
    with advisories(node, readonly=True) as store:
        assert store.count() == 5

    # And when it answers again, it is as before
    publisher.faults = []
    clock.to(NOW + timedelta(hours=7))
    assert ask(node, only_due=True).problem == ""
    assert standings(node)[0].fare.failures == 0


@pytest.mark.usefixtures("bucket")
def test_one_place_that_fails_stops_no_other(node, publisher):
    publisher.files["/kev.json"] = json.dumps(kev_catalogue([kev_entry()])).encode()
    add_place(node, NewPlace(name="kev", url=f"{publisher.url}/kev.json"), actor="lin")
    add_place(node, NewPlace(name="epss", url=f"{publisher.url}/none"), actor="lin")
    found = {each.feed: each for each in ask(node)}
    assert "answers 404" in found["epss"].problem
    assert found["kev"].changed == 1
    assert found["osv/PyPI"].new == 5


def test_scores_and_catalogue_come_once_a_change(node, publisher, tmp_path):
    rows = [("CVE-2026-0001", 0.5, 0.5)]
    publisher.files["/epss.csv.gz"] = epss_file(tmp_path / "e.gz", rows).read_bytes()
    add_place(node, NewPlace(name="epss", url=f"{publisher.url}/epss.csv.gz"), actor="lin")
    assert ask(node).changed == 1
    assert ask(node).known
    assert publisher.served["/epss.csv.gz"] == len(publisher.files["/epss.csv.gz"])
    newer = [("CVE-2026-0001", 0.75, 0.9)]
    publisher.files["/epss.csv.gz"] = epss_file(
        tmp_path / "e.gz", newer, day="2026-07-03"
    ).read_bytes()
    assert ask(node).changed == 1
    with advisories(node, readonly=True) as store:
        assert store.epss("CVE-2026-0001").previous == pytest.approx(0.5)


@pytest.mark.usefixtures("bucket")
def test_a_download_that_broke_off_is_gone_on_with_the_next_time(node, publisher):
    size = len(publisher.files["/PyPI/all.zip"])
    publisher.faults = [("none", None), ("cut", size // 2)] + [("status", 503)] * 3
    assert ask(node).problem
    assert ask(node).new == 5
    assert publisher.served["/PyPI/all.zip"] < 2 * size


@pytest.mark.usefixtures("bucket")
def test_nothing_of_a_download_is_left_behind(node):
    ask(node)
    left = [each for each in (node.home.path / FOLDER).rglob("*") if each.is_file()]
    assert [each.suffix for each in left] == [".lock"]


@pytest.mark.usefixtures("bucket")
def test_two_processes_at_once_take_it_once(node, publisher):
    # Given a publisher that lets nobody go on, while one process is asking
    gate = threading.Event()
    answer = publisher.answer

    def slowly(request, fault, how):
        gate.wait(PATIENCE)
        answer(request, fault, how)

    publisher.answer = slowly
    words = [sys.executable, "-m", "panshi", "feeds", "sync", "--json"]
    environment = os.environ | {"PANSHI_HOME": str(node.home.path), "PYTHONPATH": "src"}
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE) as other:
        while not publisher.asked:
            assert other.poll() is None
            threading.Event().wait(0.05)

        # When this one asks without waiting, then it passes by, and the other takes it
        passed = ask(node, wait=False)
        assert passed.known
        assert passed.new == 0
        gate.set()
        answered = json.loads(other.communicate(timeout=60)[0])
    assert [each["new"] for each in answered] == [5]
    assert ask(node).known


CSAF_AT = "2026-07-01T00:00:00.000Z"


def csaf_document(number):
    name = f"ACME-2026-{number:04}"
    return {
        "document": {
            "category": "csaf_security_advisory",
            "csaf_version": "2.0",
            "title": "made up for a test",
            "publisher": {
                "category": "vendor",
                "name": "Acme",
                "namespace": "https://acme.example",
            },
            "tracking": {
                "id": name,
                "status": "final",
                "version": "1",
                "initial_release_date": CSAF_AT,
                "current_release_date": CSAF_AT,
                "revision_history": [{"date": CSAF_AT, "number": "1", "summary": "first"}],
            },
        },
        "product_tree": {
            "full_product_names": [
                {
                    "product_id": "P1",
                    "name": "lib 1.0.0",
                    "product_identification_helper": {"purl": "pkg:npm/acme-lib@1.0.0"},
                }
            ]
        },
        "vulnerabilities": [
            {
                "cve": f"CVE-2026-{number:04}",
                "product_status": {"known_affected": ["P1"]},
                "remediations": [
                    {"category": "vendor_fix", "details": "update", "product_ids": ["P1"]}
                ],
                "notes": [{"category": "description", "text": "made up"}],
            }
        ],
    }


@pytest.fixture
def provider(publisher, node):
    listed = {}

    def publish(number, updated):
        path = f"/csaf/2026/acme-{number}.json"
        raw = json.dumps(csaf_document(number)).encode()
        publisher.files[path] = raw
        publisher.files[f"{path}.sha256"] = f"{hashlib.sha256(raw).hexdigest()}  x\n".encode()
        links = [
            {"rel": "self", "href": f"{publisher.url}{path}"},
            {"rel": "hash", "href": f"{publisher.url}{path}.sha256"},
        ]
        listed[number] = {"id": f"ACME-{number}", "updated": updated, "link": links}
        rolie = {"feed": {"entry": list(listed.values())}}
        publisher.files["/csaf/white.json"] = json.dumps(rolie).encode()

    metadata = {
        "publisher": {"name": "Acme"},
        "distributions": [
            {
                "rolie": {
                    "feeds": [{"url": f"{publisher.url}/csaf/white.json", "tlp_label": "WHITE"}]
                }
            }
        ],
    }
    publisher.files["/csaf/provider-metadata.json"] = json.dumps(metadata).encode()
    publish(1, "2026-07-01T00:00:00Z")
    publish(2, "2026-07-02T00:00:00Z")
    url = f"{publisher.url}/csaf/provider-metadata.json"
    add_place(node, NewPlace(name="csaf/acme", kind="csaf", url=url), actor="lin")
    return publish


def test_a_provider_of_csaf_is_followed_document_by_document(node, provider, publisher):
    first = ask(node)
    assert (first.problem, first.new, first.refused) == ("", 2, [])
    with advisories(node, readonly=True) as store:
        assert store.by_alias("CVE-2026-0002").vulnerability == "CVE-2026-0002"
    paths(publisher)
    provider(3, "2026-07-02T12:00:00Z")
    assert ask(node).new == 1
    assert "/csaf/2026/acme-1.json" not in paths(publisher)


def test_what_a_trusted_publisher_states_is_received_on_the_way(node, provider):
    # Given documents of a publisher nobody trusts
    assert ask(node).problem == ""
    assert received(node) == ()
    # When two people trust it and another document comes
    wanted = TrustProposed(author="Acme", why="contract", expires=NOW.date() + timedelta(days=90))
    number = VexDesk(node, actor="chen").trust(wanted)
    VexDesk(node, actor="lin").approve(number)
    provider(3, "2026-07-02T12:00:00Z")
    assert ask(node).new == 1
    # Then what it states is received, with the feed that brought it
    found = next(each.body for each in received(node) if each.body.file == "acme-3.json")
    assert (found.author, found.statements, found.by) == ("Acme", 1, "csaf/acme")
    # And not once more
    before = len(received(node))
    assert ask(node).problem == ""
    assert len(received(node)) == before


@pytest.mark.usefixtures("provider")
def test_a_document_that_does_not_hash_is_refused_and_asked_for_again(node, publisher):
    good = publisher.files["/csaf/2026/acme-2.json.sha256"]
    publisher.files["/csaf/2026/acme-2.json.sha256"] = b"00" * 32
    found = ask(node)
    assert (found.new, [each.name for each in found.refused]) == (1, ["acme-2.json"])
    publisher.files["/csaf/2026/acme-2.json.sha256"] = good
    assert ask(node).new == 1
