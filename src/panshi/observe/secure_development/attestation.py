"""in-toto attestations: SLSA provenance 0.2 and 1 in DSSE envelopes, sigstore bundles, bare.

A file holds one envelope, several one a line (`.intoto.jsonl`), or an array. The payload is kept
as it was signed, with the signatures; nothing is verified here, since whether a signature holds
depends on the keys trusted on the day of judgement. What the statement says of builder, source and
artefacts is read for people and for judgement, and is worth what the signature is worth.

Formats: in-toto Statement 0.1 and 1; SLSA provenance 0.2 and 1; DSSE 1; sigstore bundle 0.1 to 0.3.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode, urlsafe_b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TypedDict

import msgspec

from panshi.errors import BadInputError
from panshi.model.bodies.secure_development import (
    PROVENANCE,
    Artifact,
    BuildProvenance,
    EnvelopeSignature,
)
from panshi.model.observation import Observation
from panshi.observe.port import Look
from panshi.observe.reading.files import path_of
from panshi.observe.reading.limits import MIB
from panshi.observe.reading.members import listed, table, text
from panshi.observe.reading.records import Record, decoded
from panshi.observe.reading.texts import clean, observed
from panshi.observe.secure_development.certificates import named
from panshi.observe.secure_development.documents import json_documents
from panshi.observe.secure_development.releases import facet_of, release_of, subject_of

IN_TOTO = "application/vnd.in-toto+json"
MOST_PAYLOAD = MIB
MOST_SIGNATURES = 32
KEPT = 500
"Artefacts a body lists; judgement reads all of them from the payload."
_STATEMENTS = ("https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1")
_HEX = frozenset("0123456789abcdef")
_DIGITS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What carries a statement."""

    carrier: str
    payload_type: str
    payload: bytes
    signatures: tuple[EnvelopeSignature, ...] = ()
    identity: str = ""
    issuer: str = ""
    log_entries: int = 0


class Attestations:
    """Reads in-toto attestations."""

    name = "attestation"
    title_zh = "建置來源證明（in-toto、SLSA）"
    title_en = "Build provenance (in-toto, SLSA)"
    needs_path = True
    kinds = (PROVENANCE,)
    suffixes = (".intoto.jsonl", ".intoto.json", ".sigstore.json", ".sigstore", ".dsse.json")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation per statement."""
        subject, release = subject_of(look), release_of(look)
        path = path_of(look)
        count = 0
        for place, document in json_documents(path):
            count += 1
            envelope = read_envelope(document, place)
            body = provenance(envelope, place, release)
            name = body.artifacts[0].name if body.artifacts else ""
            yield Observation(
                kind=PROVENANCE,
                subject=subject,
                facet=facet_of(release, f"{name} {body.payload_sha256[:12]}"),
                observed_at=observed(body.built, look, place),
                collector=body.builder or "in-toto",
                body=body,
            )
        if not count:
            raise BadInputError("holds no attestation", place=str(path))


OBSERVER = Attestations()


def read_envelope(document: Record, place: str) -> Envelope:
    """Take an envelope out of its bundle, or a bare statement as it is."""
    if "dsseEnvelope" in document:
        return _bundle(document, place)
    if "payload" in document and "payloadType" in document:
        return _dsse(document, place)
    if text(document, "_type") in _STATEMENTS:
        return Envelope(
            carrier="statement", payload_type=IN_TOTO, payload=msgspec.json.encode(document)
        )
    raise BadInputError(
        "is neither a DSSE envelope, a sigstore bundle nor an in-toto statement",
        place=place,
        remedy="name the .intoto.jsonl file of the build",
    )


def _dsse(document: Record, place: str, carrier: str = "dsse") -> Envelope:
    found = listed(document, "signatures")
    if len(found) > MOST_SIGNATURES:
        raise BadInputError(f"more than {MOST_SIGNATURES} signatures", place=place)
    signatures = []
    for each in found:
        value = table(each).get("sig")
        if not isinstance(value, str):
            raise BadInputError("a signature without `sig`", place=place)
        raw = unbase64(value, "a signature", place)
        signatures.append(
            EnvelopeSignature(key_id=text(each, "keyid", limit=200), value=b64encode(raw).decode())
        )
    return Envelope(
        carrier=carrier,
        payload_type=text(document, "payloadType", limit=200),
        payload=unbase64(document.get("payload"), "the payload", place),
        signatures=tuple(signatures),
    )


def _bundle(document: Record, place: str) -> Envelope:
    envelope = _dsse(table(document, "dsseEnvelope"), place, "sigstore")
    material = table(document, "verificationMaterial")
    chain = listed(material, "x509CertificateChain", "certificates")
    leaf = table(material, "certificate") or (table(chain[0]) if chain else {})
    identity, issuer = named(leaf.get("rawBytes"))
    return Envelope(
        carrier=envelope.carrier,
        payload_type=envelope.payload_type,
        payload=envelope.payload,
        signatures=envelope.signatures,
        identity=identity,
        issuer=issuer,
        log_entries=len(listed(material, "tlogEntries")),
    )


def unbase64(value: object, what: str, place: str) -> bytes:
    """Decode standard or URL-safe Base64, as DSSE asks of readers."""
    if not isinstance(value, str) or len(value) > 2 * MOST_PAYLOAD:
        raise BadInputError(
            f"{what} is missing or larger than {MOST_PAYLOAD:,} bytes",
            place=place,
            remedy="deliver one attestation per artefact",
        )
    try:
        if set(value) & {"-", "_"}:
            raw = urlsafe_b64decode(value)
        else:
            raw = b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInputError(f"{what} is not Base64", place=place) from error
    if len(raw) > MOST_PAYLOAD:
        raise BadInputError(f"{what} is larger than {MOST_PAYLOAD:,} bytes", place=place)
    return raw


def provenance(envelope: Envelope, place: str, release: str) -> BuildProvenance:
    """Read what the statement says."""
    if envelope.payload_type != IN_TOTO:
        raise BadInputError(
            f"payload type {envelope.payload_type[:80]!r} is no in-toto statement", place=place
        )
    statement = decoded(_utf8(envelope.payload, place), place)
    if not isinstance(statement, dict) or text(statement, "_type") not in _STATEMENTS:
        raise BadInputError("the payload is no in-toto statement", place=place)
    predicate = table(statement, "predicate")
    artifacts = tuple(_artifacts(statement))
    told = _slsa_1(predicate) if "buildDefinition" in predicate else _slsa_02(predicate)
    return BuildProvenance(
        carrier=envelope.carrier,
        predicate_type=text(statement, "predicateType", limit=200),
        payload_type=envelope.payload_type,
        payload=b64encode(envelope.payload).decode(),
        payload_sha256=sha256(envelope.payload).hexdigest(),
        signatures=envelope.signatures,
        artifacts=artifacts[:KEPT],
        artifact_count=len(artifacts),
        certificate_identity=envelope.identity,
        certificate_issuer=envelope.issuer,
        log_entries=envelope.log_entries,
        release=release,
        **told,
    )


def _utf8(raw: bytes, place: str) -> str:
    try:
        return raw.decode()
    except UnicodeError as error:
        raise BadInputError("the payload is not valid UTF-8", place=place) from error


def _artifacts(statement: Mapping[str, object]) -> Iterator[Artifact]:
    for each in listed(statement, "subject"):
        digest = text(each, "digest", "sha256", limit=_DIGITS).lower()
        fits = len(digest) == _DIGITS and set(digest) <= _HEX
        yield Artifact(name=text(each, "name", limit=300), sha256=digest if fits else "")


class _Told(TypedDict):
    """What the predicates of both versions tell."""

    builder: str
    build_type: str
    source_uri: str
    source_digest: str
    invocation: str
    materials: int
    built: str


def _slsa_1(predicate: Mapping[str, object]) -> _Told:
    """SLSA provenance 1: buildDefinition and runDetails."""
    definition, run = table(predicate, "buildDefinition"), table(predicate, "runDetails")
    materials = listed(definition, "resolvedDependencies")
    first = materials[0] if materials else None
    return {
        "builder": text(run, "builder", "id", limit=300),
        "build_type": text(definition, "buildType", limit=300),
        "source_uri": text(first, "uri", limit=300),
        "source_digest": _digest(first),
        "invocation": text(run, "metadata", "invocationId", limit=300),
        "materials": len(materials),
        "built": text(run, "metadata", "finishedOn", limit=60),
    }


def _slsa_02(predicate: Mapping[str, object]) -> _Told:
    """SLSA provenance 0.2; what other predicates have of it is read the same way."""
    materials = listed(predicate, "materials")
    configured = table(predicate, "invocation", "configSource")
    source = configured or (table(materials[0]) if materials else {})
    return {
        "builder": text(predicate, "builder", "id", limit=300),
        "build_type": text(predicate, "buildType", limit=300),
        "source_uri": text(source, "uri", limit=300),
        "source_digest": _digest(source),
        "invocation": text(predicate, "metadata", "buildInvocationId", limit=300),
        "materials": len(materials),
        "built": text(predicate, "metadata", "buildFinishedOn", limit=60),
    }


def _digest(value: object) -> str:
    """Give the first digest as `algorithm:digits`."""
    for name, digits in sorted(table(value, "digest").items()):
        return clean(f"{name}:{digits}" if isinstance(digits, str) else name, 200)
    return ""
