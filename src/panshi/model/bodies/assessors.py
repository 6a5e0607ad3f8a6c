"""Bodies of what an outside assessor found: a second opinion beside our own evidence."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("assessor.finding/1", "評估人員發現", "Assessor's finding", tests=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class AssessorFinding(Body):
    """What an assessment report says of one requirement on one subject.

    `not satisfied` contradicts the controls it names until a later assessment is satisfied;
    `satisfied` alone evidences nothing, unless a check asks for this kind.
    """

    passed: bool
    "The assessor found the requirement satisfied."
    controls: tuple[str, ...]
    "`<framework>/<control>`, where the reader was told which framework the report speaks of."
    target: str
    "Objective or statement as the report names it."
    target_kind: str = ""
    reason: str = ""
    title: str = ""
    assessor: str = ""
    methods: tuple[str, ...] = ()
    "`EXAMINE`, `INTERVIEW`, `TEST` or other words of the report."
    observations: int = 0
    risks_open: int = 0
    report: str = ""
    "Title of the report."
    report_id: str = ""
