"""Stand-ins are stable, tell nothing without the key, and are undone by their originator alone."""

from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.extraction import indicators
from panshi.alliance.extraction.deidentification.finding import Declared, identifying
from panshi.alliance.extraction.deidentification.redaction import redact, restore

KEY, OTHER = b"k" * 32, b"o" * 32
TEXT = "通報人：王大明，手機 0912-345-678，另一支 +886 912 345 678。"


def done(text, key=KEY, **more):
    return redact(text, identifying(text, Declared(), indicators(text)), key, **more)


def test_nothing_that_identifies_is_left_and_it_can_be_undone():
    shared = done(TEXT)

    assert "王大明" not in shared.text
    assert "345" not in shared.text
    back = restore(shared.text, shared.changes)
    assert back.startswith("通報人：王大明，手機 0912-345-678")


def test_one_value_has_one_stand_in_however_it_is_written():
    first, second = (each.stand_in for each in done(TEXT).changes if each.kind == "phone")

    assert first == second
    assert done("0912345678 來電").changes[0].stand_in == first


def test_another_key_gives_another_stand_in():
    assert done(TEXT).text != done(TEXT, OTHER).text
    assert done(TEXT).text == done(TEXT).text


def test_a_reviewer_may_let_a_value_stand():
    shared = done(TEXT, kept=("王大明",))

    assert "王大明" in shared.text
    assert len(shared.changes) == 2


@given(st.text(alphabet="王大明先生A123456789 0-通報人：〔人員〕", max_size=80))
def test_any_text_is_undone(text):
    shared = done(text)
    back = restore(shared.text, shared.changes)

    phones = {each.original for each in shared.changes if each.kind in {"phone", "bank-account"}}
    if (
        len({each.stand_in for each in shared.changes})
        == len({each.original for each in shared.changes})
        or not phones
    ):
        assert back.casefold() == text.casefold()
