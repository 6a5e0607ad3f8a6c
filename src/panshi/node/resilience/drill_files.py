"""Drill plans as files: `<home>/drills/*.json` (or YAML), in the shape of Chaos Toolkit.

A steady-state hypothesis (what must hold), a method (what is lost, then the restore), rollbacks
(nothing is left behind). Actions are named `panshi.drill` functions out of a closed list and are
never imported: a plan cannot run a program. Whoever may write a plan decides what is asked of
restored data, so a plan and its folder are writable by their owner alone. What Chaos Toolkit keeps
in `configuration` says which source, how often and by when.

    withhold {places: […]}      withhold_layer {layer: zone, name: north}      restore {}
    rows_as_sealed {}           sql {statement: …}           column {name: file.csv:amount}
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from panshi.errors import BadInputError, MissingError
from panshi.observe.reading.settings_files import decode_settings, settings_bytes
from panshi.resilience.vault_drill import DrillPlan, Expected, Layer, LostLayer

FOLDER = "drills"
MODULE = "panshi.drill"
ENDINGS = (".json", ".yaml", ".yml")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Provider:
    type: str
    module: str
    func: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Activity:
    type: str
    name: str
    provider: _Provider
    tolerance: str | bool | float | int = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hypothesis:
    title: str
    probes: tuple[_Activity, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Configuration:
    source: str
    rto_minutes: float
    rpo_minutes: float
    every_days: int = 0
    dwell_hours: float = 0.0
    port: int = 0
    layer: str = ""
    assets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    title: str
    configuration: _Configuration
    steady_state_hypothesis: _Hypothesis
    method: tuple[_Activity, ...]
    rollbacks: tuple[_Activity, ...] = ()
    version: str = "1.0.0"
    description: str = ""
    tags: tuple[str, ...] = ()


def read_plans(home: Path) -> tuple[DrillPlan, ...]:
    """Read every plan below the home, by name."""
    folder = home / FOLDER
    if not folder.is_dir():
        return ()
    _refuse_others(folder)
    files = sorted(each for each in folder.iterdir() if each.suffix in ENDINGS)
    if len(files) > _MOST:
        raise BadInputError(f"more than {_MOST} drill plans", place=str(folder))
    return tuple(map(read_plan, files))


def plan_named(home: Path, name: str) -> DrillPlan:
    """Give a plan by its id, or from a file that is named."""
    if name.endswith(ENDINGS):
        return read_plan(Path(name))
    plans = {each.id: each for each in read_plans(home)}
    if name not in plans:
        raise MissingError(
            f"there is no drill plan {name!r}",
            place=str(home / FOLDER),
            remedy="plans: " + (", ".join(plans) or "none; see docs/how-to/restore-drills.md"),
        )
    return plans[name]


def read_plan(path: Path) -> DrillPlan:
    """Read one plan; its id is the file's name."""
    if not _ID.fullmatch(path.stem):
        raise BadInputError(
            f"{path.stem!r} is no id of a plan", place=str(path), remedy="small letters and dashes"
        )
    _refuse_others(path)
    raw = settings_bytes(path).replace(b"steady-state-hypothesis", b"steady_state_hypothesis")
    try:
        return _plan(path.stem, decode_settings(raw, _File, place=str(path)))
    except BadInputError as error:
        place = error.place if error.place.startswith(str(path)) else f"{path} {error.place}"
        raise BadInputError(error.problem, place=place, remedy=error.remedy) from error


def _refuse_others(path: Path) -> None:
    """Refuse what others than its owner may write: the present user, or the machine's own."""
    try:
        status = path.stat()
    except OSError as error:
        raise BadInputError(f"cannot be read: {error.strerror}", place=str(path)) from error
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) or status.st_uid not in {0, os.geteuid()}:
        raise BadInputError(
            "others may write it", place=str(path), remedy=f"own it and chmod go-w {path}"
        )


def _plan(name: str, told: _File) -> DrillPlan:
    places: list[str] = []
    layers: list[LostLayer] = []
    restores = 0
    for each in told.method:
        match _called(each, "action"):
            case "withhold":
                places += _argument(each, "places", list[str])
            case "withhold_layer":
                layer = _argument(each, "layer", Layer)
                layers.append(LostLayer(layer=layer, name=_argument(each, "name", str)))
            case "restore":
                restores += 1
            case other:
                raise _unknown(each, other)
    if restores != 1 or _called(told.method[-1], "action") != "restore":
        raise BadInputError("the method does not end with one restore", place="$.method")
    for each in told.rollbacks:
        if _called(each, "action") != "discard":
            raise _unknown(each, each.provider.func)
    known = told.configuration
    if known.rto_minutes <= 0 or known.rpo_minutes < 0 or known.every_days < 0:
        raise BadInputError("targets and period are above zero", place="$.configuration")
    return DrillPlan(
        id=name,
        title=told.title,
        source=known.source,
        every_days=known.every_days,
        rto_minutes=known.rto_minutes,
        rpo_minutes=known.rpo_minutes,
        dwell_hours=known.dwell_hours,
        port=known.port,
        layer=known.layer,
        assets=known.assets,
        withheld=tuple(places),
        withheld_layers=tuple(layers),
        expected=tuple(_expected(told.steady_state_hypothesis.probes)),
    )


def _expected(probes: Iterable[_Activity]) -> Iterable[Expected]:
    """Give the probes beside the one of every row, which any plan must name."""
    rows = False
    for each in probes:
        match _called(each, "probe"):
            case "rows_as_sealed":
                rows = True
            case "sql":
                statement = _argument(each, "statement", str)
                yield Expected(name=each.name, sql=statement, expect=_tolerance(each))
            case "column":
                column = _argument(each, "name", str)
                yield Expected(name=each.name, column=column, expect=_tolerance(each))
            case other:
                raise _unknown(each, other)
    if not rows:
        raise BadInputError(
            "the hypothesis does not ask for rows_as_sealed",
            place="$.steady-state-hypothesis",
            remedy="a restore is verified row by row, whatever else is asked",
        )


def _tolerance(each: _Activity) -> str:
    """Give the one value that is tolerated; a probe without one would prove nothing."""
    if isinstance(each.tolerance, bool):
        raise BadInputError(
            "the tolerance is no value",
            place=f"activity {each.name!r}",
            remedy='for example "0.00"',
        )
    return str(each.tolerance)


def _called(each: _Activity, kind: str) -> str:
    if each.type != kind or each.provider.type != "python" or each.provider.module != MODULE:
        raise _unknown(each, f"{each.provider.type} {each.provider.module}")
    return each.provider.func


def _argument[T](each: _Activity, name: str, kind: type[T]) -> T:
    try:
        return msgspec.convert(each.provider.arguments[name], kind)
    except (KeyError, msgspec.ValidationError) as error:
        raise BadInputError(
            f"{name} is missing or wrong", place=f"activity {each.name!r}"
        ) from error


def _unknown(each: _Activity, what: str) -> BadInputError:
    return BadInputError(
        f"{what[:60]!r} is nothing a drill does here",
        place=f"activity {each.name!r}",
        remedy=f"provider python, module {MODULE}; see docs/how-to/restore-drills.md",
    )
