"""The briefing's scenarios and cases come out as printed, and the scope keeps its promises."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.model.asset import AssetKind
from panshi.model.attributes import ATTRIBUTES, AttributeType
from panshi.node.library import Library
from panshi.protection.zero_trust.scope.answering import Said
from panshi.protection.zero_trust.scope.cloud import CloudModel
from panshi.protection.zero_trust.scope.deriving import FACTS
from panshi.protection.zero_trust.scope.facts import Field
from panshi.protection.zero_trust.scope.fields import Standing
from panshi.protection.zero_trust.scope.funnel import Steps
from panshi.protection.zero_trust.scope.readings import Method, Readings
from panshi.protection.zero_trust.scope.scoping import Scope, SystemScope, scope
from tests.simulators.scope_cases import (
    CASE_A,
    CASE_B,
    CHOSEN_A,
    CHOSEN_B,
    SCENARIOS,
    Attributes,
    case,
    estate_of,
)

CONTROLS = Library().framework("zt36").controls
UNKNOWN = Said()


def judged(*systems: Attributes, readings: Readings | None = None) -> Scope:
    return scope(estate_of(*systems), UNKNOWN, readings or Readings(), CONTROLS)


def one(attributes: Attributes, readings: Readings | None = None) -> SystemScope:
    return judged(attributes, readings=readings).systems[0]


# -- acceptance ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, {"remote_work"}),
        (2, {"cloud_access"}),
        (3, {"system_operation", "cloud_access"}),
        (4, {"app_admin"}),
        (6, set()),
    ],
)
def test_scenarios_come_out_as_printed(number, expected):
    # Given a system of which no more is known than the slide says
    found = one(SCENARIOS[number])

    # Then it is in the printed fields and in no other
    assert set(found.in_fields) == expected


def test_scenario_five_contains_the_supplier_and_six_is_not_cross_institution():
    assert Field.SERVICE_PROVIDER in one(SCENARIOS[5]).in_fields
    finding = one(SCENARIOS[6]).fields[Field.CROSS_INSTITUTION].finding
    assert finding.standing is Standing.OUT
    assert any(each.rule == "cross_institution.vpn_only" for each in finding.reasons)


def test_scenario_two_leaves_two_network_controls_out():
    found = judged(SCENARIOS[2])
    table = next(each for each in found.applicability if each.model is found.systems[0].model)

    assert table.not_applicable == ("3-1", "3-2")


@pytest.mark.parametrize(("printed", "chosen"), [(CASE_A, CHOSEN_A), (CASE_B, CHOSEN_B)])
def test_cases_reproduce_the_funnels_and_every_decision(printed, chosen):
    # Given an estate of the shape of a case
    found = scope(case(printed), UNKNOWN, Readings(), CONTROLS)

    # Then every figure of the funnel is the printed one and nothing is unknown
    assert {
        str(each.field): (each.applicable, each.high_risk, each.low_impact) for each in found.funnel
    } == printed
    assert all(each.unknown == (0, 0, 0) for each in found.funnel)

    # And the six fields are chosen or not as the institution did
    assert tuple(map(str, found.chosen_fields)) == chosen


@pytest.mark.parametrize(("model", "count"), [("IaaS", 31), ("PaaS", 29), ("SaaS", 27)])
@pytest.mark.parametrize("unlisted", [False, True])
def test_applicability_is_31_29_27_and_the_rest_undecided(model, count, unlisted):
    found = judged({}, readings=Readings(cloud_stage_iv=unlisted))
    table = next(each for each in found.applicability if each.model is CloudModel(model))

    assert len(table.applicable) == count + (5 if unlisted else 0)
    assert len(table.undecided) == (0 if unlisted else 5)


# -- unknown stays unknown ----------------------------------------------------------------------


def test_nothing_known_is_unknown_everywhere_and_asks():
    found = one({})

    assert {each.finding.standing for each in found.fields.values()} == {Standing.UNKNOWN}
    assert {"remote_staff_access", "operated_by", "cloud"} <= set(found.asks)
    assert not judged({}).chosen_fields
    assert all(each.risk.value is None for each in found.fields.values())


def test_a_label_of_the_estate_counts_only_where_facts_do_not_tell():
    # Given a system labelled with two fields, one of which its facts deny
    found = one({"fields": ("remote_work", "cloud_access"), "cloud": False})

    # Then the label stands in for what is not known, and the denied one is a clash
    assert found.in_fields == (Field.REMOTE_WORK,)
    assert found.fields[Field.CLOUD_ACCESS].finding.clashes


def _value(name: str) -> st.SearchStrategy[object]:
    attribute = ATTRIBUTES[AssetKind.SYSTEM][name]
    match attribute.type:
        case AttributeType.YES_NO:
            return st.booleans()
        case AttributeType.MANY:
            return st.lists(st.sampled_from(attribute.values), min_size=1, unique=True).map(tuple)
        case AttributeType.TEXT:
            return st.sampled_from(attribute.values)
        case AttributeType.WHOLE if attribute.maximum is not None:
            return st.integers(1, 3)
        case _:
            return st.integers(0, 2000)


facts_of_a_system = st.fixed_dictionaries({}, optional={name: _value(name) for name in FACTS})


@settings(max_examples=400, deadline=None)
@given(known=facts_of_a_system, name=st.sampled_from(FACTS), data=st.data())
def test_a_fact_added_never_lowers_a_class_silently(known, name, data):
    # Given a system, and a fact that is not known of it
    known.pop(name, None)
    before = one(known)
    after = one({**known, name: data.draw(_value(name))})

    for field in Field:
        was, now = before.fields[field].finding, after.fields[field].finding
        # Then where it leaves a field, a decided rule of that field names the reason
        if was.standing is not Standing.OUT and now.standing is Standing.OUT:
            assert any(each.holds is not None for each in now.reasons)
            leaning = {
                fact for each in now.reasons if each.holds is not None for fact in each.facts
            }
            changed = {
                fact
                for fact in FACTS
                if before.facts.known.get(fact) != after.facts.known.get(fact)
            }
            assert leaning & changed
        # And what is no longer unknown was asked for, or follows from what was
        if was.standing is Standing.UNKNOWN:
            assert was.asks


@settings(max_examples=400, deadline=None)
@given(known=facts_of_a_system)
def test_bounds_hold_and_unknown_is_never_counted(known):
    found = one(known)

    for each in found.fields.values():
        assert 6 <= each.risk.low <= each.risk.high <= 18
        assert 5 <= each.impact.low <= each.impact.high <= 15
        for score in (*each.risk.scores, *each.impact.scores):
            assert 1 <= score.low <= score.high <= 3
            assert (score.value is None) == bool(score.asks)
        if each.steps.high_risk is None or each.steps.low_impact is None:
            assert each.steps.passed < 3


WORSE: dict[str, tuple[object, ...]] = {
    "holds_personal_data": (False, True),
    "holds_staff_data": (False, True),
    "holds_transaction_data": (False, True),
    "core": (False, True),
    "criticality": ("low", "high"),
    "data_class": ("public", "internal", "personal"),
    "resource_location": ("public", "dmz", "internal"),
    "connections": (("internal",), ("internal", "vpn"), ("internal", "vpn", "internet")),
    "devices": (("issued_inside",), ("issued_inside", "issued_portable"), ("own_outside",)),
    "privileges": (("query",), ("query", "operation"), ("administrator",)),
    "administrators": (("business_staff",), ("it_staff",), ("it_staff", "external")),
    "supplier_devices": (("issued",), ("issued", "own")),
    "process_impact": (1, 2, 3),
    "adoption_cost_million_twd": (1.0, 5.0, 25.0, 26.0),
}
"Answers from the mildest to the gravest."


@settings(max_examples=400, deadline=None)
@given(known=facts_of_a_system, name=st.sampled_from(sorted(WORSE)), data=st.data())
def test_a_worse_answer_never_lowers_risk_or_impact(known, name, data):
    # Given two answers to one question, the second graver
    answers = WORSE[name]
    at = data.draw(st.integers(0, len(answers) - 2))
    mild = one({**known, name: answers[at]})
    grave = one({**known, name: answers[at + 1]})

    # Then nothing that was sure becomes less, and high risk stays high
    for field in Field:
        one_side, other = mild.fields[field], grave.fields[field]
        assert other.risk.low >= one_side.risk.low
        for was, now in zip(one_side.risk.scores, other.risk.scores, strict=True):
            if was.value is not None:
                assert now.low >= was.value
        assert other.impact.low >= one_side.impact.low
    if mild.quick[0].result:
        assert grave.quick[0].result


@settings(max_examples=100, deadline=None)
@given(known=facts_of_a_system, name=st.sampled_from(FACTS), data=st.data())
def test_a_fact_added_only_narrows_scores(known, name, data):
    known.pop(name, None)
    if name in {"operated_by", "cloud", "cloud_model"}:  # they open further ways in
        return
    before, after = one(known), one({**known, name: data.draw(_value(name))})

    for field in Field:
        for was, now in zip(
            before.fields[field].impact.scores, after.fields[field].impact.scores, strict=True
        ):
            if before.facts.known.get(name) is None and was.value is None:
                assert was.low <= now.low
                assert now.high <= was.high


@settings(max_examples=50, deadline=None)
@given(systems=st.lists(facts_of_a_system, min_size=1, max_size=8), seed=st.integers())
def test_the_order_of_systems_and_attributes_changes_nothing(systems, seed):
    # Given an estate, and the same with its systems and their attributes in another order
    estate = estate_of(*systems)
    shuffled = list(estate.assets)
    chance = random.Random(seed)
    chance.shuffle(shuffled)
    turned = [
        replace(each, attributes=dict(reversed(each.attributes.items()))) for each in shuffled
    ]
    other = replace(estate, assets=tuple(turned))

    # Then both have the same funnel and choose the same systems
    one_way = scope(estate, UNKNOWN, Readings(), CONTROLS)
    another = scope(other, UNKNOWN, Readings(), CONTROLS)
    assert one_way.funnel == another.funnel
    assert {each.system.id for each in one_way.chosen_systems} == {
        each.system.id for each in another.chosen_systems
    }


# -- readings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cost", "score"), [(0, 1), (4.99, 1), (5, 2), (24.99, 2), (25, 3), (25.01, 3)]
)
def test_spending_at_the_lines(cost, score):
    found = one({"adoption_cost_million_twd": cost})
    assert found.fields[Field.REMOTE_WORK].impact.scores[4].value == score


def test_exactly_twenty_five_million_is_a_reading():
    found = one({"adoption_cost_million_twd": 25}, Readings(spending_exact=2))
    assert found.fields[Field.REMOTE_WORK].impact.scores[4].value == 2


def test_the_gap_of_devices_is_a_reading():
    vendor: Attributes = {"operated_by": ("supplier_on_site",), "supplier_devices": ("own",)}
    device = one(vendor).fields[Field.SERVICE_PROVIDER].risk.scores[3]
    milder = one(vendor, Readings(device_inside=2)).fields[Field.SERVICE_PROVIDER].risk.scores[3]

    assert (device.value, milder.value) == (3, 2)


def test_a_supplier_on_site_with_our_devices_is_exempt():
    found = one({"operated_by": ("staff", "supplier_on_site"), "supplier_devices": ("issued",)})
    assert Field.SERVICE_PROVIDER not in found.in_fields


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (Method.QUICK_TESTS, Steps(standing=Standing.IN, high_risk=False, low_impact=True)),
        (Method.FACTOR_TABLES, Steps(standing=Standing.IN, high_risk=True, low_impact=False)),
        (Method.BOTH, Steps(standing=Standing.IN, high_risk=False, low_impact=False)),
    ],
)
def test_the_method_is_a_reading(method, expected):
    # Given a critical cloud system without personal data that is costly to change
    system: Attributes = {
        "cloud": True,
        "core": True,
        "users": ("external",),
        "privileges": ("administrator",),
        "devices": ("own_outside",),
        "connections": ("internet",),
        "holds_personal_data": False,
        "holds_transaction_data": False,
        "holds_staff_data": False,
        "automated_service": False,
        "interruption_impact": 3,
        "process_impact": 3,
        "training_impact": 3,
        "technology_impact": 3,
        "adoption_cost_million_twd": 30,
    }
    found = one(system, Readings(method=method)).fields[Field.CLOUD_ACCESS]

    assert found.risk.value == 18
    assert found.impact.value == 15
    assert found.steps == expected


@pytest.mark.parametrize(("minutes", "low"), [(480, False), (481, True), (479, False)])
def test_exactly_eight_hours_is_not_over_eight(minutes, low):
    assert one({"rto_minutes": minutes, "automated_service": True}).quick[1].result is low


def test_fields_have_scores_of_their_own():
    # Given a system that staff reach from home and suppliers operate on site with their own devices
    found = one(
        {
            "remote_staff_access": True,
            "operated_by": ("staff", "supplier_on_site"),
            "supplier_devices": ("own",),
            "users": ("business_staff",),
            "privileges": ("query",),
            "devices": ("issued_portable",),
            "connections": ("vpn",),
            "resource_location": "internal",
            "core": True,
        }
    )

    # Then each field scores the ways in that belong to it
    sums = {field: found.fields[field].risk.value for field in found.in_fields}
    assert sums == {
        Field.REMOTE_WORK: 3 + 1 + 1 + 2 + 3 + 2,
        Field.SYSTEM_OPERATION: 3 + 3 + 3 + 3 + 3 + 2,
        Field.SERVICE_PROVIDER: 3 + 3 + 3 + 3 + 3 + 1,
    }
