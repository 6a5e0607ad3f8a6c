"""`panshi vault scrub`: read every fragment, name each damage, repair it where asked."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import bounded
from panshi.cli.verbs.vaulting import asking
from panshi.node.resilience.vault.scrubbing import scrub

PERCENT = 100


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    asking.places(parser)
    asking.clock(parser)
    parser.add_argument(
        "--repair",
        action="store_true",
        help="write back what is wrong; empty places named in --places take the lost numbers",
    )
    parser.add_argument(
        "--percent",
        type=bounded(1, PERCENT),
        default=PERCENT,
        help="share of fragments to read; the presence of all is always checked",
    )
    parser.add_argument("--seed", type=bounded(0, 2**31), default=0, help="which share is drawn")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Scrub."""
    with asking.opened(args) as vault:
        _, found = scrub(
            vault,
            now=asking.now(),
            repair=args.repair,
            sample=args.percent / PERCENT,
            seed=args.seed,
            clock_is_right=args.clock_is_right,
        )

    def lines() -> Iterator[str]:
        yield out.pick(
            f"讀過 {found.fragments:,} 個片段（{found.bytes:,} 位元組）："
            f"{len(found.damages):,} 處損壞，修復 {found.repaired:,} 處，"
            f"無法挽回的區段 {len(found.lost):,} 個。",
            f"{found.fragments:,} fragments read ({found.bytes:,} bytes): "
            f"{len(found.damages):,} damages, {found.repaired:,} mended, "
            f"{len(found.lost):,} segments beyond repair.",
        )
        yield from asking.told(found.damages, out)
        for each in found.hurt:
            yield out.pick(f"  受影響的快照：{each}", f"  snapshot hurt: {each}")
        yield from asking.told(found.left, out)

    out.answer(found, lines)
    return Exit.DONE if found.sound else Exit.NOT_GOOD_ENOUGH
