"""`panshi vault keys`: new shares, recipients, another machine that may seal."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.cli.verbs.vaulting import asking
from panshi.cli.verbs.vaulting.init import recipients
from panshi.errors import PanshiError, UsageError
from panshi.node.resilience.marking import record_shares
from panshi.node.resilience.vault.opening import Vault
from panshi.node.resilience.vault.rekeying import adopt, confirm, recipient_key, rotate
from panshi.observe.vault_sources.source import FILE
from panshi.resilience.vault.history import epoch
from panshi.resilience.vault.shares import Quorum


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACTION")
    new = acts.add_parser("rotate", help="wrap the vault anew: new shares")
    asking.places(new)
    asking.clock(new)
    asking.shares(new)
    new.add_argument("--officers", metavar="T/N", help="as before where not given")
    new.add_argument("--recipient", action="append", metavar="NAME=FILE", help="replaces all")
    new.add_argument("--shares-into", metavar="DIR")
    last = acts.add_parser("confirm", help="the new shares open: the old ones stop")
    asking.places(last)
    asking.clock(last)
    asking.shares(last)
    mine = acts.add_parser("adopt", help="let this machine seal to the vault")
    asking.places(mine)
    asking.shares(mine)
    key = acts.add_parser("recipient", help="make the key pair of a recipient")
    key.add_argument("--into", required=True, metavar="FILE", help="private key; FILE.pub beside")
    for each in (new, last, mine, key):
        each.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
        each.add_argument("--lang", choices=("zh", "zh-TW", "en"), default=argparse.SUPPRESS)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Do what was asked."""
    match args.act:
        case "rotate":
            return _rotate(args, out)
        case "confirm":
            return _confirm(args, out)
        case "adopt":
            return _adopt(args, out)
        case _:
            return _recipient(args, out)


def _rotate(args: argparse.Namespace, out: Output) -> Exit:
    keep = asking.Keeper(args.shares_into)
    with asking.opened(args) as vault:
        its = asking.keys(vault, args)
        after, mnemonics = rotate(
            vault,
            its,
            now=asking.now(),
            quorum=Quorum.parse(args.officers) if args.officers else None,
            recipients=recipients(args.recipient) if args.recipient is not None else None,
            passphrase=asking.passphrase(args),
            clock_is_right=args.clock_is_right,
            hand=keep,
        )
    written = keep.written
    value = {"epoch": after.head.fields["epoch"], "shares": list(written or mnemonics)}
    out.answer(
        value,
        lambda: (
            out.pick(
                f"第 {value['epoch']} 版金鑰分持，只顯示這一次：",
                f"Shares of epoch {value['epoch']}, shown only now:",
            ),
            *(written or mnemonics),
            out.pick(
                "各主管收到後，以新的分持執行 panshi vault keys confirm；"
                "在此之前舊的分持仍可開啟。",
                "Once the officers have them: panshi vault keys confirm with the new shares; "
                "until then the old ones open too.",
            ),
        ),
    )
    _record(after, "vault.rotate", out)
    return Exit.DONE


def _confirm(args: argparse.Namespace, out: Output) -> Exit:
    with asking.opened(args) as vault:
        words = asking.mnemonics(args)
        after = confirm(
            vault,
            words,
            asking.passphrase(args),
            now=asking.now(),
            clock_is_right=args.clock_is_right,
        )
    value = {"epoch": epoch(after.entries)[0]}
    text = out.pick(
        f"第 {value['epoch']} 版分持可以開啟；舊的分持已失效。",
        f"The shares of epoch {value['epoch']} open; the old ones no longer do.",
    )
    out.answer(value, lambda: (text,))
    _record(after, "vault.confirm", out)
    return Exit.DONE


def _record(vault: Vault, act: str, out: Output) -> None:
    """Seal whose shares open, where this home is the one that seals the institution's sources.

    What was changed is changed, recorded or not; the next snapshot of a source records it too.
    """
    if not (asking.home() / FILE).exists():
        return
    try:
        with open_node() as node:
            record_shares(node, vault)
            node.audit(actor(), act, vault.terms.vault.hex())
    except PanshiError as error:
        out.note(out.pick(f"未能記錄：{error}", f"It was not put on record: {error}"))


def _adopt(args: argparse.Namespace, out: Output) -> Exit:
    with asking.opened(args) as vault:
        adopt(vault, asking.keys(vault, args))
        value = {"vault": vault.terms.vault.hex()}
    text = out.pick("這台機器可以封存了。", "This machine may now seal.")
    out.answer(value, lambda: (text,))
    return Exit.DONE


def _recipient(args: argparse.Namespace, out: Output) -> Exit:
    seeds, key = recipient_key()
    path = Path(args.into)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(f"cannot be made: {error.strerror}", place=str(path)) from error
    with os.fdopen(descriptor, "w") as file:
        file.write(seeds.hex() + "\n")
    public = path.with_name(path.name + ".pub")
    public.write_text(key.public().hex() + "\n", encoding="ascii")
    value = {"private": str(path), "public": str(public)}
    out.answer(value, lambda: (f"{path}", f"{public}"))
    return Exit.DONE
