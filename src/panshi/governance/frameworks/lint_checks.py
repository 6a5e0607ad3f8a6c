"""Checks, contradictions and populations: known kinds, known fields, fitting comparisons.

The gravest fault a check can have is to pass when nothing was seen. So every check is tried on the
weakest body its kind allows, which must not pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from panshi.governance.frameworks.fitting import Comparable, misfit, of_asset, of_kind, weakest
from panshi.governance.frameworks.issue import Issue, Rule, Shelf, at
from panshi.governance.frameworks.load import Located
from panshi.model.attributes.words import CLOUD_MODEL
from panshi.model.bodies import KINDS
from panshi.model.control import Control, Framework
from panshi.model.predicate import Comparison, Predicate, compiled, conditions

_ANY_DAY = date(2026, 1, 1)


def validate_checks(shelf: Shelf) -> Iterator[Issue]:
    """Check what checks read and demand."""
    for located, control in shelf.each_control():
        check = control.check
        if check is None:
            continue
        kind = KINDS.get(check.observation)
        if kind is None:
            yield _unknown_kind(located, control, "check", check.observation)
            continue
        named = of_kind(kind.name)
        for predicate in (check.passes, check.about):
            yield from _unfit(located, control, "check", predicate, named)
        if compiled(check.passes)(weakest(kind.name), _ANY_DAY):
            yield at(
                located,
                control,
                "check",
                Rule.FAIL_OPEN,
                "the check passes a look that saw nothing",
                "demand something positive, such as `{field: collected, is: true}`",
            )


def validate_windows(shelf: Shelf) -> Iterator[Issue]:
    """Check that a look which merely grows old becomes unseen before a date in it fails."""
    for located, control in shelf.each_control():
        check = control.check
        if check is None:
            continue
        for condition in conditions(check.passes):
            days = condition.value
            if condition.comparison is not Comparison.WITHIN_DAYS or not isinstance(days, int):
                continue
            if days < check.fresh_days:
                yield at(
                    located,
                    control,
                    "check",
                    Rule.OUTLIVED,
                    f"{condition.field} may be {days} days old, but looks last {check.fresh_days}",
                    f"set `fresh_days` to {days} or less: old looks are unseen, not failing",
                )


def validate_contradictions(shelf: Shelf) -> Iterator[Issue]:
    """Check that only tests contradict, and that they are described by fields they have."""
    for located, control in shelf.each_control():
        for each in control.contradicted_by:
            kind = KINDS.get(each.observation)
            if kind is None:
                yield _unknown_kind(located, control, "contradicted_by", each.observation)
            elif not kind.tests or "passed" not in of_kind(kind.name):
                tests = ", ".join(name for name, spec in KINDS.items() if spec.tests)
                yield at(
                    located,
                    control,
                    "contradicted_by",
                    Rule.NO_TEST,
                    f"{each.observation} is no test that can fail",
                    f"tests: {tests}",
                )
            else:
                named = of_kind(kind.name)
                yield from _unfit(located, control, "contradicted_by", each.when, named)


def validate_populations(shelf: Shelf) -> Iterator[Issue]:
    """Check that populations ask for attributes that assets of the kind can have."""
    for located, control in shelf.each_control():
        population = control.population
        if population is not None:
            named = of_asset(population.kind)
            yield from _unfit(located, control, "population", population.where, named)
            near = population.related
            if near is not None and near.where is not None:
                if near.kind is None:
                    yield at(
                        located,
                        control,
                        "population",
                        Rule.UNKNOWN_KIND,
                        "`where` of a neighbour without `kind`",
                        "name the neighbour's kind, so that its attributes are known",
                    )
                else:
                    named = of_asset(near.kind)
                    yield from _unfit(located, control, "population", near.where, named)
        for model in control.cloud or ():
            if model not in CLOUD_MODEL.values:
                allowed = ", ".join(CLOUD_MODEL.values)
                problem = f"unknown cloud service model {model!r}"
                yield at(located, control, "cloud", Rule.MISFIT, problem, f"one of: {allowed}")


def _unfit(
    located: Located[Framework],
    control: Control,
    key: str,
    predicate: Predicate | None,
    named: Mapping[str, Comparable],
) -> Iterator[Issue]:
    for condition in conditions(predicate) if predicate is not None else ():
        comparable = named.get(condition.field)
        if comparable is None:
            yield at(
                located,
                control,
                key,
                Rule.UNKNOWN_FIELD,
                f"unknown field {condition.field!r}",
                f"known: {', '.join(named)}",
            )
            continue
        problem = misfit(condition, comparable)
        if problem:
            yield at(
                located, control, key, Rule.MISFIT, f"field {condition.field}: {problem}", "mend it"
            )


def _unknown_kind(located: Located[Framework], control: Control, key: str, name: str) -> Issue:
    family = name.partition(".")[0]
    close = [kind for kind in KINDS if kind.partition(".")[0] == family] or list(KINDS)
    return at(
        located,
        control,
        key,
        Rule.UNKNOWN_KIND,
        f"unknown kind of observation {name!r}",
        f"for example: {', '.join(close[:6])}",
    )
