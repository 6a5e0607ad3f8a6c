"""`panshi continuity seal`: work out what the plan bears and seal it, for measures 27 to 29."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.node.resilience.sealing import TRIALS, seal_continuity


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say how often disasters are played."""
    parser.add_argument("--estate", default=None)
    parser.add_argument("--trials", type=int, default=TRIALS, help="0: no simulation")
    parser.add_argument("--seed", type=int, default=1)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Seal layers, partners and disasters."""
    with open_node() as node:
        ids = seal_continuity(
            node, actor=actor(), estate_id=args.estate, trials=args.trials, seed=args.seed
        )

    def lines() -> Iterator[str]:
        yield out.pick(f"已封存 {len(ids)} 筆。", f"{len(ids)} looks sealed.")

    out.answer({"sealed": list(ids)}, lines)
    return Exit.DONE
