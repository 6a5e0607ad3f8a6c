"""What is asked over HTTP is read strictly, done at once and answered when it rests."""

import asyncio
import inspect
import json
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.errors import ForbiddenError, MissingError, PanshiError
from panshi.pdp.http import HttpRequest, Stream
from panshi.pdp.live.routes import ROUTES
from tests.pdp.live.worlds import World

BODIES = [each for each in ROUTES if each.method == "POST"]
SESSION = {"id": "s", "user": {"type": "User", "id": "amy"}, "device": "nb-amy", "assurance": 3,
           "authenticators": ["hwk"], "country": "TW"}  # fmt: skip
ACCESS = {"id": "a", "session": "s", "action": {"type": "Action", "id": "read"},
          "resource": {"type": "System", "id": "books"}, "pep": "p"}  # fmt: skip


def signal(grade, **changes):
    word = {
        "kind": "device.compliance", "subject": {"kind": "device", "id": "nb-amy"},
        "grade": grade, "source": "mdm",
    }  # fmt: skip
    return {"signals": [word | changes]}


def ask(world, method, target, body=None, peer="127.0.0.1"):
    path, _, query = target.partition("?")
    path = f"/zt/v1/{path}"
    fitting = [
        each for each in ROUTES
        if each.method == method
        and (each.path == path or (each.path.endswith("/") and path.startswith(each.path)))
    ]  # fmt: skip
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = HttpRequest(
        method=method, path=path, query=query, headers={}, body=raw, peer=peer, caller="token"
    )
    answer = fitting[0].handler(SimpleNamespace(live=world.live), request)
    if inspect.isawaitable(answer):
        answer = asyncio.run(answer)
    return answer if isinstance(answer, Stream) else json.loads(answer.body)


@pytest.fixture
def world():
    """Amy is signed in."""
    made = World()
    ask(made, "POST", "sessions", SESSION)
    ask(made, "POST", "signals", signal("compliant"))
    return made


def test_a_session_opens_something_and_loses_it(world):
    # Given something open
    assert ask(world, "POST", "accesses", ACCESS)["allowed"] is True

    # When enough is held against the device and the person
    told = ask(world, "POST", "signals", signal("not_compliant"))

    # Then it is told what was ordered, and the order is on its way
    assert told["kinds"] == {"close": 1}
    assert told["sessions"] == ["s"]
    assert world.live.orders.queue("p").after(0)[0].epoch == told["epoch"]
    assert ask(world, "DELETE", "accesses/a") == {"closed": False}
    assert not world.live.orders.queue("p").pending


def test_what_is_live_is_told(world):
    ask(world, "POST", "accesses", ACCESS)

    shown = ask(world, "GET", "sessions?limit=5&user=amy")
    one = ask(world, "GET", "sessions/s")

    assert shown["sessions_live"] == 1
    assert shown["sessions"][0]["accesses"][0]["access"]["id"] == "a"
    assert {each["family"] for each in one["contributions"]} >= {"authenticator"}


def test_orders_come_as_lines_with_heartbeats(world):
    ask(world, "POST", "accesses", ACCESS)
    ask(world, "DELETE", "sessions/s?cause=session_revoked")
    stream = ask(world, "GET", "orders?pep=p&after=0")

    async def read():
        return [await anext(stream.pieces) for _ in range(2)]

    lines = [json.loads(line) for line in b"".join(asyncio.run(read())).splitlines()]
    assert [each["kind"] for each in lines] == ["end_session", "heartbeat"]
    assert lines[0]["cause"] == "session_revoked"


def test_coming_back_confirms_what_was_seen_and_fresh_closes_what_was_open(world):
    ask(world, "POST", "accesses", ACCESS)
    told = ask(world, "POST", "signals", signal("not_compliant"))
    ask(world, "GET", f"orders?pep=p&after={told['epoch']}")
    assert not world.live.orders.queue("p").pending

    ask(world, "POST", "signals", signal("compliant"))
    ask(world, "POST", "accesses", ACCESS)
    ask(world, "GET", "orders?pep=p&fresh=1")
    assert world.open_now == set()


def test_confirming_is_counted(world):
    ask(world, "POST", "accesses", ACCESS)
    told = ask(world, "POST", "signals", signal("not_compliant"))

    assert ask(world, "POST", "orders/confirm", {"pep": "p", "epoch": told["epoch"]}) == {
        "confirmed": 1
    }


def test_feeds_are_heard_and_retired(world):
    feed = {"source": "mdm", "families": ["device.compliance"], "interval_s": 60}
    ask(world, "POST", "feeds", feed)
    assert world.live.ledger.feeds["mdm"].interval_s == 60

    ask(world, "DELETE", "feeds/mdm")
    assert not world.live.ledger.feeds


def test_somebody_leaves(world):
    assert ask(world, "POST", "leavers", {"user": "amy"})["orders"] == 0
    assert not world.live.held


def test_break_glass_is_decided_at_the_control_socket_alone(world):
    asked = {"id": "g", "user": {"type": "User", "id": "amy"}, "requester": "bob",
             "reason": "core is down", "lasts_s": 600}  # fmt: skip
    with pytest.raises(ForbiddenError):
        ask(world, "POST", "break-glass", asked)

    ask(world, "POST", "break-glass", asked, peer="")
    with pytest.raises(ForbiddenError):
        ask(world, "POST", "break-glass/g", {"step": "approve", "person": "bob"}, peer="")
    told = ask(world, "POST", "break-glass/g", {"step": "approve", "person": "carol"}, peer="")
    assert told["state"] == "in_force"
    ask(world, "POST", "break-glass/g", {"step": "end", "person": "bob"}, peer="")
    done = {"step": "review", "person": "dave", "finding": "restarted"}
    assert ask(world, "POST", "break-glass/g", done, peer="")["state"] == "reviewed"


def test_a_group_of_signals_counts_as_a_whole_or_not_at_all(world):
    good, bad = signal("not_compliant")["signals"][0], signal("wonderful")["signals"][0]

    with pytest.raises(PanshiError):
        ask(world, "POST", "signals", {"signals": [good, bad]})

    assert world.live.held["s"].standing.states["device.compliance"] == "fresh"


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("POST", "sessions", SESSION | {"assurance": 5}),
        ("POST", "sessions", SESSION | {"assurance": 0}),
        ("POST", "sessions", SESSION | {"country": "tw"}),
        ("POST", "sessions", SESSION | {"surprise": 1}),
        ("POST", "sessions", SESSION | {"expires_at": 5}),
        ("POST", "sessions", SESSION | {"user": "amy"}),
        ("POST", "accesses", ACCESS | {"pep": ""}),
        ("POST", "accesses", ACCESS | {"kind": "wormhole"}),
        ("POST", "signals", {"signals": []}),
        ("POST", "signals", signal("compliant", subject={"kind": "planet", "id": "x"})),
        ("POST", "signals", signal("compliant", subject={"kind": "user", "id": "x"})),
        ("POST", "signals", signal("compliant", observed_at=1e300)),
        ("POST", "feeds", {"source": "x", "families": ["nothing"], "interval_s": 1}),
        ("POST", "feeds", {"source": "x", "families": ["account"], "interval_s": -1}),
        ("POST", "orders/confirm", {"pep": "p", "epoch": -1}),
        ("GET", "orders?pep=", None),
        ("GET", "orders?pep=p&after=-1", None),
        ("GET", "orders?pep=p&after=x", None),
        ("GET", "orders?pep=p&pep=q", None),
        ("GET", "sessions?limit=0", None),
        ("GET", "sessions?limit=1e9", None),
        ("GET", "sessions?colour=red", None),
        ("DELETE", "sessions/s?cause=expired", None),
        ("DELETE", "sessions/", None),
        ("DELETE", "sessions/unknown", None),
        ("DELETE", "feeds/unknown", None),
        ("GET", "sessions/unknown", None),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(world, method, target, body):
    before = (dict(world.live.held), list(world.live.ledger), world.live.orders.epoch)

    with pytest.raises(PanshiError):
        ask(world, method, target, body)

    assert before == (dict(world.live.held), list(world.live.ledger), world.live.orders.epoch)


def test_without_live_sessions_nothing_is_there():
    with pytest.raises(MissingError):
        ask(SimpleNamespace(live=None), "GET", "sessions")


some_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*SESSION, *ACCESS, "signals", "kind", "type", "source", "subject"]),
            inner,
            max_size=8,
        )
    ),
    max_leaves=20,
)


@given(
    route=st.sampled_from(BODIES),
    body=st.binary(max_size=60) | some_json.map(lambda each: json.dumps(each).encode()),
    name=st.text(max_size=20),
    peer=st.sampled_from(["", "127.0.0.1"]),
)
@settings(max_examples=300)
def test_no_body_brings_anything_but_an_answer_or_a_refusal(route, body, name, peer):
    world = World()
    path = route.path.removeprefix("/zt/v1/") + (name if route.path.endswith("/") else "")

    try:
        ask(world, "POST", path, body, peer)
    except PanshiError:
        assert not world.live.held


@given(
    session=st.fixed_dictionaries(
        {
            "id": st.text(min_size=1, max_size=10),
            "user": st.just({"type": "User", "id": "amy"}),
            "assurance": st.integers(0, 5),
        },
        optional={
            "device": st.none() | st.text(max_size=5),
            "established_at": st.floats(allow_nan=False, allow_infinity=False),
            "expires_at": st.floats(allow_nan=False, allow_infinity=False),
            "country": st.sampled_from(["", "TW", "T", "台灣"]),
        },
    )
)
def test_a_session_that_is_taken_up_is_within_bounds(session):
    world = World()
    try:
        ask(world, "POST", "sessions", session)
    except PanshiError:
        assert not world.live.held
        return
    [held] = world.live.held.values()
    assert 1 <= held.session.assurance <= 4
    assert held.session.established_at <= world.now < held.session.expires_at
    assert held.session.expires_at <= world.now + 31 * 86_400
