"""How Panshi judges every control today: computed from the content, so it cannot be embellished.

Five answers, as `Basis` names them: from evidence, attested, derived from other verdicts, not yet,
and nothing to judge (definitions, scope, permissions). A group counts the controls in itself and in
the groups below it; an article, a measure or a pillar is covered as far as its controls are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from panshi.model.asset import AssetKind
from panshi.model.control import Basis, Control, Framework, Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How one control is judged today."""

    control: str
    "`<framework>/<control>`."
    id: str
    title_zh: str
    title_en: str
    group: str
    strength: Strength
    stage: int
    basis: Basis
    population: AssetKind | None = None
    observation: str = ""
    "Kind of observation the check reads."
    target_permille: int = 0
    days: int = 0
    "Days an observation stays fresh, or an attestation valid."
    contradicted_by: tuple[str, ...] = ()
    "Kinds of tests that lower it."
    attested_by: tuple[str, ...] = ()
    "Kinds of document an attestation needs."
    countersigned: bool = False
    made_of: tuple[str, ...] = ()
    inferred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many controls are judged in which way."""

    evidence: int = 0
    attested: int = 0
    derived: int = 0
    not_yet: int = 0
    not_judged: int = 0

    @property
    def total(self) -> int:
        """All controls counted."""
        return self.evidence + self.attested + self.derived + self.not_yet + self.not_judged

    def of(self, basis: Basis) -> int:
        """Give the number judged in one way."""
        return int(getattr(self, basis))


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCoverage:
    """One pillar, axis, chapter or article, with all below it."""

    id: str
    parent: str
    title_zh: str
    title_en: str
    count: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How one framework is judged today."""

    framework: str
    version: str
    title_zh: str
    title_en: str
    count: Count
    obligations: Count
    "Only what is worded 應, 不得 or 宜; all zero where a document has no modal verbs."
    groups: tuple[GroupCoverage, ...]
    entries: tuple[Entry, ...]


def coverage(framework: Framework) -> Coverage:
    """Tell for every control and group of a framework how it is judged today."""
    controls = framework.controls
    return Coverage(
        framework=framework.id,
        version=framework.version,
        title_zh=framework.title_zh,
        title_en=framework.title_en,
        count=counted(controls),
        obligations=counted(each for each in controls if is_obligation(each)),
        groups=tuple(
            GroupCoverage(
                id=group.id,
                parent=group.parent,
                title_zh=group.title_zh,
                title_en=group.title_en,
                count=counted(
                    each for each in controls if group.id in _groups_of(framework, each.group)
                ),
            )
            for group in framework.groups
        ),
        entries=tuple(_entry(each) for each in controls),
    )


def counted(controls: Iterable[Control]) -> Count:
    """Count controls by the way they are judged."""
    found = Counter(control.basis.value for control in controls)
    return Count(**found)


def is_obligation(control: Control) -> bool:
    """Whether the wording obliges or recommends: 應, 不得, 宜."""
    return control.strength.binding or control.strength is Strength.SHOULD


def _groups_of(framework: Framework, group_id: str) -> tuple[str, ...]:
    """Give a group and all above it; a group whose parent is unknown stands alone."""
    parents = {group.id: group.parent for group in framework.groups}
    path: list[str] = []
    while group_id and group_id not in path:
        path.append(group_id)
        group_id = parents.get(group_id, "")
    return tuple(path)


def _entry(control: Control) -> Entry:
    check, attesting = control.check, control.attesting
    tests = dict.fromkeys(each.observation for each in control.contradicted_by)
    return Entry(
        control=control.key,
        id=control.id,
        title_zh=control.title_zh,
        title_en=control.title_en,
        group=control.group,
        strength=control.strength,
        stage=control.stage,
        basis=control.basis,
        population=control.population.kind if control.population else None,
        observation=check.observation if check else "",
        target_permille=check.target_permille if check else 0,
        days=check.fresh_days if check else attesting.valid_days if attesting else 0,
        contradicted_by=tuple(tests),
        attested_by=attesting.evidence if attesting else (),
        countersigned=attesting.countersigned if attesting else False,
        made_of=control.made_of,
        inferred=control.inferred,
    )
