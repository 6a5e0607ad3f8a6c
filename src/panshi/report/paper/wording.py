"""Words every report has around its figures: its moment, its source, its demo label."""

from __future__ import annotations

from datetime import datetime

from panshi.report.paper.document import Document, Say

ROOT_SHOWN = 16


def moment_words(moment: datetime, say: Say) -> str:
    """Say which moment the figures speak of."""
    text = f"{moment:%Y-%m-%d %H:%M}"
    return say(f"資料時點 {text}（UTC+8）", f"as of {text} (UTC+8)")


def demo_words(say: Say) -> str:
    """Label what speaks of no real institution."""
    return say("示範資料，不代表任何真實機構", "demo data of no real institution")


def footer_words(document: Document, say: Say) -> str:
    """Say what the figures can be checked against."""
    source = document.source
    root = source.log_root[:ROOT_SHOWN]
    text = say(
        f"依證據日誌 {source.origin} 前 {source.log_size:,} 筆觀測計算，根 {root}…",
        f"Computed from the first {source.log_size:,} observations of log {source.origin}, "
        f"root {root}…",
    )
    return f"{demo_words(say)}{say('。', '. ')}{text}" if document.demo else text


def left_out_words(count: int, say: Say) -> str:
    """Say that rows were left out for the room, and where they are."""
    if not count:
        return ""
    return say(
        f"另有 {count:,} 項，全部列於工作簿與控制台。",
        f"{count:,} more; all are in the workbook and the console.",
    )
