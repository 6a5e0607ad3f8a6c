"""Verdicts, groups of them and stages as cells of a report: bars, marks and short reasons."""

from __future__ import annotations

from panshi.governance.assessment.aggregate import Bar as Means
from panshi.model.control import Basis
from panshi.model.verdict import Status, Verdict
from panshi.report.paper.document import Bar, Mark, Say, Tone
from panshi.report.paper.figures import percent
from panshi.report.words import reason_words, standing_word

_TONES = {
    Status.MET: Tone.GOOD,
    Status.NOT_MET: Tone.FAIL,
    Status.UNKNOWN: Tone.UNKNOWN,
    Status.ATTESTED: Tone.ATTESTED,
    Status.NOT_ATTESTED: Tone.FAIL,
}


def status_mark(verdict: Verdict, say: Say) -> Mark:
    """Give a verdict's word with its tone."""
    word = standing_word(verdict, chinese=say.chinese)
    return Mark(word, tone_of(verdict.status))


def tone_of(status: Status) -> Tone:
    """Give the tone of a status: red only for what fails, grey for what nobody knows."""
    return _TONES.get(status, Tone.PLAIN)


def verdict_bar(verdict: Verdict, say: Say) -> Bar | str:
    """Give the bar of a verdict; nothing is drawn where no machine judges."""
    if verdict.basis not in {Basis.EVIDENCE, Basis.DERIVED} or verdict.possible is None:
        return "—"
    return _bar(verdict.evidenced, verdict.possible, verdict.claimed, say, verdict.target)


def means_bar(means: Means, say: Say) -> Bar | str:
    """Give the bar of several controls together."""
    shares = means.shares
    if not shares.judged:
        return say("無依證據判定者", "none judged from evidence")
    return _bar(shares.evidenced, shares.possible, shares.claimed, say, None)


def why(verdict: Verdict, say: Say) -> str:
    """Give the reasons of a verdict in a few words."""
    reasons = [reason_words(each, chinese=say.chinese) for each in verdict.reasons]
    return say("；", "; ").join(reasons)


def control_id(verdict: Verdict) -> str:
    """Give a control's id without its framework."""
    return verdict.control.partition("/")[2]


def _bar(
    evidenced: float | None,
    possible: float | None,
    claimed: float | None,
    say: Say,
    target: float | None,
) -> Bar:
    parts = [
        say("佐證 {}", "evidenced {}").format(percent(evidenced)),
        say("可能 {}", "possible {}").format(percent(possible)),
        say("自評 {}", "claimed {}").format(percent(claimed)),
    ]
    if target:
        parts.append(say("目標 {}", "target {}").format(percent(target)))
    return Bar(
        evidenced=evidenced,
        possible=possible,
        claimed=claimed,
        target=target or None,
        spoken=say("，", ", ").join(parts),
    )
