"""`panshi vault verify`: check the chain; with shares, read a snapshot whole."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.vaulting import asking
from panshi.node.resilience.vault.restoring import verify
from panshi.node.resilience.vault.sealing import known_segments
from panshi.resilience.vault.history import standing


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    asking.places(parser)
    asking.shares(parser)
    parser.add_argument("--snapshot", default="latest", help="id or number (default latest)")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Verify as far as what was brought allows."""
    with asking.opened(args) as vault:
        whole = None
        if args.shares or args.recipient_key:
            whole = verify(vault, asking.keys(vault, args), snapshot=args.snapshot)
        value = {
            "vault": vault.terms.vault.hex(),
            "entries": len(vault.entries),
            "head": vault.head.digest,
            "snapshots": len(standing(vault.entries)),
            "segments": len(known_segments(vault)),
            "damages": whole.damages if whole else vault.damages,
            "read": whole,
        }

    def lines() -> Iterator[str]:
        yield out.pick(
            f"鏈完整：{value['entries']} 筆，{value['snapshots']} 個快照，"
            f"最新摘要 {value['head']}。",
            f"The chain holds: {value['entries']} entries, {value['snapshots']} snapshots, "
            f"newest digest {value['head']}.",
        )
        if whole:
            yield out.pick(
                f"快照 {whole.snapshot} 逐檔讀過：{whole.files:,} 個檔案、"
                f"{whole.bytes:,} 位元組，摘要相符。",
                f"Snapshot {whole.snapshot} was read whole: {whole.files:,} files, "
                f"{whole.bytes:,} bytes, every digest as sealed.",
            )
        else:
            yield out.pick(
                "未出示金鑰分持，內容未解密查驗；`panshi vault scrub` 可查驗每個片段。",
                "No shares were brought, so contents were not decrypted; "
                "`panshi vault scrub` reads every fragment.",
            )
        yield from asking.told(whole.damages if whole else vault.damages, out)

    out.answer(value, lines)
    return Exit.NOT_GOOD_ENOUGH if value["damages"] else Exit.DONE
