"""Levels of assurance read from their content file, with the providers an institution added.

An institution's own file `HOME/zero_trust/assurance.yaml`, where there is one, replaces what ships.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from panshi.governance.frameworks.reading import Part, parsed
from panshi.protection.zero_trust.assurance.mapping import (
    HIGHEST,
    LOWEST,
    AcrRule,
    AssuranceMapping,
    AuthenticatorFact,
    Population,
    Provider,
    Rule,
    Text,
)
from panshi.protection.zero_trust.assurance.required import RequiredRow
from panshi.store import library

OWN = "zero_trust/assurance.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssuranceTable:
    """What sign-ins count for, and what actions ask for."""

    mapping: AssuranceMapping
    required: tuple[RequiredRow, ...]


def assurance_table(home: Path | None = None) -> AssuranceTable:
    """Give the institution's own table, else the one that ships."""
    own = home / OWN if home is not None else None
    if own is not None and own.is_file():
        return load_assurance(own.read_bytes(), source=str(own))
    return _shipped()


@cache
def _shipped() -> AssuranceTable:
    name, raw = library.zero_trust("assurance.yaml")
    return load_assurance(raw, source=name)


def load_assurance(raw: bytes, *, source: str) -> AssuranceTable:
    """Read a table; ContentError names the line of what is wrong."""
    part = parsed(raw, source=source)
    keys = part.keys(required="version rules unknown providers unknown_provider required")
    rules = tuple(map(_rule, keys["rules"].items()))
    levels = [rule.level for rule in rules if not rule.facts]
    if levels != sorted(levels, reverse=True):
        raise keys["rules"].refuse(
            "a weaker rule stands before a stronger one", "order them by level, highest first"
        )
    nobody = keys["unknown_provider"].keys(required="proofing why")
    providers = tuple(map(_provider, keys["providers"].items()))
    if len({each.issuer for each in providers}) != len(providers):
        raise keys["providers"].refuse("an issuer occurs twice", "keep one of them")
    return AssuranceTable(
        mapping=AssuranceMapping(
            version=keys["version"].text(),
            rules=rules,
            providers=providers,
            unknown=words(keys["unknown"].keys(required="why")["why"]),
            unknown_provider=words(nobody["why"]),
            unknown_proofing=_level(nobody["proofing"]),
        ),
        required=tuple(map(_row, keys["required"].items())),
    )


def words(part: Part) -> Text:
    """Read a sentence in both languages."""
    keys = part.keys(required="zh en")
    return Text(zh=keys["zh"].text(), en=keys["en"].text())


def _rule(part: Part) -> Rule:
    keys = part.keys(
        required="id level phishing_resistant why cites", optional="all_of any_of facts"
    )
    rule = Rule(
        id=keys["id"].text(),
        level=_level(keys["level"]),
        phishing_resistant=keys["phishing_resistant"].flag(),
        why=words(keys["why"]),
        cites=keys["cites"].text(),
        all_of=_set(keys, "all_of"),
        any_of=_set(keys, "any_of"),
        facts=frozenset(each.word(AuthenticatorFact) for each in _items(keys, "facts")),
    )
    if not (rule.all_of or rule.any_of or rule.facts):
        raise part.refuse("a rule that fits everything", "name methods or facts")
    return rule


def _provider(part: Part) -> Provider:
    keys = part.keys(required="id issuer title population proofing why", optional="acr")
    return Provider(
        id=keys["id"].text(),
        issuer=keys["issuer"].text(),
        title=words(keys["title"]),
        population=keys["population"].word(Population),
        proofing=_level(keys["proofing"]),
        why=words(keys["why"]),
        acr=tuple(map(_acr, _items(keys, "acr"))),
    )


def _acr(part: Part) -> AcrRule:
    keys = part.keys(required="value level phishing_resistant")
    return AcrRule(
        value=keys["value"].text(),
        level=_level(keys["level"]),
        phishing_resistant=keys["phishing_resistant"].flag(),
    )


def _row(part: Part) -> RequiredRow:
    keys = part.keys(
        required="id level why cites",
        optional="actions criticality environments data_classes personal_data",
    )
    return RequiredRow(
        id=keys["id"].text(),
        level=_level(keys["level"]),
        why=words(keys["why"]),
        cites=keys["cites"].text(),
        actions=_set(keys, "actions"),
        criticality=_set(keys, "criticality"),
        environments=_set(keys, "environments"),
        data_classes=_set(keys, "data_classes"),
        personal_data=keys["personal_data"].flag() if "personal_data" in keys else None,
    )


def _level(part: Part) -> int:
    return part.whole(low=LOWEST, high=HIGHEST)


def _items(keys: dict[str, Part], name: str) -> tuple[Part, ...]:
    return keys[name].items() if name in keys else ()


def _set(keys: dict[str, Part], name: str) -> frozenset[str]:
    return frozenset(each.text() for each in _items(keys, name))
