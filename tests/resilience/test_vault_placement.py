"""The proof over all coalitions, beside a plain search, and each rule broken in turn."""

from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.governance.persons import pair_defect
from panshi.model.resilience.placement import (
    Approval,
    KeyGroup,
    KeyShare,
    Place,
    Placement,
    Scenario,
    Secret,
)
from panshi.node.resilience.placement import placement_rules
from panshi.resilience.vault_placement import Reach, parties_of, prove

DAY = date(2026, 11, 21)
BANK = "磐石示範銀行"
OFFICERS = ("陳怡君", "林志明", "黃淑芬", "張家豪", "吳雅婷")


def place(name, country="TW", operator=BANK, **more):
    return Place(id=name, country=country, operator=operator, **more)


def placement(**changes):
    sound = Placement(
        vault="core",
        k=4,
        institution=(BANK,),
        places=(
            place("taipei", zone="north", custodian="陳怡君"),
            place("taoyuan", zone="north-west", custodian="林志明"),
            place("taichung", zone="centre", custodian="黃淑芬"),
            place("kaohsiung", zone="south", custodian="張家豪"),
            place("tokyo", "JP", "雲端甲", zone="kanto", custodian="雲端甲"),
            place("singapore", "SG", "雲端乙", zone="sg", custodian="雲端乙"),
        ),
        groups=(KeyGroup(id="officers", threshold=3),),
        shares=tuple(KeyShare(holder=each) for each in OFFICERS),
        scenarios=(
            Scenario(id="cable", zh="海纜全斷", en="cables cut", countries=("JP", "SG")),
            Scenario(id="war", zh="本島失聯", en="island cut off", countries=("TW",)),
        ),
    )
    return replace(sound, **changes)


def proof(given_):
    return prove(given_, placement_rules(), on=DAY, pair_defect=pair_defect)


def finding(found, rule):
    return next(each for each in found.findings if each.rule.id == rule)


def test_four_of_six_with_four_at_home_and_two_abroad_holds_every_rule():
    # Given/When
    found = proof(placement())

    # Then
    assert found.holds
    assert found.enumerated == 2**11
    assert found.shards.minimal == 15  # all C(6,4)
    assert found.keys.minimal == 10  # all C(5,3)
    assert found.opening.minimal == 150
    assert finding(found, "outside-shards").most == 2
    assert finding(found, "outside-shards").looked_at == 4


def test_what_each_disaster_leaves():
    cable, war = proof(placement()).scenarios

    assert (cable.shards, cable.spare, cable.restorable) == (4, 0, True)
    assert cable.lost == ("tokyo", "singapore")
    assert (war.shards, war.keys, war.restorable) == (2, False, False)


def moved(name, **changes):
    """Change one place of the sound placement."""
    return placement(
        places=tuple(
            replace(each, **changes) if each.id == name else each for each in placement().places
        )
    )


@pytest.mark.parametrize(
    ("broken", "rule", "witness"),
    [
        pytest.param(
            moved("taichung", country="US"),
            "domestic-shards",
            ("taipei", "taoyuan", "kaohsiung", *(f"key:{each}" for each in OFFICERS)),
            id="three at home do not restore",
        ),
        pytest.param(
            moved("tokyo", shards=(4, 6, 7)),
            "outside-shards",
            ("tokyo", "singapore"),
            id="two abroad hold four shards",
        ),
        pytest.param(
            replace(placement(), k=2),
            "outside-shards",
            ("tokyo", "singapore"),
            id="k is too small",
        ),
        pytest.param(
            placement(
                shares=tuple(
                    KeyShare(holder=each, operator="保管公司" if n < 3 else "")
                    for n, each in enumerate(OFFICERS)
                )
            ),
            "outside-keys",
            tuple(f"key:{each}" for each in OFFICERS[:3]),
            id="a supplier's people meet the quorum",
        ),
        pytest.param(
            placement(
                shares=tuple(
                    KeyShare(holder=each, country="JP" if n < 3 else "")
                    for n, each in enumerate(OFFICERS)
                )
            ),
            "domestic-keys",
            ("taipei", "taoyuan", "taichung", "kaohsiung", "key:張家豪", "key:吳雅婷"),
            id="the quorum is abroad",
        ),
        pytest.param(
            placement(shares=(*placement().shares, *(KeyShare(holder="陳怡君") for _ in range(2)))),
            "one-custodian-keys",
            ("key:陳怡君",),
            id="one officer holds three shares",
        ),
        pytest.param(
            placement(
                places=tuple(
                    replace(each, zone="north") if each.id.startswith("tai") else each
                    for each in placement().places
                )
            ),
            "one-zone",
            ("taipei", "taichung"),
            id="two in a zone are fine, three are not",
        ),
    ],
)
def test_a_broken_rule_is_named_with_its_witness(broken, rule, witness):
    found = finding(proof(broken), rule)

    if rule == "one-zone":  # taipei and taichung share the zone: four places are left
        assert found.holds
        three = replace(
            broken,
            places=tuple(
                replace(each, zone="north") if each.id == "kaohsiung" else each
                for each in broken.places
            ),
        )
        found = finding(proof(three), rule)
        witness = ("taipei", "taichung", "kaohsiung")
        assert found.group == "north"
    assert not found.holds
    assert found.witness == witness


def approval(**changes):
    given_ = Approval(
        parties=("tokyo", "singapore"),
        authority="金管會",
        reference="金管銀國字第 0000 號（示範）",
        requested_by="陳怡君",
        approved_by="林志明",
        until=date(2027, 1, 1),
    )
    return replace(given_, **changes)


def test_an_approval_of_two_people_and_the_authority_covers_what_it_names():
    # Given a placement whose places abroad reach k
    heavy = moved("tokyo", shards=(4, 6, 7))

    # When it was approved
    found = proof(replace(heavy, approvals=(approval(),)))

    # Then the rule holds because of that, and says so
    assert finding(found, "outside-shards").approved
    assert found.holds


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"approved_by": "陳怡君 "}, "same person"),
        ({"reference": " "}, "letter"),
        ({"until": DAY}, "not in force"),
        ({"since": date(2026, 12, 1)}, "not in force"),
        ({"parties": ("tokyo", "mars")}, "not there"),
        ({"parties": ("tokyo",)}, ""),
        ({"secrets": (Secret.KEYS,)}, ""),
    ],
)
def test_an_approval_that_does_not_count_leaves_the_rule_broken(changes, reason):
    heavy = moved("tokyo", shards=(4, 6, 7))

    found = proof(replace(heavy, approvals=(approval(**changes),)))

    assert not finding(found, "outside-shards").holds
    if reason:
        assert reason in found.refused_approvals[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"k": 7},
        {"k": 0},
        {"places": ()},
        {"places": (place("a"), place("a"))},
        {"institution": ()},
        {"groups": ()},
        {"groups": (KeyGroup(id="officers", threshold=0),)},
        {"groups_needed": 2},
        {"shares": (KeyShare(holder="x", place="mars"),)},
        {"places": tuple(place(f"p{n}") for n in range(30))},
    ],
)
def test_what_cannot_be_meant_is_refused(changes):
    with pytest.raises(BadInputError):
        proof(placement(**changes))


@settings(max_examples=60, deadline=None)
@given(
    holdings=st.lists(st.sets(st.integers(0, 6), min_size=1, max_size=3), min_size=2, max_size=6),
    k=st.integers(1, 4),
    threshold=st.integers(1, 4),
    at=st.lists(st.integers(0, 5), max_size=5),
)
def test_minimal_coalitions_equal_a_plain_search(holdings, k, threshold, at):
    # Given any placement
    shards = set().union(*holdings)
    names = [f"p{number}" for number in range(len(holdings))]
    some = Placement(
        vault="any",
        k=min(k, len(shards)),
        institution=(BANK,),
        places=tuple(
            place(name, shards=tuple(sorted(held)))
            for name, held in zip(names, holdings, strict=True)
        ),
        groups=(KeyGroup(id="officers", threshold=threshold),),
        shares=tuple(
            KeyShare(holder=f"h{n}", place=names[where] if where < len(names) else "")
            for n, where in enumerate(at)
        ),
    )

    # When it is proven
    found = proof(some)

    # Then its minimal coalitions are those a search by size finds
    wanted = []
    for size in range(len(names) + 1):
        for chosen in combinations(range(len(names)), size):
            held = set().union(*(holdings[each] for each in chosen))
            smaller = any(set(each) <= {names[i] for i in chosen} for each in wanted)
            if len(held) >= some.k and not smaller:
                wanted.append(tuple(names[each] for each in chosen))
    assert set(found.shards.shown) == set(wanted)
    assert found.opening.reaching <= min(found.shards.reaching, found.keys.reaching)
    reach = Reach(some, parties_of(some))
    everybody = (1 << len(reach.parties)) - 1
    assert reach.reaches(Secret.KEYS, everybody) == (len(at) >= threshold)


def union(sets):
    return set().union(*sets)


def subsets(items):
    return (set(each) for size in range(len(items) + 1) for each in combinations(items, size))


def opens(some, held):
    """Whether so many key shares, by number, open so many groups."""
    counted = [some.shares[each].group for each in held]
    return sum(counted.count(g.id) >= g.threshold for g in some.groups) >= some.groups_needed


@st.composite
def placements(draw):
    """Any placement of a few parties, some abroad, some of suppliers, some approved."""
    where = st.sampled_from([("TW", BANK), ("TW", "雲端甲"), ("JP", BANK), ("JP", "雲端乙")])
    shards = st.sets(st.integers(0, 5), min_size=1, max_size=3)
    places = tuple(
        place(f"p{number}", *draw(where), shards=tuple(sorted(draw(shards))))
        for number in range(draw(st.integers(2, 5)))
    )
    groups = (KeyGroup(id="a", threshold=draw(st.integers(1, 3))), KeyGroup(id="b", threshold=1))
    shares = []
    for number in range(draw(st.integers(0, 4))):
        country, operator = draw(where)
        shares.append(
            KeyShare(
                holder=f"h{number}",
                group=draw(st.sampled_from("ab")),
                place=draw(st.sampled_from(["", places[0].id])),
                country=country,
                operator=operator,
            )
        )
    names = [each.id for each in places]
    approvals = [
        approval(
            parties=tuple(draw(st.sets(st.sampled_from(names), min_size=1))), secrets=(secret,)
        )
        for secret in draw(st.sets(st.sampled_from(list(Secret))))
    ]
    return Placement(
        vault="any",
        k=draw(st.integers(1, len(union(each.shards for each in places)))),
        institution=(BANK,),
        places=places,
        groups=groups,
        groups_needed=draw(st.integers(1, 2)),
        shares=tuple(shares),
        approvals=tuple(approvals),
    )


@settings(max_examples=150, deadline=None)
@given(some=placements())
def test_home_and_outside_rules_equal_brute_force_over_every_coalition(some):
    # Given what each party holds, looked up plainly, and where it is
    shards = {each.id: set(each.shards) for each in some.places}
    keys = {each.id: set() for each in some.places}
    home = {each.id: each.country == "TW" for each in some.places}
    own = {each.id: each.operator == BANK for each in some.places}
    for number, share in enumerate(some.shares):
        party = share.place or f"key:{share.holder}"
        shards.setdefault(party, set())
        keys.setdefault(party, set()).add(number)
        home.setdefault(party, share.country == "TW")
        own.setdefault(party, share.operator == BANK)

    def enough(secret, coalition):
        if secret is Secret.SHARDS:
            return len(union(shards[each] for each in coalition)) >= some.k
        return opens(some, union(keys[each] for each in coalition))

    # When it is proven
    found = proof(some)

    # Then home alone reaches what it must, and nobody outside what was not approved
    outside = [each for each in shards if not (home[each] and own[each])]
    for secret, name in ((Secret.SHARDS, "shards"), (Secret.KEYS, "keys")):
        at_home = enough(secret, [each for each in shards if home[each]])
        assert finding(found, f"domestic-{name}").holds == at_home
        granted = [set(each.parties) for each in some.approvals if secret in each.secrets]
        reaching = [each for each in subsets(outside) if enough(secret, each)]
        broken = [each for each in reaching if not any(each <= one for one in granted)]
        told = finding(found, f"outside-{name}")
        assert told.holds == (not broken)
        assert told.approved == (bool(reaching) and not broken)
        assert told.looked_at == 2 ** len(outside)
        if broken:
            assert set(told.witness) in broken
            assert len(told.witness) == min(map(len, broken))
