"""What a path leads to: a stage of a staged framework, its baseline, or all that can be judged."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.errors import UsageError
from panshi.model.control import Framework

STAGES = ("I", "II", "III", "IV")
BASELINE = "baseline"
"Every binding clause (應, 不得)."
ALL = "all"
"Every control that Panshi can judge."


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What must hold in the end, and where."""

    framework: str
    name: str
    "`I` to `IV` of a staged framework; `baseline` or `all` of another."
    group: str = ""
    "One pillar or chapter; empty: all of them."
    fields: tuple[str, ...] = ("",)
    "Fields (場域) in which it must hold; the empty one is the whole estate."

    @property
    def stage(self) -> int:
        """The stage meant; 0 where it is none."""
        return STAGES.index(self.name) + 1 if self.name in STAGES else 0


def targets_of(framework: Framework) -> tuple[str, ...]:
    """Give the targets a framework has."""
    if framework.staged:
        return STAGES
    binding = any(control.strength.binding for control in framework.controls)
    return (BASELINE, ALL) if binding else (ALL,)


def target_of(
    framework: Framework, name: str = "", *, group: str = "", fields: tuple[str, ...] = ("",)
) -> Target:
    """Give a target of a framework, or say which there are; without a name, the usual one."""
    known = targets_of(framework)
    wanted = name or (STAGES[2] if framework.staged else known[0])
    if wanted not in known:
        raise UsageError(
            f"framework {framework.id} has no target {name!r}",
            remedy="targets: " + ", ".join(known),
        )
    if group and all(group != each.id for each in framework.groups):
        raise UsageError(
            f"framework {framework.id} has no group {group!r}",
            remedy="groups: " + ", ".join(each.id for each in framework.groups),
        )
    return Target(framework=framework.id, name=wanted, group=group, fields=fields or ("",))
