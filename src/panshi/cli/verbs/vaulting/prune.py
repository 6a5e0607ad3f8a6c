"""`panshi vault prune`: release snapshots whose retention is over."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import open_node
from panshi.cli.verbs.vaulting import asking
from panshi.node.resilience.vault.pruning import prune
from panshi.observe.vault_sources.source import FILE


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    asking.places(parser)
    asking.clock(parser)
    parser.add_argument("--dry-run", action="store_true", help="only say what would go")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Prune."""
    spared = _held()
    with asking.opened(args) as vault:
        _, done = prune(
            vault,
            now=asking.now(),
            held=spared,
            dry_run=args.dry_run,
            clock_is_right=args.clock_is_right,
        )

    def lines() -> Iterator[str]:
        yield out.pick(
            f"釋出 {len(done.released)} 個快照、移除 {done.removed:,} 個物件"
            f"（{done.bytes:,} 位元組）；保留 {len(done.kept)} 個。",
            f"{len(done.released)} snapshots released, {done.removed:,} objects removed "
            f"({done.bytes:,} bytes); {len(done.kept)} kept.",
        )
        for name in done.released:
            yield out.pick(f"  釋出 {name}", f"  released {name}")
        for name, until in done.kept:
            yield out.pick(f"  保留 {name} 至 {until}", f"  kept {name} until {until}")
        for place in done.refused:
            yield out.pick(f"  拒絕移除：{place}", f"  would not remove: {place}")

    out.answer(done, lines)
    return Exit.NOT_GOOD_ENOUGH if done.refused else Exit.DONE


def _held() -> frozenset[str]:
    """Give what the evidence log knows to be good, where this machine keeps one with sources."""
    if not (asking.home() / FILE).exists():
        return frozenset()
    from panshi.node.resilience.holding import held  # start-up: needs the whole node

    with open_node() as node:
        return held(node)
