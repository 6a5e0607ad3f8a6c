"""Comments are sealed, found by their object, erasable by their author, and never markup."""

import pytest

from panshi.errors import BadInputError, ForbiddenError
from panshi.node.comments import KIND, comment, comments, erase
from panshi.node.home import Home
from tests.web.small_bank import open_small_bank

ABOUT = "control/zt36/1-1"


@pytest.fixture
def bank(tmp_path):
    with open_small_bank(Home(path=tmp_path)) as node:
        yield node


def said(node, text, actor="ana", about=ABOUT):
    return comment(node, about, text, actor=actor, exists=lambda _name: True)


def test_what_was_said_is_listed_oldest_first_per_object(bank):
    said(bank, "first")
    said(bank, "second", actor="ben")
    said(bank, "elsewhere", about="asset/host:dc1-00")
    assert [each.body.text for each in comments(bank, ABOUT)] == ["first", "second"]


def test_an_erased_comment_is_gone_but_its_place_is_proven(bank):
    made = said(bank, "a secret of mine")
    erase(bank, made.id, actor="ana")
    assert comments(bank, ABOUT) == ()
    kept = bank.log.get(made.id)
    assert kept.erased
    assert kept.observation.body is None
    assert bank.verify(bank.prove(made.id)).ok


def test_nothing_of_an_erased_comment_stays_in_the_index_file(bank, tmp_path):
    made = said(bank, "blauwal-im-keller")
    comments(bank, ABOUT)
    erase(bank, made.id, actor="ana")
    comments(bank, ABOUT)
    for file in tmp_path.glob("search.sqlite3*"):
        assert b"blauwal" not in file.read_bytes()


def test_only_its_author_erases_a_comment(bank):
    made = said(bank, "mine")
    with pytest.raises(ForbiddenError, match="somebody else"):
        erase(bank, made.id, actor="ben")
    assert len(comments(bank, ABOUT)) == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001, "a\x00b", "a\u202eb"])
def test_what_cannot_be_read_is_refused(bank, text):
    size = bank.log.size()
    with pytest.raises(BadInputError):
        said(bank, text)
    assert bank.log.size() == size


@pytest.mark.parametrize("about", ["", "control/", "nothing/x", "control/" + "x" * 300, "zt36"])
def test_a_reference_to_nothing_is_refused(bank, about):
    with pytest.raises(BadInputError, match="points at nothing"):
        said(bank, "hello", about=about)


def test_mentions_are_those_accounts_that_exist(bank):
    made = comment(
        bank,
        ABOUT,
        "@ana, @ben. mail@example.org ＠chou @ana",
        actor="dan",
        exists={"ana", "chou", "example.org"}.__contains__,
    )
    assert made.body.mentions == ("ana", "chou")
    assert bank.log.kinds()[KIND] == 1
