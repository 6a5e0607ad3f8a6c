"""What becomes of an access that is decided anew."""

from hypothesis import given
from hypothesis import strategies as st

from panshi.protection.zero_trust.sessions.nouns import OrderKind
from panshi.protection.zero_trust.sessions.ruling import AS_OPENED, Posture, Ruling, fate

some_rulings = st.builds(
    Ruling,
    allowed=st.booleans(),
    narrowed=st.sampled_from(["", "read-only", "masked"]),
    step_up=st.sampled_from(["", "aal3"]),
    notify=st.booleans(),
    terminate=st.booleans(),
)


def become(ruling, before=AS_OPENED, now=0.0):
    return fate(before, ruling, now=now, step_up_s=300.0)


def test_what_is_allowed_as_before_is_left_alone():
    found = become(Ruling(allowed=True))

    assert found.orders == ()
    assert found.posture == AS_OPENED


def test_what_is_denied_closes_and_says_which_sign_in_would_help():
    assert become(Ruling(allowed=False, step_up="aal3")).orders == ((OrderKind.CLOSE, "aal3"),)


def test_termination_ends_the_session_even_beside_a_permit():
    assert become(Ruling(allowed=True, terminate=True)).orders == ((OrderKind.END_SESSION, ""),)


def test_narrowing_and_widening_are_ordered_once_each():
    narrowed = become(Ruling(allowed=True, narrowed="read-only"))
    widened = become(Ruling(allowed=True), before=narrowed.posture)

    assert narrowed.orders == ((OrderKind.NARROW, "read-only"),)
    assert widened.orders == ((OrderKind.NARROW, ""),)
    assert widened.posture == AS_OPENED


def test_a_stronger_sign_in_is_asked_for_within_a_time_and_then_required():
    # Given a step-up asked for at 0
    asked = become(Ruling(allowed=True, step_up="aal3"))
    assert asked.orders == ((OrderKind.STEP_UP, "aal3"),)
    assert asked.posture.due_at == 300.0

    # Then it is not asked for again, and closes when the time is over
    assert become(Ruling(allowed=True, step_up="aal3"), asked.posture, now=299.0).orders == ()
    late = become(Ruling(allowed=True, step_up="aal3"), asked.posture, now=300.0)
    assert late.orders == ((OrderKind.CLOSE, "aal3"),)
    assert late.posture is None


def test_a_step_up_done_in_time_is_forgotten():
    asked = Posture(step_up="aal3", due_at=300.0)

    assert become(Ruling(allowed=True), asked, now=100.0).posture == AS_OPENED


@given(ruling=some_rulings, first=some_rulings)
def test_deciding_the_same_twice_orders_nothing_the_second_time(ruling, first):
    start = become(first).posture or AS_OPENED
    once = become(ruling, start)

    if once.posture is not None:
        assert become(ruling, once.posture).orders == ()


@given(ruling=some_rulings, first=some_rulings)
def test_what_is_not_allowed_never_stays_open(ruling, first):
    found = become(ruling, become(first).posture or AS_OPENED)

    assert (found.posture is None) == (ruling.terminate or not ruling.allowed)
