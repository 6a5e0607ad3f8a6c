"""A cue is said where all its slots stand near each other, whole words and in any order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.extraction.cues import NEAR, Cues, cue
from panshi.alliance.extraction.sentences import Sentence


def said(written, text):
    cues = Cues(all=(cue("T1", written),))
    part = Sentence(0, len(text), text)
    return [text[each.start : each.end] for each in cues.said(part, cues.possible(text))]


@pytest.mark.parametrize(
    ("written", "text", "span"),
    [
        ("lsass", "dumped LSASS memory", "LSASS"),
        ("dump* + lsass", "lsass was dumped", "lsass was dumped"),
        ("dump + lsass", "dumping lsass", None),
        ("dump* + lsass", "nothing of the kind", None),
        ("刪除 + 日誌/紀錄", "事件日誌遭刪除", "日誌遭刪除"),
        ("cmd ⁄c", "ran cmd /c dir", "cmd /c"),
        ("⁄etc⁄shadow", "read /etc/shadow", "/etc/shadow"),
        ("at", "what is that", None),
        ("run key*", "the Run keys", "Run keys"),
        ("key + key", "one key only", None),
        ("a1 + b1", "a1" + "x" * NEAR + " b1", None),
    ],
)
def test_what_is_said(written, text, span):
    assert said(written, text) == ([span] if span else [])


@given(st.text(alphabet="ab +/*⁄", min_size=1, max_size=20), st.text(alphabet="ab /", max_size=60))
def test_any_cue_is_read_and_its_span_lies_within(written, text):
    for span in said(written, text):
        assert span in text
