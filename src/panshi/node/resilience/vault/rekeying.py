"""Change who opens the vault: new shares, other recipients, another machine that may seal.

Only the wrapping changes; what was sealed is not touched. Whoever kept the old shares and a copy of
the old key file can still open the vault, so the old file is removed where the place allows it.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import datetime

from panshi.errors import StoreError
from panshi.node.resilience.vault.founding import enforce, sealing_keys
from panshi.node.resilience.vault.opening import Vault, key_file, renewed
from panshi.node.resilience.vault.sealing import settle
from panshi.node.resilience.vault.writing import Writers
from panshi.resilience.vault import keys, shares
from panshi.resilience.vault.documents import Recipient, wrapped
from panshi.resilience.vault.history import epoch
from panshi.resilience.vault.layout import KEYS, keys_name
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
) -> tuple[Vault, tuple[str, ...]]:
    """Wrap the vault secret anew; gives the new mnemonics, the old ones stop working."""
    with vault.memory.alone():
        vault = renewed(vault)
        before = key_file(vault)
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
            vault = enforce(vault, writers, file, its.signing(), now=now)
            kept = keys_name(*epoch(vault.entries))

            def drop(place: Place) -> None:
                for name, _ in list(place.sizes(KEYS)):
                    if name != kept:
                        with suppress(StoreError):  # write-once storage keeps it
                            place.remove(name)

            writers.everywhere(drop)
    return vault, mnemonics


def adopt(vault: Vault, its: keys.VaultKeys) -> None:
    """Let this machine seal to the vault."""
    vault.memory.keep(sealing_keys(its, vault.terms))
    vault.memory.see(vault.head.sequence, vault.head.digest)


def recipient_key(seeds: bytes | None = None) -> tuple[bytes, keys.ReadingKey]:
    """Give a recipient's private key, newly drawn or from its seeds."""
    drawn = secrets.token_bytes(RECIPIENT_SEEDS) if seeds is None else seeds
    return drawn, keys.ReadingKey.from_seeds(drawn[:32], drawn[32:])
