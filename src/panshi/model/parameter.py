"""Governed thresholds: chosen by people, with a history; never constants in the code (rule 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from panshi.model.observation import ObservationId


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterSpec:
    """A parameter with its default and limits, from `content/parameters.yaml`."""

    name: str
    title_zh: str
    title_en: str
    default: float
    minimum: float
    maximum: float
    why_zh: str
    why_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterSetting:
    """The value in force from a moment on, and who set it."""

    name: str
    value: float
    since: datetime | None = None
    "None: the default."
    changed_by: str = ""
    why: str = ""
    evidence_id: ObservationId | None = None
