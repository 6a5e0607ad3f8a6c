"""Change who opens the vault: new shares, other recipients, another machine that may seal.

Only the wrapping changes; what was sealed is not touched. The old shares open until the new ones
are confirmed by being used, so that a broken pipe or a full disk cannot lock everybody out; then
the old key file is removed where the place allows it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from panshi.errors import StoreError
from panshi.node.resilience.vault.founding import enforce, sealing_keys
from panshi.node.resilience.vault.opening import Vault, key_file, renewed, unlock
from panshi.node.resilience.vault.sealing import clock_holds, settle
from panshi.node.resilience.vault.writing import Writers, acknowledge
from panshi.resilience.vault import chain, keys, shares
from panshi.resilience.vault.documents import Recipient, wrapped
from panshi.resilience.vault.history import epoch, epochs
from panshi.resilience.vault.layout import KEYS, keys_name, number_of
from panshi.resilience.vault.shares import Quorum
from panshi.store.vault.place import Place

RECIPIENT_SEEDS = 96
"32 bytes of X25519, then 64 of ML-KEM-768."


def rotate(
    vault: Vault,
    its: keys.VaultKeys,
    *,
    now: datetime,
    quorum: Quorum | None = None,
    recipients: tuple[Recipient, ...] | None = None,
    passphrase: str = "",
    clock_is_right: bool = False,
    hand: Callable[[tuple[str, ...]], object] = lambda _mnemonics: None,
) -> tuple[Vault, tuple[str, ...]]:
    """Wrap the vault secret anew; gives the new mnemonics, and the old ones open until `confirm`.

    `hand` is given them before anything counts on them: what it raises leaves all as it was.
    """
    with vault.memory.alone():
        vault = renewed(vault)
        clock_holds(vault, now, sure=clock_is_right)
        before = key_file(vault, *epoch(vault.entries))
        master = secrets.token_bytes(keys.SECRET_BYTES)
        chosen = quorum or before.quorum
        known = tuple(who for who, _ in before.recipients)
        file = wrapped(
            its.secret,
            master,
            vault=vault.terms.vault,
            epoch=before.epoch + 1,
            quorum=chosen,
            recipients=known if recipients is None else recipients,
        )
        mnemonics = shares.split(master, chosen, passphrase)
        with Writers(vault) as writers:
            settle(vault, writers)
            hand(mnemonics)
            vault = enforce(vault, writers, file, its.signing(), now=now)
    return vault, mnemonics


def confirm(
    vault: Vault,
    mnemonics: Sequence[str],
    passphrase: str = "",
    *,
    now: datetime,
    clock_is_right: bool = False,
) -> Vault:
    """Let the newest shares, which are shown to open the vault, be the only ones that do."""
    with vault.memory.alone():
        vault = renewed(vault)
        clock_holds(vault, now, sure=clock_is_right)
        its = unlock(vault, mnemonics, passphrase, newest=True)
        number, digest = epoch(vault.entries)
        with Writers(vault) as writers:
            settle(vault, writers)
            if len(epochs(vault.entries)) > 1:
                entry = chain.sign(
                    its.signing(),
                    vault=vault.terms.vault,
                    after=vault.head,
                    kind=chain.RETIRE,
                    now=now,
                    first=number,
                )
                vault = acknowledge(vault, writers, entry)

            def drop(place: Place) -> None:
                for name, _ in list(place.sizes(KEYS)):
                    its_epoch = number_of(name)
                    if name != keys_name(number, digest) and (its_epoch or 0) <= number:
                        with suppress(StoreError):  # write-once storage keeps it
                            place.remove(name)

            writers.everywhere(drop)
    return vault


def adopt(vault: Vault, its: keys.VaultKeys) -> None:
    """Let this machine seal to the vault."""
    vault.memory.keep(sealing_keys(its, vault.terms))
    vault.memory.see(vault.head.sequence, vault.head.digest)


def recipient_key(seeds: bytes | None = None) -> tuple[bytes, keys.ReadingKey]:
    """Give a recipient's private key, newly drawn or from its seeds."""
    drawn = secrets.token_bytes(RECIPIENT_SEEDS) if seeds is None else seeds
    return drawn, keys.ReadingKey.from_seeds(drawn[:32], drawn[32:])
