"""Scenarios as data: read, put together, and their faults found.

A file holds one scenario, either with its own `shocks` (fields of
`panshi.model.resilience.plan.Shock`) or with `parts`: other scenarios, each beginning at a minute.
Both languages are asked for, and where a scenario is taken from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import msgspec
import yaml

from panshi.errors import BadInputError, ContentError, UsageError
from panshi.model.resilience.plan import Effect, Scenario, Shock
from panshi.resilience.simulation.variants import combined

MOST_SHOCKS = 50


class Part(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A scenario that is part of another."""

    scenario: str
    at: float = 0.0


class ScenarioFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One file; what a scenario holds, and the parts it may be put together from."""

    id: str
    title_zh: str
    title_en: str
    shocks: tuple[Shock, ...] = ()
    parts: tuple[Part, ...] = ()
    horizon: float = 43_200.0
    story_zh: str = ""
    story_en: str = ""
    source: str = ""


def read_file(raw: bytes, *, source: str) -> ScenarioFile:
    """Read one file; unknown fields and wrong types are refused with their place."""
    try:
        return msgspec.convert(yaml.load(raw, Loader=yaml.CSafeLoader), ScenarioFile)
    except yaml.YAMLError as error:
        raise ContentError(f"is no YAML: {error}", place=source) from error
    except (msgspec.ValidationError, BadInputError) as error:
        raise ContentError(str(error), place=source, remedy="correct the field") from error


def load_scenarios(files: Iterable[tuple[str, bytes]]) -> Mapping[str, Scenario]:
    """Read files and put combinations together; give scenarios by id."""
    read = {name: read_file(raw, source=name) for name, raw in files}
    faults = [f"{name}: {fault}" for name, file in read.items() for fault in lint(file)]
    if faults:
        raise ContentError("; ".join(faults), remedy="correct the scenarios")
    plain = {each.id: _plain(each) for each in read.values() if not each.parts}
    for name, each in read.items():
        if each.parts:
            plain[each.id] = _put_together(each, plain, name)
    return plain


def _plain(file: ScenarioFile) -> Scenario:
    return Scenario(
        id=file.id,
        title_zh=file.title_zh,
        title_en=file.title_en,
        shocks=file.shocks,
        horizon=file.horizon,
        story_zh=file.story_zh,
        story_en=file.story_en,
        source=file.source,
    )


def _put_together(file: ScenarioFile, plain: Mapping[str, Scenario], name: str) -> Scenario:
    for part in file.parts:
        if part.scenario not in plain:
            raise ContentError(
                f"part {part.scenario!r} is no scenario with shocks of its own", place=name
            )
    whole = combined(tuple((plain[part.scenario], part.at) for part in file.parts))
    return replace(_plain(file), shocks=whole.shocks, horizon=whole.horizon)


def lint(file: ScenarioFile) -> Iterator[str]:
    """Yield what is wrong with a scenario."""
    for name in ("id", "title_zh", "title_en", "story_zh", "story_en", "source"):
        if not getattr(file, name).strip():
            yield f"{name} is empty"
    if bool(file.shocks) == bool(file.parts):
        yield "holds either shocks or parts"
    if len(file.shocks) > MOST_SHOCKS:
        yield f"more than {MOST_SHOCKS} shocks"
    for number, shock in enumerate(file.shocks, start=1):
        for fault in _faults(shock, file.horizon):
            yield f"shock {number}: {fault}"


def _faults(shock: Shock, horizon: float) -> Iterator[str]:
    if not 0 <= shock.at < horizon:
        yield "begins outside the horizon"
    if shock.nodes and (shock.kind is not None or shock.match or shock.country):
        yield "names nodes and matches others"
    if shock.duration.high <= 0:
        yield "lasts no time"
    if shock.effect is not Effect.CORRUPTION and shock.dwell:
        yield "only a corruption has a dwell"
    if shock.effect is not Effect.CAPACITY and shock.left:
        yield "only a loss of capacity leaves a share"


def chosen(known: Mapping[str, Scenario], wanted: str) -> Scenario:
    """Give a scenario by `id`, or a combination by `id@minute+id@minute`."""
    parts = []
    for part in wanted.split("+"):
        name, _, minute = part.partition("@")
        if name not in known:
            raise UsageError(
                f"there is no scenario {name[:80]!r}", remedy="scenarios: " + ", ".join(known)
            )
        if minute and not (minute.isascii() and minute.isdecimal() and len(minute) <= 6):  # noqa: PLR2004
            raise UsageError(
                f"{minute[:20]!r} is no minute", remedy="for example earthquake+cable-cut@120"
            )
        parts.append((known[name], float(minute or 0)))
    return combined(tuple(parts))
