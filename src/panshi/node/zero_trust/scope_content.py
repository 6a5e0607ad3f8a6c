"""The words of the scope read from their content file; what is missing or odd is refused."""

from __future__ import annotations

from functools import cache

from panshi.governance.frameworks.reading import Part, parsed
from panshi.protection.zero_trust.scope.deriving import FACTS
from panshi.protection.zero_trust.scope.facts import Field
from panshi.report.zero_trust_scope.words import FactorWords, FieldWords, ScopeWords, Text
from panshi.store import library

FACTORS = ("R1", "R2", "R3", "R4", "R5", "R6", "I1", "I2", "I3", "I4", "I5")


@cache
def scope_words() -> ScopeWords:
    """Give the words that ship."""
    name, raw = library.zero_trust("scope.yaml")
    return load_scope_words(raw, source=name)


def load_scope_words(raw: bytes, *, source: str) -> ScopeWords:
    """Read the words; ContentError names the line of what is wrong."""
    keys = parsed(raw, source=source).keys(required="fields factors questions rules tests")
    fields = keys["fields"].keys(required=" ".join(Field))
    factors = keys["factors"].keys(required=" ".join(FACTORS))
    questions = keys["questions"].keys(required=" ".join(FACTS))
    return ScopeWords(
        fields={name: _field(part) for name, part in fields.items()},
        factors={name: _factor(part) for name, part in factors.items()},
        questions={name: _text(part) for name, part in questions.items()},
        rules={name: _text(part) for name, part in _named(keys["rules"])},
        tests={name: _text(part) for name, part in _named(keys["tests"])},
    )


def _named(part: Part) -> tuple[tuple[str, Part], ...]:
    """Give the pairs of a mapping whose keys are free."""
    names = [str(key.value) for key, _ in part.node.value]
    return tuple(part.keys(required=" ".join(names)).items())


def _field(part: Part) -> FieldWords:
    keys = part.keys(required="code definition")
    return FieldWords(code=keys["code"].text(), definition=_text(keys["definition"]))


def _factor(part: Part) -> FactorWords:
    keys = part.keys(required="title anchors")
    anchors = keys["anchors"].keys(required="1 2 3")
    return FactorWords(
        title=_text(keys["title"]),
        anchors={int(level): _text(text) for level, text in anchors.items()},
    )


def _text(part: Part) -> Text:
    keys = part.keys(required="zh en")
    return Text(zh=keys["zh"].text(), en=keys["en"].text())
