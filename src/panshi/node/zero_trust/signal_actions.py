"""What is done about shared signals, read from its content file; odd rules are refused by line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from panshi.errors import ContentError
from panshi.governance.frameworks.reading import Part, parsed
from panshi.protection.zero_trust.signals.actions import About, Actions, Do, Rule, Step
from panshi.protection.zero_trust.signals.events import DEFINITIONS, Claims, EventType
from panshi.protection.zero_trust.signals.matching import Principal, folded
from panshi.protection.zero_trust.trust.model import TrustModel
from panshi.store import library

_MOST_LEVEL = 4
_PARTICIPATION = ("opt-in", "opt-out-initiated", "opt-out")


@cache
def signal_actions() -> Actions:
    """Give the rules that ship."""
    name, raw = library.zero_trust("signal_actions.yaml")
    return load_signal_actions(raw, source=name)


def load_signal_actions(raw: bytes, *, source: str) -> Actions:
    """Read the rules; ContentError names the line of what is wrong."""
    part = parsed(raw, source=source)
    keys = part.keys(required="version attributes levels authenticators rules")
    rules = tuple(_rule(item) for item in keys["rules"].items())
    for event in EventType:
        of_event = [each for each in rules if each.event is event]
        if not of_event:
            raise part.refuse(f"no rule for {event}", "add one; `record` if nothing is to be done")
        _complete(event, of_event, part)
    return Actions(
        version=keys["version"].text(),
        rules=rules,
        attributes={name: each.text() for name, each in _open(keys["attributes"]).items()},
        levels={
            namespace: {
                folded(name): level.whole(low=1, high=_MOST_LEVEL)
                for name, level in _open(levels).items()
            }
            for namespace, levels in _open(keys["levels"]).items()
        },
        authenticators={name: each.texts() for name, each in _open(keys["authenticators"]).items()},
    )


def check_grades(actions: Actions, model: TrustModel, *, source: str) -> None:
    """See that every signal speaks of evidence and a grade that the trust model knows."""
    for rule in actions.rules:
        for step in rule.steps:
            if step.do is not Do.SIGNAL:
                continue
            family = model.families.get(step.kind)
            known = family is not None and step.grade in family.grades
            if not known:
                raise ContentError(
                    f"{rule.event}: the trust model knows no {step.kind} = {step.grade}",
                    place=source,
                    remedy="name a family and a grade of trust.yaml",
                )


def _complete(event: EventType, rules: list[Rule], part: Part) -> None:
    """See that no value of a closed claim falls through all rules of an event."""
    if any(not rule.when for rule in rules):
        return
    names = {name for rule in rules for name in rule.when}
    claims = DEFINITIONS.get(event, Claims()).required
    for name in names:
        said = {value for rule in rules for value in rule.when.get(name, ())}
        if len(names) > 1 or said != set(claims.get(name, frozenset())):
            raise part.refuse(
                f"the rules of {event} leave some events without an action",
                "add a last rule without `when`",
            )


def _rule(part: Part) -> Rule:
    keys = part.keys(required="event about do zh en", optional="when")
    event = keys["event"].text()
    if event not in {each.value for each in EventType}:
        raise keys["event"].refuse(f"{event!r} is no event of CAEP, RISC or SSF")
    when = _open(keys["when"]) if "when" in keys else {}
    return Rule(
        event=EventType(event),
        about=tuple(Principal(_one_of(each, Principal)) for each in keys["about"].items()),
        when={name: frozenset(values.texts()) for name, values in when.items()},
        steps=tuple(_step(each) for each in keys["do"].items()),
        zh=keys["zh"].text(),
        en=keys["en"].text(),
    )


def _step(part: Part) -> Step:
    keys = part.keys(required="step", optional="kind grade about fresh_for_s")
    do = Do(_one_of(keys["step"], Do))
    needed = {"kind", "grade", "about"} if do is Do.SIGNAL else set()
    needed = {"grade"} if do is Do.SET_PARTICIPATION else needed
    if needed - keys.keys() or keys.keys() - needed - {"step", "fresh_for_s"}:
        raise part.refuse(f"{do} takes {', '.join(sorted(needed)) or 'nothing further'}")
    if do is Do.SET_PARTICIPATION and keys["grade"].text() not in _PARTICIPATION:
        raise keys["grade"].refuse("no such state", f"one of {', '.join(_PARTICIPATION)}")
    return Step(
        do=do,
        kind=keys["kind"].text() if "kind" in keys else "",
        grade=keys["grade"].text() if "grade" in keys else "",
        about=About(_one_of(keys["about"], About)) if "about" in keys else None,
        fresh_for_s=keys["fresh_for_s"].number() if "fresh_for_s" in keys else 0.0,
    )


def _one_of(part: Part, names: type[Do | About | Principal]) -> str:
    text = part.text()
    known = [each.value for each in names]
    if text not in known:
        raise part.refuse(f"{text!r} is not known", f"one of {', '.join(known)}")
    return text


def _open(part: Part) -> Mapping[str, Part]:
    """Give the values of a mapping whose keys are free."""
    names = [Part(node=key, source=part.source).text() for key, _ in part.node.value]
    return part.keys(required=" ".join(names))
