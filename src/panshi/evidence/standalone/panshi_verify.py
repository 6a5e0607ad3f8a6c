#!/usr/bin/env python3
"""Check proofs of a Panshi evidence log without Panshi: `python3 panshi_verify.py FILE`.

FILE holds one proof, or one per line. KEY is the log owner's verifier key (name+id+key), obtained
another way; without it the file vouches for itself only. Exit codes: 0 verified, 1 does not verify,
3 malformed, 4 signature not checked. Needs Python 3.8+ and the package cryptography or openssl 3.
"""

from __future__ import annotations

import argparse
import base64
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ed25519

    by_library: Any = ed25519.Ed25519PublicKey.from_public_bytes
except ImportError:
    by_library = None

REFUTED, MALFORMED, UNABLE = 1, 3, 4
INCLUSION = "body checkpoint envelope erased id leaf_index nonce panshi_proof path tree_size type"
CONSISTENCY = "checkpoint earlier panshi_proof path type"
VERIFIED = "verified: {what} in log {origin}, size {size}; erased {erased}, key pinned {pinned}"
KEY_BYTES, HASH_BYTES = 33, 32
DER_HEAD = bytes.fromhex("302a300506032b6570032100")  # of an Ed25519 public key (RFC 8410)
OPENSSL = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile sig"


class UnprovenError(Exception):
    """The proof cannot be accepted: (problem, exit code)."""


def need(condition: object, problem: str, code: int = REFUTED) -> None:
    """Go on only if the condition holds."""
    if not condition:
        raise UnprovenError(problem, code)


def unbase64(text: str, length: int | None = None) -> bytes:
    """Decode Base 64 in its canonical form."""
    raw = base64.b64decode(text, validate=True)
    need(base64.b64encode(raw).decode() == text, "Base 64 is not canonical", MALFORMED)
    need(length in {None, len(raw)}, "a value of a wrong length", MALFORMED)
    return raw


def canonical(value: object) -> bytes:
    """Write JSON in its one form."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def joined(left: bytes, right: bytes) -> bytes:
    """Hash of an interior node (RFC 9162, section 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def climb(fn: int, sn: int, path: list[bytes]) -> Iterator[tuple[bool, bytes]]:
    """Yield (whether it stands on the left, sibling) as sections 2.1.3.2 and 2.1.4.2 walk."""
    for sibling in path:
        need(sn > 0, "the path is too long")
        on_left = fn & 1 or fn == sn
        yield bool(on_left), sibling
        while on_left and fn and not fn & 1:
            fn, sn = fn >> 1, sn >> 1
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0, "the path is too short")


def check_consistency(first: int, second: int, old: bytes, new: bytes, path: list[bytes]) -> None:
    """RFC 9162, section 2.1.4.2, from the roots `old` and `new`."""
    if first in {0, second}:
        same = new if first == second else sha256().digest()
        return need(old == same and not path, "the logs do not fit")
    path = ([old] if first & (first - 1) == 0 else []) + path
    need(first < second and path, "the logs do not fit")
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    below = above = path[0]
    for on_left, sibling in climb(fn, sn, path[1:]):
        below = joined(sibling, below) if on_left else below
        above = joined(sibling, above) if on_left else joined(above, sibling)
    return need((below, above) == (old, new), "the later log did not only append")


def signed_by(key: bytes, message: bytes, signature: bytes) -> bool:
    """Ed25519 (RFC 8032), by `cryptography` or else by `openssl`."""
    need(len(key) == KEY_BYTES and key[0] == 1, "not checked: the key is not Ed25519", UNABLE)
    if by_library:
        try:
            return by_library(key[1:]).verify(signature, message) is None
        except InvalidSignature:
            return False
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("key", DER_HEAD + key[1:]), ("text", message), ("sig", signature)):
            Path(folder, name).write_bytes(data)
        command = OPENSSL.split()
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)  # noqa: S603
    said = (done.stdout + done.stderr).decode(errors="replace")
    need("Verified Success" in said or "Verification Fail" in said, "openssl: " + said, UNABLE)
    return done.returncode == 0 and "Verified Success" in said


def checkpoint(note: str, vkeys: list[str], pins: list[str]) -> tuple[str, int, bytes, list[str]]:
    """Read and check a C2SP signed note: origin, size, root, verifier keys that signed it."""
    text, gap, lines = note.rpartition("\n\n")
    need(gap and lines.endswith("\n"), "not a signed note", MALFORMED)
    origin, size, root = text.split("\n")[:3]
    need(origin and size == str(abs(int(size))), "not a checkpoint", MALFORMED)
    keys = {}
    for vkey in vkeys:
        name, key_id, encoded = vkey.split("+", 2)
        named = name.encode() + b"\n" + unbase64(encoded)
        need(sha256(named).hexdigest()[:8] == key_id, "a wrong key id", MALFORMED)
        keys[name, key_id] = vkey, unbase64(encoded)
    found = []
    for line in lines[:-1].split("\n"):
        dash, name, encoded = line.split(" ")
        raw = unbase64(encoded)
        vkey, key = keys.get((name, raw[:4].hex()), ("", b""))
        if dash == "\u2014" and vkey:
            need(signed_by(key, text.encode() + b"\n", raw[4:]), "a wrong signature")
            found.append(vkey)
    need(set(found) & set(pins or found), "no key named in the proof and pinned, if any, signed it")
    return origin, int(size), unbase64(root, HASH_BYTES), found


def check(proof: dict[str, Any], pins: list[str]) -> dict[str, Any]:
    """Check one parsed proof; returns what it shows."""
    fields = {"inclusion": INCLUSION, "consistency": CONSISTENCY}.get(proof["type"], "")
    need(sorted(proof) == [*fields.split(), "verifier_keys"], "not a proof", MALFORMED)
    need(proof["panshi_proof"] == 1, "a proof of another version", MALFORMED)
    path = [unbase64(each, HASH_BYTES) for each in proof["path"]]
    origin, size, root, by = checkpoint(proof["checkpoint"], proof["verifier_keys"], pins)
    shown = {"origin": origin, "size": size, "signed_by": by, "pinned": bool(pins), "erased": False}
    if proof["type"] == "consistency":
        first, old, old_root, _ = checkpoint(proof["earlier"], proof["verifier_keys"], pins)
        need(first == origin, "the checkpoints are of different logs")
        check_consistency(old, size, old_root, root, path)
        return {**shown, "what": f"what a log of {old} leaves held"}
    raw, body, index = proof["envelope"].encode(), proof["body"], proof["leaf_index"]
    envelope, leaf = json.loads(raw.decode()), sha256(b"\x00" + raw).digest()
    need(canonical(envelope) == raw, "the envelope is not in canonical form")
    need(leaf.hex()[:32] == proof["id"], "the envelope is not that of this id")
    digest = envelope["body_sha256"]
    need(proof["erased"] is (body is None and digest is not None), "a wrong word on erasure")
    need((body is None) is (proof["nonce"] is None), "a body and its nonce go together")
    salted = unbase64(proof["nonce"] or "") + (body or "").encode()
    need(body is None or sha256(salted).hexdigest() == digest, "the body was altered")
    need(proof["tree_size"] == size, "proof and checkpoint are of different size")
    need(0 <= index < size, "the leaf is outside the tree")
    for on_left, sibling in climb(index, size - 1, path):
        leaf = joined(sibling, leaf) if on_left else joined(leaf, sibling)
    need(leaf == root, "the observation is not in this log")
    seen = {"envelope": envelope, "body": body, "erased": proof["erased"], "leaf_index": index}
    return {**shown, **seen, "what": proof["id"]}


def check_line(line: bytes, pins: list[str]) -> tuple[int, dict[str, Any]]:
    """Check one line of the file: (exit code, result)."""
    try:
        proof = json.loads(line.decode())
        need(canonical(proof) == line, "not in canonical form", MALFORMED)
        return 0, {"verified": True, **check(proof, pins)}
    except UnprovenError as error:
        return error.args[1], {"verified": False, "problem": error.args[0]}
    except FileNotFoundError:
        return UNABLE, {"verified": False, "problem": "not checked: no cryptography, no openssl"}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return MALFORMED, {"verified": False, "problem": f"malformed: {error}"}


def main() -> int:
    """Check every line of the file; the worst exit code counts."""
    parser = argparse.ArgumentParser(description="Check proofs of a Panshi evidence log.")
    parser.add_argument("file", type=argparse.FileType("rb"))
    parser.add_argument("--key", action="append", default=[], help="verifier key you trust")
    parser.add_argument("--json", action="store_true", help="one JSON object per proof")
    asked, worst = parser.parse_args(), 0
    for line in asked.file.read().rstrip(b"\n").split(b"\n"):
        code, shown = check_line(line, asked.key)
        worst = max(worst, code)
        text = "NOT VERIFIED: {problem}" if code else VERIFIED
        print(json.dumps(shown, sort_keys=True) if asked.json else text.format(**shown))
    return worst


if __name__ == "__main__":
    sys.exit(main())
