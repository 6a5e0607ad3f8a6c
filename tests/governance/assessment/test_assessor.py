"""From evidence to verdicts: the rules of the anchor, one behaviour a test."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from panshi.errors import UsageError
from panshi.governance.assessment.moment import INSTITUTION_ZONE
from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.model.control import Basis, MachineClass
from panshi.model.observation import Outcome
from panshi.model.verdict import ReasonCode, Status
from tests.governance.assessment.worlds import (
    CHECK,
    HOSTS,
    NOW,
    TODAY,
    River,
    assessor,
    attested,
    clause,
    control,
    estate,
    framework,
    host,
)


def judged(hosts, river, *controls, key="f/c", **changes):
    return assessor(
        estate(hosts), river, framework(*(controls or (control(),))), **changes
    ).verdict(key)


def codes(verdict):
    return {reason.code for reason in verdict.reasons}


@pytest.mark.parametrize(
    ("passing", "failing", "hosts", "status", "probability"),
    [
        (9, 0, 10, Status.MET, 0.909),
        (9, 0, 400, Status.UNKNOWN, 0.420),
        (59, 0, 400, Status.MET, 0.970),
        (380, 20, 400, Status.MET, 1.0),
        (379, 21, 400, Status.NOT_MET, 0.0),
        (190, 10, 400, Status.UNKNOWN, 0.505),
    ],
)
def test_status_and_probability(passing, failing, hosts, status, probability):
    river = River()
    river.looks(passing, failing)
    verdict = judged(hosts, river)
    assert verdict.status is status
    assert verdict.probability == pytest.approx(probability, abs=0.0005)
    assert verdict.met is (status is Status.MET)
    assert verdict.tally.population == hosts
    assert verdict.tally.seen == passing + failing
    assert len(verdict.evidence_ids) == passing + failing


def test_half_of_the_evidence_stale_costs_certainty():
    # Given 380 of 400 passing, and half of the looks, passing and failing alike, long ago,
    # but failures keep failing: of the 200 stale looks the 10 failures stay in the sample.
    river = River()
    for number in range(400):
        river.look(number, passes=number % 20 != 0, days_ago=1 if number < 200 else 31)
    verdict = judged(400, river)
    assert verdict.tally.stale_pass == 190
    assert verdict.tally.stale_fail == 10
    assert verdict.tally.seen == 210
    assert verdict.status is not Status.MET
    assert verdict.probability < 0.505


def test_one_result_in_1440_cells_never_reads_as_a_good_score():
    # Given 40 assets and 36 checks, and one scanner result that passes.
    checks = [control(f"c{number}") for number in range(36)]
    others = [control(f"c{number}", check=replace_kind(number)) for number in range(1, 36)]
    river = River()
    river.look(0)
    found = assessor(estate(40), river, framework(checks[0], *others)).assess("f")
    # Then no control is met, one has a little evidence, and 35 say that nothing was seen.
    assert {verdict.status for verdict in found.verdicts} == {Status.UNKNOWN}
    first, *rest = found.verdicts
    assert first.evidenced == pytest.approx(0.325)
    assert all(verdict.evidenced is None for verdict in rest)
    assert all(verdict.probability is None for verdict in rest)
    assert all(verdict.possible == 1.0 for verdict in found.verdicts)


def replace_kind(number):
    return type(CHECK)(observation=f"other.kind{number}/1", passes=CHECK.passes, fresh_days=30)


def test_a_scan_that_evaluated_nothing_is_unknown():
    # Given what OpenSCAP yields when every rule is not applicable: a failed look with a reason.
    river = River()
    for number in range(10):
        river.look(number, outcome=Outcome.FAILED)
    machine = assessor(estate(10), river, framework(control()))
    verdict = machine.verdict("f/c")
    assert verdict.status is Status.UNKNOWN
    assert (verdict.evidenced, verdict.probability, verdict.possible) == (None, None, 1.0)
    items = machine.proof("f/c").children[0].items
    assert {item.failed_look for item in items} == {"no answer"}


def test_a_failed_look_does_not_replace_an_older_sight():
    river = River()
    river.look(0, days_ago=3)
    river.look(0, days_ago=1, outcome=Outcome.UNREACHABLE)
    machine = assessor(estate(1), river, framework(control()))
    assert machine.verdict("f/c").status is Status.MET
    (item,) = machine.proof("f/c").children[0].items
    assert item.failed_look == "no answer"


def test_letting_failures_go_stale_never_raises():
    # Given the trap of rule 3: only the failing looks age out.
    river = River()
    for number in range(400):
        river.look(number, passes=number >= 20, days_ago=20 if number < 20 else 1)
    strict = control(
        check=type(CHECK)(
            observation=CHECK.observation, passes=CHECK.passes, fresh_days=30, target_permille=970
        )
    )
    machine = assessor(estate(400), river, framework(strict))
    before = machine.verdict("f/c")
    later = machine.at(NOW + timedelta(days=15)).verdict("f/c")
    assert later.tally.stale_fail == 20
    assert later.probability == before.probability == 0.0
    assert later.evidenced == before.evidenced
    assert ReasonCode.STALE_FAILURES in codes(later)


def test_freshness_ends_at_midnight_of_the_institution():
    river = River()
    river.look(0, days_ago=0.25)
    machine = assessor(estate(1), river, framework(control()))
    verdict = machine.verdict("f/c")
    assert verdict.expires_on == TODAY + timedelta(days=31)
    midnight = datetime.combine(TODAY, time.min, tzinfo=INSTITUTION_ZONE) + timedelta(days=31)
    assert machine.at(midnight - timedelta(seconds=1)).verdict("f/c").met
    assert not machine.at(midnight).verdict("f/c").met


def test_an_empty_population_never_passes():
    verdict = judged(0, River())
    assert verdict.status is Status.NO_POPULATION
    assert not verdict.met
    assert (verdict.probability, verdict.evidenced, verdict.possible) == (None, None, None)


def test_an_empty_population_signed_not_applicable():
    river = River()
    river.not_applicable()
    verdict = judged(0, river)
    assert verdict.status is Status.NOT_APPLICABLE
    assert verdict.expires_on == TODAY + timedelta(days=100)
    # When there is a population after all, the signature is void.
    assert judged(1, river).status is Status.UNKNOWN
    # When the signature is out of date, it counts no longer.
    lapsed = River()
    lapsed.not_applicable(expires=TODAY)
    assert judged(0, lapsed).status is Status.NO_POPULATION


def test_a_clean_sample_is_never_not_met():
    # Given one passing look of 1,440: P is 0.0988 by the prior alone, which proves no failure.
    river = River()
    river.looks(1)
    verdict = judged(1440, river)
    assert verdict.probability < 0.1
    assert verdict.status is Status.UNKNOWN


def test_subjects_are_resolved_by_any_identifier():
    river = River()
    river.add("host.protection/1", river.look(0).observation.body, "host:10.0.0.1")
    assert judged(2, river).tally.passing == 2


def test_observations_of_the_future_wait():
    river = River()
    river.look(0, days_ago=-2)
    machine = assessor(estate(1), river, framework(control()))
    assert machine.verdict("f/c").status is Status.UNKNOWN
    assert machine.at(NOW + timedelta(days=2)).verdict("f/c").status is Status.MET


def test_it_does_not_go_back_in_time():
    machine = assessor(estate(1), River(), framework(control()))
    with pytest.raises(UsageError, match="cannot tell"):
        machine.at(NOW - timedelta(days=1))


def test_an_erased_body_cannot_be_shown_to_pass():
    river = River()
    river.look(0, erased=True)
    assert judged(1, river).status is Status.NOT_MET


def test_claims_stand_beside_evidence():
    river = River()
    river.looks(9)
    river.claim(1.0)
    verdict = judged(400, river)
    assert verdict.claimed == 1.0
    assert verdict.evidenced == pytest.approx(0.80, abs=0.005)
    assert verdict.status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({}, ReasonCode.ATTESTED, Status.ATTESTED),
        ({"owner": " "}, ReasonCode.ATTESTATION_INCOMPLETE, Status.NOT_ATTESTED),
        ({"scope": ""}, ReasonCode.ATTESTATION_INCOMPLETE, Status.NOT_ATTESTED),
        ({"attachment_sha256": "x" * 64}, ReasonCode.ATTESTATION_INCOMPLETE, Status.NOT_ATTESTED),
        ({"expires": TODAY}, ReasonCode.ATTESTATION_EXPIRED, Status.NOT_ATTESTED),
        ({"days_ago": 365}, ReasonCode.ATTESTATION_EXPIRED, Status.NOT_ATTESTED),
        ({"fulfilled": False}, ReasonCode.ACKNOWLEDGED, Status.NOT_ATTESTED),
    ],
)
def test_attestations(changes, code, status):
    river = River()
    river.attestation(**changes)
    verdict = judged(1, river, attested(), key="f/a")
    assert verdict.status is status
    assert codes(verdict) == {code}
    assert verdict.evidenced is None
    assert verdict.met is (status is Status.ATTESTED)


def test_no_attestation_is_said():
    assert codes(judged(1, River(), attested(), key="f/a")) == {ReasonCode.ATTESTATION_MISSING}


def test_a_countersignature_is_somebody_elses():
    needs = type(attested().attesting)(evidence=("policy_doc",), countersigned=True)
    for name, status in (("chen", Status.NOT_ATTESTED), ("Lin", Status.ATTESTED)):
        river = River()
        river.attestation(countersigned_by=name)
        verdict = judged(1, river, attested(attesting=needs), key="f/a")
        assert verdict.status is status


def test_derived_controls_follow_their_parts():
    whole = control("d", made_of=("f/c", "f/a"))
    river = River()
    river.looks(9)
    content = (control(), attested(), whole)
    missing = judged(10, river, *content, key="f/d")
    assert missing.status is Status.NOT_MET
    assert codes(missing) == {ReasonCode.PARTS_UNMET}
    assert next(iter(missing.reasons)).ids == ("f/a",)
    river.attestation()
    verdict = judged(10, river, *content, key="f/d")
    assert verdict.status is Status.MET
    assert verdict.evidenced == 1.0
    assert len(verdict.evidence_ids) == 10


def test_controls_made_of_themselves_are_unknown():
    one, two = control("x", made_of=("f/y",)), control("y", made_of=("f/x", "f/c"))
    river = River()
    river.looks(10)
    for key in ("f/x", "f/y"):
        verdict = judged(10, river, control(), one, two, key=key)
        assert verdict.status is Status.UNKNOWN
        assert not verdict.met


def test_parts_nobody_knows_leave_it_unknown():
    river = River()
    river.looks(10)
    verdict = judged(10, river, control(), control("d", made_of=("f/c", "x/1")), key="f/d")
    assert verdict.status is Status.UNKNOWN


def test_what_is_not_judged_says_so():
    silent = control("n", machine=MachineClass.NONE)
    verdict = judged(1, River(), silent, key="f/n")
    assert verdict.status is Status.NOT_JUDGED
    assert verdict.basis is Basis.NOT_JUDGED
    # When the clause is binding, judging it is still owed.
    assert clause("n", machine=MachineClass.MANUAL).basis is Basis.NOT_YET


def test_fields_narrow_populations():
    outside = Asset(
        id=AssetId("host:out"), kind=AssetKind.HOST, name="out", attributes={"fields": ("cloud",)}
    )
    river = River()
    river.looks(10)
    machine = assessor(estate(10, outside, fields=("remote",)), river, framework(control()))
    assert machine.fields == ("cloud", "remote")
    assert machine.verdict("f/c").tally.population == 11
    assert machine.verdict("f/c", "remote").tally.population == 10
    assert machine.verdict("f/c", "remote").met
    assert machine.verdict("f/c", "cloud").status is Status.UNKNOWN
    with pytest.raises(UsageError, match="fields: cloud, remote"):
        machine.verdict("f/c", "moon")


def test_inventories_that_differ_are_told():
    population = type(HOSTS)(kind=AssetKind.HOST, inventories=("cmdb", "edr"))
    river = River()
    river.looks(2)
    verdict = judged(2, river, control(population=population))
    assert ReasonCode.INVENTORIES_DIFFER in codes(verdict)


def test_removing_one_observation_changes_exactly_what_depends_on_it():
    # Given controls of every basis, a contradiction, a used and a lapsed exception, a claim.
    content = framework(
        control(),
        control("other", check=replace_kind(1)),
        attested(),
        control("d", made_of=("f/c", "f/a")),
        control("e", made_of=("f/other",)),
    )
    river = River()
    river.looks(8, 2)
    river.look(3, days_ago=40)
    river.claim(0.9)
    river.attestation()
    river.exception(scope=(host(8),), compensating=("f/other",))
    river.exception(facet="#2", scope=(host(9),), expires=TODAY)
    river.incident("f/c", passed=True)
    full = assessor(estate(10), river, content).assess("f")
    for sealed in river.sealed:
        lesser = assessor(estate(10), river.without(sealed), content).assess("f")
        changed = {
            one.control
            for one, other in zip(full.verdicts, lesser.verdicts, strict=True)
            if one != other
        }
        resting = {each.control for each in full.verdicts if sealed.id in each.evidence_ids}
        assert changed == resting


def test_an_assessment_can_be_repeated():
    river = River()
    river.looks(9)
    found = assessor(
        estate(10), river, framework(control()), log_size=9, log_root="ab", parameters={}
    ).assess("f")
    assert (found.log_size, found.log_root, found.parameters) == (9, "ab", {"confidence": 0.9})
    assert found.as_of == NOW


def test_governed_thresholds_replace_the_defaults():
    river = River()
    river.looks(9)
    loose = judged(10, river, parameters={"confidence": 0.95})
    assert loose.status is Status.UNKNOWN
    stricter = {"target_permille:f/c": 1000.0, "fresh_days:f/c": 7.0}
    verdict = judged(10, river, parameters=stricter)
    assert (verdict.target, verdict.fresh_days) == (1.0, 7)


def test_unknown_names_are_refused():
    machine = assessor(estate(1), River(), framework(control()))
    with pytest.raises(UsageError, match="no control"):
        machine.verdict("f/x")
    with pytest.raises(UsageError, match="frameworks: f"):
        machine.assess("g")


def test_a_void_signature_is_told_and_has_no_effect():
    # Given a binding clause over nothing, signed away by one person alone.
    river = River()
    alone = river.not_applicable("1", framework="law")
    content = framework(clause("1"), name="law")
    verdict = assessor(estate(0), river, content).verdict("law/1")
    # Then it has no population still, and the signature is told of.
    assert verdict.status is Status.NO_POPULATION
    assert codes(verdict) == {ReasonCode.NO_POPULATION, ReasonCode.NOT_APPLICABLE_VOID}
    assert verdict.evidence_ids == (alone.id,)
    # When a second person signs, it stands.
    river.not_applicable("1", framework="law", countersigned_by="Lin", days_ago=0)
    verdict = assessor(estate(0), river, content).verdict("law/1")
    assert verdict.status is Status.NOT_APPLICABLE


def test_an_acknowledged_gap_is_not_signed_away():
    river = River()
    acknowledged = river.attestation(fulfilled=False)
    signed = river.not_applicable("a")
    verdict = assessor(estate(1), river, framework(attested())).verdict("f/a")
    assert verdict.status is Status.NOT_ATTESTED
    assert codes(verdict) == {ReasonCode.ACKNOWLEDGED, ReasonCode.NOT_APPLICABLE_VOID}
    assert {acknowledged.id, signed.id} <= set(verdict.evidence_ids)
    # When the control is judged from evidence and has no population, it holds as well.
    river.attestation("c", fulfilled=False)
    river.not_applicable("c")
    verdict = assessor(estate(0), river, framework(control())).verdict("f/c")
    assert verdict.status is Status.NO_POPULATION
    assert ReasonCode.NOT_APPLICABLE_VOID in codes(verdict)
