#!/usr/bin/env python3
"""Restore a Panshi vault without Panshi: `panshi_restore.py --shares FILE … --into DIR PLACE …`.

PLACE are directories that each hold one place of the vault (any k of them), FILE hold the officers'
mnemonics, one a line. Written from docs/reference/vault-format.md alone; needs Python 3.9 and the
packages cryptography (47 or newer), zstandard and, with places lost, pyeclib. Exit codes:
0 restored, 1 unsound, 3 malformed.
"""

from __future__ import annotations

import argparse
import base64
import hmac
import json
import os
import re
import stat
import struct
import sys
import zlib
from collections import Counter, OrderedDict
from collections.abc import Iterator
from hashlib import pbkdf2_hmac, sha256
from pathlib import Path, PurePosixPath
from typing import Any

import zstandard
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

LABEL = b"panshi-vault/1 "
CACHED = 16
ANEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
REFUTED, MALFORMED = 1, 3
MOST_DOCUMENT, MOST_ENTRY, MOST_OBJECT = 1 << 20, 4 << 20, 1 << 30
WRONG = (
    OSError, ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError,
    InvalidSignature, struct.error, zstandard.ZstdError,
)  # fmt: skip
"What a hostile or broken file may raise while it is read."

# The first four letters of the 1,024 words of SLIP-39, which tell them apart (zlib, Base 64).
PREFIXES = zlib.decompress(
    base64.b64decode(
        "eNotl4myrCoMRb81QERapsugzfn6t7Bfda1CI9IMyU4UK05sgKxi/02xrYgdARpPqjj9J+4zxaUgrmCbUdwtUORoIl"
        "6CeM3im0pw0CxEqPKRJnFjpkRbJAaFW2I9JdI/DmwzSXxEkvxJMkFSmZJml8ybWYZkqxAke1rfJIckuT+SB/ffwAyb"
        "MG3hb6Uxj+antKTSWEMbj/SqMu2QiX3mIbc2uYPIXYI8vPvIkm/o8o1qlBnwJtxGbTHquD7FaMhGYwBsmX59GF3FhE"
        "tNKNGENkzop4liIZuo3cSQgOupprhlShymtADZlHGaMrNp9GdFcBu2w7SgppULBjxm2stM580M7GA0wHWqZmZnZttk"
        "M/syc6nlECybbCXRpmolL8vmQIBhWRY44HnzQJ92Wxncz241RKt5WLbHnpIgQ7OnWuBeOzz2nMaGrDbcwUbpsGzEdT"
        "hbSJBtLBY88LwMG3kn8h/l9QJaF2yJ0xbmyX7Y0odlP6DZcrPzj7F4GhzwZ5tyHSwk6DBw08e2iY33GmO31e00wc44"
        "7KTzbNFOxl0R5w7d4WCOJTlpl8OtHA6BtzqIjl2H6dQq4MUWG7NUi533lXc1d1hOd0hU+lXslX7dAved+37BcMr4Or"
        "Dd2G5WK54VDxcUorqQggsZeB/XAwvY+wkJKtD3xsb7xU5XmENJCsEV5l6e7BrjNkkO34HuWjgAe7ldo09b6vAhNy9a"
        "NhR/dysLLh53gKh0BZznLPoeYGFyXvnTsV/UME6Npiir1MjmRPWQoMLN1gyNjJEkYG2aWESq3Fc8ptKzDs2sOrsIhd"
        "BJQJQeXHvR/KGNtAPbrbB+28o4xDQE3LFrK3ubha3dBEVB+Pf821429C6XfsVC0q9VOCHC1C/z/vKf31P0W4Z+Ky1z"
        "/DK/b8U+uOb/l5oDIYRxSIiQD7n0kNgPSdhTOfAf8ECfIYD9xv7kA3U4OOMjRMgCDvwRGvaWDs4YziOMfERJ0OE+OA"
        "n4HjHUIyKpsbQjzuPgzI/SDFhQ8JBgwHMQL8ivBX80/Qf9aAFJDg70aIX7MuDvmEkPNOMgJo7Z1SOtnq3yaAI4iF56"
        "8TJOpJxDzgEaTK8lejbdo/qQoXtO0xPrvsjwJTpUebPVucMNa6cDzzwgAs+KBZ7jvMSubzNtpfZTu0ffYPiZ+kniQH"
        "5oswOPBN0nog3llOc6SRMn7g4RGmwnxeEa9oa9h7OYcpZIG9dJzJzs21l6PdGXkxWdpBwIJ/ngnN3ACde5UGD3pjGC"
        "MyqZxodUBVhtRX3q3OoGBXakkRlcgLm9BbCf2D7cExS5c915jtOSr4DrGzvJBx0LnTTZy46iRJi3j9jrow0e/ZQ9ig"
        "uMZD9o/geZA+7z9ZltfdC2S1u+dJkruHwxiQtZvHI4YHBcChFWfBMyi3iPr+0j5Nkk8p6O+7mfC76icBPmI24PeUPd"
        "9/gLXv8L9zcLthiQgnCMSP6LIZLSIypbewz/ZkS3XlkgP8TwJ7h03lmTlMB1D7FMF8si7dsrTpI86wIf53fGFXJcbD"
        "MZKG0P5SQg7p1MxCLwbP/yxu1CADhNRJBUBRfcCV9O5DVgnC/vLLxAMuqJ16O+mgxgywPZsoCNvjoa6tpTiFQ7HDl5"
        "DmgZP3y5/o5E1k/IEdAi1mWP1DLwjDGIS8B+a5qsYyKD5CRKGgtc9wAjsy7Km51JLyJOkMU763iyPj1PG1mVATJOLK"
        "TMwBb2Yj5aTIchhbKoHIPoXEwhDCozlEMykhEKWQtovbxpFa0Eoi6TvewmwIVnO8i7UKtoG4wq748+jftGn4ZtcD8o"
        "6BbRsBoVlYUMVFdUF5RdgK1tDiALjECVl6EReKOeTeq5OtXIBaOSbSrSXUPmvm7JxzYsThq2o0KHAQullkodUXGUiu"
        "bBQrkFHHggOrVCh5tI1TdaWyiALWzbX23FAO+XA3iPAgRNAp4z9jSxztgr8VaJNVh1shuUJVDrGidpKUMjNdlfenor"
        "prCL5caZQobOUZCa88WqebanRWWtu+qlAqTWeKswUhNw7xtgI/qJzPZ/Mm3bs4i/tk+DlAu8/49+lDvUHBB+S+7YBn"
        "0G48zMFvDs5hkJ/1wJBhXRyTYI4AhUrMVeLF/+34KBLOdGXDaUq+GzyHPp+Egny3XyRd/RS8He8Vng+tYuq5OWMzQY"
        "FJFco7Q2MMOyizJ5Z/or2kpHZ6B36irYmSh1pBaxd3D0n/BXaB1RB9qyQaG3YO4qK25uooj7VDupBSEdHQHs18xIKk"
        "IkN8LlECQLqceC0M2OWLSOEEAkyLkOg0C9epq+Z7mgdvSzF4ssHwNpdjB7wSnIHZ2ggdb/d3zAWVhzJWipW4B75sGR"
        "w+Bk9smHjsPALl8cHEBGYJzBng02cVdihBhZwkLsRDMngo13x4p9mg+kPsnS5MmOdPdZ96kfUOHuD2M8rPXh/x/6rG"
        "Sg9pVd5x8GZwm0rg7UfUjnftunH2gkU7CQflN5CzfZxRtw37DTl0JpENNA+yZeFE/b4IzGifeRVMdOqsT4CG4NPoHG"
        "VlbOaJRjjuJ1UGKOwsIL/9ner8wD9nX+LVluqjHZFSHLl+24UGFuJx1t4uUI6IOdtY6F0qwapo8LmQ3IZnu/JMjNVE"
        "hkuV0pnbSBNtykzwB55sk2Pm1WKhF2Hmdk1FOxyv37SJ03OfPmg/MXNR6PjzdSOoggBzuS1k2df1Ng8jU0fuWoPjfT"
        "uvkuJAL51Oxkwj7vwKcnOZDMb2986qYUhfBIzERpAtphH7kXRxmhPmrso3FzPLqX7CA6lr3RZ0c4nzYc97mP/Cn0I6"
        "af0i4YD+Lz4ELAdRmLHL+olVbQuKj2/lCC/wB9TLXG"
    )
).decode()
WORDS = {PREFIXES[4 * n : 4 * n + 4]: n for n in range(1024)}


class UnsoundError(Exception):
    """What was found cannot be used."""


def need(condition: object, problem: str) -> None:
    """Go on only if the condition holds."""
    if not condition:
        raise UnsoundError(problem)


def field() -> tuple[list[int], list[int]]:
    """Powers of 3 and logarithms in the field of 256 elements that SLIP-39 and AES use."""
    power, log, value = [0] * 255, [0] * 256, 1
    for n in range(255):
        power[n], log[value] = value, n
        value ^= value << 1 ^ (0x11B if value & 0x80 else 0)
    return power, log


POWER, LOG = field()


def gather(fragments: dict[int, bytes], k: int, n: int) -> bytes:
    """Give a package back from k fragments; the erasure library is needed where slices are gone."""
    chosen = sorted(fragments)
    if chosen == list(range(k)):
        return b"".join(fragments[i] for i in chosen)
    from pyeclib.ec_iface import ECDriver

    driver = ECDriver(k=k, m=n - k, ec_type="isa_l_rs_cauchy", chksum_type="none")
    heads = [each[:80] for each in driver.encode(bytes(k * len(fragments[chosen[0]])))]
    package: bytes = driver.decode([heads[i] + fragments[i] for i in chosen])
    return package


CHECKSUM_STEPS = (
    0xE0E040, 0x1C1C080, 0x3838100, 0x7070200, 0xE0E0009,
    0x1C0C2412, 0x38086C24, 0x3090FC48, 0x21B1F890, 0x3F3F120,
)  # fmt: skip


def checksum(values: list[int]) -> int:
    """RS1024 of a list of 10-bit values."""
    state = 1
    for value in values:
        high = state >> 20
        state = (state & 0xFFFFF) << 10 ^ value
        for n, step in enumerate(CHECKSUM_STEPS):
            state ^= step if high >> n & 1 else 0
    return state


def share(mnemonic: str) -> tuple[tuple[int, ...], int, int, int, bytes]:
    """Read a mnemonic: what all shares agree on, group, member, member threshold, value."""
    words = mnemonic.lower().split()
    need(len(words) >= 20 and all(word[:4] in WORDS for word in words), "a share is misspelt")
    numbers = [WORDS[word[:4]] for word in words]
    head = numbers[0] << 30 | numbers[1] << 20 | numbers[2] << 10 | numbers[3]
    extendable = head >> 24 & 1
    text = b"shamir_extendable" if extendable else b"shamir"
    need(checksum([*text, *numbers]) == 1, "a share is misspelt: its checksum does not hold")
    body = numbers[4:-3]
    spare = 10 * len(body) % 16
    value = 0
    for number in body:
        value = value << 10 | number
    bits = 10 * len(body) - spare
    need(spare <= 8 and value >> bits == 0, "a share is padded wrongly")
    common = (head >> 25, extendable, head >> 20 & 15, (head >> 12 & 15) + 1, (head >> 8 & 15) + 1)
    need(common[3] <= common[4], "a share asks for more groups than there are")
    return (
        common,
        head >> 16 & 15,
        head >> 4 & 15,
        (head & 15) + 1,
        value.to_bytes(bits // 8, "big"),
    )


def interpolate(points: dict[int, bytes], at: int) -> bytes:
    """Lagrange's polynomial through points, at one place."""
    if at in points:
        return points[at]
    total = 0
    for x, value in points.items():
        log = sum(LOG[other ^ at] - LOG[other ^ x] for other in points if other != x)
        table = bytes(POWER[(LOG[byte] + log) % 255] if byte else 0 for byte in range(256))
        total ^= int.from_bytes(value.translate(table), "big")
    return total.to_bytes(len(next(iter(points.values()))), "big")


def recovered(threshold: int, points: dict[int, bytes]) -> bytes:
    """Secret of one level of sharing, its digest checked."""
    need(len(points) == threshold, f"{len(points)} shares were brought, {threshold} are needed")
    if threshold == 1:
        return next(iter(points.values()))
    secret, digest = interpolate(points, 255), interpolate(points, 254)
    check = hmac.new(digest[4:], secret, "sha256").digest()[:4]
    need(hmac.compare_digest(check, digest[:4]), "the shares do not belong together")
    return secret


def combine(mnemonics: list[str], passphrase: bytes = b"") -> bytes:
    """Master secret of SLIP-39 mnemonics."""
    shares = [share(each) for each in mnemonics]
    need(shares and len({each[0] for each in shares}) == 1, "the shares are of different sets")
    number, extendable, exponent, groups_needed, _ = shares[0][0]
    groups: dict[int, tuple[int, dict[int, bytes]]] = {}
    for _, group, member, threshold, value in shares:
        its, members = groups.setdefault(group, (threshold, {}))
        need(its == threshold, "the shares of a group disagree")
        need(members.setdefault(member, value) == value, "two shares claim the same number")
    need(len({len(each[4]) for each in shares}) == 1, "the shares are of different length")
    need(len(groups) == groups_needed, f"{len(groups)} groups came, {groups_needed} are needed")
    secret = recovered(groups_needed, {g: recovered(t, m) for g, (t, m) in groups.items()})
    salt = b"" if extendable else b"shamir" + number.to_bytes(2, "big")
    half = len(secret) // 2
    left, right = secret[:half], secret[half:]
    for step in (3, 2, 1, 0):
        rounds = (10_000 << exponent) // 4
        pad = pbkdf2_hmac("sha256", bytes([step]) + passphrase, salt + right, rounds, half)
        left, right = right, bytes(a ^ b for a, b in zip(left, pad))
    return right + left


def derive(secret: bytes, salt: bytes, label: bytes, length: int = 32) -> bytes:
    """HKDF-SHA256."""
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=LABEL + label).derive(secret)


def reading_key(x25519: bytes, mlkem: bytes) -> MLKEM768X25519PrivateKey:
    """Hybrid private key of its two seeds."""
    return MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(mlkem), X25519PrivateKey.from_private_bytes(x25519)
    )


def public_of(seeds: bytes) -> str:
    """Public half of a recipient's key, as the key file names it."""
    mlkem = MLKEM768PrivateKey.from_seed_bytes(seeds[32:]).public_key().public_bytes_raw()
    x25519 = X25519PrivateKey.from_private_bytes(seeds[:32]).public_key().public_bytes_raw()
    return (mlkem + x25519).hex()


def opened(sealed: str, key: MLKEM768X25519PrivateKey, purpose: bytes) -> bytes:
    """Open what was sealed to a hybrid key."""
    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    try:
        return suite.decrypt(bytes.fromhex(sealed), key, info=LABEL + purpose)
    except (InvalidTag, ValueError) as error:
        raise UnsoundError("this key does not open it") from error


def content_of(path: Path, most: int) -> bytes:
    """Bytes of a plain file of no more than `most`; nothing else is waited for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > most:
            raise ValueError("it is no file of a vault")
        return file.read(facts.st_size)


def unpacked(body: bytes) -> bytes:
    """Raw bytes of a segment's body."""
    flag, count, length, stored = struct.unpack_from(">BIII", body)
    start = 13 + 36 * count
    held = body[start : start + stored]
    need(flag in (0, 1) and len(held) == stored and length <= 64 << 20, "a segment is malformed")
    need(not flag or zstandard.frame_content_size(held) <= length, "a segment is malformed")
    raw = zstandard.ZstdDecompressor().decompress(held, max_output_size=length) if flag else held
    need(len(raw) == length, "a segment is malformed")
    return raw


def canonical(value: dict[str, Any]) -> bytes:
    """JSON in its one form."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Vault:
    """The places that were found, what they agree on, and the chain."""

    def __init__(self, places: list[Path]) -> None:
        """Read heads and chain; whatever is damaged is told and left out."""
        heads = []
        for path in places:
            try:
                head = json.loads(content_of(path / "vault.json", MOST_DOCUMENT))
                place = range(head["n"]).index(head.pop("place"))
                heads.append((path, place, canonical(head)))
            except WRONG as error:
                tell(f"{path}: holds no place of a vault ({error})")
        need(heads, "none of these directories holds a place of a vault")
        problem = UnsoundError("the heads of these places do not say what the chain signs")
        for agreed, _ in Counter(each[2] for each in heads).most_common():
            try:
                self._open(agreed, heads)
                break
            except (UnsoundError, *WRONG) as error:
                tell(f"heads that {agreed.decode()[:60]!r} begins: {error}")
                problem = error if isinstance(error, UnsoundError) else problem
        else:
            raise problem
        self._rows: dict[bytes, tuple[int, int, bytes]] = {}
        self._sessions: dict[int, bytes] = {}
        self._cache: OrderedDict[bytes, bytes] = OrderedDict()

    def _open(self, agreed: bytes, heads: list[tuple[Path, int, bytes]]) -> None:
        """Take these terms, if the chain begins with their digest."""
        self.terms: dict[str, Any] = json.loads(agreed)
        need(self.terms["format"] == "panshi-vault/1", "the vault is of another version")
        self.id = bytes.fromhex(self.terms["vault"])
        self.k, self.n = self.terms["k"], self.terms["n"]
        self.places = {number: path for path, number, head in heads if head == agreed}
        self.entries = self._chain()
        signed = self.entries[0].get("terms")
        need(signed == sha256(agreed).hexdigest(), "the chain signs other terms than these")

    def _copies(self, number: int) -> Iterator[tuple[str, dict[str, Any]]]:
        signer = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.terms["signing_key"]))
        for path in self.places.values():
            file = path / "chain" / f"{number:012d}.json"
            try:
                line, signature = content_of(file, MOST_ENTRY).split(b"\n")[:2]
                signer.verify(bytes.fromhex(signature.decode()), line)
                entry = json.loads(line)
                if entry["sequence"] == number and entry["vault"] == self.terms["vault"]:
                    yield sha256(line).hexdigest(), entry
            except FileNotFoundError:
                continue
            except WRONG:
                tell(f"{file}: altered")

    def _chain(self) -> list[dict[str, Any]]:
        names = {each.stem for path in self.places.values() for each in path.glob("chain/*.json")}
        numbers = {int(each) for each in names if re.fullmatch("[0-9]{12}", each)}
        tried = (list(self._copies(each)) for each in sorted(numbers, reverse=True))
        copies = next(filter(None, tried), [])
        need(copies, "no place holds a sound entry of the chain")
        newest = copies[0][1]["sequence"]
        digest = Counter(each for each, _ in copies).most_common(1)[0][0]
        entries: list[dict[str, Any]] = []
        for number in range(newest, -1, -1):
            found = [entry for its, entry in self._copies(number) if its == digest]
            need(found, f"no place holds entry {number} of the chain")
            entries.append(found[0])
            digest = found[0]["previous"]
        need(digest == "0" * 64, "the chain has no beginning")
        return entries[::-1]

    def snapshots(self) -> list[dict[str, Any]]:
        """Snapshots that stand, oldest first."""
        gone = {n for each in self.entries if each["kind"] == "prune" for n in each["released"]}
        return [
            each
            for each in self.entries
            if each["kind"] == "snapshot" and each["sequence"] not in gone
        ]

    def _file(self, folder: str, stem: str, digest: str) -> bytes:
        """Read a small object whose digest the chain names."""
        for path in self.places.values():
            for file in (path / folder).glob(f"{stem}-{digest[:16]}.*"):
                try:
                    content = content_of(file, MOST_OBJECT)
                except WRONG:
                    content = b""
                if sha256(content).hexdigest() == digest:
                    return content
                tell(f"{file}: altered")
        raise UnsoundError(f"no place holds {folder}/{stem}")

    def unlock(self, mnemonics: list[str], passphrase: bytes, private: bytes | None) -> None:
        """Open the vault secret with shares, or with a recipient's key."""
        retired = (each["first"] for each in self.entries if each["kind"] == "retire")
        first = max(retired, default=0)
        files = [e for e in self.entries[::-1] if e["kind"] == "keys" and e["epoch"] >= first]
        problem = UnsoundError("the vault has no keys")
        for entry in files:
            try:
                return self._unlock(entry, mnemonics, passphrase, private)
            except UnsoundError as error:
                problem = error if entry is files[0] else problem
        raise problem

    def _unlock(
        self, entry: dict[str, Any], mnemonics: list[str], passphrase: bytes, private: bytes | None
    ) -> None:
        """Open it by the key file of one epoch; until new shares are confirmed there are two."""
        file = json.loads(self._file("keys", f"{entry['epoch']:06d}", entry["sha256"]))
        need(file["format"] == "panshi-vault-keys/1", "the key file is of another version")
        if private is not None:
            key, public = reading_key(private[:32], private[32:]), public_of(private)
            mine = [each["sealed"] for each in file["recipients"] if each["key"] == public]
            need(mine, "this key is none of the vault's recipients")
            secret = opened(mine[0], key, b"recipient" + self.id)
        else:
            given = list(dict.fromkeys(mnemonics))
            sets = {(common, group, enough) for common, group, _, enough, _ in map(share, given)}
            need(len(sets) == 1, "no shares, or shares that do not belong together")
            master = combine(given[: sets.pop()[2]], passphrase)
            kek = derive(master, self.id, b"officers %d" % file["epoch"])
            try:
                wrapped = bytes.fromhex(file["wrapped"])
                secret = AESGCM(kek).decrypt(bytes(12), wrapped, LABEL + b"keys" + self.id)
            except InvalidTag as error:
                raise UnsoundError("these shares do not open this vault") from error
        seed = derive(secret, self.id, b"ed25519")
        signer = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        need(signer.hex() == self.terms["signing_key"], "the chain is signed by another key")
        self._key = reading_key(
            derive(secret, self.id, b"x25519"), derive(secret, self.id, b"mlkem768", 64)
        )

    def read(self, snapshot: dict[str, Any]) -> dict[str, Any]:
        """Read a snapshot's catalogue and trunk."""
        number = snapshot["sequence"]
        catalogue = self._file("catalogue", f"{number:012d}", snapshot["catalogue"])
        width = 28 + 32 * self.n
        head = struct.pack(">8s16sQBBH", b"PSVCATA1", self.id, number, self.k, self.n, 0)
        need(catalogue[:36] == head, "the catalogue is of another snapshot")
        self._rows = {}
        for start in range(40, len(catalogue), width):
            name, session, length = struct.unpack_from(">16sQI", catalogue, start)
            self._rows[name] = session, length, catalogue[start + 28 : start + width]
        trunk: dict[str, Any] = json.loads(self.raw(bytes.fromhex(snapshot["trunk"])))
        need(trunk["format"] == "panshi-vault-trunk/1", "the trunk is of another version")
        return trunk

    def raw(self, name: bytes) -> bytes:
        """Raw bytes of a segment."""
        if name not in self._cache:
            self._cache[name] = self._decrypted(name)
            while len(self._cache) > CACHED:
                self._cache.popitem(last=False)
        self._cache.move_to_end(name)
        return self._cache[name]

    def _decrypted(self, name: bytes) -> bytes:
        need(name in self._rows, "the manifest speaks of a segment the catalogue lacks")
        session, length, digests = self._rows[name]
        fragments = {}
        for i, path in self.places.items():
            file = path / "f" / f"{session:012d}" / name.hex()
            try:
                content = content_of(file, 48 + length)
            except WRONG as error:
                tell(f"{file}: missing ({error})")
                continue
            if sha256(content).digest() == digests[32 * i : 32 * i + 32]:
                fragments[i] = content[48:]
            else:
                tell(f"{file}: altered")
            if len(fragments) == self.k:
                break
        need(len(fragments) == self.k, f"segment {name.hex()}: {len(fragments)} of {self.k} left")
        package = gather(fragments, self.k, self.n)
        cipher, tail = package[:-32], package[-32:]
        salt = bytes(a ^ b for a, b in zip(tail, sha256(cipher).digest()))
        if session not in self._sessions:
            sealed = self.entries[session]["session"]
            self._sessions[session] = opened(sealed, self._key, b"session %d" % session)
        info = b"segment" + self.id + name
        key = derive(self._sessions[session], salt, info)
        try:
            return unpacked(AESGCM(key).decrypt(bytes(12), cipher, LABEL + info))
        except InvalidTag as error:
            raise UnsoundError(f"segment {name.hex()} does not decrypt") from error

    def blocks(self, extents: list[list[Any]]) -> Iterator[bytes]:
        """Bytes of a stream."""
        for name, offset, length in extents:
            raw = self.raw(bytes.fromhex(name))
            need(0 <= offset <= offset + length <= len(raw), "an extent leaves its segment")
            yield raw[offset : offset + length]


def restore(vault: Vault, snapshot: dict[str, Any], into: Path) -> tuple[int, int]:
    """Write a snapshot's files; nothing through a link, and links last."""
    trunk = vault.read(snapshot)
    manifest = b"".join(vault.blocks(trunk["extents"]))
    need(sha256(manifest).hexdigest() == trunk["sha256"], "the manifest was altered")
    records = [json.loads(line) for line in manifest.splitlines()]
    into.parent.mkdir(parents=True, exist_ok=True)
    into.mkdir(mode=0o700)
    count = size = 0
    for record in records:
        parts = PurePosixPath(record["path"])
        need(parts.parts and not parts.is_absolute() and ".." not in parts.parts, "a path leaves")
        path = into / record["path"]
        if record["kind"] == "directory":
            folder(path, into)
        elif record["kind"] == "file":
            folder(path.parent, into)
            digest = sha256()
            with os.fdopen(os.open(path, ANEW, 0o600), "wb") as file:
                for block in vault.blocks(record["extents"]):
                    digest.update(block)
                    file.write(block)
            need(digest.hexdigest() == record["sha256"], f"{record['path']} was altered")
            finish(path, record)
            count, size = count + 1, size + record["size"]
    for record in reversed(records):
        if record["kind"] == "link":
            path = into / record["path"]
            folder(path.parent, into)
            path.symlink_to(record["target"])
            if os.geteuid() == 0:
                os.lchown(path, record["uid"], record["gid"])
    for record in reversed(records):
        if record["kind"] == "directory":
            finish(into / record["path"], record)
    return count, size


def folder(path: Path, into: Path) -> None:
    """Make a folder below another, for its owner only; refuse where a link stands on the way."""
    if path != into:
        folder(path.parent, into)
        need(not path.is_symlink(), f"{path}: something is said to lie below a link")
        path.mkdir(mode=0o700, exist_ok=True)


def finish(path: Path, record: dict[str, Any]) -> None:
    """Give a path its owner, mode and time; no rights of an owner it did not get back."""
    if os.geteuid() == 0:
        os.chown(path, record["uid"], record["gid"], follow_symlinks=False)
    found = path.lstat()
    same = (found.st_uid, found.st_gid) == (record["uid"], record["gid"])
    path.chmod(record["mode"] & (0o7777 if same else 0o1777))
    os.utime(path, ns=(record["mtime_ns"], record["mtime_ns"]))


def tell(text: str) -> None:
    """Say something beside the answer."""
    print(text, file=sys.stderr)


def run(args: argparse.Namespace) -> None:
    """List or restore."""
    vault = Vault(args.place)
    snapshots = vault.snapshots()
    need(snapshots, "the vault holds no snapshot")
    if args.list:
        for each in snapshots:
            print(each["sequence"], each["time"], each["files"], "files", each["bytes"], "bytes")
        return
    need(args.into, "--into says where to")
    lines = [line for name in args.shares for line in Path(name).read_text().splitlines()]
    private = bytes.fromhex(args.recipient_key.read_text()) if args.recipient_key else None
    words = args.passphrase_file.read_text().rstrip("\n") if args.passphrase_file else ""
    vault.unlock([each for each in lines if each.strip()], words.encode(), private)
    chosen = [each for each in snapshots if args.snapshot in (None, each["sequence"])]
    need(chosen, "there is no such snapshot")
    count, size = restore(vault, chosen[-1], args.into)
    print(
        f"restored snapshot {chosen[-1]['sequence']}: {count} files, {size} bytes, all digests hold"
    )


def main() -> int:
    """Read the arguments; turn what is wrong into an exit code."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0], allow_abbrev=False
    )
    parser.add_argument("place", nargs="+", type=Path)
    parser.add_argument("--shares", nargs="+", default=[], metavar="FILE")
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE")
    parser.add_argument("--recipient-key", type=Path, metavar="FILE")
    parser.add_argument("--into", type=Path, metavar="DIR")
    parser.add_argument("--snapshot", type=int, metavar="NUMBER")
    parser.add_argument("--list", action="store_true")
    try:
        run(parser.parse_intermixed_args())
    except UnsoundError as error:
        tell(f"not restored: {error}")
        return REFUTED
    except WRONG as error:
        tell(f"not restored: {type(error).__name__}: {error}")
        return MALFORMED
    return 0


if __name__ == "__main__":
    sys.exit(main())
