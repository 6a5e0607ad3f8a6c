"""Tickets that share most with one: rare before common, in bounds, and only what speaks for it."""

from itertools import pairwise

from panshi.alliance.correlation import Correlator, Sketch, Trait
from panshi.alliance.correlation.alike import HOLDERS, WEIGHED, alike, weight_of
from panshi.node.alliance.correlating_file import shipped_method

METHOD = shipped_method()


def after(*tickets):
    """Take in tickets given by member and traits."""
    made = Correlator(METHOD)
    for number, (member, *traits) in enumerate(tickets):
        groups = tuple((Trait(kind=kind, value=value),) for kind, value in traits)
        made.take(Sketch(id=f"t{number}", member=member, at=number * 3600.0, groups=groups))
    return made


def test_the_rarer_value_weighs_more_and_comes_first():
    rare, common = ("sha256", "ab" * 32), ("domain", "cdn.example.net")
    many = [(f"bank-{number}", common) for number in range(20)]
    made = after(("bank-a", rare, common), ("bank-b", rare), *many)

    found = alike(made, 0)

    # Then the holder of the rare value leads, by that value; all others share the common one
    assert found[0][0] == 1
    assert [METHOD.by_code[each.trait & 0xFF].kind for each in found[0][1]] == ["sha256"]
    assert {place for place, _ in found} == set(range(1, 22))
    assert all(weight_of(one[1]) >= weight_of(two[1]) for one, two in pairwise(found))
    assert all(part.weight > 0 and part.trait for _, shared in found for part in shared)


def test_values_that_lead_to_nobody_relate_nothing():
    weak = next(each.kind for each in METHOD.kinds if not each.seed)
    made = after(("bank-a", (weak, "x")), ("bank-b", (weak, "x")))

    assert alike(made, 0) == ()


def test_the_work_is_bounded_whoever_holds_a_value():
    values = [("domain", f"host{number}.example") for number in range(5)]
    many = [(f"bank-{n}", values[n % 5]) for n in range(5 * (HOLDERS + 10))]
    made = after(*many, ("bank-z", *values))

    found = alike(made, len(many))

    assert len(found) == WEIGHED
