"""The evidence bar: nothing is rounded up, unknown is never green and never blank."""

from hypothesis import given
from hypothesis import strategies as st

from panshi.model.control import Basis
from panshi.model.verdict import Status, Tally, Verdict
from panshi.report.paper.figures import percent
from panshi.web.bars import Figures, Tone, bar_of

shares = st.floats(0, 1)


def verdict(**parts):
    given_parts = {
        "control": "zt36/1-1",
        "basis": Basis.EVIDENCE,
        "status": Status.UNKNOWN,
        "stage": 1,
    }
    return Verdict(**(given_parts | parts))


@given(shares)
def test_a_share_is_never_rounded_up(share):
    shown = float(percent(share).removesuffix("%"))
    assert shown <= share * 100 + 1e-6
    assert (percent(share) == "100%") == (share > 1 - 1e-8)


@given(shares, shares)
def test_the_parts_of_a_bar_add_up_to_the_whole(a, b):
    low, high = sorted((a, b))
    bar = bar_of(verdict(evidenced=low, possible=high, tally=Tally(population=10, seen=5)))
    total = float(bar.solid) + float(bar.hatched) + float(bar.failing)
    assert abs(total - 100) < 0.05


def test_nothing_seen_is_all_hatched():
    bar = bar_of(verdict(evidenced=None, possible=None))
    assert (bar.solid, bar.hatched, bar.failing) == ("0", "100", "0")


def test_an_attestation_is_never_solid():
    bar = bar_of(verdict(basis=Basis.ATTESTED, status=Status.ATTESTED))
    assert bar.tone is Tone.ATTESTED
    assert bar.solid == "0"


def test_a_missing_attestation_is_not_held():
    assert not bar_of(verdict(basis=Basis.ATTESTED, status=Status.NOT_ATTESTED)).held


def test_a_group_nobody_judged_is_empty():
    assert bar_of(Figures(controls=4)).tone is Tone.EMPTY


@given(shares)
def test_a_claim_stays_inside_the_bar(claimed):
    mark = float(bar_of(verdict(evidenced=0.1, possible=0.5, claimed=claimed)).mark)
    assert 0 < mark < 100
