"""Who may receive what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.intelligence.release import STAFF, may_see, shelves, shelves_of
from panshi.errors import BadInputError
from panshi.model.alliance.marking import PUBLIC, Marking, Pap, Reader, ReaderRole, Tlp

MEMBERS = ("bank-a", "bank-b", "insurer-c")
COMMUNITIES = ("payments", "cloud")
RECIPIENTS = (*MEMBERS, *(f"community:{each}" for each in COMMUNITIES))

markings = st.builds(
    Marking,
    tlp=st.sampled_from(Tlp),
    pap=st.sampled_from(Pap),
    recipients=st.lists(st.sampled_from(RECIPIENTS), max_size=3, unique=True).map(tuple),
    originator=st.sampled_from(("", *MEMBERS)),
)
readers = st.builds(
    Reader,
    member=st.sampled_from((None, *MEMBERS)),
    role=st.sampled_from((*ReaderRole, "what nobody knows")),
    communities=st.frozensets(st.sampled_from(COMMUNITIES)),
    originator_of=st.frozensets(st.sampled_from(MEMBERS), max_size=1),
)


def member(name: str, *communities: str) -> Reader:
    return Reader(member=name, role=ReaderRole.MEMBER, communities=frozenset(communities))


@pytest.mark.parametrize(
    ("tlp", "public", "partner", "another"),
    [
        (Tlp.CLEAR, True, True, True),
        (Tlp.GREEN, False, True, True),
        (Tlp.AMBER, False, False, True),
        (Tlp.AMBER_STRICT, False, False, False),
        (Tlp.RED, False, False, False),
    ],
)
def test_the_colour_says_how_far_it_travels(tlp, public, partner, another):
    # Given what bank-a sent to the hub
    marking = Marking(tlp=tlp, originator="bank-a")
    # Then anybody, a partner and another member receive it as TLP 2.0 says
    assert may_see(marking, PUBLIC) is public
    assert may_see(marking, Reader(member=None, role=ReaderRole.PARTNER)) is partner
    assert may_see(marking, member("bank-b")) is another
    # And its originator and the hub always see it
    assert may_see(marking, member("bank-a"))
    assert may_see(marking, Reader(member=None, role=ReaderRole.HUB))


def test_named_recipients_close_it_to_everybody_else():
    # Given something clear that was sent to one member and one community
    marking = Marking(tlp=Tlp.CLEAR, recipients=("bank-b", "community:cloud"))
    # Then only these receive it
    assert may_see(marking, member("bank-b"))
    assert may_see(marking, member("insurer-c", "cloud"))
    assert not may_see(marking, member("insurer-c", "payments"))
    assert not may_see(marking, PUBLIC)


def test_a_community_opens_nothing_the_colour_closes():
    red = Marking(tlp=Tlp.RED, recipients=("community:cloud",))
    amber = Marking(tlp=Tlp.AMBER, recipients=("community:cloud",))
    partner = Reader(member=None, role=ReaderRole.PARTNER, communities=frozenset({"cloud"}))
    assert not may_see(red, member("bank-b", "cloud"))
    assert not may_see(amber, partner)


def test_what_bears_no_marking_is_read_as_the_policy_says():
    assert not may_see(None, member("bank-b"))
    assert may_see(None, member("bank-b"), unmarked=Tlp.GREEN)


def test_a_member_is_not_named_like_a_community():
    with pytest.raises(BadInputError):
        Reader(member="community:cloud", role=ReaderRole.MEMBER)


@given(markings, readers)
def test_shelves_meet_exactly_where_the_reader_may_see(marking, reader):
    met = bool(shelves(marking) & shelves_of(reader)) or STAFF in shelves_of(reader)
    assert met is may_see(marking, reader)


@given(markings, markings, readers)
def test_what_satisfies_two_markings_is_seen_by_no_more_than_either_allows(one, other, reader):
    both = one.narrowed(other)
    if may_see(both, reader):
        assert may_see(one, reader)
        assert may_see(other, reader)
    assert both.pap.breadth == min(one.pap.breadth, other.pap.breadth)
