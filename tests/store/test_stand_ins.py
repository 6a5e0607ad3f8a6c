"""What stood there is kept for the owner of the home alone."""

import stat

from panshi.store.stand_ins import PLACE, StandIns


def test_originals_come_back_and_the_first_counts(tmp_path):
    kept = StandIns(tmp_path)
    assert kept.originals(["〔人員-a〕"]) == {}

    kept.keep([("〔人員-a〕", "person", "王大明"), ("〔人員-a〕", "person", "王小明")])

    assert kept.originals(["〔人員-a〕", "〔人員-b〕"]) == {"〔人員-a〕": "王大明"}
    assert stat.S_IMODE((tmp_path / PLACE).stat().st_mode) == 0o600


def test_the_key_is_made_once(tmp_path):
    assert StandIns(tmp_path).key == StandIns(tmp_path).key
    assert len(StandIns(tmp_path).key) == 32
