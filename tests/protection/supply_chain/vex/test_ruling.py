"""Which statement wins: the stated rules, and what must hold whatever is said."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.model.supply_chain.vex import VexProduct, VexStatement, VexStatus
from panshi.protection.supply_chain.vex import Asked, Statements, Voice, rule
from panshi.protection.supply_chain.vex.ruling import LIFTS, moment_of

ON = date(2026, 6, 30)
ASKED = Asked("pkg:pypi/x@1.5", system="system:core")
A, N, F, U = (
    VexStatus.AFFECTED,
    VexStatus.NOT_AFFECTED,
    VexStatus.FIXED,
    VexStatus.UNDER_INVESTIGATION,
)


def voice(status, issued, author="Acme", *, own=False, rank=1, expires=None, **more):
    product = VexProduct(purl="pkg:pypi/x", versions="vers:pypi/>=1|<2")
    statement = VexStatement(
        vulnerability="CVE-2026-1",
        status=status,
        products=(more.pop("product", product),),
        author="us" if own else author,
        issued=issued,
        expires=expires or (date(2026, 12, 31) if own else None),
    )
    return Voice(statement, own=own, rank=rank, number="VEX-2026-001" if own else "", **more)


def ruled(*voices, on=ON, asked=ASKED):
    return Statements(voices).rule(("CVE-2026-1",), asked, on)


@pytest.mark.parametrize(
    ("voices", "status"),
    [
        # Of one author the newest stands; of equally new ones the graver
        ((voice(A, "2026-01-01T00:00:00Z"), voice(N, "2026-02-01T00:00:00Z")), N),
        ((voice(N, "2026-01-01T00:00:00Z"), voice(A, "2026-02-01T00:00:00Z")), A),
        ((voice(N, "2026-01-01T00:00:00Z"), voice(A, "2026-01-01T08:00:00+08:00")), A),
        # Among others the graver, whoever spoke last
        ((voice(A, "2026-01-01T00:00:00Z", "B"), voice(N, "2026-02-01T00:00:00Z")), A),
        # Unless one is trusted further
        ((voice(A, "2026-01-01T00:00:00Z", "B"), voice(N, "2026-02-01T00:00:00Z", rank=2)), N),
        # Our own goes before what they had said, also again
        ((voice(A, "2026-01-01T00:00:00Z"), voice(N, "2026-02-01T00:00:00Z", own=True)), N),
        (
            (
                voice(A, "2026-01-01T00:00:00Z"),
                voice(N, "2026-02-01T00:00:00Z", own=True),
                voice(A, "2026-03-01T00:00:00Z"),
            ),
            N,
        ),
        # But not before what somebody newly says
        (
            (
                voice(U, "2026-01-01T00:00:00Z"),
                voice(N, "2026-02-01T00:00:00Z", own=True),
                voice(A, "2026-03-01T00:00:00Z"),
            ),
            A,
        ),
        ((voice(N, "2026-02-01T00:00:00Z", own=True), voice(U, "2026-03-01T00:00:00Z")), N),
        # Nobody lifts what we ourselves say is affected
        ((voice(A, "2026-01-01T00:00:00Z", own=True), voice(N, "2026-03-01T00:00:00Z", rank=9)), A),
        ((voice(U, "2026-01-01T00:00:00Z", own=True), voice(F, "2026-03-01T00:00:00Z", rank=9)), U),
    ],
)
def test_the_stated_rules_say_who_wins(voices, status):
    assert ruled(*voices).status is status
    assert ruled(*reversed(voices)).status is status


def test_contradictions_are_told_beside_the_winner():
    found = ruled(voice(N, "2026-02-01T00:00:00Z", own=True), voice(A, "2026-01-01T00:00:00Z"))
    assert [each.statement.author for each in found.against] == ["Acme"]
    assert "contradicted by Acme" in found.why
    assert "VEX-2026-001" in found.why


@pytest.mark.parametrize(
    "silent",
    [
        voice(N, "2026-01-01T00:00:00Z", expires=date(2026, 6, 29)),
        voice(N, "2026-01-01T00:00:00Z", own=True, expires=date(2026, 6, 29)),
        voice(N, "2026-07-01T00:00:00Z"),
        voice(N, "2026-01-01T00:00:00Z", rank=0),
        voice(N, "2026-01-01T00:00:00Z", barred="unsigned"),
    ],
)
def test_what_does_not_count_is_told_and_decides_nothing(silent):
    assert ruled(silent) is None
    assert [each for each, _ in Statements((silent,)).heard(("CVE-2026-1",), ASKED, ON)] == [silent]
    assert ruled(silent, voice(A, "2020-01-01T00:00:00Z", "B")).status is A


def test_our_own_statement_without_a_last_day_never_counts():
    endless = voice(N, "2026-01-01T00:00:00Z", own=True)
    endless = endless._replace(statement=endless.statement._replace(expires=None))
    assert ruled(endless) is None


def test_it_counts_on_its_last_day_and_not_on_the_next():
    held = voice(N, "2026-01-01T00:00:00Z", own=True, expires=ON)
    assert ruled(held).until == ON
    assert ruled(held, on=ON + timedelta(days=1)) is None


def test_a_statement_follows_its_range_over_an_upgrade_and_no_further():
    held = voice(N, "2026-01-01T00:00:00Z", own=True)
    assert ruled(held, asked=Asked("pkg:pypi/x@1.9.9")).status is N
    assert ruled(held, asked=Asked("pkg:pypi/x@2.0")) is None
    assert ruled(held, asked=Asked("pkg:pypi/y@1.5")) is None


def test_names_of_a_vulnerability_are_one_however_written():
    held = voice(N, "2026-01-01T00:00:00Z").statement
    held = held._replace(
        vulnerability="https://nvd.nist.gov/vuln/detail/CVE-2026-1", aliases=("GHSA-Ab",)
    )
    for name in ("cve-2026-1", "GHSA-aB"):
        assert rule([held], vulnerability_names=[name], purl="pkg:pypi/x@1.5", on=ON).status is N
    assert rule([held], vulnerability_names=["CVE-2026-2"], purl="pkg:pypi/x@1.5", on=ON) is None


def test_moments_are_compared_as_instants():
    assert moment_of("2026-01-01T08:00:00.647787998+08:00") == moment_of(
        "2026-01-01T00:00:00.647787Z"
    )
    assert moment_of("tomorrow") < moment_of("1970-01-01T00:00:00Z")


# -- whatever is said -----------------------------------------------------------------------

PRODUCTS = st.sampled_from(
    (
        VexProduct(purl="pkg:pypi/x", versions="vers:pypi/>=1|<2"),
        VexProduct(purl="pkg:pypi/x@1.5"),
        VexProduct(purl="pkg:pypi/x@1.6"),
        VexProduct(purl="pkg:pypi/y@1.5"),
        VexProduct(purl="pkg:pypi/x@1.5", system="system:other"),
        VexProduct(),
    )
)
VOICES = st.builds(
    lambda status, day, author, own, rank, left, product, barred: (
        voice(
            status,
            f"2026-0{day}-01T00:00:00Z",
            author,
            own=own,
            rank=rank,
            expires=ON + timedelta(days=left) if left is not None or own else None,
            product=product,
            barred=barred,
        )
        if left is not None or not own
        else voice(status, f"2026-0{day}-01T00:00:00Z", own=True, product=product)
    ),
    st.sampled_from((A, N, F, U)),
    st.integers(1, 8),
    st.sampled_from(("Acme", "Beta")),
    st.booleans(),
    st.integers(0, 2),
    st.none() | st.integers(-2, 2),
    PRODUCTS,
    st.sampled_from(("", "", "unsigned")),
)
ABOUT = frozenset({"pkg:pypi/x", "pkg:pypi/x@1.5"})


def counting(each):
    """Say, by hand, whether a voice counts for the component on the day."""
    statement, product = each.statement, each.statement.products[0]
    return (
        not each.barred
        and each.rank > 0
        and (statement.expires is not None or not each.own)
        and (statement.expires is None or statement.expires >= ON)
        and statement.issued[:10] <= ON.isoformat()
        and product.purl in ABOUT
        and product.system in {"", ASKED.system}
    )


@given(st.lists(VOICES, max_size=6))
def test_the_winner_counts_and_is_one_of_them(voices):
    found = ruled(*voices)
    heard = [each for each in voices if counting(each)]
    assert (found is None) == (not heard)
    if found is not None:
        assert found.voice in heard
        assert all(each in heard for each in found.against)


@given(st.lists(VOICES, max_size=6), st.randoms())
def test_order_changes_nothing(voices, chance):
    shuffled = list(voices)
    chance.shuffle(shuffled)
    one, other = ruled(*voices), ruled(*shuffled)
    assert (one and one.status) == (other and other.status)


@given(st.lists(VOICES, max_size=6), VOICES)
def test_what_does_not_count_changes_nothing(voices, extra):
    if not counting(extra):
        assert ruled(*voices, extra) == ruled(*voices)


@given(st.lists(VOICES, max_size=6))
def test_nobody_alone_lifts_what_the_best_trusted_newly_say_is_affected(voices):
    """A new author, trusted furthest, who says "affected" last of all, is always heard."""
    alarm = voice(A, "2026-06-30T00:00:00Z", "Newcomer", rank=9)
    assert ruled(*voices, alarm).status is A


@given(st.lists(VOICES, max_size=6))
def test_what_is_lifted_is_lifted_by_us_or_by_all_the_best_trusted(voices):
    found = ruled(*voices)
    if found is None or found.status not in LIFTS or found.voice.own:
        return
    heard = [each for each in voices if counting(each)]
    assert not any(each.own for each in heard)
    best = max(each.rank for each in heard)
    for author in {each.statement.author for each in heard if each.rank == best}:
        theirs = [each for each in heard if each.statement.author == author]
        newest = max(each.statement.issued for each in theirs)
        last = [each for each in theirs if each.statement.issued == newest]
        if any(each.rank == best for each in last) and len({each.rank for each in theirs}) == 1:
            assert all(each.statement.status in LIFTS for each in last)
