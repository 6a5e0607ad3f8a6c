"""What is kept of compiled loops goes by all they were made of."""

from panshi.resilience.compiled import borrows, inner, made_of

OWN = """
FACTOR = {factor}

def way_in(x):
    return helper(x) + 1
"""


def made(helper, factor=2, way=inner):
    """Give the digest of a way in that calls a helper, compiled in one way or another."""
    room = {"helper": way(helper)}
    exec(OWN.format(factor=factor), room)
    return made_of(room["way_in"])


def twice(x):
    return x * 2


def thrice(x):
    return x * 3


def deep(x):
    return x + DEPTH


DEPTH = 1


def test_a_changed_inner_function_is_another_way_in():
    assert made(twice) == made(twice)
    assert made(twice) != made(thrice)


def test_a_changed_constant_of_an_inner_function_is_another_way_in(monkeypatch):
    before = made(deep)
    monkeypatch.setitem(deep.__globals__, "DEPTH", 2)
    assert made(deep) != before


def test_an_inner_function_that_is_compiled_otherwise_is_another_way_in():
    assert made(twice) != made(twice, way=borrows)


def test_what_it_does_not_name_changes_nothing():
    assert made(twice, factor=2) == made(twice, factor=3)
