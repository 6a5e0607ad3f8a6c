"""`panshi continuity layers`: the cheapest layers to add so that every objective holds, proven."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import bounded, open_node
from panshi.cli.verbs.resilience.simulate import MOST_BYTES, scenario_named
from panshi.errors import UsageError
from panshi.model.resilience.plan import Scenario
from panshi.node.resilience.remedy import (
    ChoiceAnswer,
    GoalAnswer,
    Offered,
    RemedyAnswer,
    cheapest_layers,
    offered,
    offered_in,
    offers_in,
)
from panshi.node.resilience.simulation import USUAL, graph_in, scenarios_known
from panshi.node.resilience.story import Option


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
        "--worst",
        action="store_true",
        help="everything hits that may and takes longest; otherwise the likely course",
    )
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="LAYER",
        help="layer of FILE to choose from",
    )
    parser.add_argument(
        "--offers", type=Path, metavar="FILE.yaml", help="layers one could add to the estate's"
    )
    parser.add_argument("--estate", default=None)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Find the remedy and answer."""
    given, scenarios = _asked(args)
    with out.progress(out.pick("已推演組合", "choices followed")) as watch:
        answer = cheapest_layers(
            given, scenarios, budget=args.budget, worst=args.worst, watch=watch
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
            given = offered(node, args.estate, _offers(args.offers))
            known = scenarios_known(node, args.estate)
    found = [scenario_named(name, known) for name in names]
    scenarios = [each for each in found if each is not None]
    if len(scenarios) < len(found):
        raise UsageError("a remedy is sought for disasters", remedy="name a scenario")
    return given, scenarios


def _offers(path: Path | None) -> tuple[Option, ...]:
    return () if path is None else offers_in(read_whole(path, MOST_BYTES), source=str(path))


def _lines(found: RemedyAnswer, out: Output) -> Iterator[str]:
    best = found.best
    proof = (
        out.pick("已證明最省", "proven cheapest")
        if found.proven
        else out.pick("未證明", "not proven")
    )
    yield out.pick(
        f"未達成的目標 {len(found.before.missed)} 項；增加 {len(best.layers)} 層備援，每年 "
        f"{best.cost:,} 元（{proof}），達成其中 {len(best.reached)} 項。",
        f"{len(found.before.missed)} objectives are missed; {len(best.layers)} layers for "
        f"TWD {best.cost:,} a year ({proof}) meet {len(best.reached)} of them.",
    )
    for layer in best.layers:
        name = out.pick(layer.name_zh, layer.name_en or layer.name_zh)
        yield f"  {layer.layer}  {name}  → {layer.serves}  {layer.cost:,}"
    if best.missed:
        yield _still_missed(found, out)
    if not found.proven:
        yield _how_far(found, out)
    yield ""
    header = out.pick("每年花費|未達成|再達成|備援層", "a year|missed|reached|layers")
    yield from table(header.split("|"), (_step(each) for each in found.steps))


def _still_missed(found: RemedyAnswer, out: Output) -> str:
    names = _goals(found.best.missed)
    if not found.proven:
        return out.pick(f"仍未達成：{names}", f"Still missed: {names}")
    return out.pick(f"最佳組合仍未達成：{names}", f"The best choice still misses: {names}")


def _how_far(found: RemedyAnswer, out: Output) -> str:
    """Say how far an answer without proof may be from the best."""
    critical, others = found.critical_missed_at_least, found.others_missed_at_least
    mine = sum(each.critical for each in found.best.missed)
    if (mine, len(found.best.missed) - mine) > (critical, others):
        return _bound(critical, others, out) + out.pick(
            "可能有更好的組合，此處未能證明。",
            "There may be a better one, that is not proven.",
        )
    cost = found.cost_at_least
    return out.pick(
        f"達成同樣多目標，每年至少需 {cost:,} 元；可能有更省的組合，此處未能證明。",
        f"To meet as many costs at least TWD {cost:,} a year; there may be a cheaper choice, "
        "that is not proven.",
    )


def _bound(critical: int, others: int, out: Output) -> str:
    """Say what every choice misses: of others only beside as few critical ones."""
    said = ""
    if critical:
        said = out.pick(
            f"任何組合都至少有 {critical} 項關鍵目標未達成。",
            f"Every choice misses at least {critical} critical objectives. ",
        )
    if others and not critical:
        said = out.pick(
            f"達成全部關鍵目標的組合，其他目標至少有 {others} 項未達成。",
            f"A choice that meets every critical objective misses at least {others} others. ",
        )
    elif others:
        said += out.pick(
            f"關鍵目標未達成不超過 {critical} 項的組合，其他目標至少有 {others} 項未達成。",
            f"One that misses no more than {critical} critical objectives misses at least "
            f"{others} others. ",
        )
    return said


def _step(each: ChoiceAnswer) -> tuple[str, ...]:
    layers = ", ".join(layer.layer for layer in each.layers)
    return f"{each.cost:,}", str(len(each.missed)), _goals(each.reached) or "–", layers or "–"


def _goals(goals: Sequence[GoalAnswer]) -> str:
    return ", ".join(f"{each.service} {each.objective.upper()}" for each in goals)
