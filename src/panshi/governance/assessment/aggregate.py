"""Evidence bars of groups, axes and an institution, and the first line of a page as data.

A bar is a mean over controls, each counting once, whatever its population: solid what is
evidenced, hatched what is possible, a mark at what is claimed. Attested controls are counted
beside the bar and never in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from panshi.governance.assessment.assessor import Assessor
from panshi.governance.assessment.items import unseen_of
from panshi.governance.assessment.shares import Shares, mean
from panshi.model.asset import AssetId, AssetKind
from panshi.model.control import Basis, Framework, Group
from panshi.model.verdict import Assessment, StageVerdict, Status, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The three figures over several controls, and how the controls stand."""

    id: str
    "Group id; empty for a whole framework or institution."
    title_zh: str = ""
    title_en: str = ""
    shares: Shares
    controls: int
    "All controls, of whatever basis."
    counts: dict[Status, int]
    "How many controls have each status; attested ones are not met ones."

    @property
    def attested(self) -> int:
        """Controls a valid record stands for, unseen by any machine."""
        return self.counts.get(Status.ATTESTED, 0)

    @property
    def gap(self) -> float | None:
        """Claimed minus evidenced, the honesty figure."""
        claimed, evidenced = self.shares.claimed, self.shares.evidenced
        return None if claimed is None or evidenced is None else claimed - evidenced


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What the first line of a page says."""

    framework: str
    in_field: str
    staged: bool
    stage: int
    next_stage: int
    "The stage it falls short of; equals `stage` at the top, or where there are no stages."
    blocking: tuple[str, ...]
    "Controls to meet for the next stage; without stages, every control judged and not met."
    blocking_unseen: tuple[str, ...]
    "Those of them that nothing but unseen items keeps from being met."
    unseen: dict[AssetKind, int] = field(default_factory=dict)
    "Distinct assets unseen under the blocking controls, by kind."
    failing: int = 0
    "Blocking controls with failing items, a contradiction or a missing record."
    gate_blockers: tuple[str, ...] = ()
    counts: dict[Status, int] = field(default_factory=dict)


def bar(verdicts: Iterable[Verdict], *, group: Group | None = None) -> Bar:
    """Give the bar over some verdicts."""
    taken = tuple(verdicts)
    return Bar(
        id=group.id if group is not None else "",
        title_zh=group.title_zh if group is not None else "",
        title_en=group.title_en if group is not None else "",
        shares=mean(taken),
        controls=len(taken),
        counts=dict(Counter(verdict.status for verdict in taken)),
    )


def bars(assessment: Assessment, framework: Framework) -> tuple[Bar, ...]:
    """Give the bar of every group; a group's bar holds its sub-groups' controls too."""
    group_of = {control.key: control.group for control in framework.controls}
    parents = {group.id: group.parent for group in framework.groups}
    by_group: dict[str, list[Verdict]] = {group.id: [] for group in framework.groups}
    for verdict in assessment.verdicts:
        for group_id in _upward(group_of[verdict.control], parents):
            by_group[group_id].append(verdict)
    return tuple(bar(by_group[group.id], group=group) for group in framework.groups)


def whole(assessments: Iterable[Assessment]) -> Bar:
    """Give one bar over whole frameworks: an axis, an institution."""
    return bar(verdict for assessment in assessments for verdict in assessment.verdicts)


def headline(assessor: Assessor, framework_id: str, in_field: str = "") -> Headline:
    """Say where a framework stands, and what keeps it from the next stage."""
    framework = assessor.frameworks[framework_id]
    judge = assessor.judge
    verdicts = [judge.verdict(control.key, in_field) for control in framework.controls]
    stage = assessor.stage(framework_id, "", in_field) if framework.staged else None
    blocking = _blocking(framework, verdicts, stage)
    unseen: dict[AssetKind, set[AssetId]] = {}
    only_unseen: list[str] = []
    for verdict in verdicts:
        if verdict.control not in blocking or verdict.basis is not Basis.EVIDENCE:
            continue
        control = judge.grounds.controls[verdict.control]
        if control.population is not None and verdict.tally.unseen:
            found = unseen.setdefault(control.population.kind, set())
            found |= unseen_of(judge, control, in_field)
        if verdict.status is Status.UNKNOWN and _only_unseen(verdict):
            only_unseen.append(verdict.control)
    failing = {Status.NOT_MET, Status.NOT_ATTESTED}
    return Headline(
        framework=framework_id,
        in_field=in_field,
        staged=framework.staged,
        stage=stage.stage if stage is not None else 0,
        next_stage=_next(framework, stage),
        blocking=blocking,
        blocking_unseen=tuple(only_unseen),
        unseen={kind: len(assets) for kind, assets in unseen.items() if assets},
        failing=sum(each.status in failing for each in verdicts if each.control in blocking),
        gate_blockers=stage.gate_blockers if stage is not None else (),
        counts=dict(Counter(verdict.status for verdict in verdicts)),
    )


def _blocking(
    framework: Framework, verdicts: list[Verdict], stage: StageVerdict | None
) -> tuple[str, ...]:
    if stage is not None:
        own = {control.key for control in framework.controls}
        return tuple(key for key in stage.to_lift if key in own)
    fine = {Status.NOT_APPLICABLE, Status.NOT_JUDGED}
    return tuple(each.control for each in verdicts if not each.met and each.status not in fine)


def _next(framework: Framework, stage: StageVerdict | None) -> int:
    if stage is None:
        return 0
    above = [each.stage for each in framework.controls if each.stage > stage.stage]
    return min(above, default=stage.stage)


def _only_unseen(verdict: Verdict) -> bool:
    """Whether more passing looks alone would meet the control."""
    return verdict.possible is not None and verdict.possible >= verdict.target


def _upward(group: str, parents: dict[str, str]) -> Iterator[str]:
    """Give a group and its parents, each once."""
    passed: set[str] = set()
    while group in parents and group not in passed:
        passed.add(group)
        yield group
        group = parents[group]
