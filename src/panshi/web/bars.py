"""The evidence bar: solid = evidenced, hatched = possible but unseen, a hollow mark = claimed.

Pure geometry and words; the template tag draws it. The same bar stands for a control, a group,
an axis and an institution. Nothing is rounded up: 99.96 % is shown as 99.9 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from panshi.model.control import Basis
from panshi.model.verdict import Status, Verdict
from panshi.report.paper.figures import percent
from panshi.report.words import status_word
from panshi.web.words import chinese, say


class Tone(StrEnum):
    """What the bar is made of."""

    EVIDENCE = "evidence"
    ATTESTED = "attested"
    "A record stands, or should stand; no machine has seen it."
    EMPTY = "empty"
    "Nothing to judge, or not judged yet."


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar, ready to be drawn."""

    tone: Tone
    word: str
    "Says in a word what colour and pattern say."
    evidenced: float | None = None
    possible: float | None = None
    claimed: float | None = None
    target: float | None = None
    detail: str = ""
    "Counts, for the spoken form."
    held: bool = True
    "Of an attested bar: whether a valid record stands."

    @property
    def solid(self) -> str:
        """Width of the solid part in per cent."""
        return _place(self.evidenced or 0.0)

    @property
    def hatched(self) -> str:
        """Width of the hatched part in per cent, from the end of the solid one."""
        return _place(max(0.0, (self.possible or 0.0) - (self.evidenced or 0.0)))

    @property
    def lost(self) -> str:
        """Where the part begins that fails for sure, in per cent."""
        return _place(1.0 if self.possible is None else self.possible)

    @property
    def failing(self) -> str:
        """Width of the part that fails for sure, in per cent."""
        return _place(max(0.0, 1.0 - (1.0 if self.possible is None else self.possible)))

    @property
    def mark(self) -> str:
        """Where the claimed mark stands, in per cent, kept inside the bar."""
        return _place(min(0.985, max(0.015, self.claimed or 0.0)))

    @property
    def aim(self) -> str:
        """Where the target notch stands, in per cent."""
        return _place(self.target or 0.0)

    @property
    def spoken(self) -> str:
        """The bar in words, for whoever does not see it."""
        if self.tone is not Tone.EVIDENCE:
            return self.word
        parts = [
            say("有證據 {}", "evidenced {}").format(percent(self.evidenced)),
            say("可能 {}", "possible {}").format(percent(self.possible)),
            say("自評 {}", "claimed {}").format(percent(self.claimed)),
        ]
        if self.target:
            parts.append(say("目標 {}", "target {}").format(percent(self.target)))
        if self.detail:
            parts.append(self.detail)
        return f"{self.word}{say('：', ': ')}{say('，', ', ').join(parts)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Claimed, evidenced and possible of several controls together, with how many stand how."""

    controls: int = 0
    judged: int = 0
    "Judged by evidence or derived from such."
    met: int = 0
    not_met: int = 0
    unknown: int = 0
    attested: int = 0
    not_attested: int = 0
    other: int = 0
    claimed: float | None = None
    evidenced: float | None = None
    possible: float | None = None


def bar_of(judged: Verdict | Figures) -> Bar:
    """Give the bar of a verdict or of several together."""
    return _bar_of_figures(judged) if isinstance(judged, Figures) else _bar_of_verdict(judged)


def _bar_of_verdict(verdict: Verdict) -> Bar:
    word = status_word(verdict.status, chinese=chinese())
    match verdict.status:
        case Status.ATTESTED | Status.NOT_ATTESTED:
            held = verdict.status is Status.ATTESTED
            return Bar(tone=Tone.ATTESTED, word=word, held=held, claimed=verdict.claimed)
        case Status.NO_POPULATION | Status.NOT_APPLICABLE | Status.NOT_JUDGED:
            return Bar(tone=Tone.EMPTY, word=word)
        case _ if verdict.basis not in {Basis.EVIDENCE, Basis.DERIVED}:
            return Bar(tone=Tone.EMPTY, word=word)
        case _:
            tally = verdict.tally
            detail = say("母體 {}，已觀測 {}，通過 {}", "population {}, seen {}, passing {}")
            return Bar(
                tone=Tone.EVIDENCE,
                word=word,
                evidenced=verdict.evidenced,
                possible=1.0 if verdict.possible is None else verdict.possible,
                claimed=verdict.claimed,
                target=verdict.target or None,
                detail=detail.format(
                    f"{tally.population:,}", f"{tally.seen:,}", f"{tally.passing:,}"
                )
                if tally.population
                else "",
            )


def _bar_of_figures(figures: Figures) -> Bar:
    if not figures.judged:
        word = say("尚無依證據判定的項目", "nothing judged from evidence")
        if figures.attested or figures.not_attested:
            return Bar(
                tone=Tone.ATTESTED, word=say("僅有聲明", "attested only"), held=figures.attested > 0
            )
        return Bar(tone=Tone.EMPTY, word=word)
    return Bar(
        tone=Tone.EVIDENCE,
        word=say("{} 項中 {} 項達成", "{1} of {0} met").format(figures.judged, figures.met),
        evidenced=figures.evidenced,
        possible=figures.possible,
        claimed=figures.claimed,
    )


def _place(share: float) -> str:
    return f"{share * 100:.2f}".rstrip("0").rstrip(".")
