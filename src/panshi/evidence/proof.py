"""Proof bundles: one JSON file with all that somebody else needs to check a claim of ours.

An inclusion bundle shows that an observation is in the log; a consistency bundle that the log of
a later checkpoint only appended to that of an earlier one. Both carry the signed checkpoint and
the keys it is said to be signed by; whoever checks should *pin* a key obtained another way.

A bundle has exactly one form (keys sorted, no spaces, UTF-8), so that no byte of it can be
changed unnoticed. `standalone/panshi_verify.py` checks bundles without Panshi.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import msgspec

from panshi.errors import BadInputError, IntegrityError, UsageError
from panshi.evidence.checkpoint import SignedCheckpoint, VerifierKey, base64, parse_note, unbase64
from panshi.evidence.log import LogStore
from panshi.evidence.merkle import (
    HASH_BYTES,
    ConsistencyProof,
    InclusionProof,
    verify_consistency,
    verify_inclusion,
)
from panshi.evidence.seal import Leaf, check_leaf, unseal
from panshi.model.observation import ObservationId, Sealed

FORMAT = 1
MAX_BYTES = 64 << 20
MAX_PATH = 128


class ProofBundle(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="type",
    tag="inclusion",
):
    """That one observation is in the log; the fields stand in the order of their names."""

    body: str | None
    "The body exactly as sealed; None where nothing was seen or it was erased."
    checkpoint: str
    "Signed note over the log of `tree_size` leaves."
    envelope: str
    "The envelope exactly as sealed."
    erased: bool
    "The body was erased, or is withheld from whoever got the proof; it holds all the same."
    id: str
    leaf_index: int
    nonce: str | None
    "Salt of the body's digest, in Base 64."
    panshi_proof: int = FORMAT
    "Version of this form."
    path: tuple[str, ...]
    "Audit path, nearest sibling first, in Base 64."
    tree_size: int
    verifier_keys: tuple[str, ...]
    "Keys that signed the checkpoint, in C2SP form."


class ConsistencyBundle(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="type",
    tag="consistency",
):
    """That a later log only appended to an earlier one."""

    checkpoint: str
    "Signed note over the later log."
    earlier: str
    "Signed note over the earlier log."
    panshi_proof: int = FORMAT
    path: tuple[str, ...]
    verifier_keys: tuple[str, ...]


type Bundle = ProofBundle | ConsistencyBundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What a bundle that verifies shows."""

    origin: str
    size: int
    signed_by: tuple[VerifierKey, ...]
    pinned: bool
    "Whether a key the checker trusts signed; otherwise the bundle vouches for itself only."
    sealed: Sealed | None = None
    "The observation, of an inclusion bundle."
    earlier_size: int | None = None
    "Size of the earlier log, of a consistency bundle."


def prove(
    log: LogStore, observation_id: ObservationId, keys: Collection[VerifierKey]
) -> ProofBundle:
    """Bundle for one observation against the log's newest checkpoint."""
    leaf = log.leaf(observation_id)
    if leaf is None:
        raise UsageError(
            f"no observation {observation_id} in this log",
            remedy="`panshi evidence list` shows what is there",
        )
    note = log.checkpoint()
    newest = parse_note(note) if note else None
    if newest is None or newest.checkpoint.size <= leaf.position:
        raise UsageError(
            f"no signed checkpoint covers observation {observation_id} yet",
            remedy="sign one with `panshi evidence checkpoint`",
        )
    signed_by = newest.verified_by(keys)
    proof = log.inclusion(observation_id, newest.checkpoint.size)
    return _bundle(leaf, proof, newest.only(signed_by).note, signed_by)


def prove_many(
    log: LogStore,
    ids: Collection[ObservationId],
    note: str,
    keys: Collection[VerifierKey],
) -> Iterator[ProofBundle]:
    """Give bundles for many observations against one checkpoint that covers them, oldest first."""
    covering = parse_note(note)
    signed_by = covering.verified_by(keys)
    only = covering.only(signed_by).note
    for leaf, proof in log.proofs(ids, covering.checkpoint.size):
        yield _bundle(leaf, proof, only, signed_by)


def without_body(bundle: ProofBundle) -> ProofBundle:
    """Give the same proof for someone who may not read the body: it proves as if erased."""
    if bundle.body is None:
        return bundle
    return msgspec.structs.replace(bundle, body=None, nonce=None, erased=True)


def _bundle(
    leaf: Leaf, proof: InclusionProof, note: str, signed_by: Collection[VerifierKey]
) -> ProofBundle:
    return ProofBundle(
        body=None if leaf.body is None else leaf.body.decode(),
        checkpoint=note,
        envelope=leaf.envelope.decode(),
        erased=unseal(leaf.position, leaf.id, leaf.envelope, leaf.body).erased,
        id=leaf.id,
        leaf_index=leaf.position,
        nonce=None if leaf.nonce is None else base64(leaf.nonce),
        path=tuple(base64(each) for each in proof.path),
        tree_size=proof.size,
        verifier_keys=tuple(str(key) for key in signed_by),
    )


def prove_extension(
    log: LogStore, earlier: str, keys: Collection[VerifierKey]
) -> ConsistencyBundle:
    """Bundle from an earlier note to the log's newest checkpoint."""
    old = parse_note(earlier)
    note = log.checkpoint()
    if not note:
        raise UsageError(
            "this log has no signed checkpoint yet",
            remedy="sign one with `panshi evidence checkpoint`",
        )
    new = parse_note(note)
    proof = log.consistency(old.checkpoint.size, new.checkpoint.size)
    by_old, by_new = old.verified_by(keys), new.verified_by(keys)
    signed_by = by_old + tuple(key for key in by_new if key not in by_old)
    return ConsistencyBundle(
        checkpoint=new.only(by_new).note,
        earlier=old.only(by_old).note,
        path=tuple(base64(each) for each in proof.path),
        verifier_keys=tuple(str(key) for key in signed_by),
    )


def to_json(bundle: Bundle) -> bytes:
    """Write a bundle in its one form."""
    return _encode(bundle)


def parse_bundle(raw: bytes, *, source: str = "") -> Bundle:
    """Read a bundle; refuse every other spelling of it."""
    if len(raw) > MAX_BYTES:
        raise BadInputError("a proof of more than 64 MiB", place=source)
    try:
        bundle: Bundle = _decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadInputError(f"not a proof bundle: {error}", place=source) from error
    if bundle.panshi_proof != FORMAT:
        raise BadInputError(
            f"proof format {bundle.panshi_proof} is not known",
            place=source,
            remedy="use a newer verifier",
        )
    if _encode(bundle) != raw:
        raise BadInputError(
            "the proof is not in its canonical form",
            place=source,
            remedy="use the file as it was issued, not reformatted",
        )
    return bundle


def parse_bundles(raw: bytes, *, source: str = "") -> Iterator[Bundle]:
    """Read a file of one bundle per line; a single bundle is a file of one line."""
    for number, line in enumerate(raw.removesuffix(b"\n").split(b"\n"), start=1):
        yield parse_bundle(line, source=f"{source} line {number}".strip())


def verify(bundle: Bundle, pinned: Collection[VerifierKey] = ()) -> Proven:
    """Check everything a bundle claims; raise `IntegrityError` at the first thing that fails."""
    match bundle:
        case ProofBundle():
            return _verify_inclusion(bundle, pinned)
        case ConsistencyBundle():
            return _verify_extension(bundle, pinned)


def _verify_inclusion(bundle: ProofBundle, pinned: Collection[VerifierKey]) -> Proven:
    leaf = Leaf(
        position=bundle.leaf_index,
        envelope=bundle.envelope.encode(),
        body=None if bundle.body is None else bundle.body.encode(),
        nonce=None if bundle.nonce is None else unbase64(bundle.nonce, "nonce"),
    )
    if leaf.id != bundle.id:
        raise IntegrityError(f"the envelope is not that of observation {bundle.id}")
    check_leaf(leaf)
    sealed = unseal(leaf.position, leaf.id, leaf.envelope, leaf.body)
    if sealed.erased is not bundle.erased:
        raise IntegrityError("the proof says otherwise than its envelope whether a body is erased")
    signed = parse_note(bundle.checkpoint)
    if signed.checkpoint.size != bundle.tree_size:
        raise IntegrityError("the proof and its checkpoint speak of logs of different size")
    proof = InclusionProof(index=bundle.leaf_index, size=bundle.tree_size, path=_path(bundle.path))
    if not verify_inclusion(proof, leaf.hash, signed.checkpoint.root):
        raise IntegrityError("the observation is not in the log the checkpoint speaks of")
    signed_by, trusted = _signed_by(signed, bundle.verifier_keys, pinned)
    return Proven(
        origin=signed.checkpoint.origin,
        size=bundle.tree_size,
        signed_by=signed_by,
        pinned=trusted,
        sealed=sealed,
    )


def _verify_extension(bundle: ConsistencyBundle, pinned: Collection[VerifierKey]) -> Proven:
    old, new = parse_note(bundle.earlier), parse_note(bundle.checkpoint)
    if old.checkpoint.origin != new.checkpoint.origin:
        raise IntegrityError("the two checkpoints are of different logs")
    proof = ConsistencyProof(
        first=old.checkpoint.size, second=new.checkpoint.size, path=_path(bundle.path)
    )
    if not verify_consistency(proof, old.checkpoint.root, new.checkpoint.root):
        raise IntegrityError("the later log did not only append to the earlier one")
    _, trusted_old = _signed_by(old, bundle.verifier_keys, pinned)
    signed_by, trusted = _signed_by(new, bundle.verifier_keys, pinned)
    return Proven(
        origin=new.checkpoint.origin,
        size=new.checkpoint.size,
        signed_by=signed_by,
        pinned=trusted and trusted_old,
        earlier_size=old.checkpoint.size,
    )


def _signed_by(
    signed: SignedCheckpoint, texts: Collection[str], pinned: Collection[VerifierKey]
) -> tuple[tuple[VerifierKey, ...], bool]:
    named = tuple(VerifierKey.parse(text) for text in texts)
    signed_by = signed.verified_by(named)
    if pinned and not set(signed_by) & set(pinned):
        raise IntegrityError(
            "the checkpoint is signed by another key than the pinned one",
            remedy="ask the log's owner whether the key was replaced",
        )
    return signed_by, bool(pinned)


def _path(encoded: tuple[str, ...]) -> tuple[bytes, ...]:
    if len(encoded) > MAX_PATH:
        raise BadInputError("a path longer than any log is deep")
    path = tuple(unbase64(each, "path") for each in encoded)
    if any(len(each) != HASH_BYTES for each in path):
        raise BadInputError("a hash of a wrong length in a path")
    return path


_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder(ProofBundle | ConsistencyBundle).decode
