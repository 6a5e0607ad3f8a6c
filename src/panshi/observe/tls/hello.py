"""Write a ClientHello and read what comes back: TLS as bytes, without keys.

A server tells its choice of version, suite and group before any key is needed (RFC 8446,
section 4.1). A TLS 1.3 hello with an empty key share makes the server answer with a
HelloRetryRequest that names the group it would take, so post-quantum groups are seen by a
program that cannot compute them. Nothing here completes a handshake or touches a socket.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from panshi.observe.tls.names import Version

CODES = {
    Version.SSL3: 0x0300,
    Version.TLS10: 0x0301,
    Version.TLS11: 0x0302,
    Version.TLS12: 0x0303,
    Version.TLS13: 0x0304,
}
VERSIONS = {code: version for version, code in CODES.items()}

GROUPS = {
    0x11EC: "X25519MLKEM768",
    0x11EB: "SecP256r1MLKEM768",
    0x11ED: "SecP384r1MLKEM1024",
    0x6399: "X25519Kyber768Draft00",
    0x0200: "MLKEM512",
    0x0201: "MLKEM768",
    0x0202: "MLKEM1024",
    0x001D: "x25519",
    0x0017: "secp256r1",
    0x0018: "secp384r1",
    0x0019: "secp521r1",
    0x001E: "x448",
    0x0100: "ffdhe2048",
    0x0101: "ffdhe3072",
    0x0102: "ffdhe4096",
}
"Key exchange groups asked for: IANA TLS Supported Groups."
CURVES = (0x001D, 0x0017, 0x0018, 0x0019, 0x001E)
"Those that TLS 1.2 knows; naming finite fields there would hide servers with their own."

_RECORD_HANDSHAKE, _RECORD_ALERT = 22, 21
_SERVER_HELLO = 2
_RENEGOTIATION_SCSV = 0x00FF
_RECORD_HEAD, _MESSAGE_HEAD, _ALERT_BYTES, _CURVE_BYTES = 5, 4, 2, 3
_RECORD_LIMIT = (1 << 14) + 2048
# ECDSA, EdDSA, RSA-PSS, RSA and ML-DSA with SHA-256 and better, then the old ones.
_SIGNATURES = (
    *(0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B),
    *(0x0401, 0x0501, 0x0601, 0x0904, 0x0905, 0x0906, 0x0402, 0x0303, 0x0301, 0x0203, 0x0201),
    0x0202,
)


class Extension(IntEnum):
    """The extensions used here (IANA TLS ExtensionType)."""

    SERVER_NAME = 0
    GROUPS = 10
    POINT_FORMATS = 11
    SIGNATURES = 13
    VERSIONS = 43
    KEY_SHARE = 51


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a server chose."""

    version: Version
    suite: int
    group: int | None = None
    complete: bool = True
    "False while the message that names the group of TLS 1.2 is still to come."


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A TLS alert instead of a choice."""

    alert: int


class NotTls:
    """The bytes are no TLS."""


type Answer = Chosen | Refused | NotTls


def client_hello(
    version: Version,
    suites: Sequence[int],
    *,
    groups: Sequence[int],
    random: bytes,
    name: str = "",
) -> bytes:
    """Write a ClientHello record that accepts exactly `version` (older ones up to it)."""
    legacy = min(CODES[version], CODES[Version.TLS12])
    codes = (*suites, _RENEGOTIATION_SCSV)
    body = legacy.to_bytes(2) + random + b"\0" + _vector(_shorts(codes), 2) + b"\x01\0"
    if version is not Version.SSL3:
        body += _vector(_extensions(version, groups, name), 2)
    message = b"\x01" + len(body).to_bytes(3) + body
    return b"\x16\x03\x01" + _vector(message, 2)


def read_answer(data: bytes) -> Answer | None:
    """Read what the server sent so far; None where more must come to tell."""
    stream = b""
    while data:
        if data[0] not in {_RECORD_HANDSHAKE, _RECORD_ALERT} or data[1:2] not in {b"", b"\x03"}:
            return NotTls() if not stream else _chosen(stream)
        if len(data) < _RECORD_HEAD:
            break
        length = int.from_bytes(data[3:5])
        if not 0 < length <= _RECORD_LIMIT:
            return NotTls() if not stream else _chosen(stream)
        fragment = data[_RECORD_HEAD : _RECORD_HEAD + length]
        if len(fragment) < length:
            break
        if data[0] == _RECORD_ALERT:
            if stream:
                return _chosen(stream)
            return Refused(alert=fragment[1]) if length == _ALERT_BYTES else NotTls()
        stream += fragment
        data = data[_RECORD_HEAD + length :]
    return _chosen(stream)


def _chosen(stream: bytes) -> Answer | None:
    found: Chosen | None = None
    while len(stream) >= _MESSAGE_HEAD:
        kind, length = stream[0], int.from_bytes(stream[1:4])
        body = stream[_MESSAGE_HEAD : _MESSAGE_HEAD + length]
        if found is None and kind != _SERVER_HELLO:
            return NotTls()
        if len(body) < length:
            break
        match kind:
            case 2:  # ServerHello
                found = _server_hello(body)
                if found is None:
                    return NotTls()
                if found.version is Version.TLS13:
                    return found
            case 12 if found is not None and body[:1] == b"\x03" and length >= _CURVE_BYTES:
                return Chosen(
                    version=found.version, suite=found.suite, group=int.from_bytes(body[1:3])
                )
            case 12 | 14 if found is not None:
                return Chosen(version=found.version, suite=found.suite)
            case _:
                pass
        stream = stream[_MESSAGE_HEAD + length :]
    return found


def _server_hello(body: bytes) -> Chosen | None:
    """Read a ServerHello or HelloRetryRequest (RFC 8446, section 4.1.3)."""
    at = 34
    if len(body) < at + 4:
        return None
    at += 1 + body[34]
    code, suite = int.from_bytes(body[:2]), int.from_bytes(body[at : at + 2])
    group: int | None = None
    at += 5  # suite, compression, length of the extensions
    while at + 4 <= len(body):
        kind, size = int.from_bytes(body[at : at + 2]), int.from_bytes(body[at + 2 : at + 4])
        value = body[at + 4 : at + 4 + size]
        if kind == Extension.VERSIONS:
            code = int.from_bytes(value[:2])
        elif kind == Extension.KEY_SHARE:
            group = int.from_bytes(value[:2])
        at += 4 + size
    version = VERSIONS.get(code)
    if version is None:
        return None
    return Chosen(version=version, suite=suite, group=group, complete=version is Version.TLS13)


def _extensions(version: Version, groups: Sequence[int], name: str) -> bytes:
    parts: list[tuple[Extension, bytes]] = []
    if name:
        entry = b"\0" + _vector(name.encode("idna"), 2)
        parts.append((Extension.SERVER_NAME, _vector(entry, 2)))
    parts.append((Extension.GROUPS, _vector(_shorts(groups), 2)))
    parts.append((Extension.POINT_FORMATS, b"\x01\0"))
    if version in {Version.TLS12, Version.TLS13}:
        parts.append((Extension.SIGNATURES, _vector(_shorts(_SIGNATURES), 2)))
    if version is Version.TLS13:
        parts.append((Extension.VERSIONS, _vector(_shorts((CODES[version],)), 1)))
        parts.append((Extension.KEY_SHARE, b"\0\0"))
    return b"".join(kind.to_bytes(2) + _vector(value, 2) for kind, value in parts)


def _shorts(values: Sequence[int]) -> bytes:
    return b"".join(value.to_bytes(2) for value in values)


def _vector(content: bytes, width: int) -> bytes:
    return len(content).to_bytes(width) + content
