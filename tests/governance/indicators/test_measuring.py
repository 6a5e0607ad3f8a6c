"""Values are computed from what was seen: unseen is not passing, nothing is not zero."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.indicators.formula import Register, formula_from_text
from panshi.governance.indicators.measuring import Grade, Measured, grade, measure
from panshi.model.control import Basis
from panshi.model.verdict import Reason, ReasonCode, Status
from tests.governance.indicators.worlds import DEVICES, facts, look, verdict

COMPLIANT = "{field: compliant, is: true}"
ALL_DEVICES = "population: {kind: device}"
OF_ALL = (
    f"{{share: passing, looks: {{kind: device.posture/1, {ALL_DEVICES}}}, passes: {COMPLIANT}}}"
)


def value(text, known):
    return measure(formula_from_text(text, source="here"), known)


def test_a_share_of_controls_counts_what_can_be_judged():
    known = facts(
        [
            verdict("zt36/1-1", passing=10),
            verdict("zt36/1-2", passing=4, failing=1),
            verdict("zt36/1-3", status=Status.NOT_APPLICABLE),
        ]
    )
    found = value("{met: evidence, of: {framework: zt36}}", known)
    assert (found.value, found.numerator, found.denominator) == (0.5, 1, 2)
    assert found.coverage == 0.75
    assert value("{met: evidence, of: {framework: zt36, stages: [4]}}", known).value is None
    assert value("{met: any, of: {framework: emerging}}", known).value is None


def test_means_and_items_and_counts():
    known = facts(
        [
            verdict("zt36/1-1", passing=10, claimed=1.0),
            verdict(
                "zt36/1-2",
                passing=4,
                failing=1,
                claimed=1.0,
                reasons=(Reason(code=ReasonCode.CONTRADICTED),),
            ),
        ]
    )
    assert value("{mean: evidenced, of: {framework: zt36}}", known).value == pytest.approx(0.7)
    assert value("{mean: gap, of: {framework: zt36}}", known).value == pytest.approx(0.3)
    assert value("{items: unseen, of: {framework: zt36}}", known).value == 0.25
    assert value("{items: failing, of: {framework: zt36}}", known).value == 0.05
    assert value("{controls: unmet, of: {framework: zt36}}", known).value == 1
    assert value("{controls: contradicted, of: {framework: zt36}}", known).value == 1
    assert value("{controls: unmet, of: {framework: zt36, groups: [data]}}", known).value is None


def test_assets_nobody_looked_at_stay_in_the_denominator():
    looks = [look(each, compliant=True) for each in DEVICES[:6]]
    whole = value(OF_ALL, facts(newest=looks))
    assert (whole.value, whole.coverage) == (0.6, 0.6)
    seen = value(
        f"{{share: passing, looks: {{kind: device.posture/1}}, passes: {COMPLIANT}}}",
        facts(newest=looks),
    )
    assert (seen.value, seen.coverage) == (1.0, 1.0)
    # A look too old is none; one failing facet fails the asset.
    old = [*looks[:5], look(DEVICES[5], days=93, compliant=True), look(DEVICES[0], compliant=False)]
    assert value(OF_ALL, facts(newest=old)).value == 0.4


def test_a_quantile_is_one_of_the_values():
    looks = [look(each, patch_age_days=n) for n, each in enumerate(DEVICES, 1)]
    text = "{{quantile: {}, looks: {{kind: device.posture/1}}, field: patch_age_days}}"
    assert [value(text.format(p), facts(newest=looks)).value for p in (0, 500, 950, 1000)] == [
        1,
        5,
        10,
        10,
    ]
    assert value(text.format(500), facts()).value is None


def test_registers_give_their_figure_or_nothing():
    known = facts(registers={Register.EXCEPTIONS_LIVE: 3.0, Register.OFFICE_FINDINGS: 2.0})
    assert value("{count: exceptions_live}", known).value == 3
    assert grade(value("{count: exceptions_live}", known)) is Grade.A
    assert grade(value("{count: office_findings}", known)) is Grade.C
    assert value("{count: exception_age}", known).value is None


@pytest.mark.parametrize(
    ("coverage", "attested", "expected"),
    [(1.0, 0, "A"), (0.95, 0, "A"), (0.9499, 0, "B"), (0.5, 0, "C"), (0.4, 0, "D"), (1.0, 1, "C")],
)
def test_data_are_graded_by_what_was_seen(coverage, attested, expected):
    assert grade(Measured(value=1.0, coverage=coverage, attested=attested)) == expected
    assert grade(Measured(value=None, coverage=coverage)) is Grade.D


POPULATIONS = st.lists(
    st.integers(1, 9).flatmap(
        lambda whole: st.tuples(st.just(whole), st.integers(0, whole), st.integers(0, whole)).map(
            lambda t: (t[0], t[1], min(t[2], t[0] - t[1]))
        )
    ),
    min_size=1,
    max_size=6,
)
SHARES = (
    "{met: evidence, of: {framework: zt36}}",
    "{mean: evidenced, of: {framework: zt36}}",
    "{mean: possible, of: {framework: zt36}}",
    "{items: passing, of: {framework: zt36}}",
)
WORSE = ("{items: unseen, of: {framework: zt36}}", "{controls: unmet, of: {framework: zt36}}")


@given(POPULATIONS, st.data())
def test_one_more_pass_never_worsens_an_indicator(populations, data):
    """A look at an unseen member that passes raises or keeps every share that counts for good."""
    chosen = data.draw(st.integers(0, len(populations) - 1))
    whole, passing, failing = populations[chosen]
    if passing + failing == whole:
        return
    names = [each.key for each in facts().frameworks["zt36"].controls[: len(populations)]]

    def world(figures):
        return facts(
            [
                verdict(name, population=w, passing=p, failing=f)
                for name, (w, p, f) in zip(names, figures, strict=True)
            ]
        )

    before = world(populations)
    after = world(
        [*populations[:chosen], (whole, passing + 1, failing), *populations[chosen + 1 :]]
    )
    for text in SHARES:
        then, now = value(text, before).value, value(text, after).value
        assert now is not None
        assert then is None or now >= then - 1e-12
    for text in WORSE:
        then, now = value(text, before).value, value(text, after).value
        assert now <= then


@given(st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)), st.integers(0, 9))
def test_one_more_passing_look_never_worsens_a_share_of_a_population(passing, failing, more):
    if more in passing | failing:
        return
    looks = [look(DEVICES[n], compliant=n not in failing) for n in passing | failing]
    before = value(OF_ALL, facts(newest=looks)).value
    after = value(OF_ALL, facts(newest=[*looks, look(DEVICES[more], compliant=True)])).value
    assert after == pytest.approx(before + 0.1)


def test_attested_controls_are_measured_by_their_record():
    known = facts(
        [
            verdict("emerging/4.3", basis=Basis.ATTESTED, status=Status.ATTESTED, met=True),
            verdict("emerging/6.2", basis=Basis.ATTESTED, status=Status.NOT_ATTESTED),
        ]
    )
    found = value("{met: attested, of: {framework: emerging}}", known)
    assert (found.value, found.attested) == (0.5, 2)
    assert grade(found) >= Grade.C
