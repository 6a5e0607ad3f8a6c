"""A text cut into pieces: nothing lost, nothing twice, spans where they belong."""

from hypothesis import given
from hypothesis import strategies as st

from panshi.web.marked_text import Piece, Span, pieces

SPANS = st.builds(
    Span,
    start=st.integers(-2, 40),
    end=st.integers(-2, 40),
    kind=st.sampled_from(["indicator", "technique"]),
    says=st.sampled_from(["a", "b"]),
)


@given(st.text(max_size=30), st.lists(SPANS, max_size=6))
def test_the_pieces_make_the_text(text, spans):
    assert "".join(each.text for each in pieces(text, spans)) == text


def test_a_narrow_span_stands_before_the_sentence_around_it():
    sentence = Span(start=0, end=20, kind="technique", says="T1566")
    name = Span(start=3, end=9, kind="indicator", says="domain")
    assert pieces("對方自 evil.test 下載後執行了程式", [sentence, name])[1] == Piece(
        text=" evil.", kind="indicator", says="domain"
    )


def test_a_marked_span_keeps_its_reason():
    span = Span(start=1, end=3, kind="cve", says="CVE-2026-0001")
    assert pieces("abcd", [span]) == (
        Piece(text="a"),
        Piece(text="bc", kind="cve", says="CVE-2026-0001"),
        Piece(text="d"),
    )
