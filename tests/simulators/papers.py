"""A document with one of every block and cell, for whoever tests a rendering."""

from __future__ import annotations

from datetime import UTC, date, datetime

from panshi.report.paper.document import (
    Answer,
    Bar,
    Column,
    Count,
    Day,
    Document,
    Facts,
    Figure,
    Gantt,
    Gap,
    Mark,
    Money,
    Paragraph,
    Points,
    Ref,
    Say,
    Section,
    Share,
    Signatures,
    Source,
    Table,
    Task,
    Tone,
    Trend,
)

SOURCE = Source(
    estate="small-bank",
    estate_version=3,
    framework="zt36",
    framework_version="2024-07-15",
    origin="panshi/0123456789ab",
    log_size=12_345,
    log_root="ab" * 32,
    keys=("panshi/0123456789ab+01020304+AAAA",),
)
HOSTILE = '=1+2 #import "x": * $x^2$ [b] @c <d> \\u{41} *e* _f_ `g` // h'
"What would be a formula, markup, code or a label if a text were ever read as such."


def a_document(*, chinese: bool, text: str = HOSTILE) -> Document:
    """Give the document in one language, with a text of your own in every place for texts."""
    say = Say(chinese=chinese)
    bar = Bar(evidenced=0.4, possible=0.7, claimed=0.9, target=0.95, spoken=f"{text} 40%")
    trend = Trend(points=(0.1, None, 0.3), target=0.5, spoken="10%, 30%", text="10% → 30%")
    return Document(
        id="sample",
        chinese=chinese,
        title=say(f"樣本 {text}", f"Sample {text}"),
        subtitle=text,
        institution=say("小銀行", "Small Bank"),
        as_of=datetime(2026, 9, 30, 4, 0, 0, 123, tzinfo=UTC),
        demo=True,
        source=SOURCE,
        sections=(
            Section(
                id="first",
                title=say("一、答案", "1. The answer"),
                lead=text,
                blocks=(
                    Answer(
                        label=text,
                        word="II",
                        sentence=text,
                        bar=bar,
                        figures=((say("自評", "claimed"), Share(0.9996)),),
                    ),
                    _table(say, bar, trend, text),
                    Gantt(
                        id="gantt",
                        title=say("何時", "When"),
                        periods=("2026Q4", "2027Q1", "2027Q2"),
                        tasks=(
                            Task(ref="P-1", name=text, starts=0, ends=2, value=Money(1_500_000)),
                            Task(ref="P-2", name="b", starts=1.5, ends=3, value=Money(2_000_001)),
                        ),
                        name_title=say("專案", "project"),
                        value_title=say("千元", "thousand"),
                        summed=True,
                        now=0.5,
                    ),
                    Points(id="points", title="", points=((text, "R-1"), ("b", ""))),
                    Paragraph(text=text),
                    Paragraph(text=text, tone=Tone.WARN),
                    Facts(id="facts", title="", facts=((text, Ref("ab" * 32)),)),
                    Signatures(title="", signers=((text, "王小明"), (text, ""))),
                ),
            ),
        ),
    )


def _table(say: Say, bar: Bar, trend: Trend, text: str) -> Table:
    return Table(
        id="table",
        title=say("表：一/二", "Table: one/two"),
        columns=(
            Column(key="text", title=say("文字", "text"), width=2),
            Column(key="claimed", title=say("自評", "claimed")),
            Column(key="evidenced", title=say("佐證", "evidenced")),
            Column(key="gap", title=say("差距", "gap")),
            Column(key="count", title=say("件數", "count"), total=True),
            Column(key="money", title=say("千元", "thousand"), total=True),
            Column(key="figure", title=say("數", "figure")),
            Column(key="day", title=say("日期", "day")),
            Column(key="bar", title=say("長條", "bar"), width=2),
            Column(key="trend", title=say("線", "line")),
            Column(key="mark", title=say("判定", "verdict")),
        ),
        rows=(
            (
                text,
                Share(0.9996),
                Share(0.6667),
                Gap(0.9996, 0.6667),
                Count(1_234),
                Money(1_500_000),
                Figure(2.0, "第 2 級"),
                Day(date(2026, 9, 30)),
                bar,
                trend,
                Mark(text, Tone.FAIL),
            ),
            (
                "-2",
                Share(None),
                Share(0.1),
                Gap(None, 0.1),
                Count(6),
                Money(2_000_001),
                Figure(None, ""),
                Day(None),
                bar,
                trend,
                Mark("b", Tone.UNKNOWN),
            ),
            *(
                (
                    f"{number}",
                    Share(0.5),
                    Share(0.25),
                    Gap(0.5, 0.25),
                    Count(1),
                    Money(None),
                    Figure(None, ""),
                    Day(None),
                    bar,
                    trend,
                    Mark("c"),
                )
                for number in range(3)
            ),
        ),
        limit=4,
        note=text,
    )
