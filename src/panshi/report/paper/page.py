"""A document as one page of HTML that needs nothing beside it: no script, no picture, no font file.

For mail and for sites: every text is escaped, the page forbids itself to load anything, and it
prints. The figures are those of every other rendering, shown by `shown`.
"""

from __future__ import annotations

from html import escape
from typing import assert_never

from panshi.model.zone import INSTITUTION_ZONE
from panshi.report.paper.document import (
    Answer,
    Bar,
    Block,
    Cell,
    Column,
    Count,
    Document,
    Facts,
    Figure,
    Gantt,
    Gap,
    Money,
    Paragraph,
    Points,
    Ref,
    Say,
    Section,
    Share,
    Signatures,
    Table,
    Trend,
)
from panshi.report.paper.figures import shown
from panshi.report.paper.totals import total_row
from panshi.report.paper.wording import demo_words, footer_words, moment_words

_NUMBERS = (Share, Gap, Count, Figure, Money)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = (
    ":root{color-scheme:light dark}"
    'body{max-width:62rem;margin:2rem auto;padding:0 1rem;font:16px/1.7 "Noto Sans TC",system-ui,'
    "sans-serif;overflow-wrap:anywhere}"
    "h1{font-size:1.5rem;line-height:1.3}h2{font-size:1.15rem;margin-top:2rem}h3{font-size:1rem}"
    ".asof,footer,.note{color:GrayText;font-size:.875rem}"
    ".demo{border:3px double;padding:0 .5em}"
    "table{border-collapse:collapse;width:100%;font-size:.9rem}"
    "th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #8888}"
    ".n{text-align:right}.scroll{overflow-x:auto}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem}dd{margin:0}"
    "code{font-family:ui-monospace,monospace;font-size:.9em}"
    "@media print{body{margin:0;max-width:none}tr{break-inside:avoid}}"
)


def html_page(document: Document) -> str:
    """Write a document as a page of its own."""
    say = Say(chinese=document.chinese)
    demo = f'<p><span class="demo">{escape(demo_words(say))}</span></p>' if document.demo else ""
    return "".join(
        (
            f'<!doctype html><html lang="{say("zh-Hant-TW", "en")}"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(document.title)}</title><style>{_STYLE}</style></head><body><main>",
            f"<h1>{escape(document.title)}</h1>",
            f"<p><b>{escape(document.institution)}</b> {escape(document.subtitle)}</p>",
            f'<p class="asof">{escape(_moment(document, say))}</p>{demo}',
            *(_section(each, say) for each in document.sections),
            f"</main><footer><p>{escape(footer_words(document, say))}</p></footer></body></html>\n",
        )
    )


def _moment(document: Document, say: Say) -> str:
    return moment_words(document.as_of.astimezone(INSTITUTION_ZONE), say)


def _section(section: Section, say: Say) -> str:
    lead = f"<p>{escape(section.lead)}</p>" if section.lead else ""
    blocks = "".join(_block(each, say) for each in section.blocks)
    return f"<section><h2>{escape(section.title)}</h2>{lead}{blocks}</section>"


def _block(block: Block, say: Say) -> str:
    match block:
        case Paragraph():
            return f"<p>{escape(block.text)}</p>"
        case Answer():
            facts = (*block.figures, (block.bar.spoken, ""))
            return f"<p><b>{escape(block.word)}</b> {escape(block.sentence)}</p>{_facts(facts)}"
        case Facts():
            return _title(block.title) + _facts(block.facts)
        case Points():
            return _points(block)
        case Signatures():
            return _title(block.title) + _facts(block.signers)
        case Table():
            return _table(block, say)
        case Gantt():
            return _table(block.as_table(say), say)
        case _:
            assert_never(block)


def _points(block: Points) -> str:
    items = "".join(f"<li>{escape(t)} <code>{escape(r)}</code></li>" for t, r in block.points)
    return _title(block.title) + (f"<ol>{items}</ol>" if items else f"<p>{escape(block.empty)}</p>")


def _facts(facts: tuple[tuple[str, Cell], ...]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{_cell(cell)}</dd>" for name, cell in facts)
    return f"<dl>{rows}</dl>"


def _table(table: Table, say: Say) -> str:
    if not table.rows:
        return f"{_title(table.title)}<p>{escape(table.empty)}</p>"
    ends = [_is_number(table, place) for place in range(len(table.columns))]
    heads = "".join(_head(*each) for each in zip(table.columns, ends, strict=True))
    rows = [*table.rows, *([last] if (last := total_row(table, say)) else [])]
    body = "".join(
        "<tr>" + "".join(_data(*each) for each in zip(row, ends, strict=True)) + "</tr>"
        for row in rows
    )
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    return (
        f'{_title(table.title)}<div class="scroll"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{note}"
    )


def _head(column: Column, end: bool) -> str:  # noqa: FBT001 -- beside its column
    return f'<th scope="col"{_end(end)}>{escape(column.title)}</th>'


def _data(cell: Cell, end: bool) -> str:  # noqa: FBT001 -- beside its cell
    return f"<td{_end(end)}>{_cell(cell)}</td>"


def _end(end: bool) -> str:  # noqa: FBT001 -- the one thing it is about
    return ' class="n"' if end else ""


def _is_number(table: Table, place: int) -> bool:
    return all(isinstance(row[place], _NUMBERS) for row in table.rows)


def _cell(cell: Cell) -> str:
    match cell:
        case Ref():
            return f"<code>{escape(shown(cell))}</code>"
        case Bar():
            return escape(cell.spoken)
        case Trend():
            return escape(cell.text or cell.spoken)
        case _:
            return escape(shown(cell))


def _title(title: str) -> str:
    return f"<h3>{escape(title)}</h3>" if title else ""
