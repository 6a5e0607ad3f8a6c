"""`panshi zt check` over a corpus in the layout of Cedar's integration tests."""

import json
import shutil
from pathlib import Path

import pytest

from panshi.cli.main import main

CORPUS = Path(__file__).resolve().parents[3] / "protection" / "cedar" / "corpus"


@pytest.fixture
def corpus(tmp_path) -> Path:
    """A corpus to break."""
    return Path(shutil.copytree(CORPUS, tmp_path / "corpus"))


def edited(path: Path, **changes: object) -> None:
    document = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**document, **changes}), "utf-8")


@pytest.mark.parametrize(("folder", "requests"), [(".", 6), ("tests", 4), ("corpus-tests", 2)])
def test_a_corpus_that_agrees(folder, requests, capsys):
    assert main(["zt", "check", "--cedar", str(CORPUS / folder), "--json"]) == 0

    answer = json.loads(capsys.readouterr().out)
    assert answer["requests"] == answer["compiled"] == requests
    assert answer["fallback"] == answer["different"] == 0
    assert answer["details"] == answer["validation"] == []


def test_a_difference_is_printed_with_three_answers_and_fails(corpus, capsys):
    # Given a file that expects another decision
    path = corpus / "tests" / "bank.json"
    requests = json.loads(path.read_text("utf-8"))["requests"]
    requests[0]["decision"] = "deny"
    edited(path, requests=requests, shouldValidate=True)

    # When it is checked
    assert main(["zt", "check", "--cedar", str(corpus)]) == 1

    # Then file, request and the three answers are there
    out = capsys.readouterr().out
    assert "1 different" in out
    assert "tests/bank.json #1 mei pays from her desk within the limit" in out
    assert "expected: deny [policy0, policy1] ✗[]" in out
    assert "ours: allow [policy0, policy1] ✗[]" in out
    assert "validation differs" in out


def test_policies_that_do_not_parse_are_differences_with_their_line(corpus, capsys):
    (corpus / "tests" / "bank.cedar").write_text("\n\npermit(x);", "utf-8")

    assert main(["zt", "check", "--cedar", str(corpus), "--json"]) == 1

    answer = json.loads(capsys.readouterr().out)
    assert answer["different"] == 4
    assert answer["compiled"] == 2
    assert "tests/bank.cedar:3" in answer["details"][0]["problem"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"policies": "a",\n "requests": [', "bank.json:2"),
        ('{"policies": "../x.cedar", "requests": [{}]}', "names no file"),
        ('{"policies": "/etc/passwd", "requests": [{}]}', "names no file"),
        ('{"policies": 5, "requests": [{}]}', "names no file"),
        ('{"policies": "nowhere.cedar", "requests": [{}]}', "no such file: nowhere.cedar"),
        ('{"policies": "tests/bank.cedar", "requests": [1]}', "not an object"),
    ],
)
def test_a_broken_test_file_is_named(corpus, content, said, capsys):
    (corpus / "tests" / "bank.json").write_text(content, "utf-8")

    assert main(["zt", "check", "--cedar", str(corpus)]) == 3

    assert said in capsys.readouterr().err


def test_a_folder_without_tests_is_no_success(tmp_path, capsys):
    assert main(["zt", "check", "--cedar", str(tmp_path)]) == 3
    assert main(["zt", "check", "--cedar", str(tmp_path / "nowhere")]) == 2
    assert "no test file" in capsys.readouterr().err
