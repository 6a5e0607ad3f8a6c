"""Fail closed: what is missing, of another type, contradictory or erring never becomes a permit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import ContentError
from panshi.pdp.authzen import EVALUATION, question_of
from panshi.pdp.point import Question
from panshi.protection.cedar import Entity, EntityStore, Uid, compile_policies
from panshi.protection.zero_trust.decisions.verdict import FailSecure
from tests.simulators.served_point import point_of

GUARDED = """
@id("staff")
permit (principal is User, action == Action::"read", resource is System)
when {
    principal.role == "staff" && context.device.compliant && context.trust.level >= 50 &&
    context.signals.missing.isEmpty() && context.signals.stale.isEmpty()
};
@id("blocked")
forbid (principal is User, action, resource is System) when { principal.blocked };
@id("embargo")
forbid (principal, action, resource is System)
when { resource.criticality == "high" && context.trust.level < 80 };
"""
AMY, CORE = Uid("User", "amy"), Uid("System", "core")
STORED = [
    {"uid": AMY._asdict(), "attrs": {"role": "staff", "blocked": False}, "parents": []},
    {"uid": CORE._asdict(), "attrs": {"criticality": "low"}, "parents": []},
]
GOOD = {
    "device": {"compliant": True},
    "trust": {"level": 60},
    "signals": {"missing": [], "stale": []},
}
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 90), st.floats(allow_nan=False), st.text(max_size=3),
    st.lists(st.sampled_from(["authenticator", 1, None]), max_size=2),
    st.dictionaries(st.sampled_from(["compliant", "level", "missing"]), st.booleans(), max_size=2),
)  # fmt: skip
PATHS = [("device",), ("device", "compliant"), ("trust",), ("trust", "level"), ("signals",),
         ("signals", "missing"), ("signals", "stale")]  # fmt: skip


def changed(path, value, *, remove):
    found = {name: dict(each) for name, each in GOOD.items()}
    holder = found if len(path) == 1 else found[path[0]]
    if remove:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return found


def asked(context, subject=None, resource=None):
    import msgspec

    body = {
        "subject": {"type": "User", "id": "amy", "properties": subject or {}},
        "action": {"name": "read"},
        "resource": {"type": "System", "id": "core", "properties": resource or {}},
        "context": context,
    }
    return question_of(EVALUATION.decode(msgspec.json.encode(body)))


def decide(point, *parts):
    """Decide; what cannot be put into Cedar's terms is denied by the handler."""
    from panshi.errors import BadInputError

    try:
        return point.decide(asked(*parts)).allowed
    except BadInputError:
        return False


def test_the_complete_question_is_allowed():
    assert decide(point_of(GUARDED, STORED), GOOD)


@given(st.sampled_from(PATHS), ODD, st.booleans())
def test_what_is_missing_or_of_another_type_is_never_a_permit(path, value, remove):
    point = point_of(GUARDED, STORED)
    context = changed(path, value, remove=remove)

    if decide(point, context):
        # then the question still says everything the policy wants, in the right types
        level = context["trust"]["level"]
        assert context["device"] == {"compliant": True}
        assert not isinstance(level, bool)
        assert level >= 50
        assert context["signals"] == {"missing": [], "stale": []}


ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "role": st.one_of(st.sampled_from(["staff", "guest"]), ODD),
        "blocked": st.one_of(st.booleans(), ODD),
    },
)


@given(ATTRIBUTES, ATTRIBUTES, st.fixed_dictionaries({}, optional={"criticality": ODD}))
def test_stating_attributes_never_opens_what_is_stored_shut(stored, stated, resource):
    # Given a person as stored, and what a caller states of them
    kept = {name: each for name, each in stored.items() if type(each) in {str, bool, int}}
    entities = [{"uid": AMY._asdict(), "attrs": kept, "parents": []}, STORED[1]]
    point = point_of(GUARDED, entities)
    # When the question is decided with it
    if decide(point, GOOD, stated, resource):
        # Then whatever is stored agrees: the role is staff and the person is not blocked
        assert kept.get("role", "staff") == "staff"
        assert kept.get("blocked", False) is False
        # And what only the caller knew was said, and agrees too
        assert stated.get("role", kept.get("role")) == "staff"
    # And nothing of it was kept
    assert point.entities.get(AMY).attributes == kept


def test_a_caller_may_take_away_and_cannot_give_what_is_stored_otherwise():
    point = point_of(GUARDED, STORED)
    assert not decide(point, GOOD, {"blocked": True})
    assert not decide(point, GOOD, {}, {"criticality": "high"})
    shut = [STORED[0] | {"attrs": {"role": "staff", "blocked": True}}, STORED[1]]
    assert not decide(point_of(GUARDED, shut), GOOD, {"blocked": False})


def test_null_takes_nothing_stored_away():
    shut = [STORED[0] | {"attrs": {"role": "staff", "blocked": True}}, STORED[1]]
    assert not decide(point_of(GUARDED, shut), GOOD, {"blocked": None})


NO_ROLE = [{"uid": AMY._asdict(), "attrs": {"role": "staff"}, "parents": []}, STORED[1]]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [(FailSecure.FORBID, False), (FailSecure.ANY, False), (FailSecure.OFF, True)],
)
def test_a_forbid_that_errs_denies_unless_the_set_was_told_otherwise(mode, expected):
    # Given a person of whom nobody knows whether they are blocked
    point = point_of(GUARDED, NO_ROLE, fail_secure=mode)
    # When Cedar skips the forbid that asks
    answer = point.decide(asked(GOOD))
    # Then it is denied, and says which policy could not be evaluated
    assert answer.allowed is expected
    assert answer.errors[0].startswith("blocked: ")
    if not expected:
        assert "blocked" in answer.verdict.admin_en


def test_a_permit_that_errs_only_does_not_permit():
    policies = """permit (principal, action, resource);
    permit (principal, action, resource) when { principal.nothing };"""
    assert point_of(policies, STORED).decide(asked(GOOD)).allowed
    any_error = point_of(policies, STORED, fail_secure=FailSecure.ANY)
    assert not any_error.decide(asked(GOOD)).allowed


def test_a_policy_may_say_that_its_own_errors_do_not_deny():
    policies = """permit (principal, action, resource);
    @fail_secure("off") forbid (principal, action, resource) when { principal.nothing };"""
    assert point_of(policies, STORED).decide(asked(GOOD)).allowed


def test_the_epoch_rises_with_every_lasting_change_and_with_no_question():
    point = point_of(GUARDED, STORED)
    seen = [point.epoch]
    decide(point, GOOD, {"role": "guest", "extra": 1})
    assert point.epoch == seen[0]
    for change in (
        lambda: point.replace_policies(compile_policies(GUARDED, source="x"), "v2"),
        lambda: point.replace_entities(EntityStore.from_json(STORED)),
        lambda: point.entities.put(Entity(Uid("User", "bo"), {})),
        lambda: point.replace(compile_policies(GUARDED, source="x"), EntityStore(), "v3"),
    ):
        change()
        seen.append(point.epoch)
    assert seen == sorted(set(seen))


def test_a_bad_annotation_keeps_a_set_out():
    point = point_of(GUARDED, STORED)
    for note in ('@obligation("dance")', '@ttl("soon")', '@obligation("step-up")'):
        bad = compile_policies(f"{note} permit (principal, action, resource);", source="bad")
        with pytest.raises(ContentError):
            point.replace_policies(bad, "bad")
    assert decide(point, GOOD)


class Sessions:
    """Live sessions of one person."""

    def context_of(self, session_id, _now, **_who):
        trusted = session_id == "s1"
        return {
            "trust": {"level": 60 if trusted else 0},
            "signals": {"missing": () if trusted else ("session",), "stale": ()},
        }

    def reconsider(self, session_ids, cause):
        self.told = (session_ids, cause)


def test_what_is_known_of_a_live_session_wins_over_what_the_caller_says():
    point = point_of(GUARDED, STORED)
    point.live = Sessions()
    assert decide(point, GOOD | {"session_id": "s1"})
    assert not decide(point, GOOD | {"session_id": "stolen"})
    point.replace_entities(EntityStore.from_json(STORED))
    assert point.live.told[0] is None


def test_a_question_without_context_is_a_question():
    point = point_of('permit (principal, action == Action::"read", resource);')
    assert point.decide(Question(AMY, Uid("Action", "read"), CORE)).allowed
