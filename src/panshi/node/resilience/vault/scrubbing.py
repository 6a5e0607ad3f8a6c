"""Scrub: read what the places hold against what the chain says; repair: write back what is wrong.

Neither needs a key of the officers, since fragments are gathered and dispersed as ciphertext. Every
damage is named; repair is entered in the chain before it begins and again when it is done.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from itertools import islice

from panshi.errors import IntegrityError, MissingError, PanshiError, StoreError
from panshi.node.resilience.vault.opening import Damage, Vault, key_content, renewed
from panshi.node.resilience.vault.reading import Fetcher
from panshi.node.resilience.vault.sealing import clock_holds, known_segments, segments_of, settle
from panshi.node.resilience.vault.writing import Writers, acknowledge
from panshi.resilience.vault import chain
from panshi.resilience.vault.catalogue import Segment, encode
from panshi.resilience.vault.dispersal import disperse
from panshi.resilience.vault.documents import head
from panshi.resilience.vault.fragments import HEAD_BYTES, frame
from panshi.resilience.vault.history import epochs, standing
from panshi.resilience.vault.layout import (
    CHAIN,
    FRAGMENTS,
    HEAD,
    catalogue_name,
    entry_name,
    fragment_name,
    keys_name,
)
from panshi.store.vault.directory import DirectoryPlace
from panshi.store.vault.place import Place

_TRIED = 50
"Fragments read to tell which place it is."
_MOST_NAMED = 500
"Damages an entry of the chain names one by one; the counts are always whole."


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubbed:
    """What scrub found and what repair did."""

    fragments: int
    "Fragments read and compared."
    bytes: int
    damages: tuple[Damage, ...]
    lost: tuple[str, ...]
    "Segments fewer than k places still hold; their ids."
    hurt: tuple[str, ...]
    "Snapshots that need a lost segment."
    stray: int
    "Fragments no snapshot needs, left by interrupted runs; prune removes them."
    repaired: int
    "Objects written back."
    left: tuple[Damage, ...] = ()
    "Damages repair could not mend."

    @property
    def sound(self) -> bool:
        """Whether the vault now has its full redundancy."""
        return not self.lost and not (self.left if self.repaired else self.damages)


@dataclass(slots=True)
class _Look:
    """What one place holds."""

    damages: list[Damage] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)
    "Small objects to write back."
    bad: set[bytes] = field(default_factory=set)
    "Segments whose fragment here is bad."
    foreign: list[str] = field(default_factory=list)
    "Entries beside the chain."
    fragments: int = 0
    bytes: int = 0
    stray: int = 0


def scrub(
    vault: Vault,
    *,
    now: datetime,
    repair: bool = False,
    sample: float = 1.0,
    seed: int = 0,
    clock_is_right: bool = False,
    advance: Callable[[int], None] = lambda _count: None,
) -> tuple[Vault, Scrubbed]:
    """Read every fragment (or a sample, and the presence of all); repair where asked."""
    if repair:
        with vault.memory.alone():
            vault = renewed(vault)
            clock_holds(vault, now, sure=clock_is_right)
            return _repaired(vault, now, sample, seed, advance)
    rows = known_segments(vault)
    drawn = _drawn(rows, sample, seed)
    looks = _looks(vault, rows, drawn, advance)
    found = _found(vault, rows, looks)
    _remembered(vault, found, drawn)
    return vault, found


def _remembered(vault: Vault, found: Scrubbed, drawn: frozenset[bytes]) -> None:
    """Keep in mind what is lost; only what was read, and is not, is forgotten."""
    lost = frozenset(map(bytes.fromhex, found.lost))
    vault.memory.lose(lost, found=drawn - lost)


def _repaired(
    vault: Vault, now: datetime, sample: float, seed: int, advance: Callable[[int], None]
) -> tuple[Vault, Scrubbed]:
    signing = vault.memory.keys().signing
    rows = known_segments(vault)
    refounded = _refounded(vault, rows)
    drawn = _drawn(rows, sample, seed)
    looks = _looks(refounded, rows, drawn, advance)
    found = _found(vault, rows, looks)
    _remembered(vault, found, drawn)
    if not any(look.damages for look in looks.values()):
        return vault, found
    told = _told(found)
    with Writers(refounded) as writers:
        settle(refounded, writers)
        begun = chain.sign(
            signing, vault=vault.terms.vault, after=vault.head, kind=chain.REPAIR, now=now,
            stage="begun", **told,
        )  # fmt: skip
        refounded = acknowledge(refounded, writers, begun)
        looks_and_places = [(refounded.places[i], look) for i, look in looks.items()]
        written, left = _written(refounded, rows, looks_and_places, set(found.lost))
        done = chain.sign(
            signing, vault=vault.terms.vault, after=begun, kind=chain.REPAIR, now=now,
            stage="done", written=written, left=[_row(each) for each in left[:_MOST_NAMED]],
        )  # fmt: skip
        refounded = acknowledge(refounded, writers, done)
    left += [each for each in found.damages if each.place not in _labels(refounded)]
    return refounded, replace(found, repaired=written, left=tuple(left))


def _labels(vault: Vault) -> set[str]:
    return {place.label for place in vault.places.values()}


def _refounded(vault: Vault, rows: Mapping[bytes, Segment]) -> Vault:
    """Let places that lost their head have their number back, and empty ones that of a lost one."""
    places = dict(vault.places)
    empty = []
    for place in vault.vacant:
        number = _number_of(place, vault, rows)
        if number is not None:
            places.setdefault(number, place)
        elif _is_empty(place):
            empty.append(place)
    lost = [i for i in vault.absent() if i not in places]
    places.update(zip(lost, empty, strict=False))
    return replace(vault, places=dict(sorted(places.items())))


def _is_empty(place: Place) -> bool:
    try:
        if isinstance(place, DirectoryPlace):
            place.found()
        return next(iter(place.sizes("")), None) is None
    except StoreError:
        return False


def _number_of(place: Place, vault: Vault, rows: Mapping[bytes, Segment]) -> int | None:
    """Tell by its fragments which of the lost places this is; nothing else is believed."""
    try:
        names = [name for name, _ in islice(place.sizes(FRAGMENTS), _TRIED)]
        for name in names:
            row = rows.get(bytes.fromhex(name.rpartition("/")[2]))
            if row is None:
                continue
            digest = sha256(place.read(name, HEAD_BYTES + row.length)).digest()
            for i in vault.absent():
                if row.digest(i) == digest:
                    return i
    except (PanshiError, ValueError):
        return None
    return None


def _looks(
    vault: Vault,
    rows: Mapping[bytes, Segment],
    drawn: frozenset[bytes],
    advance: Callable[[int], None],
) -> dict[int, _Look]:
    """Look at all places side by side."""
    small = _small_objects(vault)
    with ThreadPoolExecutor(len(vault.places)) as pool:
        waiting = {
            i: pool.submit(_look, vault, i, rows, drawn, small, advance) for i in vault.places
        }
        return {i: each.result() for i, each in waiting.items()}


def _drawn(rows: Mapping[bytes, Segment], sample: float, seed: int) -> frozenset[bytes]:
    if sample >= 1:
        return frozenset(rows)
    dice = random.Random(seed)  # noqa: S311 -- a sample, no secret
    return frozenset(name for name in rows if dice.random() < sample)


def _small_objects(vault: Vault) -> dict[str, bytes]:
    """Everything but heads and fragments, as every place should hold it."""
    terms = vault.terms
    objects = {entry_name(each.sequence): each.content for each in vault.entries}
    for snapshot in standing(vault.entries):
        name = catalogue_name(snapshot.sequence, snapshot.fields["catalogue"])
        rows = segments_of(vault, snapshot).values()
        objects[name] = encode(terms.vault, snapshot.sequence, terms.spread, rows)
    newest, *earlier = epochs(vault.entries)
    objects[keys_name(*newest)] = key_content(vault, *newest)
    for each in earlier:
        with suppress(IntegrityError):  # no longer anywhere: nothing to compare with
            objects[keys_name(*each)] = key_content(vault, *each)
    return objects


def _look(
    vault: Vault,
    index: int,
    rows: Mapping[bytes, Segment],
    drawn: frozenset[bytes],
    small: Mapping[str, bytes],
    advance: Callable[[int], None],
) -> _Look:
    place, look = vault.places[index], _Look()
    for name, expected in {HEAD: head(vault.terms, index), **small}.items():
        what = _compared(place, name, sha256(expected).digest(), len(expected))
        if what:
            look.damages.append(replace(what, name=name))
            look.objects[name] = expected
    try:
        look.foreign = [name for name, _ in place.sizes(CHAIN) if name not in small]
        held = dict(place.sizes(FRAGMENTS))
    except PanshiError as error:
        held = {}
        look.damages.append(Damage(place=place.label, what="unreadable", detail=error.problem))
    look.damages += [
        Damage(place=place.label, what="foreign", name=name, detail="it is not of this chain")
        for name in look.foreign
    ]
    for row in rows.values():
        name = fragment_name(row.session, row.id)
        size = held.pop(name, None)
        damage = _fragment(place, row, index, size, read=row.id in drawn)
        if damage:
            look.damages.append(damage)
            look.bad.add(row.id)
        elif row.id in drawn:
            look.fragments += 1
            look.bytes += size or 0
            advance(size or 0)
    look.stray = len(held)
    return look


def _fragment(
    place: Place, row: Segment, index: int, size: int | None, *, read: bool
) -> Damage | None:
    name = fragment_name(row.session, row.id)
    if size is None:
        return Damage(place=place.label, what="missing", name=name)
    if size != HEAD_BYTES + row.length:
        detail = f"{size:,} bytes where {HEAD_BYTES + row.length:,} were written"
        return Damage(place=place.label, what="altered", name=name, detail=detail)
    return _compared(place, name, row.digest(index), HEAD_BYTES + row.length) if read else None


def _compared(place: Place, name: str, digest: bytes, length: int) -> Damage | None:
    try:
        if sha256(place.read(name, length)).digest() != digest:
            return Damage(
                place=place.label,
                what="altered",
                name=name,
                detail="its bytes are not those that were written",
            )
    except IntegrityError as error:
        return Damage(place=place.label, what="altered", name=name, detail=error.problem)
    except MissingError:
        return Damage(place=place.label, what="missing", name=name)
    except PanshiError as error:
        return Damage(place=place.label, what="unreadable", name=name, detail=error.problem)
    return None


def _found(vault: Vault, rows: Mapping[bytes, Segment], looks: Mapping[int, _Look]) -> Scrubbed:
    terms = vault.terms
    gone = terms.spread.n - len(looks)
    bad = Counter(name for look in looks.values() for name in look.bad)
    lost = {name for name in rows if terms.spread.n - gone - bad[name] < terms.spread.k}
    hurt = [
        each.snapshot_id()
        for each in standing(vault.entries)
        if lost and not lost.isdisjoint(segments_of(vault, each))
    ]
    seen = {(each.place, each.name) for look in looks.values() for each in look.damages}
    opened = [each for each in vault.damages if (each.place, each.name) not in seen]
    return Scrubbed(
        fragments=sum(look.fragments for look in looks.values()),
        bytes=sum(look.bytes for look in looks.values()),
        damages=(*opened, *(each for look in looks.values() for each in look.damages)),
        lost=tuple(sorted(name.hex() for name in lost)),
        hurt=tuple(hurt),
        stray=sum(look.stray for look in looks.values()),
        repaired=0,
    )


def _told(found: Scrubbed) -> dict[str, object]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for each in found.damages:
        counts[each.place][each.what] += 1
    return {
        "counts": {place: dict(each) for place, each in counts.items()},
        "damages": [_row(each) for each in found.damages[:_MOST_NAMED]],
        "lost": list(found.lost[:_MOST_NAMED]),
    }


def _row(damage: Damage) -> list[str]:
    return [damage.place, damage.what, damage.name]


def _written(
    vault: Vault,
    rows: Mapping[bytes, Segment],
    looks: Iterable[tuple[Place, _Look]],
    lost: set[str],
) -> tuple[int, list[Damage]]:
    """Write back: heads last, since a place without one is not yet a place."""
    looks = list(looks)
    written, left = 0, []
    for place, name, content in _contents(vault, rows, looks, lost):
        try:
            if content is None:
                place.remove(name)
            else:
                place.replace(name, content)
            written += 1
        except StoreError as error:
            left.append(Damage(place=place.label, what="unmended", name=name, detail=error.problem))
    return written, left


def _contents(
    vault: Vault,
    rows: Mapping[bytes, Segment],
    looks: list[tuple[Place, _Look]],
    lost: set[str],
) -> Iterator[tuple[Place, str, bytes | None]]:
    """Give what to write where; None for what is to go."""
    terms = vault.terms
    indexes = {id(place): i for i, place in vault.places.items()}
    fetcher = Fetcher(vault)
    bad = sorted({name for _, look in looks for name in look.bad if name.hex() not in lost})
    for name in bad:
        row = rows[name]
        payloads = disperse(fetcher.package(row), terms.spread)
        for place, look in looks:
            if name in look.bad:
                i = indexes[id(place)]
                framed = frame(terms.vault, name, i, terms.spread, payloads[i])
                if framed.digest != row.digest(i):
                    raise IntegrityError(
                        "a fragment does not come back as it was written",
                        place=f"{place.label}: {name.hex()}",
                        remedy="report this: the erasure library is not the one that wrote it",
                    )
                yield place, fragment_name(row.session, name), framed.head + framed.payload
    for place, look in looks:
        yield from ((place, told, None) for told in look.foreign)
        yield from ((place, told, each) for told, each in look.objects.items() if told != HEAD)
    for place, look in looks:
        if HEAD in look.objects:
            yield place, HEAD, look.objects[HEAD]
