"""Members' extracts are joined by what bears one name, and by nothing else."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.sector.concentration import across, key_of
from panshi.model.resilience.dependence import Dependence, DependenceExtract, SharedKind

AT = datetime(2026, 11, 2, tzinfo=UTC)


def thing(name, kind=SharedKind.SUPPLIER, **more):
    return Dependence(kind=kind, name=name, **more)


def extract(member, *things):
    return DependenceExtract(member=member, as_of=AT, services=5, critical=3, things=things)


def test_one_supplier_is_one_however_its_name_is_written():
    # Given three ways to write a company's name
    ways = [
        thing("ACME"),
        thing(" ａｃｍｅ  股份有限公司"),
        thing("Acme Inc."),
    ]
    # When they are compared
    # Then they mean the same, and another company does not
    assert len({key_of(each) for each in ways}) == 1
    assert key_of(thing("Acme Cloud")) != key_of(ways[0])
    assert key_of(thing("公司")) == (SharedKind.SUPPLIER, "公司")


def test_a_site_is_the_same_only_with_its_operator_and_city():
    def site(name, operator, city):
        return thing(name, SharedKind.SITE, operator=operator, city=city)

    one = site("機房 A", "電信公司", "臺北")
    assert key_of(one) == key_of(site("機房 A", "電信", "臺北"))
    assert key_of(one) != key_of(site("機房 A", "電信", "臺中"))
    assert key_of(one) != key_of(site("機房 A", "他家", "臺北"))


def test_what_stops_most_members_comes_first():
    # Given a supplier that stops two members, and a cloud that stops one with more services
    found = across(
        {
            "a": extract(
                "a",
                thing("Acme", critical=1, late=("支付",)),
                thing("Cloud", SharedKind.CLOUD_REGION, critical=3, late=("甲", "乙", "丙")),
            ),
            "b": extract("b", thing("ACME", critical=1, late=("存款",), carried=("放款",))),
        }
    )
    # When they are joined
    # Then the supplier is first, with its sums and with whom it stops
    first, second = found
    assert (first.stopped, first.critical, first.late, first.carried) == (2, 2, 2, 1)
    assert [each.member for each in first.touched] == ["a", "b"]
    assert (second.stopped, second.critical) == (1, 3)


def test_a_thing_named_twice_by_one_member_counts_once():
    both = (
        thing("Acme", critical=1, late=("支付",), carried=("放款",)),
        thing("Acme Inc", critical=1, late=("支付", "放款")),
    )
    (found,) = across({"a": extract("a", *both)})
    (touched,) = found.touched
    assert touched.late == ("支付", "放款")
    assert touched.carried == ()


names = st.sampled_from(["acme", "ACME", "Beta Ltd", "beta", "甲雲", "乙雲公司"])
things = st.builds(
    lambda name, late, carried: thing(
        name, critical=late, late=tuple(map(str, range(late))), carried=("c",) * carried
    ),
    names,
    st.integers(0, 3),
    st.integers(0, 1),
)


@given(st.dictionaries(st.sampled_from("abcd"), st.lists(things, max_size=6), max_size=4))
def test_every_key_of_every_member_is_in_exactly_one_row(given_things):
    found = across({name: extract(name, *each) for name, each in given_things.items()})
    told = {((row.kind, row.key), touched.member) for row in found for touched in row.touched}
    assert told == {(key_of(each), name) for name, row in given_things.items() for each in row}
    assert len({(row.kind, row.key) for row in found}) == len(found)
    ranks = [(row.stopped, row.critical) for row in found]
    assert ranks == sorted(ranks, reverse=True)
