"""The CISO's report to the board on paper: each content with its facts and what a person adds."""

from __future__ import annotations

from panshi.governance.accountability.board_report import (
    CONTENTS,
    Content,
    Reported,
    ReportState,
)
from panshi.model.bodies.statements import ReportSection
from panshi.report.annex import annex
from panshi.report.paper.document import Document, Paragraph, Points, Say, Section, Source, Tone

STATES: dict[ReportState, tuple[str, str]] = {
    ReportState.DRAFT: ("草稿", "draft"),
    ReportState.SUBMITTED: ("已提報董事會", "submitted to the board"),
    ReportState.RECEIVED: ("董事會已收受", "received by the board"),
}
_NUMERALS = "一二三四五六七八九"


def yearly(
    reported: Reported,
    source: Source,
    *,
    institution: str,
    demo: bool,
    chinese: bool,
) -> Document:
    """Lay out a report."""
    say, body = Say(chinese=chinese), reported.body
    title = say("資安長年度報告", "The CISO's yearly report")
    if body.subject:
        title = say(f"資安長專案報告：{body.subject}", f"The CISO's special report: {body.subject}")
    return Document(
        id="yearly",
        chinese=chinese,
        title=title,
        subtitle=say(
            f"{body.begins} 至 {body.ends}；{STATES[reported.state][0]}",
            f"{body.begins} to {body.ends}; {STATES[reported.state][1]}",
        ),
        institution=institution,
        as_of=body.as_of,
        demo=demo,
        source=source,
        sections=(
            *(_section(number, each, say) for number, each in enumerate(body.sections, start=1)),
            annex(source, say, title=say("附：如何查驗", "Annex: how to check")),
        ),
    )


def _section(number: int, section: ReportSection, say: Say) -> Section:
    zh, en, reference = CONTENTS[Content(section.id)]
    comment = (
        (Paragraph(text=say("資安長說明：", "The CISO adds: ") + section.comment, tone=Tone.GOOD),)
        if section.comment
        else ()
    )
    return Section(
        id=section.id,
        title=say(f"{_NUMERALS[number - 1]}、{zh}", f"{number}. {en}"),
        lead="",
        blocks=(
            Points(
                id=section.id,
                title="",
                points=tuple((say(each.zh, each.en), each.about) for each in section.lines),
            ),
            *comment,
            Paragraph(text=say(f"依據：{reference}", f"Asked for by {reference}")),
        ),
    )
