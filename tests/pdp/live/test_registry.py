"""Whatever changes reaches what is open at once, and only what it concerns."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from panshi.errors import BadInputError, MissingError, UsageError
from panshi.pdp.live import emergency
from panshi.pdp.live.keeping import TURN
from panshi.pdp.live.snapshot import explained, snapshot
from panshi.protection.cedar import Uid
from panshi.protection.zero_trust.sessions.break_glass import Grant
from panshi.protection.zero_trust.sessions.facts import BreakGlassStep, Consequence
from panshi.protection.zero_trust.sessions.nouns import Cause, OrderKind
from panshi.protection.zero_trust.sessions.ruling import Ruling
from panshi.protection.zero_trust.trust.signal import Signal, Subject, SubjectKind
from tests.pdp.live.worlds import EMERGENCY, READ, START, TRANSFER, WRITE, World
from tests.protection.zero_trust.trust.models import MODEL


@pytest.fixture
def world():
    """Two people at work, each reading and writing."""
    made = World()
    for user in ("amy", "bob"):
        made.establish(f"s-{user}", user)
        made.compliant(user)
        assert made.open(f"{user}-read", f"s-{user}")
        assert made.open(f"{user}-write", f"s-{user}", WRITE)
    return made


def ordered(orders):
    return [(each.kind.value, each.access or each.session) for each in orders]


def test_a_device_out_of_compliance_narrows_its_session_and_no_other(world):
    # When amy's device falls out of compliance, which leaves enough trust to read
    world.signal("behaviour", "usual", "s-amy")
    world.signal("account", "fine", "amy")
    orders = world.signal("device.compliance", "not_compliant", "nb-amy", "mdm")

    # Then writing closes, and with trust below 50 reading too; bob is not disturbed
    assert {each.session for each in orders} == {"s-amy"}
    assert ("close", "amy-write") in ordered(orders)
    assert {"bob-read", "bob-write"} <= world.open_now


def test_narrowing_keeps_what_is_still_allowed(world):
    # When the feed of compliance falls silent
    world.live.heartbeat("mdm", ("device.compliance",), 60.0)
    orders = world.pass_time(181)

    # Then writing closes everywhere, and reading goes on
    assert ordered(orders) == [("close", "amy-write"), ("close", "bob-write")]
    assert {each.cause for each in orders} == {Cause.LOST_FEED}
    assert world.open_now == {"amy-read", "bob-read"}
    assert world.facts[-1].accesses_kept == 2

    # And when it is heard again, nothing is closed and writing may open anew
    world.compliant()
    assert world.live.heartbeat("mdm", ("device.compliance",), 60.0) == ()
    assert world.open("amy-again", "s-amy", WRITE)


def test_a_heartbeat_in_time_loses_nothing(world):
    world.live.heartbeat("mdm", ("device.compliance",), 60.0)
    for _ in range(5):
        assert world.pass_time(100) == ()
        world.live.heartbeat("mdm", ("device.compliance",), 60.0)

    assert len(world.open_now) == 4


def test_somebody_who_leaves_loses_everything_and_nobody_else_does(world):
    world.establish("s-amy-2", "amy")
    world.open("amy-2-read", "s-amy-2", pep="other")

    orders = world.live.leaver("amy", source="hr")

    assert ordered(orders) == [("end_session", "s-amy"), ("end_session", "s-amy-2")]
    assert world.open_now == {"bob-read", "bob-write"}
    fact = world.facts[-1]
    assert (fact.cause, fact.sessions_ended, fact.accesses_closed) == (Cause.LEAVER, 2, 3)
    assert fact.whom == "user:amy"


def test_a_stolen_session_ends_alone(world):
    world.establish("s-amy-2", "amy")
    world.open("amy-2-read", "s-amy-2")

    orders = world.live.end("s-amy", Cause.SESSION_REVOKED)

    assert ordered(orders) == [("end_session", "s-amy")]
    assert "amy-2-read" in world.open_now
    assert not world.open("later", "s-amy")
    with pytest.raises(UsageError, match="taken back"):
        world.establish("s-amy")


def test_a_session_with_several_enforcement_points_ends_at_each(world):
    world.open("amy-ssh", "s-amy", pep="bastion")

    orders = world.live.end("s-amy")

    assert sorted((each.pep, each.kind.value) for each in orders) == [
        ("bastion", "end_session"),
        ("proxy", "end_session"),
    ]


def test_a_policy_reaches_whom_it_bars(world):
    world.barred.add("bob")

    orders = world.live.reconsider(None, "policies")

    assert ordered(orders) == [("close", "bob-read"), ("close", "bob-write")]
    assert world.facts[-1].cause is Cause.POLICY


def test_a_policy_that_concerns_one_action_looks_at_those_who_use_it(world):
    world.establish("s-eve", "eve")
    world.open("eve-read", "s-eve")
    before = world.decided

    world.live.reconsider(None, Cause.POLICY, actions=[WRITE])

    assert world.decided - before == 4


def test_termination_ends_the_session(world):
    world.open("amy-transfer", "s-amy", TRANSFER)
    world.barred.add("amy")

    orders = world.live.reconsider(("s-amy",), Cause.ENTITY)

    assert ("end_session", "s-amy") in ordered(orders)
    assert "s-amy" not in world.live.held


def test_trust_that_fades_closes_at_the_moment_and_not_at_the_next_request(world):
    # Given somebody whose trust is sufficient and fading
    world.signal("account", "odd", "amy")
    orders = ()
    assert explained(world.live, "s-amy").level >= 50

    # When time passes and nothing else happens
    while not any(each.access == "amy-read" for each in orders):
        orders = world.pass_time(world.live.next_due() - world.now)

    # Then reading closes at the very moment trust falls below the level the policy asks for
    assert {each.cause for each in orders if each.session == "s-amy"} == {Cause.TRUST_CROSSING}
    standing = world.live.held["s-amy"].standing
    assert standing.level(world.now) == 49
    before = world.live.stand(world.live.held["s-amy"].session, world.now - 0.01)
    assert before.level(world.now - 0.01) == 50


def test_the_hour_closes_what_is_only_for_the_day(world):
    # Given somebody whose compliance is confirmed all day long
    world.establish("s-day", "bob", expires_at=world.now + 50_000)
    world.open("day-write", "s-day", WRITE)
    orders = ()
    while "day-write" in world.open_now:
        world.compliant("bob")
        orders = world.pass_time(900)

    # Then writing closes at 20:00 in Taipei, half a day after the start
    [closed] = [each for each in orders if each.access == "day-write"]
    assert closed.cause is Cause.TIME
    assert closed.issued_at == START + 12 * 3_600


def test_an_age_that_policies_compare_with_is_watched(world):
    world.open("amy-transfer", "s-amy", TRANSFER)
    world.compliant()

    assert world.pass_time(3_600) == () or "amy-transfer" in world.open_now
    orders = world.pass_time(1)

    assert ("close", "amy-transfer") in ordered(orders)


def test_a_session_expires_by_itself(world):
    world.establish("s-short", "eve", expires_at=world.now + 60)
    world.open("eve-read", "s-short")

    orders = world.pass_time(60)

    assert ordered(orders) == [("end_session", "s-short")]
    assert orders[0].cause is Cause.EXPIRED


def test_an_idle_session_ends_and_one_at_work_does_not():
    world = World(model=replace(MODEL, idle_s=600.0))
    world.establish("s-amy")
    world.establish("s-bob", "bob")
    world.open("bob-read", "s-bob")

    world.pass_time(600)

    assert set(world.live.held) == {"s-bob"}


def test_a_stronger_sign_in_asked_for_is_due(world):
    # Given a permit that asks for a stronger sign-in
    world.live.attach(lambda *_: Ruling(allowed=True, step_up="aal3"))
    orders = world.live.reconsider(("s-amy",), Cause.POLICY)
    assert {each.kind for each in orders} == {OrderKind.STEP_UP}
    assert orders[0].due_at == world.now + MODEL.step_up_s

    # When nobody does it in time
    orders = [each for each in world.pass_time(MODEL.step_up_s) if each.session == "s-amy"]

    # Then what was open closes
    assert ordered(orders) == [("close", "amy-read"), ("close", "amy-write")]
    assert {each.cause for each in orders} == {Cause.STEP_UP_OVERDUE}


def test_signing_in_again_is_the_same_session_of_the_same_person(world):
    with pytest.raises(UsageError):
        world.establish("s-amy", "bob")
    with pytest.raises(UsageError):
        world.establish("s-new", expires_at=world.now)

    world.establish("s-amy", assurance=4)

    assert world.live.held["s-amy"].session.assurance == 4
    assert {"amy-read", "amy-write"} <= world.open_now


def test_a_session_shown_for_another_subject_is_not_known(world):
    context = world.live.context_of("s-amy", world.now, subject=Uid("User", "bob"))

    assert context["session"] == {}
    assert context["signals"]["missing"] == {"session"}


def test_what_is_not_known_is_left_out_or_listed(world):
    # Given a session without device, place or network, and compliance never heard of
    world.establish("s-eve", "eve", device=None, country="")
    context = world.live.context_of("s-eve", world.now)
    assert context["device"] == {"known": False}
    assert context["place"] == {}

    world.establish("s-eve", "eve", country="")
    context = world.live.context_of("s-eve", world.now)
    assert "compliant" not in context["device"]
    assert context["signals"]["missing"] == {"device.compliance"}


def test_contradicting_sources_are_told_and_the_worse_one_holds(world):
    world.signal("device.compliance", "not_compliant", "nb-amy", "edr")

    context = world.live.context_of("s-amy", world.now)

    assert context["device"]["compliant"] is False
    assert context["signals"]["conflicting"] == {"device.compliance"}


def test_an_unknown_session_opens_nothing_and_cannot_be_ended(world):
    assert not world.open("x", "nobody")
    with pytest.raises(MissingError):
        world.live.end("nobody")
    with pytest.raises(MissingError):
        explained(world.live, "nobody")
    with pytest.raises(MissingError):
        world.live.retire_feed("nobody")


def test_what_cannot_be_decided_is_denied(world):
    def fails(*_):
        raise BadInputError("broken")

    world.live.attach(fails)

    assert not world.open("later", "s-amy")
    assert len(world.live.reconsider(("s-amy",), Cause.ENTITY)) == 2


def test_break_glass_opens_for_a_while_and_closes_by_itself(world):
    # Given an emergency that nothing but break-glass allows
    assert not world.open("amy-emergency", "s-amy", EMERGENCY)
    grant = Grant(
        id="g", user=Uid("User", "amy"), requester="bob", reason="core is down", lasts_s=600.0,
        requested_at=world.now, actions=("emergency",),
    )  # fmt: skip
    emergency.ask(world.live, grant)
    emergency.approve(world.live, "g", "carol")

    # When it is in force, the emergency opens, and the use is told
    assert world.open("amy-emergency", "s-amy", EMERGENCY)
    assert world.live.grants["g"].uses == 1

    # And when it ends, what it had opened closes and nothing else
    orders = world.pass_time(600)
    assert ordered(orders) == [("close", "amy-emergency")]
    assert orders[0].cause is Cause.BREAK_GLASS_END
    emergency.review(world.live, "g", "dave", "restarted the core")
    steps = [each.step for each in world.facts if isinstance(each, BreakGlassStep)]
    assert steps == ["requested", "begun", "used", "ended", "reviewed"]


def test_break_glass_ended_early_closes_at_once(world):
    grant = Grant(
        id="g", user=Uid("User", "amy"), requester="bob", reason="core is down", lasts_s=600.0,
        requested_at=world.now,
    )  # fmt: skip
    emergency.ask(world.live, grant)
    emergency.approve(world.live, "g", "carol")
    world.open("amy-emergency", "s-amy", EMERGENCY)

    emergency.end(world.live, "g", "carol")

    assert "amy-emergency" not in world.open_now
    with pytest.raises(UsageError):
        emergency.ask(world.live, grant)
    with pytest.raises(MissingError):
        emergency.end(world.live, "nothing", "carol")


def test_habits_are_learned_only_from_sessions_that_ended_well(world):
    world.live.end("s-amy", Cause.SESSION_REVOKED)
    assert "amy" not in world.live.histories

    world.live.end("s-bob", Cause.SIGNED_OUT)
    assert world.live.histories["bob"].places == {"TW": 1.0}


def test_an_unusual_place_costs_trust():
    world = World()
    for number in range(20):
        world.establish(f"s{number}")
        world.live.end(f"s{number}", Cause.SIGNED_OUT)
    world.establish("home")
    world.establish("abroad", country="KP")

    home, abroad = (explained(world.live, name) for name in ("home", "abroad"))
    assert home.level > abroad.level
    assert "place" in abroad.unfavourable


def test_the_snapshot_tells_what_is_open_and_who_is_blind(world):
    # Given an enforcement point that holds something open and does not listen
    world.pass_time(10)
    shown = snapshot(world.live)
    assert (shown.sessions_live, shown.accesses_open, shown.not_confirmed) == (2, 4, 2)
    [point] = shown.enforcement_points
    assert (point.name, point.open, point.blind) == ("proxy", 4, True)

    # Then an order it has not confirmed is told, and no longer once it has
    world.live.end("s-amy")
    world.pass_time(5)
    [point] = snapshot(world.live).enforcement_points
    assert (point.unconfirmed, point.oldest_unconfirmed_s) == (1, 5.0)
    world.live.closed("amy-read")
    assert snapshot(world.live).enforcement_points[0].unconfirmed == 1
    world.live.closed("amy-write")
    assert snapshot(world.live).enforcement_points[0].unconfirmed == 0


def test_the_snapshot_comes_in_pages(world):
    for number in range(5):
        world.establish(f"p{number}", "eve")
    first = snapshot(world.live, user="eve", limit=3)
    second = snapshot(world.live, user="eve", limit=3, after=first.after)

    assert [each.session.id for each in first.sessions] == ["p0", "p1", "p2"]
    assert [each.session.id for each in second.sessions] == ["p3", "p4"]
    assert second.after == ""
    assert snapshot(world.live, pep="proxy").sessions[0].session.id == "s-amy"


def test_an_enforcement_point_that_starts_afresh_holds_nothing(world):
    world.live.end("s-amy")

    assert world.live.forget_open("proxy") == 2
    assert world.open_now == set()
    assert not world.live.orders.queue("proxy").pending


def test_a_change_for_thousands_lets_nobody_open_by_what_was_known_before():
    # Given more people at one address than are judged at once
    world, count = World(), 2 * TURN + 10
    for number in range(count):
        world.establish(f"s{number:04}", f"u{number}", address="203.0.113.7")
        world.open(f"a{number}", f"s{number:04}")
    listed = Signal(
        kind="address", subject=Subject(SubjectKind.ADDRESS, "203.0.113.7"), value="listed",
        weight_class="listed", observed_at=world.now, received_at=world.now, source="isac",
    )  # fmt: skip

    async def carry_out():
        change = asyncio.ensure_future(world.live.signal_in_turns(listed))
        await asyncio.sleep(0)
        # Then after the first turn some are closed, and the last of them opens nothing any more
        some = len(world.live.orders.queue("proxy").pending)
        late = world.open("late", f"s{count - 1:04}")
        gone = world.live.end(f"s{count - 2:04}")
        return some, late, gone, await change

    some, late, gone, orders = asyncio.run(carry_out())

    assert 0 < some < count
    assert not late
    assert len(gone) == 1
    assert len(orders) == count - 1
    assert world.open_now == set()
    epochs = list(world.live.orders.queue("proxy").pending)
    assert epochs == sorted(epochs)
    assert len(epochs) == count


USERS = ("amy", "bob", "eve")
users = st.sampled_from(USERS)
sessions = st.sampled_from([f"{user}-{n}" for user in USERS for n in (1, 2)])
peps = st.sampled_from(["p1", "p2"])
actions = st.sampled_from([READ, WRITE, TRANSFER])


class LiveMachine(RuleBasedStateMachine):
    """Enforcement points obey what they are told, also twice and after reconnecting.

    Whatever happens: what they hold open is what is registered, all of it is allowed at this very
    moment, and nobody got an order whom a change did not concern.
    """

    def __init__(self):
        super().__init__()
        self.world = World()
        self.holds = {"p1": {}, "p2": {}}
        self.seen = {"p1": 0, "p2": 0}
        self.cut = set()
        self.count = 0
        self.epoch = 0

    @initialize()
    def people_at_work(self):
        """Begin with everybody at work: a machine that only gets so far tries too little."""
        for user in USERS:
            self.world.compliant(user)
            for number, pep in ((1, "p1"), (2, "p2")):
                self.world.establish(f"{user}-{number}", user)
                for action in (READ, WRITE, TRANSFER):
                    self.open(f"{user}-{number}", action, pep)
        assert len(self.world.open_now) == 18

    def obey(self, orders, touched=None):
        assert [each.epoch for each in orders] == sorted({each.epoch for each in orders})
        assert all(each.epoch > self.epoch for each in orders)
        self.epoch = max([self.epoch, *(each.epoch for each in orders)])
        if touched is not None:
            assert {each.session for each in orders} <= set(touched)

    def deliver(self, pep):
        """Hand over what is pending beyond what was seen; carry each order out twice."""
        if pep in self.cut:
            return
        for order in (*self.world.live.orders.queue(pep).after(self.seen[pep]),) * 2:
            held = self.holds[pep]
            if order.kind is OrderKind.CLOSE:
                held.pop(order.access, None)
            elif order.kind is OrderKind.END_SESSION:
                for name in [n for n, session in held.items() if session == order.session]:
                    del held[name]
            self.seen[pep] = max(self.seen[pep], order.epoch)

    @rule(name=sessions, assurance=st.integers(1, 4), lasts=st.sampled_from([900, 40_000]))
    def establish(self, name, assurance, lasts):
        if self.world.live.ended.get(name, 0.0) > self.world.now:
            with pytest.raises(UsageError, match="taken back"):
                self.world.establish(name, name[:3])
            return
        self.obey(
            self.world.establish(
                name, name[:3], assurance=assurance, expires_at=self.world.now + lasts
            ),
            [name],
        )

    @rule(name=sessions, action=actions, pep=peps)
    def open(self, name, action, pep):
        if pep in self.cut:  # without orders nothing is opened
            return
        self.deliver(pep)
        self.count += 1
        access = f"x{self.count}"
        before = self.world.live.orders.epoch
        if self.world.open(access, name, action, pep):
            self.holds[pep][access] = name
        self.epoch = max(self.epoch, self.world.live.orders.epoch, before)

    @precondition(lambda self: any(self.holds.values()))
    @rule(data=st.data(), pep=peps)
    def close(self, data, pep):
        self.deliver(pep)
        if self.holds[pep]:
            access = data.draw(st.sampled_from(sorted(self.holds[pep])))
            del self.holds[pep][access]
            assert self.world.live.closed(access) or pep in self.cut

    @rule(
        word=st.sampled_from(
            [
                (k, g)
                for k, f in MODEL.families.items()
                for g in f.grades
                if k not in {"authenticator", "address"}
            ]
        ),
        user=users,
        number=st.sampled_from([1, 2]),
        source=st.sampled_from(["mdm", "edr"]),
    )
    def signal(self, word, user, number, source):
        kind, grade = word
        about = MODEL.families[kind].about
        name = {"device": f"nb-{user}", "user": user, "session": f"{user}-{number}"}[about]
        touched = self.world.live.register.about([Subject(about, name)])
        orders = self.world.signal(kind, grade, name, source, in_turns=number == 2)
        self.obey(orders, touched)

    @rule(source=st.sampled_from(["mdm", "edr"]))
    def heartbeat(self, source):
        self.obey(self.world.live.heartbeat(source, ("device.compliance",), 200.0))

    @rule(seconds=st.sampled_from([1, 60, 700, 3_600, 9_000]))
    def pass_time(self, seconds):
        self.obey(self.world.pass_time(seconds))

    @rule(user=users)
    def bar(self, user):
        self.world.barred ^= {user}
        touched = self.world.live.register.about([Subject(SubjectKind.USER, user)])
        orders = self.world.live.reconsider(touched, Cause.ENTITY)
        self.obey(orders, touched)

    @rule()
    def change_policy(self):
        self.obey(self.world.live.reconsider(None, "policies"))

    @rule(user=users)
    def leave(self, user):
        touched = self.world.live.register.about([Subject(SubjectKind.USER, user)])
        self.obey(self.world.live.leaver(user), touched)
        assert not self.world.live.register.about([Subject(SubjectKind.USER, user)])

    @rule(pep=peps)
    def lose_the_connection(self, pep):
        self.cut.add(pep)

    @rule(pep=peps)
    def come_back(self, pep):
        """The enforcement point says what it saw last and gets the rest."""
        self.cut.discard(pep)
        self.world.live.confirm(pep, self.seen[pep])
        self.deliver(pep)

    @invariant()
    def what_is_held_is_what_is_registered(self):
        live = self.world.live
        for pep, held in self.holds.items():
            self.deliver(pep)
            registered = {each.id for each in live.register.held_by(pep)}
            assert set(held) == registered or (pep in self.cut and registered < set(held))

    @invariant()
    def everything_open_is_allowed_now(self):
        live = self.world.live
        for access in live.register.accesses.values():
            assert self.world.allows(live.register.sessions[access.session], access), access

    @invariant()
    def every_order_is_told_as_a_consequence(self):
        told = [each for each in self.world.facts if isinstance(each, Consequence)]
        last = max((each.last_epoch for each in told), default=0)
        assert last == self.world.live.orders.epoch


TestLive = LiveMachine.TestCase
TestLive.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
