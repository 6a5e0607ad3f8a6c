"""Assessment at size: ours beside a plain program that reads everything again.

    python bench/assess.py [--observations 1000000] [--assets 20000] [--home DIR] [--json]

The estate, its looks and their outcomes are SYNTHETIC, drawn from a seeded generator around the
conditions of the shipped frameworks; only sizes and times mean anything. Both programs judge the
same 36 zero-trust controls and 188 obligations from the same SQLite log:

* ours reads the log's newest looks, judges everything once (cold), then takes in one more
  observation and answers again (after one);
* the peer is what is written first: read every body of the log, keep the newest per subject,
  look at each control's population, count; for one more observation it does so again.

With `--home` the log is kept there and used again.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import get_type_hints

from panshi.governance.assessment.assessor import Assessor
from panshi.governance.assessment.gather import gather
from panshi.governance.frameworks.load import load_framework, load_mappings
from panshi.model.asset import Asset, AssetId, AssetKind, Relation
from panshi.model.bodies import KINDS
from panshi.model.control import Across, Control, Framework, Population
from panshi.model.estate import Estate
from panshi.model.observation import Body, Observation, ObservationId, Sealed
from panshi.model.predicate import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Predicate,
    compiled,
    conditions,
    of_attributes,
)
from panshi.model.zone import INSTITUTION_ZONE
from panshi.store import library
from panshi.store.evidence_log import FILE_NAME, open_log

NOW = datetime(2026, 11, 21, tzinfo=UTC)
JUDGED = ("zt36", "emerging")
FIELDS = ("remote_work", "cloud_access", "system_operation", "app_admin", "service_provider")
SHARES = {
    "account": 400,
    "device": 250,
    "host": 125,
    "person": 75,
    "endpoint": 40,
    "dataset": 30,
    "system": 25,
    "iot_device": 15,
    "contract": 8,
    "supplier": 5,
    "zone": 3,
    "service": 2,
    "mobile_app": 1,
    "ai_system": 1,
    "social_account": 1,
}
"Assets of each kind among about a thousand."
BATCH = 50_000
ROUNDS = 15
TARGETS = {"cold_s": 3.0, "after_one_ms": 100.0, "peak_rss_mib": 1024.0}


@dataclass(frozen=True)
class Workload:
    """What is judged."""

    frameworks: dict[str, Framework]
    estate: Estate
    series: tuple[tuple[str, str, str], ...]
    "Subject, kind and facet of every look a check asks for."

    @property
    def controls(self) -> list[Control]:
        """Every control."""
        return [each for framework in self.frameworks.values() for each in framework.controls]


def workload(assets: int) -> Workload:
    """Make the estate around the populations of the shipped frameworks."""
    loaded = (load_framework(raw, source=name) for name, raw in library.frameworks())
    frameworks = {each.id: each for each in loaded if each.id in JUDGED}
    controls = [each for framework in frameworks.values() for each in framework.controls]
    chance = random.Random(1)
    wanted: dict[AssetKind, list[Condition]] = {}
    kinds: dict[AssetKind, set[str]] = {}
    for control in controls:
        if control.population is not None and control.check is not None:
            kinds.setdefault(control.population.kind, set()).add(control.check.observation)
            near = control.population.related
            for kind, where in (
                (control.population.kind, control.population.where),
                (near and near.kind, near and near.where),
            ):
                if kind is not None and where is not None:
                    wanted.setdefault(kind, []).extend(positive(where))
    made = [Asset(id=AssetId("institution:bench"), kind=AssetKind.INSTITUTION, name="bench")]
    whole = sum(SHARES.values())
    for name, share in SHARES.items():
        kind = AssetKind(name)
        for number in range(max(1, assets * share // whole)):
            attributes = {
                name: chance.choice(values)
                for name, values in wanted_values(wanted.get(kind, ())).items()
                if chance.random() < 0.8
            }
            attributes["fields"] = tuple(sorted(chance.sample(FIELDS, chance.randint(0, 2))))
            asset = AssetId(f"{name}:{number}")
            made.append(Asset(id=asset, kind=kind, name=asset, attributes=attributes))
    estate = Estate(
        id="bench",
        name_zh="合成",
        name_en="synthetic",
        version=1,
        as_of=NOW,
        assets=tuple(made),
        relations=tuple(relations(controls, made, chance)),
    )
    series = tuple(
        (asset.id, kind, facet)
        for asset in made
        for kind in sorted(kinds.get(asset.kind, ()))
        for facet in topics(controls, kind)
    )
    return Workload(frameworks=frameworks, estate=estate, series=series)


def topics(controls: list[Control], kind: str) -> dict[str, dict[str, object]]:
    """Facets of a kind, one for each topic that checks ask about, with the fields that say so."""
    found: dict[str, dict[str, object]] = {}
    for control in controls:
        check = control.check
        if check is not None and check.observation == kind and check.about is not None:
            values = {each.field: fitting(each) for each in conditions(check.about)}
            found[" ".join(map(str, values.values()))] = values
    return found or {"": {}}


def relations(
    controls: list[Control], assets: list[Asset], chance: random.Random
) -> Iterator[Relation]:
    """Give half of every population that asks for a neighbour one that may fit."""
    by_kind: dict[AssetKind, list[Asset]] = {}
    for asset in assets:
        by_kind.setdefault(asset.kind, []).append(asset)
    for control in controls:
        near = control.population.related if control.population is not None else None
        if control.population is None or near is None or near.kind is None:
            continue
        for asset in by_kind[control.population.kind]:
            if chance.random() < 0.5:
                ends = [asset.id, chance.choice(by_kind[near.kind]).id]
                source, target = ends if near.outgoing else ends[::-1]
                yield Relation(kind=near.relation, source=source, target=target)


def positive(predicate: Predicate) -> Iterator[Condition]:
    """Give the conditions that an asset should satisfy, none of those it should not."""
    match predicate:
        case Condition():
            yield predicate
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from positive(part)
        case Not():
            return


def wanted_values(found: Iterable[Condition]) -> dict[str, list[object]]:
    """Give the values that conditions ask for, by attribute."""
    values: dict[str, list[object]] = {}
    for each in found:
        if fitting(each) is not None:
            values.setdefault(each.field, []).append(fitting(each))
    return values


def fitting(condition: Condition) -> object:
    """Give a value that satisfies a condition, where that is easy."""
    match condition.comparison:
        case Comparison.IS | Comparison.AT_LEAST | Comparison.AT_MOST:
            return condition.value
        case Comparison.ONE_OF:
            return condition.value[0] if isinstance(condition.value, tuple) else None
        case Comparison.CONTAINS:
            return (condition.value,)
        case Comparison.CONTAINS_ANY:
            return condition.value
        case Comparison.WITHIN_DAYS:
            return NOW.date() - timedelta(days=min(3, int(str(condition.value))))
        case Comparison.DAYS_LEFT:
            return NOW.date() + timedelta(days=400 + int(str(condition.value)))
        case Comparison.LACKS | Comparison.MISSING:
            return None


class Bodies:
    """Draws bodies of a kind that satisfy most conditions most of the time."""

    def __init__(self, controls: list[Control]) -> None:
        """Collect what the checks ask of each kind."""
        self._chance = random.Random(2)
        self._wanted: dict[str, dict[str, object]] = {}
        for control in controls:
            if control.check is not None:
                kept = self._wanted.setdefault(control.check.observation, {})
                kept |= {
                    each.field: fitting(each)
                    for each in conditions(control.check.passes)
                    if fitting(each) is not None
                }
        self._topics = {kind: topics(controls, kind) for kind in self._wanted}
        self._plain = {kind: self._defaults(kind) for kind in self._wanted}

    def draw(self, kind: str, facet: str, observed: datetime) -> Body:
        """Give one body of a look on that day; dates in it lie as far back as on the last."""
        wanted = self._wanted[kind].items()
        values = self._plain[kind] | {
            name: value for name, value in wanted if self._chance.random() < 0.98
        }
        values |= self._topics[kind][facet]
        back = NOW - observed
        aged = {name: value - back for name, value in values.items() if isinstance(value, date)}
        return KINDS[kind].body(**(values | aged))

    def _defaults(self, kind: str) -> dict[str, object]:
        body = KINDS[kind].body
        hints = get_type_hints(body)
        empty = {bool: False, int: 0, float: 0.0, str: "", date: NOW.date() - timedelta(days=900)}
        return {
            each.name: empty.get(hints[each.name], ())
            for each in fields(body)  # type: ignore[arg-type]
            if each.default is MISSING
        }


def observations(load: Workload, count: int) -> Iterator[Observation]:
    """Look at every pair again and again, oldest round first."""
    bodies = Bodies(load.controls)
    chance = random.Random(3)
    rounds = -(-count // len(load.series))
    made = 0
    for back in range(rounds - 1, -1, -1):
        for subject, kind, facet in load.series:
            if made == count:
                return
            made += 1
            observed = NOW - timedelta(days=14 * back + chance.random() * 13, hours=1)
            yield Observation(
                kind=kind,
                subject=subject,
                facet=facet,
                observed_at=observed,
                collector="bench (synthetic)",
                body=bodies.draw(kind, facet, observed),
            )


def build(home: Path, load: Workload, count: int) -> None:
    """Fill the log."""
    log = open_log(home)
    if log.size() < count:
        batch: list[Observation] = []
        for number, each in enumerate(observations(load, count), 1):
            batch.append(each)
            if len(batch) == BATCH or number == count:
                log.append(batch, NOW)
                batch = []
    log.close()


def ours(home: Path, load: Workload) -> dict[str, object]:
    """Judge cold, then after one more observation at a time."""
    pairs = tuple(
        pair for name, raw in library.mappings() for pair in load_mappings(raw, source=name)
    )
    log = open_log(home)
    size = log.size()
    started = time.perf_counter()
    evidence = gather(log, tuple(load.frameworks.values()))
    machine = Assessor(
        estate=load.estate,
        frameworks=load.frameworks,
        mappings=pairs,
        evidence=evidence,
        as_of=NOW,
        log_size=size,
    )
    read = time.perf_counter() - started
    found = [verdict for name in JUDGED for verdict in machine.assess(name).verdicts]
    cold = time.perf_counter() - started
    counts = {
        each.control: (each.tally.passing, each.tally.failing + each.tally.stale_fail)
        for each in found
    }
    bodies = Bodies(load.controls)
    chance = random.Random(4)
    after, touched = [], []
    for number in range(ROUNDS):
        subject, kind, facet = chance.choice(load.series)
        made = Observation(
            kind=kind,
            subject=subject,
            facet=facet,
            observed_at=NOW,
            collector="bench (synthetic)",
            body=bodies.draw(kind, facet, NOW),
        )
        # Sealed by hand: the log stays as it is, so that every run finds it the same.
        sealed = Sealed(
            id=ObservationId(f"{number:032x}"),
            position=size + number,
            received_at=NOW,
            observation=made,
        )
        gc.collect()
        started = time.perf_counter()
        touched.append(len(machine.observe(sealed)))
        for name in JUDGED:
            machine.assess(name)
        after.append(time.perf_counter() - started)
    log.close()
    return {
        "counts": counts,
        "verdicts": len(found),
        "read_s": round(read, 3),
        "cold_s": round(cold, 3),
        "after_one_ms": round(statistics.median(after) * 1000, 2),
        "after_one_worst_ms": round(max(after) * 1000, 2),
        "judged_anew": statistics.median(touched),
        "peak_rss_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def peer(home: Path, load: Workload) -> dict[str, object]:
    """Read every body again, keep the newest, count each control."""
    started = time.perf_counter()
    newest: Newest = {}
    with sqlite3.connect(f"file:{home / FILE_NAME}?mode=ro", uri=True) as connection:
        for raw, body in connection.execute("SELECT envelope, body FROM leaf ORDER BY position"):
            envelope = json.loads(raw)
            content = json.loads(body) if body is not None else {}
            facets = newest.setdefault((envelope["kind"], envelope["subject"]), {})
            known = facets.get(envelope["facet"])
            if known is None or envelope["observed_at"] >= known[0]:
                facets[envelope["facet"]] = (envelope["observed_at"], content)
    counts = {each.key: _counted(each, load.estate, newest) for each in load.controls}
    return {
        "counts": {key: each for key, each in counts.items() if each is not None},
        "each_s": round(time.perf_counter() - started, 3),
        "peak_rss_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


type Newest = dict[tuple[str, str], dict[str, tuple[str, dict[str, object]]]]


def _counted(control: Control, estate: Estate, newest: Newest) -> tuple[int, int] | None:
    check = control.check
    if check is None or control.population is None:
        return None
    passes, day = compiled(check.passes), NOW.astimezone(INSTITUTION_ZONE).date()
    about = compiled(check.about) if check.about is not None else None
    dates = _date_fields(check.observation)
    passing = failing = 0
    for asset in _members(control.population, estate):
        looks = []
        for observed_at, content in newest.get((check.observation, asset.id), {}).values():
            observed = datetime.fromisoformat(observed_at)
            body = SimpleNamespace(
                **{
                    name: date.fromisoformat(str(value)) if name in dates and value else value
                    for name, value in content.items()
                }
            )
            if about is not None and not about(body, day):
                continue
            last_fresh = observed.astimezone(INSTITUTION_ZONE).date() + timedelta(
                days=check.fresh_days
            )
            looks.append((observed, passes(body, min(day, last_fresh)), day <= last_fresh))
        good = [passed and fresh for _, passed, fresh in looks]
        if not looks:
            continue
        if check.across is Across.ANY:
            passing += any(good)
            failing += not any(good) and not max(looks)[1]
        else:
            passing += all(good)
            failing += not all(passed for _, passed, _ in looks)
    return passing, failing


def _members(population: Population, estate: Estate) -> Iterator[Asset]:
    day, near = NOW.astimezone(INSTITUTION_ZONE).date(), population.related
    where = compiled(population.where, of_attributes) if population.where is not None else None
    fits = compiled(near.where, of_attributes) if near and near.where is not None else None
    beside: set[str] = set()
    for relation in estate.relations if near is not None else ():
        if near is not None and relation.kind is near.relation:
            ends = (relation.source, relation.target)
            here, there = ends if near.outgoing else ends[::-1]
            other = estate.by_id[there]
            if near.kind in {None, other.kind} and (not fits or fits(other.attributes, day)):
                beside.add(here)
    for asset in estate.by_kind.get(population.kind, ()):
        if where is not None and not where(asset.attributes, day):
            continue
        if near is None or asset.id in beside:
            yield asset


def _date_fields(kind: str) -> set[str]:
    hints = get_type_hints(KINDS[kind].body)
    return {name for name, hint in hints.items() if "date" in str(hint)}


def measured(stage: str, options: argparse.Namespace, home: Path) -> dict[str, object]:
    """Run one stage in a process of its own, so that its memory is its own."""
    words = [sys.executable, __file__, "--stage", stage, "--home", str(home)]
    words += ["--observations", str(options.observations), "--assets", str(options.assets)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def compared(options: argparse.Namespace, home: Path) -> dict[str, object]:
    """Measure ours and the peer, and set them side by side."""
    built = measured("build", options, home)
    one, other = measured("ours", options, home), measured("peer", options, home)
    mine, theirs = one.pop("counts"), other.pop("counts")
    if not isinstance(mine, dict) or not isinstance(theirs, dict):
        raise TypeError("a stage told no counts")
    whole = float(str(other["each_s"]))
    result: dict[str, object] = {
        "synthetic": True,
        "observations": options.observations,
        **built,
        **one,
        "peer_s": whole,
        "peer_peak_rss_mib": other["peak_rss_mib"],
        "counts_agree": f"{sum(mine[key] == theirs[key] for key in theirs)} of {len(theirs)}",
        "ratio_cold": round(whole / float(str(one["cold_s"])), 1),
        "ratio_after_one": round(whole * 1000 / float(str(one["after_one_ms"])), 1),
        "targets": TARGETS,
    }
    result["met"] = all(float(str(result[name])) <= limit for name, limit in TARGETS.items())
    return result


def run(options: argparse.Namespace) -> dict[str, object]:
    """Run the stage asked for, or all."""
    if not options.stage:
        if options.home:
            return compared(options, Path(options.home))
        with tempfile.TemporaryDirectory() as folder:
            return compared(options, Path(folder))
    load = workload(options.assets)
    home = Path(options.home)
    match options.stage:
        case "build":
            build(home, load, options.observations)
            return {"assets": len(load.estate.assets), "series": len(load.series)}
        case "ours":
            return ours(home, load)
        case _:
            return peer(home, load)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--observations", type=int, default=1_000_000)
    parser.add_argument("--assets", type=int, default=20_000)
    parser.add_argument("--home", default="")
    parser.add_argument("--stage", choices=("build", "ours", "peer"), default="")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = run(options)
    if options.json or options.stage:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:20} {value}")


if __name__ == "__main__":
    main()
