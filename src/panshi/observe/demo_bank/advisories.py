"""Advisories of the demo, every one fictional (`content/demo/supply_chain_advisories.yaml`).

They take the form every advisory takes (OSV), with ids of our own and the word fictional in every
summary, so that nobody takes one for a vulnerability that exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

import msgspec
import yaml

from panshi.errors import ContentError
from panshi.model.supply_chain.advisory import (
    Advisory,
    Affected,
    AffectedRange,
    KnownExploited,
)

PLACE = "demo/supply_chain_advisories.yaml"
COLUMNS = 6
FEED = "demo"
"Name of the feed they come from."
SLOPE = 0.9
"What EPSS said before, of what it says now, where it has not jumped."


class Exploited(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An advisory whose vulnerability is said to be exploited."""

    advisory: int
    days: int
    ransomware: bool
    product: str


class AdvisoriesPlan(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The whole file."""

    source: str
    severities: dict[str, str]
    weaknesses: dict[int, tuple[str, str]]
    advisories: tuple[str, ...]
    exploited: tuple[Exploited, ...]
    withdrawn: dict[int, int]
    jumped: dict[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAdvisories:
    """What the demo knows of vulnerabilities."""

    advisories: tuple[tuple[datetime, Advisory], ...]
    "With the moment each was received, oldest first; a withdrawn one comes twice."
    exploited: tuple[tuple[datetime, KnownExploited], ...]
    epss_before: dict[str, tuple[float, float]]
    epss: dict[str, tuple[float, float]]
    "Score and percentile."


def read_advisories_plan(raw: bytes) -> AdvisoriesPlan:
    """Parse the plan; raise `ContentError` naming what is wrong."""
    try:
        loaded = yaml.load(raw, Loader=yaml.CSafeLoader)
        return msgspec.convert(loaded, AdvisoriesPlan)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise ContentError(str(error), place=PLACE, remedy="correct the demo plan") from error


def demo_advisories(plan: AdvisoriesPlan, now: datetime) -> DemoAdvisories:
    """Make every advisory, as if published so many days before now."""
    made: list[tuple[datetime, Advisory]] = []
    scores: dict[str, float] = {}
    before: dict[str, float] = {}
    for line in plan.advisories:
        number, at, advisory, epss = _advisory(plan, line, now)
        made.append((at, advisory))
        scores[advisory.id] = epss
        before[advisory.id] = plan.jumped.get(number, round(epss * SLOPE, 3))
        if number in plan.withdrawn:
            back = now - timedelta(days=plan.withdrawn[number])
            said = sha256(f"{advisory.digest} {_told(back)}".encode()).hexdigest()
            gone = advisory._replace(withdrawn=_told(back), modified=_told(back), digest=said)
            made.append((back, gone))
    exploited = tuple(
        (
            now - timedelta(days=each.days),
            KnownExploited(
                cve=identity(each.advisory),
                added=_day(now, each.days),
                due=_day(now, each.days - 21),
                ransomware=each.ransomware,
                product=each.product,
            ),
        )
        for each in plan.exploited
    )
    return DemoAdvisories(
        advisories=tuple(sorted(made, key=lambda each: (each[0], each[1].id))),
        exploited=exploited,
        epss_before=_ranked(before),
        epss=_ranked(scores),
    )


def identity(number: int) -> str:
    """Give the id of an advisory of the demo."""
    return f"DEMO-2026-{number:04}"


def _advisory(
    plan: AdvisoriesPlan, line: str, now: datetime
) -> tuple[int, datetime, Advisory, float]:
    parts = [each.strip() for each in line.split("|")]
    if len(parts) != COLUMNS:
        raise ContentError(f"an advisory has {len(parts)} columns: {line!r}", place=PLACE)
    number, days, severity, weakness, epss, packages = parts
    zh, en = plan.weaknesses[int(weakness)]
    affected = tuple(_affected(each.strip()) for each in packages.split(";"))
    at = now - timedelta(days=int(days), hours=int(number) % 9)
    name = affected[0].name.rpartition(":")[2]
    advisory = Advisory(
        id=identity(int(number)),
        published=_told(at),
        modified=_told(at),
        summary=f"示範公告（虛構）：{name} 之{zh} / fictional demo: {en} in {name}",
        details=f"{plan.source}。並非真實弱點。Not a real vulnerability.",
        severity=(("CVSS_V3", plan.severities[severity]),),
        affected=affected,
        weaknesses=(f"CWE-{weakness}",),
        source=FEED,
        digest=sha256(f"{line} {_told(at)}".encode()).hexdigest(),
    )
    return int(number), at, advisory, float(epss)


def _affected(text: str) -> Affected:
    """Read a package and its versions: `Maven group:artifact >=1.0 <2.0`."""
    ecosystem, name, *bounds = text.split()
    events = {"introduced": "0"}
    for bound in bounds:
        if bound.startswith(">="):
            events["introduced"] = bound[2:]
        elif bound.startswith("<"):
            events["fixed"] = bound[1:]
        else:
            raise ContentError(f"{bound!r} is no bound", place=PLACE, remedy="write >=x or <x")
    kind = "SEMVER" if ecosystem == "Go" else "ECOSYSTEM"
    return Affected(
        ecosystem=ecosystem,
        name=name,
        ranges=(AffectedRange(type=kind, events=tuple(events.items())),),
    )


def _ranked(scores: dict[str, float]) -> dict[str, tuple[float, float]]:
    """Give each score with its percentile among a population where most are low."""
    return {name: (score, round(1 - (1 - score) ** 9 * 0.6, 4)) for name, score in scores.items()}


def _told(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(now: datetime, days: int) -> date:
    return (now - timedelta(days=days)).date()
