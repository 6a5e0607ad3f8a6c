"""What ships reads the texts of this project well enough; once with the real bundle."""

from pathlib import Path

import pytest
import yaml

from panshi.node.alliance.extraction import extracted, extractor
from panshi.node.alliance.technique_model import cues, learn, terms

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests" / "golden" / "extraction"
BUNDLE = ROOT.parent / "shared" / "data" / "attack-enterprise.zip"


def f1(pairs):
    right = sum(len(found & truth) for found, truth in pairs)
    both = sum(len(found) + len(truth) for found, truth in pairs)
    return 2 * right / both


def labelled(name):
    return yaml.safe_load((GOLDEN / name).read_text(encoding="utf-8"))


def test_what_ships_is_read_and_broad():
    assert len(cues().all) > 400
    assert len(terms().terms) > 400
    assert len({each.written for each in cues().all}) == len(cues().all)


def test_indicators_of_the_labelled_texts_are_found(tmp_path):
    reader = extractor(tmp_path)
    pairs = []
    for each in labelled("indicators.yaml"):
        found = extracted(reader, each["text"])
        things = (*found.indicators, *found.vulnerabilities, *found.artefacts)
        truth = {(kind, value) for kind, values in each["found"].items() for value in values}
        pairs.append(({(one.kind, one.value) for one in things}, truth))

    assert f1(pairs) >= 0.98


def test_reports_without_an_attack_show_none_by_rules_alone(tmp_path):
    reader = extractor(tmp_path)

    for name in ("reports.en.yaml", "reports.zh.yaml"):
        for each in labelled(name):
            if not each["techniques"]:
                assert extracted(reader, each["text"]).techniques == (), each["id"]


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.skipif(not BUNDLE.exists(), reason=f"{BUNDLE.name} is not here: nothing to learn from")
def test_techniques_of_the_labelled_reports_are_found(tmp_path):
    # Given a model learned from the real bundle
    learn(tmp_path, BUNDLE)
    reader = extractor(tmp_path)

    # When the reports are read that were never looked at while rules were adjusted
    for name, least in (("reports.en.yaml", 0.65), ("reports.zh.yaml", 0.5)):
        pairs = [
            (
                {hit.id for hit in extracted(reader, each["text"]).techniques},
                set(each["techniques"]),
            )
            for each in labelled(name)
            if not each["tuned"]
        ]

        # Then they are told well enough, document by document
        assert f1(pairs) >= least
