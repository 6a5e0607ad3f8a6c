"""Items speak for the clause above them: between clauses of one height, and the same both ways."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.governance.norms.candidates import candidate, compare
from panshi.governance.norms.clauses import Clause, Norm
from panshi.governance.norms.items import spoken_for
from panshi.model.control import Strength
from panshi.node.library import Library

GLOSSARY = Library().glossary


def clauses(parents: list[int | None]) -> list[Clause]:
    """Make clauses by the place of the one each stands below."""
    return [
        Clause(id=str(at), parent="" if above is None else str(above))
        for at, above in enumerate(parents)
    ]


@st.composite
def trees(draw):
    many = draw(st.integers(1, 6))
    return clauses([draw(st.sampled_from([None, *range(at)])) for at in range(many)])


@st.composite
def scored(draw):
    ours, theirs = draw(trees()), draw(trees())
    chance = np.random.default_rng(draw(st.integers(0, 999)))
    return np.round(chance.random((len(ours), len(theirs))), 2), ours, theirs


@settings(max_examples=200, deadline=None)
@given(given_=scored())
def test_exchanging_the_norms_transposes_what_items_say(given_):
    own, ours, theirs = given_
    forth, back = spoken_for(own, ours, theirs), spoken_for(own.T, theirs, ours)
    assert np.array_equal(forth.score, back.score.T)


@settings(max_examples=200, deadline=None)
@given(given_=scored())
def test_a_score_is_the_best_of_a_clause_and_its_items(given_):
    own, ours, theirs = given_
    found = spoken_for(own, ours, theirs)
    names = [{each.id for each in side} for side in (ours, theirs)]
    for row, one in enumerate(ours):
        for column, other in enumerate(theirs):
            rows = [row, *(at for at, each in enumerate(ours) if each.parent == one.id)]
            columns = [column, *(at for at, each in enumerate(theirs) if each.parent == other.id)]
            best = own[np.ix_(rows, columns)].max()
            one_height = (one.parent in names[0]) is (other.parent in names[1])
            assert found.score[row, column] == (best if one_height else own[row, column])
            speaking = found.rows[row, column], found.columns[row, column]
            assert own[speaking] == found.score[row, column]
            assert speaking[0] in rows
            assert speaking[1] in columns


def test_texts_without_items_stay_as_they_are():
    own = np.array([[0.1, 0.9], [0.3, 0.2]])
    flat = clauses([None, None])
    found = spoken_for(own, flat, flat)
    assert np.array_equal(found.score, own)
    assert found.rows.tolist() == [[0, 0], [1, 1]]
    assert found.columns.tolist() == [[0, 1], [0, 1]]


def norm(name: str, *made: Clause) -> Norm:
    return Norm(id=name, version="1", title=("", ""), clauses=made)


def said(name: str, text: str, parent: str = "") -> Clause:
    return Clause(id=name, text=("", text), parent=parent, strength=Strength.MUST)


ABOVE = norm(
    "catalog",
    said("9", "Manage the estate of the bank."),
    said("1", "Backups of payment data are encrypted and kept in another city.", "9"),
    said("2", "Visitors are accompanied.", "9"),
)
ALONE = norm("policy", said("p", "Encrypt the backups of payment data."))


def test_the_clause_above_ranks_with_its_item_and_before_it():
    # Given a clause that stands alone, and a text whose item says the same
    found = compare(ALONE, ABOVE, GLOSSARY)
    by_name = {pair.b: pair for pair in found.pairs}
    # Then the clause above is proposed through that item, which keeps its own score
    assert [pair.b for pair in found.pairs][:2] == ["9", "1"]
    assert by_name["9"].score == by_name["1"].score > by_name["9"].own
    assert by_name["9"].compared == ("p", "1")
    assert by_name["1"].compared == ("p", "1")
    assert by_name["1"].through == ("", "")
    # And it is the same the other way round
    assert candidate(compare(ABOVE, ALONE, GLOSSARY), "9", "p").compared == ("1", "p")


def test_a_clause_whose_item_has_a_counterpart_is_no_gap():
    assert compare(ABOVE, ALONE, GLOSSARY).gaps == ("2",)


def test_the_words_of_an_item_make_no_conflict_of_the_clause_above():
    long = norm("a", said("p", "Audit logs of payment systems are kept for at least five years."))
    short = norm(
        "b",
        said("1", "Keep records of cooking within two weeks."),
        said("1.1", "Audit logs of payment systems are deleted within one year.", "1"),
    )
    found = {pair.b: pair for pair in compare(long, short, GLOSSARY).pairs}
    assert found["1.1"].conflict
    assert found["1"].score == found["1.1"].score
    assert not found["1"].conflict


def test_a_clause_whose_item_says_the_same_words_is_as_alike_and_stands_first():
    # Given: an article whose item says word for word what a lone clause of another norm says
    text = "Backups of payment data are encrypted and kept in another city."

    def norm(name, *clauses):
        return Norm(id=name, version="1", title=("", ""), clauses=clauses)

    def says(name, words, above=""):
        return Clause(id=name, text=("", words), parent=above, strength=Strength.MUST)

    other = norm("b", says("9", "Manage the estate of the bank."), says("1", text, "9"))
    # When: they are compared
    first, second = compare(norm("a", says("p", text)), other, GLOSSARY).pairs
    # Then: the clause above is as alike as its item
    assert (first.b, first.score, first.own) == ("9", 1.0, 0.0)
    assert (second.b, second.score, second.own) == ("1", 1.0, 1.0)
