"""A second reader of the vault format, written from docs/reference/vault-format.md alone.

Standard library, zstandard and the plain primitives of cryptography; no erasure library, no HPKE
of a library, no Panshi. It is given the vault secret and gives every file of the newest snapshot,
checking the Merkle root on its way.
"""

import hmac
import json
import struct
from hashlib import sha3_256, sha256
from pathlib import Path

import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

LABEL = b"panshi-vault/1 "


def product(a, b):
    """Multiply in GF(2^8) modulo 0x11d."""
    total = 0
    while b:
        total ^= a if b & 1 else 0
        a = a << 1 ^ (0x11D if a & 0x80 else 0)
        b >>= 1
    return total


RECIPROCAL = {a: next(b for b in range(1, 256) if product(a, b) == 1) for a in range(1, 256)}


def scaled(factor, part):
    """A slice times a factor, as a number, so that slices can be added."""
    table = bytes(product(factor, value) for value in range(256))
    return int.from_bytes(part.translate(table))


def package(fragments, k):
    """Solve for the slices by elimination over whole fragments."""
    size = len(next(iter(fragments.values())))
    rows = [
        (
            [int(i == j) if i < k else RECIPROCAL[i ^ j] for j in range(k)],
            int.from_bytes(part),
        )
        for i, part in sorted(fragments.items())[:k]
    ]
    for column in range(k):
        pivot = next(n for n in range(column, k) if rows[n][0][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        factor = RECIPROCAL[rows[column][0][column]]
        rows[column] = (
            [product(factor, each) for each in rows[column][0]],
            scaled(factor, rows[column][1].to_bytes(size)),
        )
        for n in range(k):
            factor = rows[n][0][column]
            if n != column and factor:
                own = rows[column][1].to_bytes(size)
                rows[n] = (
                    [
                        a ^ product(factor, b)
                        for a, b in zip(rows[n][0], rows[column][0], strict=True)
                    ],
                    rows[n][1] ^ scaled(factor, own),
                )
    return b"".join(value.to_bytes(size) for _, value in rows)


def hkdf(secret, salt, label, length=32):
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=LABEL + label).derive(secret)


SUITE = b"HPKE\x64\x7a\x00\x01\x00\x02"
MODE_BASE = b"\0"


def extract(salt, label, ikm):
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + SUITE + label + ikm, "sha256")


def expand(secret, label, info, length):
    info = struct.pack(">H", length) + b"HPKE-v1" + SUITE + label + info
    return HKDFExpand(algorithm=SHA256(), length=length, info=info).derive(secret)


def hpke_open(mlkem, x25519, sealed, info):
    """RFC 9180, base mode, single shot, over X-Wing."""
    enc_m, enc_x, cipher = sealed[:1088], sealed[1088:1120], sealed[1120:]
    shared_x = x25519.exchange(X25519PublicKey.from_public_bytes(enc_x))
    parts = mlkem.decapsulate(enc_m), shared_x, enc_x, x25519.public_key().public_bytes_raw()
    shared = sha3_256(b"".join(parts) + b"\\.//^\\").digest()
    context = MODE_BASE + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    secret = extract(shared, b"secret", b"")
    key = expand(secret, b"key", context, 32)
    return AESGCM(key).decrypt(expand(secret, b"base_nonce", context, 12), cipher, b"")


def merkle(leaves):
    """RFC 9162, section 2.1.1."""
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha256(b"\1" + merkle(leaves[:split]) + merkle(leaves[split:])).digest()


class SecondReader:
    """Reads the newest snapshot from directories."""

    def __init__(self, places, secret):
        heads = {}
        for place in map(Path, places):
            head = json.loads((place / "vault.json").read_bytes())
            heads[head.pop("place")] = place
        self.places, self.head = heads, head
        self.vault = bytes.fromhex(head["vault"])
        self.mlkem = MLKEM768PrivateKey.from_seed_bytes(hkdf(secret, self.vault, b"mlkem768", 64))
        self.x25519 = X25519PrivateKey.from_private_bytes(hkdf(secret, self.vault, b"x25519"))
        self.chain = self._chain()
        self.snapshot = [each for each in self.chain if each["kind"] == "snapshot"][-1]
        self.rows = self._catalogue()

    def _chain(self):
        signer = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.head["signing_key"]))
        place = next(iter(self.places.values()))
        entries, previous = [], "0" * 64
        for path in sorted((place / "chain").iterdir()):
            line, signature, _ = path.read_bytes().split(b"\n")
            signer.verify(bytes.fromhex(signature.decode()), line)
            entry = json.loads(line)
            assert entry["previous"] == previous
            assert entry["sequence"] == len(entries)
            entries.append(entry)
            previous = sha256(line).hexdigest()
        said = json.dumps(self.head, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert entries[0]["terms"] == sha256(said.encode()).hexdigest()
        return entries

    def _catalogue(self):
        place = next(iter(self.places.values()))
        (path,) = (place / "catalogue").glob(f"{self.snapshot['sequence']:012d}-*.bin")
        content = path.read_bytes()
        assert sha256(content).hexdigest() == self.snapshot["catalogue"]
        width = 28 + 32 * self.head["n"]
        rows = [content[start : start + width] for start in range(40, len(content), width)]
        assert merkle(rows).hex() == self.snapshot["merkle"]
        return {row[:16]: row for row in rows}

    def raw(self, name):
        row = self.rows[name]
        _, session, _ = struct.unpack_from(">16sQI", row)
        fragments = {}
        for i, place in self.places.items():
            content = (place / "f" / f"{session:012d}" / name.hex()).read_bytes()
            assert sha256(content).digest() == row[28 + 32 * i : 60 + 32 * i]
            fragments[i] = content[48:]
        whole = package(fragments, self.head["k"])
        cipher, tail = whole[:-32], whole[-32:]
        salt = bytes(a ^ b for a, b in zip(tail, sha256(cipher).digest(), strict=True))
        sealed = bytes.fromhex(self.chain[session]["session"])
        opened = hpke_open(self.mlkem, self.x25519, sealed, LABEL + b"session %d" % session)
        where = b"segment" + self.vault + name
        body = AESGCM(hkdf(opened, salt, where)).decrypt(bytes(12), cipher, LABEL + where)
        flag, count, length, stored = struct.unpack_from(">BIII", body)
        held = body[13 + 36 * count :][:stored]
        raw = zstandard.ZstdDecompressor().decompress(held) if flag else held
        assert len(raw) == length
        return raw

    def stream(self, extents):
        return b"".join(
            self.raw(bytes.fromhex(name))[offset : offset + length]
            for name, offset, length in extents
        )

    def files(self):
        trunk = json.loads(self.raw(bytes.fromhex(self.snapshot["trunk"])))
        manifest = self.stream(trunk["extents"])
        for line in manifest.splitlines():
            record = json.loads(line)
            if record["kind"] == "file":
                content = self.stream(record["extents"])
                assert sha256(content).hexdigest() == record["sha256"]
                yield record["path"], content
