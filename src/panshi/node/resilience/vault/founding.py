"""Found a vault: empty places, a secret nobody keeps, one share for each officer."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from panshi.errors import MissingError, UsageError
from panshi.node.resilience.vault.addresses import places_at
from panshi.node.resilience.vault.opening import Vault
from panshi.node.resilience.vault.writing import Writers, acknowledge
from panshi.resilience.vault import chain, keys, shares
from panshi.resilience.vault.documents import KeyFile, Recipient, agreement, head, wrapped
from panshi.resilience.vault.history import Terms
from panshi.resilience.vault.layout import HEAD, ID_BYTES, Spread, entry_name, keys_name
from panshi.resilience.vault.shares import Quorum
from panshi.store.vault.directory import DirectoryPlace
from panshi.store.vault.memory import Memory, SealingKeys
from panshi.store.vault.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a vault is to be."""

    k: int
    quorum: Quorum
    retention: timedelta = timedelta(days=30)
    keep: int = 1
    recipients: tuple[Recipient, ...] = ()
    passphrase: str = ""


def found(
    addresses: Sequence[str],
    home: Path,
    wish: Wish,
    *,
    now: datetime,
    hand: Callable[[tuple[str, ...]], object] = lambda _mnemonics: None,
) -> tuple[Vault, tuple[str, ...]]:
    """Found a vault at these places; gives it and the mnemonics, which are kept nowhere.

    `hand` is given them first: what it raises leaves the places empty.
    """
    spread = Spread(k=wish.k, n=len(addresses))
    places = places_at(addresses)
    for place in places:
        _empty(place)
    name, secret, master = (secrets.token_bytes(size) for size in (ID_BYTES, 32, 32))
    its = keys.VaultKeys(vault=name, secret=secret)
    terms = Terms(
        vault=name,
        spread=spread,
        retention=wish.retention,
        keep=wish.keep,
        signer=keys.public_of(its.signing()),
        reader=its.reading().public(),
        places=tuple(each.label for each in places),
    )
    mnemonics = shares.split(master, wish.quorum, wish.passphrase)
    hand(mnemonics)
    memory = Memory.below(home, name)
    memory.keep(sealing_keys(its, terms))
    begin = chain.sign(
        its.signing(),
        vault=name,
        after=None,
        kind=chain.BEGIN,
        now=now,
        terms=sha256(agreement(terms)).hexdigest(),
    )
    vault = Vault(terms=terms, places=dict(enumerate(places)), entries=(begin,), memory=memory)
    file = wrapped(
        secret, master, vault=name, epoch=1, quorum=wish.quorum, recipients=wish.recipients
    )
    with memory.alone(), Writers(vault, spread.n) as writers:
        _everywhere(writers, entry_name(0), begin.content)
        vault = enforce(vault, writers, file, its.signing(), now=now)
        for i in vault.places:
            waiting = writers.at(i, _head(terms, i))
            if waiting:
                waiting.result()
        writers.everywhere(lambda place: place.flush())
    return vault, mnemonics


def sealing_keys(its: keys.VaultKeys, terms: Terms) -> SealingKeys:
    """Give what a machine that seals keeps."""
    return SealingKeys(signing=its.signing(), chunks=its.chunks(), terms=agreement(terms))


def enforce(
    vault: Vault, writers: Writers, file: KeyFile, signing: bytes, *, now: datetime
) -> Vault:
    """Put a key file into force."""
    content = file.encode(vault.terms.vault)
    digest = sha256(content).hexdigest()
    _everywhere(writers, keys_name(file.epoch, digest), content)
    entry = chain.sign(
        signing,
        vault=vault.terms.vault,
        after=vault.head,
        kind=chain.KEYS,
        now=now,
        epoch=file.epoch,
        sha256=digest,
        threshold=file.quorum.threshold,
        members=file.quorum.members,
        recipients=[who.name for who, _ in file.recipients],
    )
    return acknowledge(vault, writers, entry)


def _everywhere(writers: Writers, name: str, content: bytes) -> None:
    def work(place: Place) -> None:
        place.put(name, [content])
        place.flush()

    writers.everywhere(work)


def _head(terms: Terms, index: int) -> Callable[[Place], None]:
    return lambda place: place.put(HEAD, [head(terms, index)])


def _empty(place: Place) -> None:
    if isinstance(place, DirectoryPlace):
        place.found()
    try:
        held = next(iter(place.sizes("")), None)
    except MissingError:
        held = None
    if held is not None:
        raise UsageError(
            f"the place is not empty: it holds {held[0]}",
            place=place.label,
            remedy="name an empty place for each share of a new vault",
        )
