"""Another set over the same recorded requests: what changes, for whom, and nothing else."""

from panshi.protection.cedar import Entity, EntityStore, Request, Schema, Uid
from panshi.protection.zero_trust.policies.comparing import Change, Comparison, Recorded
from panshi.protection.zero_trust.policies.difference import Kind, difference
from panshi.protection.zero_trust.policies.policy_set import PolicySet, read_set
from tests.protection.zero_trust.policies.policy_texts import compiled, shipped

SYSTEM = Uid("System", "s")
CONTEXT = {
    "session": {"assurance": 2}, "device": {"known": True, "compliant": True},
    "signals": {"missing": (), "stale": (), "conflicting": ()},
    "time": {"hour": 10, "weekday": 1}, "break_glass": False,
}  # fmt: skip


def store():
    found = EntityStore.from_json([], Schema.parse(shipped().schema))
    team = Uid("Team", "s")
    found.put(
        Entity(Uid("User", "u"), {"enabled": True}, frozenset({Uid("Role", "staff"), team})),
        Entity(SYSTEM, {"fields": (), "users": team}),
    )
    return found


def asked(level, number, *, allowed=True):
    request = Request(
        Uid("User", "u"), Uid("Action", "read"), SYSTEM, CONTEXT | {"trust": {"level": level}}
    )
    return Recorded(str(number), float(number), request, allowed, ("staff-use",))


def stricter():
    found = shipped()
    files = {each.name: each.text.replace("level >= 50", "level >= 65") for each in found.files}
    return PolicySet.of(files, found.schema, found.tests)


def test_only_what_lies_between_both_thresholds_is_newly_denied():
    # Given requests at every level, when a stricter threshold is tried
    comparison = Comparison(old=compiled(shipped()), new=compiled(stricter()), entities=store())
    tally = comparison.over(asked(level, level, allowed=level >= 50) for level in range(30, 100))
    # Then those between are denied, grouped with examples, and nothing drifted
    assert (tally.compared, tally.count(Change.DENIED), tally.count(Change.ALLOWED)) == (70, 15, 0)
    (group,) = tally.ordered
    assert (group.role, group.resource, group.action, len(group.examples)) == (
        "staff",
        SYSTEM,
        "read",
        3,
    )
    assert tally.drifted == 0
    assert group.examples[0].before.reasons == ("staff-use",)
    # And the other way round they are newly allowed
    back = Comparison(old=compiled(stricter()), new=compiled(shipped()), entities=store())
    assert back.over(asked(level, level) for level in range(30, 100)).count(Change.ALLOWED) == 15


def test_what_changed_among_entities_is_told_apart():
    entities = store()
    entities.remove(Uid("User", "u"))
    comparison = Comparison(old=compiled(shipped()), new=compiled(shipped()), entities=entities)
    tally = comparison.over([asked(80, 1)])
    assert (tally.drifted, tally.groups) == (1, {})


def test_a_difference_names_the_policy_and_its_lines():
    (change,) = difference(shipped(), stricter())
    assert (change.kind, change.name) == (Kind.CHANGED, "staff-use")
    assert sum(line.startswith("+") for line in change.lines) == 1


def test_a_version_is_the_digest_of_everything_and_of_no_line_ending():
    found = shipped()
    assert read_set(found.canonical, source="x") == found
    assert stricter().version != found.version
    windows = PolicySet.of(
        {each.name: each.text.replace("\n", "  \r\n") for each in found.files},
        found.schema,
        found.tests,
    )
    assert windows.version == found.version
