"""Governed thresholds: which value is in force at a moment, and how it came to be (rule 4).

A change is a sealed `record.parameter/1`. It takes force when it was both made and received, so
that nobody rewrites the past, and only if it names a known parameter, lies within its limits and
says who and why; any other record is as if it had not been made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from math import isfinite

from panshi.errors import UsageError
from panshi.model.bodies.records import ParameterChange
from panshi.model.control import Control, Framework
from panshi.model.observation import Sealed
from panshi.model.parameter import ParameterSetting, ParameterSpec

KIND = "record.parameter/1"
CONFIDENCE = "confidence"
"P(share >= target) from which a control counts as met."
DEFAULT_CONFIDENCE = 0.9


def target_name(control: str) -> str:
    """Name of the parameter that overrides a control's target share, in thousandths."""
    return f"target_permille:{control}"


def fresh_name(control: str) -> str:
    """Name of the parameter that overrides a control's freshness period, in days."""
    return f"fresh_days:{control}"


def control_specs(frameworks: Iterable[Framework]) -> tuple[ParameterSpec, ...]:
    """Give the thresholds that every executable check brings with it as governed parameters."""
    return tuple(
        spec
        for framework in frameworks
        for control in framework.controls
        if control.check is not None
        for spec in _specs_of(control)
    )


def history(
    specs: Iterable[ParameterSpec], changes: Iterable[Sealed], moment: datetime
) -> tuple[tuple[ParameterSetting, tuple[ParameterSetting, ...]], ...]:
    """Give, per parameter, the setting in force at a moment and all settings up to it."""
    known = {spec.name: spec for spec in specs}
    settings = {name: [_default(spec)] for name, spec in known.items()}
    for sealed in sorted(changes, key=lambda each: (_since(each), each.position)):
        body = sealed.observation.body
        if not isinstance(body, ParameterChange) or _since(sealed) > moment:
            continue
        spec = known.get(body.name)
        if spec is not None and not _problem(spec, body):
            settings[spec.name].append(_setting(sealed, body))
    return tuple((found[-1], tuple(found)) for found in settings.values())


def values_in_force(
    specs: Iterable[ParameterSpec], changes: Iterable[Sealed], moment: datetime
) -> Mapping[str, float]:
    """Give the value of every parameter at a moment."""
    return {current.name: current.value for current, _ in history(specs, changes, moment)}


def checked_change(
    specs: Iterable[ParameterSpec],
    changes: Iterable[Sealed],
    moment: datetime,
    *,
    name: str,
    value: float,
    changed_by: str,
    why: str,
) -> ParameterChange:
    """Make the record of a change, or refuse it with the reason."""
    known = {spec.name: spec for spec in specs}
    spec = known.get(name)
    if spec is None:
        raise UsageError(
            f"there is no parameter {name!r}", remedy="parameters: " + ", ".join(known)
        )
    previous = values_in_force((spec,), changes, moment)[name]
    change = ParameterChange(
        name=name, value=value, previous=previous, changed_by=changed_by, why=why
    )
    problem = _problem(spec, change)
    if problem:
        raise UsageError(
            f"parameter {name}: {problem}",
            remedy=f"give a value from {spec.minimum:g} to {spec.maximum:g}, a person and a reason",
        )
    return change


def _problem(spec: ParameterSpec, change: ParameterChange) -> str:
    if not isfinite(change.value) or not spec.minimum <= change.value <= spec.maximum:
        return f"{change.value:g} is outside its limits"
    if not change.changed_by.strip():
        return "nobody is named who changes it"
    return "" if change.why.strip() else "no reason is given"


def _since(sealed: Sealed) -> datetime:
    return max(sealed.observation.observed_at, sealed.received_at)


def _default(spec: ParameterSpec) -> ParameterSetting:
    return ParameterSetting(name=spec.name, value=spec.default, why=spec.why_en)


def _setting(sealed: Sealed, body: ParameterChange) -> ParameterSetting:
    return ParameterSetting(
        name=body.name,
        value=body.value,
        since=_since(sealed),
        changed_by=body.changed_by,
        why=body.why,
        evidence_id=sealed.id,
    )


def _specs_of(control: Control) -> tuple[ParameterSpec, ...]:
    check = control.check
    if check is None:
        return ()
    return (
        ParameterSpec(
            name=target_name(control.key),
            title_zh=f"{control.key} 的目標比例（千分之）",
            title_en=f"Target share of {control.key} (thousandths)",
            default=float(check.target_permille),
            minimum=500.0,
            maximum=1000.0,
            why_zh="控制措施內容所附的預設值。",
            why_en="Default that comes with the control's content.",
        ),
        ParameterSpec(
            name=fresh_name(control.key),
            title_zh=f"{control.key} 的有效天數",
            title_en=f"Freshness period of {control.key} (days)",
            default=float(check.fresh_days),
            minimum=1.0,
            maximum=730.0,
            why_zh="控制措施內容所附的預設值。",
            why_en="Default that comes with the control's content.",
        ),
    )
