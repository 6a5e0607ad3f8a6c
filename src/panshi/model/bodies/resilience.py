"""Bodies about people, drills, continuity and exercises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("training.record/1", "訓練紀錄", "Training record", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecord(Body):
    """One course of one person; the facet names the topic."""

    course: str
    topic: str
    "`awareness`, `cloud`, `ai`, `iot`, `deepfake`, `board`, `response` or another word."
    hours: float
    completed: date
    passed: bool = True


@observation_kind("backup.restore_drill/1", "復原演練", "Restore drill", tests=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreDrill(Body):
    """A restore really done and measured."""

    passed: bool
    held: date
    rto_minutes: float
    "Measured time to recover, in minutes."
    rto_target_minutes: float
    rpo_minutes: float = 0.0
    "Measured data loss, in minutes."
    rpo_target_minutes: float = 0.0
    isolated: bool = False
    layer: str = ""


@observation_kind("continuity.plan/1", "營運持續計畫", "Continuity plan")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContinuityPlan(Body):
    """Impact analysis and continuity plan of one service or system."""

    impact_analysed: date | None = None
    plan_approved: date | None = None
    layers: int = 0
    tested_layers: int = 0
    rto_minutes: float = 0.0
    mtpd_minutes: float = 0.0
    exit_plan: bool = False
    notification_procedure: bool = False


@observation_kind("exercise.result/1", "情境演練結果", "Exercise result", tests=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseResult(Body):
    """Result of an attack/defence drill or scenario exercise."""

    passed: bool
    scenario: str
    held: date
    participants: int = 0
    improvements_open: int = 0
