"""`panshi continuity seal`: work out what the plan bears and seal it, for measures 27 to 29."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, bounded, open_node
from panshi.cli.verbs.resilience.simulate import compiling_words
from panshi.node.resilience.sealing import TRIALS, seal_continuity
from panshi.node.resilience.simulation import MOST_TRIALS


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say which disasters are played, and how often."""
    parser.add_argument("--estate", default=None)
    parser.add_argument(
        "--scenario",
        action="append",
        default=[],
        metavar="ID",
        help="only this disaster; may stand several times. Default: every one",
    )
    parser.add_argument(
        "--trials",
        type=bounded(0, MOST_TRIALS),
        default=TRIALS,
        metavar="N",
        help=f"of each disaster; 0: no simulation, so no probabilities. Default: {TRIALS:,}",
    )
    parser.add_argument("--seed", type=bounded(0, 2**63 - 1), default=1, metavar="S")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Seal layers, partners and disasters."""
    with open_node() as node, out.progress(out.pick("情境", "disasters")) as watch:
        ids = seal_continuity(
            node,
            actor=actor(),
            estate_id=args.estate,
            wanted=args.scenario,
            trials=args.trials,
            seed=args.seed,
            watch=watch,
            tell=lambda: out.note(compiling_words(out)),
        )

    def lines() -> Iterator[str]:
        yield out.pick(f"已封存 {len(ids)} 筆。", f"{len(ids)} looks sealed.")

    out.answer({"sealed": list(ids)}, lines)
    return Exit.DONE
