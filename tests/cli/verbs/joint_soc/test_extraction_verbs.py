"""`panshi soc learn|extract|decide|deidentify|own-names`, as a person at a terminal types them."""

import io
import json
import zipfile

import pytest

from panshi.cli.main import main
from tests.simulators.attack_bundle import bundle

TEXT = "3月5日駭客以 PowerShell 自 hxxp://203.0.113[.]25/a 下載後門程式，利用 CVE-2024-3094。"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def attack(tmp_path):
    path = tmp_path / "enterprise-attack.zip"
    with zipfile.ZipFile(path, "w") as archive:
        raw = json.dumps({"type": "bundle", "id": "mitre-attack", "objects": bundle()})
        archive.writestr("enterprise-attack.json", raw)
    return path


def run(capsys, monkeypatch, *words, stdin=""):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
    code = main(["soc", *map(str, words), "--json"])
    told = capsys.readouterr()
    return code, json.loads(told.out) if told.out else None, told.err


def test_without_a_model_rules_read_and_it_is_said(capsys, monkeypatch, home):
    code, answer, err = run(capsys, monkeypatch, "extract", stdin=TEXT)

    assert code == 0
    assert answer["model"] is None
    assert "panshi soc learn" in err
    assert "T1059.001" in {each["id"] for each in answer["techniques"]}
    assert answer["cves"] == ["CVE-2024-3094"]
    [url] = answer["indicators"]
    assert (url["kind"], url["value"]) == ("url", "http://203.0.113.25/a")
    assert TEXT[url["start"] : url["end"]] == url["text"]
    assert not home.exists()


def test_a_model_is_learned_and_read_with(capsys, monkeypatch, attack):
    code, learned, _ = run(capsys, monkeypatch, "learn", attack)
    assert (code, learned["attack_version"], learned["techniques"]) == (0, "0.1", 3)

    code, answer, err = run(capsys, monkeypatch, "extract", stdin=TEXT)

    assert code == 0
    assert answer["model"]["attack_version"] == "0.1"
    assert not err
    hit = next(each for each in answer["techniques"] if each["id"] == "T1059.001")
    assert hit["name"] == "PowerShell"
    assert TEXT[hit["start"] : hit["end"]] == hit["text"]
    assert 0 < hit["score"] <= 1
    assert {"tactic": "execution", "techniques": ["T1059.001"]} in answer["kill_chain"]


def test_a_model_may_lie_elsewhere(capsys, monkeypatch, home, attack, tmp_path):
    folder = tmp_path / "shared"
    run(capsys, monkeypatch, "learn", attack, "--model", folder)

    code, answer, _ = run(capsys, monkeypatch, "extract", "--model", folder, stdin="Grey Heron")

    assert code == 0
    assert answer["names"][0]["id"] == "G9999"
    assert not home.exists()


def test_feeds_import_learns_once(capsys, home, attack):
    assert main(["feeds", "import", str(attack), "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert first["attack_version"] == "0.1"
    pointer = home / "extraction" / "techniques" / "current"
    before = pointer.stat().st_mtime_ns

    assert main(["feeds", "import", str(attack), "--json"]) == 0
    assert pointer.stat().st_mtime_ns == before


def test_what_is_decided_is_learned_from(capsys, monkeypatch, attack):
    passage = "以批次檔大量產生報表"
    code, made, _ = run(capsys, monkeypatch, "decide", "accept", "T1053.005", stdin=passage)
    assert code == 0
    assert made["id"]

    _, learned, _ = run(capsys, monkeypatch, "learn", attack)

    assert "3 own examples" in learned["learned"]


def test_a_text_is_reviewed_shared_and_restored(capsys, monkeypatch, tmp_path):
    names = tmp_path / "names.json"
    names.write_text('{"customers": ["遠山貿易"]}')
    assert run(capsys, monkeypatch, "own-names", "set", names)[0] == 0
    text = "通報人：王大明，客戶遠山貿易受騙。\n"

    _, shown, _ = run(capsys, monkeypatch, "deidentify", stdin=text)
    _, shared, _ = run(capsys, monkeypatch, "deidentify", "--reviewed-for", "分享", stdin=text)

    assert shown["evidence"] == ""
    assert shared["evidence"]
    assert shared["text"] == shown["text"]
    assert not {"王大明", "遠山貿易"} & set(shared["text"].split("，"))
    _, back, _ = run(capsys, monkeypatch, "deidentify", "--restore", stdin=shared["text"])
    assert back["text"] == text


@pytest.mark.parametrize(
    "words",
    [
        ("extract", "--threshold", "2"),
        ("extract", "--written", "someday"),
        ("extract", "nowhere.txt"),
        ("learn", "nowhere.zip"),
        ("decide", "accept", "nothing"),
        ("deidentify", "--restore", "--keep", "x"),
        ("deidentify", "--reviewed-for", " "),
    ],
)
def test_what_does_not_fit_is_refused_with_a_remedy(capsys, monkeypatch, words):
    code, answer, _ = run(capsys, monkeypatch, *words, stdin="text")

    assert code in {2, 3}
    assert answer["error"]["problem"]
