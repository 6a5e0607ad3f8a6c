"""Open-PSA documents: what they mean, and what is refused with its line."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError, MissingError, UsageError
from panshi.observe.open_psa.document import read_fault_trees
from panshi.resilience.faults.exact import solve
from panshi.resilience.faults.open_psa import document
from panshi.resilience.faults.solution import Wishes
from tests.observe.hostile import mutations
from tests.resilience.faults.small_trees import trees, tried

GATE = '<define-gate name="{}">{}</define-gate>'
EVENT = '<define-basic-event name="{}"><float value="{}"/></define-basic-event>'
AB = EVENT.format("a", 0.1) + EVENT.format("b", 0.2) + EVENT.format("c", 0.3)
FLOATS = '<float value="{}"/>' * 4
NAMES = '<event name="a"/><basic-event name="b"/><event name="c" type="basic-event"/>'


def read(tmp_path, inner, **options):
    path = tmp_path / "tree.xml"
    path.write_text(
        f'<?xml version="1.0"?><opsa-mef><define-fault-tree name="t">{inner}'
        "</define-fault-tree></opsa-mef>"
    )
    return read_fault_trees(path, **options)


def chance(tmp_path, formula, more="", **options):
    tree = read(tmp_path, GATE.format("top", formula) + AB + more, **options).tree("top")
    return solve(tree, Wishes()).probability


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (f"<and>{NAMES}</and>", 0.006),
        (f"<or>{NAMES}</or>", 1 - 0.9 * 0.8 * 0.7),
        (f'<atleast min="2">{NAMES}</atleast>', 0.02 * 0.7 + 0.03 * 0.8 + 0.06 * 0.9 + 0.006),
        (f'<cardinality min="1" max="1">{NAMES}</cardinality>', 0.056 + 0.126 + 0.216),
        (f'<cardinality min="2" max="3">{NAMES}</cardinality>', 0.014 + 0.024 + 0.054 + 0.006),
        ('<not><event name="a"/></not>', 0.9),
        ('<xor><event name="a"/><event name="b"/></xor>', 0.1 * 0.8 + 0.9 * 0.2),
        ('<iff><event name="a"/><event name="b"/></iff>', 0.1 * 0.2 + 0.9 * 0.8),
        ('<imply><event name="a"/><event name="b"/></imply>', 1 - 0.1 * 0.8),
        ('<nand><event name="a"/><event name="b"/></nand>', 1 - 0.02),
        ('<nor><event name="a"/><event name="b"/></nor>', 0.9 * 0.8),
        ('<or><and><event name="a"/><event name="b"/></and><event name="c"/></or>',
         1 - 0.98 * 0.7),
        ('<event name="a"/>', 0.1),
        ('<or><constant value="true"/><event name="a"/></or>', 1.0),
        ('<and><constant value="false"/><event name="a"/></and>', 0.0),
        ('<and><house-event name="on"/><event name="a"/></and>', 0.1),
        ('<or><house-event name="unset"/><event name="a"/></or>', 0.1),
        ('<gate name="pass"/>', 0.2),
    ],
)  # fmt: skip
def test_formulae_mean_what_the_format_says(tmp_path, formula, expected):
    more = (
        '<define-house-event name="on"><constant value="true"/></define-house-event>'
        '<define-house-event name="unset"/>'
        + GATE.format("pass", '<label>through</label><basic-event name="b"/>')
    )
    assert chance(tmp_path, formula, more) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('<float value="2.5e-1"/>', 0.25),
        ('<parameter name="q"/>', 0.125),
        ('<exponential><float value="1e-3"/><system-mission-time/></exponential>',
         1 - math.exp(-0.1)),
        ('<exponential><parameter name="q"/><float value="2"/></exponential>', 1 - math.exp(-0.25)),
        ('<GLM><float value="0"/><float value="0.1"/><float value="0"/><float value="2"/></GLM>',
         1 - math.exp(-0.2)),
        (f"<Weibull>{FLOATS.format(10, 1, 0, 5)}</Weibull>", 1 - math.exp(-0.5)),
        ('<mul><float value="0.5"/><sub><float value="1"/><float value="0.5"/></sub></mul>', 0.25),
        ('<min><float value="0.01"/><float value="3"/></min>', 0.01),
        (('<ite><gt><system-mission-time/><int value="9"/></gt><float value="0.2"/>'
         '<log><float value="-1"/></log></ite>'), 0.2),
        (('<switch><case><lt><system-mission-time/><int value="9"/></lt><float value="1"/></case>'
         '<case><eq><int value="1"/><int value="1"/></eq><float value="0.15"/></case>'
         '<float value="0.9"/></switch>'), 0.15),
        (('<histogram><float value="0"/><bin><float value="0.1"/><float value="1"/></bin>'
         '<bin><float value="0.4"/><float value="3"/></bin></histogram>'), 0.2),
        ('<lognormal-deviate><float value="-3"/><float value="0.5"/></lognormal-deviate>',
         math.exp(-2.875)),
        ('<div><mod><int value="17"/><int value="5"/></mod><int value="10"/></div>', 0.2),
        (f"<periodic-test>{FLOATS.format(0.001, 720, 100, 8760)}</periodic-test>", 0.0198013266932),
        ((f'<periodic-test>{FLOATS.format(0.001, 0.01, 720, 100)}<float value="8760"/>'
         "</periodic-test>"), 0.4100239876498),
    ],
)  # fmt: skip
def test_expressions_become_numbers_at_the_mission_time(tmp_path, expression, expected):
    inner = (
        GATE.format("top", '<basic-event name="e"/>')
        + f'<define-basic-event name="e">{expression}</define-basic-event>'
        + '<define-parameter name="q"><div><parameter name="r"/><int value="4"/></div>'
        "</define-parameter>"
        '<define-parameter name="r"><float value="0.5"/></define-parameter>'
    )
    tree = read(tmp_path, inner, mission_hours=100).tree()
    assert tree.events[0].probability == pytest.approx(expected)


def test_a_beta_factor_splits_members_into_alone_and_together(tmp_path):
    group = """<define-CCF-group name="pumps" model="beta-factor"><members>
      <basic-event name="p"/><basic-event name="q"/></members>
      <distribution><float value="0.1"/></distribution>
      <factors><factor level="2"><float value="0.2"/></factor></factors></define-CCF-group>"""
    both = GATE.format("top", '<and><basic-event name="p"/><basic-event name="q"/></and>')
    told = read(tmp_path, both + group)
    found = solve(told.tree(), Wishes())
    assert told.common_causes == 1
    assert {each.events for each in found.sets} == {("[pumps]",), ("[p]", "[q]")}
    assert found.probability == pytest.approx(1 - (1 - 0.02) * (1 - 0.08**2))


def common_causes(model, first, factors, members=4):
    """A group of four behind two-out-of-three and more, as XML."""
    named = "".join(f'<basic-event name="p{number}"/>' for number in range(members))
    told = "".join(
        f'<factor level="{level}"><float value="{value}"/></factor>'
        for level, value in enumerate(factors, first)
    )
    return (
        f'<define-gate name="top"><or><atleast min="3">{named}</atleast>'
        '<and><basic-event name="x"/><basic-event name="p0"/></and></or></define-gate>'
        + EVENT.format("x", 0.3)
        + f'<define-CCF-group name="g" model="{model}"><members>{named}</members>'
        f'<distribution><float value="0.1"/></distribution><factors>{told}</factors>'
        "</define-CCF-group>"
    )


@pytest.mark.parametrize(
    ("model", "first", "factors", "sets", "probability"),
    [
        ("beta-factor", 4, (0.2,), 6, 0.0449791),
        ("MGL", 2, (0.2, 0.5, 0.3), 40, 0.0425633),
        ("MGL", 2, (0.2, 0.5), 39, 0.0435268),
        ("alpha-factor", 1, (0.8, 0.1, 0.06, 0.04), 40, 0.0543564),
        ("phi-factor", 1, (0.8, 0.1, 0.06, 0.04), 40, 0.0680079),
    ],
)
def test_models_of_common_causes_give_the_figures_of_scram(
    tmp_path, model, first, factors, sets, probability
):
    # Given the same file as SCRAM 0.16.2 answered
    found = solve(read(tmp_path, common_causes(model, first, factors)).tree(), Wishes())
    assert found.minimal_cut_sets == sets
    assert found.probability == pytest.approx(probability, rel=2e-6)


@pytest.mark.parametrize(
    ("model", "first", "factors", "why"),
    [
        ("MGL", 2, (0.1, 0.1, 0.1, 0.1), "4 factors for 4 members"),
        ("MGL", 3, (0.1,), "skips a level"),
        ("beta-factor", 4, (1.5,), "probability of 1.5"),
        ("alpha-factor", 1, (), "lacks a distribution or a factor"),
    ],
)
def test_groups_that_cannot_be_meant_are_refused(tmp_path, model, first, factors, why):
    with pytest.raises(BadInputError, match=why):
        read(tmp_path, common_causes(model, first, factors))


def test_a_group_may_have_members_and_a_tree_house_events_that_no_gate_names(tmp_path):
    inner = (
        common_causes("beta-factor", 5, (0.2,), members=5)
        .replace('<atleast min="3"><basic-event name="p0"/>', '<atleast min="3">')
        .replace('<and><basic-event name="x"/><basic-event name="p0"/></and>', '<event name="x"/>')
    )
    more = '<define-house-event name="spare"><constant value="true"/></define-house-event>'
    assert read(tmp_path, inner + more).tops == ("top",)


def test_one_model_may_be_spread_over_files(tmp_path):
    # Given gates in one file and probabilities in another
    gates, events = tmp_path / "gates.xml", tmp_path / "events.xml"
    gates.write_text(
        '<opsa-mef><define-fault-tree name="t">'
        + GATE.format("top", '<and><event name="a"/><event name="b"/></and>')
        + "</define-fault-tree></opsa-mef>"
    )
    events.write_text(f"<opsa-mef><model-data>{AB}</model-data></opsa-mef>")
    # When both are read, Then the tree is whole; alone, the first says what to do
    assert solve(read_fault_trees(gates, events).tree(), Wishes()).probability == pytest.approx(
        0.02
    )
    with pytest.raises(BadInputError, match="or name the file that does") as refused:
        read_fault_trees(gates)
    assert refused.value.place == f"{gates}:1"


def test_private_parameters_are_those_of_their_component(tmp_path):
    inside = (
        '<define-component name="{0}">'
        '<define-parameter name="q" role="private"><float value="{1}"/></define-parameter>'
        '<define-basic-event name="e{0}"><parameter name="q"/></define-basic-event>'
        "</define-component>"
    )
    both = GATE.format("top", '<and><event name="ex"/><event name="ey"/></and>')
    tree = read(tmp_path, inside.format("x", 0.1) + inside.format("y", 0.2) + both).tree()
    assert {(each.name, each.probability) for each in tree.events} == {("ex", 0.1), ("ey", 0.2)}


RING = [
    GATE.format("top", '<event name="a"/>'),
    GATE.format("one", '<or><gate name="two"/><event name="a"/></or>'),
    GATE.format("two", '<and><not><gate name="one"/></not><event name="b"/></and>'),
    AB,
]


def test_a_ring_is_refused_with_its_line_also_where_no_top_reaches_it(tmp_path):
    with pytest.raises(BadInputError) as refused:
        read(tmp_path, "\n".join(RING))
    assert "one → two → one" in refused.value.problem or "two → one → two" in refused.value.problem
    assert refused.value.place.endswith(("tree.xml:2", "tree.xml:3"))
    assert refused.value.remedy


def test_every_refusal_names_a_line_and_what_to_do(tmp_path):
    for inner, _why in REFUSED:
        with pytest.raises(BadInputError) as refused:
            read(tmp_path, inner).tree()
        assert "tree.xml" in refused.value.place, inner
        assert refused.value.remedy, inner


def test_private_names_are_looked_up_from_where_they_are_used(tmp_path):
    inside = (
        '<define-component name="{0}">'
        + GATE.format("{0}top", '<event name="e"/>')
        + (
            '<define-basic-event name="e" role="private"><float value="{1}"/></define-basic-event>'
            "</define-component>"
        )
    )
    inner = inside.format("x", 0.1) + inside.format("y", 0.2)
    both = GATE.format("top", '<and><gate name="xtop"/><gate name="ytop"/></and>')
    tree = read(tmp_path, inner + both).tree()
    assert {(each.name, each.probability) for each in tree.events} == {
        ("t.x.e", 0.1),
        ("t.y.e", 0.2),
    }


ANY = GATE.format("top", '<event name="a"/>')


REFUSED = [
        (ANY, "nowhere defined"),
        (ANY + AB + EVENT.format("a", 0.5), "defined twice"),
        (ANY + EVENT.format("a", 1.5), "probability of 1.5"),
        (ANY + EVENT.format("a", "nan"), "no finite number"),
        (ANY + EVENT.format("a", "x"), "is no number"),
        (ANY + '<include file="other.xml"/>', "not followed"),
        (ANY + '<define-substitution name="s"><or/></define-substitution>', "not followed"),
        (GATE.format("top", "<and/>") + AB, "of nothing"),
        (GATE.format("top", "<mean/>") + AB, "of nothing"),
        (GATE.format("top", f"<mean>{NAMES}</mean>") + AB, "no formula"),
        (GATE.format("top", f"<not>{NAMES}</not>") + AB, "<not> of 3"),
        (GATE.format("top", f'<atleast min="4">{NAMES}</atleast>') + AB, "at least 4 of 3"),
        (GATE.format("top", f'<atleast min="-1">{NAMES}</atleast>') + AB, "no number of events"),
        (GATE.format("top", f'<atleast min="1">{NAMES}{NAMES}</atleast>') + AB, "twice"),
        (GATE.format("top", '<gate name="two"/>') + GATE.format("two", '<gate name="top"/>'),
         "stands on itself"),
        (AB, "no gates stand above"),
        (ANY + GATE.format("a", '<gate name="b"/>') + GATE.format("b", '<gate name="a"/>'),
         "stands on itself"),
        (ANY + GATE.format("second", '<event name="b"/>') + AB, "name the one"),
        (ANY + '<define-basic-event name="a"><random/></define-basic-event>', "no expression"),
        (ANY + '<define-basic-event name="a"><parameter name="p"/></define-basic-event>',
         "nowhere defined"),
        (ANY + EVENT.format("a", "1_0"), "no finite number"),
        (ANY + '<define-basic-event name="a"><exponential/></define-basic-event>', "0 arguments"),
        (ANY + '<define-basic-event name="a"><switch/></define-basic-event>', "without its value"),
        (ANY + f"<define-basic-event name='a'><Weibull>{FLOATS.format(-1, 0.5, 0, 5)}</Weibull>"
         "</define-basic-event>", "no value"),
        (ANY + '<define-basic-event name="a"><extern-function name="f"/></define-basic-event>',
         "no expression"),
        ('<define-parameter name="p"><parameter name="p"/></define-parameter>', "by itself"),
        ('<define-CCF-group name="g" model="other"/>', "model 'other'"),
]  # fmt: skip


@pytest.mark.parametrize(("inner", "why"), REFUSED)
def test_what_cannot_be_meant_is_refused(tmp_path, inner, why):
    with pytest.raises(BadInputError) as refused:
        read(tmp_path, inner).tree()
    assert why in str(refused.value)


def test_entities_depth_and_time_are_bounded(tmp_path):
    path = tmp_path / "tree.xml"
    path.write_text('<!DOCTYPE x [<!ENTITY a "b">]><opsa-mef>&a;</opsa-mef>')
    with pytest.raises(BadInputError, match="entities"):
        read_fault_trees(path)
    with pytest.raises(BadInputError, match="levels deep"):
        read(tmp_path, GATE.format("top", "<or>" * 250 + "</or>" * 250))
    with pytest.raises(UsageError):
        read(tmp_path, "", mission_hours=0)
    with pytest.raises(MissingError):
        read(tmp_path, ANY + AB).tree("no such gate")


@settings(max_examples=60)
@given(tree=trees())
def test_what_is_written_is_read_again(tmp_path_factory, tree):
    path = tmp_path_factory.mktemp("written") / "tree.xml"
    path.write_bytes(document(tree, "a name & more"))
    again = read_fault_trees(path).tree(tree.top_name)
    assert tried(again)[1] == pytest.approx(tried(tree)[1])


GOOD = (
    '<opsa-mef><define-fault-tree name="t"><define-component name="k">'
    + GATE.format("top", f'<atleast min="2">{NAMES}</atleast>')
    + AB
    + '<define-house-event name="h"><constant value="true"/></define-house-event>'
    '</define-component></define-fault-tree><model-data><define-parameter name="p">'
    '<exponential><float value="1e-3"/><system-mission-time/></exponential></define-parameter>'
    '<define-CCF-group name="g" model="beta-factor"><members><basic-event name="x"/>'
    '<basic-event name="y"/></members><distribution><float value="0.1"/></distribution>'
    '<factor level="2"><float value="0.1"/></factor></define-CCF-group></model-data></opsa-mef>'
).encode()


@settings(max_examples=200)
@given(raw=mutations([GOOD]))
def test_hostile_files_are_read_or_refused(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("hostile") / "tree.xml"
    path.write_bytes(raw)
    try:
        told = read_fault_trees(path)
        tree = told.tree(told.tops[0]) if told.tops else None
    except BadInputError as error:
        assert error.problem  # noqa: PT017 -- either way of ending is right
        return
    assert tree is None or tree.top < len(tree.events) + len(tree.gates)


@given(st.binary(max_size=200))
@settings(max_examples=50)
def test_any_bytes_are_refused(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("any") / "tree.xml"
    path.write_bytes(raw)
    with pytest.raises(BadInputError):
        read_fault_trees(path)
