"""From a draft to what is in force, on a real node; and what a running decision point keeps."""

from datetime import timedelta

import pytest

from panshi.errors import BadInputError, ForbiddenError, IntegrityError, MissingError, UsageError
from panshi.node.home import Home
from panshi.node.zero_trust import accesses, publishing, watching
from panshi.node.zero_trust import policies as desk
from panshi.node.zero_trust.recorded import line_of, recorded
from panshi.node.zero_trust.serving import published
from panshi.protection.cedar import Request, Uid
from panshi.protection.zero_trust.policies.versions import State
from panshi.store.request_tape import RequestTape
from tests.web.small_bank import ACCOUNTS, BANK, SYSTEMS, open_small_bank


@pytest.fixture
def node(tmp_path):
    with open_small_bank(Home(path=tmp_path)) as opened:
        yield opened


def stricter(policies, value=60):
    files = {
        each.name: each.text.replace("level >= 50", f"level >= {value}") for each in policies.files
    }
    return desk.from_files(files, None, None, like=policies)


def handed_in(node, actor="ana", name="night", value=60):
    made = desk.begin_draft(node, name, actor=actor)
    desk.save_draft(node, name, stricter(made.policies, value), actor=actor)
    return publishing.hand_in(node, name, why="because", actor=actor)


def test_two_people_put_a_set_in_force(node):
    # Given a draft handed in by one
    assert desk.history(node).version == desk.shipped().version
    number = handed_in(node)
    assert desk.drafts(node) == ()
    # When the same person approves, it is refused and nothing is sealed
    before = node.log.size()
    with pytest.raises(ForbiddenError, match="same person"):
        publishing.approve(node, number, why="ok", actor="cli:ana")
    assert node.log.size() == before
    # When another one does, it is in force, by its bytes
    found = publishing.approve(node, number, why="ok", actor="bo")
    assert found.state is State.IN_FORCE
    now = published(node)
    assert now.version == found.version
    assert "level >= 60" in now.text
    # And going back takes two again, or one and a look afterwards
    back = publishing.hand_back(node, "shipped", why="too strict", actor="bo")
    assert desk.proposal(node, back).state is State.WAITING
    restored = publishing.restore(node, "shipped", why="night call", actor="bo")
    assert restored.review_due is not None
    assert desk.history(node).version == desk.shipped().version
    assert desk.proposal(node, back).state is State.OVERTAKEN
    assert desk.review(node, restored.number, why="fine", actor="ana").review_due is None


def test_whoever_edits_a_draft_does_not_approve_it(node):
    desk.begin_draft(node, "x", actor="ana")
    desk.save_draft(node, "x", stricter(desk.shipped()), actor="cy")
    number = publishing.hand_in(node, "x", why="because", actor="ana")
    with pytest.raises(ForbiddenError):
        publishing.approve(node, number, why="ok", actor="cy")


def test_a_set_with_errors_is_kept_as_draft_and_not_handed_in(node):
    made = desk.begin_draft(node, "x", actor="ana")
    broken = desk.from_files({"a.cedar": "permit (principal"}, None, None, like=made.policies)
    desk.save_draft(node, "x", broken, actor="ana")
    before = node.log.size()
    with pytest.raises(BadInputError, match="error"):
        publishing.hand_in(node, "x", why="because", actor="ana")
    assert node.log.size() == before
    assert [each.name for each in desk.drafts(node)] == ["x"]


def test_what_a_token_or_nobody_does_counts_for_nothing(node):
    with pytest.raises(ForbiddenError):
        desk.begin_draft(node, "x", actor="token:ci")
    with pytest.raises(BadInputError):
        desk.begin_draft(node, "../x", actor="ana")
    with pytest.raises(MissingError):
        desk.policy_set(node, "9999-001")
    with pytest.raises(UsageError):
        publishing.hand_in(node, "none", why="because", actor="ana")


def test_bytes_changed_on_disk_are_not_put_in_force(node):
    number = handed_in(node)
    version = desk.proposal(node, number).version
    place = node.home.path / "attachments" / version[:2] / version
    place.write_bytes(place.read_bytes().replace(b">= 60", b">= 10"))
    with pytest.raises(IntegrityError):
        publishing.approve(node, number, why="ok", actor="bo")


def context(level):
    return {
        "session": {"assurance": 2}, "trust": {"level": level},
        "device": {"known": True, "compliant": True},
        "signals": {"missing": (), "stale": ("place",), "conflicting": ()},
        "time": {"hour": 10, "weekday": 1}, "break_glass": False,
    }  # fmt: skip


def test_requests_are_kept_whole_and_tried_listed_and_explained(node):
    # Given requests that were kept
    now = node.clock().timestamp()
    tape = RequestTape(node.home.path)
    user, system = (each.partition(":")[2] for each in (ACCOUNTS[0], SYSTEMS[0]))
    for number in range(100):
        request = Request(
            Uid("User", user), Uid("Action", "read"), Uid("System", system), context(number)
        )
        line = line_of(
            now - 99 + number, str(number), request, allowed=number >= 50, reasons=("r",)
        )
        tape.add(line)
    tape.flush(now)
    # Then they come back as they were, in either direction
    found = list(recorded(node, now - 50, now + 1))
    assert len(found) == 51
    assert found[0].request.context["signals"]["stale"] == ("place",)
    sought = accesses.Sought(allowed=False)
    page, following = accesses.accesses(node, sought, before=now + 1, limit=20)
    assert [each.id for each in page] == [str(number) for number in range(49, 29, -1)]
    rest, _ = accesses.accesses(node, sought, before=following, limit=100)
    assert [each.id for each in rest] == [str(number) for number in range(29, -1, -1)]
    assert accesses.access(node, "7", now - 92).request.context["trust"] == {"level": 7}
    assert watching.counts_of(node).total >= 99
    # And an explanation names what was read and what is not known
    told = accesses.explain(node, page[0].request, BANK)
    values = {each.path: each for each in told.values}
    assert values["context.trust.level"].known
    until = node.clock()
    tally = publishing.shadow(node, stricter(desk.shipped()), until - timedelta(hours=1), until)
    assert tally.compared == 99


def test_without_a_decision_point_there_is_nothing_live_and_nothing_breaks(node):
    assert watching.look(node) is None
    assert watching.look_closely(node, "s") is None
