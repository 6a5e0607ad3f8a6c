"""`panshi continuity bia` and `check`: from questions to what is in force, in both languages."""

import json

import msgspec
import pytest

from panshi.cli.main import main
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.report.impact_files import analyses_xlsx
from tests.simulators.institution import Clock
from tests.simulators.two_site_bank import NOW, PAY, entry, estate


@pytest.fixture
def say(tmp_path, monkeypatch, capsys):
    home = tmp_path / "home"
    monkeypatch.setenv("PANSHI_HOME", str(home))
    with Node.open(Home(path=home), clock=Clock(NOW)) as node:
        node.commit_estate(estate(NOW), by="test", at=NOW)

    def run(*words, who="lin"):
        monkeypatch.setenv("LOGNAME", who)
        capsys.readouterr()
        return main(["continuity", *map(str, words)]), capsys.readouterr().out

    return run


def test_from_questions_to_what_is_in_force(say, tmp_path):
    # Given questions, and what people answered
    assert say("bia", "template", tmp_path / "q.xlsx")[0] == 0
    assert (tmp_path / "q.xlsx").read_bytes().startswith(b"PK")
    (tmp_path / "bia.xlsx").write_bytes(analyses_xlsx([entry()]))
    code, out = say("bia", "import", tmp_path / "bia.xlsx", "--json")
    assert code == 0
    assert json.loads(out)["added"] == [PAY]
    # When the same person approves Then it is refused; when another does Then it is in force
    assert say("bia", "approve", "pay")[0] == 4
    assert say("bia", "approve", "pay", who="wang")[0] == 0
    code, out = say("bia", "list", "--json")
    (pay, lend) = json.loads(out)
    assert (pay["state"], pay["rto_minutes"], lend["state"]) == ("in_force", 120, None)
    # When it is exported and taken in again Then nothing changes
    say("bia", "export", tmp_path / "again.xlsx")
    found = json.loads(say("bia", "import", tmp_path / "again.xlsx", "--json")[1])
    assert (found["added"], found["changed"], found["unchanged"]) == ([], [], 1)


def test_one_service_goes_by_file(say, tmp_path):
    path = tmp_path / "pay.json"
    path.write_bytes(msgspec.json.encode(entry()))
    assert say("bia", "propose", path)[0] == 0
    found = json.loads(say("bia", "show", "pay", "--json")[1])
    assert found["history"][0]["state"] == "proposed"
    path.write_bytes(msgspec.json.encode(found["history"][0]["entry"] | {"mtpd": 300}))
    assert say("bia", "propose", path)[0] == 0
    assert say("bia", "refuse", "pay", "--why", "not agreed", who="wang")[0] == 0
    path.write_text(
        '{"service": "service:pay", "owner": "x", "mtpd": 1, "rto": 1, "rpo": 1, "rot": 3}'
    )
    assert say("bia", "propose", path)[0] == 3


def test_lines_are_in_the_language_asked_for(say, tmp_path):
    (tmp_path / "bia.xlsx").write_bytes(analyses_xlsx([entry(rto=300)]))
    code, out = say("bia", "import", tmp_path / "bia.xlsx", "--dry-run", "--lang", "zh")
    assert code == 0
    assert "支付的 RTO（5 小時）比最大可容忍中斷時間（4 小時）還長。" in out
    assert "1 waiting" not in say("bia", "list", "--lang", "en")[1]
    assert "沒有人分析過。" in say("bia", "show", "lend", "--lang", "zh")[1]


def test_contradictions_are_asked_for_by_kind_and_service(say):
    found = json.loads(say("check", "--json", "--kind", "supplier_untested")[1])
    assert {each["kind"] for each in found["contradictions"]} == {"supplier_untested"}
    assert found["contradictions"][0]["path"][0] == PAY
    alone = json.loads(say("check", "--json", "--of", "service:lend")[1])
    assert alone["contradictions"] == []
    assert say("check", "--of", "service:none")[0] == 2
    code, out = say("check", "--lang", "zh", "--of", PAY)
    assert code == 0
    assert "支付是關鍵服務，卻沒有任何備援層。" in out
    assert "支付 → 支付之主要作業 → 閘道 → 廠商" in out
