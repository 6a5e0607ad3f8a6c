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
        ('<gate name="pass"/>', 0.2),
    ],
)  # fmt: skip
def test_formulae_mean_what_the_format_says(tmp_path, formula, expected):
    more = (
        '<define-house-event name="on"><constant value="true"/></define-house-event>'
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


@pytest.mark.parametrize(
    ("inner", "why"),
    [
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
        ('<define-parameter name="p"><parameter name="p"/></define-parameter>', "by itself"),
        ('<define-CCF-group name="g" model="other"/>', "model 'other'"),
    ],
)  # fmt: skip
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
