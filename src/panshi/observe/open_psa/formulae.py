"""Formulae of Open-PSA gates, written with and, or, not, xor and at-least.

A formula within a formula becomes a gate of its own, named after its owner and a number, for
example `g7#2`. `xor` of more than two is true for an odd number. References are kept as written
until the whole file is read, since a gate may be named before it is defined.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from panshi.errors import BadInputError
from panshi.model.resilience.fault_tree import Connective, Definition
from panshi.observe.open_psa.expressions import truth
from panshi.observe.reading.xml_events import local_name

_REFERENCES = frozenset({"event", "gate", "basic-event", "house-event"})
_PLAIN = {"and": Connective.AND, "or": Connective.OR, "xor": Connective.XOR}
_NEGATED = {"nand": Connective.AND, "nor": Connective.OR, "iff": Connective.XOR}
_BINARY = frozenset({"iff", "imply"})
_COUNTING = frozenset({"atleast", "cardinality", "xor", "iff"})


@dataclass(slots=True)
class Formulae:
    """Gates read so far; `names` turns what a file writes into the name of a definition."""

    found: dict[str, Definition] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    def define(
        self, owner: str, formula: etree._Element, place: str, name: Callable[[str], str]
    ) -> None:
        """Read the formula of a gate."""
        self.found[owner] = self._definition(owner, formula, place, name)

    def _definition(
        self, owner: str, formula: etree._Element, place: str, name: Callable[[str], str]
    ) -> Definition:
        kind = local_name(formula)
        if kind in _REFERENCES:
            return Definition(connective=Connective.OR, inputs=(self._named(formula, place, name),))
        if kind == "constant":
            true = truth(formula, place)
            return Definition(connective=Connective.AND if true else Connective.OR)
        inputs = tuple(self._input(owner, each, place, name) for each in formula)
        _refuse_odd(kind, inputs, place)
        if kind in _PLAIN:
            return Definition(connective=_PLAIN[kind], inputs=inputs)
        if kind == "atleast":
            return _at_least(formula, "min", inputs, place)
        return self._written(owner, kind, formula, inputs, place)

    def _written(
        self, owner: str, kind: str, formula: etree._Element, inputs: tuple[str, ...], place: str
    ) -> Definition:
        """Write what is no gate of ours with those that are."""
        match kind:
            case "not":
                return Definition(connective=Connective.NOT, inputs=inputs)
            case "nand" | "nor" | "iff":
                return self._not(owner, Definition(connective=_NEGATED[kind], inputs=inputs))
            case "imply":
                without = self._inner(
                    owner, Definition(connective=Connective.NOT, inputs=inputs[:1])
                )
                return Definition(connective=Connective.OR, inputs=(without, inputs[1]))
            case "cardinality":
                return self._between(owner, formula, inputs, place)
            case _:
                raise BadInputError(
                    f"<{kind[:80]}> is no formula that is read here",
                    place=place,
                    remedy="write it with and, or, not, xor, atleast",
                )

    def _between(
        self, owner: str, formula: etree._Element, inputs: tuple[str, ...], place: str
    ) -> Definition:
        most = _bound(formula, "max", place)
        lower = self._inner(owner, _at_least(formula, "min", inputs, place))
        if most >= len(inputs):
            return Definition(connective=Connective.OR, inputs=(lower,))
        more = Definition(connective=Connective.AT_LEAST, inputs=inputs, least=most + 1)
        upper = self._inner(owner, self._not(owner, more))
        return Definition(connective=Connective.AND, inputs=(lower, upper))

    def _not(self, owner: str, what: Definition) -> Definition:
        return Definition(connective=Connective.NOT, inputs=(self._inner(owner, what),))

    def _input(
        self, owner: str, element: etree._Element, place: str, name: Callable[[str], str]
    ) -> str:
        if local_name(element) in _REFERENCES:
            return self._named(element, place, name)
        return self._inner(owner, self._definition(owner, element, place, name))

    def _inner(self, owner: str, what: Definition) -> str:
        self._numbers[owner] = self._numbers.get(owner, 0) + 1
        inner = f"{owner}#{self._numbers[owner]}"
        self.found[inner] = what
        return inner

    @staticmethod
    def _named(element: etree._Element, place: str, name: Callable[[str], str]) -> str:
        written = (element.get("name") or "").strip()
        if not written:
            raise BadInputError(
                f"<{local_name(element)}> without a name", place=place, remedy="name the event"
            )
        return name(written)


def _refuse_odd(kind: str, inputs: tuple[str, ...], place: str) -> None:
    if not inputs:
        raise BadInputError(
            f"<{kind[:80]}> of nothing", place=place, remedy="name its events, or a <constant>"
        )
    if kind == "not" and len(inputs) != 1:
        raise BadInputError(f"<not> of {len(inputs)}", place=place, remedy="negate one formula")
    if kind in _BINARY and len(inputs) != 2:  # noqa: PLR2004 -- binary
        raise BadInputError(
            f"<{kind}> of {len(inputs)}, not of two", place=place, remedy="give it two formulae"
        )
    if kind in _COUNTING and len(set(inputs)) < len(inputs):
        raise BadInputError(
            f"<{kind}> names one event twice", place=place, remedy="name each event once"
        )


def _at_least(
    formula: etree._Element, attribute: str, inputs: tuple[str, ...], place: str
) -> Definition:
    least = _bound(formula, attribute, place)
    if least > len(inputs):
        raise BadInputError(
            f"at least {least} of {len(inputs)}", place=place, remedy="lower min, or name more"
        )
    return Definition(connective=Connective.AT_LEAST, inputs=inputs, least=least)


def _bound(formula: etree._Element, attribute: str, place: str) -> int:
    text = formula.get(attribute) or ""
    if not (text.isascii() and text.isdigit() and len(text) < 8):  # noqa: PLR2004 -- far beyond use
        raise BadInputError(
            f"{attribute}={text[:80]!r} is no number of events",
            place=place,
            remedy=f'write for example {attribute}="2"',
        )
    return int(text)
