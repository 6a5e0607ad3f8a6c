"""Techniques are told with their span, and what is denied or advised shows none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.extraction.gloss import Lexicon
from panshi.alliance.extraction.techniques.model import Reason
from panshi.alliance.extraction.techniques.reading import NAMED, TechniqueReader

LEXICON = Lexicon(
    terms={"駭客": "adversary", "建立": "created", "排程": "scheduled task"},
    denied=("未發現", "no evidence"),
    advised=("建議", "recommend"),
)


@pytest.fixture(scope="module")
def reader(model, cues):
    return TechniqueReader(cues=cues, lexicon=LEXICON, model=model)


def told(reader, text):
    return {hit.id for hit in reader.read(text)}


def test_each_hit_lies_in_the_text_with_its_reason(reader):
    text = "On Monday it rained. The intruder ran PowerShell to download a payload."

    hit = next(each for each in reader.read(text) if each.reason is not Reason.MODEL)

    assert (hit.id, hit.reason) in {("T1059.001", Reason.CUE), ("T1059.001", Reason.BOTH)}
    assert text[hit.start : hit.end] == "PowerShell"
    assert 0 < hit.score <= 1


def test_an_id_written_out_counts_by_itself_if_it_is_known(reader):
    hits = reader.read("See T1486 and t1053/005, not T9999 nor XT1486.")

    assert [(hit.id, hit.score) for hit in hits if hit.reason is Reason.ID] == [
        ("T1486", 1.0),
        ("T1053.005", 1.0),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "We recommend to disable PowerShell.",
        "There is no evidence that PowerShell was used.",
        "目前未發現 PowerShell 執行紀錄。",
        "建議停用 PowerShell。",
        "The company is headquartered in the capital and has many employees.",
        "",
        "。。。",
    ],
)
def test_what_is_denied_advised_or_plain_shows_nothing(reader, text):
    assert told(reader, text) == set()


def test_a_denial_holds_for_its_clause_alone(reader):
    assert told(reader, "駭客以 PowerShell 執行指令，但未發現檔案遭加密。") == {"T1059.001"}


def test_chinese_is_read_through_english_words(reader):
    assert "T1053.005" in told(reader, "駭客建立排程")


def test_a_name_written_out_counts_as_att_and_ck_writes_it(reader):
    hits = reader.read("This is Data Encrypted for Impact, nothing else.")

    assert "T1486" in {hit.id for hit in hits if hit.score >= NAMED}
    assert all(hit.reason is not Reason.NAME for hit in reader.read("data encrypted for impact"))


def test_without_a_model_rules_alone_read(cues):
    reader = TechniqueReader(cues=cues, lexicon=LEXICON)

    assert told(reader, "檔案遭加密。PowerShell 執行。T1021.001") == {
        "T1486",
        "T1059.001",
        "T1021.001",
    }


def test_a_threshold_of_its_own_is_obeyed(reader):
    assert reader.read("The intruder ran PowerShell.", threshold=1.0) == ()


@given(st.text(max_size=300))
def test_any_text_is_read_and_every_span_lies_within(model, cues, text):
    for hit in TechniqueReader(cues=cues, lexicon=LEXICON, model=model).read(text):
        assert 0 <= hit.start < hit.end <= len(text)


def test_repetition_does_not_explode(reader):
    assert len(reader.read("powershell " * 2_000)) >= 1
