"""A document as the data of the Typst template `paper.typ`: texts drawn, figures shown.

Typst sets the JSON's strings as text and evaluates none; the template is packaged and no part of
it comes from data. The same document gives the same bytes, and Typst's time is the document's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

import msgspec

from panshi.model.zone import INSTITUTION_ZONE, day_of
from panshi.report.paper.document import (
    Answer,
    Bar,
    Block,
    Cell,
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
    Table,
    Task,
    Trend,
)
from panshi.report.paper.figures import cut, shown
from panshi.report.paper.glyphs import Glyphs
from panshi.report.paper.totals import total_row
from panshi.report.paper.wording import demo_words, footer_words, left_out_words, moment_words

type Node = dict[str, object]
type Drawn = Callable[[str], str]

NUMBERS = (Share, Gap, Count, Figure, Money)


def typeset_data(document: Document, glyphs: Glyphs) -> bytes:
    """Write the template's data; `glyphs` then knows what could not be drawn."""
    say, drawn = Say(chinese=document.chinese), glyphs.drawn
    day = day_of(document.as_of)
    sections = [_section(each, say, drawn) for each in document.sections]
    if glyphs.missing:
        sections.append(_section(_missing(say, glyphs), say, drawn))
    data: Node = {
        "language": "zh" if document.chinese else "en",
        "lang": "zh" if document.chinese else "en",
        "region": "TW" if document.chinese else "GB",
        "title": drawn(document.title),
        "subtitle": drawn(document.subtitle),
        "institution": drawn(document.institution),
        "as_of": moment_words(document.as_of.astimezone(INSTITUTION_ZONE), say),
        "date": [day.year, day.month, day.day],
        "demo": demo_words(say) if document.demo else "",
        "footer": drawn(footer_words(document, say)),
        "sections": sections,
        "legend": _legend(say) if _has_bars(document) else [],
    }
    return msgspec.json.encode(data)


def _missing(say: Say, glyphs: Glyphs) -> Section:
    codes = [f"U+{ord(each):04X}" for each in sorted(glyphs.missing)]
    return Section(
        id="glyphs",
        title=say("缺字", "Characters not drawn"),
        lead=say("〓 代表字型所缺、無法印出的字元：", "〓 stands for characters the font lacks: ")
        + ", ".join(codes[:60]),
    )


def _section(section: Section, say: Say, drawn: Drawn) -> Node:
    return {
        "title": drawn(section.title),
        "lead": drawn(section.lead),
        "breaks": section.breaks,
        "blocks": [_block(each, say, drawn) for each in section.blocks],
    }


def _block(block: Block, say: Say, drawn: Drawn) -> Node:
    match block:
        case Paragraph():
            return {"kind": "paragraph", "text": drawn(block.text), "tone": block.tone}
        case Answer():
            return _answer(block, drawn)
        case Table():
            return _table(block, say, drawn)
        case Facts():
            return {
                "kind": "facts",
                "title": drawn(block.title),
                "facts": [{"name": drawn(n), "cell": _cell(c, drawn)} for n, c in block.facts],
            }
        case Gantt():
            return _gantt(block, say, drawn)
        case Points():
            return {
                "kind": "points",
                "title": drawn(block.title),
                "empty": drawn(block.empty),
                "points": [{"text": drawn(t), "ref": drawn(ref)} for t, ref in block.points],
            }
        case Signatures():
            return {
                "kind": "signatures",
                "title": drawn(block.title),
                "signers": [{"office": drawn(o), "signed": drawn(s)} for o, s in block.signers],
            }
        case _:
            assert_never(block)


def _answer(block: Answer, drawn: Drawn) -> Node:
    return {
        "kind": "answer",
        "label": drawn(block.label),
        "word": drawn(block.word),
        "sentence": drawn(block.sentence),
        "bar": _cell(block.bar, drawn),
        "figures": [{"name": drawn(n), "cell": _cell(c, drawn)} for n, c in block.figures],
    }


def _table(block: Table, say: Say, drawn: Drawn) -> Node:
    return {
        "kind": "table",
        "title": drawn(block.title),
        "note": drawn(block.note),
        "empty": drawn(block.empty),
        "more": left_out_words(block.left_out, say),
        "columns": [
            {"title": drawn(c.title), "width": c.width, "end": _is_number(block, c)}
            for c in block.columns
        ],
        "rows": [[_cell(each, drawn) for each in row] for row in block.printed],
        "total": [_cell(each, drawn) for each in total_row(block, say)],
    }


def _is_number(block: Table, column: Column) -> bool:
    place = block.columns.index(column)
    return bool(block.rows) and all(isinstance(row[place], NUMBERS) for row in block.rows)


def _gantt(block: Gantt, say: Say, drawn: Drawn) -> Node:
    def spoken(task: Task) -> str:
        first, last = block.spelt(task)
        return drawn(say(f"{task.name}：{first} 至 {last}", f"{task.name}: {first} to {last}"))

    return {
        "kind": "gantt",
        "title": drawn(block.title),
        "task_title": drawn(block.name_title),
        "now": block.now,
        "more": left_out_words(block.left_out, say),
        "value_title": drawn(block.value_title),
        "periods": [drawn(each) for each in block.periods],
        "total": [_cell(each, drawn) for each in total_row(block.as_table(say), say)[-1:]],
        "tasks": [
            {
                "ref": drawn(each.ref),
                "name": drawn(each.name),
                "starts": each.starts,
                "ends": each.ends,
                "cell": _cell(each.value, drawn),
                "spoken": spoken(each),
                "tone": each.tone,
            }
            for each in block.drawn
        ],
    }


def _cell(cell: Cell, drawn: Drawn) -> Node:
    match cell:
        case Bar():
            return {
                "kind": "bar",
                "evidenced": cut(cell.evidenced),
                "possible": cell.possible,
                "claimed": cell.claimed,
                "target": cell.target,
                "spoken": drawn(cell.spoken),
            }
        case Trend():
            return {
                "kind": "trend",
                "points": cell.points,
                "target": cell.target,
                "spoken": drawn(cell.spoken),
            }
        case Mark():
            return {"kind": "mark", "text": drawn(cell.word), "tone": cell.tone}
        case Ref():
            return {"kind": "ref", "text": drawn(cell.id)}
        case Share() | Gap() | Count() | Figure() | Money():
            return {"kind": "number", "text": drawn(shown(cell))}
        case Day() | str():
            return {"kind": "text", "text": drawn(shown(cell))}
        case _:
            assert_never(cell)


def _has_bars(document: Document) -> bool:
    return any(
        isinstance(block, Answer)
        or (isinstance(block, Table) and any(isinstance(c, Bar) for row in block.rows for c in row))
        for section in document.sections
        for block in section.blocks
    )


def _legend(say: Say) -> list[Node]:
    return [
        {"key": "solid", "text": say("有證據支持", "evidenced")},
        {"key": "hatched", "text": say("可能達成，尚未觀測", "possible, not observed")},
        {"key": "crossed", "text": say("確定未達成", "surely failing")},
        {"key": "mark", "text": say("自評", "claimed")},
        {"key": "target", "text": say("目標", "target")},
    ]
