"""Exceptions through the desk: refused at the door what would not count, and told as it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from panshi.errors import BadInputError, ForbiddenError, MissingError, UsageError
from panshi.evidence.log import Filter
from panshi.governance.exceptions.story import ExceptionState
from panshi.model.bodies.exceptions import BASIS, REQUEST, ExceptionReview
from panshi.model.bodies.network import Segment
from panshi.model.observation import Observation
from panshi.node.exception_steps import Asked, ExceptionDesk
from panshi.node.exceptions import detail, details, of_control, register
from panshi.node.home import Home
from panshi.observe.port import Observer
from tests.simulators.guarded_bank import (
    BANK,
    BROKEN,
    CHAIR,
    CISO,
    COMMITTEE,
    FAILING,
    HOSTS,
    OWNER,
    REVIEWER,
    SOUND,
    found_bank,
    incident,
    looks,
    observed,
    open_bank,
)
from tests.simulators.offices import appoint

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
ASKED = Asked(
    control=BROKEN,
    scope=FAILING[:4],
    reason="old switches",
    residual_risk="lateral movement",
    compensating=(SOUND,),
    effective=TODAY,
    expires=TODAY + timedelta(days=60),
)


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock):
    with open_bank(Home(path=tmp_path), clock) as opened:
        found_bank(opened)
        yield opened


def desk(node, who):
    return ExceptionDesk(node, actor=who)


def approved(node, asked=ASKED):
    number = desk(node, OWNER).request(asked)
    desk(node, REVIEWER).review(number)
    desk(node, CISO).approve(number, why="agreed")
    return number


def state(node, number):
    return register(node).find(number).state


def refusals(node, who):
    found = node.log.page(Filter(kind="audit.event/1", subject=f"actor:{who}"), limit=20)
    return [e.observation.body.detail for e in found if not e.observation.body.allowed]


def test_from_the_request_to_the_grade(node):
    number = desk(node, OWNER).request(ASKED)
    assert number == "EX-2026-001"
    assert state(node, number) is ExceptionState.REQUESTED
    desk(node, REVIEWER).review(number, note="taken up")
    view = register(node).find(number)
    assert (view.state, view.missing) == (ExceptionState.UNDER_REVIEW, ("ciso",))
    desk(node, CISO).approve(number, why="narrow and short")
    view = register(node).find(number)
    assert view.counts
    assert (view.failing_in_scope, view.scope_permille, view.days_left) == (4, 100, 60)
    # Then the grade is told with and without it
    verdict = node.verdict(BROKEN, BANK)
    assert (verdict.met, verdict.met_without_exceptions) == (True, False)
    effect = register(node).effect("zt36")
    assert effect.met - effect.met_without_exceptions == 1


def test_what_was_decided_on_is_sealed_and_compared_with_today(node, clock):
    number = approved(node)
    found = detail(node, number)
    assert found.decided_on is not None
    assert found.decided_on.failing == 6
    assert found.decided_on.met_if_approved
    assert found.decided_on.compensating_met == (SOUND,)
    assert found.differs == ("status", "met")
    assert [each.kind for each in found.steps][2] == BASIS
    # When a host is mended, the page says what is different
    mended = Segment(isolated=True, peer_reachable=False, micro_segmented=True, policy_as_code=True)
    clock.now += timedelta(hours=1)
    node.log.append(
        [observed("network.segment/1", mended, at=clock.now, subject=FAILING[0])], clock.now
    )
    assert {"failing", "passing", "failing_in_scope", "failing_sha256"} <= set(
        detail(node, number).differs
    )


def test_nobody_decides_on_what_they_were_not_shown(node, clock):
    number = desk(node, OWNER).request(ASKED)
    desk(node, REVIEWER).review(number)
    shown = detail(node, number).seen
    clock.now += timedelta(hours=1)
    node.log.append([incident(clock.now, over=False)], clock.now)
    with pytest.raises(UsageError, match="changed since"):
        desk(node, CISO).approve(number, why="agreed", seen=shown)
    assert state(node, number) is ExceptionState.UNDER_REVIEW


@pytest.mark.parametrize(
    ("who", "step", "error", "flaw"),
    [
        (OWNER, "review", ForbiddenError, "same_person"),
        ("cli:hsieh.kuowei", "review", ForbiddenError, "same_person"),
        (OWNER, "approve", ForbiddenError, "same_person"),
        (REVIEWER, "approve", ForbiddenError, "no_office"),
        (CISO, "withdraw", ForbiddenError, "not_the_requester"),
        (CISO, "close", UsageError, "not_approved"),
    ],
)
def test_what_would_not_count_is_refused_and_recorded(node, who, step, error, flaw):
    number = desk(node, OWNER).request(ASKED)
    if step != "review":
        desk(node, REVIEWER).review(number)
    before = node.log.kinds()
    take = getattr(desk(node, who), step)
    with pytest.raises(error) as refused:
        take(number) if step in {"review", "withdraw"} else take(number, why="because")
    assert refused.value.__notes__ == [flaw]
    assert refusals(node, who)[0] == flaw
    after = {kind: n for kind, n in node.log.kinds().items() if kind != "audit.event/1"}
    assert after == {kind: n for kind, n in before.items() if kind != "audit.event/1"}


def test_a_token_is_nobody(node):
    with pytest.raises(ForbiddenError, match="stands for no person"):
        desk(node, "token:ci").request(ASKED)


def test_without_appointments_nobody_can_approve_and_it_says_how(tmp_path, clock):
    with open_bank(Home(path=tmp_path), clock) as node:
        from tests.simulators.guarded_bank import estate

        node.commit_estate(estate(clock.now, HOSTS), by="tests", at=NOW - timedelta(days=1))
        node.log.append(looks(clock.now), clock.now)
        number = desk(node, OWNER).request(ASKED)
        desk(node, REVIEWER).review(number)
        with pytest.raises(ForbiddenError, match="panshi office appoint"):
            desk(node, CISO).approve(number, why="agreed")


def test_an_office_that_ended_decides_nothing_more(node):
    appoint(node, "old.ciso", "ciso", since=TODAY - timedelta(9), until=TODAY)
    number = desk(node, OWNER).request(ASKED)
    desk(node, REVIEWER).review(number)
    with pytest.raises(ForbiddenError):
        desk(node, "old.ciso").approve(number, why="agreed")


def test_what_is_too_wide_for_the_ciso_waits_for_the_others(node):
    number = desk(node, OWNER).request(replace_scope(HOSTS[:6]))
    desk(node, REVIEWER).review(number)
    assert register(node).find(number).missing == ("ciso", "risk_committee")
    desk(node, CISO).approve(number, why="agreed")
    view = register(node).find(number)
    assert (view.state, view.missing) == (ExceptionState.UNDER_REVIEW, ("risk_committee",))
    assert not view.counts
    desk(node, COMMITTEE).approve(number, why="agreed", resolution="meeting 41")
    assert register(node).find(number).counts


def test_the_whole_population_is_for_the_board(node):
    number = desk(node, OWNER).request(replace_scope(()))
    desk(node, REVIEWER).review(number)
    desk(node, CISO).approve(number, why="agreed")
    desk(node, COMMITTEE).approve(number, why="agreed")
    assert not register(node).find(number).counts
    desk(node, CHAIR).approve(number, why="agreed")
    assert register(node).find(number).counts


def replace_scope(scope):
    from dataclasses import replace

    return replace(ASKED, scope=scope)


def test_the_grade_falls_the_day_what_compensates_falls(node, clock):
    number = approved(node)
    clock.now += timedelta(hours=1)
    node.log.append([incident(clock.now, over=False)], clock.now)
    view = register(node).find(number)
    assert (view.state, view.counts, view.uncompensated) == (ExceptionState.ACTIVE, False, True)
    assert not node.verdict(BROKEN, BANK).met
    # When it is mended, the exception counts again
    clock.now += timedelta(hours=1)
    node.log.append([incident(clock.now, over=True)], clock.now)
    assert register(node).find(number).counts


def test_it_lapses_by_itself_and_no_clock_brings_it_back(node, clock):
    number = approved(node)
    clock.now += timedelta(days=61)
    node.log.append(looks(clock.now), clock.now)
    assert state(node, number) is ExceptionState.LAPSED
    assert not node.verdict(BROKEN, BANK).met
    # When the clock is set back and the node starts again
    with open_bank(node.home, lambda: NOW + timedelta(days=1)) as again:
        assert state(again, number) is ExceptionState.LAPSED
        assert not again.verdict(BROKEN, BANK).met
        # Then a step is dated by what the log learned, too
        later = desk(again, OWNER).request(ASKED_LATER)
        assert register(again).find(later).requested_on >= TODAY + timedelta(days=61)
    # but the past may still be asked for
    assert register(node, as_of=NOW + timedelta(days=1)).find(number).counts


ASKED_LATER = Asked(
    control=BROKEN,
    scope=FAILING[:1],
    reason="r",
    residual_risk="low",
    compensating=(SOUND,),
    effective=TODAY + timedelta(days=61),
    expires=TODAY + timedelta(days=90),
)


def test_what_was_closed_stays_closed_with_the_clock_set_back(node, clock):
    number = approved(node)
    clock.now += timedelta(days=10)
    desk(node, OWNER).close(number, why="the switches came")
    with open_bank(node.home, lambda: NOW + timedelta(days=5)) as again:
        assert state(again, number) is ExceptionState.CLOSED
        assert not again.verdict(BROKEN, BANK).met


def test_a_renewal_is_a_new_request(node, clock):
    number = approved(node)
    clock.now += timedelta(days=50)
    again = desk(node, OWNER).renew(
        number,
        reason="late again",
        effective=TODAY + timedelta(days=60),
        expires=TODAY + timedelta(days=100),
    )
    view = register(node).find(again)
    assert (view.renews, view.renewals, view.state) == (number, 1, ExceptionState.REQUESTED)
    assert register(node).find(number).renewed_by == again
    assert view.level.id == "committee"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": ("host:none",)}, UsageError),
        ({"compensating": ("zt36/9-9",)}, UsageError),
        ({"compensating": ("blueprint/BP-01",)}, UsageError),
        ({"control": "zt36/9-9"}, UsageError),
        ({"compensating": ()}, UsageError),
        ({"expires": TODAY}, UsageError),
    ],
)
def test_a_request_without_effect_is_refused(node, changes, error):
    from dataclasses import replace

    with pytest.raises(error):
        desk(node, OWNER).request(replace(ASKED, **changes))
    assert list(node.log.records(REQUEST)) == []


def test_what_is_not_there(node):
    with pytest.raises(MissingError):
        detail(node, "EX-1999-001")
    with pytest.raises(MissingError):
        desk(node, REVIEWER).review("EX-1999-001")


def test_a_step_is_not_recorded_by_the_general_door(node):
    body = ExceptionReview(reviewed_by=REVIEWER)
    with pytest.raises(UsageError, match="is a step"):
        node.record("record.exception_review/1", body, facet="EX-2026-001", actor=REVIEWER)


def test_no_observer_brings_in_what_people_record(node, monkeypatch, tmp_path):
    # Given a source that yields an approval made by hand
    class Sly(Observer):
        name, title_zh, title_en = "sly", "假", "sly"
        kinds, needs_path, suffixes = ("record.exception_review/1",), True, ()

        def observe(self, look):
            yield Observation(
                kind="record.exception_review/1",
                subject="institution:guarded-bank",
                facet="EX-2026-001",
                observed_at=look.now,
                collector="sly",
                body=ExceptionReview(reviewed_by=REVIEWER),
            )

    monkeypatch.setattr(node, "sources", {"sly": Sly()})
    file = tmp_path / "sly.txt"
    file.write_text("x", encoding="utf-8")
    before = node.log.size()
    with pytest.raises(BadInputError, match="no file can bring"):
        node.observe("sly", file)
    assert node.log.size() == before


def test_of_one_control_and_of_all(node):
    number = approved(node)
    assert [each.number for each in of_control(node, BROKEN, BANK)] == [number]
    assert of_control(node, SOUND, BANK) == ()
    assert [each.view.number for each in details(node)] == [number]
