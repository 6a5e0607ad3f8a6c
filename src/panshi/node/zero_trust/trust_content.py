"""The trust model read from its content file; whatever is odd is refused with file and line."""

from __future__ import annotations

from functools import cache
from math import isfinite

from panshi.governance.frameworks.reading import Part, parsed
from panshi.protection.zero_trust.trust.model import (
    HEAVIEST,
    Family,
    Grade,
    NoveltyModel,
    TrustModel,
)
from panshi.protection.zero_trust.trust.signal import WITHDRAWN, SubjectKind
from panshi.store import library

_LONGEST_S = 366 * 86_400.0


@cache
def trust_model() -> TrustModel:
    """Give the model that ships."""
    name, raw = library.zero_trust("trust.yaml")
    return load_trust_model(raw, source=name)


def load_trust_model(raw: bytes, *, source: str) -> TrustModel:
    """Read a model; ContentError names the line of what is wrong."""
    part = parsed(raw, source=source)
    keys = part.keys(
        required="version prior skew_s missed_beats step_up_s idle_s levels novelty families"
    )
    families: dict[str, Family] = {}
    for item in keys["families"].items():
        family = _family(item)
        if family.id in families:
            raise item.refuse(f"family {family.id!r} occurs twice", "keep one of them")
        families[family.id] = family
    return TrustModel(
        version=keys["version"].text(),
        prior=_weight(keys["prior"]),
        skew_s=_span(keys["skew_s"]),
        missed_beats=keys["missed_beats"].whole(low=1, high=100),
        step_up_s=_span(keys["step_up_s"]),
        idle_s=_span(keys["idle_s"]),
        levels=_levels(keys["levels"]),
        families=families,
        novelty=_novelty(keys["novelty"]),
    )


def _levels(part: Part) -> tuple[tuple[str, str, int], ...]:
    found = []
    for item in part.items():
        keys = item.keys(required="least zh en")
        found.append((keys["zh"].text(), keys["en"].text(), keys["least"].whole(low=0, high=100)))
    leasts = [least for _, _, least in found]
    if leasts != sorted(set(leasts), reverse=True) or leasts[-1] != 0:
        raise part.refuse("levels do not fall to 0", "list them from the highest down to least: 0")
    return tuple(found)


def _novelty(part: Part) -> NoveltyModel:
    keys = part.keys(required="smoothing mimicry forgets_s countries")
    mimicry = keys["mimicry"].number()
    if not 0.01 <= mimicry <= 1:  # noqa: PLR2004 -- a share
        raise keys["mimicry"].refuse("mimicry is a share", "write 0.01 to 1")
    smoothing = keys["smoothing"].number()
    if not 0 < smoothing <= 1_000:  # noqa: PLR2004 -- sign-ins
        raise keys["smoothing"].refuse("smoothing counts sign-ins", "write above 0 up to 1000")
    return NoveltyModel(
        smoothing=smoothing,
        mimicry=mimicry,
        forgets_s=_span(keys["forgets_s"]),
        countries=keys["countries"].whole(low=2, high=300),
    )


def _family(part: Part) -> Family:
    keys = part.keys(
        required="id title about required fresh_for_s half_life_s recovers_s why cites",
        optional="grades ratio",
    )
    if ("grades" in keys) == ("ratio" in keys):
        raise part.refuse("a family takes grades or a ratio", "keep one of the two")
    title, why = keys["title"].keys(required="zh en"), keys["why"].keys(required="zh en")
    fresh, half_life = _span(keys["fresh_for_s"]), _span(keys["half_life_s"])
    for name, span in (("fresh_for_s", fresh), ("half_life_s", half_life)):
        if not span:
            raise keys[name].refuse("favourable words that never age", "write more than 0")
    lowest = highest = 0.0
    if "ratio" in keys:
        limits = keys["ratio"].keys(required="lowest highest")
        lowest, highest = _weight(limits["lowest"]), _weight(limits["highest"])
        if not lowest < 0 < highest:
            raise keys["ratio"].refuse(
                "a ratio that cannot speak both ways", "lowest < 0 < highest"
            )
    return Family(
        id=keys["id"].text(),
        title_zh=title["zh"].text(),
        title_en=title["en"].text(),
        about=keys["about"].word(SubjectKind),
        required=keys["required"].flag(),
        fresh_for_s=fresh,
        half_life_s=half_life,
        recovers_s=_span(keys["recovers_s"]),
        grades=_grades(keys["grades"]) if "grades" in keys else {},
        lowest=lowest,
        highest=highest,
        why_zh=why["zh"].text(),
        why_en=why["en"].text(),
        cites=keys["cites"].text(),
    )


def _grades(part: Part) -> dict[str, Grade]:
    found: dict[str, Grade] = {}
    for item in part.items():
        keys = item.keys(required="id zh en weight")
        grade = Grade(
            id=keys["id"].text(),
            title_zh=keys["zh"].text(),
            title_en=keys["en"].text(),
            weight=_weight(keys["weight"]),
        )
        if grade.id in found or grade.id == WITHDRAWN:
            raise item.refuse(f"grade {grade.id!r} is taken", "name it otherwise")
        found[grade.id] = grade
    weights = [grade.weight for grade in found.values()]
    if not min(weights) < 0:
        raise part.refuse("no grade is unfavourable", "evidence that cannot hurt says nothing")
    return found


def _weight(part: Part) -> float:
    weight = part.number()
    if not isfinite(weight) or abs(weight) > HEAVIEST:
        raise part.refuse(f"weight {weight}", f"write -{HEAVIEST:g} to {HEAVIEST:g}")
    return weight


def _span(part: Part) -> float:
    span = part.number()
    if not 0 <= span <= _LONGEST_S:
        raise part.refuse(f"a time of {span} seconds", "write 0 up to a year")
    return span
