"""One observation more: the same answer as from scratch, and only what depends on it re-judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.model.asset import AssetId, AssetKind, Relation, RelationKind
from panshi.model.control import Across, Check, Contradiction, Population, Strength
from panshi.model.observation import Outcome
from panshi.model.predicate import Comparison, Condition
from tests.governance.assessment.worlds import (
    CHECK,
    DRILL,
    HOSTS,
    NOW,
    TODAY,
    River,
    assessor,
    attested,
    clause,
    contradicted_by_drills,
    control,
    estate,
    framework,
    host,
    overlap,
)

FIELDS = ("remote",)
ANY = replace(CHECK, across=Across.ANY, fresh_days=7)
SCANNED = Check(
    observation="host.protection/1",
    passes=Condition(field="detection_response", comparison=Comparison.IS, value=False),
    fresh_days=90,
    absent_passes=True,
)
NOBODY = Population(kind=AssetKind.PERSON)
CONTENT = framework(
    contradicted_by_drills(stage=1),
    control("any", check=ANY, stage=1),
    control("scanned", check=SCANNED, stage=2, group="h"),
    control("systems", population=Population(kind=AssetKind.SYSTEM), stage=2, group="h"),
    control("nobody", population=NOBODY, strength=Strength.MUST),
    attested(contradicted_by=(Contradiction(observation=DRILL),), stage=2),
    control("d", made_of=("f/c", "f/a"), stage=3, group="h"),
    staged=True,
    groups=("g", "h"),
)
LAW = framework(clause("1"), name="law")
MAPPINGS = (overlap("f/c", "law/1"),)
WHERE = estate(4, fields=FIELDS)
BEFORE = replace(
    estate(6, fields=FIELDS),
    relations=(
        *WHERE.relations,
        Relation(kind=RelationKind.RUNS_ON, source=AssetId("system:core"), target=AssetId(host(5))),
    ),
)
"An earlier version, with two hosts that left since."

subjects = st.sampled_from([*(host(number) for number in range(6)), "host:10.0.0.1", "nowhere"])
ages = st.integers(0, 40)
steps = st.one_of(
    st.tuples(st.just("look"), subjects, st.booleans(), ages, st.sampled_from(["", "x"])),
    st.tuples(st.just("absent"), subjects, st.booleans(), ages, st.just("")),
    st.tuples(st.just("failed"), subjects, st.booleans(), ages, st.just("")),
    st.tuples(st.just("drill"), subjects, st.booleans(), ages, st.just("")),
    st.tuples(
        st.just("incident"),
        st.sampled_from(["institution:bank", "system:core", host(1)]),
        st.booleans(),
        ages,
        st.sampled_from(["f/c", "f/a", "f/d", "law/1"]),
    ),
    st.tuples(
        st.just("exception"),
        st.sampled_from(["", host(0), host(1)]),
        st.booleans(),
        st.integers(-3, 20),
        st.sampled_from(["c", "a", "any"]),
    ),
    st.tuples(st.just("claim"), st.just(""), st.booleans(), ages, st.sampled_from(["c", "a"])),
    st.tuples(
        st.just("attest"), st.just(""), st.booleans(), ages, st.sampled_from(["a", "nobody"])
    ),
    st.tuples(
        st.just("sign"), st.just(""), st.booleans(), ages, st.sampled_from(["c", "a", "nobody"])
    ),
)


def sealed_by(river, step):
    what, subject, good, age, name = step
    match what:
        case "look":
            number = host(0)
            sealed = river.look(0, passes=good, days_ago=age, facet=name)
            observation = replace(sealed.observation, subject=subject or number)
            river.sealed[-1] = replace(sealed, observation=observation)
        case "absent":
            river.add("host.protection/1", None, subject, days_ago=age, outcome=Outcome.ABSENT)
        case "failed":
            river.add("host.protection/1", None, subject, days_ago=age, outcome=Outcome.FAILED)
        case "drill":
            river.drill(subject, passed=good, days_ago=age)
        case "incident":
            river.incident(name, subject=subject, passed=good, days_ago=age)
        case "exception":
            river.exception(
                name,
                facet=subject,
                scope=(subject,) if subject else (),
                expires=TODAY + timedelta(days=age),
                compensating=("f/scanned",) if good else (),
            )
        case "claim":
            river.claim(0.5 + age / 100, name)
        case "attest":
            river.attestation(name, fulfilled=good, days_ago=age)
        case _:
            river.not_applicable(name, days_ago=age, countersigned_by="Lin" if good else "")
    return river.sealed[-1]


def answers(machine):
    whole = [machine.assess(name) for name in ("f", "law")]
    field = [machine.assess("f", "remote")] if "remote" in machine.fields else []
    return [(each.verdicts, each.stages, each.as_of, each.log_size) for each in (*whole, *field)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(steps, max_size=12),
    st.lists(steps, max_size=12),
    st.integers(0, 40),
    st.sampled_from([None, BEFORE]),
)
def test_step_by_step_equals_from_scratch(early, late, days, previous):
    # Given an assessor that began with some evidence and already judged.
    river = River()
    for step in early:
        sealed_by(river, step)
    live = assessor(
        WHERE, river, CONTENT, LAW, mappings=MAPPINGS, log_size=len(river.sealed), previous=previous
    )
    answers(live)
    # When more comes in, one by one, judged in between, and days go by.
    for step in late:
        before = {
            each.control: replace(each, evidence_ids=()) for each in live.assess("f").verdicts
        }
        known = len(river.sealed)
        sealed_by(river, step)
        touched = frozenset().union(*(live.observe(each) for each in river.sealed[known:]))
        for verdict in live.assess("f").verdicts:
            if verdict.control not in touched:
                assert replace(verdict, evidence_ids=()) == before[verdict.control]
    live.at(NOW + timedelta(days=days))
    # Then it says the same as one that reads everything anew.
    cold = assessor(
        WHERE,
        river,
        CONTENT,
        LAW,
        mappings=MAPPINGS,
        as_of=NOW + timedelta(days=days),
        log_size=len(river.sealed),
        previous=previous,
    )
    assert answers(live) == answers(cold)


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=14), st.data(), st.sampled_from([None, BEFORE]))
def test_removing_one_changes_only_what_rests_on_it(made, data, previous):
    river = River()
    for step in made:
        sealed_by(river, step)
    if not river.sealed:
        return
    gone = data.draw(st.sampled_from(river.sealed))
    full = assessor(WHERE, river, CONTENT, LAW, previous=previous).assess("f").verdicts
    left = assessor(WHERE, river.without(gone), CONTENT, LAW, previous=previous)
    less = left.assess("f").verdicts
    for one, other in zip(full, less, strict=True):
        assert (one != other) == (gone.id in one.evidence_ids)


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=14), st.integers(1, 60))
def test_neglect_never_raises(made, days):
    # Given any evidence but timed records, letting time pass raises no figure.
    river = River()
    for step in made:
        if step[0] != "exception":
            sealed_by(river, step)
    machine = assessor(WHERE, river, CONTENT, LAW)
    before = machine.assess("f").verdicts
    after = machine.at(NOW + timedelta(days=days)).assess("f").verdicts
    for one, other in zip(before, after, strict=True):
        if one.status.value == "not_applicable" or one.basis.value == "derived":
            continue
        assert (other.probability or 0.0) <= (one.probability or 0.0) + 1e-9 or not one.tally.seen
        assert (other.evidenced or 0.0) <= (one.evidenced or 0.0)
        assert other.met <= one.met


@settings(max_examples=40, deadline=None)
@given(st.lists(steps, max_size=14), st.integers(1, 60), st.sampled_from([None, BEFORE]))
def test_nothing_changes_before_the_day_a_verdict_names(made, days, previous):
    river = River()
    for step in made:
        sealed_by(river, step)
    machine = assessor(WHERE, river, CONTENT, LAW, previous=previous)
    before = machine.assess("f").verdicts
    after = machine.at(NOW + timedelta(days=days)).assess("f").verdicts
    for one, other in zip(before, after, strict=True):
        if one.expires_on is None or TODAY + timedelta(days=days) < one.expires_on:
            assert one == other


def test_only_what_depends_on_it_is_judged_again():
    river = River()
    river.looks(4)
    machine = assessor(WHERE, river, CONTENT, LAW)
    machine.assess("f")
    touched = machine.observe(river.look(0, days_ago=0))
    assert touched == {"f/c", "f/any", "f/scanned", "f/d", "law/1"}
    assert machine.observe(river.claim(1.0, "a")) == {"f/a", "f/d"}
    # When the look is older than what is known, or of nothing known here, nothing is.
    assert machine.observe(river.look(0, days_ago=30)) == frozenset()
    assert (
        machine.observe(river.add("host.protection/1", None, "host:nobody", outcome=Outcome.ABSENT))
        == frozenset()
    )
    assert machine.observe(river.incident("nowhere/1")) == frozenset()


def test_an_exception_is_judged_again_with_what_compensates_it():
    river = River()
    river.looks(3, 1)
    machine = assessor(WHERE, river, CONTENT, LAW)
    river.exception("systems", compensating=("f/a",))
    for sealed in river.sealed[4:]:
        machine.observe(sealed)
    assert machine.observe(river.attestation()) == {"f/a", "f/d", "f/systems"}


def test_learning_moves_the_moment_forward():
    river = River()
    river.looks(4)
    machine = assessor(WHERE, river, CONTENT, LAW)
    late = replace(river.look(0, days_ago=0), received_at=NOW + timedelta(minutes=1))
    machine.observe(late)
    assert machine.as_of == NOW + timedelta(minutes=1)
    # When it is received on a later day, everything has aged and is judged anew.
    later = replace(river.look(1, days_ago=0), received_at=NOW + timedelta(days=1))
    assert machine.observe(later) == machine.judge.grounds.controls.keys()
    assert HOSTS in {each.population for each in CONTENT.controls}


def test_the_log_size_follows():
    river = River()
    machine = assessor(WHERE, river, CONTENT, LAW, log_size=0, log_root="")
    machine.observe(river.look(0), log_root="ab")
    found = machine.assess("f")
    assert (found.log_size, found.log_root) == (1, "ab")
