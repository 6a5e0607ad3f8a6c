"""`panshi continuity cutsets`: one JSON value, readable lines, refusals with their reason."""

import json
import math

import pytest

from panshi.cli.main import main
from tests.node.resilience.test_cut_sets import TWO_LINES


@pytest.fixture
def branch(tmp_path):
    path = tmp_path / "branch.xml"
    path.write_text(TWO_LINES)
    return str(path)


def test_json_gives_count_and_probability(branch, capsys):
    assert main(["continuity", "cutsets", branch, "--json", "--limit", "1"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["minimal_cut_sets"] == 2
    assert told["probability"] == pytest.approx(0.0011998)
    assert [each["events"] for each in told["sets"]] == [["power"]]


def test_lines_are_in_the_language_asked_for(branch, capsys):
    assert main(["continuity", "cutsets", branch, "--lang", "zh", "--order", "1"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("closed：1 個最小割集（至多 1 個事件）。")
    assert "單點失效 1 個：power" in out


def test_gates_and_probabilities_may_come_in_two_files(tmp_path, capsys):
    gates, events = tmp_path / "gates.xml", tmp_path / "events.xml"
    gates.write_text(
        '<opsa-mef><define-fault-tree name="t"><define-gate name="both"><and>'
        '<basic-event name="a"/><basic-event name="b"/></and></define-gate>'
        "</define-fault-tree></opsa-mef>"
    )
    events.write_text(
        '<opsa-mef><model-data><define-basic-event name="a"><float value="0.5"/>'
        '</define-basic-event><define-basic-event name="b"><exponential><float value="0.01"/>'
        "<system-mission-time/></exponential></define-basic-event></model-data></opsa-mef>"
    )
    asked = ["continuity", "cutsets", str(gates), str(events), "--mission-time", "100", "--json"]
    assert main(asked) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["probability"] == pytest.approx(0.5 * (1 - math.exp(-1)))
    assert told["mission_hours"] == 100
    assert told["common_causes"] == []
    assert main(["continuity", "cutsets", str(gates), "--json"]) == 3
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["place"] == f"{gates}:1"
    assert "behind this one" in error["remedy"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--order", "0"), 2),
        (("--limit", "-1"), 2),
        (("--memory", "1"), 2),
        (("--top", "nothing"), 2),
        (("--mission-time", "0"), 2),
        (("--service", "service:x"), 2),
    ],
)
def test_what_makes_no_sense_is_refused(branch, capsys, arguments, code):
    assert main(["continuity", "cutsets", branch, *arguments, "--json"]) == code
    assert "error" in json.loads(capsys.readouterr().out)


def test_a_file_that_is_no_tree_is_bad_input(tmp_path, capsys):
    path = tmp_path / "not.xml"
    path.write_text("<html/>")
    assert main(["continuity", "cutsets", str(path), "--json"]) == 3
    assert "opsa-mef" in json.loads(capsys.readouterr().out)["error"]["problem"]
