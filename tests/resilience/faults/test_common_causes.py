"""What redundancy shares is what strikes several of its members alone."""

from hypothesis import given

from panshi.model.resilience.fault_tree import Connective, Definition, assembled
from panshi.resilience.faults.common_causes import common_causes
from tests.resilience.faults.small_trees import COHERENT, happens, trees


def both(*inputs):
    return Definition(connective=Connective.AND, inputs=inputs)


def either(*inputs):
    return Definition(connective=Connective.OR, inputs=inputs)


def test_a_site_under_both_halves_of_a_pair_is_told():
    # Given two lines that both run through one duct, and a third that does not
    tree = assembled(
        "cut off",
        {"cut off": Definition(connective=Connective.AT_LEAST, least=2,
                               inputs=("line a", "line b", "line c")),
         "line a": either("modem a", "duct"),
         "line b": either("modem b", "duct"),
         "line c": either("modem c", "mast")},
        {"modem a": 0.1, "modem b": 0.1, "modem c": 0.1, "duct": 0.01, "mast": 0.02},
    )  # fmt: skip
    found = common_causes(tree, 10)
    assert [(each.event, each.gate, each.taken, each.members) for each in found] == [
        ("duct", "cut off", 2, 3)
    ]
    assert found[0].enough


def test_what_takes_two_of_three_that_must_all_fail_is_told_and_not_enough():
    tree = assembled(
        "top", {"top": both("x", "y", "e"), "x": either("e", "f"), "y": either("g")},
        {"e": 0.1, "f": 0.1, "g": None},
    )  # fmt: skip
    found = common_causes(tree, 10)
    assert [(each.event, each.taken, each.enough) for each in found] == [("e", 2, False)]


@given(tree=trees(COHERENT))
def test_they_are_what_strikes_several_members_alone(tree):
    places = [*range(len(tree.events)), *range(len(tree.events), len(tree.events + tree.gates))]
    expected = set()
    for gate in tree.gates:
        needed = {Connective.AND: len(gate.inputs), Connective.OR: 1}.get(
            gate.connective, gate.least
        )
        for number, event in enumerate(tree.events):
            taken = sum(
                happens(_below(tree, each), {number}) and not happens(_below(tree, each), set())
                for each in gate.inputs
                if each in places
            )
            sure = sum(happens(_below(tree, each), set()) for each in gate.inputs)
            if needed > 1 and taken > 1 and not sure:
                expected.add((event.name, gate.name, taken))
    found = {(each.event, each.gate, each.taken) for each in common_causes(tree, 10_000)}
    assert expected <= found


def _below(tree, place):
    return type(tree)(events=tree.events, gates=tree.gates, top=place)
