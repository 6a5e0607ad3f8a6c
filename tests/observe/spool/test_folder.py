"""A spool: partial files are left alone, every step is one rename, nothing is overwritten."""

import os
import time

import pytest

from panshi.errors import BadInputError, StoreError
from panshi.observe.spool.folder import Folder, HeldElsewhereError


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path, settle_seconds=5, clock=lambda: time.time() + 60)
    made.prepare()
    return made


def delivered(folder, name, content=b"{}"):
    path = folder.path / "incoming" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def ready(folder):
    waiting = folder.waiting()
    inside = folder.path / "incoming"
    return [str(path.relative_to(inside)) for path in waiting.ready], waiting


def test_the_oldest_comes_first_on_top_and_in_sub_folders(folder):
    for age, name in ((30, "b.json"), (90, "trivy/c.json"), (60, "a.json")):
        path = delivered(folder, name)
        at = path.stat().st_mtime - age
        os.utime(path, (at, at))

    names, waiting = ready(folder)

    assert names == ["trivy/c.json", "a.json", "b.json"]
    assert (waiting.total, waiting.unready) == (3, 0)


@pytest.mark.parametrize(
    "name", ["x.part", "x.tmp", ".hidden", "x.filepart", "x~", "x.json.panshi.json", ".d/x.json"]
)
def test_what_is_named_as_partial_does_not_even_wait(name, folder):
    delivered(folder, name)

    assert ready(folder)[1].total == 0


def test_a_file_written_lately_waits_whatever_its_sender_says_of_its_age(folder):
    path = delivered(folder, "a.json")
    os.utime(path, (0, 0))

    assert ready(Folder(folder.path, settle_seconds=5))[1].unready == 1
    assert ready(folder)[0] == ["a.json"]


@pytest.mark.skipif(not hasattr(os, "O_PATH"), reason="leases are Linux's")
def test_a_file_somebody_holds_open_for_writing_waits(folder):
    path = delivered(folder, "a.json")
    with path.open("ab"):
        assert ready(folder)[1].unready == 1
    with path.open("rb"):
        assert ready(folder)[0] == ["a.json"]


def test_links_and_pipes_are_never_taken(folder, tmp_path_factory):
    secret = tmp_path_factory.mktemp("elsewhere") / "secret"
    secret.write_text("x")
    (folder.path / "incoming" / "link.json").symlink_to(secret)
    (folder.path / "incoming" / "away").symlink_to(secret.parent)
    os.mkfifo(folder.path / "incoming" / "pipe")

    assert ready(folder)[1].total == 0


def test_a_claimed_file_takes_its_sidecar_along_and_a_crash_leaves_both(folder):
    path = delivered(folder, "list/a.csv")
    delivered(folder, "list/a.csv.panshi.json", b'{"subject": "system:core"}')

    claimed = folder.claim(path)

    assert (claimed.name, claimed.source, claimed.size) == ("list/a.csv", "list", 2)
    assert folder.manifest(claimed).subject == "system:core"
    [left] = Folder(folder.path, 5).interrupted()
    assert folder.delivered(left) == claimed


def test_a_file_gone_before_it_is_claimed_is_no_fault(folder):
    path = delivered(folder, "a.json")
    path.unlink()

    assert folder.claim(path) is None


@pytest.mark.parametrize("content", [b"{", b'{"subjects": "x"}', b'{"source": 5}', b"[" * 70_000])
def test_a_sidecar_that_says_something_else_is_refused(content, folder):
    path = delivered(folder, "a.json")
    delivered(folder, "a.json.panshi.json", content)
    claimed = folder.claim(path)

    with pytest.raises(BadInputError, match=r"a\.json\.panshi\.json"):
        folder.manifest(claimed)


def test_nothing_put_away_replaces_anything(folder):
    for content in (b"1", b"2", b"3"):
        claimed = folder.claim(delivered(folder, "a.b.json", content))
        folder.finish(claimed, "2026-11-21")

    done = folder.path / "done" / "2026-11-21"
    assert {each.name: each.read_bytes() for each in done.iterdir()} == {
        "a.b.json": b"1",
        "a-2.b.json": b"2",
        "a-3.b.json": b"3",
    }


def test_what_was_refused_has_its_reason_beside_it_and_can_be_brought_back(folder):
    claimed = folder.claim(delivered(folder, "trivy/a.json"))

    put = folder.refuse(claimed, "2026-11-21", "the reason")

    assert put.with_name("a.json.reason.txt").read_text() == "the reason\n"
    assert folder.bring_back() == 1
    assert ready(folder)[0] == ["trivy/a.json"]
    assert not put.with_name("a.json.reason.txt").exists()


def test_two_watchers_do_not_work_in_one_folder(folder):
    with (
        folder.locked(),
        pytest.raises(HeldElsewhereError, match="another watcher"),
        Folder(folder.path, 5).locked(),
    ):
        pass
    with folder.locked():
        pass


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(StoreError, match="not there"):
        Folder(tmp_path / "none", 5).prepare()
