"""`panshi continuity layers`: the cheapest layers to add so that every objective holds, proven."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import bounded, open_node
from panshi.cli.verbs.resilience.simulate import MOST_BYTES, scenario_named
from panshi.errors import UsageError
from panshi.model.resilience.plan import Scenario
from panshi.node.resilience.remedy import (
    MOST_COURSES,
    ChoiceAnswer,
    Offered,
    RemedyAnswer,
    cheapest_layers,
    offered,
    offered_in,
)
from panshi.node.resilience.simulation import USUAL, graph_in, scenarios_known


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the graph, the disasters, what counts as kept, and the money."""
    parser.add_argument(
        "file", nargs="?", type=Path, help="graph as JSON or YAML instead of the estate's"
    )
    parser.add_argument(
        "--scenario",
        action="append",
        metavar="ID",
        help="id, combination id@minute+id@minute, or FILE.yaml; may stand several times",
    )
    parser.add_argument("--budget", type=bounded(0, 10**12), metavar="TWD", help="at most a year")
    parser.add_argument(
        "--confidence",
        type=bounded(1, 100),
        metavar="PERCENT",
        help="keep objectives in so many of 100 sampled courses; otherwise at worst",
    )
    parser.add_argument("--trials", type=bounded(1, MOST_COURSES), default=1_000, metavar="N")
    parser.add_argument("--seed", type=bounded(0, 2**63 - 1), default=1, metavar="S")
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="LAYER",
        help="layer of FILE to choose from",
    )
    parser.add_argument("--estate", default=None)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Find the remedy and answer."""
    given, scenarios = _asked(args)
    if not given.options:
        raise UsageError("nothing is offered", remedy="offer layers with their cost")
    answer = cheapest_layers(
        given,
        scenarios,
        confidence=None if args.confidence is None else args.confidence / 100,
        trials=args.trials,
        seed=args.seed,
        budget=args.budget,
    )
    out.answer(answer, lambda: _lines(answer, out))
    return Exit.DONE


def _asked(args: argparse.Namespace) -> tuple[Offered, list[Scenario]]:
    names = args.scenario or [USUAL]
    if args.file is not None:
        graph = graph_in(read_whole(args.file, MOST_BYTES), source=str(args.file))
        given, known = offered_in(graph, args.option), scenarios_known(None)
    else:
        with open_node() as node:
            given, known = offered(node, args.estate), scenarios_known(node, args.estate)
    found = [scenario_named(name, known) for name in names]
    scenarios = [each for each in found if each is not None]
    if len(scenarios) < len(found):
        raise UsageError("a remedy is sought for disasters", remedy="name a scenario")
    return given, scenarios


def _lines(found: RemedyAnswer, out: Output) -> Iterator[str]:
    best = found.best
    proof = (
        out.pick("已證明最省", "proven cheapest")
        if best.proven
        else out.pick("未證明", "not proven")
    )
    yield out.pick(
        f"{len(found.before)} 個服務達不到目標；加 {len(best.layers)} 層，每年 {best.cost:,} 元"
        f"（{proof}），仍達不到的有 {len(best.failing)} 個。",
        f"{len(found.before)} services miss an objective; {len(best.layers)} layers for "
        f"TWD {best.cost:,} a year ({proof}) leave {len(best.failing)}.",
    )
    yield from _choice(best, out)
    if best.failing:
        names = ", ".join(best.failing)
        yield out.pick(f"仍達不到：{names}", f"still missed: {names}")
    for number, other in enumerate(found.alternatives, start=1):
        yield ""
        yield out.pick(
            f"其他選擇 {number}：每年 {other.cost:,} 元",
            f"Alternative {number}: TWD {other.cost:,} a year",
        )
        yield from _choice(other, out)
    yield ""
    header = out.pick("每年花費|達不到的服務|多救回|加的備援層", "a year|missed|rescued|layers")
    rows = (
        (f"{s.cost:,}", len(s.failing), ", ".join(s.rescued) or "–", ", ".join(s.layers) or "–")
        for s in found.steps
    )
    yield from table(header.split("|"), rows)


def _choice(each: ChoiceAnswer, out: Output) -> Iterator[str]:
    for layer in each.layers:
        name = out.pick(layer.name_zh, layer.name_en or layer.name_zh)
        yield f"  {layer.layer}  {name}  → {layer.serves}  {layer.cost:,}"
