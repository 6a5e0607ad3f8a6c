"""Judgements in words, zh-TW and English: the one place that names statuses, stages, reasons.

Console, command line and reports take their words from here, so that the same verdict reads
the same everywhere. Words follow the glossary of the design.
"""

from __future__ import annotations

from panshi.model.control import Basis, Framework
from panshi.model.verdict import (
    Assessment,
    ItemState,
    Reason,
    ReasonCode,
    StageVerdict,
    Status,
    Verdict,
)

STAGES = ("–", "I", "II", "III", "IV")
"Stage by number; a dash before stage I."

STAGE_NAMES: dict[int, tuple[str, str]] = {
    0: ("未達第 I 級", "below stage I"),
    1: ("第 I 級 傳統", "stage I traditional"),
    2: ("第 II 級 起始", "stage II initial"),
    3: ("第 III 級 進階", "stage III advanced"),
    4: ("第 IV 級 最佳", "stage IV optimal"),
}

FEW = 3
"So many controls are named one by one in a headline."

_STATUS: dict[Status, tuple[str, str]] = {
    Status.MET: ("達成", "met"),
    Status.NOT_MET: ("未達成", "not met"),
    Status.UNKNOWN: ("未知", "unknown"),
    Status.ATTESTED: ("已聲明", "attested"),
    Status.NOT_ATTESTED: ("未聲明", "not attested"),
    Status.NO_POPULATION: ("無母體", "no population"),
    Status.NOT_APPLICABLE: ("不適用", "not applicable"),
    Status.NOT_JUDGED: ("不判定", "not judged"),
}

_BASIS: dict[Basis, tuple[str, str]] = {
    Basis.EVIDENCE: ("依證據", "from evidence"),
    Basis.ATTESTED: ("依聲明", "attested"),
    Basis.DERIVED: ("由他項推得", "derived"),
    Basis.NOT_YET: ("尚未判定", "not yet"),
    Basis.NOT_JUDGED: ("無須判定", "nothing to judge"),
}

_ITEM: dict[ItemState, tuple[str, str]] = {
    ItemState.PASSING: ("通過", "passing"),
    ItemState.FAILING: ("未通過", "failing"),
    ItemState.STALE_PASS: ("逾期（曾通過）", "stale (passed)"),
    ItemState.STALE_FAIL: ("逾期（仍未通過）", "stale (still failing)"),
    ItemState.UNSEEN: ("未被觀測", "unseen"),
}

_REASON: dict[ReasonCode, tuple[str, str]] = {
    ReasonCode.TARGET_REACHED: ("已達目標占比", "the target share is reached"),
    ReasonCode.FAILING_ITEMS: ("{count} 項未通過", "{count} failing"),
    ReasonCode.UNSEEN_ITEMS: ("{count} 項未被觀測", "{count} not observed"),
    ReasonCode.STALE_ITEMS: ("{count} 項觀測已逾期", "{count} observed too long ago"),
    ReasonCode.STALE_FAILURES: (
        "{count} 項上次未通過且未再觀測",
        "{count} failed when last seen and were not seen again",
    ),
    ReasonCode.CONTRADICTED: (
        "{count} 項測試結果相牴觸",
        "{count} contradicted by a test",
    ),
    ReasonCode.EXCEPTIONS_USED: (
        "{count} 項適用有效例外",
        "{count} under a live exception",
    ),
    ReasonCode.EXCEPTION_LAPSED: (
        "{count} 項例外已失效",
        "{count} exceptions have lapsed",
    ),
    ReasonCode.NO_POPULATION: ("母體為空，無從判定", "the population is empty"),
    ReasonCode.SIGNED_NOT_APPLICABLE: ("已簽署不適用", "signed as not applicable"),
    ReasonCode.ATTESTED: ("聲明有效", "a valid attestation stands"),
    ReasonCode.ATTESTATION_MISSING: ("尚無聲明", "no attestation"),
    ReasonCode.ATTESTATION_EXPIRED: ("聲明已逾期", "the attestation has expired"),
    ReasonCode.ATTESTATION_INCOMPLETE: ("聲明不完整", "the attestation is incomplete"),
    ReasonCode.ATTESTATION_VOIDED: (
        "聲明已撤回或經抽查不成立",
        "the attestation was withdrawn or not upheld",
    ),
    ReasonCode.ACKNOWLEDGED: ("已承認未符合", "non-compliance is acknowledged"),
    ReasonCode.PARTS_UNMET: (
        "{count} 項組成控制未達成",
        "{count} of its parts are not met",
    ),
    ReasonCode.INVENTORIES_DIFFER: (
        "清冊相差 {count} 項",
        "inventories differ by {count}",
    ),
    ReasonCode.NOT_APPLICABLE_VOID: (
        "不適用聲明不成立",
        "signed as not applicable, which does not stand",
    ),
    ReasonCode.POPULATION_SHRANK: (
        "{count} 項未通過者已不在母體",
        "{count} that failed left the population",
    ),
}


def status_word(status: Status, *, chinese: bool) -> str:
    """One word for a status."""
    return _pick(_STATUS[status], chinese=chinese)


def standing_word(verdict: Verdict, *, chinese: bool) -> str:
    """One word for a verdict; what Panshi cannot judge yet is told from what needs no judging."""
    if verdict.status is Status.NOT_JUDGED:
        return basis_word(verdict.basis, chinese=chinese)
    return status_word(verdict.status, chinese=chinese)


def basis_word(basis: Basis, *, chinese: bool) -> str:
    """How a control is judged, in words."""
    return _pick(_BASIS[basis], chinese=chinese)


def item_word(state: ItemState, *, chinese: bool) -> str:
    """State of one item of a population."""
    return _pick(_ITEM[state], chinese=chinese)


def stage_name(stage: int, *, chinese: bool) -> str:
    """Name of a stage with its numeral."""
    return _pick(STAGE_NAMES[stage], chinese=chinese)


def reason_words(reason: Reason, *, chinese: bool) -> str:
    """One reason with its number."""
    return _pick(_REASON[reason.code], chinese=chinese).format(count=f"{reason.count:,}")


def verdict_words(verdict: Verdict, *, chinese: bool) -> str:
    """One sentence for a verdict: the word, then why."""
    why = [reason_words(reason, chinese=chinese) for reason in verdict.reasons]
    word = standing_word(verdict, chinese=chinese)
    if chinese:
        return f"{word}：{'；'.join(why)}。" if why else f"{word}。"
    return f"{word.capitalize()}: {'; '.join(why)}." if why else f"{word.capitalize()}."


def headline_words(assessment: Assessment, framework: Framework, *, chinese: bool) -> str:
    """First sentence of an assessment: where it stands and what keeps it from the next stage."""
    if assessment.stages:
        return _staged_headline(assessment, chinese=chinese)
    judged = [each for each in assessment.verdicts if each.status is not Status.NOT_JUDGED]
    counts = {status: sum(each.status is status for each in judged) for status in Status}
    title = framework.title_zh if chinese else framework.title_en
    if chinese:
        return (
            f"{title}：{len(judged)} 項中，{counts[Status.MET]} 項依證據達成，"
            f"{counts[Status.NOT_MET]} 項未達成，{counts[Status.UNKNOWN]} 項未知，"
            f"{counts[Status.ATTESTED]} 項僅有聲明。"
        )
    return (
        f"{title}: of {len(judged)}, {counts[Status.MET]} are met by evidence, "
        f"{counts[Status.NOT_MET]} are not met, {counts[Status.UNKNOWN]} are unknown, "
        f"{counts[Status.ATTESTED]} are only attested."
    )


def _staged_headline(assessment: Assessment, *, chinese: bool) -> str:
    whole = next(each for each in assessment.stages if not each.group)
    reached, following = whole.stage, min(whole.stage + 1, len(STAGES) - 1)
    blocking = _blocking(assessment, following)
    now = stage_name(reached, chinese=chinese)
    target = STAGES[following]
    if not blocking:
        return _gated_headline(now, whole, chinese=chinese)
    names = _named(blocking, chinese=chinese)
    why = _causes(blocking, chinese=chinese)
    if chinese:
        return f"{now}；{len(blocking)} 項控制措施{names}未達第 {target} 級：{why}。"
    one = len(blocking) == 1
    return (
        f"{now[0].upper()}{now[1:]}; {len(blocking)} control{'' if one else 's'}{names} "
        f"keep{'s' if one else ''} it from stage {target}: {why}."
    )


def _named(blocking: list[Verdict], *, chinese: bool) -> str:
    """Name the controls where they are few."""
    if len(blocking) > FEW:
        return ""
    ids = [each.control.partition("/")[2] for each in blocking]
    return f"（{'、'.join(ids)}）" if chinese else f" ({', '.join(ids)})"


def _causes(blocking: list[Verdict], *, chinese: bool) -> str:
    counts = (
        (
            sum(_contradicted(each) for each in blocking),
            ("{} 項遭測試或事件牴觸", "{} contradicted by a test or incident"),
        ),
        (
            sum(_failing(each) for each in blocking),
            ("母體中 {} 項未通過", "{} items of their populations fail"),
        ),
        (
            sum(each.tally.unseen for each in blocking),
            ("{} 項未被觀測", "{} were not observed"),
        ),
    )
    said = [_pick(words, chinese=chinese).format(f"{count:,}") for count, words in counts if count]
    return ("、" if chinese else ", ").join(said)


def _failing(verdict: Verdict) -> int:
    """Count what fails by its own looks; what a test contradicts is counted apart."""
    tally = verdict.tally
    return max(tally.failing + tally.stale_fail - _contradicted(verdict), 0)


def _contradicted(verdict: Verdict) -> int:
    found = [each.count for each in verdict.reasons if each.code is ReasonCode.CONTRADICTED]
    return max(sum(found), 1) if found else 0


def _gated_headline(now: str, whole: StageVerdict, *, chinese: bool) -> str:
    blocking = len(whole.gate_blockers)
    if chinese:
        return f"{now}；基準閘門有 {blocking} 項未過。" if blocking else f"{now}。"
    capital = f"{now[0].upper()}{now[1:]}"
    return f"{capital}; {blocking} baseline clauses block." if blocking else f"{capital}."


def _blocking(assessment: Assessment, stage: int) -> list[Verdict]:
    passed = {Status.NOT_APPLICABLE, Status.NOT_JUDGED}
    return [
        each
        for each in assessment.verdicts
        if 0 < each.stage <= stage and not each.met and each.status not in passed
    ]


def _pick(words: tuple[str, str], *, chinese: bool) -> str:
    return words[0] if chinese else words[1]
