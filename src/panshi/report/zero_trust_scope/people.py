"""The scope without the names of people, for readers who may not know them."""

from __future__ import annotations

from dataclasses import replace

from panshi.protection.zero_trust.scope.answering import Said
from panshi.protection.zero_trust.scope.facts import Facts
from panshi.protection.zero_trust.scope.scoping import Scope


def without_people(scope: Scope) -> Scope:
    """Give the scope without the names of who answered and decided."""
    answers = tuple(
        replace(
            each,
            body=replace(each.body, answered_by=""),
            withdrawn_by="—" if each.withdrawn_by else "",
        )
        for each in scope.said.answers
    )
    decisions = {
        key: replace(each, body=replace(each.body, decided_by=""))
        for key, each in scope.said.decisions.items()
    }
    systems = tuple(
        replace(each, facts=_nameless(each.facts)) if scope.said.about(each.system.id) else each
        for each in scope.systems
    )
    return replace(scope, systems=systems, said=Said(answers=answers, decisions=decisions))


def _nameless(facts: Facts) -> Facts:
    return Facts(
        known={name: replace(each, by="") for name, each in facts.known.items()},
        special={name: replace(each, by="") for name, each in facts.special.items()},
        clashes=tuple(
            replace(each, counts=replace(each.counts, by=""), other=replace(each.other, by=""))
            for each in facts.clashes
        ),
    )
