"""Downloads over real HTTP from a publisher that breaks off, lies, changes and stalls."""

import hashlib
import threading
from base64 import b64encode

import pytest

from panshi.errors import BadInputError, ForbiddenError, StoreError
from panshi.observe.feeds.download import Download, Validators, fetch_small, stated_digests
from panshi.observe.feeds.exchange import PassingError, Way
from tests.simulators.feed_publisher import FeedPublisher

BODY = bytes(range(256)) * 800
OTHER = b"another edition " * 9_000


@pytest.fixture
def publisher():
    with FeedPublisher() as running:
        running.files["/all.zip"] = BODY
        yield running


@pytest.fixture
def fetch(publisher, tmp_path):
    pauses = []

    def run(**more):
        wanted = {
            "url": f"{publisher.url}/all.zip",
            "folder": tmp_path,
            "way": Way(),
            "pause": pauses.append,
        } | more
        return Download(**wanted).run()

    run.pauses = pauses
    return run


def test_a_file_is_fetched_once_and_then_only_if_it_changed(fetch, publisher):
    # Given a file fetched
    first = fetch()
    assert first.path.read_bytes() == BODY
    assert first.sha256 == hashlib.sha256(BODY).hexdigest()

    # When asked again with what is known of it, then nothing comes
    assert fetch(kept=first.validators).path is None
    assert publisher.served["/all.zip"] == len(BODY)

    # And a new edition does
    publisher.files["/all.zip"] = OTHER
    assert fetch(kept=first.validators).path.read_bytes() == OTHER


def test_what_broke_off_is_gone_on_with(fetch, publisher):
    publisher.faults = [("cut", 100_000), ("cut", 50_000)]
    found = fetch()
    assert found.path.read_bytes() == BODY
    assert found.resumed_at == 150_000
    assert [head.get("Range") for _path, head in publisher.asked] == [
        None,
        "bytes=100000-",
        "bytes=150000-",
    ]
    assert fetch.pauses == [1.0, 2.0]


def test_another_process_goes_on_with_what_one_left(fetch, publisher, tmp_path):
    publisher.faults = [("cut", 60_000), ("status", 503), ("status", 503), ("status", 503)]
    with pytest.raises(PassingError):
        fetch()
    assert sum(each.stat().st_size for each in tmp_path.glob("*.part")) == 60_000
    assert fetch().resumed_at == 60_000


def test_a_file_that_changes_between_two_parts_is_fetched_anew(fetch, publisher):
    publisher.faults = [("cut", 100_000), ("other", OTHER)]
    found = fetch()
    assert found.path.read_bytes() == OTHER
    assert found.resumed_at == 0


def test_a_stated_length_that_is_a_lie_is_never_a_whole_file(fetch, publisher, tmp_path):
    publisher.faults = [("longer", 500)] * 9
    with pytest.raises(PassingError):
        fetch()
    assert not list(tmp_path.glob("*.whole"))


def test_what_does_not_hash_as_stated_is_thrown_away(fetch, publisher, tmp_path):
    wrong = b64encode(hashlib.md5(b"x", usedforsecurity=False).digest()).decode()
    publisher.headers["/all.zip"] = {"x-goog-hash": f"crc32c=AAAAAA==,md5={wrong}"}
    with pytest.raises(PassingError, match="md5"):
        fetch()
    assert not list(tmp_path.iterdir())

    right = b64encode(hashlib.sha256(BODY).digest()).decode()
    publisher.headers["/all.zip"] = {"Repr-Digest": f"sha-256=:{right}:"}
    assert fetch().checked == "sha-256"
    with pytest.raises(PassingError, match="sha-256"):
        fetch(sha256="00" * 32)


def test_a_publisher_asked_too_often_is_asked_again_later(fetch, publisher):
    publisher.faults = [("status", 429), ("status", 500)]
    assert fetch().path.read_bytes() == BODY
    assert len(fetch.pauses) == 2


def test_what_will_not_be_over_the_next_time_is_not_tried_again(fetch, publisher):
    for status in (403, 404, 410):
        publisher.faults = [("status", status)]
        with pytest.raises(StoreError, match=str(status)):
            fetch()
    assert fetch.pauses == []


def test_a_server_that_drips_holds_nobody(fetch, publisher):
    publisher.faults = [("quiet", 0.05)] * 9
    with pytest.raises(PassingError, match="slow"):
        fetch(way=Way(pace_s=0.3, quiet_s=2.0))
    publisher.faults = [("quiet", 5)] * 9
    with pytest.raises(PassingError, match="slow"):
        fetch(way=Way(quiet_s=0.2))


def test_redirects_stay_where_they_were_allowed(fetch, publisher):
    with FeedPublisher() as mirror:
        mirror.files["/all.zip"] = OTHER
        target = f"{mirror.url}/all.zip"
        publisher.faults = [("redirect", target)]
        with pytest.raises(ForbiddenError, match="not listed"):
            fetch()
        assert mirror.asked == []
        publisher.faults = [("redirect", target)]
        listed = frozenset({mirror.url.removeprefix("http://")})
        assert fetch(way=Way(hosts=listed)).path.read_bytes() == OTHER
    publisher.faults = [("redirect", "/all.zip")]
    assert fetch().path.read_bytes() == BODY
    publisher.faults = [("redirect", "/all.zip")] * 9
    with pytest.raises(StoreError, match="redirects more"):
        fetch()
    publisher.faults = [("redirect", "file:///etc/passwd")]
    with pytest.raises(BadInputError):
        fetch()


def test_what_is_larger_than_a_feed_may_be_is_refused_before_it_is_here(fetch, tmp_path):
    with pytest.raises(BadInputError, match="larger"):
        fetch(most=1_000)
    assert not list(tmp_path.iterdir())


def test_plain_http_leaves_this_machine_never(fetch):
    for url in ("http://example.org/x", "ftp://example.org/x", "https://u:p@example.org/x"):
        with pytest.raises((ForbiddenError, BadInputError)):
            fetch(url=url)


def test_nobody_there(fetch):
    closed = FeedPublisher()
    url = f"{closed.url}/x"
    closed._server.server_close()
    with pytest.raises(PassingError, match="reached"):
        fetch(url=url)


def test_small_files_come_into_memory_within_a_limit(publisher):
    url = f"{publisher.url}/all.zip"
    raw, edition = fetch_small(url, Way())
    assert raw == BODY
    assert fetch_small(url, Way(), kept=edition) == (None, edition)
    assert fetch_small(f"{publisher.url}/none", Way(), missing_ok=True)[0] is None
    with pytest.raises(BadInputError, match="larger"):
        fetch_small(url, Way(), most=100)


def test_many_at_once_do_not_disturb_each_other(publisher, tmp_path):
    found = {}

    def run(number):
        folder = tmp_path / str(number)
        folder.mkdir()
        found[number] = Download(url=f"{publisher.url}/all.zip", folder=folder, way=Way()).run()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [found[number].path.read_bytes() == BODY for number in range(6)] == [True] * 6


def test_only_checksums_of_the_whole_are_believed():
    assert stated_digests({"content-md5": "AAAA", "repr-digest": "sha-256=:!!:"}) == {}
    assert Validators(etag='W/"x"').strong == ""
