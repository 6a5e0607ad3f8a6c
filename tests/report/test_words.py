"""Words: one sentence says where an estate stands and what keeps it from the next stage."""

from datetime import UTC, datetime

import pytest

from panshi.model.control import Basis, Framework, Group
from panshi.model.verdict import (
    Assessment,
    ItemState,
    Reason,
    ReasonCode,
    StageVerdict,
    Status,
    Tally,
    Verdict,
)
from panshi.report.words import (
    basis_word,
    headline_words,
    item_word,
    reason_words,
    standing_word,
    status_word,
    verdict_words,
)

FRAMEWORK = Framework(
    id="zt36",
    title_zh="零信任",
    title_en="Zero trust",
    document_zh="",
    document_en="",
    version="1",
    staged=True,
    groups=(Group(id="g", title_zh="組", title_en="group"),),
    controls=(),
)


def verdict(control: str, status: Status, stage: int, **changes: object) -> Verdict:
    return Verdict(
        control=f"zt36/{control}",
        basis=Basis.EVIDENCE,
        status=status,
        stage=stage,
        met=status is Status.MET,
        **changes,
    )


def assessment(
    *verdicts: Verdict, stage: int, blockers: tuple[str, ...] = (), staged: bool = True
) -> Assessment:
    whole = StageVerdict(
        framework="zt36",
        group="",
        in_field="",
        stage=stage,
        claimed_stage=3,
        possible_stage=4,
        gate_open=not blockers,
        gate_blockers=blockers,
    )
    return Assessment(
        framework="zt36",
        framework_version="1",
        estate="e",
        estate_version=1,
        as_of=datetime(2026, 9, 30, tzinfo=UTC),
        verdicts=verdicts,
        stages=(whole,) if staged else (),
    )


CONTRADICTED = verdict(
    "5-4",
    Status.NOT_MET,
    1,
    tally=Tally(population=9, seen=9, passing=8, failing=1),
    reasons=(Reason(code=ReasonCode.CONTRADICTED, count=1),),
)
UNSEEN = verdict("2-1", Status.UNKNOWN, 1, tally=Tally(population=9, seen=5, passing=5, unseen=4))


def test_a_headline_names_the_few_controls_that_block_and_why() -> None:
    told = assessment(CONTRADICTED, UNSEEN, stage=0)
    assert headline_words(told, FRAMEWORK, chinese=True) == (
        "未達第 I 級；2 項控制措施（5-4、2-1）未達第 I 級：1 項遭測試或事件牴觸、4 項未被觀測。"
    )
    assert headline_words(told, FRAMEWORK, chinese=False) == (
        "Below stage I; 2 controls (5-4, 2-1) keep it from stage I: "
        "1 contradicted by a test or incident, 4 were not observed."
    )


def test_one_control_is_spoken_of_in_the_singular() -> None:
    told = headline_words(assessment(UNSEEN, stage=0), FRAMEWORK, chinese=False)
    assert "1 control (2-1) keeps it" in told


def test_many_controls_are_counted_not_named() -> None:
    many = [verdict(f"1-{n}", Status.UNKNOWN, 1, tally=Tally(unseen=1)) for n in range(4)]
    told = headline_words(assessment(*many, stage=0), FRAMEWORK, chinese=True)
    assert told == "未達第 I 級；4 項控制措施未達第 I 級：4 項未被觀測。"


def test_a_closed_gate_is_named_where_no_control_blocks() -> None:
    told = assessment(verdict("1-1", Status.MET, 1), stage=1, blockers=("emerging/8.1(1)",))
    assert headline_words(told, FRAMEWORK, chinese=True) == ("第 I 級 傳統；基準閘門有 1 項未過。")


def test_a_framework_without_stages_is_counted_by_status() -> None:
    told = assessment(CONTRADICTED, UNSEEN, stage=0, staged=False)
    assert headline_words(told, FRAMEWORK, chinese=True) == (
        "零信任：2 項中，0 項依證據達成，1 項未達成，1 項未知，0 項僅有聲明。"
    )


def test_what_cannot_be_judged_yet_is_told_from_what_needs_no_judging() -> None:
    yet, never = (
        Verdict(control="a/b", basis=basis, status=Status.NOT_JUDGED, stage=0)
        for basis in (Basis.NOT_YET, Basis.NOT_JUDGED)
    )
    assert standing_word(yet, chinese=True) == "尚未判定"
    assert standing_word(never, chinese=True) == "無須判定"


@pytest.mark.parametrize("chinese", [True, False])
def test_every_value_has_its_word(*, chinese: bool) -> None:
    words = [status_word(each, chinese=chinese) for each in Status]
    words += [basis_word(each, chinese=chinese) for each in Basis]
    words += [item_word(each, chinese=chinese) for each in ItemState]
    words += [reason_words(Reason(code=each, count=3), chinese=chinese) for each in ReasonCode]
    assert all(words)
    assert not any("{" in word for word in words)


def test_a_verdict_is_a_sentence() -> None:
    assert verdict_words(CONTRADICTED, chinese=True) == "未達成：1 項測試結果相牴觸。"
    assert verdict_words(CONTRADICTED, chinese=False) == "Not met: 1 contradicted by a test."
