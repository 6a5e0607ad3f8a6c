"""The streaming correlator: what binds, what binds nothing, and that the order alone decides."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.alliance.correlation import ChangeKind, Correlator, Sketch, Trait
from panshi.alliance.correlation.changes import NONE
from panshi.alliance.correlation.packed import pack
from panshi.node.alliance.correlating_file import shipped_method

METHOD = shipped_method()
DAY = 86_400.0


def sketch(name: str, member: str, day: float | None, *traits: tuple[str, str]) -> Sketch:
    return Sketch(
        id=name,
        member=member,
        at=None if day is None else day * DAY,
        groups=tuple((Trait(kind=kind, value=value),) for kind, value in traits),
    )


def noise(draw: random.Random, count: int, first: int = 0) -> list[Sketch]:
    """Tickets that share only what everybody's tickets share."""
    return [
        sketch(
            f"noise-{first + at}",
            f"bank-{draw.randrange(40)}",
            draw.uniform(0, 300),
            ("sha256", f"{draw.getrandbits(128):032x}"),
            ("domain", f"cdn{draw.randrange(5)}.example.net"),
            ("technique", draw.choice(("T1566", "T1204", "T1059", "T1078"))),
        )
        for at in range(count)
    ]


def after(sketches: list[Sketch]) -> Correlator:
    made = Correlator(METHOD)
    for each in sketches:
        made.take(each)
    return made


def dump(one: Correlator) -> tuple[object, ...]:
    return (
        list(one.homes),
        {
            number: (each.counts, each.tried, each.matched, each.review_at, list(each.places))
            for number, each in one.campaigns.items()
        },
        {trait: list(known) for trait, known in one.owners.items()},
        one.formed,
    )


class TestWhatBinds:
    def test_a_digest_that_only_two_hold_binds_them(self):
        # Given 300 unrelated tickets
        found = after(noise(random.Random(1), 300))
        # When two members tell the same digest within days
        found.take(sketch("a", "x", 100, ("sha256", "evil"), ("technique", "T1105")))
        changes = found.take(sketch("b", "y", 102, ("sha256", "evil"), ("technique", "T1105")))
        # Then they are one campaign, and the digest is the strongest reason
        assert [each.kind for each in changes] == [ChangeKind.FORMED]
        reason = changes[0].moves[1].reason
        assert max(reason.parts, key=lambda part: part.weight).kind == "sha256"
        assert reason.probability > 0.8

    def test_what_everybody_holds_binds_nothing(self):
        # Given many tickets that share names everybody uses, and usual techniques
        # When they are correlated
        found = after(noise(random.Random(2), 600))
        # Then hardly any is joined
        assert sum(home != NONE for home in found.homes) <= 6

    def test_one_member_alone_makes_its_value_neither_rare_nor_common(self):
        # Given a member that tells its own mail server in every ticket, far apart
        own = [
            sketch(
                f"own-{at}", "bank-1", at * 3, ("domain", "mx.bank-1.example"), ("sha256", str(at))
            )
            for at in range(60)
        ]
        # When they are correlated
        found = after([*noise(random.Random(3), 300), *own])
        # Then its own name makes no campaign of its tickets
        assert max((each.size for each in found.campaigns.values()), default=0) <= 3

    def test_a_weaker_ticket_is_found_again_when_the_campaign_is_known(self):
        # Given a ticket that tells only supplier, flaw and techniques
        weak = sketch(
            "weak", "bank-9", 101,
            ("supplier", "acme"), ("cve", "CVE-2026-1"),
            ("technique", "T1195"), ("technique", "T1567"),
        )  # fmt: skip
        strong = [
            sketch(
                f"s{at}",
                f"bank-{at}",
                100 + at / 4,
                ("sha256", "evil"),
                ("supplier", "acme"),
                ("cve", "CVE-2026-1"),
                ("technique", "T1195"),
                ("technique", "T1567"),
            )
            for at in range(16)
        ]
        # When the campaign becomes known only after it
        found = after([*noise(random.Random(4), 400), weak, *strong])
        # Then it belongs to it
        assert found.homes[400] == found.homes[401] != NONE

    def test_two_campaigns_with_one_tool_stay_two(self):
        # Given two campaigns half a year apart that share one piece of malware
        def of(name: str, start: float, count: int) -> list[Sketch]:
            return [
                sketch(
                    f"{name}{at}",
                    f"bank-{at}",
                    start + at / 3,
                    ("malware", "soldeverywhere"),
                    ("domain", f"{name}.example.org"),
                    ("sha256", f"{name}{at % 3}"),
                    ("technique", f"T1{name}"),
                )
                for at in range(count)
            ]

        # When both are there
        found = after([*noise(random.Random(5), 400), *of("111", 20, 12), *of("222", 220, 12)])
        # Then they stay two
        homes = set(found.homes[400:])
        assert len(homes) == 2
        assert NONE not in homes

    def test_a_bridge_between_two_halves_that_fit_merges_them(self):
        # Given two tickets of one attack that share nothing, and a third that shares with both
        rest = noise(random.Random(6), 300)
        first = [
            sketch(f"a{at}", f"m{at}", 50 + at, ("sha256", "one"), ("domain", "c2.example.org"))
            for at in range(3)
        ]
        second = [
            sketch(
                f"b{at}",
                f"n{at}",
                51 + at,
                ("ipv4", "203.0.113.9"),
                ("url", "http://x/y"),
                ("domain", "c2.example.org"),
            )
            for at in range(3)
        ]
        # When all are taken in
        found = after([*rest, *first, *second])
        # Then they are one campaign
        assert len(set(found.homes[300:])) == 1

    def test_without_a_time_tickets_are_compared_all_the_same(self):
        # Given tickets that tell no time
        rest = [replace(each, at=None) for each in noise(random.Random(7), 200)]
        pair = [
            sketch(name, name, None, ("sha256", "evil"), ("domain", "c2.example.org"))
            for name in "ab"
        ]
        # When they are correlated
        found = after([*rest, *pair])
        # Then the pair is found
        assert found.homes[200] == found.homes[201] != NONE


values = st.sampled_from(["a", "b", "c", "d"])
tickets = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.one_of(st.none(), st.floats(0, 60)),
        st.lists(
            st.tuples(
                st.sampled_from(["sha256", "domain", "technique", "supplier", "cve"]), values
            ),
            max_size=5,
            unique=True,
        ),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(tickets)
def test_doing_the_changes_again_gives_the_same_picture(told):
    # Given any tickets, correlated as they come
    live, again = Correlator(METHOD), Correlator(METHOD)
    for at, (member, day, traits) in enumerate(told):
        each = sketch(str(at), str(member), day, *traits)
        changes = live.take(each)
        # When another does only the changes again
        again.hold(each.member, each.at, pack(each, METHOD))
        for change in changes:
            again.apply(change)
        # Then both are the same, to the last count
        assert dump(live) == dump(again)


@settings(max_examples=40, deadline=None)
@given(tickets)
def test_every_ticket_is_where_its_campaign_says(told):
    # Given any tickets
    found = after(
        [sketch(str(at), str(m), day, *traits) for at, (m, day, traits) in enumerate(told)]
    )
    # When they were correlated
    # Then tickets and campaigns agree, and no campaign is of one ticket
    for number, each in found.campaigns.items():
        assert each.size == len(each.places) >= 2
        assert all(found.homes[place] == number for place in each.places)
    assert sum(home != NONE for home in found.homes) == sum(
        e.size for e in found.campaigns.values()
    )


@pytest.mark.parametrize("count", [50, 400])
def test_the_work_for_a_ticket_is_bounded(count):
    # Given many tickets that all hold the same values
    found = after(
        [
            sketch(str(at), f"m{at % 9}", at / 10, ("domain", "a.example"), ("ipv4", "203.0.113.1"))
            for at in range(count)
        ]
    )
    # When another comes
    one = found.hold("m1", 1.0, pack(sketch("z", "m1", 1, ("domain", "a.example")), METHOD))
    # Then no more candidates than the bound are weighed in full
    assert len(found._candidates(found.reading(one))) <= 2 * METHOD.limits.candidates
