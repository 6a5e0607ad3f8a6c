"""What in a folder is a feed is told by content; the rest is left alone, and said."""

import json
import os

import pytest

from panshi.errors import BadInputError
from panshi.observe.feeds.found import find
from panshi.observe.feeds.records import Kind
from tests.simulators.advisories import feed_folder, osv_record, osv_zip, write_json


def test_a_folder_as_people_bring_it(tmp_path):
    # Given feeds beside files that are none
    root = feed_folder(tmp_path)
    write_json(root / "loose" / "A.json", osv_record())
    (root / "loose" / "b.yaml").write_text(json.dumps(osv_record("DEMO-2026-0002")))
    write_json(root / "bom.json", {"bomFormat": "CycloneDX", "components": []})
    write_json(root / "vex.json", {"@context": "https://openvex.dev/ns/v0.2.0"})
    write_json(root / "schema.json", {"$schema": "x", "$defs": {}, "vulnerabilities": []})
    (root / "link").symlink_to("/etc/passwd")

    # When looked through
    feeds, left = find([root])

    # Then each is known by what it holds
    assert {(each.feed, each.kind, len(each.members)) for each in feeds} == {
        ("osv/PyPI", Kind.OSV, 0),
        ("kev", Kind.KEV, 0),
        ("epss", Kind.EPSS, 0),
        ("osv/loose", Kind.OSV, 2),
    }
    told = {each.path.name: each.why for each in left}
    assert set(told) == {"README.md", "bom.json", "vex.json", "schema.json"}
    assert "sbom ingest" in told["bom.json"]
    assert "vex import" in told["vex.json"]


def test_a_zip_of_other_things_is_left_alone(tmp_path):
    osv_zip(tmp_path / "advisories.zip", [osv_record()])
    osv_zip(tmp_path / "other.zip", [{"id": "x", "name": "no advisory"}])
    feeds, left = find([tmp_path])
    assert [each.feed for each in feeds] == ["osv/advisories"]
    assert [each.path.name for each in left] == ["other.zip"]


def test_two_files_of_one_feed_are_told_apart_by_whoever_brings_them(tmp_path):
    for name in "ab":
        osv_zip(tmp_path / name / "PyPI" / "all.zip", [osv_record()])
    with pytest.raises(BadInputError, match="two files are the feed osv/PyPI"):
        find([tmp_path])


def test_a_path_that_is_not_there(tmp_path):
    with pytest.raises(BadInputError, match="no such"):
        find([tmp_path / "nowhere"])


def test_a_pipe_holds_nobody(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInputError, match="neither"):
        find([tmp_path / "pipe"])
    assert find([tmp_path]) == ((), ())
