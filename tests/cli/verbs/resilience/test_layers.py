"""`panshi continuity layers`: what is still missed, what is not proven, and how far it may be."""

import json

import msgspec
import pytest

from panshi.cli.main import main
from tests.resilience.remedy.test_planning import bank

FLOOD = """
id: flood
title_zh: 淹水
title_en: Flood
story_zh: 主機房淹水。
story_en: The main site is flooded.
source: 測試
shocks:
  - {at: 0, nodes: ["site:main"], duration: {low: 3000, likely: 3000, high: 3000}}
"""


@pytest.fixture
def asked(tmp_path):
    """Give the words that ask for the layers of one bank after a flood."""

    def words(seed):
        graph, flood = tmp_path / "graph.json", tmp_path / "flood.yaml"
        graph.write_bytes(msgspec.json.encode(bank(seed)))
        flood.write_text(FLOOD, encoding="utf-8")
        return ["continuity", "layers", str(graph), "--scenario", str(flood)]

    return words


@pytest.mark.parametrize("seed", range(4))
def test_what_the_best_choice_misses_is_named(seed, asked, capsys):
    assert main([*asked(seed), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["proven"]
    critical = sum(each["critical"] for each in told["best"]["missed"])
    assert told["critical_missed_at_least"] == critical
    assert told["others_missed_at_least"] == len(told["best"]["missed"]) - critical
    assert told["cost_at_least"] == told["best"]["cost"]

    assert main([*asked(seed), "--lang", "zh"]) == 0
    lines = capsys.readouterr().out
    assert "已證明最省" in lines
    assert ("最佳組合仍未達成" in lines) == bool(told["best"]["missed"])


def test_an_answer_without_proof_says_how_far_it_may_be(asked, capsys, monkeypatch):
    # Given: banks whose choices are too many to be all followed
    monkeypatch.setattr("panshi.resilience.remedy.planning.MOST", 0)

    for seed in range(12):
        # When: the cheapest layers are asked for
        assert main([*asked(seed), "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert main([*asked(seed), "--lang", "en"]) == 0
        lines = capsys.readouterr().out

        # Then: it is proven, or it says what every choice misses or costs at least
        assert told["proven"] == ("proven cheapest" in lines)
        assert told["proven"] != ("that is not proven" in lines)
        least = told["critical_missed_at_least"], told["others_missed_at_least"]
        critical = sum(each["critical"] for each in told["best"]["missed"])
        mine = critical, len(told["best"]["missed"]) - critical
        assert least <= mine
        # and what is missed is weighed, not counted: critical objectives first
        assert ("There may be a better one" in lines) == (least < mine)
