"""What honest members hold of the points when others copy, flood and confirm one another.

    python bench/reward.py [--seeds 20] [--honest 60] [--search]

Every strategy of the ring is played over every seed, beside ten copiers and six flooders (see
`panshi.node.alliance.reward.world`). `--search` lets the ring look for its best number of reports.
Shares are of the points above zero; "ring, genuine" is what the ring earned by true reports.
"""

from __future__ import annotations

import argparse
from statistics import mean

from panshi.node.alliance.reward.trial import Outcome, played
from panshi.node.alliance.reward.world import Ring, Shape

SIZES = (1, 2, 4, 8, 12, 20, 40, 80)


def main() -> None:
    """Print one line per strategy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--honest", type=int, default=60)
    parser.add_argument("--search", action="store_true")
    args = parser.parse_args()
    print(f"{'ring plays':<13} {'honest, least':>13} {'mean':>7} {'copiers':>8} "
          f"{'flooders':>9} {'ring':>6} {'ring, genuine':>14}")  # fmt: skip
    for playing in Ring:
        _line(playing, [
            played(seed, Shape(honest=args.honest, playing=playing))
            for seed in range(1, args.seeds + 1)
        ])  # fmt: skip
    if args.search:
        for playing in (Ring.OPEN, Ring.ROTATING, Ring.CAMOUFLAGED, Ring.LOUD, Ring.MIXING):
            for fakes in SIZES:
                shape = Shape(honest=args.honest, playing=playing, ring_fakes=fakes)
                found = [played(seed, shape) for seed in range(1, args.seeds + 1)]
                _line(f"{playing}/{fakes}", found)


def _line(name: str, found: list[Outcome]) -> None:
    print(
        f"{name:<13} {min(each.honest for each in found):>13.2%} "
        f"{mean(each.honest for each in found):>7.2%} "
        f"{mean(each.copiers for each in found):>8.2%} "
        f"{mean(each.flooders for each in found):>9.2%} "
        f"{mean(each.ring for each in found):>6.2%} "
        f"{mean(each.ring_genuine for each in found):>14.2%}",
        flush=True,
    )


if __name__ == "__main__":
    main()
