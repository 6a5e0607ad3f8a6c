"""`panshi feeds …` at the terminal."""

import json

import pytest

from panshi.cli.main import main
from panshi.cli.verbs import feeds
from tests.simulators.advisories import feed_folder, kev_catalogue, kev_entry
from tests.simulators.feed_publisher import FeedPublisher


@pytest.fixture
def told(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "home"))

    def run(*words):
        capsys.readouterr()
        code = main(["feeds", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def answered(told, *words):
    code, out, _ = told(*words, "--json")
    return code, json.loads(out)


def test_a_folder_is_imported_and_its_age_told(told, tmp_path):
    root = feed_folder(tmp_path / "data")
    code, found = answered(told, "import", root)
    assert code == 0
    assert {each["feed"]: each["records"] for each in found["feeds"]} == {
        "epss": 7,
        "kev": 2,
        "osv/PyPI": 5,
    }
    assert [each["why"] for each in found["left_alone"]] == ["is no feed"]

    code, out, _ = told("import", root, "--lang", "zh")
    assert code == 0
    assert "沒有變動" in out

    code, standing = answered(told, "status")
    assert code == 0
    assert {each["state"] for each in standing["feeds"]} == {"stale"}
    assert told("status", "--gate")[0] == 1


def test_what_is_no_feed_is_bad_input(told, tmp_path):
    (tmp_path / "x.txt").write_text("nothing")
    assert told("import", tmp_path / "x.txt")[0] == 3
    assert told("import", tmp_path / "nowhere")[0] == 3
    broken = feed_folder(tmp_path / "data")
    (broken / "osv" / "PyPI" / "all.zip").write_bytes(b"PK\x03\x04")
    code, found = answered(told, "import", broken)
    assert code == 3
    assert [each["feed"] for each in found["feeds"] if each["problem"]] == ["osv/PyPI"]


def test_nothing_is_asked_before_a_place_was_added(told):
    code, _out, err = told("sync")
    assert code == 0
    assert "No place was added" in err
    assert told("sync", "kev")[0] == 2
    names = {each["name"] for each in answered(told, "list")[1]}
    assert {"kev", "epss", "osv/PyPI", "osv/npm", "osv/Maven"} <= names


def test_a_place_is_added_asked_and_removed(told):
    with FeedPublisher() as publisher:
        publisher.files["/kev.json"] = json.dumps(kev_catalogue([kev_entry()])).encode()
        assert told("add", "kev", "--url", f"{publisher.url}/kev.json", "--every", "30")[0] == 0
        assert publisher.asked == []
        code, found = answered(told, "sync")
        assert (code, found[0]["changed"]) == (0, 1)
        publisher.files.clear()
        assert told("sync", "kev")[0] == 4
    assert told("remove", "kev")[0] == 0
    assert told("remove", "kev")[0] == 2
    assert told("set", "proxy", "http://proxy.example:3128")[0] == 0
    assert told("set", "proxy")[0] == 0


def test_a_bundle_goes_from_one_home_to_another(told, tmp_path, monkeypatch):
    told("import", feed_folder(tmp_path / "data"))
    made = answered(told, "bundle", tmp_path / "out")[1]
    again = answered(told, "bundle", tmp_path / "out2", "--since", tmp_path / "out")[1]
    assert (again["since"], again["advisories"]) == (made["upto"], 0)

    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "inside"))
    (tmp_path / "key").write_text(made["key"] + "\n")
    code, found = answered(told, "receive", tmp_path / "out", "--key", tmp_path / "key")
    assert (code, found["upto"]) == (0, made["upto"])
    assert told("receive", tmp_path / "out", "--key", made["key"])[0] == 4
    assert told("receive", tmp_path / "out", "--key", tmp_path / "none")[0] == 3
    assert told("receive", tmp_path / "key", "--key", made["key"])[0] == 3


@pytest.mark.parametrize("name", feeds.SUBVERBS)
def test_every_action_has_help(told, name):
    with pytest.raises(SystemExit) as left:
        told(name, "--help")
    assert left.value.code == 0


def test_an_answer_that_rests_on_stale_feeds_says_so(told, tmp_path, capsys):
    told("import", feed_folder(tmp_path / "data"))
    bill = tmp_path / "bill.json"
    component = {"type": "library", "name": "lib-a", "purl": "pkg:pypi/lib-a@1.0"}
    bill.write_text(
        json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [component]})
    )
    assert main(["sbom", "match", str(bill), "--json"]) == 0
    said = capsys.readouterr()
    assert len(json.loads(said.out)["findings"]) == 5
    assert "osv/PyPI is " in said.err
