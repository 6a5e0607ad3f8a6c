"""Who answers for what is sealed, the newest record counts, and undoing supersedes."""

from datetime import timedelta
from itertools import count

import pytest

from panshi.errors import UsageError
from panshi.node.home import Home
from panshi.node.ownership import KIND, MOST, assign, owned_by, owners
from tests.web.small_bank import BANK, NOW, open_small_bank


@pytest.fixture
def bank(tmp_path):
    moments = (NOW + timedelta(seconds=each) for each in count())
    with open_small_bank(Home(path=tmp_path)) as node:
        node.clock = lambda: next(moments)
        yield node


def test_an_owner_is_who_was_assigned_last(bank):
    assign(bank, [("zt36/1-1", "ana"), ("zt36/1-2", "ana")], actor="ciso", estate_id=BANK)
    assign(bank, [("zt36/1-1", "ben")], actor="ciso", estate_id=BANK)
    assert owned_by(bank, "ana", BANK) == ("zt36/1-2",)
    assert owned_by(bank, "ben", BANK) == ("zt36/1-1",)


def test_assigning_the_same_again_seals_nothing(bank):
    assign(bank, [("zt36/1-1", "ana")], actor="ciso", estate_id=BANK)
    size = bank.log.size()
    done = assign(bank, [("zt36/1-1", "ana")], actor="ciso", estate_id=BANK)
    assert done.changed == 0
    assert bank.log.size() == size


def test_giving_back_what_was_before_undoes_it_and_both_stay_in_the_log(bank):
    # Given a control of ana and one of nobody, both given to ben
    assign(bank, [("zt36/1-1", "ana")], actor="ciso", estate_id=BANK)
    done = assign(bank, [("zt36/1-1", "ben"), ("zt36/1-2", "ben")], actor="ciso", estate_id=BANK)
    assert done.before == (("zt36/1-1", "ana"), ("zt36/1-2", ""))
    # When it is undone
    assign(bank, done.before, actor="ciso", estate_id=BANK)
    # Then it is as before, and the log tells all of it
    assert owned_by(bank, "ana", BANK) == ("zt36/1-1",)
    assert "zt36/1-2" not in owners(bank, BANK)
    assert len(tuple(bank.log.records(KIND))) == 5


def test_too_many_at_once_and_unknown_controls_are_refused_whole(bank):
    size = bank.log.size()
    with pytest.raises(UsageError, match="at once"):
        assign(bank, [("zt36/1-1", "a")] * (MOST + 1), actor="ciso", estate_id=BANK)
    with pytest.raises(UsageError, match="no control"):
        assign(bank, [("zt36/1-1", "a"), ("zt36/99", "a")], actor="ciso", estate_id=BANK)
    assert bank.log.size() == size
