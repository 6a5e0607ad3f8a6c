"""Small trees of every kind, and what is true of them by trying everything."""

import itertools
from math import prod

from hypothesis import strategies as st

from panshi.model.resilience.fault_tree import Connective, Definition, assembled

COHERENT = (Connective.AND, Connective.OR, Connective.AT_LEAST)


@st.composite
def trees(draw, connectives=tuple(Connective), most_events=6, most_gates=7):
    """Trees whose gates name events, earlier gates, and constants."""
    chances = {
        f"e{number}": draw(st.floats(0.01, 0.99))
        for number in range(draw(st.integers(1, most_events)))
    }
    definitions = {}
    for number in range(draw(st.integers(1, most_gates))):
        known = [*chances, *definitions]
        connective = draw(st.sampled_from(connectives))
        few = 1 if connective in {Connective.NOT, Connective.AT_LEAST} else 0
        many = 1 if connective is Connective.NOT else 4
        inputs = draw(st.lists(st.sampled_from(known), min_size=few, max_size=many, unique=True))
        least = draw(st.integers(1, len(inputs))) if connective is Connective.AT_LEAST else 0
        definitions[f"g{number}"] = Definition(
            connective=connective, inputs=tuple(inputs), least=least
        )
    return assembled(f"g{len(definitions) - 1}", definitions, chances)


def happens(tree, struck):
    """Whether the top happens, given the events that do."""
    truth = [number in struck for number in range(len(tree.events))]
    for gate in tree.gates:
        values = [truth[each] for each in gate.inputs]
        match gate.connective:
            case Connective.AND:
                truth.append(all(values))
            case Connective.OR:
                truth.append(any(values))
            case Connective.NOT:
                truth.append(not values[0])
            case Connective.XOR:
                truth.append(sum(values) % 2 == 1)
            case Connective.AT_LEAST:
                truth.append(sum(values) >= gate.least)
    return truth[tree.top]


def tried(tree, sure=None):
    """Minimal sets and probability by trying every combination; `sure`: event → chance."""
    numbers = range(len(tree.events))
    chance = {each: tree.events[each].probability for each in numbers} | (sure or {})
    minimal, total = [], 0.0
    for size in range(len(tree.events) + 1):
        for struck in itertools.combinations(numbers, size):
            if not happens(tree, struck):
                continue
            total += prod(chance[e] if e in struck else 1 - chance[e] for e in numbers)
            if not any(each <= set(struck) for each in minimal):
                minimal.append(set(struck))
    return {frozenset(each) for each in minimal}, total
