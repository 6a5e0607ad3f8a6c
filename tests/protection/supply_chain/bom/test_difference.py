"""Two bills are told apart package by package, by the order of their ecosystem."""

from hypothesis import given
from hypothesis import strategies as st

from panshi.model.supply_chain.bom import BomComponent
from panshi.protection.supply_chain.bom.difference import Kind, counts, difference


def part(purl, licence="MIT", **more):
    name, _, version = purl.rpartition("/")[2].partition("@")
    return BomComponent(name=name, version=version, purl=purl, licence=licence, **more)


def told(before, after):
    return [
        (each.kind, each.package, each.before, each.after)
        for each in difference(before, after).changes
    ]


def test_each_kind_of_change_is_told():
    before = [
        part("pkg:pypi/up@1.9"),
        part("pkg:pypi/down@2.0"),
        part("pkg:pypi/gone@1"),
        part("pkg:pypi/same@1"),
        part("pkg:pypi/free@1", licence="GPL-3.0-only"),
        part("pkg:golang/example.org/odd@(devel)"),
    ]
    after = [
        part("pkg:pypi/up@1.10"),
        part("pkg:pypi/down@2.0rc1"),
        part("pkg:pypi/new@1"),
        part("pkg:pypi/same@1"),
        part("pkg:pypi/free@1"),
        part("pkg:golang/example.org/odd@v1.0.0"),
    ]

    assert told(before, after) == [
        (Kind.CHANGED, "pkg:golang/example.org/odd", "(devel)", "v1.0.0"),
        (Kind.DOWN, "pkg:pypi/down", "2.0", "2.0rc1"),
        (Kind.LICENCE, "pkg:pypi/free", "GPL-3.0-only", "MIT"),
        (Kind.REMOVED, "pkg:pypi/gone", "1", ""),
        (Kind.ADDED, "pkg:pypi/new", "", "1"),
        (Kind.UP, "pkg:pypi/up", "1.9", "1.10"),
    ]
    assert difference(before, after).unchanged == 1


def test_spellings_of_one_package_are_one():
    assert told([part("pkg:pypi/Foo_Bar@1")], [part("pkg:pypi/foo-bar@2")]) == [
        (Kind.UP, "pkg:pypi/foo-bar", "1", "2")
    ]


def test_several_versions_pair_lowest_with_lowest_or_come_and_go():
    two, three = ["1", "3"], ["2", "3", "4"]
    before = [part(f"pkg:npm/a@{each}.0.0") for each in two]

    assert told(before, [part(f"pkg:npm/a@{each}.0.0") for each in ("2", "3")]) == [
        (Kind.UP, "pkg:npm/a", "1.0.0", "2.0.0")
    ]
    assert told(before, [part(f"pkg:npm/a@{each}.0.0") for each in three]) == [
        (Kind.REMOVED, "pkg:npm/a", "1.0.0", ""),
        (Kind.ADDED, "pkg:npm/a", "", "2.0.0"),
        (Kind.ADDED, "pkg:npm/a", "", "4.0.0"),
    ]


def test_without_a_purl_type_group_and_name_are_the_package():
    one = BomComponent(name="fw", version="1.0", type="firmware", group="acme")

    assert told([one], [one._replace(version="1.1")]) == [
        (Kind.UP, "firmware/acme/fw", "1.0", "1.1")
    ]
    assert told([one], [one._replace(type="file")])[0][0] is Kind.ADDED


PARTS = st.lists(
    st.builds(
        part,
        st.builds(
            "pkg:{}/{}@{}".format,
            st.sampled_from(["npm", "pypi", "generic"]),
            st.sampled_from("abc"),
            st.sampled_from(["1.0.0", "2.0.0", "10.0.0", "NA", ""]),
        ),
        st.sampled_from(["MIT", ""]),
    )
)


@given(before=PARTS, after=PARTS)
def test_back_is_the_opposite_of_forth(before, after):
    forth, back = difference(before, after), difference(after, before)
    opposite = {Kind.ADDED: Kind.REMOVED, Kind.REMOVED: Kind.ADDED, Kind.UP: Kind.DOWN}
    opposite |= {Kind.DOWN: Kind.UP, Kind.CHANGED: Kind.CHANGED, Kind.LICENCE: Kind.LICENCE}

    assert counts(back.changes) == {
        opposite[kind]: count for kind, count in counts(forth.changes).items()
    }
    assert forth.unchanged == back.unchanged
    assert difference(before, before).changes == ()
