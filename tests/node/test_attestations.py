"""Attestations through the desk: two people, an attachment, and a draw nobody can choose."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from panshi.errors import BadInputError, ForbiddenError, MissingError, UsageError
from panshi.governance.attestations.story import AttestationState
from panshi.model.verdict import Status
from panshi.node.attestations import (
    AttestationDesk,
    Attesting,
    of_control,
    register,
    sample,
    shown,
)
from panshi.node.home import Home
from panshi.store.attachments import Attachments
from tests.simulators.guarded_bank import BANK, LIBRARY, OWNER, REVIEWER, found_bank, open_bank

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
BOTH = next(
    each.key
    for each in LIBRARY.framework("emerging").controls
    if each.attesting is not None and each.strength.binding
)
ASKED = Attesting(
    control=BOTH,
    scope="whole bank",
    period_start=TODAY - timedelta(days=90),
    period_end=TODAY,
    expires=TODAY + timedelta(days=200),
    statement="reviewed and approved",
    attachment="minutes.txt",
)


@pytest.fixture
def clock():
    return [NOW]


@pytest.fixture
def node(tmp_path, clock):
    with open_bank(Home(path=tmp_path), lambda: clock[0]) as opened:
        found_bank(opened)
        yield opened


def desk(node, who):
    return AttestationDesk(node, actor=who)


def attested(node, asked=ASKED, content=b"minutes"):
    number = desk(node, OWNER).make(asked, content)
    desk(node, REVIEWER).countersign(number, note="compared")
    return number


def test_a_binding_clause_takes_two_people(node):
    number = desk(node, OWNER).make(ASKED, b"minutes")
    assert number == "AT-2026-001"
    assert shown(node, number).state is AttestationState.PENDING
    assert node.verdict(BOTH, BANK).status is Status.NOT_ATTESTED
    with pytest.raises(ForbiddenError) as refused:
        desk(node, "cli:hsieh.kuowei").countersign(number)
    assert refused.value.__notes__ == ["same_person"]
    desk(node, REVIEWER).countersign(number)
    view = shown(node, number)
    assert (view.state, view.counts, view.countersigned_by) == (
        AttestationState.STANDING,
        True,
        REVIEWER,
    )
    assert node.verdict(BOTH, BANK).status is Status.ATTESTED
    assert [each.id for each in of_control(node, BOTH, BANK)] == [view.id]


def test_what_it_rests_on_is_kept_and_known_by_its_digest(node):
    view = shown(node, attested(node))
    assert Attachments(node.home.path).read(view.attachment_sha256) == b"minutes"
    assert view.attachment_bytes == 7
    with pytest.raises(BadInputError):
        desk(node, OWNER).make(ASKED, b"")


def test_it_is_taken_back_by_its_owner_only(node):
    number = attested(node)
    with pytest.raises(ForbiddenError):
        desk(node, REVIEWER).withdraw(number, why="wrong")
    desk(node, OWNER).withdraw(number, why="the procedure changed")
    assert shown(node, number).state is AttestationState.WITHDRAWN
    assert node.verdict(BOTH, BANK).status is Status.NOT_ATTESTED


def test_what_is_judged_from_evidence_is_not_attested(node):
    from dataclasses import replace

    with pytest.raises(UsageError, match="from evidence"):
        desk(node, OWNER).make(replace(ASKED, control="zt36/3-1"), b"x")
    with pytest.raises(UsageError):
        desk(node, OWNER).make(replace(ASKED, statement=" "), b"x")
    with pytest.raises(ForbiddenError):
        desk(node, "token:ci").make(ASKED, b"x")
    with pytest.raises(MissingError):
        shown(node, "AT-1999-001")


def test_a_draw_is_of_what_stood_when_the_quarter_began(node, clock):
    # Given attestations of several controls, made this quarter
    from dataclasses import replace

    keys = [
        each.key
        for each in LIBRARY.framework("emerging").controls
        if each.attesting is not None and each.strength.binding
    ][:8]
    numbers = [attested(node, replace(ASKED, control=key)) for key in keys]
    assert sample(node).among == 0
    with pytest.raises(UsageError, match="was not drawn"):
        desk(node, "xu.wenbin").reexamine(numbers[0], upheld=True, finding="looked")
    # When the next quarter begins, five of the eight are drawn, and the same whoever asks when
    clock[0] = NOW + timedelta(days=60)
    drawn = sample(node)
    assert (drawn.quarter, drawn.among, len(drawn.drawn)) == ("2027Q1", 8, 5)
    assert drawn.drawn_from == node.log.root(drawn.log_size).hex()
    clock[0] += timedelta(days=3)
    node.audit("somebody", "something", "else")
    attested(node, replace(ASKED, control=keys[0], expires=TODAY + timedelta(days=300)))
    assert sample(node) == drawn
    # Then one that is not upheld stands no longer, by somebody who signed neither time
    named = register(node).drawn[0]
    with pytest.raises(ForbiddenError):
        desk(node, REVIEWER).reexamine(named.id, upheld=False, finding="looked")
    desk(node, "xu.wenbin").reexamine(named.id, upheld=False, finding="another version")
    assert shown(node, named.id).state in {AttestationState.REFUTED, AttestationState.REPLACED}
    other = register(node).drawn[1]
    desk(node, "xu.wenbin").reexamine(other.id, upheld=True, finding="as it says")
    assert shown(node, other.id).reexamined is True
    assert len(register(node).unexamined) <= 3


def test_it_expires_and_no_clock_brings_it_back(node, clock):
    number = attested(node)
    clock[0] = NOW + timedelta(days=200)
    node.audit("somebody", "something", "else")
    assert shown(node, number).state is AttestationState.EXPIRED
    with open_bank(node.home, lambda: NOW) as again:
        assert shown(again, number).state is AttestationState.EXPIRED
        assert again.verdict(BOTH, BANK).status is Status.NOT_ATTESTED
