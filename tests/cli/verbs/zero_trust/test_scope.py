"""`panshi zt scope` on estates that come from files: scenarios, cases, answers, the sheet."""

from __future__ import annotations

import json

import openpyxl
import pytest
import yaml

from panshi.cli.exit_codes import Exit
from panshi.cli.main import main
from tests.simulators.scope_cases import CASE_B, CHOSEN_B, SCENARIOS, case, estate_of


@pytest.fixture
def say(tmp_path, monkeypatch, capsys):
    """Run a verb: gives exit code and answer."""
    monkeypatch.setenv("PANSHI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PANSHI_LANG", "en")
    monkeypatch.setenv("LOGNAME", "chen")

    def run(*words):
        capsys.readouterr()
        code = main([*words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def written(estate, path, *, institution=True):
    """Write an estate as the YAML an institution would."""
    assets = [
        {"id": each.id, "name": each.name, "attributes": _plain(each.attributes)}
        for each in estate.assets
        if institution or each.kind != "institution"
    ]
    text = {"panshi_estate": 1, "name_zh": "案例", "name_en": "case", "assets": assets}
    path.write_text(yaml.safe_dump(text, allow_unicode=True), encoding="utf-8")
    return path


def _plain(attributes):
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in attributes.items()
    }


@pytest.mark.parametrize("institution", [True, False])
def test_scenarios_from_a_file(say, tmp_path, institution):
    # Given the six scenarios as one imported estate, with or without an institution asset
    estate = estate_of(*SCENARIOS.values())
    file = written(estate, tmp_path / "scenarios.yaml", institution=institution)
    code, _ = say("estate", "import", str(file), "--estate", "scenarios", "--commit")
    assert code == Exit.DONE

    # When the scope is asked for
    code, told = say("zt", "scope", "--estate", "scenarios")

    # Then the fields are the printed ones
    assert code == Exit.DONE
    fields = [set(each["fields"]) for each in told["systems"]]
    assert fields[:4] == [
        {"remote_work"},
        {"cloud_access"},
        {"system_operation", "cloud_access"},
        {"app_admin"},
    ]
    assert "service_provider" in fields[4]
    assert fields[5] == set()
    assert {name: each["count"] for name, each in told["applicability"].items()} == {
        "IaaS": 31,
        "PaaS": 29,
        "SaaS": 27,
    }


def test_case_b_from_a_file_with_its_sheet(say, tmp_path):
    file = written(case(CASE_B), tmp_path / "b.yaml")
    say("estate", "import", str(file), "--estate", "b", "--commit")

    code, told = say(
        "zt", "scope", "--estate", "b", "--xlsx", str(tmp_path / "b.xlsx"),
        "--pdf", str(tmp_path / "b.pdf"),
    )  # fmt: skip

    assert code == Exit.DONE
    assert {
        name: (each["applicable"], each["high_risk"], each["low_impact"])
        for name, each in told["funnel"].items()
    } == CASE_B
    assert told["chosen"]["fields"] == list(CHOSEN_B)
    assert (tmp_path / "b.pdf").read_bytes().startswith(b"%PDF")
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    assert book["Three steps"]["C2"].value == 93


def test_answer_withdraw_decide_label_and_roadmap(say, tmp_path):
    file = written(estate_of({}, {}), tmp_path / "two.yaml")
    say("estate", "import", str(file), "--estate", "two", "--commit")

    code, made = say(
        "zt", "scope", "answer", "--system", "system:s001",
        "--fact", "remote_staff_access=true", "--fact", "holds_staff_data=true",
        "--fact", "rto_minutes=1440",
    )  # fmt: skip
    assert code == Exit.DONE
    assert say("zt", "scope")[1]["chosen"]["systems"] == ["system:s001"]

    assert say("zt", "scope", "decide", "remote_work", "left_out", "--why", "later")[0] == 0
    assert say("zt", "scope")[1]["chosen"]["fields"] == []
    assert say("zt", "scope", "decide", "remote_work", "computed", "--why", "now")[0] == 0

    code, labelled = say("zt", "scope", "label")
    assert labelled["version"] == 2
    code, told = say("zt", "scope", "roadmap", "--targets", "I=2099Q1")
    assert code == Exit.DONE
    assert len(told["gaps"][0]["controls"]) == 36
    assert told["roadmap"][0]["stage"] == "I"

    assert say("zt", "scope", "withdraw", made["number"])[0] == Exit.DONE
    assert say("zt", "scope", "withdraw", made["number"])[0] == Exit.USAGE
    assert say("zt", "scope", "answer", "--system", "system:s001", "--fact", "x")[0] == Exit.USAGE


def test_lines_for_people_in_both_languages(say, tmp_path, capsys):
    file = written(case(CASE_B), tmp_path / "b.yaml")
    say("estate", "import", str(file), "--estate", "b", "--commit")

    for language, word in (("zh", "遠距辦公"), ("en", "Remote work")):
        assert main(["zt", "scope", "--lang", language]) == Exit.DONE
        out = capsys.readouterr().out
        assert word in out
        assert "93" in out
