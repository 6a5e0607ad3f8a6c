"""EPSS scores: of a stated day, each from 0 to 1, packed or not, never more than fits."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.observe.feeds import epss
from panshi.observe.feeds.epss import begins_as_epss, decode_epss
from tests.simulators.advisories import damaged, epss_text

ROWS = [("CVE-2026-0001", 0.25, 0.9), ("CVE-2026-0002", 0.5, 1)]


def test_scores_are_taken_with_model_and_day():
    for raw in (epss_text(ROWS), gzip.compress(epss_text(ROWS))):
        found = decode_epss(raw, place="epss")
        assert found.scores == (("CVE-2026-0001", 0.25, 0.9), ("CVE-2026-0002", 0.5, 1.0))
        assert (found.model, str(found.scored)) == ("v2026.01.01", "2026-07-02")
        assert begins_as_epss(raw[:400])


def test_a_bad_line_is_refused_by_its_name_and_the_others_taken():
    bad = [("CVE-2026-0003", 1.5, 0.1), ("CVE-1", 0.1, 0.1), ("CVE-2026-0004", "nan", 0.1)]
    found = decode_epss(epss_text([*ROWS, *bad, ROWS[0]]), place="epss")
    assert len(found.scores) == 2
    assert sorted(each.name for each in found.refused) == [
        "CVE-2026-0001",
        "CVE-2026-0003",
        "CVE-2026-0004",
        "line 6",
    ]


def test_scores_of_no_day_are_refused():
    without = epss_text(ROWS).partition(b"\n")[2]
    for raw in (without, b"#model_version:x\n" + without, b"", epss_text([])):
        with pytest.raises(BadInputError):
            decode_epss(raw, place="epss")


def test_a_file_cut_short_is_refused_whole():
    packed = gzip.compress(epss_text([(f"CVE-2026-{n:05}", 0.1, 0.1) for n in range(5_000)]))
    for cut in (len(packed) // 2, len(packed) - 4):
        with pytest.raises(BadInputError, match=r"short|damaged"):
            decode_epss(packed[:cut], place="epss")


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(epss, "LARGEST_CONTENT", 1 << 20)
    with pytest.raises(BadInputError, match="unpacks to more"):
        decode_epss(gzip.compress(b"#model_version" + b" " * (4 << 20)), place="epss")


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(raw):
    for each in (raw, gzip.compress(raw)):
        with pytest.raises(BadInputError):
            decode_epss(each, place="epss")


def test_a_thousand_damaged_files_are_refused_or_taken_without_the_bad_lines():
    plain = epss_text([(f"CVE-2026-{n:04}", 0.1, 0.1) for n in range(1, 30)])
    for raw, seeds in ((plain, 700), (gzip.compress(plain), 300)):
        for seed in range(seeds):
            try:
                found = decode_epss(damaged(raw, seed), place="epss")
            except BadInputError:
                continue
            else:
                assert all(0 <= score <= 1 for _name, score, _percentile in found.scores)
