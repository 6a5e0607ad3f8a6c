"""The closed language of indicators: a formula is data with one verb, never code.

    {met: any, of: SELECT}              share of controls met: by evidence, attested or any
    {mean: evidenced, of: SELECT}       mean of evidenced, possible, claimed, or claimed - evidenced
    {items: unseen, of: SELECT}         share of population items passing, failing or unseen
    {controls: unmet, of: SELECT}       count of controls unmet, contradicted or excepted
    {stage: zt36, group: identity}      stage reached
    {share: passing, looks: LOOKS, passes: PREDICATE}
    {quantile: 500, looks: LOOKS, field: patch_age_days}   in thousandths; 500 is the median
    {count: exceptions_live}            a count that the registers give

    SELECT: {framework*: zt36, groups: […], stages: […], controls: […], binding: true}
    LOOKS:  {kind*: host.protection/1, over: newest, fresh_days: 90,
             population: {kind*: host, where: PREDICATE}}

`over: quarter` takes every look of the quarter instead of each asset's newest; a population makes
unseen assets count against a share.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

import yaml

from panshi.governance.frameworks.conditions import predicate
from panshi.governance.frameworks.reading import Part, parsed
from panshi.model.asset import AssetKind
from panshi.model.bodies import KINDS
from panshi.model.predicate import Predicate


class Ground(StrEnum):
    """What a control is met by."""

    EVIDENCE = "evidence"
    ATTESTED = "attested"
    ANY = "any"


class Figure(StrEnum):
    """A figure of verdicts, averaged over controls."""

    EVIDENCED = "evidenced"
    POSSIBLE = "possible"
    CLAIMED = "claimed"
    GAP = "gap"
    "Claimed minus evidenced."


class ItemFigure(StrEnum):
    """A share of items, pooled over controls."""

    PASSING = "passing"
    FAILING = "failing"
    UNSEEN = "unseen"


class ControlFigure(StrEnum):
    """What controls are counted for."""

    UNMET = "unmet"
    CONTRADICTED = "contradicted"
    EXCEPTED = "excepted"


class Register(StrEnum):
    """Counts that come from registers of people's records."""

    EXCEPTIONS_LIVE = "exceptions_live"
    EXCEPTIONS_ENDING = "exceptions_ending"
    "Live ones that end within a quarter."
    EXCEPTION_AGE = "exception_age"
    "Median age of live exceptions in days."
    OFFICE_FINDINGS = "office_findings"
    ACTIONS_OVERDUE = "actions_overdue"
    ACTIONS_DONE_SHARE = "actions_done_share"
    "Of the actions due by now, those that were done."


class Over(StrEnum):
    """Which looks a formula takes."""

    NEWEST = "newest"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """Which controls a formula speaks of."""

    framework: str
    groups: tuple[str, ...] = ()
    stages: tuple[int, ...] = ()
    controls: tuple[str, ...] = ()
    "Ids within the framework."
    binding: bool = False
    "Only 應 and 不得."


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Which looks a formula speaks of."""

    kind: str
    over: Over = Over.NEWEST
    fresh_days: int = 92
    assets: AssetKind | None = None
    "The population the looks should cover; None: only what was looked at."
    where: Predicate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlsMet:
    """Share of controls met."""

    ground: Ground
    of: Select


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanOf:
    """Mean of one figure over controls."""

    figure: Figure
    of: Select


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsOf:
    """Share of items, pooled over the populations of controls."""

    figure: ItemFigure
    of: Select


@dataclass(frozen=True, slots=True, kw_only=True)
class CountOf:
    """Number of controls."""

    figure: ControlFigure
    of: Select


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOf:
    """Stage reached by a framework or one of its groups."""

    framework: str
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LooksPassing:
    """Share of looks, or of a population, that fit."""

    looks: Looks
    passes: Predicate


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantileOf:
    """A quantile of a number that looks carry."""

    permille: int
    looks: Looks
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCount:
    """A figure that a register gives."""

    register: Register


type Formula = (
    ControlsMet | MeanOf | ItemsOf | CountOf | StageOf | LooksPassing | QuantileOf | RegisterCount
)


def formula(part: Part) -> Formula:
    """Read a formula; anything but the verbs above is refused with its line."""
    keys = part.keys(
        optional="met mean items controls stage share quantile count of group looks passes field"
    )
    match sorted(keys):
        case ["met", "of"]:
            return ControlsMet(ground=keys["met"].word(Ground), of=_select(keys["of"]))
        case ["mean", "of"]:
            return MeanOf(figure=keys["mean"].word(Figure), of=_select(keys["of"]))
        case ["items", "of"]:
            return ItemsOf(figure=keys["items"].word(ItemFigure), of=_select(keys["of"]))
        case ["controls", "of"]:
            return CountOf(figure=keys["controls"].word(ControlFigure), of=_select(keys["of"]))
        case ["stage"] | ["group", "stage"]:
            group = keys["group"].text() if "group" in keys else ""
            return StageOf(framework=keys["stage"].text(), group=group)
        case ["looks", "passes", "share"]:
            keys["share"].word(_Passing)
            return LooksPassing(looks=_looks(keys["looks"]), passes=predicate(keys["passes"]))
        case ["field", "looks", "quantile"]:
            return QuantileOf(
                permille=keys["quantile"].whole(low=0, high=1000),
                looks=_looks(keys["looks"]),
                field=_field(keys["field"], _looks(keys["looks"]).kind),
            )
        case ["count"]:
            return RegisterCount(register=keys["count"].word(Register))
        case _:
            raise part.refuse(
                "not a formula",
                "one verb: met, mean, items, controls, stage, share, quantile or count",
            )


class _Passing(StrEnum):
    PASSING = "passing"


def formula_from_text(text: str, *, source: str) -> Formula:
    """Read a formula from a record or a form; JSON and YAML are both understood."""
    return formula(parsed(text.encode(), source=source))


def canonical(text: str, *, source: str) -> str:
    """Write the same formula always in the same way, so that two can be compared."""
    return text_of(parsed(text.encode(), source=source))


def text_of(part: Part) -> str:
    """Give a part of a content file in the canonical form."""
    return json.dumps(_plain(part), ensure_ascii=False, sort_keys=True, separators=(", ", ": "))


def _plain(part: Part) -> object:
    match part.node:
        case yaml.MappingNode(value=pairs):
            return {str(key.value): _plain(Part(node=v, source=part.source)) for key, v in pairs}
        case yaml.SequenceNode():
            return [_plain(each) for each in part.items()]
        case _:
            value = part.scalar()
            if isinstance(value, float) and str(value) != part.text():
                raise part.refuse(f"{part.text()!r} may be a number or an id", "quote an id")
            return value


def _select(part: Part) -> Select:
    keys = part.keys(required="framework", optional="groups stages controls binding")
    stages = keys["stages"].items() if "stages" in keys else ()
    return Select(
        framework=keys["framework"].text(),
        groups=keys["groups"].texts() if "groups" in keys else (),
        stages=tuple(each.whole(low=1, high=4) for each in stages),
        controls=keys["controls"].texts() if "controls" in keys else (),
        binding="binding" in keys and keys["binding"].flag(),
    )


def _looks(part: Part) -> Looks:
    keys = part.keys(required="kind", optional="over fresh_days population")
    kind = keys["kind"].text()
    if kind not in KINDS:
        raise keys["kind"].refuse(f"unknown observation kind {kind!r}")
    assets, where = None, None
    if "population" in keys:
        inner = keys["population"].keys(required="kind", optional="where")
        assets = inner["kind"].word(AssetKind)
        where = predicate(inner["where"]) if "where" in inner else None
    return Looks(
        kind=kind,
        over=keys["over"].word(Over) if "over" in keys else Over.NEWEST,
        fresh_days=keys["fresh_days"].whole(low=1, high=1100) if "fresh_days" in keys else 92,
        assets=assets,
        where=where,
    )


def _field(part: Part, kind: str) -> str:
    name = part.text()
    if name not in KINDS[kind].field_names:
        raise part.refuse(f"{kind} has no field {name!r}", ", ".join(KINDS[kind].field_names))
    return name
