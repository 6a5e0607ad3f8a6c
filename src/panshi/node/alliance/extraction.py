"""Read free text: what `panshi soc extract`, the API and the console share.

    extracted(home_path, text)      indicators, techniques, names, assets, times, reach

Needs no opened node, only the home's folder, so that it starts at once; without a learned model it
reads by rules alone and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

import msgspec

from panshi.alliance.extraction.deidentification.finding import Declared
from panshi.alliance.extraction.indicators import INDICATORS, Indicator, Kind
from panshi.alliance.extraction.reading import Extract, Extractor
from panshi.alliance.extraction.techniques.model import Measured, Model
from panshi.errors import BadInputError, ContentError
from panshi.node.alliance.technique_model import content, reader
from panshi.store.technique_models import PLACE, TechniqueModels

LONGEST = 4 * 1024 * 1024
"Characters of one text."
NO_MODEL = "no technique model was learned: rules only; `panshi soc learn FILE` learns one"


class _AssetFile(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    systems: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnswer:
    """Which model read."""

    attack_version: str
    learned: str
    threshold: float
    measured: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAnswer:
    """One thing with its span."""

    kind: str
    value: str
    start: int
    end: int
    text: str
    defanged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TechniqueAnswer:
    """One technique and the span of text that is its reason."""

    id: str
    name: str
    tactics: tuple[str, ...]
    start: int
    end: int
    text: str
    score: float
    "Calibrated: of hits with this score, that share is right."
    reason: str
    "`id`, `name`, `cue`, `model` or `cue+model`."
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameAnswer:
    """A group, campaign or software that ATT&CK names."""

    id: str
    kind: str
    name: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAnswer:
    """When something happened."""

    at: str
    precision: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachAnswer:
    """How far it reaches."""

    reach: str
    count: int
    unit: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageAnswer:
    """One step of the kill chain."""

    tactic: str
    techniques: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractAnswer:
    """What one text says."""

    model: ModelAnswer | None
    "None: no model was learned, rules only."
    notes: tuple[str, ...]
    indicators: tuple[FoundAnswer, ...]
    techniques: tuple[TechniqueAnswer, ...]
    cves: tuple[str, ...]
    vulnerabilities: tuple[FoundAnswer, ...]
    "The CVEs again, each with its span."
    artefacts: tuple[FoundAnswer, ...]
    "Files and registry keys."
    names: tuple[NameAnswer, ...]
    assets: tuple[FoundAnswer, ...]
    times: tuple[TimeAnswer, ...]
    impact: tuple[ReachAnswer, ...]
    kill_chain: tuple[StageAnswer, ...]


def models_folder(home: Path) -> Path:
    """Give where a home keeps its model."""
    return home / PLACE


@cache
def systems() -> dict[str, tuple[str, ...]]:
    """Give the systems known by name."""
    try:
        return content("assets.yaml", _AssetFile).systems
    except msgspec.ValidationError as error:
        raise ContentError(str(error), place="extraction/assets.yaml") from error


def extractor(models: Path) -> Extractor:
    """Give what reads texts; the model is the one kept in a folder."""
    return Extractor(techniques=reader(models), systems=systems())


def node_extractor(home: Path) -> Extractor:
    """Give the extractor of a running node, opened once per learned model."""
    models = models_folder(home)
    return _opened(models, TechniqueModels(models).edition())


@lru_cache(maxsize=2)
def _opened(models: Path, _edition: int) -> Extractor:
    return extractor(models)


def extracted(
    extractor: Extractor,
    text: str,
    *,
    written: date | None = None,
    threshold: float | None = None,
    declared: Declared | None = None,
) -> ExtractAnswer:
    """Read one text and answer as command line and API do."""
    if len(text) > LONGEST:
        raise BadInputError(
            f"the text is longer than {LONGEST:,} characters", remedy="part it and read each part"
        )
    found = extractor.read(text, written=written, threshold=threshold, declared=declared)
    return answer_of(found, extractor.techniques.model, text)


def answer_of(found: Extract, model: Model | None, text: str) -> ExtractAnswer:
    """Lay out what was found."""
    told = [_told(each) for each in found.indicators]
    vulnerabilities = tuple(each for each in told if each.kind == Kind.CVE)
    return ExtractAnswer(
        model=_model(model),
        notes=() if model else (NO_MODEL,),
        indicators=tuple(each for each in told if Kind(each.kind) in INDICATORS),
        techniques=tuple(_techniques(found, model, text)),
        cves=tuple(dict.fromkeys(each.value for each in vulnerabilities)),
        vulnerabilities=vulnerabilities,
        artefacts=tuple(each for each in told if each.kind in {Kind.FILE, Kind.REGISTRY}),
        names=tuple(
            NameAnswer(
                id=each.id,
                kind=each.kind,
                name=each.name,
                start=each.start,
                end=each.end,
                text=each.text,
            )
            for each in found.names
        ),
        assets=tuple(
            FoundAnswer(
                kind=each.kind, value=each.name, start=each.start, end=each.end, text=each.text
            )
            for each in found.assets
        ),
        times=tuple(
            TimeAnswer(
                at=each.at,
                precision=each.precision,
                start=each.start,
                end=each.end,
                text=each.text,
            )
            for each in found.times
        ),
        impact=tuple(
            ReachAnswer(
                reach=each.reach,
                count=each.count,
                unit=each.unit,
                start=each.start,
                end=each.end,
                text=each.text,
            )
            for each in found.impact
        ),
        kill_chain=tuple(
            StageAnswer(tactic=each.tactic, techniques=each.techniques) for each in found.kill_chain
        ),
    )


def _told(each: Indicator) -> FoundAnswer:
    return FoundAnswer(
        kind=each.kind,
        value=each.value,
        start=each.start,
        end=each.end,
        text=each.text,
        defanged=each.defanged,
    )


def _techniques(found: Extract, model: Model | None, text: str) -> list[TechniqueAnswer]:
    known = model.techniques if model else {}
    return [
        TechniqueAnswer(
            id=hit.id,
            name=known[hit.id].name if hit.id in known else "",
            tactics=known[hit.id].phases if hit.id in known else (),
            start=hit.start,
            end=hit.end,
            text=text[hit.start : hit.end],
            score=hit.score,
            reason=hit.reason,
            words=hit.words,
        )
        for hit in found.techniques
    ]


def _model(model: Model | None) -> ModelAnswer | None:
    if model is None:
        return None
    return ModelAnswer(
        attack_version=model.about.version,
        learned=model.about.learned,
        threshold=model.about.threshold,
        measured=model.about.measured,
    )
