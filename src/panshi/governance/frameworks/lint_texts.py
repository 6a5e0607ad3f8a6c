"""Texts: both languages, Traditional Chinese as used in Taiwan, full-width punctuation.

Half-width punctuation is allowed inside Latin phrases, numbers and references such as `8.1(1)`;
next to a Chinese character it is not. Simplified characters are those
that Big5, the character set Taiwan wrote with for decades, does not hold, and a short list besides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from panshi.governance.frameworks.issue import Issue, Rule, Shelf, at
from panshi.governance.frameworks.load import Located
from panshi.model.control import Control, Framework

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_HALF_WIDTH = re.compile(rf"[{_HAN}][,;:!?()\[\]]|[,;:!?()\[\]][{_HAN}]|[{_HAN}]\.(?!\d)")
_SIMPLIFIED_IN_BIG5 = frozenset(
    "与万么价优体佣儿党厂听圣坏宁怀怜惊愿扑扰挂据晒机极构洁痒确离种网胜腊苹荐虫触适"
)
"Simplified forms that Big5 holds as rare characters of their own."
_PAIRS = (("（", "）"), ("「", "」"), ("《", "》"), ("『", "』"))


def validate_texts(shelf: Shelf) -> Iterator[Issue]:
    """Check every text of every control."""
    for located, control in shelf.each_control():
        yield from _languages(located, control)
        for key, text in (
            ("title", control.title_zh),
            ("gist", control.gist_zh),
            ("applies", control.applies_zh),
            ("notes", control.notes_zh),
        ):
            for rule, problem, remedy in faults_in_chinese(text):
                yield at(located, control, key, rule, problem, remedy)
        if not control.gist_zh.endswith("。") or not control.gist_en.endswith("."):
            problem = "the gist is no full sentence"
            yield at(located, control, "gist", Rule.TEXT, problem, "end it with 。 and .")


def validate_headings(shelf: Shelf) -> Iterator[Issue]:
    """Check titles, documents, notes and group names of the frameworks themselves."""
    for located in shelf.frameworks:
        framework = located.content
        chinese = {framework.id: (framework.title_zh, framework.document_zh, *framework.notes_zh)}
        for group in framework.groups:
            chinese[f"group {group.id}"] = (group.title_zh,)
        for entry, texts in chinese.items():
            for text in texts:
                for rule, problem, remedy in faults_in_chinese(text):
                    yield Issue(
                        rule=rule,
                        place=located.place(entry),
                        subject=f"{framework.id}, {entry}",
                        problem=problem,
                        remedy=remedy,
                    )


def faults_in_chinese(text: str) -> Iterator[tuple[Rule, str, str]]:
    """Find what does not belong into a text for readers in Taiwan."""
    half = _HALF_WIDTH.search(text)
    if half:
        remedy = "write full-width punctuation ，。：；！？（）"
        yield Rule.PUNCTUATION, f"half-width sign in {half.group()!r}", remedy
    strange = [sign for sign in text if _is_simplified(sign)]
    if strange:
        yield Rule.SIMPLIFIED, f"simplified character {strange[0]!r}", "write Traditional Chinese"
    for opening, closing in _PAIRS:
        if text.count(opening) != text.count(closing):
            yield Rule.PUNCTUATION, f"{opening}{closing} are not paired", "close what is opened"


def _is_simplified(sign: str) -> bool:
    if not re.match(f"[{_HAN}]", sign):
        return False
    try:
        sign.encode("cp950")
    except UnicodeEncodeError:
        return True
    return sign in _SIMPLIFIED_IN_BIG5


def _languages(located: Located[Framework], control: Control) -> Iterator[Issue]:
    pairs = {
        "title": (control.title_zh, control.title_en),
        "gist": (control.gist_zh, control.gist_en),
        "applies": (control.applies_zh, control.applies_en),
        "notes": (control.notes_zh, control.notes_en),
    }
    for key, (zh, en) in pairs.items():
        needed = key in {"title", "gist"}
        if bool(zh) != bool(en) or (needed and not zh):
            yield at(located, control, key, Rule.TEXT, "one language is missing", "write zh and en")
        elif re.search(f"[{_HAN}]", en):
            yield at(located, control, key, Rule.TEXT, "Chinese in the English text", "translate")
        elif zh and key == "gist" and not re.search(f"[{_HAN}]", zh):
            yield at(located, control, key, Rule.TEXT, "no Chinese in the text", "translate")
    if control.gist_zh == control.title_zh:
        yield at(located, control, "gist", Rule.TEXT, "the gist repeats the title", "say more")
