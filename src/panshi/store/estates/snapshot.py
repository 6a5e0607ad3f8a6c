"""A snapshot as canonical bytes, cut into chunks that most versions share.

1. Assets and relations stand in canonical order, one JSON array per line, keys sorted.
2. A chunk ends after a line whose name hashes to zero in eight bits, so on average after 256
   lines, and wherever lines are added or taken out, all other chunks stay as they were.
3. The digest of a snapshot is SHA-256 over its first line (id and names) and all its lines: the
   same content has the same digest, whatever its version and time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from zlib import crc32

import msgspec

from panshi.errors import IntegrityError
from panshi.model.asset import Asset, AssetId, AssetKind, AttributeValue, Relation, RelationKind
from panshi.model.changes import ordered
from panshi.model.estate import Estate

MAX_LINES = 2_048
"Lines of one chunk at most, wherever the boundaries fall."
_BOUNDARY = 0xFF

type _Plain = str | int | float | bool | tuple[str, ...]
type _AssetLine = tuple[
    str, str, dict[str, _Plain], dict[str, date], tuple[str, ...], tuple[str, ...]
]
"Id, name, attributes, attributes that are days, identifiers, inventories."
type _RelationLine = tuple[str, str, str]

_encode = msgspec.json.Encoder(order="deterministic").encode
_decode_assets = msgspec.json.Decoder(list[_AssetLine]).decode
_decode_relations = msgspec.json.Decoder(list[_RelationLine]).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A snapshot as it rests."""

    head: bytes
    "First line: what is said of the estate as a whole."
    assets: tuple[bytes, ...]
    relations: tuple[bytes, ...]

    @property
    def digest(self) -> bytes:
        """SHA-256 over the canonical bytes."""
        whole = sha256(self.head)
        for chunk in (*self.assets, *self.relations):
            whole.update(chunk)
        return whole.digest()


class _Head(msgspec.Struct):
    id: str
    name_zh: str
    name_en: str
    demo: bool


def packed(estate: Estate) -> Packed:
    """Write a snapshot as canonical bytes in chunks."""
    estate = ordered(estate)
    head = _Head(estate.id, estate.name_zh, estate.name_en, estate.demo)
    return Packed(
        head=_encode(head) + b"\n",
        assets=tuple(_chunks(estate.assets, lambda asset: asset.id, _asset_line)),
        relations=tuple(
            _chunks(estate.relations, lambda r: f"{r.source} {r.target}", _relation_line)
        ),
    )


def head_of(raw: bytes) -> tuple[str, str, bool]:
    """Read names and demo flag of the first line."""
    head = msgspec.json.decode(raw, type=_Head)
    return head.name_zh, head.name_en, head.demo


def assets_of(chunks: Sequence[bytes]) -> tuple[Asset, ...]:
    """Read the assets of a snapshot."""
    return tuple(
        Asset(
            id=AssetId(identity),
            kind=_KINDS[identity.partition(":")[0]],
            name=name,
            attributes={**plain, **days},
            identifiers=identifiers,
            inventories=inventories,
        )
        for chunk in chunks
        for identity, name, plain, days, identifiers, inventories in _decode_assets(_listed(chunk))
    )


def relations_of(chunks: Sequence[bytes]) -> tuple[Relation, ...]:
    """Read the relations of a snapshot."""
    return tuple(
        Relation(kind=_RELATIONS[kind], source=AssetId(source), target=AssetId(target))
        for chunk in chunks
        for kind, source, target in _decode_relations(_listed(chunk))
    )


def checked(chunk: bytes, digest: bytes, place: str) -> bytes:
    """Give the chunk back if it is what was stored."""
    if sha256(chunk).digest() != digest:
        raise IntegrityError(
            "a part of an estate is not what was stored",
            place=f"{place}, chunk {digest.hex()}",
            remedy="restore the file from a copy",
        )
    return chunk


_KINDS = {str(kind): kind for kind in AssetKind}
_RELATIONS = {str(kind): kind for kind in RelationKind}


def _chunks[T](
    things: Sequence[T], name: Callable[[T], str], line: Callable[[T], bytes]
) -> Iterator[bytes]:
    held: list[bytes] = []
    for thing in things:
        held.append(line(thing))
        if crc32(name(thing).encode()) & _BOUNDARY == 0 or len(held) == MAX_LINES:
            yield b"".join(held)
            held = []
    if held:
        yield b"".join(held)


def _listed(chunk: bytes) -> bytes:
    return b"[" + chunk.rstrip(b"\n").replace(b"\n", b",") + b"]"


def _asset_line(asset: Asset) -> bytes:
    plain: dict[str, AttributeValue] = {}
    days: dict[str, date] = {}
    for name, value in asset.attributes.items():
        if isinstance(value, date):
            days[name] = value
        else:
            plain[name] = value
    line = (asset.id, asset.name, plain, days, asset.identifiers, asset.inventories)
    return _encode(line) + b"\n"


def _relation_line(relation: Relation) -> bytes:
    return _encode((relation.kind, relation.source, relation.target)) + b"\n"
