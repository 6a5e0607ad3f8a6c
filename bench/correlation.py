"""Correlation of tickets: how well, how fast, beside the naive way.

    python bench/correlation.py [quality|cost|peer] [--size N] [--seeds 1,2,3] [--to N] [--json]

quality: pairwise precision, recall and F1 against the truth of two generators of different shape
(campaign_generator, wave_generator) with 0, 25 and 50 % of all fields missing, as tickets come and
after the last review that `panshi soc correlate` does; calibration of the edges' probabilities.
cost: CPU and wall time per ticket for the thousand tickets that follow 10,000, 100,000 … held, the
99th percentile, and memory; the background is unrelated tickets with all the campaigns' shapes.
peer: every pair of tickets compared (the naive way) at a small size. All data is synthetic.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import statistics
import sys
import time
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from types import ModuleType
from typing import Any

import campaign_generator
import wave_generator

from panshi.alliance.correlation import Correlator, Sketch
from panshi.alliance.correlation.changes import NONE
from panshi.alliance.correlation.foreign import in_order, sketch_of_record
from panshi.alliance.correlation.packed import pack
from panshi.node.alliance.correlating_file import shipped_method
from panshi.node.alliance.intelligence.content import allow_list

METHOD = shipped_method()
MISSING = (0.0, 0.25, 0.5)
TARGET = {0.0: 0.9, 0.5: 0.75}
PIECE = 20_000
"Tickets made for filling."
SEEDS = {each.code for each in METHOD.kinds if each.seed}
MEASURED = 2_000
"Tickets timed at each size."

type Truth = Mapping[str, int]
type Row = dict[str, Any]


def sector(
    generator: ModuleType, size: int, seed: int, missing: float
) -> tuple[list[Sketch], Truth]:
    """Make tickets and read them as a foreign file is read."""
    rows, truth = generator.tickets(generator.Plan(size=size, seed=seed, missing=missing))
    read = [
        sketch_of_record(
            each, place="bench", fallback=str(at), allowed=allow_list(), most=METHOD.limits.values
        )
        for at, each in enumerate(rows)
    ]
    return in_order(read), truth


def pairwise(found: Mapping[str, int], truth: Truth) -> tuple[float, float, float]:
    """Give precision, recall and F1 over pairs of tickets."""

    def pairs(counts: Counter[Any]) -> int:
        return sum(count * (count - 1) // 2 for count in counts.values())

    both = pairs(Counter((found[each], truth[each]) for each in found if each in truth))
    claimed, true = pairs(Counter(found.values())), pairs(Counter(truth.values()))
    precision = both / claimed if claimed else 1.0
    recall = both / true if true else 1.0
    whole = precision + recall
    return precision, recall, 2 * precision * recall / whole if whole else 0.0


def joined(correlator: Correlator, sketches: list[Sketch]) -> dict[str, int]:
    """Give the campaign of each ticket that has one."""
    return {
        each.id: home for each, home in zip(sketches, correlator.homes, strict=True) if home != NONE
    }


def calibration(correlator: Correlator, sketches: list[Sketch], truth: Truth) -> float:
    """Give the expected calibration error of the chance that a ticket belongs where it is."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for campaign in correlator.campaigns.values():
        labels = Counter(truth.get(sketches[place].id, -1 - place) for place in campaign.places)
        most = labels.most_common(1)[0][0]
        for place in campaign.places:
            reason = correlator.reason(correlator.reading(place), campaign, own=True)
            right = truth.get(sketches[place].id, -1 - place) == most and most >= 0
            bins.setdefault(int(reason.probability * 10), []).append((reason.probability, right))
    whole = sum(map(len, bins.values()))
    return sum(
        abs(statistics.fmean(p for p, _ in each) - statistics.fmean(r for _, r in each)) * len(each)
        for each in bins.values()
    ) / max(whole, 1)


def quality(size: int, seeds: list[int]) -> Iterator[Row]:
    """Measure both generators at each share of missing fields."""
    for generator in (campaign_generator, wave_generator):
        for missing in MISSING:
            for seed in seeds:
                yield _one_quality(generator, size, seed, missing)


def _one_quality(generator: ModuleType, size: int, seed: int, missing: float) -> Row:
    begun = time.process_time()
    sketches, truth = sector(generator, size, seed, missing)
    read = time.process_time()
    correlator = Correlator(METHOD)
    for each in sketches:
        correlator.take(each)
    coming = pairwise(joined(correlator, sketches), truth)
    for _change in correlator.settle():
        pass
    ended = time.process_time()
    precision, recall, f1 = pairwise(joined(correlator, sketches), truth)
    return {
        "generator": generator.__name__,
        "missing": missing,
        "seed": seed,
        "tickets": size,
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f1": round(f1, 3),
        "f1_as_they_come": round(coming[2], 3),
        "calibration_error": round(calibration(correlator, sketches, truth), 3),
        "made_and_read_cpu_s": round(read - begun, 1),
        "correlated_cpu_s": round(ended - read, 1),
        "meets": f1 >= TARGET.get(missing, 0.0),
    }


def cost(to: int, seed: int) -> Iterator[Row]:
    """Time the tickets that follow each size held.

    While filling, unrelated tickets are held without being weighed, which leaves out only the few
    chance pairs among them; one piece is made and given other values again and again, with 40 new
    campaigns for each 100,000 tickets.
    """
    correlator = Correlator(METHOD)
    gc.disable()
    piece, tried = _packed(PIECE, seed), _packed(MEASURED, seed + 100_000)
    round_ = 0
    for size in (each for each in (10_000, 100_000, 1_000_000) if each <= to):
        while len(correlator) < size:
            for member, at, blob, known in piece[: size - len(correlator)]:
                if known and round_ % 5:
                    continue
                place = correlator.hold(member, at, _other_values(blob, round_, whole=known))
                if known:
                    correlator.consider(place)
            round_ += 1
        yield _timed(correlator, tried, size)


def _packed(size: int, seed: int) -> list[tuple[str, float | None, bytes, bool]]:
    """Make tickets: member, time, traits, and whether they belong to a campaign."""
    sketches, truth = sector(campaign_generator, size, seed, 0.2)
    return [(each.member, each.at, pack(each, METHOD), each.id in truth) for each in sketches]


def _other_values(blob: bytes, turn: int, *, whole: bool) -> bytes:
    """Give a ticket other values; of an unrelated one, techniques, suppliers and titles stay."""
    words = array("Q", blob)
    other = turn * 0x9E3779B97F4A7C15 & (1 << 54) - 1
    for at, word in enumerate(words):
        if whole or word & 0xFF in SEEDS:
            words[at] = word ^ other << 8
    return words.tobytes()


def _timed(
    correlator: Correlator, tried: list[tuple[str, float | None, bytes, bool]], size: int
) -> Row:
    fresh = [
        (member, at, _other_values(blob, size, whole=known)) for member, at, blob, known in tried
    ]
    walls, cpu = [], time.process_time()
    for member, at, blob in fresh:
        begun = time.perf_counter()
        correlator.consider(correlator.hold(member, at, blob))
        walls.append((time.perf_counter() - begun) * 1000)
    spent = (time.process_time() - cpu) / len(fresh) * 1000
    walls.sort()
    return {
        "held": size,
        "cpu_ms": round(spent, 3),
        "wall_ms_median": round(statistics.median(walls), 3),
        "wall_ms_p99": round(walls[int(len(walls) * 0.99)], 2),
        "wall_ms_worst": round(walls[-1], 2),
        "campaigns": len(correlator.campaigns),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def peer(size: int, seed: int) -> Row:
    """Compare every pair by the sum of what they share, and join beyond the best threshold."""
    sketches, truth = sector(campaign_generator, size, seed, 0.0)
    begun = time.process_time()
    correlator = Correlator(METHOD)
    for each in sketches:
        correlator.take(each)
    ours = time.process_time() - begun
    _p, _r, f1 = pairwise(joined(correlator, sketches), truth)
    begun = time.process_time()
    values = [{trait for group in each.groups for trait in group} for each in sketches]
    counts = Counter(trait for each in values for trait in each)
    rarity = {trait: 1 / count for trait, count in counts.items()}
    linked = [
        (sum(rarity[trait] for trait in values[a] & values[b]), a, b)
        for a, b in combinations(range(len(values)), 2)
        if not values[a].isdisjoint(values[b])
    ]
    best = max(
        _linked_f1(linked, least, sketches, truth) for least in (0.05, 0.1, 0.2, 0.3, 0.5, 0.8)
    )
    naive = time.process_time() - begun
    return {
        "tickets": size,
        "ours_cpu_s": round(ours, 2),
        "ours_f1": round(f1, 3),
        "every_pair_cpu_s": round(naive, 2),
        "every_pair_best_f1": round(best, 3),
        "times_faster": round(naive / ours, 1),
    }


def _linked_f1(
    linked: list[tuple[float, int, int]], least: float, sketches: list[Sketch], truth: Truth
) -> float:
    above = list(range(len(sketches)))

    def root(at: int) -> int:
        while above[at] != at:
            above[at] = above[above[at]]
            at = above[at]
        return at

    for weight, a, b in linked:
        if weight >= least:
            above[root(a)] = root(b)
    sizes = Counter(root(at) for at in above)
    found = {each.id: root(at) for at, each in enumerate(sketches) if sizes[root(at)] > 1}
    return pairwise(found, truth)[2]


def main() -> int:
    """Measure what is asked for and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("what", nargs="?", choices=("quality", "cost", "peer"), default="quality")
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--to", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    seeds = [int(each) for each in args.seeds.split(",")]
    if args.what == "quality":
        rows = quality(args.size, seeds)
    elif args.what == "cost":
        rows = cost(args.to, seeds[0])
    else:
        rows = iter((peer(min(args.size, 4_000), seeds[0]),))
    met = True
    for row in rows:
        met = met and row.get("meets", True)
        line = json.dumps(row) if args.json else "  ".join(f"{k}={v}" for k, v in row.items())
        print(line, flush=True)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
