"""Who is asked for what, and how often: one kind of evidence serves many clauses (measure 3).

`burden` counts for every kind of evidence the clauses it serves, over any number of frameworks;
`next_best` tells which kinds to connect next, each time the one that serves most clauses nobody
serves yet (greedy set cover, at least 1 − 1/e of the best possible cover).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from panshi.model.control import Basis, Control, Framework, Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One kind of evidence with the clauses it serves."""

    evidence: str
    document: bool
    "A document that people file; otherwise an observation that machines make."
    clauses: tuple[str, ...]
    "`<framework>/<control>`."
    binding: int

    @property
    def frameworks(self) -> tuple[str, ...]:
        """Frameworks among its clauses."""
        return tuple(dict.fromkeys(each.partition("/")[0] for each in self.clauses))


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """Evidence and clauses of some frameworks."""

    served: tuple[Served, ...]
    "Most clauses first."
    clauses: int
    "Clauses that some evidence serves."
    without: tuple[str, ...]
    "Duties that no evidence serves yet."


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The kind of evidence to connect next."""

    evidence: str
    document: bool
    adds: tuple[str, ...]
    "Clauses it serves that nothing before it did."
    covered: int
    "Clauses served when it is connected too."


def burden(frameworks: Iterable[Framework]) -> Burden:
    """Count what each kind of evidence serves."""
    clauses: dict[tuple[str, bool], list[Control]] = {}
    served: set[str] = set()
    without: list[str] = []
    for framework in frameworks:
        for control in framework.controls:
            asked = evidence_of(control)
            for each in asked:
                clauses.setdefault(each, []).append(control)
            if asked:
                served.add(control.key)
            elif control.basis is Basis.NOT_YET and _is_duty(control):
                without.append(control.key)
    found = [
        Served(
            evidence=name,
            document=document,
            clauses=tuple(control.key for control in controls),
            binding=sum(control.strength.binding for control in controls),
        )
        for (name, document), controls in clauses.items()
    ]
    found.sort(key=lambda each: (-len(each.clauses), each.document, each.evidence))
    return Burden(served=tuple(found), clauses=len(served), without=tuple(without))


def evidence_of(control: Control) -> tuple[tuple[str, bool], ...]:
    """Give the kinds of evidence a control is judged by, and whether each is a document."""
    if control.check is not None:
        return ((control.check.observation, False),)
    if control.attesting is not None:
        return tuple((each, True) for each in control.attesting.evidence)
    return ()


def next_best(found: Burden, connected: Collection[str]) -> tuple[Step, ...]:
    """Order the kinds not connected yet, each time the one that serves most clauses unserved."""
    have = set(connected)
    covered = {clause for each in found.served if each.evidence in have for clause in each.clauses}
    rest = {each.evidence: each for each in found.served if each.evidence not in have}
    steps: list[Step] = []
    while rest:
        best = min(
            rest.values(), key=lambda each: (-len(set(each.clauses) - covered), each.evidence)
        )
        adds = tuple(clause for clause in best.clauses if clause not in covered)
        if not adds:
            break
        covered.update(adds)
        del rest[best.evidence]
        steps.append(
            Step(evidence=best.evidence, document=best.document, adds=adds, covered=len(covered))
        )
    return tuple(steps)


def _is_duty(control: Control) -> bool:
    return control.strength.binding or control.strength is Strength.SHOULD
