"""Open a vault: find its places, agree on its terms, read and check its chain.

Whatever is wrong with a place is kept as a finding and does not stop the others; a chain that does
not hold, or that is shorter than what this machine has seen, does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from panshi.errors import ForbiddenError, IntegrityError, MissingError, PanshiError, UsageError
from panshi.node.resilience.vault.addresses import places_at
from panshi.resilience.vault import chain, keys, shares
from panshi.resilience.vault.documents import KeyFile, agreement, read_head
from panshi.resilience.vault.history import Terms, epochs
from panshi.resilience.vault.layout import (
    CHAIN,
    HEAD,
    MOST_DOCUMENT,
    entry_name,
    keys_name,
    sequence_of,
)
from panshi.store.vault.memory import Memory
from panshi.store.vault.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Something wrong at one place."""

    place: str
    what: str
    "absent, unreadable, altered, behind, missing, stray"
    name: str = ""
    "The object, where it is one."
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """An open vault."""

    terms: Terms
    places: Mapping[int, Place]
    "By the number of their fragment; those that cannot be reached are not in it."
    entries: tuple[chain.Entry, ...]
    memory: Memory
    damages: tuple[Damage, ...] = ()
    "What opening it found."
    behind: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    "Entries of the chain a place lacks."
    vacant: tuple[Place, ...] = ()
    "Places that were named and have no head of this vault; repair may give them one."

    @property
    def head(self) -> chain.Entry:
        """Newest entry of the chain."""
        return self.entries[-1]

    def label(self, index: int) -> str:
        """How people know a place."""
        place = self.places.get(index)
        if place is not None:
            return place.label
        return self.terms.places[index] if index < len(self.terms.places) else f"place {index}"

    def absent(self) -> tuple[int, ...]:
        """Places that could not be reached."""
        return tuple(i for i in range(self.terms.spread.n) if i not in self.places)

    def after(self, entry: chain.Entry) -> Vault:
        """Give the same vault with one more entry."""
        return replace(self, entries=(*self.entries, entry))

    def close(self) -> None:
        """Let go of the places."""
        for place in (*self.places.values(), *self.vacant):
            place.close()


@contextmanager
def opened(addresses: Iterable[str], home: Path, *, k: int | None = None) -> Iterator[Vault]:
    """Open the vault that lies at these places, and close it again."""
    vault = open_vault(addresses, home, k=k)
    try:
        yield vault
    finally:
        vault.close()


def open_vault(addresses: Iterable[str], home: Path, *, k: int | None = None) -> Vault:
    """Open the vault that lies at these places, at least k of them."""
    heads, damages, vacant = _heads(places_at(addresses))
    if not heads:
        raise MissingError(
            "none of these places holds a vault",
            place=", ".join(each.place for each in damages)[:300],
            remedy="panshi vault init",
        )
    terms, places, odd, read = _agreed(heads, home)
    if k not in {None, terms.spread.k}:
        raise UsageError(f"this vault needs {terms.spread.k} places, not {k}")
    memory = Memory.below(home, terms.vault)
    _not_rolled_back(memory, read.entries, terms)
    return Vault(
        terms=terms,
        places=places,
        entries=read.entries,
        memory=memory,
        damages=(*damages, *_strangers(odd), *read.damages),
        behind=read.behind,
        vacant=(*vacant, *odd),
    )


def renewed(vault: Vault) -> Vault:
    """Read the chain anew, for who is alone and about to add to it: what was read may be old.

    Refuses where two machines went apart and the places at hand do not tell who came first.
    """
    spread = vault.terms.spread
    read = _chain(vault.terms, vault.places, vault.entries)
    _not_rolled_back(vault.memory, read.entries, vault.terms)
    if read.rival and read.rival + spread.n - len(vault.places) >= spread.need:
        raise IntegrityError(
            f"the places hold two entries {read.entries[-1].sequence} of the chain, and those "
            "that are missing decide which was acknowledged",
            place=read.damages[-1].place,
            remedy="bring the places that are missing",
        )
    found = [each for each in vault.damages if each.what != "behind"]
    return replace(
        vault,
        entries=read.entries,
        behind=read.behind,
        damages=tuple(dict.fromkeys((*found, *read.damages))),
    )


def unlock(
    vault: Vault, mnemonics: Sequence[str], passphrase: str = "", *, newest: bool = False
) -> keys.VaultKeys:
    """Open the vault's keys with the shares of enough officers.

    Until new shares are confirmed those before open too, unless only the `newest` may.
    """
    master = shares.combine(mnemonics, passphrase)

    def opened_by(file: KeyFile) -> keys.VaultKeys:
        secret = keys.unwrap(file.wrapped, master, vault.terms.vault, file.epoch)
        return _its_own(vault, secret)

    return _first(vault, opened_by, newest=newest)


def unlock_by(vault: Vault, key: keys.ReadingKey) -> keys.VaultKeys:
    """Open the vault's keys with the private key of a recipient."""
    public = key.public()

    def opened_by(file: KeyFile) -> keys.VaultKeys:
        for recipient, sealed in file.recipients:
            if recipient.public == public:
                return _its_own(vault, key.open(sealed, b"recipient" + vault.terms.vault))
        raise MissingError("this key is none of the vault's recipients")

    return _first(vault, opened_by)


def _first(
    vault: Vault, opened_by: Callable[[KeyFile], keys.VaultKeys], *, newest: bool = False
) -> keys.VaultKeys:
    """Try the key files from the newest back; tell what was wrong with the newest."""
    problem: PanshiError | None = None
    for number, digest in epochs(vault.entries)[: 1 if newest else None]:
        try:
            return opened_by(key_file(vault, number, digest))
        except (ForbiddenError, IntegrityError, MissingError) as error:
            problem = problem or error
    raise problem or MissingError("the vault has no keys", remedy="panshi vault init")


def key_file(vault: Vault, number: int, digest: str) -> KeyFile:
    """Read the key file of an epoch from the first place that still has it."""
    return KeyFile.parse(key_content(vault, number, digest))


def key_content(vault: Vault, number: int, digest: str) -> bytes:
    """Read the bytes of the key file of an epoch."""
    problem: PanshiError | None = None
    for place in vault.places.values():
        try:
            content = place.read(keys_name(number, digest), MOST_DOCUMENT)
            if sha256(content).hexdigest() == digest:
                return content
        except PanshiError as error:
            problem = error
    raise IntegrityError(
        f"no place holds the key file of epoch {number}", remedy="bring back another place"
    ) from problem


def _its_own(vault: Vault, secret: bytes) -> keys.VaultKeys:
    opened_keys = keys.VaultKeys(vault=vault.terms.vault, secret=secret)
    if keys.public_of(opened_keys.signing()) != vault.terms.signer:
        raise IntegrityError(
            "the chain is signed by another key than the one in the vault",
            remedy="do not trust these places; compare them with another copy",
        )
    if opened_keys.reading().public() != vault.terms.reader:
        raise IntegrityError(
            "the heads name another reading key than the one in the vault",
            remedy="do not trust these places; compare them with another copy",
        )
    return opened_keys


def _heads(
    places: Sequence[Place],
) -> tuple[list[tuple[Place, Terms, int]], list[Damage], list[Place]]:
    heads: list[tuple[Place, Terms, int]] = []
    damages: list[Damage] = []
    vacant: list[Place] = []
    for place in places:
        try:
            terms, index = read_head(place.read(HEAD, MOST_DOCUMENT))
            heads.append((place, terms, index))
        except MissingError as error:
            damages.append(_headless(place, "absent", error.problem))
            vacant.append(place)
        except IntegrityError as error:
            damages.append(_headless(place, "altered", error.problem))
            vacant.append(place)
        except PanshiError as error:
            damages.append(Damage(place=place.label, what="unreadable", detail=error.problem))
            place.close()
    return heads, damages, vacant


def _strangers(places: Iterable[Place]) -> Iterator[Damage]:
    for each in places:
        yield _headless(
            each,
            "altered",
            "its head speaks of other terms, another vault or a place already taken",
        )


def _headless(place: Place, what: str, problem: str) -> Damage:
    return Damage(place=place.label, what=what, name=HEAD, detail=problem)


def _agreed(
    heads: list[tuple[Place, Terms, int]], home: Path
) -> tuple[Terms, dict[int, Place], list[Place], _Read]:
    """Take the terms the chain signs, what most places hold first; give also the odd places."""
    counts = Counter(terms for _, terms, _ in heads)
    problems = []
    for terms in sorted(counts, key=lambda each: (not _known(each, home), -counts[each])):
        places: dict[int, Place] = {}
        odd = []
        for place, its, index in heads:
            if its != terms or index in places:
                odd.append(place)
            else:
                places[index] = place
        places = dict(sorted(places.items()))
        try:
            _pinned(terms, home)
            read = _chain(terms, places)
            _signed(read.entries[0], terms)
        except IntegrityError as error:
            problems.append(error)
        else:
            return terms, places, odd, read
    raise problems[0]


def _known(terms: Terms, home: Path) -> bool:
    """Whether these are the terms this machine seals under."""
    try:
        return Memory.below(home, terms.vault).keys().terms == agreement(terms)
    except MissingError:
        return False


def _pinned(terms: Terms, home: Path) -> None:
    try:
        mine = Memory.below(home, terms.vault).keys()
    except MissingError:
        return
    if mine.terms != agreement(terms):
        raise IntegrityError(
            "these places name other terms or keys than those this machine seals under",
            place=terms.vault.hex(),
            remedy="their heads were replaced: do not seal to them; bring places that were not",
        )


def _signed(begin: chain.Entry, terms: Terms) -> None:
    if begin.fields.get("terms") != sha256(agreement(terms)).hexdigest():
        raise IntegrityError(
            "the heads of these places do not say what the chain signs",
            place=terms.vault.hex(),
            remedy="they were altered: bring a place that was not",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """The chain as the places hold it."""

    entries: tuple[chain.Entry, ...]
    behind: Mapping[int, tuple[int, ...]]
    damages: tuple[Damage, ...]
    rival: int
    "Places that hold another newest entry."


def _chain(terms: Terms, places: Mapping[int, Place], known: Sequence[chain.Entry] = ()) -> _Read:
    """Read the chain from its newest entry back: each names the one before by its digest."""
    held: dict[int, set[int]] = {}
    damages: list[Damage] = []
    for i, place in places.items():
        try:
            names = [name for name, _ in place.sizes(CHAIN)]
        except PanshiError as error:
            damages.append(Damage(place=place.label, what="unreadable", detail=error.problem))
            names = []
        held[i] = {number for name in names if (number := sequence_of(name)) is not None}
    reading = _Copies(terms, places, held, damages)
    entries = [reading.newest()]
    while entries[-1].sequence:
        number, digest = entries[-1].sequence - 1, entries[-1].fields["previous"]
        if number < len(known) and known[number].digest == digest:
            entries += reversed(known[: number + 1])
        else:
            entries.append(reading.named(number, digest))
    every = set(range(len(entries)))
    behind = {i: tuple(sorted(every - has)) for i, has in held.items() if every - has}
    damages += [
        Damage(
            place=places[i].label, what="behind", detail=f"lacks {len(lacks)} entries of the chain"
        )
        for i, lacks in behind.items()
    ]
    return _Read(
        entries=tuple(reversed(entries)),
        behind=behind,
        damages=tuple(damages),
        rival=reading.rival,
    )


class _Copies:
    """The copies of the chain's entries at the places."""

    def __init__(
        self,
        terms: Terms,
        places: Mapping[int, Place],
        held: Mapping[int, set[int]],
        damages: list[Damage],
    ) -> None:
        self._terms = terms
        self._places = places
        self._held = held
        self._damages = damages
        self.rival = 0

    def newest(self) -> chain.Entry:
        """Give the entry of the greatest number that is sound; of copies, what most places hold."""
        for number in sorted(set().union(*self._held.values()), reverse=True):
            found = dict(self._sound(number))
            if not found:
                continue
            counts = Counter(entry.digest for entry in found.values())
            digest = max(counts, key=lambda each: (counts[each], each))
            self.rival = max((n for each, n in counts.items() if each != digest), default=0)
            for i, entry in found.items():
                if entry.digest != digest:
                    self._forked(i, number)
            return next(entry for entry in found.values() if entry.digest == digest)
        raise IntegrityError(
            "the vault has no chain",
            place=self._where(),
            remedy="bring back another place",
        )

    def named(self, number: int, digest: str) -> chain.Entry:
        """Give the entry the next one names."""
        for i, entry in self._sound(number):
            if entry.digest == digest:
                return entry
            self._forked(i, number)
        raise self._none(number)

    def _sound(self, number: int) -> Iterator[tuple[int, chain.Entry]]:
        name = entry_name(number)
        for i, place in self._places.items():
            if number not in self._held[i]:
                continue
            try:
                yield (
                    i,
                    chain.read(
                        place.read(name, chain.MOST_ENTRY),
                        vault=self._terms.vault,
                        signer=self._terms.signer,
                        sequence=number,
                    ),
                )
            except PanshiError as error:
                self._damages.append(
                    Damage(place=place.label, what="altered", name=name, detail=error.problem)
                )

    def _forked(self, i: int, number: int) -> None:
        self._damages.append(
            Damage(
                place=self._places[i].label,
                what="altered",
                name=entry_name(number),
                detail="it is none of the vault's history",
            )
        )

    def _none(self, number: int) -> IntegrityError:
        return IntegrityError(
            f"no place holds a sound entry {number} of the chain",
            place=self._where(),
            remedy="bring back another place",
        )

    def _where(self) -> str:
        return ", ".join(sorted({each.place for each in self._damages}))[:600]


def _not_rolled_back(memory: Memory, entries: Sequence[chain.Entry], terms: Terms) -> None:
    seen = memory.seen()
    if seen is None:
        return
    number, digest = seen
    if len(entries) <= number or entries[number].digest != digest:
        raise IntegrityError(
            f"this machine has seen entry {number} of the chain; these places no longer show it",
            place=terms.vault.hex(),
            remedy="all of them were rolled back or replaced: bring the places that are missing",
        )
