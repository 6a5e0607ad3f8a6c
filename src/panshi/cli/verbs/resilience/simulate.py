"""`panshi continuity simulate`: play a disaster many times; who is late or loses data, and why."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole
from panshi.cli.output import Output, percent, table
from panshi.cli.verbs.opening import bounded, open_node
from panshi.model.resilience.graph import Graph
from panshi.model.resilience.plan import Scenario
from panshi.node.resilience.graph import graph_of
from panshi.node.resilience.simulation import (
    MISSION,
    MOST_TRIALS,
    USUAL,
    graph_in,
    scenario_for,
    scenarios_known,
    simulate,
)
from panshi.node.resilience.simulation_answers import (
    ChanceAnswer,
    SimulatedService,
    SimulationAnswer,
    simulation_answer,
)
from panshi.resilience.simulation.scenario_yaml import load_scenarios

MOST_BYTES = 64 << 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the graph, the disaster and how often it is played."""
    parser.add_argument(
        "file", nargs="?", type=Path, help="graph as JSON or YAML instead of the estate's"
    )
    parser.add_argument("--trials", type=bounded(1, MOST_TRIALS), default=20_000, metavar="N")
    parser.add_argument("--seed", type=bounded(0, 2**63 - 1), default=1, metavar="S")
    parser.add_argument(
        "--scenario",
        default=USUAL,
        metavar="ID",
        help=f"id, combination id@minute+id@minute, or FILE.yaml; {MISSION}: failures alone",
    )
    parser.add_argument("--workers", type=bounded(0, 256), default=0, help="default: processors")
    parser.add_argument(
        "--quick", action="store_true", help="do not compare without layers and shocks"
    )
    parser.add_argument("--estate", default=None)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Simulate and answer."""
    graph, scenario = asked(args)
    with out.progress(out.pick("試驗", "trials")) as watch:
        found = simulate(
            graph,
            scenario,
            trials=args.trials,
            seed=args.seed,
            workers=args.workers,
            compare=not args.quick,
            watch=watch,
            tell=lambda: out.note(compiling_words(out)),
        )
    answer = simulation_answer(found)
    out.answer(answer, lambda: _lines(answer, out))
    return Exit.DONE


def compiling_words(out: Output) -> str:
    """Say why the first simulation on a machine takes longer."""
    return out.pick(
        "第一次模擬：正在為本機編譯，約半分鐘，只需一次。",
        "First simulation here: compiling for this machine, about half a minute, only once.",
    )


def asked(args: argparse.Namespace) -> tuple[Graph, Scenario | None]:
    """Give the graph and the disaster the caller means."""
    if args.file is not None:
        graph = graph_in(read_whole(args.file, MOST_BYTES), source=str(args.file))
        return graph, scenario_named(args.scenario, scenarios_known(None))
    with open_node() as node:
        known = scenarios_known(node, args.estate)
        return graph_of(node, args.estate), scenario_named(args.scenario, known)


def scenario_named(wanted: str, known: Mapping[str, Scenario]) -> Scenario | None:
    """Give a scenario by name, combination or file; None for the mission itself."""
    if wanted.endswith((".yaml", ".yml")):
        raw = read_whole(Path(wanted), MOST_BYTES)
        return next(iter(load_scenarios([(wanted, raw)]).values()))
    return scenario_for(known, wanted)


def _lines(found: SimulationAnswer, out: Output) -> Iterator[str]:
    late = [each for each in found.services if each.late is not None and each.late.value > 0.05]  # noqa: PLR2004 -- one in twenty
    yield out.pick(
        f"{found.title_zh}：{len(found.services)} 個服務中，{len(late)} 個逾 RTO 的機率超過 5%"
        f"（{found.trials:,} 次試驗，種子 {found.seed}）。",
        f"{found.title_en}: of {len(found.services)} services, {len(late)} miss their RTO with "
        f"more than 5 % ({found.trials:,} trials, seed {found.seed}).",
    )
    if found.idle_shocks:
        names = ", ".join(map(str, found.idle_shocks))
        yield out.pick(
            f"此圖中未擊中任何節點的衝擊：{names}。", f"Shocks that strike nothing: {names}."
        )
    yield ""
    header = out.pick(
        "服務|逾 RTO|逾 RPO|未復原|p50|p95|p99|最要緊的備援層|最要緊的衝擊",
        "service|late|loses|not back|p50|p95|p99|layer that matters most|shock that does",
    )
    yield from table(header.split("|"), (_row(each) for each in found.services))


def _row(each: SimulatedService) -> tuple[str, ...]:
    worst = max(each.shocks, key=lambda one: -one.difference, default=None)
    return (
        each.service,
        _chance(each.late),
        _chance(each.loses),
        _chance(each.not_back),
        *("–" if one.minutes is None else f"{one.minutes:,}" for one in each.time_minutes),
        each.worst_layer or "–",
        worst.what if worst is not None and worst.difference < 0 else "–",
    )


def _chance(each: ChanceAnswer | None) -> str:
    if each is None:
        return "–"
    return f"{percent(each.value)} [{percent(each.low)}–{percent(each.high)}]"
