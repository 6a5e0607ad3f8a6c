"""What the sub-verbs of `panshi vault` ask for in common: places, shares, a clock."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from panshi.cli.output import Output
from panshi.cli.verbs.opening import bounded
from panshi.errors import BadInputError, UsageError
from panshi.node.home import Home
from panshi.node.resilience.vault.opening import Damage, Vault, open_vault, unlock, unlock_by
from panshi.node.resilience.vault.rekeying import RECIPIENT_SEEDS, recipient_key
from panshi.resilience.vault.keys import VaultKeys
from panshi.store.place import write_new_file

_MOST_SHARE_BYTES = 64 << 10


def places(parser: argparse.ArgumentParser) -> None:
    """Declare `--places` and `--k`."""
    parser.add_argument(
        "--places",
        nargs="+",
        required=True,
        metavar="PLACE",
        help="directories, s3://bucket/prefix or sftp://user@host/path",
    )
    parser.add_argument(
        "--k", type=bounded(2, 15), help="places needed to restore (fixed when founded)"
    )


def clock(parser: argparse.ArgumentParser) -> None:
    """Declare `--clock-is-right`."""
    parser.add_argument(
        "--clock-is-right",
        action="store_true",
        help="go on although the vault's last entry is later, or more than 14 days ago",
    )


def shares(parser: argparse.ArgumentParser) -> None:
    """Declare how the vault is opened."""
    parser.add_argument(
        "--shares",
        "--share",
        nargs="+",
        default=[],
        metavar="FILE",
        help="the officers' mnemonics, one a line; - reads standard input",
    )
    parser.add_argument("--recipient-key", metavar="FILE", help="private key of a recipient")
    parser.add_argument("--passphrase-file", metavar="FILE", help="passphrase of the shares")


@contextmanager
def opened(args: argparse.Namespace) -> Iterator[Vault]:
    """Open the vault at the places that were named."""
    vault = open_vault(args.places, home(), k=args.k)
    try:
        yield vault
    finally:
        vault.close()


def home() -> Path:
    """Where this machine keeps what it needs to seal."""
    return Home.locate(os.environ).path


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def keys(vault: Vault, args: argparse.Namespace) -> VaultKeys:
    """Open the keys with what was brought."""
    if args.recipient_key:
        text = _text(args.recipient_key).strip()
        try:
            seeds = bytes.fromhex(text)
        except ValueError:
            seeds = b""
        if len(seeds) != RECIPIENT_SEEDS:
            raise BadInputError("this is no private key of a recipient", place=args.recipient_key)
        return unlock_by(vault, recipient_key(seeds)[1])
    return unlock(vault, mnemonics(args), passphrase(args))


def mnemonics(args: argparse.Namespace) -> list[str]:
    """Read the officers' mnemonics."""
    if not args.shares:
        raise UsageError(
            "the vault opens only with the officers' shares",
            remedy="--shares FILE …, one mnemonic a line",
        )
    return [line for name in args.shares for line in _text(name).splitlines() if line.strip()]


def passphrase(args: argparse.Namespace) -> str:
    """Read the passphrase, if there is one."""
    return _text(args.passphrase_file).rstrip("\n") if args.passphrase_file else ""


class Keeper:
    """Writes each mnemonic to a file of its own, for its owner only, if a folder was named."""

    def __init__(self, folder: str | None) -> None:
        self._into = None if folder is None else Path(folder)
        self.written: tuple[str, ...] = ()

    def __call__(self, mnemonics: Sequence[str]) -> None:
        """Write them so that they outlast a loss of power, or none."""
        if self._into is None:
            return
        paths = [self._into / f"share-{number}.txt" for number in range(1, len(mnemonics) + 1)]
        made: list[Path] = []
        try:
            self._into.mkdir(mode=0o700, parents=True, exist_ok=True)
            for path, mnemonic in zip(paths, mnemonics, strict=True):
                write_new_file(path, mnemonic.encode() + b"\n")
                made.append(path)
        except OSError as error:
            for path in made:
                path.unlink()
            raise UsageError(
                f"the shares cannot be kept: {error.strerror}",
                place=str(self._into),
                remedy="name an empty directory; nothing was changed",
            ) from error
        self.written = tuple(map(str, paths))


def told(damages: Iterable[Damage], out: Output) -> Iterator[str]:
    """Say what is wrong, place by place."""
    for each in damages:
        what = out.pick(_WORDS[each.what], each.what)
        yield f"  {each.place}: {what} {each.name} {each.detail}".rstrip()


_WORDS = {
    "absent": "不在",
    "unreadable": "讀不到",
    "altered": "遭更動",
    "behind": "落後",
    "missing": "缺少",
    "foreign": "不屬此鏈",
    "unmended": "未能修復",
}


def _text(name: str) -> str:
    try:
        if name == "-":
            return sys.stdin.read(_MOST_SHARE_BYTES)
        with Path(name).open(encoding="ascii") as file:
            return file.read(_MOST_SHARE_BYTES)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"cannot be read: {error}", place=name) from error
