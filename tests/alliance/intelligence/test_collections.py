"""Collections folded from their steps."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.intelligence.collections import (
    BULLETINS,
    SHARING,
    Shelf,
    Step,
    defect,
    fold,
    may_read,
    may_write,
    widens,
)
from panshi.governance.persons import pair_defect
from panshi.model.alliance.intelligence import Collection
from panshi.model.alliance.marking import Reader, ReaderRole, Tlp
from panshi.model.bodies.hub_collections import HubCollection, HubCollectionDecision

AT = datetime(2026, 1, 1, tzinfo=UTC)


def asked(number, by="lin.yating", name="c", **parts):
    body = HubCollection(
        **{"title": "C", "alias": "c", "unmarked": "amber", "asked_by": by, "why": "x", **parts}
    )
    return Step(id=f"s{number}", collection=name, at=AT, body=body)


def decided(number, of, by="chen.weiting", *, approved=True, name="c"):
    body = HubCollectionDecision(asked=of, approved=approved, decided_by=by)
    return Step(id=f"s{number}", collection=name, at=AT, body=body)


def folded(*steps):
    return fold(steps, two_people=pair_defect)


def test_a_hub_begins_with_sharing_and_bulletins():
    assert {each.alias for each in Shelf().collections.values()} == {"sharing", "bulletins"}


def test_what_opens_a_collection_waits_for_another_person():
    opening = asked(1, readers=("members",))
    assert folded(opening).found("c") is None
    assert folded(opening, decided(2, "s1", by="lin.yating")).found("c") is None
    assert folded(opening, decided(2, "s1")).found("c").readers == ("members",)
    assert folded(opening, decided(2, "s1", approved=False)).found("c") is None


def test_a_collection_for_the_hub_alone_and_what_narrows_count_at_once():
    assert folded(asked(1)).found("c").readers == ()
    wide = (asked(1, readers=("members", "partners")), decided(2, "s1"))
    assert folded(*wide, asked(3, readers=("members",))).found("c").readers == ("members",)
    assert folded(*wide, asked(3, retired=True)).found("c") is None


def test_a_decision_counts_for_exactly_what_was_asked():
    # Given a wish that was made wider after somebody looked at it
    steps = (asked(1, readers=("bank-a",)), asked(2, readers=("members",)))
    assert folded(*steps, decided(3, "s1")).found("c") is None
    shelf = folded(*steps)
    assert "nothing" in defect(shelf, decided(3, "s1"), two_people=pair_defect)
    assert defect(shelf, decided(3, "s2"), two_people=pair_defect) == ""


@pytest.mark.parametrize(
    ("reader", "reads", "writes"),
    [
        (Reader(member="bank-a", role=ReaderRole.MEMBER), True, False),
        (Reader(member="isac", role=ReaderRole.PARTNER), True, False),
        (Reader(member=None, role=ReaderRole.HUB), True, True),
        (Reader(member=None, role=ReaderRole.PUBLIC), False, False),
        (Reader(member="bank-a", role=ReaderRole.PUBLIC), False, False),
    ],
)
def test_bulletins_are_read_by_all_and_written_by_the_hub(reader, reads, writes):
    assert (may_read(BULLETINS, reader), may_write(BULLETINS, reader)) == (reads, writes)


def test_a_community_opens_a_collection_to_its_members():
    one = Collection(id="x", title="x", readers=("community:cloud",))
    inside = Reader(member="a", role=ReaderRole.MEMBER, communities=frozenset({"cloud"}))
    assert may_read(one, inside)
    assert not may_read(one, Reader(member="a", role=ReaderRole.MEMBER))


names = st.lists(st.sampled_from(("members", "partners", "bank-a")), max_size=2, unique=True)
wishes = st.builds(
    lambda readers, writers, unmarked: {
        "readers": tuple(readers),
        "writers": tuple(writers),
        "unmarked": unmarked,
    },
    names,
    names,
    st.sampled_from([each.value for each in Tlp]),
)


@given(st.lists(st.tuples(wishes, st.booleans()), max_size=6))
def test_nothing_widens_by_one_person(steps):
    # Given steps of one person alone, her own approvals among them
    shelf = folded()
    log = []
    for number, (parts, approves) in enumerate(steps, 1):
        before = shelf.collections
        log.append(asked(number, name=SHARING.id, alias="sharing", **parts))
        if approves:
            log.append(decided(number + 100, f"s{number}", by="lin.yating", name=SHARING.id))
        shelf = folded(*log)
        # Then no step opened more than stood open before
        assert not widens(before[SHARING.id], shelf.collections[SHARING.id])
