"""Two assessments side by side."""

from panshi.governance.norms.impact import Effect, outlook
from panshi.model.control import Basis, Framework
from panshi.model.verdict import Status, Tally, Verdict

PROPOSED = Framework(
    id="n",
    title_zh="",
    title_en="",
    document_zh="",
    document_en="",
    version="2",
    groups=(),
    controls=(),
)


def verdict(clause, status, *, failing=0, unseen=0, basis=Basis.EVIDENCE):
    tally = Tally(population=10, failing=failing, unseen=unseen)
    return Verdict(control=f"n/{clause}", basis=basis, status=status, stage=0, tally=tally)


def effects(after, before, came_from):
    found = outlook(PROPOSED, after, before, came_from)
    return {each.clause: each.effect for each in found.impacts}


def test_each_effect_is_told():
    found = effects(
        [
            verdict("1", Status.NOT_MET, failing=3),
            verdict("2", Status.MET),
            verdict("3", Status.UNKNOWN),
            verdict("4", Status.NOT_JUDGED, basis=Basis.NOT_YET),
            verdict("5", Status.MET),
            verdict("6", Status.NOT_JUDGED, basis=Basis.NOT_JUDGED),
        ],
        [
            verdict("1", Status.MET),
            verdict("2", Status.NOT_MET),
            verdict("3", Status.MET),
            verdict("5", Status.MET),
            verdict("9", Status.MET),
        ],
        {"1": "1", "2": "2", "3": "3", "5": "5"},
    )
    assert found == {
        "1": Effect.FAILS,
        "2": Effect.MET,
        "3": Effect.UNKNOWN,
        "4": Effect.NO_CHECK,
        "5": Effect.SAME,
        "6": Effect.SAME,
        "9": Effect.DROPPED,
    }


def test_a_renumbered_clause_is_compared_with_what_it_was():
    found = outlook(
        PROPOSED,
        [verdict("2", Status.NOT_MET, failing=4, unseen=1)],
        [verdict("1", Status.NOT_MET, failing=2, unseen=5)],
        {"2": "1"},
    )
    (only,) = found.impacts
    assert only.effect is Effect.SAME
    assert only.failing == (2, 4)
    assert only.unseen == (5, 1)


def test_what_fails_today_and_fails_then_is_no_effect_of_the_text():
    found = effects([verdict("1", Status.NOT_ATTESTED)], [verdict("1", Status.NOT_MET)], {"1": "1"})
    assert found == {"1": Effect.SAME}
