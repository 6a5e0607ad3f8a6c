"""`panshi vault init`: found a vault."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import bounded
from panshi.cli.verbs.vaulting import asking
from panshi.errors import BadInputError, UsageError
from panshi.node.resilience.vault.founding import Wish, found
from panshi.resilience.vault.documents import Recipient
from panshi.resilience.vault.shares import Quorum

DEFAULT_K = 4


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    asking.places(parser)
    parser.add_argument(
        "--officers", default="3/5", metavar="T/N", help="T of N officers open it (default 3/5)"
    )
    parser.add_argument("--retention-days", type=bounded(0, 36_500), default=30)
    parser.add_argument(
        "--keep", type=bounded(1, 10_000), default=1, help="newest snapshots never released"
    )
    parser.add_argument(
        "--recipient",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="public key of somebody who opens the vault alone (panshi vault keys recipient)",
    )
    parser.add_argument(
        "--shares-into", metavar="DIR", help="write one file per officer instead of printing"
    )
    parser.add_argument("--passphrase-file", metavar="FILE", help="passphrase of the shares")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Found it, and give the shares away once."""
    wish = Wish(
        k=args.k or DEFAULT_K,
        quorum=Quorum.parse(args.officers),
        retention=timedelta(days=args.retention_days),
        keep=args.keep,
        recipients=recipients(args.recipient),
        passphrase=asking.passphrase(args),
    )
    keep = asking.Keeper(args.shares_into)
    vault, mnemonics = found(args.places, asking.home(), wish, now=asking.now(), hand=keep)
    vault.close()
    written = keep.written
    spread = vault.terms.spread
    value = {
        "vault": vault.terms.vault.hex(),
        "k": spread.k,
        "n": spread.n,
        "places": list(vault.terms.places),
        "officers": args.officers,
        "shares": list(written or mnemonics),
    }

    def lines() -> Iterator[str]:
        yield out.pick(
            f"保險庫 {value['vault']} 已建立：{spread.n} 個地點中任 {spread.k} 個即可還原，"
            f"可失去 {spread.spare} 個。",
            f"Vault {value['vault']} is founded: any {spread.k} of {spread.n} places restore, "
            f"{spread.spare} may be lost.",
        )
        yield out.pick(
            f"金鑰分持（{args.officers}）只顯示這一次，請分別交給各主管：",
            f"The officers' shares ({args.officers}), shown only now; hand each to one officer:",
        )
        yield from (written or mnemonics)

    out.answer(value, lines)
    return Exit.DONE


def recipients(given: list[str]) -> tuple[Recipient, ...]:
    """Read the recipients' public keys."""
    found_keys = []
    for each in given:
        name, sign, file = each.partition("=")
        if not (sign and name):
            raise UsageError(f"{each!r} is no recipient", remedy="write NAME=FILE")
        try:
            key = bytes.fromhex(Path(file).read_text(encoding="ascii").strip())
        except (OSError, ValueError) as error:
            raise BadInputError(f"no public key can be read: {error}", place=file) from error
        found_keys.append(Recipient(name=name, public=key))
    return tuple(found_keys)
